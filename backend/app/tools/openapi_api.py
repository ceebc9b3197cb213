"""A whole API as data, read from its document: what it offers, what it takes, and what about it is unusual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.tools.openapi_definition import (
    ArgumentInfo,
    Note,
    OperationDefinition,
    SecurityNeed,
    without,
)
from app.tools.openapi_document import Document, DocumentMistake, Operation, name_operations
from app.tools.openapi_plan import plan_operation
from app.tools.openapi_schema import Schemas
from app.tools.openapi_text import parse_text
from app.tools.slim_schema import cut, slim

__all__ = [
    "ApiDescription",
    "ArgumentInfo",
    "Note",
    "OperationDefinition",
    "SecurityNeed",
    "SecurityScheme",
    "parse_text",
    "read_api",
    "without",
]


@dataclass(frozen=True, kw_only=True)
class SecurityScheme:
    """One way in which an API knows who asks.

    `kind` is apiKey, basic, bearer, oauth2 or unsupported; `place` (header, query or cookie) and `parameter` say where
    an API key goes; `token_url` is where an OAuth2 client gets its tokens, absolute, or empty.
    """

    name: str
    kind: str
    place: str = ""
    parameter: str = ""
    token_url: str = ""
    scopes: tuple[str, ...] = ()
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "scopes": list(self.scopes)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SecurityScheme:
        """Read back what `to_json` gave."""
        return cls(**{**stored, "scopes": tuple(stored["scopes"])})


@dataclass(frozen=True, kw_only=True)
class ApiDescription:
    """An API as its document describes it. `skipped` says which operations could not be read, and why."""

    title: str
    version: str
    dialect: str
    description: str
    servers: tuple[str, ...] = ()
    security_schemes: Mapping[str, SecurityScheme] = field(default_factory=dict)
    operations: tuple[OperationDefinition, ...] = ()
    skipped: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()


def read_api(
    content: Mapping[str, Any], *, source: str = "", files: Mapping[str, Mapping[str, Any]] | None = None
) -> ApiDescription:
    """Read a document of Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2; DocumentMistake where it is none of these.

    `source` is where it came from: addresses in it are relative to that. `files` are further documents that it refers
    to, each under its own address or name.
    """
    document = Document(content, files=files)
    found = list(document.operations())
    operations = [operation for operation in found if isinstance(operation, Operation)]
    skipped = [
        Note(place=mistake.message.partition(":")[0], message=mistake.message)
        for mistake in found
        if isinstance(mistake, DocumentMistake)
    ]
    base = document.base_url(source)
    schemas = Schemas(document)
    made = []
    for operation, name in zip(operations, name_operations(operations), strict=True):
        try:
            made.append(_define(operation, name, schemas, base))
        except DocumentMistake as mistake:
            skipped.append(Note(place=operation.place, message=mistake.message))
    return ApiDescription(
        title=document.title,
        version="",
        dialect=str(content.get("openapi")),
        description="",
        servers=(base,),
        operations=tuple(made),
        skipped=tuple(skipped),
    )


def _define(operation: Operation, name: str, schemas: Schemas, base: str) -> OperationDefinition:
    plan, schema = plan_operation(operation, schemas, base_url=base)
    title = operation.summary or name.replace("_", " ").capitalize()
    required = set(schema["required"])
    return OperationDefinition(
        key=operation.place,
        method=operation.method,
        path=operation.path,
        operation_id=operation.operation_id,
        name=name,
        title=cut(title, 100),
        summary=operation.summary,
        description=cut(" ".join(filter(None, (operation.summary, operation.description))) or title, 700),
        plan=plan,
        schema=schema,
        parameters=slim(schema),
        tokens=0,
        arguments=tuple(
            ArgumentInfo(
                name=argument.name,
                wire_name=argument.wire_name,
                place=argument.place.value,
                required=argument.name in required,
                type="",
                description="",
            )
            for argument in plan.arguments
        ),
    )
