"""Request planner: which arguments an operation of a document takes, what they must be, where they go."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.openapi.body import kind_of
from app.openapi.body_plan import BodyPlan, Wanted, plan_body
from app.openapi.credential_parameters import CredentialParameter, is_credential
from app.openapi.document import DocumentMistake, Operation, content_of
from app.openapi.json_schema import MAX_DESCRIPTION_CHARS, Schemas, checkable
from app.openapi.operation import Note
from app.openapi.plain_text import cut, plain
from app.openapi.request import Argument, Place, RequestPlan, placeholders
from app.openapi.tool_names import legal_name
from app.outgoing.message import FORBIDDEN_HEADERS

IDEMPOTENCY_HEADERS: Final = frozenset({
    "idempotency-key", "x-idempotency-key", "idempotence-key", "x-idempotence-key", "paypal-request-id",
})  # fmt: skip
# Set by us or by the connection, never by a caller; OpenAPI itself says that the first three are ignored.
NOT_ARGUMENTS: Final = frozenset({"accept", "content-type", "authorization", "cookie"}) | FORBIDDEN_HEADERS

_LEGAL_ARGUMENT: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_MAX_ARGUMENT_CHARS: Final = 64  # what every provider of models accepts as a property's name
_MAX_ARGUMENTS: Final = 1_000  # of one operation; a form of that length is filled in by nobody
_ORNATE: Final = re.compile(r"\{[+#./;?&]?([^{}/:*]+?)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*|\*)?\}")  # {+a}, {a*}, {a:[0-9]+}
_STYLES: Final[Mapping[Place, tuple[str, frozenset[str]]]] = {  # the default first
    Place.PATH: ("simple", frozenset({"simple", "label", "matrix"})),
    Place.QUERY: ("form", frozenset({"form", "spaceDelimited", "pipeDelimited", "tabDelimited", "deepObject"})),
    Place.QUERYSTRING: ("form", frozenset({"form"})),
    Place.HEADER: ("simple", frozenset({"simple"})),
    Place.COOKIE: ("form", frozenset({"form", "cookie"})),
}


@dataclass(frozen=True, kw_only=True)
class PlannedOperation:
    """How to build an operation's request, and what its arguments are.

    `schema` is what they are checked against, self-contained. `described` says the same with words for a reader; its
    references lead into the definitions of the document's schemas. `credentials` are parameters that say who asks.
    """

    plan: RequestPlan
    schema: dict[str, Any]
    described: dict[str, Any]
    notes: tuple[Note, ...]
    credentials: tuple[CredentialParameter, ...] = ()


def plan_operation(
    operation: Operation, schemas: Schemas, *, base_url: str, own_address: bool = False
) -> PlannedOperation:
    """Plan the operation; DocumentMistake where it cannot be carried out as it is described."""
    notes: list[Note] = []
    key_header = None
    path = _ORNATE.sub(r"{\1}", operation.path)
    wanted: list[Wanted] = []
    credentials: list[CredentialParameter] = []
    for parameter in operation.parameters:
        name, place = parameter["name"], _place(parameter, operation, notes)
        if place is Place.HEADER and name.lower() in IDEMPOTENCY_HEADERS:
            key_header = name
        elif place is not None and is_credential(name, place.value, path):
            required = parameter.get("required") is True
            credentials.append(CredentialParameter(name=name, place=place.value, required=required))
        elif place is not None and _is_argument(name, place, path, operation, notes):
            wanted.append(_parameter(parameter, place, schemas, operation, notes))
    declared = {entry.wire_name for entry in wanted if entry.place is Place.PATH}
    for name in dict.fromkeys(placeholders(path)):
        if name not in declared:  # forgotten in many documents, and plain what it means
            notes.append(Note(place=operation.place, message=f"'{name}' of the path is not described."))
            wanted.append(
                Wanted(wire_name=name, place=Place.PATH, schema={"type": "string", "minLength": 1}, required=True)
            )
    body = plan_body(operation, schemas, notes)
    wanted.extend(body.wanted)
    if len(wanted) > _MAX_ARGUMENTS:
        raise DocumentMistake(f"{operation.place}: it takes more than {_MAX_ARGUMENTS} arguments.")
    names = _name(wanted)
    plan = RequestPlan(
        method=operation.method,
        base_url=base_url,
        path=path,
        arguments=tuple(map(_argument, names, wanted)),
        media_type=body.media_type,
        body_required=body.required and any(entry.place is Place.FIELD for entry in wanted),
        key_header=key_header,
        encodings=body.encodings,
        own_address=own_address,
    )
    described = _described(names, wanted, body)
    return PlannedOperation(
        plan=plan,
        schema=_checked(described, schemas, operation, notes),
        described=described,
        notes=tuple(notes),
        credentials=tuple(credentials),
    )


def _argument(name: str, entry: Wanted) -> Argument:
    return Argument(
        name=name,
        wire_name=entry.wire_name,
        place=entry.place,
        style=entry.style,
        explode=entry.explode,
        as_json=entry.as_json,
        allow_reserved=entry.allow_reserved,
    )


def _place(parameter: Mapping[str, Any], operation: Operation, notes: list[Note]) -> Place | None:
    """Return where a parameter goes; None where it may be left out. DocumentMistake where it is needed and unknown."""
    name, written = parameter["name"], str(parameter.get("in", "")).strip()
    where = f"{operation.place}, parameter '{name}'"
    if written in {place.value for place in _STYLES}:
        return Place(written)
    if written.lower() in {place.value for place in _STYLES}:
        notes.append(Note(place=where, message=f"'in: {written[:50]}' should be written in small letters."))
        return Place(written.lower())
    if "{" + name + "}" in operation.path:
        notes.append(Note(place=where, message="It is in the path, whatever it says."))
        return Place.PATH
    if parameter.get("required") is True:
        raise DocumentMistake(f"{operation.place}: the parameter '{name}' has no place that is known.")
    notes.append(Note(place=where, message="It has no place that is known and was left out."))
    return None


def _is_argument(name: str, place: Place, path: str, operation: Operation, notes: list[Note]) -> bool:
    where = f"{operation.place}, parameter '{name}'"
    if place is Place.PATH and name not in placeholders(path):
        notes.append(Note(place=where, message="The path does not ask for it; it was left out."))
        return False
    if place is not Place.HEADER:
        return True
    if not _HEADER_NAME.fullmatch(name):
        notes.append(Note(place=where, message="No header can have this name; it was left out."))
        return False
    return name.lower() not in NOT_ARGUMENTS


def _parameter(
    parameter: Mapping[str, Any],
    place: Place,
    schemas: Schemas,
    operation: Operation,
    notes: list[Note],
) -> Wanted:
    where = f"{operation.place}, parameter '{parameter['name']}'"
    default, known = _STYLES[place]
    style = parameter.get("style", default)
    if style not in known:
        notes.append(Note(place=where, message=f"The style '{str(style)[:50]}' is not known there; it is {default}."))
        style = default
    media_type, content = next(iter(content_of(parameter, "content").items()), ("", None))
    content = schemas.document.follow(content, where)
    source = content.get("schema") if isinstance(content, Mapping) else parameter.get("schema")
    schema = schemas.translate(source, where, notes)
    if isinstance(parameter.get("description"), str) and isinstance(schema, dict):
        schema = {**schema, "description": cut(plain(parameter["description"]), MAX_DESCRIPTION_CHARS)}
    return Wanted(
        wire_name=parameter["name"],
        place=place,
        schema=schema,
        required=place is Place.PATH or parameter.get("required") is True,
        style=style,
        explode=parameter.get("explode", style in {"form", "cookie"}) is True,
        as_json=content is not None and kind_of(str(media_type)) == "json",
        allow_reserved=parameter.get("allowReserved") is True and place is Place.QUERY,
    )


def _name(wanted: list[Wanted]) -> list[str]:
    """Give each argument a legal name of its own; who comes first keeps the bare one, others say where they go.

    What is left of a name of other letters would mislead, so such an argument is numbered: `field_1`.
    """
    taken: set[str] = set()
    names: list[str] = []
    for entry in wanted:
        plain = entry.wire_name if _LEGAL_ARGUMENT.fullmatch(entry.wire_name) else _in_ascii(entry.wire_name)
        place = "body" if entry.place is Place.FIELD else entry.place.value
        plain = plain[:_MAX_ARGUMENT_CHARS] or f"field_{len(names) + 1}"
        name = plain if plain not in taken else f"{place}_{plain}"[:_MAX_ARGUMENT_CHARS]
        number = 2
        while name in taken:
            name = f"{plain[: _MAX_ARGUMENT_CHARS - 6]}_{number}"
            number += 1
        taken.add(name)
        names.append(name)
    return names


def _in_ascii(name: str) -> str:
    """Write a name without its accents; empty where it has letters that have no plain form."""
    plain = "".join(
        one for one in unicodedata.normalize("NFKD", name.replace("ß", "ss")) if not unicodedata.combining(one)
    )
    return "" if any(one.isalpha() and not one.isascii() for one in plain) else legal_name(plain)


def _with_own_name(name: str, entry: Wanted) -> Any:
    """Say in its description what the API calls an argument of another name, for the model and the reviewer."""
    if name.lower() == legal_name(entry.wire_name) or name == entry.wire_name or not isinstance(entry.schema, dict):
        return entry.schema
    said = entry.schema.get("description")
    own = f"“{entry.wire_name[:_MAX_ARGUMENT_CHARS]}” in the API."
    return {**entry.schema, "description": f"{own} {said}" if isinstance(said, str) and said else own}


def _described(names: list[str], wanted: list[Wanted], body: BodyPlan) -> dict[str, Any]:
    """Put the schema of the arguments together. An optional body's required fields are needed once it is sent."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _with_own_name(name, entry) for name, entry in zip(names, wanted, strict=True)},
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
    return schema


def _checked(described: Mapping[str, Any], schemas: Schemas, operation: Operation, notes: list[Note]) -> dict[str, Any]:
    schema: dict[str, Any] = checkable(described)
    definitions = schemas.reachable(schema, place=operation.place, notes=notes)
    return {**schema, "$defs": definitions} if definitions else schema
