"""Words of the product's own correction, by language. Pure.

They quote what was said and say no more than that no record shows it: what the record does show stands in the receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT: Final = "en"  # where the language is not known, or has no words here

_WORDS: Final[Mapping[str, str]] = {
    "en": "Correction: “{quote}” is not on record. Please treat it as not done.",
    "de": "Korrektur: „{quote}“ ist nicht vermerkt. Bitte betrachten Sie es als nicht geschehen.",
    "fr": "Correction : « {quote} » ne figure pas dans le registre. Considérez que cela n’a pas été fait.",
    "es": "Corrección: «{quote}» no consta en el registro. Considérelo como no hecho.",
    "it": "Correzione: «{quote}» non risulta registrato. Lo consideri come non fatto.",
    "pt": "Correção: “{quote}” não consta no registo. Considere que não foi feito.",
    "nl": "Correctie: “{quote}” is niet vastgelegd. Beschouw het als niet gedaan.",
    "pl": "Sprostowanie: „{quote}” nie jest odnotowane. Proszę uznać to za niewykonane.",
    "tr": "Düzeltme: “{quote}” kayıtlarda yok. Lütfen yapılmamış kabul edin.",
    "sv": "Rättelse: ”{quote}” finns inte registrerat. Betrakta det som inte gjort.",
    "ru": "Исправление: «{quote}» не подтверждено записью. Считайте, что это не сделано.",
    "uk": "Виправлення: «{quote}» не підтверджено записом. Вважайте, що цього не зроблено.",
    "ar": "تصحيح: «{quote}» غير مسجَّل لدينا. يُرجى اعتباره لم يتم.",
    "ja": "訂正：「{quote}」は記録にありません。実行されていないものとお考えください。",
    "zh": "更正：“{quote}”没有记录。请视为尚未办理。",
    "ko": "정정: “{quote}”은(는) 기록에 없습니다. 처리되지 않은 것으로 생각해 주세요.",
}  # fmt: skip


def correction(quote: str, language: str) -> str:
    """Say in a language that what is quoted is not on record."""
    return _WORDS.get(language, _WORDS[DEFAULT]).format(quote=quote)
