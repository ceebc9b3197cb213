"""A service's OpenAPI document, read as its table of routes: what can be asked, with which values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from demo_apis.errors import bad_request, unprocessable

_METHODS = ("get", "put", "post", "delete", "patch")

# As long as SQLite's integers; int() would also take spaces, underscores and other scripts' digits.
_INTEGER = re.compile(r"-?[0-9]{1,18}")

# What a write without a documented body accepts: no body, or an empty one, as some clients always send.
_NO_BODY: dict[str, Any] = {
    "required": False,
    "content": {"application/json": {"schema": {"type": "object", "properties": {}, "additionalProperties": False}}},
}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One documented parameter in the path, the query or a header."""

    name: str
    place: str
    required: bool
    schema: dict[str, Any]
    check: Draft202012Validator

    def read(self, text: str) -> Any:
        """Return the value that the text stands for; one that isn't allowed is refused."""
        value = _from_text(text, self.schema.get("type"))
        mistake = best_match(self.check.iter_errors(value))
        if mistake is not None:
            raise bad_request(f"{self.name}: {mistake.message}.")
        return value


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One documented operation."""

    id: str
    method: str
    path: str
    success: int
    parameters: tuple[Parameter, ...]
    body: dict[str, Any]
    body_required: bool
    check_body: Draft202012Validator

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    def arguments(
        self, *, path: Mapping[str, str], query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        """Return the values to act with, by name, defaults filled in; refuse what the document doesn't allow."""
        places = {"path": path, "query": query, "header": headers}
        found: dict[str, Any] = {}
        for parameter in self.parameters:
            text = places[parameter.place].get(parameter.name)
            if text is not None:
                value = parameter.read(text)
                if parameter.place != "header":
                    found[parameter.name] = value
            elif parameter.required:
                raise bad_request(f"{parameter.name} is missing.")
            elif "default" in parameter.schema:
                found[parameter.name] = parameter.schema["default"]
        known = {parameter.name for parameter in self.parameters if parameter.place == "query"}
        for name in query:
            if name not in known:
                raise bad_request(f"There is no parameter {name}. {_choices(known)}")
        return found | self._read_body(body)

    def _read_body(self, text: bytes) -> dict[str, Any]:
        if not self.is_write:
            return {}
        value = _from_json(text) if text or self.body_required else {}
        mistake = best_match(self.check_body.iter_errors(value))
        if mistake is not None:
            where = ".".join(str(step) for step in mistake.absolute_path) or "body"
            raise unprocessable(f"{where}: {mistake.message}.")
        defaults = {name: schema["default"] for name, schema in self.body["properties"].items() if "default" in schema}
        return defaults | value


class Document:
    """An OpenAPI 3.1 document whose references all point into itself."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.content: dict[str, Any] = json.loads(self.text)

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every documented operation, by its id."""
        return {operation.id: operation for operation in self._read()}

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        """Return a validator of one of the document's schemas."""
        return Draft202012Validator({"components": self.content["components"], **schema})

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return what a reference points at, and anything else as it is."""
        while "$ref" in node:
            pointed: Any = self.content
            for step in node["$ref"].removeprefix("#/").split("/"):
                pointed = pointed[step]
            node = pointed
        return node

    def _read(self) -> Iterator[Operation]:
        for path, item in self.content["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield self._operation(method, path, item[method], item.get("parameters", []))

    def _operation(self, method: str, path: str, spec: dict[str, Any], shared: list[dict[str, Any]]) -> Operation:
        request_body = spec.get("requestBody", _NO_BODY)
        body = self.resolve(request_body["content"]["application/json"]["schema"])
        return Operation(
            id=spec["operationId"],
            method=method.upper(),
            path=path,
            success=min(int(status) for status in spec["responses"]),
            parameters=tuple(self._parameter(each) for each in [*shared, *spec.get("parameters", [])]),
            body=body,
            body_required=request_body["required"],
            check_body=self.validator(body),
        )

    def _parameter(self, node: dict[str, Any]) -> Parameter:
        spec = self.resolve(node)
        schema = self.resolve(spec["schema"])
        return Parameter(
            name=spec["name"],
            place=spec["in"],
            required=spec.get("required", False),
            schema=schema,
            check=self.validator(schema),
        )


def _from_text(text: str, kind: str | None) -> int | str:
    """Return a whole number where the schema asks for one; what isn't one stays text, and is refused for it."""
    # Numbers and texts are all that the documents have outside of bodies.
    return int(text) if kind == "integer" and _INTEGER.fullmatch(text) else text


def _from_json(text: bytes) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_constant)
        # Half a surrogate pair is JSON, but no text that can be stored.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise bad_request("The body is not JSON.") from error
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _choices(names: set[str]) -> str:
    return f"Known are: {', '.join(sorted(names))}." if names else "There are none."
