"""Rules for what texts, path parameters and credentials say of a request that should only read."""

from __future__ import annotations

from typing import Any

import pytest

from app.openapi_import.classify.rules import classify
from app.tools.base import Access
from tests.unit.openapi_import.documents import api, label


@pytest.mark.parametrize(
    ("summary", "access"),
    [
        ("Revoke the customer's token", Access.DESTRUCTIVE),
        ("Purge the queue", Access.DESTRUCTIVE),
        ("Refund a payment", Access.DESTRUCTIVE),
        ("Archive the conversation", Access.WRITE),
        ("Block this user", Access.WRITE),
        ("Start a new job", Access.WRITE),
        ("Sends one message by its own address", Access.WRITE),
    ],
)
def test_a_verb_with_its_object_acts_whatever_noun_ends_the_text(summary: str, access: Access) -> None:
    """The path may say nothing: an imperative before "the" or "a" is one."""
    assert label("GET", "/things/{id}", summary=summary).access is access


@pytest.mark.parametrize(
    "summary",
    [
        "Update history",
        "Delete history for the account",
        "Returns the order",
        "Report a status",
        "Load the page",
        "Refund policy",
        "Block list",
        "Shows the refunds of an order",
    ],
)
def test_a_noun_or_a_telling_verb_only_tells(summary: str) -> None:
    """What describes a thing is no order."""
    assert label("GET", "/things/{id}", summary=summary).access is Access.READ


def access_of(path: str, name: str, **schema: Any) -> Access:
    """Label a GET whose path has a parameter of this name and schema."""
    chooser = {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}
    operation = {"parameters": [chooser], "responses": {"200": {"description": "It worked."}}}
    return classify(api({path: {"get": operation}}))[0].access


@pytest.mark.parametrize("name", ["action", "command", "op"])
def test_a_path_that_leaves_the_verb_open_acts(name: str) -> None:
    """What it does is in the value; one acting choice, or none that is known, is enough."""
    path = "/pods/{id}/{" + name + "}"
    assert access_of(path, name, enum=["reboot", "boot"]) is Access.WRITE
    assert access_of(path, name) is Access.WRITE
    assert access_of(path, name, enum=["status", "events"]) is Access.READ


def test_the_name_of_an_action_chooses_nothing() -> None:
    """/actions/{action} names one of them."""
    assert access_of("/pods/{id}/actions/{action}", "action") is Access.READ


@pytest.mark.parametrize("path", ["/auth/token", "/session/jwt", "/v1/users/{id}/access-token"])
def test_who_is_given_a_credential_can_do_something_with_it(path: str) -> None:
    """Minting one is no look-up."""
    assert label("GET", path).access is Access.WRITE


@pytest.mark.parametrize("path", ["/tokens", "/tokens/{id}", "/token/{id}", "/api-keys/{id}/token-usage"])
def test_looking_at_credentials_reads(path: str) -> None:
    """A list of them, or one by its id, is there already."""
    assert label("GET", path).access is Access.READ


@pytest.mark.parametrize(
    "path", ["/items/{id}/ResolveHealthErrors", "/incidents/{id}/resolve", "/disputes/{id}/resolve"]
)
def test_resolving_something_is_no_look_up(path: str) -> None:
    """Names are resolved by looking; errors and disputes by ending them."""
    assert label("POST", path).access is not Access.READ
