"""API description: a whole API as data, read from its document, with what about it is unusual.

What cannot be carried out is skipped with its reason; only what is no OpenAPI document is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from app.openapi.define import Describer
from app.openapi.document import Document, DocumentMistake, Operation, content_of, line
from app.openapi.operation import ArgumentInfo, Note, OperationDefinition, SecurityNeed, SecurityScheme, without
from app.openapi.parse import parse_text
from app.openapi.plain_text import cut, plain
from app.openapi.security import read_schemes
from app.openapi.servers import read_servers
from app.openapi.tool_names import name_operations

__all__ = [
    "ApiDescription",
    "ArgumentInfo",
    "DocumentMistake",
    "Note",
    "OperationDefinition",
    "SecurityNeed",
    "SecurityScheme",
    "parse_text",
    "read_api",
    "without",
]

MAX_OPERATIONS: Final = 5_000  # four times the largest public document
MAX_NOTES: Final = 500  # kept of one document; nobody reads more
MAX_API_DESCRIPTION_CHARS: Final = 2_000  # of the whole API, for the reviewer
MAX_VERSION_CHARS: Final = 100


@dataclass(frozen=True, kw_only=True)
class ApiDescription:
    """An API as its document describes it. `skipped` says which operations could not be read, and why.

    `servers` are absolute where the document or its source says so, and otherwise as they are written.
    """

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
    content: Mapping[str, Any],
    *,
    source: str = "",
    files: Mapping[str, Mapping[str, Any]] | None = None,
) -> ApiDescription:
    """Read a document of Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2; DocumentMistake where it is none of these.

    `source` is where it came from: addresses in it are relative to that. `files` are further documents that it refers
    to, each under its own address or name.
    """
    document = Document(content, source=source, files=files)
    operations, skipped = _found(document)
    schemes = read_schemes(document, source=source)
    notes: list[Note] = []
    servers = read_servers(document.content.get("servers") or "/", source=source, place="#/servers", notes=notes)
    describer = Describer(document, schemes=schemes, source=source, server=servers[0] if servers else "")
    made = []
    for operation, name in zip(operations, name_operations(operations), strict=True):
        try:
            made.append(describer.define(operation, name))
        except DocumentMistake as mistake:
            skipped.append(_note(operation.place, mistake))
    if not any(urlsplit(server).scheme for server in servers):
        notes.append(Note(place="#/servers", message="It does not say where the API is. Enter its address."))
    if not operations and not skipped:
        notes.append(Note(place="#/paths", message="The document describes no operation."))
    info = content_of(document.content, "info")
    return ApiDescription(
        title=cut(document.title, MAX_VERSION_CHARS),
        version=line(str(info.get("version") or ""))[:MAX_VERSION_CHARS],
        dialect=document.dialect,
        description=cut(plain(info.get("description")), MAX_API_DESCRIPTION_CHARS),
        servers=servers,
        security_schemes=schemes,
        operations=tuple(made),
        skipped=tuple(skipped),
        warnings=(*document.notes, *notes)[:MAX_NOTES],
    )


def _found(document: Document) -> tuple[list[Operation], list[Note]]:
    operations: list[Operation] = []
    skipped: list[Note] = []
    for found in document.operations():
        if isinstance(found, DocumentMistake):
            skipped.append(_note("", found))
        elif len(operations) < MAX_OPERATIONS:
            operations.append(found)
        else:
            skipped.append(Note(place=found.place, message=f"Only the first {MAX_OPERATIONS} operations are read."))
    return operations, skipped


def _note(place: str, mistake: DocumentMistake) -> Note:
    before, _, after = mistake.message.partition(": ")
    return Note(place=place or before, message=after if after and before.startswith(place) else mistake.message)
