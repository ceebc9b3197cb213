"""Swagger 2.0 converter: what it says in its own way, written as OpenAPI 3 does.

Only what is written differently is converted; schemas and references stay where they are. Bodies among the parameters
are understood in later documents too, because people carry them over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from app.openapi.operation import Note

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"

# How a list is written, by `collectionFormat`, as style and explode. Without one it is `csv`.
_COLLECTIONS: Final = {
    "csv": ("", False),
    "ssv": ("spaceDelimited", False),
    "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
_SCHEMA: Final = (
    "type", "format", "items", "default", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "multipleOf", "x-nullable",
    "nullable", "oneOf", "anyOf", "allOf", "properties",
)  # fmt: skip
_FLOWS: Final = {"accessCode": "authorizationCode", "application": "clientCredentials"}


def from_swagger(content: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    """Return the document with servers and security schemes as OpenAPI 3 has them."""
    components = {"schemas": content.get("definitions") or {}, "securitySchemes": _schemes(content)}
    return {**content, "servers": _servers(content, source), "components": components}


def _servers(content: Mapping[str, Any], source: str) -> list[dict[str, str]]:
    host, path = content.get("host"), content.get("basePath")
    path = path if isinstance(path, str) else "/"
    path = path if path.startswith("/") else f"/{path}"
    if not isinstance(host, str) or not host:
        return [{"url": path}]
    schemes = content.get("schemes")
    wished = [scheme for scheme in schemes if scheme in {"http", "https"}] if isinstance(schemes, list) else []
    came_by = urlsplit(source).scheme
    wished = sorted(wished, reverse=True) or [came_by if came_by in {"http", "https"} else "https"]  # https first
    return [{"url": f"{scheme}://{host}{path}"} for scheme in wished]


def _schemes(content: Mapping[str, Any]) -> dict[str, Any]:
    known = content.get("securityDefinitions")
    made: dict[str, Any] = {}
    for name, scheme in known.items() if isinstance(known, Mapping) else ():
        if not isinstance(scheme, Mapping):
            continue
        if scheme.get("type") == "basic":
            made[name] = {**scheme, "type": "http", "scheme": "basic"}
        elif scheme.get("type") == "oauth2":
            flow = str(scheme.get("flow"))
            made[name] = {**scheme, "flows": {_FLOWS.get(flow, flow): scheme}}
        else:
            made[name] = scheme
    return made


def modern_operation(
    place: str,
    raw: Mapping[str, Any],
    parameters: list[Mapping[str, Any]],
    content: Mapping[str, Any],
    notes: list[Note],
) -> tuple[list[Mapping[str, Any]], Mapping[str, Any] | None]:
    """Return the parameters as OpenAPI 3 has them, and the body that stood among them."""
    is_old = "openapi" not in content
    made: list[Mapping[str, Any]] = []
    fields: list[Mapping[str, Any]] = []
    body = None
    for parameter in parameters:
        place_of = str(parameter.get("in")).strip()
        if place_of in {"body", "formData", "form"} and not is_old:
            notes.append(Note(place=place, message=f"'{parameter['name']}' is in the {place_of}, as in Swagger 2.0."))
        if place_of == "body":
            types = _types(raw, content) or ["application/json"]
            schema = parameter.get("schema", {key: parameter[key] for key in _SCHEMA if key in parameter})
            body = {**parameter, "content": {media_type: {"schema": schema} for media_type in types}}
        elif place_of in {"formData", "form"}:
            fields.append(parameter)
        else:
            made.append(_modern(parameter, place_of) if _is_old_style(parameter) else parameter)
    if fields and body is None:
        body = _form(fields, _types(raw, content))
    return made, body


def _is_old_style(parameter: Mapping[str, Any]) -> bool:
    return "schema" not in parameter and "content" not in parameter and any(key in parameter for key in _SCHEMA)


def _types(raw: Mapping[str, Any], content: Mapping[str, Any]) -> list[str]:
    types = raw.get("consumes", content.get("consumes"))
    return [kind for kind in types if isinstance(kind, str)] if isinstance(types, list) else []


def _modern(parameter: Mapping[str, Any], place_of: str) -> Mapping[str, Any]:
    kept = {key: value for key, value in parameter.items() if key not in _SCHEMA}
    schema = {key: parameter[key] for key in _SCHEMA if key in parameter}
    if schema.get("type") == "file":
        schema |= {"type": "string", "format": "binary"}
    made: dict[str, Any] = {**kept, "schema": schema}
    if parameter.get("type") == "array" and "style" not in parameter:
        style, explode = _COLLECTIONS.get(str(parameter.get("collectionFormat", "csv")), ("", False))
        made |= {"explode": explode}
        if style and place_of == "query":
            made["style"] = style
    return made


def _form(fields: list[Mapping[str, Any]], types: list[str]) -> dict[str, Any]:
    has_file = any(parameter.get("type") == "file" for parameter in fields)
    wished = [kind for kind in types if kind.partition(";")[0].strip().lower() in {FORM, MULTIPART}]
    media_type = MULTIPART if has_file else next(iter(wished), FORM)
    properties = {}
    encoding = {}
    for parameter in fields:
        made = _modern(parameter, "query")
        properties[parameter["name"]] = {**made["schema"], "description": str(parameter.get("description", ""))}
        if parameter.get("type") == "array":
            encoding[parameter["name"]] = {"style": made.get("style", "form"), "explode": made["explode"]}
    required = [parameter["name"] for parameter in fields if parameter.get("required") is True]
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": bool(required), "content": {media_type: {"schema": schema, "encoding": encoding}}}
