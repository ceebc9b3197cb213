"""From an operation and a call's arguments to the one request that they mean.

The plan is data, made once from the document; building a request interprets it, purely. Values are
percent-encoded whole, so that none can leave its place: no `..`, no further segment, query part or header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, unquote

from app.errors import ToolInvalidInput
from app.safe_http import OutgoingRequest

JSON: Final = "application/json"

_PLACEHOLDER: Final = re.compile(r"\{([^{}/]+)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_LITERAL: Final = "/:@!$&'()*+,;=~%"  # what may stand in a path as it is
_MAX_UNQUOTINGS: Final = 5  # a target, its proxy and its framework may each decode once
_LARGEST_EXACT_FLOAT: Final = 2**53  # up to here a float without a fraction is exactly that integer


class Place(StrEnum):
    """Where in a request an argument goes; BODY is the whole body, FIELD one property of it."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    FIELD = "field"
    BODY = "body"


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument: its name for the model, and the name, place and style that it has in the request."""

    name: str
    wire_name: str
    place: Place
    style: str = "simple"
    explode: bool = False
    as_json: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestPlan:
    """How an operation's arguments become a request.

    `body_required` sends an object even where no field is given. `key_header` takes the idempotency key.
    """

    method: str
    base_url: str
    path: str
    arguments: tuple[Argument, ...] = ()
    media_type: str = JSON
    body_required: bool = False
    key_header: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON; what is as usual is left out."""
        return {
            **_unusual(self),
            "method": self.method,
            "base_url": self.base_url,
            "path": self.path,
            "arguments": [_unusual(argument) for argument in self.arguments],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RequestPlan:
        """Read back what `to_json` gave."""
        arguments = tuple(Argument(**{**entry, "place": Place(entry["place"])}) for entry in stored["arguments"])
        return cls(**{**stored, "arguments": arguments})

    def build(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> OutgoingRequest:
        """Build the request for arguments that fit the schema; ToolInvalidInput where a value cannot stand there."""
        try:
            url = self.base_url.rstrip("/") + self._path(args) + self._query(args)
        except UnicodeEncodeError:
            raise ToolInvalidInput("The values hold characters that cannot be sent. Write them again.") from None
        headers = self._headers(args)
        body = self._body(args)
        if body is not None and self.media_type != JSON:
            headers["Content-Type"] = self.media_type
        if self.key_header and idempotency_key:
            headers[self.key_header] = idempotency_key
        return OutgoingRequest(method=self.method, url=url, headers=headers, body=body)

    def _given(self, args: Mapping[str, Any], place: Place) -> Iterator[tuple[Argument, Any]]:
        for argument in self.arguments:
            if argument.place is place and argument.name in args:
                yield argument, args[argument.name]

    def _path(self, args: Mapping[str, Any]) -> str:
        values = {argument.wire_name: _in_path(argument, value) for argument, value in self._given(args, Place.PATH)}
        segments = []
        for template in self.path.split("/"):
            pieces = _PLACEHOLDER.split(template)  # text, name, text, name, text
            pieces[::2] = [quote(text, safe=_LITERAL) for text in pieces[::2]]
            pieces[1::2] = [values.get(name, "") for name in pieces[1::2]]
            segment = "".join(pieces)
            if len(pieces) > 1 and segment in {"", ".", ".."}:
                raise ToolInvalidInput(f"{placeholders(template)[0]}: this value cannot stand in an address.")
            segments.append(segment)
        return "/".join(segments)

    def _query(self, args: Mapping[str, Any]) -> str:
        parts = [part for argument, value in self._given(args, Place.QUERY) for part in _in_query(argument, value)]
        return "?" + "&".join(parts) if parts else ""

    def _headers(self, args: Mapping[str, Any]) -> dict[str, str]:
        headers = {}
        for argument, value in self._given(args, Place.HEADER):
            text = json.dumps(value) if argument.as_json else _simple(argument, value, encode=str)
            if not _HEADER_VALUE.fullmatch(text):
                raise ToolInvalidInput(f"{argument.name}: use plain letters and digits.", field=argument.name)
            headers[argument.wire_name] = text
        cookies = [
            f"{quote(argument.wire_name, safe='')}={_simple(argument, value, encode=_encoded)}"
            for argument, value in self._given(args, Place.COOKIE)
        ]
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        return headers

    def _body(self, args: Mapping[str, Any]) -> Any:
        for _, value in self._given(args, Place.BODY):
            return value
        given = {argument.wire_name: value for argument, value in self._given(args, Place.FIELD)}
        return given if given or self.body_required else None


def _unusual(made: Argument | RequestPlan) -> dict[str, Any]:
    values = {field.name: (getattr(made, field.name), field.default) for field in fields(made)}
    return {name: value for name, (value, usual) in values.items() if value != usual}


def _in_path(argument: Argument, value: Any) -> str:
    """Write a path parameter in its style: simple, label (`.a.b`) or matrix (`;name=a`)."""
    for item in _scalars(value):
        _refuse_traversal(argument.name, written(item))
    if argument.as_json:
        return _encoded(json.dumps(value))
    if argument.style == "label":
        return "." + _simple(argument, value, encode=_encoded, separator="." if argument.explode else ",")
    if argument.style == "matrix":
        return _matrix(argument, value)
    return _simple(argument, value, encode=_encoded)


def _refuse_traversal(name: str, text: str) -> None:
    """Refuse what could lead to another resource once a target, or something before it, decodes the path."""
    for _ in range(_MAX_UNQUOTINGS):
        if not text or text in {".", ".."} or "/" in text or "\\" in text or _CONTROL.search(text):
            raise ToolInvalidInput(f"{name}: this value cannot stand in an address.", field=name)
        decoded = unquote(text)
        if decoded == text:
            return
        text = decoded
    raise ToolInvalidInput(f"{name}: this value cannot stand in an address.", field=name)


def _matrix(argument: Argument, value: Any) -> str:
    name = quote(argument.wire_name, safe="")
    if argument.explode and isinstance(value, list):
        return "".join(f";{name}={_encoded(item)}" for item in value)
    if argument.explode and isinstance(value, Mapping):
        return "".join(f";{_encoded(key)}={_encoded(item)}" for key, item in value.items())
    return f";{name}={_simple(argument, value, encode=_encoded)}"


def _simple(argument: Argument, value: Any, *, encode: Any, separator: str = ",") -> str:
    """Write a scalar, a list (`a,b`) or an object (`k,v` or exploded `k=v`) with a separator."""

    def text(item: Any) -> str:
        return str(encode(written(item)))

    if isinstance(value, list):
        return separator.join(map(text, value))
    if isinstance(value, Mapping):
        between = "=" if argument.explode else separator
        return separator.join(f"{text(key)}{between}{text(item)}" for key, item in value.items())
    return text(value)


_SEPARATORS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


def _in_query(argument: Argument, value: Any) -> list[str]:
    """Write a query parameter in its style, as `name=value` parts; none where there is nothing to say."""
    name = quote(argument.wire_name, safe="")
    if value is None or (isinstance(value, list | Mapping) and not value):
        return []
    if argument.as_json:
        return [f"{name}={_encoded(json.dumps(value, ensure_ascii=False))}"]
    if isinstance(value, Mapping) and argument.style == "deepObject":
        return _deep(name, value)
    if isinstance(value, Mapping) and argument.explode:
        return [f"{_encoded(key)}={_encoded(item)}" for key, item in value.items()]
    if isinstance(value, list) and argument.explode:
        return _deep(name, value)
    return [f"{name}={_simple(argument, value, encode=_encoded, separator=_SEPARATORS.get(argument.style, ','))}"]


def _deep(name: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [part for key, item in value.items() for part in _deep(f"{name}%5B{_encoded(key)}%5D", item)]
    if isinstance(value, list):
        return [f"{name}={_encoded(item)}" for item in value]
    return [f"{name}={_encoded(value)}"]


def _encoded(value: Any) -> str:
    return quote(written(value), safe="")


def written(value: Any) -> str:
    """Write one value as text: booleans and null as JSON does, whole numbers without a fraction."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT_FLOAT:
        return str(int(value))
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _scalars(item)
    else:
        yield value


def placeholders(path: str) -> list[str]:
    """Return the names that a path's braces ask for, in order."""
    return _PLACEHOLDER.findall(path)
