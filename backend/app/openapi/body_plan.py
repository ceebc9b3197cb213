"""Body planner: from the body that a document describes to the arguments that fill it in, and how each is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.openapi.body import JSON, OCTETS, Encoding, kind_of
from app.openapi.document import Operation, content_of
from app.openapi.json_schema import Schemas
from app.openapi.operation import Note
from app.openapi.request import Place
from app.openapi.schema_merge import Merger, TooLarge

# A body with any other keyword says something about its fields together, so it stays one argument.
_FLAT: Final = frozenset({"type", "properties", "required", "additionalProperties", "description", "default"})
_PREFERRED: Final = ("json", "form", "parts", "lines", "text", "binary")  # what a model fills in most reliably first
_STYLES: Final = frozenset({"form", "spaceDelimited", "pipeDelimited", "tabDelimited", "deepObject"})
_IN_BASE64: Final = "The file's content, in base64."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An argument before it has its final name."""

    wire_name: str
    place: Place
    schema: Any
    required: bool
    style: str = "simple"
    explode: bool = False
    as_json: bool = False
    allow_reserved: bool = False


@dataclass(frozen=True, kw_only=True)
class BodyPlan:
    """The arguments of a body, its media type, and how the fields of a form are written."""

    wanted: tuple[Wanted, ...] = ()
    required: bool = False
    media_type: str = JSON
    encodings: Mapping[str, Encoding] = field(default_factory=dict)


def plan_body(operation: Operation, schemas: Schemas, notes: list[Note]) -> BodyPlan:
    """Return how the operation's body is filled in: an object's fields are arguments of their own where they can be."""
    body = operation.body
    if body is None:
        return BodyPlan()
    required = body.get("required") is True
    content = content_of(body, "content")
    if not content:
        if required:
            notes.append(Note(place=operation.place, message="Its body is required and not described; none is sent."))
        return BodyPlan()
    if operation.method == "HEAD" or (operation.method == "GET" and not required):
        notes.append(
            Note(place=operation.place, message=f"A {operation.method} has no body; the one here is left out.")
        )
        return BodyPlan()
    media_type = min(content, key=lambda name: (_PREFERRED.index(kind_of(str(name))), name != JSON))
    place = f"{operation.place}, body"
    media = schemas.document.follow(content[media_type], place)
    media = media if isinstance(media, Mapping) else {}
    source = media.get("schema")
    if source is None and "itemSchema" in media:
        source = {"type": "array", "items": media["itemSchema"]}
    schema = schemas.translate(source, place, notes)
    return _Planner(str(media_type).strip(), media, schemas.merger, required=required).plan(schema)


class _Planner:
    def __init__(self, media_type: str, media: Mapping[str, Any], merger: Merger, *, required: bool) -> None:
        self._kind = kind_of(media_type)
        self._media_type = JSON if self._kind == "json" and _is_plain_json(media_type) else media_type
        self._media = media
        self._merger = merger
        self._required = required

    def plan(self, schema: Any) -> BodyPlan:
        if self._kind in {"text", "binary"}:
            return self._whole(self._as_text(schema))
        try:
            self._merger.again()
            whole = self._merger(schema)
        except TooLarge:
            whole = {}
        if self._kind == "lines" or not (whole.keys() <= _FLAT and whole.get("properties")):
            return self._whole(schema, whole.get("properties", {}))
        properties, encodings = self._encoded(whole["properties"])
        needed = whole.get("required", [])
        fields = tuple(
            Wanted(wire_name=name, place=Place.FIELD, schema=part, required=name in needed)
            for name, part in properties.items()
        )
        return BodyPlan(wanted=fields, required=self._required, media_type=self._media_type, encodings=encodings)

    def _whole(self, schema: Any, properties: Mapping[str, Any] | None = None) -> BodyPlan:
        wanted = Wanted(wire_name="body", place=Place.BODY, schema=schema, required=self._required)
        encodings = self._encoded(properties)[1] if properties else {}
        return BodyPlan(wanted=(wanted,), required=self._required, media_type=self._media_type, encodings=encodings)

    def _as_text(self, schema: Any) -> Any:
        if self._kind == "binary":
            return {"type": "string", "contentEncoding": "base64", "description": _IN_BASE64}
        plain = schema if isinstance(schema, Mapping) else {}
        if plain.get("type") in {"string", "integer", "number", "boolean"}:
            return plain
        return {"type": "string", "description": f"The body, written as {self._media_type}."}

    def _encoded(self, properties: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Encoding]]:
        """Return the properties as the model fills them in, and how those are written that are not plain text."""
        described = content_of(self._media, "encoding")
        made = dict(properties)
        encodings = {}
        for name, schema in properties.items() if self._kind in {"form", "parts"} else ():
            how = described.get(name)
            how = how if isinstance(how, Mapping) else {}
            content_type = str(how.get("contentType") or "")
            binary = self._kind == "parts" and self._is_binary(schema, content_type)
            if binary:
                made[name] = self._in_base64(schema)
            style = str(how.get("style") or ("form" if {"explode", "allowReserved"} & how.keys() else ""))
            style = style if style in _STYLES and not (self._kind == "parts" or content_type) else ""
            encoding = Encoding(
                content_type=content_type,
                style=style,
                explode=how.get("explode", style == "form") is True,
                allow_reserved=how.get("allowReserved") is True,
                binary=binary,
            )
            if style or content_type or binary:
                encodings[name] = encoding
        return made, encodings

    def _is_binary(self, schema: Any, content_type: str) -> bool:
        plain = self._plain(schema)
        if plain.get("type") == "array":
            plain = self._plain(plain.get("items"))
        if plain.get("format") == "binary" or content_type.partition(",")[0].strip() == OCTETS:
            return True
        if "contentEncoding" in plain or plain.get("type", "string") not in ("string", ["string", "null"]):
            return False
        media_type = str(plain.get("contentMediaType") or content_type).partition(",")[0]
        return bool(media_type) and kind_of(media_type) == "binary"

    def _in_base64(self, schema: Any) -> dict[str, Any]:
        plain = self._plain(schema)
        words = plain.get("description", "")
        one = {"type": "string", "contentEncoding": "base64", "description": f"{words} {_IN_BASE64}".strip()}
        return {"type": "array", "items": one} if plain.get("type") == "array" else one

    def _plain(self, schema: Any) -> Mapping[str, Any]:
        try:
            return self._merger(schema)
        except TooLarge:
            return {}


def _is_plain_json(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return "*" in plain or plain in {JSON, "text/json"}
