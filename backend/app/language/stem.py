"""Stemmer: what a word shares with its other forms (Snowball's English stemmer). English, deterministic and pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from snowballstemmer import stemmer

MIN_PLURAL_CHARS: Final = 4  # "its" and "bus" are no plurals
STEM_CACHE: Final = 8_192  # the vocabulary of a day's conversations and a large API
_APART: Final = {"deliveri": "deliv"}  # what Snowball keeps apart, although support speaks of one thing


@lru_cache(maxsize=STEM_CACHE)
def stem(word: str) -> str:
    """Return what a word shares with its other forms: cancelled, cancelling, cancellation → cancel."""
    found = str(_ENGLISH.stemWord(word.lower().replace("\u2019", "'").removesuffix("'s")))
    return _APART.get(found, found)


_ENGLISH: Final = stemmer("english")


def singular(word: str) -> str:
    """Return the word without its plural ending: boxes → box, policies → policy, glass → glass."""
    if len(word) < MIN_PLURAL_CHARS or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "zes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


def plural(noun: str) -> str:
    """Return a noun with its plural ending: order → orders, policy → policies, box → boxes."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
