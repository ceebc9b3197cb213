"""What a customer does by saying something: ask, order, agree, refuse, greet, thank, want a person. Pure, English."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from app.language.synonyms import READS, concept, is_action, normal
from app.language.tokens import words_of


class Act(StrEnum):
    """What a clause does."""

    ORDER = "order"
    QUESTION = "question"
    YES = "yes"
    NO = "no"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    PERSON = "person"
    HELP = "help"
    STATEMENT = "statement"


_POLITE: Final = (
    r"(?:(?:please|kindly|then|also|and|so|ok|okay|now|just|well|hi|hello|hey|first|finally|next|afterwards|"
    r"after that|yes|sure|oh|right|great|thanks|thank you|sorry|additionally|plus)\b[\s,:!.-]*)*"
)
_ASKS_TO_DO: Final = re.compile(
    rf"^{_POLITE}(?:(?:can|could|would|will) you(?: please| kindly| also| just)*\s+(?!tell me (?:how|if|whether|why))|"
    r"(?:would|do) you mind\b|i(?: would|'d)(?: really)? (?:like|love)\b|"
    r"i(?: really| also| just| still)? (?:want|need|wish)\b|"
    r"i have to\b|we (?:want|need)\b|let'?s\b|go ahead\b|help me\b|may i (?:please )?have\b|"
    r"could i (?:please )?(?:have|get)\b|"
    r"can i (?:please )?(?:have|get) (?:a|an|my|some|the|another)\b)",
    re.IGNORECASE,
)
_QUESTION_START: Final = re.compile(
    rf"^{_POLITE}(?:what|where|when|why|who|which|whose|how|is|are|was|were|do(?= (?:i|you|we|they)\b)|"
    r"does|did|has|have|had|can|could|may|"
    r"should|will|would|am|shall|what's|where's|when's|who's|how's|isn't|aren't|didn't|hasn't|haven't|doesn't)\b",
    re.IGNORECASE,
)
_ABOUT_A_QUESTION: Final = re.compile(
    r"\b(?:how (?:can|do|could|would|should) (?:i|we)|is it possible|am i (?:able|allowed)|what happens (?:if|when)|"
    r"i (?:was )?wonder(?:ing)?|can i|could i|may i|do you know|tell me (?:how|if|whether|why)|i'd like to know|"
    r"want to know|question about)\b",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(
    r"\b(?:(?:speak|talk|chat|connect(?: me)?|put me through|"
    r"transfer me|pass me|switch me|hand me over)\b[^.?!]{0,30}?\b"
    r"(?:human|person|someone|somebody|agent|representative|rep|operator|colleague|staff|manager|supervisor|employee|people|team)"
    r"|(?:real|actual|live|human)\s+(?:human|person|agent|being|operator|support)"
    r"|(?:want|need|get me|give me|like)\s+(?:to (?:see|have|reach) )?(?:a |an )?"
    r"(?:human|person|operator|representative|manager|supervisor)"
    r"|hand (?:me|this|it) over|escalate|^\W*(?:human|person|operator|agent|representative)(?: please)?\W*$)\b",
    re.IGNORECASE,
)
_HELP: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|so|ok|and|please)\b\W*)*(?:help(?: me)?(?: please)?|"
    r"what (?:can|do|could) you (?:do|offer|help)[^.?!]*|"
    r"how (?:can|could|do) you help[^.?!]*|can you help(?: me)?|"
    r"what (?:can|could) i (?:do|ask)[^.?!]*|i need help)\W*$",
    re.IGNORECASE,
)
_OBJECT: Final = re.compile(r"^\W*(?:\w+\W+){1,2}(?:it|this|that|them|my|the|me|us|#?\d)", re.IGNORECASE)
_NOT_A_PERSON: Final = re.compile(r"\b(?:in|by|delivery|contact) person\b", re.IGNORECASE)

_YES: Final = frozenset(
    {"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "right", "correct", "please", "do", "it", "go", "ahead", "that",
     "would", "be", "great", "fine", "definitely", "absolutely", "of", "course", "sounds", "good", "exactly", "thanks",
     "thank", "you", "i", "confirm", "y", "proceed", "continue", "perfect", "alright", "all"}
)  # fmt: skip
_YES_CORE: Final = frozenset(
    {"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "correct", "right", "definitely", "absolutely", "exactly", "y",
     "ahead", "course", "fine", "confirm", "proceed", "alright", "good"}
)  # fmt: skip
_YES_PHRASES: Final = re.compile(r"^\W*(?:please )?do (?:it|that|so)(?: please)?\W*$|^\W*please do\W*$", re.IGNORECASE)
_NO: Final = re.compile(
    r"^\W*(?:no|nope|nah|never ?mind|not now|don't|do not|stop|forget it|leave it|no thanks|no thank you)"
    r"(?:\W+(?:thanks|thank you|please|it's fine|don't|do it|leave it|that's fine|not now|rather not))*\W*$",
    re.IGNORECASE,
)
_GREETING_WORDS: Final = """
hi hello hey good morning afternoon evening day dear team there greetings howdy support everyone
"""
_GREETING: Final = frozenset(_GREETING_WORDS.split())
_THANKS_WORDS: Final = """
thanks thank you thx ty cheers very much so many a lot for the your help that all is was great perfect wonderful
awesome cool nice ok okay good everything it appreciated appreciate i this quick fast super excellent brilliant
and have day one lovely
"""
_THANKS: Final = frozenset(_THANKS_WORDS.split())
_THANKS_CORE: Final = frozenset(
    ["thanks", "thank", "thx", "ty", "cheers", "appreciate", "appreciated", "great", "perfect", "wonderful", "awesome"]
)
_BYE_CORE: Final = frozenset(["bye", "goodbye", "cya", "farewell", "ciao"])
_DONE: Final = re.compile(
    r"^\W*(?:(?:no|nope)\W+)?(?:that(?:'s| is| was) (?:all|it|everything)|nothing else|i'm done|we're done|all done)"
    r"(?:\W+(?:for (?:now|today)|then|thanks|thank you|bye|goodbye))*\W*$",
    re.IGNORECASE,
)


def act_of(text: str) -> Act:
    """Say what a text does. In doubt between an order and a question it is a question: a question changes nothing."""
    words = words_of(text)
    if _PERSON.search(text) and not _NOT_A_PERSON.search(text):
        return Act.PERSON
    if _HELP.search(text):
        return Act.HELP
    if (short := _short_act(text, words)) is not None:
        return short
    if is_request_to_do(text) or _orders_politely(text):
        return Act.ORDER
    if text.rstrip().endswith("?") or _QUESTION_START.search(text) or _ABOUT_A_QUESTION.search(text):
        return Act.QUESTION
    return Act.ORDER if starts_with_verb(text) else Act.STATEMENT


def _short_act(text: str, words: list[str]) -> Act | None:  # noqa: PLR0911 - one for each act
    said = set(words)
    if any(char.isdigit() for char in text) or not words:
        return None
    if _NO.search(text):
        return Act.NO
    if _DONE.search(text) or (said & _BYE_CORE and len(words) <= 8):  # noqa: PLR2004 - a goodbye is short
        return Act.GOODBYE
    if _YES_PHRASES.search(text):
        return Act.YES
    if said <= _YES and said & _YES_CORE and not said & {"thanks", "thank"}:
        return Act.YES
    if said <= _GREETING:
        return Act.GREETING
    if said <= _THANKS and said & _THANKS_CORE:
        return Act.THANKS
    if said <= _YES and said & _YES_CORE:
        return Act.YES
    return None


def is_request_to_do(text: str) -> bool:
    """Say whether the text asks for something to be done, however politely."""
    if _ABOUT_A_QUESTION.search(text) and not _ASKS_TO_DO.search(text):
        return False
    return _ASKS_TO_DO.search(text) is not None and not re.search(
        r"\b(?:want|like|need) to know\b", text, re.IGNORECASE
    )


def _orders_politely(text: str) -> bool:
    """Say whether a verb and its object make an order, although it ends like a question: `refund it?`."""
    return starts_with_verb(text) and not _QUESTION_START.search(text) and _OBJECT.search(text) is not None


def starts_with_verb(text: str) -> bool:
    """Say whether the text begins, after polite words, with a verb that orders something."""
    bare = re.sub(rf"^{_POLITE}", "", normal(text).strip(), flags=re.IGNORECASE)
    words = words_of(bare)[:1]
    return any(is_action(concept(word)) or concept(word) in READS for word in words)


def tells(text: str) -> bool:
    """Say whether a text tells something, as what leads up to a request does: "I ordered the wrong lamp"."""
    return _TELLS.search(text) is not None


_TELLS: Final = re.compile(
    rf"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening))\b\W*)?{_POLITE}"
    r"(?:i|i'm|i've|we|my|our|it|it's|this|that|the|there|they|you|your|someone|somebody)\b",
    re.IGNORECASE,
)


def starts_a_clause(text: str) -> bool:
    """Say whether a piece of text begins something of its own: an order, a request or a question."""
    return starts_with_verb(text) or _ASKS_TO_DO.search(text) is not None or _QUESTION_START.search(text) is not None


# --- clauses ---------------------------------------------------------------------------------------------------

_QUOTED: Final = re.compile(r"\"[^\"]*\"")
_CUT: Final = re.compile(
    r"(?<=[.!?;])\s+|\n+|\s*,?\s*\b(?:and then|and also|and after that|and|then|also|plus|but|additionally)\b\s+|,\s+",
    re.IGNORECASE,
)
_ABBREVIATION: Final = re.compile(r"\b(?:no|nr|mr|mrs|ms|dr|st|e\.g|i\.e)\.$", re.IGNORECASE)


def clauses_of(text: str) -> list[str]:
    """Split a text into the things it says, in order; what doesn't begin something of its own stays where it was."""
    text = text.strip()
    hidden = _QUOTED.sub(lambda match: "\x00" * len(match[0]), text)
    clauses: list[str] = []
    start = 0
    for cut in _CUT.finditer(hidden):
        if _ABBREVIATION.search(hidden[: cut.start()]) or cut.start() <= start:
            continue
        if starts_a_clause(text[cut.end() :]) and _says_something(text[start : cut.start()]):
            clauses.append(text[start : cut.start()].strip(" ,;\n"))
            start = cut.end()
    clauses.append(text[start:].strip(" ,;\n"))
    return [clause for clause in clauses if clause]


def _says_something(text: str) -> bool:
    """Say whether a piece is more than a greeting, a polite word or the beginning of a subordinate clause."""
    words = words_of(text)
    return bool(words) and not set(words) <= (_GREETING | {"please", "ok", "okay", "also", "then", "yes", "no", "if"})
