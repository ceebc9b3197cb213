"""OpenAPI document: its dialect, its operations, its internal references.

A document is untrusted: nothing in it is executed, references lead only to places inside it and to files that were
handed in with it, and one broken operation does not lose the others. What bends the standard and is understood all
the same is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from app.errors import ConfigMistake
from app.openapi.files import bundled
from app.openapi.operation import Note
from app.openapi.other_formats import object_format
from app.openapi.swagger import from_swagger, modern_operation

METHODS: Final = ("get", "head", "post", "put", "patch", "delete", "options", "query")
MAX_REFERENCE_STEPS: Final = 50  # references to references; real documents have two or three
MAX_INDEXED: Final = 2_000_000  # values looked through for names that a reference may use; more are in no document

# TRACE sends back what came, credentials included, and CONNECT is about the connection.
_REFUSED_METHODS: Final = frozenset({"TRACE", "CONNECT"})
_METHOD: Final = re.compile(r"[A-Z][A-Z-]{0,19}")
_VERSION: Final = re.compile(r"v?3\.([012])(\.\d+)?([-+].*)?")
_SWAGGER: Final = re.compile(r"v?2(\.0)?(\.\d+)?")


class DocumentMistake(ConfigMistake):
    """A part of a document that cannot be used; the message says where and why."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation as the document describes it, with its references followed one step.

    `raw` is the whole of it, `servers` those that it or its path names for itself, `notes` what was tolerated.
    """

    method: str
    path: str
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    access: str = ""
    parameters: tuple[Mapping[str, Any], ...] = ()
    body: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    servers: Any = None
    notes: tuple[Note, ...] = ()

    @property
    def place(self) -> str:
        """Name the operation as people do."""
        return f"{self.method} {self.path}"


class Document:
    """One document of Swagger 2.0 (converted) or OpenAPI 3.0, 3.1 or 3.2."""

    def __init__(
        self, content: Mapping[str, Any], *, source: str = "", files: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Take the parsed document and the others it refers to; DocumentMistake where it is no OpenAPI document."""
        self.notes: list[Note] = []
        self.dialect = self._recognised(content)
        whole = bundled(content, source=source, files=files or {})
        self.content: Mapping[str, Any] = from_swagger(whole, source) if self.dialect == "2.0" else whole
        if not isinstance(self.content.get("paths") or {}, Mapping):
            raise DocumentMistake("paths: it should be an object with one entry a path.")
        self._index: dict[str, Any] | None = None

    @property
    def title(self) -> str:
        """The API's own name."""
        return line(content_of(self.content, "info").get("title")) or "API"

    def note(self, place: str, message: str) -> None:
        """Keep something that a reviewer should know; the same thing once."""
        made = Note(place=place, message=message)
        if made not in self.notes:
            self.notes.append(made)

    def _recognised(self, content: Mapping[str, Any]) -> str:
        version = content.get("openapi", content.get("swagger"))
        text = str(version).strip()
        found = _VERSION.fullmatch(text)
        if found and isinstance(version, str | float):
            if not isinstance(version, str) or "openapi" not in content:
                self.note("#/openapi", f"The version should be written as openapi: {text}.0, in quotes.")
            return f"3.{found[1]}"
        if version is not None and _SWAGGER.fullmatch(text):
            return "2.0"
        if version is None and isinstance(content.get("paths"), Mapping):
            old = any(key in content for key in ("host", "basePath", "definitions", "securityDefinitions"))
            self.note(
                "#", f"It does not say which version it is; it was read as {'Swagger 2.0' if old else 'OpenAPI 3.0'}."
            )
            return "2.0" if old else "3.0"
        raise DocumentMistake(
            object_format(content)
            or "This is not an OpenAPI 3 document, nor a Swagger 2.0 one: its first line should read openapi: 3.1.0."
        )

    # --- references ----------------------------------------------------------------------------------------------

    def follow(self, node: Any, place: str) -> Any:
        """Return what the node refers to, through any number of references; DocumentMistake where that is nothing.

        A summary or description beside the reference replaces the one it leads to.
        """
        beside: dict[str, Any] = {}
        for _ in range(MAX_REFERENCE_STEPS):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return {**node, **beside} if beside and isinstance(node, Mapping) else node
            beside = {key: node[key] for key in ("summary", "description") if key in node} | beside
            node = self.at(node["$ref"], place)
        raise DocumentMistake(f"{place}: its reference leads in a circle.")

    def at(self, reference: str, place: str) -> Any:
        """Return what stands at an internal reference such as `#/components/schemas/Order`."""
        if not (reference.startswith("#/") or reference == "#"):
            return self._named(reference, place)
        node: Any = self.content
        for part in reference[1:].split("/")[1:]:
            node = self._step(node, part, reference, place)
        return node

    def _step(self, node: Any, part: str, reference: str, place: str) -> Any:
        plain = part.replace("~1", "/").replace("~0", "~")
        for key in (plain, unquote(part).replace("~1", "/").replace("~0", "~")):
            if isinstance(node, Mapping) and key in node:
                return node[key]
            if isinstance(node, list) and key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(node):  # noqa: PLR2004
                return node[int(key)]
        raise DocumentMistake(f"{place}: there is nothing at {reference[:100]}.")

    def _named(self, reference: str, place: str) -> Any:
        """Return the schema that goes by a name (`$anchor`, `$id`, or simply its own) instead of a place."""
        if self._index is None:
            self._index = _named_schemas(self.content)
        schemas = content_of(content_of(self.content, "components"), "schemas")
        for known in (self._index, schemas, content_of(self.content, "definitions")):
            if reference in known:
                if known is not self._index:
                    self.note(
                        place, f"The reference '{reference[:100]}' should say #/components/schemas/{reference[:100]}."
                    )
                return known[reference]
        if reference.startswith("#"):
            raise DocumentMistake(f"{place}: there is nothing at {reference[:100]}.")
        raise DocumentMistake(f"{place}: it refers to another file ({reference[:100]}) that was not handed in with it.")

    # --- operations ----------------------------------------------------------------------------------------------

    def operations(self) -> Iterator[Operation | DocumentMistake]:
        """Give each operation in the document's order, or what is wrong with it."""
        for path, item in (self.content.get("paths") or {}).items():
            if str(path).startswith("x-"):
                continue
            try:
                whole = self._path_item(item, str(path))
            except DocumentMistake as mistake:
                yield mistake
                continue
            for method, raw in _methods(whole):
                try:
                    yield self._operation(method, str(path), whole, raw)
                except DocumentMistake as mistake:
                    yield mistake
        for name, item in content_of(self.content, "webhooks").items():
            for method, _ in _methods(item if isinstance(item, Mapping) else {}):
                yield DocumentMistake(f"webhook {name} ({method}): the API calls it, so it cannot become a tool.")

    def _path_item(self, item: Any, path: str) -> Mapping[str, Any]:
        whole = self.follow(item, path)
        if item is not whole and isinstance(item, Mapping) and isinstance(whole, Mapping):
            whole = {**whole, **{key: value for key, value in item.items() if key != "$ref"}}
        if not isinstance(whole, Mapping):
            raise DocumentMistake(f"{path}: it should be an object with one entry a method.")
        return whole

    def _operation(self, method: str, path: str, item: Mapping[str, Any], raw: Any) -> Operation:
        place = f"{method} {path}"
        if not _METHOD.fullmatch(method) or method in _REFUSED_METHODS:
            raise DocumentMistake(f"{place}: requests of the method {method[:20]} are not sent.")
        raw = self.follow(raw, place)
        if not isinstance(raw, Mapping):
            raise DocumentMistake(f"{place}: it should be an object.")
        notes: list[Note] = []
        parameters = self._parameters(place, item, raw, notes)
        parameters, body = modern_operation(place, raw, parameters, self.content, notes)
        if "requestBody" in raw:
            body = self.follow(raw["requestBody"], f"{place}, body")
        if not path.startswith("/"):
            notes.append(Note(place=place, message="A path should begin with a slash."))
        return Operation(
            method=method,
            path=path,
            operation_id=line(raw.get("operationId")),
            summary=line(raw.get("summary")) or line(item.get("summary")),
            description=line(raw.get("description")) or line(item.get("description")),
            access=line(raw.get("x-access")).lower(),
            parameters=tuple(parameters),
            body=body if isinstance(body, Mapping) else None,
            raw=raw,
            servers=raw.get("servers") or item.get("servers"),
            notes=tuple(notes),
        )

    def _parameters(
        self, place: str, item: Mapping[str, Any], raw: Mapping[str, Any], notes: list[Note]
    ) -> list[Mapping[str, Any]]:
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for owner in (item, raw):
            listed = owner.get("parameters", [])
            if isinstance(listed, Mapping):
                notes.append(Note(place=place, message="Its parameters should be a list."))
                listed = list(listed.values())
            for entry in listed if isinstance(listed, list) else []:
                parameter = self.follow(entry, f"{place}, parameters")
                if isinstance(parameter, Mapping) and isinstance(parameter.get("name"), str):
                    found[parameter["name"], str(parameter.get("in"))] = parameter
                else:
                    notes.append(Note(place=place, message="A parameter without a name was left out."))
        return list(found.values())


def _methods(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the operations of a path by their method; also those that OpenAPI 3.2 lists by any other name."""
    by_name = {str(key).lower(): value for key, value in item.items()}
    for method in (*METHODS, "trace"):
        if method in by_name:
            yield method.upper(), by_name[method]
    for method, raw in content_of(item, "additionalOperations").items():
        yield str(method), raw


def _named_schemas(content: Mapping[str, Any]) -> dict[str, Any]:
    """Index what has an `$id` or an `$anchor`, by what a reference to it says."""
    found: dict[str, Any] = {}
    pending: list[Any] = [content.get("components"), content.get("paths"), content.get("$defs")]
    looked_at = 0
    seen: set[int] = set()
    while pending and looked_at < MAX_INDEXED:
        node = pending.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        looked_at += len(node)
        if isinstance(node, dict):
            for key, prefix in (("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")):
                if isinstance(node.get(key), str):
                    found.setdefault(prefix + node[key], node)
            pending.extend(node.values())
        else:
            pending.extend(node)
    return found


def content_of(node: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the object that stands under the key; an empty one where there is none."""
    value = node.get(key)
    return value if isinstance(value, Mapping) else {}


def line(value: Any) -> str:
    """Return a text in one line; nothing where it is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""
