"""Credentials among the parameters of a document: they become schemes, and no model is asked for them."""

from __future__ import annotations

from typing import Any

import pytest

from app.openapi.api import ApiDescription, read_api
from app.openapi.credential_parameters import is_credential


def read(*parameters: dict[str, Any], **more: Any) -> ApiDescription:
    operation = {"summary": "List orders", "parameters": list(parameters), "responses": {"200": {"description": "ok"}}}
    security = {"security": more.pop("security")} if "security" in more else {}
    return read_api({
        "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "servers": [{"url": "https://api.example.com"}],
        "paths": {"/orders": {"get": {**operation, **security}}}, **more,
    })  # fmt: skip


def header(name: str, *, required: bool = True, place: str = "header") -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}


def test_a_header_that_says_who_asks_is_no_argument() -> None:
    """It becomes a scheme that an admin enters once; both headers of an operation are needed together."""
    api = read(header("Authorization"), header("X-API-Key"), header("X-Region"))
    (operation,) = api.operations
    assert list(operation.parameters["properties"]) == ["X-Region"]
    assert [[need.scheme for need in one] for one in operation.security] == [["Authorization", "X-API-Key"]]
    assert {one.name: (one.kind, one.place, one.parameter) for one in api.security_schemes.values()} == {
        "Authorization": ("apiKey", "header", "Authorization"),
        "X-API-Key": ("apiKey", "header", "X-API-Key"),
    }


def test_an_optional_one_may_be_missing() -> None:
    """The operation works without it where nothing was entered for it."""
    (operation,) = read(header("X-API-Key", required=False)).operations
    assert [[need.scheme for need in one] for one in operation.security] == [["X-API-Key"], []]


def test_a_declared_scheme_of_the_same_header_is_used() -> None:
    """A document that says both is not asked for twice."""
    schemes = {"components": {"securitySchemes": {"jwt": {"type": "http", "scheme": "bearer"}}}}
    both: list[list[dict[str, list[str]]]] = [[{"jwt": []}], []]
    for security in both:
        api = read(header("Authorization"), security=security, **schemes)
        assert [[need.scheme for need in one] for one in api.operations[0].security] == [["jwt"]]
        assert list(api.security_schemes) == ["jwt"]


def test_a_key_beside_a_declared_scheme_is_needed_with_it() -> None:
    """Each declared alternative is completed by it."""
    schemes = {"components": {"securitySchemes": {"jwt": {"type": "http", "scheme": "bearer"}}}}
    api = read(header("Ocp-Apim-Subscription-Key"), security=[{"jwt": []}], **schemes)
    assert [[need.scheme for need in one] for one in api.operations[0].security] == [
        ["jwt", "Ocp-Apim-Subscription-Key"]
    ]


@pytest.mark.parametrize(
    ("name", "place", "path", "credential"),
    [
        ("X-Auth-Token", "header", "/orders", True),
        ("apiKey", "header", "/orders", True),
        ("PRIVATE-TOKEN", "header", "/projects", True),
        ("X-Shopify-Access-Token", "header", "/orders", True),
        ("x-client-secret", "header", "/orders", True),
        ("api_key", "query", "/movies", True),
        ("access_token", "query", "/me", True),
        ("access_token", "query", "/tokeninfo", False),
        ("token", "query", "/reset", False),
        ("page_token", "query", "/orders", False),
        ("X-CSRF-Token", "header", "/orders", False),
        ("X-Next-Token", "header", "/orders", False),
        ("X-Device-Token", "header", "/push", False),
        ("X-Primary-Key", "header", "/rows", False),
        ("api_key", "path", "/keys/{api_key}", False),
        ("X-Request-Id", "header", "/orders", False),
    ],
)
def test_which_names_say_who_asks(name: str, place: str, path: str, *, credential: bool) -> None:
    """A token that says where a list goes on, or that the operation is about, stays an argument."""
    assert is_credential(name, place, path) is credential
