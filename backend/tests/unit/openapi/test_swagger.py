"""Swagger 2.0 is understood as if it were written today."""

from __future__ import annotations

from typing import Any

import pytest

from app.openapi.api import ApiDescription, read_api
from app.openapi.operation import OperationDefinition


def api(parameters: list[Any], *, method: str = "post", path: str = "/x", **more: Any) -> ApiDescription:
    operation = {"parameters": parameters, "responses": {"200": {"schema": {"type": "array", "items": {}}}}}
    return read_api({"swagger": "2.0", "info": {"title": "Old"}, "paths": {path: {method: operation}}, **more})


def only(parameters: list[Any], **more: Any) -> OperationDefinition:
    (operation,) = api(parameters, **more).operations
    return operation


@pytest.mark.parametrize(
    ("more", "source", "servers"),
    [
        ({"host": "a.example", "basePath": "/v1", "schemes": ["http", "https"]}, "", ("https://a.example/v1", "http://a.example/v1")),
        ({"host": "a.example"}, "", ("https://a.example/",)),
        ({"host": "a.example", "basePath": "v1"}, "http://b.example/x", ("http://a.example/v1",)),
        ({"basePath": "/v1"}, "https://b.example/x", ("https://b.example/v1",)),
        ({"basePath": "/v1"}, "", ("/v1",)),
    ],
)  # fmt: skip
def test_host_and_path_are_servers(more: dict[str, Any], source: str, servers: tuple[str, ...]) -> None:
    """By https where there is a choice; relative to the document where no host is named."""
    assert read_api({"swagger": "2.0", "paths": {}, **more}, source=source).servers == servers


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        (None, "?a=1,2"),
        ("csv", "?a=1,2"),
        ("ssv", "?a=1%202"),
        ("tsv", "?a=1%092"),
        ("pipes", "?a=1%7C2"),
        ("multi", "?a=1&a=2"),
    ],
)
def test_lists_are_written_as_they_always_were(collection: str | None, expected: str) -> None:
    """`collectionFormat` says how."""
    parameter = {"name": "a", "in": "query", "type": "array", "items": {"type": "integer"}}
    operation = only([parameter | ({"collectionFormat": collection} if collection else {})], method="get")
    assert operation.plan.build({"a": [1, 2]}).url.endswith(expected)


def test_a_parameter_is_its_own_schema() -> None:
    """What it must be is all there."""
    operation = only([{"name": "a", "in": "query", "type": "integer", "minimum": 1, "default": 2, "description": "N."}])
    assert operation.parameters["properties"]["a"] == {
        "type": "integer", "minimum": 1, "default": 2, "description": "N.",
    }  # fmt: skip


def test_the_body_among_the_parameters_is_a_body() -> None:
    """Sent as what the operation consumes."""
    definitions = {"P": {"type": "object", "required": ["n"], "properties": {"n": {"type": "string"}}}}
    body = {"name": "p", "in": "body", "required": True, "schema": {"$ref": "#/definitions/P"}}
    operation = only([body], definitions=definitions, consumes=["application/vnd.a+json"])
    request = operation.plan.build({"n": "x"})
    assert (request.body, request.headers) == ({"n": "x"}, {"Content-Type": "application/vnd.a+json"})
    assert operation.parameters["required"] == ["n"]


def test_form_fields_are_a_form() -> None:
    """Encoded in one line, lists as they say."""
    fields = [
        {"name": "a", "in": "formData", "type": "string", "required": True},
        {"name": "b", "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"},
    ]
    request = only(fields).plan.build({"a": "x y", "b": ["1", "2"]})
    assert request.body == b"a=x+y&b=1&b=2"
    assert request.headers == {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_file_makes_the_form_one_of_parts() -> None:
    """Its content comes in base64."""
    request = only([{"name": "f", "in": "formData", "type": "file"}]).plan.build({"f": "aGk="})
    assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="f"; filename="f"' in request.body
    assert b"\r\n\r\nhi\r\n" in request.body


def test_the_answer_is_described() -> None:
    """Its schema stands directly under the response."""
    assert only([]).response == {"type": "array", "items": {}}


def test_security_is_translated() -> None:
    """Basic, keys and OAuth 2 with its flows."""
    definitions = {
        "b": {"type": "basic"},
        "k": {"type": "apiKey", "in": "query", "name": "key"},
        "o": {"type": "oauth2", "flow": "application", "tokenUrl": "https://a.example/t", "scopes": {"r": ""}},
        "broken": 7,
    }
    schemes = api([], securityDefinitions=definitions, security=[{"o": ["r"]}, {"b": []}]).security_schemes
    assert [(scheme.kind, scheme.place, scheme.token_url, scheme.scopes) for scheme in schemes.values()] == [
        ("basic", "header", "", ()),
        ("apiKey", "query", "", ()),
        ("oauth2", "header", "https://a.example/t", ("r",)),
    ]


def test_a_document_that_does_not_say_its_version_is_recognised() -> None:
    """By what only Swagger 2.0 has; the reviewer is told."""
    made = read_api({"paths": {"/a": {"get": {}}}, "host": "a.example"})
    assert (made.dialect, made.servers) == ("2.0", ("https://a.example/",))
    assert "Swagger 2.0" in made.warnings[0].message
    assert read_api({"paths": {"/a": {"get": {}}}}).dialect == "3.0"


@pytest.mark.parametrize(("version", "dialect"), [(2.0, "2.0"), ("2", "2.0"), ("2.0.0", "2.0")])
def test_the_version_may_be_a_number(version: Any, dialect: str) -> None:
    """YAML makes one of it."""
    assert read_api({"swagger": version, "paths": {}}).dialect == dialect
