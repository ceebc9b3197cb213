"""What a word shares with its other forms. English, deterministic and pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MIN_STEM_CHARS: Final = 3  # what is left of a word must still be recognisable
STEM_CACHE: Final = 8_192  # the vocabulary of a day's conversations and a large API

_VOWEL: Final = re.compile(r"[aeiouy]")


@lru_cache(maxsize=STEM_CACHE)
def stem(word: str) -> str:
    """Cut a word to what it shares with its other forms: cancelled, cancelling, cancellation → cancel."""
    word = word.lower().replace("\u2019", "'").removesuffix("'s")
    word = _without_plural(word)
    for suffix in ("ations", "ation", "ing", "ed"):
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= MIN_STEM_CHARS and _VOWEL.search(rest):
            word = _undoubled(rest)
            break
    if len(word) > MIN_STEM_CHARS:
        word = word.removesuffix("e")
    if len(word) > MIN_STEM_CHARS + 1:
        word = word.removesuffix("y")
    return word


def _without_plural(word: str) -> str:
    if len(word) <= MIN_STEM_CHARS or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "zes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


def singular(word: str) -> str:
    """Return the word without its plural ending: boxes → box, policies → policy, glass → glass."""
    return _without_plural(word)


def _undoubled(word: str) -> str:
    if len(word) > MIN_STEM_CHARS and word[-1] == word[-2] and word[-1] not in "aeiouslz":
        return word[:-1]
    if word.endswith("cancell"):  # British doubling that is not in the root
        return word[:-1]
    return word
