"""Tools made from a document: what it becomes, what a preview shows, and arguments that are never sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.agents.config import ApiSpec
from app.catalog.yaml_apis import yaml_api
from app.errors import ConfigMistake, ToolInvalidInput
from app.outgoing.client import OutgoingClient
from app.tools.base import Access, ConsentRule, OutcomeStatus, OutgoingRequest
from app.tools.registry import ToolRegistry
from tests.integration.tools.shop_tools import ARGS, DOCUMENT, ORDER, tools
from tests.raw_http_server import raw_server

pytestmark = pytest.mark.integration


def test_each_operation_becomes_a_tool() -> None:
    """With a legal name, words for people and models, and what it may do."""
    specs = {name: tool.spec for name, tool in tools(OutgoingClient(), "https://shop.example/v1").items()}
    assert list(specs) == ["get_order", "delete_order", "cancel_order"]
    look_up, cancel = specs["get_order"], specs["cancel_order"]
    assert (look_up.title, look_up.description) == ("Look up an order", "Look up an order. Where it is.")
    assert (look_up.access, look_up.consent) == (Access.READ, ConsentRule.NOBODY)
    for change in (specs["delete_order"], cancel):
        assert (change.access, change.consent) == (Access.DESTRUCTIVE, ConsentRule.BOTH)
    assert (look_up.source, look_up.target) == ("shop", "Shop (shop.example)")

    assert cancel.parameters["required"] == ["order_id", "reason"]
    assert "Idempotency-Key" not in json.dumps(dict(cancel.parameters))
    registry = ToolRegistry()
    registry.replace("shop", list(tools(OutgoingClient(), "https://shop.example/v1").values()))
    assert len(registry.select(["shop.*"])) == 3


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "shop", "shop.svc.cluster.local", "10.0.0.7", "[::1]:80"])
async def test_an_internal_address_is_nothing_for_people(http: OutgoingClient, host: str) -> None:
    """The card names the API; the host stands in the request, for whoever wants to see it."""
    assert tools(http, f"http://{host}")["get_order"].spec.target == "Shop"


@pytest.mark.parametrize(
    ("method", "hint", "access"),
    [
        ("get", "", Access.READ),
        ("head", "", Access.READ),
        ("get", "write", Access.WRITE),
        ("get", "nonsense", Access.WRITE),
        ("get", "read", Access.READ),
        ("post", "read", Access.WRITE),
        ("delete", "read", Access.DESTRUCTIVE),
    ],
)
def test_a_document_can_only_make_it_safer(method: str, hint: str, access: Access) -> None:
    """An untrusted document never turns a write into a read."""
    document = {"openapi": "3.1.0", "paths": {"/x": {method: {"x-access": hint} if hint else {}}}}
    (tool,) = tools(OutgoingClient(), "https://a.example", document).values()
    assert tool.spec.access is access


def test_one_broken_operation_does_not_lose_the_others() -> None:
    """It is left out."""
    paths = {**DOCUMENT["paths"], "/bad": {"get": {"parameters": [{"$ref": "#/nowhere"}]}}, "/worse": {"post": {
        "parameters": [{"name": "a", "in": "nowhere", "required": True}]}}}  # fmt: skip
    assert list(tools(OutgoingClient(), "https://a.example", {**DOCUMENT, "paths": paths})) == list(
        tools(OutgoingClient(), "https://a.example")
    )


def version(document: dict[str, Any], base_url: str = "https://a.example") -> str:
    return tools(OutgoingClient(), base_url, document)["cancel_order"].spec.version


def test_the_version_changes_with_what_would_be_sent() -> None:
    """Another address, another path, another parameter: consent given before does not cover it."""
    text = json.dumps(DOCUMENT)
    changed = [
        version(json.loads(text.replace("/cancel", "/cancel-all"))),
        version(json.loads(text.replace('"minimum": 1', '"minimum": 0'))),
        version(json.loads(text.replace('"name": "Idempotency-Key"', '"name": "X-Idempotency-Key"'))),
        version(DOCUMENT, "https://b.example"),
    ]
    assert len({version(DOCUMENT), *changed}) == 5


def test_the_version_stays_while_only_the_words_change() -> None:
    """A better title needs no new consent."""
    reworded = json.loads(json.dumps(DOCUMENT).replace("Cancel an order", "Cancel it"))
    assert version(reworded) == version(DOCUMENT)


def test_the_api_is_where_the_document_says() -> None:
    """Unless it is said otherwise."""
    api = ApiSpec(name="a", document="")
    made = yaml_api(api, DOCUMENT, source="http://docs.example/openapi.json", http=OutgoingClient())
    assert made.tools[0].preview({"order_id": 1}).url == "http://docs.example/v1/orders/1"


def test_an_api_without_an_address_is_a_mistake() -> None:
    """The message says what to write."""
    with pytest.raises(ConfigMistake, match="base_url"):
        yaml_api(ApiSpec(name="a", document=""), DOCUMENT, http=OutgoingClient())


def test_a_preview_is_what_would_be_sent() -> None:
    """Method, address and body; the document's header for the key is filled in when it is sent."""
    assert tools(OutgoingClient(), "https://a.example/v1/")["cancel_order"].preview(ARGS) == OutgoingRequest(
        method="POST", url="https://a.example/v1/orders/1042/cancel", body={"reason": "too late"}
    )


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"order_id": 1042}, "reason"),
        ({"reason": "x"}, "order_id"),
        ({**ARGS, "order_id": "1042"}, "order_id"),
        ({**ARGS, "order_id": 0}, "order_id"),
        ({**ARGS, "admin": True}, "admin"),
        ({**ARGS, "Idempotency-Key": "mine"}, "Idempotency-Key"),
        ({}, "order_id"),
    ],
)
async def test_arguments_that_do_not_fit_are_never_sent(http: OutgoingClient, args: dict[str, Any], field: str) -> None:
    """The preview raises, the run fails, both name the argument, and the target hears nothing."""
    async with raw_server(ORDER) as server:
        tool = tools(http, server.url)["cancel_order"]
        with pytest.raises(ToolInvalidInput) as caught:
            tool.preview(args)
        outcome = await tool.run(args)
    assert caught.value.details["field"] == field
    assert server.connections == 0
    assert (outcome.status, outcome.error, outcome.request) == (OutcomeStatus.FAILED, "tool_invalid_input", None)
    assert outcome.summary == f"Cancel an order did not work: {caught.value.message}"
