"""Descriptions of APIs that are not OpenAPI: recognised by what they begin with, each with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LOOKED_AT: Final = 4_000  # characters: what a file is stands at its top

GRAPHQL: Final = (
    "This is GraphQL, which is not read here: it has one address and no operations to review. Import the service's "
    "REST API instead, if it has one, or put a REST gateway with an OpenAPI document in front of it."
)
PAGE: Final = (
    "This is a web page, not the OpenAPI document itself. Open it and look for a link such as “openapi.json” or "
    "“Download”, and import that address."
)
_CONVERT: Final = "Only OpenAPI (Swagger) documents are read."
_BEGINS: Final = (
    (("#%raml",), f"This is a RAML document. {_CONVERT} Convert it, for example with oas-raml-converter."),
    (("format: 1a",), f"This is an API Blueprint. {_CONVERT} Convert it, for example with apib2swagger."),
    (('syntax = "proto', "syntax='proto", 'syntax="proto'),
     f"This is a Protobuf file. {_CONVERT} protoc-gen-openapi makes one."),
    (("<!doctype html", "<html", "<head", "<body", "<!--"), PAGE),
)  # fmt: skip
_SDL: Final = frozenset({"schema", "type", "interface", "enum", "input", "scalar", "directive", "extend", "union"})


def text_format(text: str) -> str | None:
    """Say what a text is that is not OpenAPI, and what to do; None where that cannot be told."""
    top = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n")
    lowered = top.lower()
    if lowered.startswith("<") and "wsdl" in lowered and "definitions" in lowered:
        return f"This is a WSDL (SOAP) document. {_CONVERT} Put a REST gateway with one in front of the service."
    if said := next((said for beginnings, said in _BEGINS if lowered.startswith(beginnings)), None):
        return said
    return GRAPHQL if _is_sdl(top) else None


def _is_sdl(top: str) -> bool:
    """Say whether this is GraphQL's schema language: after comments, `type Query {` or its like."""
    for line in top.splitlines():
        words = line.split()
        if not words or words[0].startswith(("#", '"')):
            continue
        return words[0] in _SDL and len(words) > 1 and ":" not in line.partition("{")[0]
    return False


def object_format(content: Mapping[str, Any]) -> str | None:
    """Say what an object is that is not OpenAPI, and what to do; None where that cannot be told."""
    info, data = content.get("info"), content.get("data")
    if isinstance(info, Mapping) and ("_postman_id" in info or "getpostman.com" in str(info.get("schema"))):
        return (
            f"This is a Postman collection. {_CONVERT} In Postman choose the collection's "
            "“Export as OpenAPI”, or convert the file with postman-to-openapi, and import what comes out."
        )
    if "asyncapi" in content:
        return (
            "This is an AsyncAPI document: it describes messages, not requests that a tool could send. Import the "
            "OpenAPI document of the same service, if it has one."
        )
    if (isinstance(data, Mapping) and "__schema" in data) or "__schema" in content or _is_graphql_error(content):
        return GRAPHQL
    if content.get("_type") == "export" and "resources" in content:
        return f"This is an Insomnia export. {_CONVERT} In Insomnia, export the design document instead."
    if isinstance(content.get("log"), Mapping) and "entries" in content["log"]:
        return f"This is a HAR file, recorded in a browser. {_CONVERT} Ask the API's maker for one."
    return None


def _is_graphql_error(content: Mapping[str, Any]) -> bool:
    errors = content.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return isinstance(first, Mapping) and any(
        word in str(first.get("message", ""))[:500].lower() for word in ("query", "graphql")
    )
