"""Response content by its type: JSON, lines of it, tables, XML, pages, text; or only what it is."""

from __future__ import annotations

import codecs
import csv
import html
import io
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from xml.etree import ElementTree as ET

from app.outgoing.message import HttpResponse
from app.tools.partial_json import beginning

MAX_XML_DEPTH: Final = 60  # of elements; what is deeper is no answer for people
MAX_PAGE_CHARS: Final = 200_000  # of a web page; its words are a small part of it
MAX_CUT_CHARS: Final = 300_000  # of a JSON answer that was cut: as much as is kept for replay
MAX_TABLE_ROWS: Final = 10_000  # the projection cuts long before
_CHARSET: Final = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
# What texts are written in. Python knows more codecs; some of them take minutes for what a hostile server may send.
_TEXTS: Final = re.compile(r"utf-|ascii|iso8859-|cp125|koi8|shift_jis|euc_|gb|big5")
_LINES: Final = frozenset(
    {"application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-seq"}
)
_SEPARATORS: Final = {"text/csv": ",", "application/csv": ",", "text/tab-separated-values": "\t"}
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# A comment, what is not seen, a tag, or words. Whatever has no end goes to the end of the page.
_PIECE: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<unseen>script|style|template|noscript|svg|head)\b.*?(?:</(?P=unseen)\s*>|\Z)"
    r"|</?(?P<tag>[a-z][a-z0-9-]*)[^>]*(?:>|\Z)"
    r"|<[!?/][^>]*(?:>|\Z)"
    r"|(?P<words><?[^<]*)",
    re.DOTALL | re.IGNORECASE,
)
_BREAKS: Final = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "table", "ul"})
_DECLARED: Final = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def parsed(answer: HttpResponse) -> Any:
    """Return what the answer's body says; a note of what it is where that is nothing to read, None where it is empty.

    The declared type is a hint: what is JSON is read as JSON, and what does not keep to its type is text.
    """
    if not answer.body:
        return None
    text = _text(answer)
    if text is None:
        return {"note": f"An answer of type {answer.content_type[:80]} with {len(answer.body)} bytes."}
    kind = answer.content_type.lower()
    if answer.defect == "too_large" and _reader(kind) is _json:
        return _cut_json(text[:MAX_CUT_CHARS])
    return _reader(kind)(text)


def _reader(kind: str) -> Callable[[str], Any]:
    if kind in _LINES:
        return _lines
    if kind in _SEPARATORS:
        return partial(_table, separator=_SEPARATORS[kind])
    if kind in _PAGES:
        return _page
    return _xml if kind in {"application/xml", "text/xml"} or kind.endswith("+xml") else _json


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _cut_json(text: str) -> Any:
    try:
        return beginning(text)
    except (ValueError, RecursionError):
        return text


def _text(answer: HttpResponse) -> str | None:
    """Decode the body as it says, or as UTF-8; None where it is no text."""
    said = _CHARSET.search(answer.headers.get("Content-Type", ""))
    for name in (said[1] if said else "", "utf-8-sig"):
        text = _decoded(answer.body, name, whole=answer.defect is None)
        if text is not None:
            return None if _BINARY.search(text) and text.lstrip()[:1] not in {"{", "["} else text
    return None


def _decoded(body: bytes, name: str, *, whole: bool) -> str | None:
    try:
        codec = codecs.lookup(name)
        if not _TEXTS.match(codec.name) or codec.incrementaldecoder is None:
            return None
        return codec.incrementaldecoder().decode(body, final=whole)
    except (LookupError, UnicodeError):
        return None


def _lines(text: str) -> Any:
    try:
        return [json.loads(line) for line in text.replace("\x1e", "\n").splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return text


def _table(text: str, *, separator: str) -> Any:
    """Return a table as one object a row, under the names of its first line; the text where it is no table."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row][
            : MAX_TABLE_ROWS + 1
        ]
    except csv.Error:
        return text
    if not rows or len(set(rows[0])) != len(rows[0]) or any(len(row) > len(rows[0]) for row in rows):
        return text
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def _xml(text: str) -> Any:
    """Return XML as objects: attributes under `@name`, repeated elements as a list; the text where it is none.

    A document that declares entities is not read: they are how a small one becomes a large one.
    """
    if _DECLARED.search(text):
        return text
    try:
        root = ET.fromstring(text)  # noqa: S314  # no entity can be declared, and none is fetched
    except (ET.ParseError, ValueError):
        return text
    return {_tag(root.tag): _element(root, MAX_XML_DEPTH)}


def _element(element: ET.Element, depth: int) -> Any:
    if depth == 0:
        return "…"
    content: dict[str, Any] = {f"@{_tag(name)}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = _tag(child.tag), _element(child, depth - 1)
        if name not in content:
            content[name] = value
        elif isinstance(content[name], list):
            content[name].append(value)
        else:
            content[name] = [content[name], value]
    said = (element.text or "").strip()
    if not content:
        return said or None
    return {**content, "#text": said} if said else content


def _tag(name: str) -> str:
    return name.rpartition("}")[2]


def _page(text: str) -> str:
    """Return the words of a page, a line each. Every piece is passed over once, so no page takes long."""
    said = []
    for piece in _PIECE.finditer(text[:MAX_PAGE_CHARS]):
        tag = piece["tag"]
        if tag is not None:
            said.append("\n" if tag.lower() in _BREAKS else "")
        elif piece["words"] is not None:
            said.append(html.unescape(piece["words"]))
    lines = (" ".join(line.split()) for line in "".join(said).splitlines())
    return "\n".join(line for line in lines if line)
