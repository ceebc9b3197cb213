"""From an operation of a document to its plan: which arguments it takes, what they must be, where they go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.safe_http import FORBIDDEN_HEADERS
from app.tools.openapi_document import DocumentMistake, Operation, content_of, legal_name
from app.tools.openapi_request import JSON, Argument, Place, RequestPlan, placeholders
from app.tools.openapi_schema import Schemas, merged

IDEMPOTENCY_HEADERS: Final = frozenset({"idempotency-key", "x-idempotency-key"})
# Set by us or by the connection, never by a caller; OpenAPI itself says that the first three are ignored.
NOT_ARGUMENTS: Final = frozenset({"accept", "content-type", "authorization", "cookie"}) | FORBIDDEN_HEADERS

_LEGAL_ARGUMENT: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MAX_ARGUMENT_CHARS: Final = 64  # what every provider of models accepts as a property's name
_STYLES: Final[Mapping[Place, tuple[str, frozenset[str]]]] = {  # the default first
    Place.PATH: ("simple", frozenset({"simple", "label", "matrix"})),
    Place.QUERY: ("form", frozenset({"form", "spaceDelimited", "pipeDelimited", "deepObject"})),
    Place.HEADER: ("simple", frozenset({"simple"})),
    Place.COOKIE: ("form", frozenset({"form"})),
}
# A body with any other keyword says something about its fields together, so it stays one argument.
_FLAT: Final = frozenset({"type", "properties", "required", "additionalProperties", "description", "default"})


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """An argument before it has its final name."""

    wire_name: str
    place: Place
    schema: Any
    required: bool
    style: str = "simple"
    explode: bool = False
    as_json: bool = False


@dataclass(frozen=True, kw_only=True)
class _Body:
    wanted: tuple[_Wanted, ...] = ()
    required: bool = False
    media_type: str = JSON


def plan_operation(operation: Operation, schemas: Schemas, *, base_url: str) -> tuple[RequestPlan, dict[str, Any]]:
    """Return how to build the operation's request, and the full schema of its arguments.

    DocumentMistake where the operation cannot be carried out as it is described.
    """
    key_header = None
    wanted: list[_Wanted] = []
    for parameter in operation.parameters:
        name, place = parameter["name"], _place(parameter, operation)
        if place is Place.HEADER and name.lower() in IDEMPOTENCY_HEADERS:
            key_header = name
        elif not (place is Place.HEADER and name.lower() in NOT_ARGUMENTS):
            wanted.append(_parameter(parameter, place, schemas, operation))
    declared = {entry.wire_name for entry in wanted if entry.place is Place.PATH}
    wanted.extend(  # forgotten in many documents, and plain what it means
        _Wanted(wire_name=name, place=Place.PATH, schema={"type": "string", "minLength": 1}, required=True)
        for name in dict.fromkeys(placeholders(operation.path))
        if name not in declared
    )
    body = _body(operation, schemas)
    wanted.extend(body.wanted)
    names = _name(wanted)
    plan = RequestPlan(
        method=operation.method,
        base_url=base_url,
        path=operation.path,
        arguments=tuple(
            Argument(
                name=name,
                wire_name=entry.wire_name,
                place=entry.place,
                style=entry.style,
                explode=entry.explode,
                as_json=entry.as_json,
            )
            for name, entry in zip(names, wanted, strict=True)
        ),
        media_type=body.media_type,
        body_required=body.required,
        key_header=key_header,
    )
    return plan, _schema(names, wanted, body, schemas)


def _place(parameter: Mapping[str, Any], operation: Operation) -> Place:
    try:
        place = Place(parameter.get("in", ""))
    except ValueError:
        place = Place.BODY
    if place in {Place.FIELD, Place.BODY}:
        raise DocumentMistake(f"{operation.place}: the parameter '{parameter['name']}' has no place that is known.")
    return place


def _parameter(parameter: Mapping[str, Any], place: Place, schemas: Schemas, operation: Operation) -> _Wanted:
    where = f"{operation.place}, parameter '{parameter['name']}'"
    default, known = _STYLES[place]
    style = parameter.get("style", default)
    if style not in known:
        raise DocumentMistake(f"{where}: the style '{style}' is not known there.")
    content = next(iter(content_of(parameter, "content").values()), None)
    source = content.get("schema") if isinstance(content, Mapping) else parameter.get("schema")
    schema = schemas.translate(source, where)
    if isinstance(parameter.get("description"), str) and isinstance(schema, dict):
        schema = {**schema, "description": parameter["description"]}
    return _Wanted(
        wire_name=parameter["name"],
        place=place,
        schema=schema,
        required=place is Place.PATH or parameter.get("required") is True,
        style=style,
        explode=parameter.get("explode", style == "form") is True,
        as_json=content is not None,
    )


def _body(operation: Operation, schemas: Schemas) -> _Body:
    if operation.body is None or operation.method in {"GET", "HEAD"}:
        return _Body()
    required = operation.body.get("required") is True
    content = content_of(operation.body, "content")
    media_type = next((name for name in content if _is_json(name)), None)
    if media_type is None:
        if required and content:
            raise DocumentMistake(f"{operation.place}: a body of {', '.join(content)[:100]} is not supported yet.")
        return _Body()
    described = content[media_type].get("schema") if isinstance(content[media_type], Mapping) else None
    schema = schemas.translate(described, f"{operation.place}, body")
    whole = merged(schema, schemas.definitions)
    sent_as = JSON if "*" in media_type or media_type.partition(";")[0] == JSON else media_type
    if not (whole.keys() <= _FLAT and whole.get("properties")):
        return _Body(
            wanted=(_Wanted(wire_name="body", place=Place.BODY, schema=schema, required=required),), media_type=sent_as
        )
    needed = whole.get("required", [])
    fields = tuple(
        _Wanted(wire_name=name, place=Place.FIELD, schema=part, required=name in needed)
        for name, part in whole["properties"].items()
    )
    return _Body(wanted=fields, required=required, media_type=sent_as)


def _is_json(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return plain in {JSON, "*/*", "application/*"} or plain.endswith("+json")


def _name(wanted: list[_Wanted]) -> list[str]:
    """Give each argument a legal name of its own; who comes first keeps the bare one, others say where they go."""
    taken: set[str] = set()
    names = []
    for entry in wanted:
        plain = entry.wire_name if _LEGAL_ARGUMENT.fullmatch(entry.wire_name) else legal_name(entry.wire_name)
        place = "body" if entry.place is Place.FIELD else entry.place.value
        plain = plain[:_MAX_ARGUMENT_CHARS] or place
        name = plain if plain not in taken else f"{place}_{plain}"[:_MAX_ARGUMENT_CHARS]
        number = 2
        while name in taken:
            name = f"{plain[: _MAX_ARGUMENT_CHARS - 6]}_{number}"
            number += 1
        taken.add(name)
        names.append(name)
    return names


def _schema(names: list[str], wanted: list[_Wanted], body: _Body, schemas: Schemas) -> dict[str, Any]:
    """Put the full schema of the arguments together. An optional body's required fields are needed once it is sent."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: entry.schema for name, entry in zip(names, wanted, strict=True)},
        "required": [],
        "additionalProperties": False,
    }
    fields = [name for name, entry in zip(names, wanted, strict=True) if entry.place is Place.FIELD]
    needed = []
    for name, entry in zip(names, wanted, strict=True):
        if entry.required and entry.place is Place.FIELD and not body.required:
            needed.append(name)
        elif entry.required:
            schema["required"].append(name)
    if needed:
        schema["dependentRequired"] = {name: [other for other in needed if other != name] for name in fields}
    definitions = schemas.reachable(schema["properties"])
    return {**schema, "$defs": definitions} if definitions else schema
