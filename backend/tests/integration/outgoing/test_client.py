"""Outgoing client against real sockets: requests as they are sent, and answers as they are handed back."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace

import pytest

from app.outgoing.client import OutgoingClient
from app.outgoing.message import HttpResponse, OutgoingRequest
from tests.integration.outgoing.requests import get, post
from tests.raw_http_server import RawServer, Reader, Writer, answers, ok, raw_server

pytestmark = pytest.mark.integration


async def test_an_answer_comes_back_whole(http: OutgoingClient) -> None:
    """Status, headers, body, content type and time are all there."""
    async with raw_server(ok(b'{"a":1}', "Content-Type: application/json; charset=utf-8\r\nX-Extra: yes")) as server:
        answer = await http.send(get(f"{server.url}/orders/1"))
    assert isinstance(answer, HttpResponse)
    assert (answer.status, answer.body, answer.content_type, answer.defect) == (
        200,
        b'{"a":1}',
        "application/json",
        None,
    )
    assert answer.headers["x-extra"] == "yes"
    assert answer.duration_ms >= 0


async def test_the_url_is_sent_as_it_was_shown(http: OutgoingClient) -> None:
    """Percent-encoding is neither undone nor doubled, and dots stay where they were encoded."""
    async with raw_server(ok(b"{}")) as server:
        await http.send(get(f"{server.url}/a%2Fb/%2E%2e/c%20d?x=%26%3D&y=1%2B1&z=a+b#part"))
    assert server.requests[0].startswith(b"GET /a%2Fb/%2E%2e/c%20d?x=%26%3D&y=1%2B1&z=a+b HTTP/1.1\r\n")


async def test_a_body_is_sent_as_json(http: OutgoingClient) -> None:
    """A body that is not bytes goes out as JSON in UTF-8, and says so."""
    async with raw_server(ok(b"{}")) as server:
        await http.send(post(server.url, {"reason": "zu spät", "amount": 5}))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body) == {"reason": "zu spät", "amount": 5}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_is_added_to_what_was_shown(http: OutgoingClient, method: str) -> None:
    """A request without a body has no Content-Type; beside what the connection needs, the shown headers are all."""
    request = OutgoingRequest(method=method, url="/", headers={"Idempotency-Key": "k-1"})
    async with raw_server(ok(b"{}")) as server:
        await http.send(replace(request, url=f"{server.url}/orders/1/cancel"))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    sent = dict(header.split(": ", 1) for header in headers)
    of_the_connection = {"Host", "Accept", "Accept-Encoding", "User-Agent", "Content-Length", "Connection"}
    assert line == f"{method} /orders/1/cancel HTTP/1.1"
    assert {name: value for name, value in sent.items() if name not in of_the_connection} == {"Idempotency-Key": "k-1"}
    assert (sent["User-Agent"], sent.get("Content-Length", "0"), body) == ("smart-support", "0", b"")


async def test_bytes_are_sent_untouched(http: OutgoingClient) -> None:
    """What was signed is what is sent."""
    async with raw_server(ok(b"{}")) as server:
        await http.send(
            OutgoingRequest(method="POST", url=server.url, headers={"content-type": "x/y"}, body=b'{ "a": 1 }')
        )
    assert server.requests[0].endswith(b'\r\n\r\n{ "a": 1 }')
    assert b"content-type: x/y" in server.requests[0]
    assert b"application/json" not in server.requests[0]


async def test_nothing_is_remembered_between_requests(http: OutgoingClient) -> None:
    """A cookie that a target sets is not sent back, and each request has its own connection."""
    async with raw_server(ok(b"{}", "Set-Cookie: session=1; Path=/")) as server:
        await http.send(get(server.url))
        await http.send(get(server.url))
    assert server.connections == 2
    assert b"cookie" not in server.requests[1].lower()


async def test_a_redirect_is_an_answer(http: OutgoingClient) -> None:
    """A 302 to an internal address is handed back, not followed."""
    async with raw_server(answers("302 Found\r\nLocation: http://169.254.169.254/latest")) as server:
        answer = await http.send(get(server.url))
    assert answer.status == 302
    assert answer.headers["location"] == "http://169.254.169.254/latest"
    assert server.connections == 1


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "503 Later"])
async def test_an_error_status_is_an_answer(http: OutgoingClient, status: str) -> None:
    """What the target says is handed on, whatever it is."""
    async with raw_server(answers(status, b"no")) as server:
        answer = await http.send(get(server.url))
    assert (answer.status, answer.body) == (int(status[:3]), b"no")


async def test_it_is_used_as_a_context_manager() -> None:
    """Without a session nothing is sent, and the mistake is named."""
    with pytest.raises(RuntimeError, match="async with"):
        await OutgoingClient().send(get("https://example.com"))


async def test_an_answer_over_the_limit_is_cut_and_says_so(http: OutgoingClient) -> None:
    """The status stands; no more than the limit is kept in memory."""
    async with raw_server(ok(b"x" * 5_000)) as server:
        answer = await http.send(post(server.url, {}), max_bytes=1_000)
    assert (answer.status, len(answer.body), answer.defect) == (200, 1_000, "too_large")


async def test_the_limit_counts_what_is_unpacked(http: OutgoingClient) -> None:
    """A small compressed answer cannot fill the memory."""
    bomb = gzip.compress(b"\0" * 3_000_000)
    async with raw_server(ok(bomb, "Content-Encoding: gzip")) as server:
        answer = await http.send(get(server.url), max_bytes=10_000)
    assert (len(answer.body), answer.defect) == (10_000, "too_large")


async def test_an_answer_that_cannot_be_unpacked_keeps_its_status(http: OutgoingClient) -> None:
    """What says that it is compressed and is not was still an answer."""
    async with raw_server(ok(b"not gzip at all", "Content-Encoding: gzip")) as server:
        answer = await http.send(post(server.url, {}))
    assert (answer.status, answer.body, answer.defect) == (200, b"", "undecodable")


async def test_a_compressed_answer_is_unpacked(http: OutgoingClient) -> None:
    """Targets may compress."""
    async with raw_server(ok(gzip.compress(b'{"a":1}'), "Content-Encoding: gzip")) as server:
        answer = await http.send(get(server.url))
    assert answer.body == b'{"a":1}'


async def test_a_cancelled_request_is_cancelled(http: OutgoingClient) -> None:
    """Whoever waits can stop waiting."""
    arrived = asyncio.Event()
    made: list[RawServer] = []

    async def silent(_: Reader, __: Writer) -> None:
        arrived.set()
        await made[0].let_go.wait()

    async with raw_server(silent) as server:
        made.append(server)
        sending = asyncio.create_task(http.send(get(server.url)))
        await arrived.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_twenty_requests_at_once_each_get_their_own_answer(http: OutgoingClient) -> None:
    """Answers are never mixed up."""

    async def echo(_: Reader, writer: Writer) -> None:
        path = server.requests[-1].split()[1]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path))
        await writer.drain()

    async with raw_server(echo) as server:
        answers = await asyncio.gather(*(http.send(get(f"{server.url}/{n}")) for n in range(20)))
    assert [answer.body for answer in answers] == [f"/{n}".encode() for n in range(20)]


def test_a_request_is_shown_without_empty_parts() -> None:
    """People see the method, the address and what there is besides."""
    bare = OutgoingRequest(method="GET", url="https://a.example/x")
    full = OutgoingRequest(method="PUT", url="https://a.example/x", headers={"X-A": "1"}, body={"b": 2})
    assert bare.shown() == {"method": "GET", "url": "https://a.example/x"}
    assert full.shown() == {"method": "PUT", "url": "https://a.example/x", "headers": {"X-A": "1"}, "body": {"b": 2}}


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"a=1&b=x+y", "a=1&b=x+y"),
        ("zu spät\r\n".encode(), "zu spät\r\n"),
        (b"", ""),
        (b"\xff\x00", "2 bytes, SHA-256 "),
        (b"a\x00b", "3 bytes, SHA-256 "),
    ],
)
def test_a_body_of_bytes_is_shown_so_that_people_can_read_it(body: bytes, shown: str) -> None:
    """Its text, or its size and digest; the record is JSON and the database takes no NUL."""
    request = OutgoingRequest(method="POST", url="https://a.example/x", body=body)
    assert str(request.shown()["body"]).startswith(shown)
