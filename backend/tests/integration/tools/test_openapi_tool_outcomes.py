"""Outcomes of a document's tools, against real sockets: how often a request is sent, and what is known afterwards."""

from __future__ import annotations

import json

import pytest

from app.outgoing.client import OutgoingClient
from app.tools.base import OutcomeStatus, ToolOutcome
from tests.integration.tools.shop_tools import ARGS, ORDER, tools
from tests.raw_http_server import RawServer, Reader, Script, Writer, answers, closes, ok, raw_server, resets

pytestmark = pytest.mark.integration


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
    "script",
    [
        closes,
        resets,
        silent,
        answers("500 Oops"),
        answers("502 Bad"),
        answers("503 Later"),
        answers("504 Late"),
        answers("599 Own"),
        answers("301 Moved\r\nLocation: /elsewhere"),
        answers("302 Found\r\nLocation: /sign-in"),
        answers("307 Again\r\nLocation: /elsewhere"),
        answers("200 OK", b"x", length=9),
    ],
)
async def test_a_write_without_a_clear_answer_is_unknown_and_sent_once(
    http: OutgoingClient, script: Script, name: str
) -> None:
    """A target that acted may fail while it answers, so nobody is told that it was done, or that it was not."""
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
    ("status", "error", "retryable"),
    [
        ("501 Not Implemented", "tool_failed", False),
        ("503 Later\r\nRetry-After: 9", "tool_transient", True),
        ("429 Busy", "tool_transient", True),
        ("409 Conflict", "tool_failed", False),
    ],
)
async def test_a_write_that_the_target_says_it_did_not_begin_has_failed(
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


@pytest.mark.parametrize("name", ["cancel_order", "delete_order"])
async def test_see_other_after_a_post_is_done(http: OutgoingClient, name: str) -> None:
    """It says that the request was carried out and where its result stands; after anything but a POST it does not."""
    outcome, server = await run(http, answers("303 See Other\r\nLocation: /orders/1042"), name)
    done = OutcomeStatus.SUCCEEDED if server.requests[0].startswith(b"POST") else OutcomeStatus.UNKNOWN
    assert (outcome.status, server.connections) == (done, 1)


async def test_a_write_whose_answer_says_that_it_failed_has_failed(http: OutgoingClient) -> None:
    """The status alone is not believed, and the target's own words are told; a read hands over what it found."""
    script = ok(b'{"success": false, "message": "Order 1042 has been shipped."}')
    outcome, _ = await run(http, script, "cancel_order", key="k")
    assert (outcome.status, outcome.error, outcome.http_status) == (OutcomeStatus.FAILED, "tool_failed", 200)
    assert outcome.summary == "Cancel an order did not work: Order 1042 has been shipped."
    found, _ = await run(http, script, "get_order")
    assert found.ok


async def test_a_sign_in_page_says_nothing_of_a_write(http: OutgoingClient) -> None:
    """It came with 200, and nobody knows what became of the request."""
    outcome, _ = await run(http, ok(b"<!doctype html><title>Sign in</title>"), "delete_order")
    assert outcome.status is OutcomeStatus.UNKNOWN


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
