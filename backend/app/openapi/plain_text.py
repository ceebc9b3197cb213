"""Plain text of what a document wrote: one line of visible words, without markup or disguises, and not too many.

This takes away what could hide an instruction or make it look like the system's own. It does not judge what a text
says: that a text is data, and cannot change a label or give consent, is seen to elsewhere.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any, Final

MAX_READ_CHARS: Final = 20_000  # of one text; a model is shown a few hundred of them
_MAX_UNESCAPINGS: Final = 3  # &amp;lt;b&amp;gt; hides a tag twice; nobody honest does it four times
MAX_MARKUP_CHARS: Final = 20_000  # of a text that is looked through for markup; more is cut off before

_IMAGE: Final = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,500}\)")
_FENCE: Final = re.compile(r"```[^`]{0,5000}```")
_MARKS: Final = re.compile(r"(?:^|(?<=\s))#{1,6}\s|\*\*|__|`")
_COMMENT: Final = re.compile(r"<!--.{0,20000}?(?:-->|\Z)", re.DOTALL)
_UNSEEN: Final = re.compile(
    r"<(script|style|template)\b[^<>]{0,500}>.{0,20000}?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,500}>|<[!?][^<>]{0,500}>")
_LINK: Final = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,2000}(?:\s[^()]{0,300})?\)")
# What chat models take for the edges of messages: <|im_start|>, [INST], <<SYS>>, ### System:
_EDGES: Final = re.compile(
    r"<\|[^|<>]{0,60}\|>|\[/?(?:INST|SYS|SYSTEM|ASSISTANT|USER)\]|<</?SYS>>|</?s>"
    r"|^[^\S\n]*+#{0,6}[^\S\n]*+(?:system|assistant|developer|tool|human|user)[^\S\n]*+(?:prompt|message)?[^\S\n]*+:",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNS: Final = re.compile(r"[<&\[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # most texts have none of them, and need no more
_UNSEEN_KINDS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180b\u180c\u180d\u180f")  # letters that show nothing


def visible_text(text: str) -> str:
    """Return the visible words of a text in one line: no control or invisible characters, no markup, no chat edges."""
    text = text[:MAX_READ_CHARS]
    if text.isascii() and not _SIGNS.search(text):
        return " ".join(_EDGES.sub(" ", text).split())
    for _ in range(_MAX_UNESCAPINGS):
        made = _without_markup(html.unescape(_visible(text)))
        if made == text:
            break
        text = made
    return " ".join(_visible(text).split())


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
    return " ".join(_MARKS.sub("", visible_text(text)).split())


def cut(text: str, limit: int) -> str:
    """Return the text in one line, shortened at a word where it is longer than the limit."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rpartition(" ")[0].rstrip(",;:.") + "…" if " " in line[:limit] else line[: limit - 1] + "…"


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if character in "\n\t\r" or _is_visible(character))


def _is_visible(character: str) -> bool:
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":  # they can carry bytes
        return False
    return character not in _BLANKS and unicodedata.category(character) not in _UNSEEN_KINDS


def _without_markup(text: str) -> str:
    for pattern in (_COMMENT, _UNSEEN, _EDGES, _TAG):
        text = pattern.sub(" ", text)
    return _LINK.sub(lambda match: match[1], text)
