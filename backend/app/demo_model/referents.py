"""What "it" stands for: the things with a number or a code that were last spoken of. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.demo_model.values import CODE, MONTHS
from app.language.stem import singular
from app.language.synonyms import normal
from app.language.tokens import SMALL_WORDS, join_words

MIN_NOUN_CHARS: Final = 3  # "on 21" and "at 10" name nothing
_PRONOUN: Final = re.compile(
    r"\b(?:it|that one|this one|the same one|that order|this order|them|those|these|both)\b", re.IGNORECASE
)
_NUMBER: Final = r"#?\d{3,}(?!\d|[.,]\d|\s*(?:%|euros?\b|eur\b))"  # shorter ones count days and pieces
_THING: Final = re.compile(
    rf"\b([a-z]+)\s+(?:(?:number|no\.?|nr\.?|id|code)\s*)?"
    rf"((?:{_NUMBER}|{CODE.pattern})(?:(?:\s*,\s*|\s+and\s+){_NUMBER})*)",
    re.IGNORECASE,
)


def things_in(text: str) -> list[str]:
    """Return the things that a text names by a number or a code: `order 1042`, each once."""
    found = [
        f"{noun} {value}"
        for noun, value in _THING.findall(normal(text))
        if len(noun) >= MIN_NOUN_CHARS and noun.lower() not in SMALL_WORDS and noun.lower() not in MONTHS
    ]
    unique = {singular(thing.lower().partition(" ")[0]) + thing.partition(" ")[2]: thing for thing in reversed(found)}
    return list(reversed(unique.values()))


def with_referent(clause: str, said_before: Sequence[str]) -> str:
    """Put what a pronoun stands for into the clause, from what was said before it, newest last."""
    if things_in(clause) or not _PRONOUN.search(clause):
        return clause
    for earlier in reversed(said_before):
        if things := things_in(earlier):
            found = _PRONOUN.search(clause)
            return clause if found is None else clause[: found.start()] + join_words(things) + clause[found.end() :]
    return clause
