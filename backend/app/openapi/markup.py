"""The words of a document as people and models read them: without markup, in one line, and not too many."""

from __future__ import annotations

import re
from typing import Any, Final

from app.openapi.plain_text import plain as visible_words

MAX_MARKUP_CHARS: Final = 20_000  # of a text that is looked through for markup; more is cut off before

_IMAGE: Final = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,500}\)")
_FENCE: Final = re.compile(r"```[^`]{0,5000}```")
_MARKS: Final = re.compile(r"(?:^|(?<=\s))#{1,6}\s|\*\*|__|`")


def plain(value: Any) -> str:
    """Return a text in one line without HTML, links, images, code, marks of Markdown and what is invisible.

    Nothing where it is no text.
    """
    if not isinstance(value, str):
        return ""
    text = value[:MAX_MARKUP_CHARS]
    if "`" in text:
        text = _FENCE.sub(" ", text)
    if "[" in text:
        text = _IMAGE.sub(" ", text)
    return " ".join(_MARKS.sub("", visible_words(text)).split())


def cut(text: str, limit: int) -> str:
    """Return the text in one line, shortened at a word where it is longer than the limit."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rpartition(" ")[0].rstrip(",;:.") + "…" if " " in line[:limit] else line[: limit - 1] + "…"
