"""Reading an OpenAPI 3 document: its operations, its internal references, its address.

A document is untrusted: nothing in it is executed, references lead only to places inside it, and one broken
operation does not lose the others.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urljoin

from app.errors import ConfigMistake
from app.safe_http import OutgoingRequest, SafeHttp

METHODS: Final = ("get", "head", "post", "put", "patch", "delete")  # TRACE and OPTIONS are about the connection
MAX_DOCUMENT_BYTES: Final = 10_000_000  # the largest public documents are smaller
MAX_NAME_CHARS: Final = 64  # what every provider of models accepts
MAX_REFERENCE_STEPS: Final = 50  # references to references; real documents have two or three

_DIGEST_CHARS: Final = 6  # tells apart the few names of one document that would be the same


class DocumentMistake(ConfigMistake):
    """A part of a document that cannot be used; the message says where and why."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation as the document describes it, with its references followed one step."""

    method: str
    path: str
    operation_id: str
    summary: str
    description: str
    access: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None

    @property
    def place(self) -> str:
        """Name the operation as people do."""
        return f"{self.method} {self.path}"


class Document:
    """One OpenAPI 3.x document."""

    def __init__(self, content: Mapping[str, Any], *, files: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Take the parsed document and the others it refers to; ConfigMistake where it is not OpenAPI 3."""
        self.files = files or {}
        version = content.get("openapi")
        if not isinstance(version, str) or not version.startswith("3."):
            raise DocumentMistake("This is not an OpenAPI 3 document: its first line should read openapi: 3.1.0.")
        if not isinstance(content.get("paths", {}), Mapping):
            raise DocumentMistake("paths: it should be an object with one entry a path.")
        self._content = content

    @property
    def title(self) -> str:
        """The API's own name."""
        info = content_of(self._content, "info")
        return _line(info.get("title")) or "API"

    def follow(self, node: Any, place: str) -> Any:
        """Return what the node refers to, through any number of references; DocumentMistake where that is nothing."""
        for _ in range(MAX_REFERENCE_STEPS):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            node = self.at(node["$ref"], place)
        raise DocumentMistake(f"{place}: its reference leads in a circle.")

    def at(self, reference: str, place: str) -> Any:
        """Return what stands at an internal reference such as `#/components/schemas/Order`."""
        if not reference.startswith("#"):
            raise DocumentMistake(f"{place}: it refers to another file ({reference[:100]}). Bundle them into one.")
        node: Any = self._content
        for part in unquote(reference[1:]).split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and key in node:
                node = node[key]
            elif isinstance(node, list) and key.isascii() and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                raise DocumentMistake(f"{place}: there is nothing at {reference[:100]}.")
        return node

    def operations(self) -> Iterator[Operation | DocumentMistake]:
        """Give each operation in the document's order, or what is wrong with it."""
        for path, item in content_of(self._content, "paths").items():
            if not str(path).startswith("/"):
                continue
            try:
                whole = self.follow(item, str(path))
            except DocumentMistake as mistake:
                yield mistake
                continue
            for method in METHODS:
                if isinstance(whole, Mapping) and method in whole:
                    try:
                        yield self._operation(method.upper(), str(path), whole, whole[method])
                    except DocumentMistake as mistake:
                        yield mistake

    def base_url(self, document_url: str) -> str:
        """Return where the API is: its first server, relative to where the document came from."""
        servers = self._content.get("servers")
        first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], Mapping) else {}
        url = str(first.get("url", "/"))
        for name, variable in content_of(first, "variables").items():
            if isinstance(variable, Mapping):
                url = url.replace("{" + str(name) + "}", str(variable.get("default", "")))
        return urljoin(document_url, url)

    def _operation(self, method: str, path: str, item: Mapping[str, Any], raw: Any) -> Operation:
        place = f"{method} {path}"
        if not isinstance(raw, Mapping):
            raise DocumentMistake(f"{place}: it should be an object.")
        parameters: dict[tuple[str, str], Mapping[str, Any]] = {}
        for owner in (item, raw):
            listed = owner.get("parameters", [])
            for entry in listed if isinstance(listed, list) else []:
                parameter = self.follow(entry, place)
                if not isinstance(parameter, Mapping) or not isinstance(parameter.get("name"), str):
                    raise DocumentMistake(f"{place}: a parameter has no name.")
                parameters[parameter["name"], str(parameter.get("in"))] = parameter
        body = self.follow(raw.get("requestBody"), place)
        return Operation(
            method=method,
            path=path,
            operation_id=_line(raw.get("operationId")),
            summary=_line(raw.get("summary")),
            description=_line(raw.get("description")),
            access=_line(raw.get("x-access")).lower(),
            parameters=tuple(parameters.values()),
            body=body if isinstance(body, Mapping) else None,
        )


def content_of(node: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object that stands under the key; an empty one where there is none."""
    value = node.get(key)
    return value if isinstance(value, Mapping) else {}


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def name_operations(operations: list[Operation]) -> list[str]:
    """Give each operation a legal name, unique in the document: its operationId, or else its method and path.

    A name depends on nothing but its own operation and those of the same name before it, so that it stays when the
    document grows.
    """
    taken: set[str] = set()
    names = []
    for operation in operations:
        wished = legal_name(operation.operation_id) or legal_name(f"{operation.method} {operation.path}")
        name, digest = wished, operation.place
        while len(name) > MAX_NAME_CHARS or name in taken:
            digest = hashlib.sha256(digest.encode()).hexdigest()
            name = f"{wished[: MAX_NAME_CHARS - _DIGEST_CHARS - 1]}_{digest[:_DIGEST_CHARS]}"
        taken.add(name)
        names.append(name)
    return names


def legal_name(text: str) -> str:
    """Write the text in snake_case with ASCII letters and digits only; empty where it has none."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", words)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


async def fetch_document(url: str, *, http: SafeHttp) -> Mapping[str, Any]:
    """Fetch and parse a JSON document; DocumentMistake where what is there is none, ToolError where nothing is."""
    answer = await http.send(OutgoingRequest(method="GET", url=url), max_bytes=MAX_DOCUMENT_BYTES)
    if answer.status != 200:  # noqa: PLR2004  # OK
        raise DocumentMistake(f"{url} answered {answer.status} instead of an OpenAPI document.")
    if answer.defect == "too_large":
        raise _too_large(url)
    return _parsed(answer.body, url)


def read_document(path: Path) -> Mapping[str, Any]:
    """Read and parse a JSON document from a file; DocumentMistake where there is none."""
    try:
        if path.stat().st_size > MAX_DOCUMENT_BYTES:
            raise _too_large(str(path))
        return _parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise DocumentMistake(f"{path} cannot be read: {error.strerror}. Name an address or a file.") from None


def _parsed(body: bytes, where: str) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, Mapping):
        raise DocumentMistake(f"{where} is not a JSON document.")
    return content


def _too_large(where: str) -> DocumentMistake:
    return DocumentMistake(f"{where} is larger than {MAX_DOCUMENT_BYTES // 1_000_000} MB.")
