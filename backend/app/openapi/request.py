"""Request builder: from an operation's plan and a call's arguments to the one request that they mean.

The plan is data, made once from the document; building a request interprets it, purely. Values are
percent-encoded whole, so that none can leave its place: no `..`, no further segment, query part or header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, unquote, urljoin

from app.errors import ToolInvalidInput
from app.openapi.body import JSON, Encoding, write_body
from app.openapi.parameter_style import as_json, encoded, in_path, in_query, scalars, simple, written
from app.outgoing.message import OutgoingRequest

__all__ = ["JSON", "Argument", "Encoding", "Place", "RequestPlan", "placeholders", "written"]

_PLACEHOLDER: Final = re.compile(r"\{([^{}/]+)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_COOKIE_VALUE: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")  # RFC 6265's cookie-octet
_LITERAL: Final = "/:@!$&'()*+,;=~%"  # what may stand in a path as it is
_MAX_UNQUOTINGS: Final = 5  # a target, its proxy and its framework may each decode once


class Place(StrEnum):
    """Where in a request an argument goes; BODY is the whole body, FIELD one property of it.

    QUERYSTRING is all that follows the question mark.
    """

    PATH = "path"
    QUERY = "query"
    QUERYSTRING = "querystring"
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
    allow_reserved: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestPlan:
    """How an operation's arguments become a request.

    `body_required` sends an object even where no field is given. `key_header` takes the idempotency key. `encodings`
    say how fields of a form are written, by their name. `own_address` says that the document gives this operation a
    server of its own, so that `at` leaves it there.
    """

    method: str
    base_url: str
    path: str
    arguments: tuple[Argument, ...] = ()
    media_type: str = JSON
    body_required: bool = False
    key_header: str | None = None
    encodings: Mapping[str, Encoding] = field(default_factory=dict)
    own_address: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON; what is as usual is left out."""
        made = _unusual(self) | {"method": self.method, "base_url": self.base_url, "path": self.path}
        made["arguments"] = [_unusual(argument) for argument in self.arguments]
        made.pop("encodings", None)
        if self.encodings:
            made["encodings"] = {name: _unusual(encoding) for name, encoding in self.encodings.items()}
        return made

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RequestPlan:
        """Read back what `to_json` gave."""
        arguments = tuple(Argument(**{**entry, "place": Place(entry["place"])}) for entry in stored["arguments"])
        encodings = {name: Encoding(**entry) for name, entry in stored.get("encodings", {}).items()}
        return cls(**{**stored, "arguments": arguments, "encodings": encodings})

    def at(self, base_url: str) -> RequestPlan:
        """Return the plan for an API at another address; a relative server of its own is relative to that."""
        if self.own_address:
            return replace(self, base_url=urljoin(base_url.rstrip("/") + "/", self.base_url))
        return replace(self, base_url=base_url)

    def build(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> OutgoingRequest:
        """Build the request for arguments that fit the schema; ToolInvalidInput where a value cannot stand there."""
        try:
            url = self.base_url.rstrip("/") + self._path(args) + self._query(args)
            headers = self._headers(args)
            body, content_type = self._body(args)
        except UnicodeEncodeError:
            raise ToolInvalidInput("The values hold characters that cannot be sent. Write them again.") from None
        if content_type:
            headers["Content-Type"] = content_type
        if self.key_header and idempotency_key:
            headers[self.key_header] = idempotency_key
        return OutgoingRequest(method=self.method, url=url, headers=headers, body=body)

    def _given(self, args: Mapping[str, Any], place: Place) -> Iterator[tuple[Argument, Any]]:
        for argument in self.arguments:
            if argument.place is place and argument.name in args:
                yield argument, args[argument.name]

    def _path(self, args: Mapping[str, Any]) -> str:
        values = {argument.wire_name: _in_path(argument, value) for argument, value in self._given(args, Place.PATH)}
        path, mark, fixed = self.path.partition("#")[0].partition("?")
        segments = []
        for template in (path if path.startswith("/") or not path else f"/{path}").split("/"):
            segment = _filled(template, values)
            if "{" in template and segment in {"", ".", ".."}:
                raise ToolInvalidInput(f"{placeholders(template)[0]}: this value cannot stand in an address.")
            segments.append(segment)
        return "/".join(segments) + (mark + _filled(fixed, values) if fixed else "")

    def _query(self, args: Mapping[str, Any]) -> str:
        parts = [part for argument, value in self._given(args, Place.QUERY) for part in _in_query(argument, value)]
        for argument, value in self._given(args, Place.QUERYSTRING):
            parts += _whole_query(argument, value)
        if not parts:
            return ""
        return ("&" if "?" in self.path.partition("#")[0] else "?") + "&".join(parts)

    def _headers(self, args: Mapping[str, Any]) -> dict[str, str]:
        headers = {}
        for argument, value in self._given(args, Place.HEADER):
            text = json.dumps(value) if argument.as_json else simple(value, explode=argument.explode, encode=written)
            if not _HEADER_VALUE.fullmatch(text):
                raise ToolInvalidInput(f"{argument.name}: use plain letters and digits.", field=argument.name)
            headers[argument.wire_name] = text
        cookies = [part for argument, value in self._given(args, Place.COOKIE) for part in _in_cookie(argument, value)]
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        return headers

    def _body(self, args: Mapping[str, Any]) -> tuple[Any, str]:
        """Return the body and its content type; ordinary JSON goes without saying."""
        given = {argument.wire_name: value for argument, value in self._given(args, Place.FIELD)}
        whole: Any = given if given or self.body_required else None
        for _, value in self._given(args, Place.BODY):
            whole = value
        if whole is None:
            return None, ""
        body, content_type = write_body(whole, self.media_type, self.encodings)
        return body, "" if content_type == JSON else content_type


def _unusual(made: Argument | RequestPlan | Encoding) -> dict[str, Any]:
    values = {one.name: (getattr(made, one.name), one.default) for one in fields(made)}
    return {name: value for name, (value, usual) in values.items() if value != usual}


def _filled(template: str, values: Mapping[str, str]) -> str:
    pieces = _PLACEHOLDER.split(template)  # text, name, text, name, text
    pieces[::2] = [quote(text, safe=_LITERAL) for text in pieces[::2]]
    pieces[1::2] = [values.get(name, "") for name in pieces[1::2]]
    return "".join(pieces)


def _in_path(argument: Argument, value: Any) -> str:
    for item in scalars(value):
        _refuse_traversal(argument.name, written(item))
    if argument.as_json:
        return encoded(json.dumps(value))
    return in_path(argument.wire_name, value, style=argument.style, explode=argument.explode)


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


def _in_query(argument: Argument, value: Any) -> list[str]:
    if argument.as_json and value is not None:
        return [f"{encoded(argument.wire_name)}={encoded(as_json(value))}"]
    return in_query(
        argument.wire_name,
        value,
        style=argument.style,
        explode=argument.explode,
        reserved=argument.allow_reserved,
    )


def _whole_query(argument: Argument, value: Any) -> list[str]:
    """Write all that follows the question mark: an object as a form has it, anything else as JSON or text."""
    if isinstance(value, Mapping) and not argument.as_json:
        return [part for name, item in value.items() for part in in_query(name, item, style="form", explode=True)]
    return [encoded(as_json(value) if argument.as_json else value)]


def _in_cookie(argument: Argument, value: Any) -> list[str]:
    """Write a cookie. The style `form` encodes and joins as a query does; `cookie` writes each value as it is."""
    if argument.as_json:
        return [f"{encoded(argument.wire_name)}={encoded(as_json(value))}"]
    if argument.style != "cookie":
        parts = in_query(argument.wire_name, value, style="form", explode=argument.explode)
        return ["&".join(parts)] if parts else []
    pairs = [(argument.wire_name, value)]
    if argument.explode and isinstance(value, Mapping):
        pairs = list(value.items())
    elif argument.explode and isinstance(value, list):
        pairs = [(argument.wire_name, item) for item in value]
    cookies = []
    for name, item in pairs:
        text = simple(item, explode=False, encode=written)
        if not _COOKIE_VALUE.fullmatch(text.replace(",", "")):
            raise ToolInvalidInput(f"{argument.name}: this value cannot stand in a cookie.", field=argument.name)
        cookies.append(f"{quote(name, safe='')}={text}")
    return cookies


def placeholders(path: str) -> list[str]:
    """Return the names that a path's braces ask for, in order."""
    return _PLACEHOLDER.findall(path)
