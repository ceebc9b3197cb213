"""Requests without a whole answer: the target may have acted, so nothing is sent again and nothing is claimed."""

from __future__ import annotations

import pytest

from app.errors import ToolOutcomeUnknown
from app.outgoing.client import OutgoingClient
from app.outgoing.message import NoAnswer
from tests.integration.outgoing.requests import get, post
from tests.raw_http_server import RawServer, Reader, Script, Writer, answers, closes, raw_server, resets

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "GET"])
@pytest.mark.parametrize("script", [closes, resets])
async def test_a_connection_that_breaks_after_the_request_is_never_tried_again(
    http: OutgoingClient, script: Script, method: str
) -> None:
    """The target may have acted, so the request is sent once, also with methods that the library would repeat."""
    async with raw_server(script) as server:
        with pytest.raises(NoAnswer) as caught:
            await http.send(post(f"{server.url}/x", None if method == "GET" else {"a": 1}, method))
        assert server.connections == 1
    assert len(server.requests) == 1
    assert isinstance(caught.value, ToolOutcomeUnknown)
    assert caught.value.http_status is None


async def test_a_target_that_accepts_and_says_nothing_leaves_it_unknown(http: OutgoingClient) -> None:
    """The request arrived, the time ran out: nobody knows what the target did."""
    made: list[RawServer] = []

    async def silent(_: Reader, __: Writer) -> None:
        await made[0].let_go.wait()

    async with raw_server(silent) as server:
        made.append(server)
        with pytest.raises(NoAnswer, match="did not answer in time"):
            await http.send(post(server.url, {"a": 1}), timeout_seconds=0.2)
        assert len(server.requests) == 1


async def test_a_body_that_is_cut_leaves_it_unknown_but_for_the_status(http: OutgoingClient) -> None:
    """Half an answer is no answer; the status that came is kept."""
    async with raw_server(answers("409 Conflict", b'{"half', length=100)) as server:
        with pytest.raises(NoAnswer) as caught:
            await http.send(post(server.url, {}))
    assert caught.value.http_status == 409


async def test_a_body_that_never_ends_leaves_it_unknown(http: OutgoingClient) -> None:
    """The time limit covers the body too."""
    made: list[RawServer] = []

    async def drips(_: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        await made[0].let_go.wait()

    async with raw_server(drips) as server:
        made.append(server)
        with pytest.raises(NoAnswer) as caught:
            await http.send(get(server.url), timeout_seconds=0.2)
    assert caught.value.http_status == 200


@pytest.mark.parametrize(
    "reply", [b"garbage\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nX" + b"x" * 70_000]
)
async def test_an_answer_that_is_not_http_leaves_it_unknown(http: OutgoingClient, reply: bytes) -> None:
    """Something answered, and nobody knows what."""

    async def script(_: Reader, writer: Writer) -> None:
        writer.write(reply)
        await writer.drain()

    async with raw_server(script) as server:
        with pytest.raises(NoAnswer):
            await http.send(post(server.url, {}))
    assert len(server.requests) == 1


async def test_chunks_that_break_off_leave_it_unknown(http: OutgoingClient) -> None:
    """A chunked body without its last chunk was cut."""

    async def script(_: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await writer.drain()

    async with raw_server(script) as server:
        with pytest.raises(NoAnswer) as caught:
            await http.send(get(server.url))
    assert caught.value.http_status == 200
