"""Hints of a document, extensions and scopes: they make a label safer, and never a read by themselves."""

from typing import Any

import pytest

from app.tools.base import Access
from tests.unit.openapi_import.documents import A_LIST, A_THING, label, labels, operation


@pytest.mark.parametrize(
    "hint",
    [
        {"x-requireConfirmation": True},
        {"x-openai-isConsequential": True},
        {"x-readOnly": False},
        {"x-access": "write"},
        {"x-acme-requires-approval": "true"},
        {"x-mcp": {"readOnlyHint": False}},
        {"x-operation-type": "Mutation"},
        {"x-risk-level": "high"},
    ],
)
def test_an_extension_can_make_a_get_a_write(hint: dict[str, Any]) -> None:
    """Extensions of any vendor may make a label safer."""
    assert label("GET", "/things/{id}", answer=A_THING, **hint).access is Access.WRITE


READ_HINTS = [
    {"x-readOnly": True},
    {"x-openai-isConsequential": False},
    {"x-access": "read"},
    {"x-mcp": {"annotations": {"readOnlyHint": True}}},
]


@pytest.mark.parametrize("hint", READ_HINTS)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/orders"), ("POST", "/orders/{id}/cancel"), ("PUT", "/orders/{id}"),
                         ("DELETE", "/orders/{id}"), ("GET", "/logout")],
)  # fmt: skip
def test_an_extension_alone_makes_nothing_a_read(hint: dict[str, Any], method: str, path: str) -> None:
    """A document may say that deleting only reads; it is not believed."""
    assert label(method, path, answer=A_LIST, **hint).access is not Access.READ


@pytest.mark.parametrize("hint", READ_HINTS)
def test_an_extension_never_decides_for_a_read(hint: dict[str, Any]) -> None:
    """It makes a read surer that structure found, and leaves what is doubtful a write."""
    assert label("POST", "/coupons/validate", **hint).access is Access.WRITE
    assert label("POST", "/search", **hint).access is Access.READ
    assert label("POST", "/search", **hint).confidence > label("POST", "/search").confidence


def scoped(*scopes: list[str]) -> dict[str, Any]:
    return {"security": [{"oauth": list(one)} for one in scopes]}


SCHEMES = {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {"clientCredentials": {
    "tokenUrl": "https://api.example.com/token", "scopes": {}}}}}}  # fmt: skip


@pytest.mark.parametrize(
    ("scopes", "access"),
    [
        (scoped(["write:things"]), Access.WRITE),
        (scoped(["things.write"], ["things:manage"]), Access.WRITE),
        (scoped(["write:things", "read:things"]), Access.READ),
        (scoped(["write:things"], ["read:things"]), Access.READ),
        (scoped(["things"]), Access.READ),
        (scoped(["https://auth.example.com/auth/things.readonly"]), Access.READ),
        (scoped([]), Access.READ),
    ],
)
def test_a_get_that_asks_only_to_write_is_doubtful(scopes: dict[str, Any], access: Access) -> None:
    """Whoever needs a permission to write may write."""
    found = labels({"/things/{id}": {"get": operation(answer=A_THING, **scopes)}}, components=SCHEMES)
    assert found["GET /things/{id}"].access is access


def test_a_scope_to_read_counts_together_with_structure() -> None:
    """A read scope completes a path that may look something up, and does nothing for one that does not."""
    scopes = scoped(["things.readonly"])
    found = labels(
        {"/things/validate": {"post": operation(**scopes)}, "/things": {"post": operation(**scopes)}},
        components=SCHEMES,
    )
    assert found["POST /things/validate"].access is Access.READ
    assert found["POST /things"].access is Access.WRITE
