"""Tokenizer of the search over conversations: plain words whole, identifiers also by any of their beginnings.

Nothing is stemmed and nothing is left out, so what stands in a conversation is found as it stands there: `ord_9x`
by `ord_9x`, `ord_` and `9x`; `ana@shop.example` by `ana`, `ana@shop` and `shop.example`; `order` by `order` and by
`ord*`. Case and accents do not matter. PostgreSQL finds the beginnings (`word:*`); here every place where a word can
begin becomes a word.

Why plain words are not found by their beginnings unless a star asks for it: PostgreSQL gathers every conversation
that has any such word before it looks at anything else, which for a common one are nearly all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_WORD_BYTES: Final = 64  # an id or an address is shorter; of longer ones the beginning finds them
MAX_PARTS: Final = 12  # of one compound; a longer one is no name and no number
MAX_QUERY_WORDS: Final = 12  # more than a person types

# Scripts that put no spaces between words: there, a word can begin at every character.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_JOINERS: Final = r"@._+:'\-"
_COMPOUND: Final = re.compile(rf"[^\W_]+(?:[{_JOINERS}]+[^\W_]+)*")
_ALONE: Final = re.compile(r"[^\W_]+")
_ASKED: Final = re.compile(rf"({_COMPOUND.pattern})([{_JOINERS}]*\*|[_@])?")
_SPECIAL: Final = re.compile(rf"[\d{_JOINERS}{_UNSPACED}]")
_PART: Final = re.compile(rf"(?<=[{_JOINERS}])(?=[^\W_])|(?<=[{_UNSPACED}])(?=[^\W_])|(?=[{_UNSPACED}])")


def words_of(texts: Iterable[str]) -> set[str]:
    """Return every word by which one of the texts can be found."""
    words: set[str] = set()
    for compound in set(_COMPOUND.findall(_plain(" \n ".join(texts)))):
        words.add(_cut(compound))
        if not compound.isalnum() or not compound.isascii():
            starts = [match.start() for match in _PART.finditer(compound) if match.start()]
            words.update(_cut(compound[start:]) for start in starts[: MAX_PARTS if compound.isascii() else len(starts)])
            words.update(_cut(part) for part in _ALONE.findall(compound)[:MAX_PARTS])
    return words


def asked_of(text: str) -> dict[str, bool]:
    """Return the words that a person searches for, all of which have to be there; True: or what begins so.

    A word with a digit or a sign in it, or with a star behind it, may be the beginning of one.
    """
    words: dict[str, bool] = {}
    for word, more in _ASKED.findall(_plain(text)):
        key = _cut(word)
        words[key] = words.get(key, True) and (bool(more) or bool(_SPECIAL.search(word)))
    return dict(list(words.items())[:MAX_QUERY_WORDS])


def quoted(word: str) -> str:
    """Write a word so that a tsquery takes it as it is."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _plain(text: str) -> str:
    """Leave case, accents and ways of writing the same character out."""
    if text.isascii():
        return text.lower()
    taken_apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in taken_apart if unicodedata.category(char) != "Mn")


def _cut(word: str) -> str:
    """Cut a word to what is kept of it; never through the middle of a character."""
    if len(word) * 4 <= MAX_WORD_BYTES or len(encoded := word.encode()) <= MAX_WORD_BYTES:
        return word
    return encoded[:MAX_WORD_BYTES].decode(errors="ignore")
