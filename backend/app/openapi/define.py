"""Definitions of operations: what a reviewer reads, a model sees, and a tool carries out, made of the document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.openapi.body import kind_of
from app.openapi.credential_parameters import with_parameters
from app.openapi.document import Document, DocumentMistake, Operation, content_of, line
from app.openapi.json_schema import Schemas
from app.openapi.operation import ArgumentInfo, OperationDefinition, SecurityScheme
from app.openapi.plain_text import cut, plain
from app.openapi.request_plan import PlannedOperation, plan_operation
from app.openapi.schema_merge import TooLarge
from app.openapi.security import read_needs
from app.openapi.servers import read_servers
from app.openapi.slim_schema import compact, slim

MAX_TITLE_CHARS: Final = 100  # a heading on an approval card
MAX_SUMMARY_CHARS: Final = 300  # of an operation, for the reviewer
MAX_DESCRIPTION_CHARS: Final = 700  # of a tool, for the model: what it does and when to use it
MAX_ARGUMENT_CHARS: Final = 160  # of an argument's description, for the reviewer
MAX_TAGS: Final = 10
MAX_RESPONSE_CHARS: Final = 600  # what is answered, by name and kind
MAX_EXTENSION_CHARS: Final = 300  # of one extension; flags and labels are short, samples of code are not
MAX_EXTENSIONS: Final = 20
MAX_OPERATION_NOTES: Final = 20  # kept of one operation
CHARS_PER_TOKEN: Final = 4  # of English and JSON, as providers count; within a fifth of what they charge
TOKENS_PER_TOOL: Final = 8  # what wraps one tool in a request


class Describer:
    """Defines the operations of one document."""

    def __init__(self, document: Document, *, schemes: dict[str, SecurityScheme], source: str, server: str) -> None:
        """Take the document, its security schemes, where it came from, and the address of the API.

        `schemes` grows by those that operations declare as parameters.
        """
        self._document = document
        self._schemes = schemes
        self._source = source
        self._server = server
        self._schemas = Schemas(document)
        self._answers = Schemas(document, answers=True)

    def define(self, operation: Operation, name: str) -> OperationDefinition:
        """Return the operation as data; DocumentMistake where it cannot be carried out."""
        notes = list(operation.notes)
        own = read_servers(operation.servers or [], source=self._source, place=operation.place, notes=notes)
        server = own[0] if own else self._server
        planned = plan_operation(operation, self._schemas, base_url=server, own_address=bool(own))
        notes.extend(planned.notes)
        security = read_needs(
            operation.raw.get("security"), self._document.content.get("security"), self._schemes, operation.place, notes
        )
        security = with_parameters(security, planned.credentials, self._schemes)
        summary, description = plain(operation.summary), plain(operation.description)
        title = summary or cut(description, MAX_TITLE_CHARS) or name.replace("_", " ").capitalize()
        described = cut(_joined(summary, description) or title, MAX_DESCRIPTION_CHARS)
        parameters = slim(planned.described, self._schemas.merger)
        return OperationDefinition(
            key=operation.place,
            method=operation.method,
            path=operation.path,
            operation_id=operation.operation_id[:300],
            name=name,
            title=cut(title, MAX_TITLE_CHARS),
            summary=cut(summary, MAX_SUMMARY_CHARS),
            description=described,
            plan=planned.plan,
            schema=planned.schema,
            parameters=parameters,
            tokens=estimate_tokens(name, described, parameters),
            tags=_tags(operation.raw.get("tags"), self._document),
            deprecated=operation.raw.get("deprecated") is True,
            security=security,
            extensions=_extensions(operation.raw),
            response=self._response(operation),
            arguments=tuple(self._arguments(planned)),
            warnings=tuple(dict.fromkeys(notes))[:MAX_OPERATION_NOTES],
        )

    def _arguments(self, planned: PlannedOperation) -> Iterator[ArgumentInfo]:
        required = set(planned.described["required"])
        self._schemas.merger.again()
        for argument in planned.plan.arguments:
            schema = planned.described["properties"][argument.name]
            try:
                whole = self._schemas.merger(schema)
            except TooLarge:
                whole = {}
            yield ArgumentInfo(
                name=argument.name,
                wire_name=argument.wire_name,
                place=argument.place.value,
                required=argument.name in required,
                type=_kind(whole),
                description=cut(whole.get("description", ""), MAX_ARGUMENT_CHARS),
            )

    def _response(self, operation: Operation) -> dict[str, Any] | None:
        """Return what the operation answers when it worked, slim; None where that is not said or not JSON."""
        responses = content_of(operation.raw, "responses")
        status = next((code for code in map(str, responses) if code.startswith("2")), "default")
        try:
            response = self._document.follow(responses.get(status), operation.place)
        except DocumentMistake:
            return None
        schema = _answered(response)
        if schema is None:
            return None
        whole = {"type": "object", "properties": {"answer": self._answers.translate(schema, operation.place, [])}}
        made = slim(whole, self._answers.merger, limit=MAX_RESPONSE_CHARS)["properties"].get("answer")
        return made or None


def _answered(response: Any) -> Any:
    if not isinstance(response, Mapping):
        return None
    if "schema" in response:  # as in Swagger 2.0
        return response["schema"]
    for media_type, media in content_of(response, "content").items():
        if kind_of(str(media_type)) in {"json", "lines"} and isinstance(media, Mapping):
            return media.get("schema", media.get("itemSchema"))
    return None


def _joined(summary: str, description: str) -> str:
    """Put summary and description together, saying nothing twice."""
    if description.lower().startswith(summary.lower().rstrip(".")):
        return description
    return f"{summary.rstrip('.')}. {description}" if description else summary


def _kind(whole: Mapping[str, Any]) -> str:
    kind = whole.get("type")
    if isinstance(kind, str):
        return kind
    if isinstance(kind, list):
        return " or ".join(kind)
    if "properties" in whole:
        return "object"
    return "one of several" if "anyOf" in whole or "oneOf" in whole else "any"


def _tags(listed: Any, document: Document) -> tuple[str, ...]:
    """Return the operation's tags, each followed by its parent where OpenAPI 3.2 gives it one."""
    known = document.content.get("tags")
    parents = {
        tag["name"]: tag.get("parent")
        for tag in (known if isinstance(known, list) else [])
        if isinstance(tag, Mapping) and isinstance(tag.get("name"), str)
    }
    found: dict[str, None] = {}
    pending = [tag for tag in listed if isinstance(tag, str)] if isinstance(listed, list) else []
    for tag in pending:
        if tag not in found:
            found[tag] = None
            parent = parents.get(tag)
            if isinstance(parent, str):
                pending.append(parent)
    return tuple(line(tag)[:MAX_TITLE_CHARS] for tag in found)[:MAX_TAGS]


def _extensions(raw: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in raw.items():
        if not str(key).startswith("x-") or len(made) == MAX_EXTENSIONS or len(key) > MAX_TITLE_CHARS:
            continue
        if isinstance(value, str):
            made[key] = value[:MAX_EXTENSION_CHARS]
        elif len(compact(value)) <= MAX_EXTENSION_CHARS:
            made[key] = value
    return made


def estimate_tokens(name: str, description: str, parameters: Mapping[str, Any]) -> int:
    """Estimate what a model is charged for a tool with every message."""
    return math.ceil((len(name) + len(description) + len(compact(parameters))) / CHARS_PER_TOKEN) + TOKENS_PER_TOOL
