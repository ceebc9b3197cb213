"""Small documents for the tests of the import, made of what a test wants to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.openapi.api import ApiDescription, read_api
from app.openapi_import.classify.labels import Classification
from app.openapi_import.classify.rules import classify

A_LIST: Mapping[str, Any] = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}}
A_PAGE: Mapping[str, Any] = {"type": "object", "properties": {"items": A_LIST, "total": {"type": "integer"}}}
A_THING: Mapping[str, Any] = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
THAT_IT_WORKED: Mapping[str, Any] = {"type": "object", "properties": {"success": {"type": "boolean"}}}


def operation(
    *,
    answer: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    parameters: Mapping[str, str] | None = None,
    **rest: Any,
) -> dict[str, Any]:
    """Describe an operation: what it answers, the fields of its body, its parameters by name and place."""
    made: dict[str, Any] = {"responses": {"200": {"description": "It worked."}}, **rest}
    if answer is not None:
        made["responses"]["200"]["content"] = {"application/json": {"schema": answer}}
    if fields is not None:
        schema = {"type": "object", "properties": dict(fields)}
        made["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    if parameters:
        made["parameters"] = [
            {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
            for name, place in parameters.items()
        ]
    return made


def document(paths: Mapping[str, Mapping[str, Any]], **rest: Any) -> dict[str, Any]:
    """Describe an API: paths, each with its methods."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Test", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": paths,
        **rest,
    }


def api(paths: Mapping[str, Mapping[str, Any]], **rest: Any) -> ApiDescription:
    """Read an API of these paths."""
    return read_api(document(paths, **rest))


def label(method: str, path: str, **what: Any) -> Classification:
    """Return the label of one operation that stands alone in its document."""
    return classify(api({path: {method.lower(): operation(**what)}}))[0]


def labels(paths: Mapping[str, Mapping[str, Any]], **rest: Any) -> dict[str, Classification]:
    """Return the labels of an API's operations by their keys."""
    read = api(paths, **rest)
    return {one.key: label for one, label in zip(read.operations, classify(read), strict=True)}
