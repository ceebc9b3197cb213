"""Parser of JSON and YAML documents: safe, quick, and bounded in every direction.

YAML is read as version 1.2 means it, which is JSON with fewer quotes: `on` and `no` are words, a date is text, keys
are text. The parser's events are put together here, because making the library's nodes first takes four times as
long; an alias shares what it names, and counts as much as if it had been written out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any, Final

import yaml

from app.openapi.document import DocumentMistake
from app.openapi.operation import Note
from app.openapi.other_formats import text_format

MAX_TEXT_BYTES: Final = 32_000_000  # twice the largest public document
MAX_DEPTH: Final = 200  # lists and objects in each other; real documents have 40
MAX_VALUES: Final = 5_000_000  # with every alias written out; the largest public document has 1,500,000
MAX_REPETITIONS: Final = 20  # keys written twice that are named; who reads twenty knows what is wrong
MAX_NUMBER_CHARS: Final = 300  # a longer number is text

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOT_TEXT: Final = frozenset("~nNtTfF+-.0123456789")  # what a plain scalar starts with that is not surely text
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_OTHER_INTEGER: Final = re.compile(r"0(o[0-7]+|x[0-9a-fA-F]+)")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_ESCAPES: Final = re.compile(r"\\(?:u0000|x00|0|u[dD][89a-fA-F]|U0000)")  # of what a database cannot store
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def parse_text(raw: bytes | str, notes: list[Note] | None = None) -> Mapping[str, Any]:
    """Return the document that the text holds; DocumentMistake says what is wrong with it and in which line.

    A key that stands twice in one object is added to `notes`: the last one counts, and what the first held is lost.
    """
    if len(raw) > MAX_TEXT_BYTES:
        raise DocumentMistake(f"The document is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    text = _decoded(raw)
    repeated: dict[str, int | None] = {}
    try:
        content = _parsed(text, repeated)
    except DocumentMistake:
        if said := text_format(text):
            raise DocumentMistake(said) from None
        raise
    if notes is not None:
        notes.extend(_repetition(key, line) for key, line in repeated.items())
    if not isinstance(content, dict) or text.lstrip().startswith("#%RAML"):
        raise DocumentMistake(
            text_format(text) or "This is not an OpenAPI document: it should be one object, in JSON or YAML."
        )
    try:
        return dict(_storable(content)) if _ESCAPES.search(text) else content
    except RecursionError:
        raise _too_deep() from None


def _decoded(raw: bytes | str) -> str:
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentMistake(f"Line {line}: the text is not in UTF-8. Save it as UTF-8 and try again.") from None


def _repetition(key: str, line: int | None) -> Note:
    where = f"line {line}" if line is not None else "#"
    return Note(place=where, message=f"'{key[:100]}' stands twice there; what the first one holds is left out.")


def _parsed(text: str, repeated: dict[str, int | None]) -> Any:
    mistake = None
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(
                text,
                parse_float=_float,
                parse_constant=lambda _: None,
                object_pairs_hook=partial(_object, repeated=repeated),
            )
        except json.JSONDecodeError as error:
            mistake = DocumentMistake(f"Line {error.lineno}, column {error.colno}: this is not JSON: {error.msg}.")
        except RecursionError:
            raise _too_deep() from None
        except ValueError:
            raise DocumentMistake("A number has more digits than can be read.") from None
    try:
        return _Builder(text, repeated).document()
    except DocumentMistake as found:
        raise (mistake or found) from None


def _object(pairs: list[tuple[str, Any]], repeated: dict[str, int | None]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs) and len(repeated) < MAX_REPETITIONS:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                repeated.setdefault(key, None)
            seen.add(key)
    return made


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _storable(value: Any) -> Any:
    """Return the value with the characters replaced that no database takes: NUL, and halves of a character."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("\ufffd", key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


class _Builder:
    """Puts the events of YAML's parser together, with a stack of its own instead of the interpreter's."""

    def __init__(self, text: str, repeated: dict[str, int | None]) -> None:
        self._text = text
        self._repeated = repeated
        self._values = 0
        self._anchors: dict[str, tuple[Any, int]] = {}  # what it names, and how many values that is
        self._scalars: dict[str, Any] = {}

    def document(self) -> Any:
        """Return the first document of the text; DocumentMistake with the line where it is none."""
        try:
            return self._built(yaml.CSafeLoader(self._text))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
            if mark and self._is_tabbed(mark.line):
                said = "it is indented with a tab, which YAML does not allow. Replace each tab with spaces."
                raise DocumentMistake(f"{where}{said}") from None
            raise DocumentMistake(f"{where}this is not YAML: {error.problem or error.context}.") from None
        except (yaml.YAMLError, ValueError) as error:
            raise DocumentMistake(f"This is not YAML: {str(error).splitlines()[0]}.") from None

    def _is_tabbed(self, at: int) -> bool:
        line = next(islice(self._text.splitlines(), at, None), "")
        return "\t" in line[: len(line) - len(line.lstrip())]

    def _built(self, parser: Any) -> Any:
        stack: list[_Open] = [_Open(None, 0)]
        get_event = parser.get_event
        while True:
            event = get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._values += 1
                holder = stack[-1]
                is_key = holder.is_mapping and holder.key is None
                if is_key and event.value in holder.made and event.value != "<<":
                    self._repeat(event)
                value = event.value if is_key else self._scalar(event)
                if event.anchor:
                    self._anchors[event.anchor] = value, 1
                holder.take(value)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, stack, is_mapping=kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(stack)
            elif kind is yaml.AliasEvent:
                self._alias(event, stack)
            elif kind is yaml.DocumentEndEvent or event is None:
                break
        return stack[0].made

    def _repeat(self, event: Any) -> None:
        if len(self._repeated) < MAX_REPETITIONS:
            self._repeated.setdefault(event.value, event.start_mark.line + 1)

    def _open(self, event: Any, stack: list[_Open], *, is_mapping: bool) -> None:
        holder = stack[-1]
        if holder.is_mapping and holder.key is None:
            raise DocumentMistake(f"Line {event.start_mark.line + 1}: a key is not a text.")
        if len(stack) > MAX_DEPTH:
            raise _too_deep()
        self._count(1)
        stack.append(_Open({} if is_mapping else [], self._values, event.anchor))

    def _close(self, stack: list[_Open]) -> None:
        closed = stack.pop()
        if closed.anchor:
            self._anchors[closed.anchor] = closed.made, self._values - closed.began + 1
        stack[-1].take(closed.made)

    def _alias(self, event: Any, stack: list[_Open]) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            raise DocumentMistake(f"Line {line}: the alias *{event.anchor[:50]} names nothing that ends before it.")
        value, size = self._anchors[event.anchor]
        self._count(size)
        holder = stack[-1]
        if holder.is_mapping and holder.key is None and not isinstance(value, str):
            raise DocumentMistake(f"Line {line}: a key is not a text.")
        holder.take(value)

    def _count(self, size: int) -> None:
        self._values += size
        if self._values > MAX_VALUES:
            raise DocumentMistake("The document has too many values once its aliases are written out.")

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if not event.implicit[0] and (event.style or event.tag == _TEXT_TAG):
            return text
        if text and text[0] not in _NOT_TEXT:
            return text
        if text not in self._scalars:
            self._scalars[text] = _plain(text)
        return self._scalars[text]


class _Open:
    """A list or an object that has begun; the outermost one holds the document itself."""

    __slots__ = ("anchor", "began", "is_mapping", "key", "made")

    def __init__(self, made: Any, began: int, anchor: str | None = None) -> None:
        self.made = made
        self.began = began
        self.anchor = anchor
        self.is_mapping = isinstance(made, dict)
        self.key: str | None = None

    def take(self, value: Any) -> None:
        if not self.is_mapping:
            if isinstance(self.made, list):
                self.made.append(value)
            else:
                self.made = value
        elif self.key is None:
            self.key = value
        else:
            if self.key == "<<" and isinstance(value, dict | list):
                self._merge(value)
            else:
                self.made[self.key] = value
            self.key = None

    def _merge(self, value: dict[str, Any] | list[Any]) -> None:
        """Take over the entries of a `<<`, which never replace those that are written out."""
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                for key, item in part.items():
                    self.made.setdefault(key, item)


def _plain(text: str) -> Any:
    """Return what a scalar without quotes means."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > MAX_NUMBER_CHARS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_INTEGER.fullmatch(text):
        return int(text, 0)
    return _float(text) if _FLOAT.fullmatch(text) else text


def _too_deep() -> DocumentMistake:
    return DocumentMistake(f"The document is nested more than {MAX_DEPTH} deep.")
