"""Detector of a text's language, by its script and its commonest words; no evidence is no answer. Pure.

It chooses the words in which the product itself speaks, so a wrong guess costs little and nothing is decided by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MIN_LETTERS: Final = 2  # of a script of its own: a single sign may be a name
READ_CHARS: Final = 1_000  # the language of a text shows in its first sentences

# The commonest short words that few of the others share: prepositions, pronouns, forms of "to be", and what people
# who want help say first.
_WORDS: Final[Mapping[str, str]] = {
    "en": "the and is are was my your you have has not this that with for please what where when can could would it's "
    "i'm don't me of to hello thanks order how do does will been it",
    "de": "der die das und ist nicht ich mein meine meinen bitte wo wann wie kann können ihre ihr sie mit für auf eine "
    "einen wurde habe haben hat zu es hallo danke möchte den dem von noch wird bestellung",
    "fr": "le les des et est pas je mon ma mes vous votre avec pour une un que qui où quand s'il bonjour merci été "
    "avez ai a peux pouvez c'est du la commande j'ai voudrais sur ce dans",
    "es": "el los las y es no mi mis usted su con para una un que dónde cuándo por favor hola gracias ha he sido "
    "puede puedo quiero está del la pedido cómo se lo qué al",
    "it": "il gli e è non mio mia miei lei con per una un che dove quando favore ciao grazie stato stata ho ha posso "
    "può vorrei sono del della la ordine di come si lo le mi suo",
    "pt": "o os as e é não meu minha você seu sua com para uma um que onde quando por favor olá obrigado obrigada foi "
    "posso pode quero está do da pedido em são como já tem na no",
    "nl": "de het een en is niet ik mijn u uw je met voor op waar wanneer kan kunt alstublieft hallo bedankt dank "
    "werd heb heeft zijn wil van bestelling wordt graag geen dat",
    "pl": "i jest nie mój moje moja moją proszę gdzie kiedy czy się na w z do dziękuję dzień dobry chcę mogę został "
    "została jak zamówienie to mam pan pani co dla",
    "tr": "ve bir bu benim için değil lütfen nerede ne zaman mi mu var merhaba teşekkür istiyorum edildi "
    "siparişim siparişiniz ile olarak da de",
    "sv": "och är inte jag min mitt mina det den med för var när kan tack hej vill har en ett som på av beställning "
    "att du ni",
}
_BY_WORD: Final = {
    word: {code for code, words in _WORDS.items() if word in words.split()}
    for word in {word for words in _WORDS.values() for word in words.split()}
}
_LETTERS: Final[Mapping[str, str]] = {
    "de": "äöüß", "fr": "çêœâ", "es": "ñ¿¡", "pt": "ãõ", "pl": "ąćęłńśźż", "tr": "ğşİ", "sv": "å",
}  # fmt: skip
# In this order: Japanese mixes its own signs with Chinese ones.
_SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3041-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("uk", re.compile(r"[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def language_of(text: str) -> str:
    """Return the language's two letters, such as `de`; empty where the text does not tell."""
    text = text[:READ_CHARS].replace("\u2019", "'")
    for code, script in _SCRIPTS:
        if len(script.findall(text)) >= MIN_LETTERS:
            return code
    scores: dict[str, float] = {}
    words = _WORD.findall(text.lower())
    for word in words:
        codes = _BY_WORD.get(word, set())
        for code in codes:  # a word that several share says less
            scores[code] = scores.get(code, 0) + 1 / len(codes)
    for code, letters in _LETTERS.items():
        if any(letter in text.lower() for letter in letters):
            scores[code] = scores.get(code, 0) + 1
    best = sorted(scores.items(), key=lambda item: -item[1])[:2]
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):  # noqa: PLR2004 - the best and the one after it
        return ""
    return best[0][0]
