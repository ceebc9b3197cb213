"""Tokenizer: the words of sentences and of identifiers, and those that carry no meaning (English). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

SMALL_WORDS: Final = frozenset(
    """
    a an the i me my mine we us our you your he she they them their it its this that these those is are was were be been
    being am do does did have has had will would can could shall should may might must to of in on at by for from with
    about as into and or but so if then also too please just really very there here not no yes ok okay hi hello hey
    dear thanks thank any some whom who whose because since want need like let now today still already ever up off out
    over got id number nr one ones more much many right last far through than instead both each per via when while how
    why kind sort bit im ive ill id dont doesnt isnt cant wont whats wheres lets i'd i'm i've i'll it's what's where's
    let's don't doesn't isn't can't won't
    """.split()  # noqa: SIM905 - read as a list of words
)
"""Words that say nothing of what a sentence is about."""

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_QUESTION: Final = re.compile(
    r"^\s*(?:what|which|where|when|why|who|how|is|are|was|were|do|does|did|has|have|show|list|find|tell)\b",
    re.IGNORECASE,
)


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without numbers and signs."""
    return [word.lower().replace("\u2019", "'") for word in _WORD.findall(text)]


def name_words(name: str) -> list[str]:
    """Return the words of an identifier in small letters: get_order, getOrder and GetOrders_ById alike."""
    return [word.lower() for word in re.split(r"[^A-Za-z]+", _HUMP.sub("_", name)) if word]


def without_humps(text: str) -> str:
    """Return the text with a space where an identifier in it goes on with a capital: getOrder → get Order."""
    return _HUMP.sub(" ", text)


def is_question(text: str) -> bool:
    """Say whether somebody wants to know something, rather than have it done."""
    return bool(_QUESTION.match(text)) or text.rstrip().endswith("?")


def join_words(words: Iterable[str], last: str = "and") -> str:
    """Join as a sentence does: a, b and c."""
    items = list(words)
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no joining
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
