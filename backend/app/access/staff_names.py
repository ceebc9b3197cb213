# ruff: noqa: RUF001 - letters that look like others are what this module is about
"""Names of staff: cleaned as they are shown, and a key by which no two of them can be confused."""

from __future__ import annotations

import unicodedata
from typing import Final

from app.errors import InvalidRequest

MAX_NAME_CHARS: Final = 40  # a first and a last name
# Drawn alike in most typefaces: letters of other scripts, by the Latin one, then figures and strokes.
LOOKALIKES: Final = {
    ord(char): latin
    for latin, alike in {
        "a": "аα", "b": "ьβ", "c": "сϲ", "e": "еε", "h": "һнη", "i": "іι", "j": "ј", "k": "кκ", "l": "1|ӏi", "m": "м",
        "n": "ոп", "o": "0оοσօ", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "υսц", "v": "νѵ", "w": "ԝω", "x": "хχ",
        "y": "уγү",
    }.items()
    for char in alike
}  # fmt: skip


def clean_name(written: str) -> str:
    """Return a name as it is shown: composed, without unseen characters, with single blanks.

    Raises `InvalidRequest` where nothing is left, or it is too long.
    """
    composed = unicodedata.normalize("NFKC", written)
    seen = "".join(
        " " if char.isspace() else char for char in composed if unicodedata.category(char)[0] != "C" or char.isspace()
    )
    name = " ".join(seen.split())
    if not 1 <= len(name) <= MAX_NAME_CHARS:
        raise InvalidRequest(f"A name has 1 to {MAX_NAME_CHARS} characters.")
    return name


def name_key(name: str) -> str:
    """Return what two names share that could be taken for each other: without case, accents, blanks, look-alikes."""
    plain = unicodedata.normalize("NFKD", clean_name(name).casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char) and char.isalnum())
    return letters.translate(LOOKALIKES).translate(LOOKALIKES) or clean_name(name)
