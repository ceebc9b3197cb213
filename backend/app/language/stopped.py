"""Words in which the product says why it stopped a turn and what was done until then, by language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.language.correction import DEFAULT


@dataclass(frozen=True)
class Stopped:
    """The sentences and headings of one language; `too_many` has a place for the `limit`."""

    repeated: str
    too_many: str
    done: str
    not_confirmed: str
    failed: str
    declined: str
    looked_up: str
    nothing_changed: str
    not_begun: str
    next: str


_WORDS: Final[Mapping[str, Stopped]] = {
    "en": Stopped(
        "I have stopped here, because I was only repeating the same steps.",
        "I have stopped here, because this took more than the {limit} steps that I may take for one request.",
        "Done",
        "Not confirmed",
        "Did not work",
        "Not done",
        "Looked up",
        "Nothing was changed.",
        "Not begun",
        "Please tell me what is still missing, or ask for a person.",
    ),
    "de": Stopped(
        "Ich habe hier aufgehört, weil ich nur noch dieselben Schritte wiederholt habe.",
        "Ich habe hier aufgehört, weil das mehr als die {limit} Schritte gebraucht hat, die ich für eine Anfrage habe.",
        "Erledigt",
        "Nicht bestätigt",
        "Hat nicht geklappt",
        "Nicht ausgeführt",
        "Nachgesehen",
        "Es wurde nichts geändert.",
        "Nicht begonnen",
        "Bitte sagen Sie mir, was noch fehlt, oder fragen Sie nach einem Menschen.",
    ),
    "fr": Stopped(
        "Je me suis arrêté ici, car je ne faisais que répéter les mêmes étapes.",
        "Je me suis arrêté ici, car il a fallu plus que les {limit} étapes permises pour une demande.",
        "Fait",
        "Non confirmé",
        "Échoué",
        "Non effectué",
        "Consulté",
        "Rien n'a été modifié.",
        "Non commencé",
        "Dites-moi ce qui manque encore, ou demandez à parler à une personne.",
    ),
    "es": Stopped(
        "Me he detenido aquí, porque solo estaba repitiendo los mismos pasos.",
        "Me he detenido aquí, porque hacían falta más de los {limit} pasos que puedo dar para una petición.",
        "Hecho",
        "Sin confirmar",
        "No funcionó",
        "No realizado",
        "Consultado",
        "No se ha cambiado nada.",
        "Sin empezar",
        "Dígame qué falta todavía, o pida hablar con una persona.",
    ),
    "it": Stopped(
        "Mi sono fermato qui, perché stavo solo ripetendo gli stessi passaggi.",
        "Mi sono fermato qui, perché servivano più dei {limit} passaggi consentiti per una richiesta.",
        "Fatto",
        "Non confermato",
        "Non riuscito",
        "Non eseguito",
        "Consultato",
        "Non è stato modificato nulla.",
        "Non iniziato",
        "Mi dica che cosa manca ancora, o chieda di parlare con una persona.",
    ),
    "pt": Stopped(
        "Parei aqui, porque estava apenas a repetir os mesmos passos.",
        "Parei aqui, porque eram precisos mais do que os {limit} passos que posso dar por pedido.",
        "Feito",
        "Não confirmado",
        "Não resultou",
        "Não realizado",
        "Consultado",
        "Nada foi alterado.",
        "Não iniciado",
        "Diga-me o que ainda falta, ou peça para falar com uma pessoa.",
    ),
    "nl": Stopped(
        "Ik ben hier gestopt, omdat ik alleen nog dezelfde stappen herhaalde.",
        "Ik ben hier gestopt, omdat dit meer dan de {limit} stappen kostte die ik voor één verzoek heb.",
        "Gedaan",
        "Niet bevestigd",
        "Niet gelukt",
        "Niet uitgevoerd",
        "Opgezocht",
        "Er is niets gewijzigd.",
        "Niet begonnen",
        "Laat me weten wat er nog ontbreekt, of vraag naar een medewerker.",
    ),
    "ja": Stopped(
        "同じ手順を繰り返すだけになったため、ここで停止しました。",
        "1件のご依頼に使える{limit}ステップを超えたため、ここで停止しました。",
        "完了",
        "未確認",
        "失敗",
        "未実行",
        "照会",
        "変更されたものはありません。",
        "未着手",
        "まだ必要なことをお知らせいただくか、担当者への引き継ぎをお申し付けください。",
    ),
}


def stopped_words(language: str) -> Stopped:
    """Return the words of a language, or the English ones."""
    return _WORDS.get(language, _WORDS[DEFAULT])
