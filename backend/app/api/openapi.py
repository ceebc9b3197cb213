"""OpenAPI 3.1 document of our own REST API, made from the table of routes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from app import __version__
from app.access.rights import ALL_STAFF, RIGHTS, Right, Who
from app.api.route import Route
from app.errors import (
    AppError,
    InternalError,
    InvalidRequest,
    OriginRefused,
    RequestTooLarge,
    RightMissing,
    SignInRequired,
)

OPENAPI: Final = "3.1.0"
_REF: Final = "#/components/schemas/{model}"
_UPLOAD: Final[dict[str, Any]] = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}},
            "additionalProperties": {"type": "string"},
        }
    }
}
_PARAMETER: Final = re.compile(r"{(\w+)}")


class Problem(BaseModel):
    """What went wrong, and what to do next."""

    code: str
    """Stable, for programs."""
    message: str
    """A sentence for people."""
    details: dict[str, Any] = Field(default_factory=dict)


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """Describe the routes as an OpenAPI 3.1 document, but for those that only serve the description's own page."""
    routes = [route for route in routes if route.described]
    taken = {route.body for route in routes if route.body}
    given = {route.gives for route in routes if route.gives}
    _, schemas = models_json_schema(
        [
            *((model, "validation") for model in sorted(taken, key=_name)),
            *((model, "serialization") for model in sorted(given, key=_name)),
            (Problem, "serialization"),
        ],
        ref_template=_REF,
    )
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = _operation(route)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Smart Support",
            "version": __version__,
            "description": "Answers are {success, data, error}. Lists page by cursor. The chat itself speaks over "
            "the WebSocket /ws, as docs/protocol.md describes.",
        },
        "paths": dict(paths),
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "visitor": {"type": "apiKey", "in": "cookie", "name": "ss_visitor"},
                "staff": {"type": "apiKey", "in": "cookie", "name": "ss_staff"},
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.area],
        "parameters": [*_path_parameters(route.path), *_query_parameters(route.query)],
        "security": _security(route.right),
        "responses": {"200": _success(route), **_failures(route)},
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(route.body)}, **(_UPLOAD if route.upload else {})},
        }
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]


def _query_parameters(query: type[BaseModel] | None) -> list[dict[str, Any]]:
    if query is None:
        return []
    schema = query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field.pop("description", ""),
            "schema": field,
        }
        for name, field in schema["properties"].items()
    ]


def _security(right: Right) -> list[dict[str, list[str]]]:
    who = RIGHTS[right]
    if Who.ANYBODY in who:
        return []
    kinds = {"staff" if kind in ALL_STAFF else str(kind) for kind in who}
    return [{kind: []} for kind in sorted(kinds)]


def _success(route: Route) -> dict[str, Any]:
    if route.gives is None:
        schema: dict[str, Any] = {"type": "object"} if route.media == "application/json" else {"type": "string"}
    else:
        schema = _envelope(success=True, data=_ref(route.gives), error={"type": "null"})
    return {"description": "Done.", "content": {route.media: {"schema": schema}}}


def _failures(route: Route) -> dict[str, Any]:
    """Every status that the route can fail with, and the codes that it then carries."""
    known: list[type[AppError]] = [*route.errors]
    if not _is_for_anybody(route):
        known.append(SignInRequired)
        if not RIGHTS[route.right] >= ALL_STAFF and Who.VISITOR not in RIGHTS[route.right]:
            known.append(RightMissing)
    if route.query or route.body:
        known.append(InvalidRequest)
    if route.body:
        known.append(RequestTooLarge)
    if route.method != "GET":
        known.append(OriginRefused)
    known.append(InternalError)
    by_status: dict[int, list[type[AppError]]] = defaultdict(list)
    for error in known:
        by_status[error.status].append(error)
    return {
        str(status): {
            "description": " ".join(f"`{error.code}`: {error.sentence}" for error in errors),
            "content": {
                "application/json": {"schema": _envelope(success=False, data={"type": "null"}, error=_ref(Problem))}
            },
        }
        for status, errors in sorted(by_status.items())
    }


def _envelope(*, success: bool, data: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["success", "data", "error"],
        "properties": {"success": {"type": "boolean", "const": success}, "data": data, "error": error},
    }


def _is_for_anybody(route: Route) -> bool:
    return Who.ANYBODY in RIGHTS[route.right]


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _name(model: type[BaseModel]) -> str:
    return model.__name__
