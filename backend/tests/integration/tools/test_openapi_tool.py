"""Tools made from a document, against real sockets: what is sent, how often, and what is known afterwards."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.agents.config import ApiSpec
from app.catalog.yaml_apis import yaml_api
from app.errors import ConfigMistake, ToolInvalidInput, ToolUnavailable
from app.openapi.document import DocumentMistake
from app.openapi.fetch import fetch_document
from app.outgoing.client import OutgoingClient
from app.outgoing.retry import Retry
from app.tools.api_client import ApiLimits
from app.tools.base import Access, ConsentRule, OutcomeStatus, OutgoingRequest, ToolOutcome
from app.tools.openapi_tool import OpenApiTool
from app.tools.registry import ToolRegistry
from tests.raw_http_server import (
    RawServer,
    Reader,
    Script,
    Writer,
    answers,
    closes,
    ok,
    raw_server,
    resets,
)

pytestmark = pytest.mark.integration

ORDER_ID = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
REASON = {"schema": {"properties": {"reason": {"type": "string"}}, "required": ["reason"]}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop"},
    "servers": [{"url": "/v1"}],
    "paths": {
        "/orders/{order_id}": {
            "parameters": [ORDER_ID],
            "get": {"operationId": "getOrder", "summary": "Look up an order", "description": "Where it is."},
            "delete": {"operationId": "delete_order", "summary": "Delete an order"},
        },
        "/orders/{order_id}/cancel": {
            "parameters": [ORDER_ID, KEY],
            "post": {
                "operationId": "cancel_order",
                "summary": "Cancel an order",
                "requestBody": {"required": True, "content": {"application/json": REASON}},
            },
        },
    },
}
ARGS = {"order_id": 1042, "reason": "too late"}


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    async with OutgoingClient(allow=["127.0.0.1"]) as safe:
        yield safe


async def no_sleep(_: float) -> None:
    """Do not wait between attempts."""


def tools(http: OutgoingClient, base_url: str, document: dict[str, Any] = DOCUMENT) -> dict[str, OpenApiTool]:
    made = yaml_api(
        ApiSpec(name="shop", document="", base_url=base_url),
        document,
        http=http,
        retry=Retry(sleep=no_sleep),
        limits=ApiLimits(read_seconds=0.3, write_seconds=0.3),
    )
    return {tool.spec.name: tool for tool in made.tools}


async def run(http: OutgoingClient, script: Script, name: str, key: str | None = None) -> tuple[ToolOutcome, RawServer]:
    async with raw_server(script) as server:
        args = ARGS if name == "cancel_order" else {"order_id": 1042}
        outcome = await tools(http, server.url)[name].run(args, idempotency_key=key)
    return outcome, server


def in_turn(*scripts: Script) -> Script:
    """Let each connection have the next script, the last one for ever."""
    left = list(scripts)

    async def script(reader: Reader, writer: Writer) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(reader, writer)

    return script


async def silent(reader: Reader, _: Writer) -> None:
    """Take the request and say nothing until the other side gives up."""
    await reader.read()


ORDER = ok(b'{"order_id": 1042, "status": "processing"}')


# --- from the document -----------------------------------------------------------------------------------------


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


# --- before anything is sent -----------------------------------------------------------------------------------


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


# --- what comes of it ------------------------------------------------------------------------------------------


async def test_a_look_up_says_what_it_found(http: OutgoingClient) -> None:
    """The answer for the model, a sentence for people, and what was sent."""
    outcome, server = await run(http, ORDER, "get_order")
    assert outcome.ok
    assert outcome.data == {"order_id": 1042, "status": "processing"}
    assert outcome.summary == "Look up an order: order id 1042, status processing."
    assert (outcome.http_status, outcome.retries, outcome.error) == (200, 0, None)
    assert outcome.request == {"method": "GET", "url": f"{server.url}/orders/1042"}
    assert server.requests[0].startswith(b"GET /orders/1042 HTTP/1.1\r\n")


async def test_a_write_carries_its_key(http: OutgoingClient) -> None:
    """The target can tell a repeated request by it, and the record shows it."""
    outcome, server = await run(http, ORDER, "cancel_order", key="action-7")
    assert outcome.ok
    assert b"idempotency-key: action-7" in server.requests[0].lower()
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == {"reason": "too late"}
    assert outcome.request is not None
    assert outcome.request["headers"] == {"Idempotency-Key": "action-7"}


async def test_the_targets_refusal_is_said_in_its_own_words(http: OutgoingClient) -> None:
    """A conflict is no mystery, and is not tried again."""
    body = b'{"error": {"code": "shipped", "message": "Order 1042 has already been shipped."}}'
    outcome, server = await run(http, answers("409 Conflict", body), "cancel_order", key="k")
    assert (outcome.status, outcome.http_status, outcome.retryable) == (OutcomeStatus.FAILED, 409, False)
    assert outcome.summary == "Cancel an order did not work: Order 1042 has already been shipped."
    assert outcome.data == {"error": "Order 1042 has already been shipped."}
    assert server.connections == 1


@pytest.mark.parametrize(
    "first", [closes, resets, silent, answers("500 Oops"), answers("503 Later"), answers("429 Busy")]
)
async def test_a_look_up_is_tried_again(http: OutgoingClient, first: Script) -> None:
    """A hiccup is not noticed."""
    outcome, server = await run(http, in_turn(first, ORDER), "get_order")
    assert outcome.ok
    assert (outcome.retries, server.connections) == (1, 2)


async def test_every_attempt_that_was_followed_by_another_is_told(http: OutgoingClient) -> None:
    """With what the target answered or, where it did not, the code of the failure; and how long each took."""
    outcome, _ = await run(http, in_turn(answers("503 Later"), closes, ORDER), "get_order")
    assert outcome.retries == len(outcome.failed_attempts) == 2
    told = [(one["http_status"], one["error"]) for one in outcome.failed_attempts]
    assert told == [(503, None), (None, "tool_unavailable")]
    assert all(0 <= one["duration_ms"] <= outcome.duration_ms for one in outcome.failed_attempts)


@pytest.mark.parametrize("script", [ORDER, answers("404 Gone")])
async def test_the_last_attempt_is_told_by_the_outcome_alone(http: OutgoingClient, script: Script) -> None:
    """Where nothing was tried again, there is nothing to tell of earlier attempts."""
    outcome, _ = await run(http, script, "get_order")
    assert list(outcome.failed_attempts) == []


async def test_a_look_up_that_never_works_has_failed(http: OutgoingClient) -> None:
    """A read has no effect, so there is nothing unknown about it; later may be better."""
    outcome, server = await run(http, closes, "get_order")
    assert (outcome.status, outcome.error, outcome.retryable) == (OutcomeStatus.FAILED, "tool_unavailable", True)
    assert (outcome.retries, server.connections) == (2, 3)


@pytest.mark.parametrize("name", ["cancel_order", "delete_order"])
@pytest.mark.parametrize(
    "script", [closes, resets, silent, answers("502 Bad"), answers("504 Late"), answers("200 OK", b"x", length=9)]
)
async def test_a_write_without_an_answer_is_unknown_and_sent_once(
    http: OutgoingClient, script: Script, name: str
) -> None:
    """Without an idempotency key nothing is tried again; nobody is told that it was done, or that it was not."""
    outcome, server = await run(http, script, name)
    assert (outcome.status, outcome.error, outcome.retryable) == (OutcomeStatus.UNKNOWN, "tool_outcome_unknown", False)
    assert server.connections == len(server.requests) == 1
    assert "not known" in outcome.summary


async def test_a_key_that_the_target_does_not_take_protects_nothing(http: OutgoingClient) -> None:
    """Only where the document names the header is a write repeated."""
    outcome, server = await run(http, in_turn(closes, ORDER), "delete_order", key="action-7")
    assert outcome.status is OutcomeStatus.UNKNOWN
    assert server.connections == 1


@pytest.mark.parametrize(
    "first", [closes, resets, silent, answers("502 Bad"), answers("503 Later"), answers("429 Busy")]
)
async def test_a_write_with_its_key_is_tried_again_with_the_same_key(http: OutgoingClient, first: Script) -> None:
    """The target does it once, however often it is asked."""
    outcome, server = await run(http, in_turn(first, ORDER), "cancel_order", key="action-7")
    assert outcome.ok
    assert outcome.retries == 1
    assert [b"idempotency-key: action-7" in request.lower() for request in server.requests] == [True, True]


async def test_a_write_with_its_key_stays_unknown_if_no_answer_ever_comes(http: OutgoingClient) -> None:
    """Trying did not help, and nothing is claimed."""
    outcome, server = await run(http, closes, "cancel_order", key="action-7")
    assert outcome.status is OutcomeStatus.UNKNOWN
    assert (outcome.retries, server.connections) == (2, 3)


@pytest.mark.parametrize(
    "then", [answers("409 Conflict", b'{"message": "In progress."}'), answers("503 Later"), answers("404 Gone")]
)
async def test_once_an_answer_was_lost_only_success_settles_it(http: OutgoingClient, then: Script) -> None:
    """A refusal of the second request says nothing about the first."""
    outcome, _ = await run(http, in_turn(closes, then), "cancel_order", key="action-7")
    assert outcome.status is OutcomeStatus.UNKNOWN


async def test_a_target_that_went_down_after_a_lost_answer_leaves_it_unknown(http: OutgoingClient) -> None:
    """That the second request was not sent does not undo the first."""
    async with raw_server(closes) as server:
        tool = tools(http, server.url)["cancel_order"]

        async def goes_down(reader: Reader, writer: Writer) -> None:
            server.listening.close()
            await closes(reader, writer)

        server.script = goes_down
        outcome = await tool.run(ARGS, idempotency_key="k")
    assert outcome.status is OutcomeStatus.UNKNOWN
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "error", "retryable"), [("500 Oops", "tool_failed", False), ("503 Later", "tool_transient", True)]
)
async def test_a_write_that_the_target_says_failed_has_failed(
    http: OutgoingClient, status: str, error: str, retryable: bool
) -> None:
    """It is an answer; without a key it is not tried again."""
    outcome, server = await run(http, answers(status), "delete_order")
    assert (outcome.status, outcome.error, outcome.retryable) == (OutcomeStatus.FAILED, error, retryable)
    assert server.connections == 1


async def test_a_target_that_is_down_has_done_nothing(http: OutgoingClient) -> None:
    """What was not sent may be tried again, and has surely failed."""
    async with raw_server(ORDER) as server:
        url = server.url
    outcome = await tools(http, url)["delete_order"].run({"order_id": 1})
    assert (outcome.status, outcome.error, outcome.retries) == (OutcomeStatus.FAILED, "tool_unavailable", 2)
    assert outcome.http_status is None
    assert "nothing was sent" in outcome.summary


async def test_an_address_that_is_not_allowed_is_not_tried_again() -> None:
    """A document cannot point a tool into the internal network."""
    async with raw_server(ORDER) as server, OutgoingClient() as strict:
        outcome = await tools(strict, server.url)["get_order"].run({"order_id": 1})
    assert (outcome.status, outcome.error, outcome.retries) == (OutcomeStatus.FAILED, "address_refused", 0)
    assert server.connections == 0


async def test_a_redirect_is_not_followed(http: OutgoingClient) -> None:
    """Nothing is done elsewhere than where it was shown."""
    outcome, server = await run(http, answers("302 Found\r\nLocation: /elsewhere"), "get_order")
    assert outcome.status is OutcomeStatus.FAILED
    assert server.connections == 1


async def test_a_write_whose_answer_cannot_be_read_is_done(http: OutgoingClient) -> None:
    """The status says so; what else the target said is lost."""
    broken = ok(b"not gzip", "Content-Encoding: gzip")
    done, _ = await run(http, broken, "cancel_order")
    found, _ = await run(http, broken, "get_order")
    assert done.ok
    assert done.data == {"note": "The answer could not be read.", "answer": None}
    assert (found.status, found.error) == (OutcomeStatus.FAILED, "tool_failed")


async def test_an_empty_answer_is_enough(http: OutgoingClient) -> None:
    """204 has no body."""
    outcome, _ = await run(http, answers("204 No Content"), "delete_order")
    assert (outcome.ok, outcome.data, outcome.summary) == (True, None, "Delete an order: done.")


# --- fetching a document ---------------------------------------------------------------------------------------


async def test_a_document_is_fetched(http: OutgoingClient) -> None:
    """From where an admin says."""
    async with raw_server(ok(json.dumps(DOCUMENT).encode())) as server:
        assert await fetch_document(f"{server.url}/openapi.json", http=http) == DOCUMENT


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (answers("404 Not Found"), "answered 404"),
        (ok(b"<html>"), "OpenAPI document|deep"),
        (ok(b"[1]"), "OpenAPI document|deep"),
        (ok(b"[" * 200_000), "OpenAPI document|deep"),
    ],
)
async def test_what_is_no_document_is_said(http: OutgoingClient, script: Script, says: str) -> None:
    """With the address, so that it can be corrected."""
    async with raw_server(script) as server:
        with pytest.raises(DocumentMistake, match=says):
            await fetch_document(server.url, http=http)


async def test_a_document_that_is_too_large_is_said(http: OutgoingClient) -> None:
    """It is not read to its end."""
    async with raw_server(ok(b" " * 10_000_001)) as server:
        with pytest.raises(DocumentMistake, match="larger than 10 MB"):
            await fetch_document(server.url, http=http)


async def test_a_document_that_cannot_be_reached_is_a_failure_of_its_own(http: OutgoingClient) -> None:
    """Nobody is told that the document is wrong."""
    async with raw_server(closes) as server:
        url = server.url
    with pytest.raises(ToolUnavailable):
        await fetch_document(url, http=http)
