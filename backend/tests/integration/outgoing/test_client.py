"""What is sent, to where, and what is known when no answer comes; against real sockets."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from socket import AF_INET, AddressFamily

import pytest
from aiohttp.abc import ResolveResult

from app.errors import AddressRefused, ToolOutcomeUnknown, ToolUnavailable
from app.outgoing.client import OutgoingClient
from app.outgoing.message import HttpResponse, NoAnswer, NotSent, OutgoingRequest, TargetRefused
from app.outgoing.ssrf import MAX_URL_CHARS
from tests.fake_dns import FakeResolver
from tests.raw_http_server import RawServer, Reader, Script, Writer, answers, closes, ok, raw_server, resets

pytestmark = pytest.mark.integration


def get(url: str, **headers: str) -> OutgoingRequest:
    return OutgoingRequest(method="GET", url=url, headers=headers)


def post(url: str, body: object = None, method: str = "POST") -> OutgoingRequest:
    return OutgoingRequest(method=method, url=url, body=body)


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    async with OutgoingClient(allow=["127.0.0.1"]) as safe:
        yield safe


# --- what is sent ----------------------------------------------------------------------------------------------


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


# --- where nothing was sent ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "0.0.0.0", "[fe80::1]",
     "[64:ff9b::7f00:1]", "2130706433", "0x7f000001", "127.1", "017700000001", "127.0.0.1."],
)  # fmt: skip
async def test_an_internal_address_is_refused(host: str) -> None:
    """However it is spelled, an internal address is refused before a socket is opened."""
    async with raw_server(ok(b"{}")) as server, OutgoingClient() as strict:
        with pytest.raises(TargetRefused) as refused:
            await strict.send(get(f"http://{host}:{server.port}/"))
    assert server.connections == 0
    assert not refused.value.retryable
    assert isinstance(refused.value, NotSent)
    assert isinstance(refused.value, AddressRefused)
    assert refused.value.code == "address_refused"


async def test_a_name_of_an_internal_address_is_refused() -> None:
    """What counts is where a name leads, and the message says how an admin can allow it."""
    async with raw_server(ok(b"{}")) as server, OutgoingClient(lookup=FakeResolver(["127.0.0.1"])) as strict:
        with pytest.raises(TargetRefused, match=r"intranet.example:\d+ .* loopback .* OUTGOING_ALLOW"):
            await strict.send(get(f"http://intranet.example:{server.port}/"))
    assert server.connections == 0


async def test_one_internal_address_among_public_ones_refuses_the_name() -> None:
    """A name that mixes public and internal addresses is not trusted with either."""
    async with raw_server(ok(b"{}")) as server, OutgoingClient(lookup=FakeResolver(["8.8.8.8", "127.0.0.1"])) as strict:
        with pytest.raises(TargetRefused):
            await strict.send(get(f"http://mixed.example:{server.port}/"))
    assert server.connections == 0


async def test_a_name_that_changes_its_answer_gains_nothing() -> None:
    """A name is looked up once a request, and what was checked is what would be connected to."""
    names = FakeResolver(["192.0.2.1"], ["127.0.0.1"])
    async with raw_server(ok(b"{}")) as server, OutgoingClient(lookup=names) as strict:
        for _ in range(2):
            with pytest.raises(TargetRefused):
                await strict.send(get(f"http://rebind.example:{server.port}/"))
    assert names.asked == ["rebind.example"] * 2
    assert server.connections == 0


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """The first answer is used for the connection; a second look-up never happens."""
    names = FakeResolver(["127.0.0.1"], ["192.0.2.1"])
    async with raw_server(ok(b"{}")) as server, OutgoingClient(lookup=names, allow=["shop.internal"]) as safe:
        answer = await safe.send(get(f"http://shop.internal:{server.port}/"))
    assert answer.status == 200
    assert names.asked == ["shop.internal"]
    assert f"host: shop.internal:{server.port}".encode() in server.requests[0].lower()


async def test_a_host_allowed_by_name_and_port_is_reached_there_only() -> None:
    """`127.0.0.1:PORT` opens that one port."""
    async with (
        raw_server(ok(b"{}")) as server,
        raw_server(ok(b"{}")) as other,
        OutgoingClient(allow=[f"127.0.0.1:{server.port}"]) as safe,
    ):
        assert (await safe.send(get(server.url))).status == 200
        with pytest.raises(TargetRefused):
            await safe.send(get(other.url))
    assert other.connections == 0


async def test_allowing_a_name_does_not_allow_its_address() -> None:
    """The list is by name: the bare address behind an allowed name stays refused."""
    async with raw_server(ok(b"{}")) as server, OutgoingClient(allow=["shop.internal"]) as safe:
        with pytest.raises(TargetRefused):
            await safe.send(get(server.url))


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "file:///etc/passwd", "//example.com/", "example.com", "http:///x", "http://", "",
     "http://user:secret@example.com/", "http://user@example.com/", "http://exa mple.com/", "http://bücher.example/",
     "http://example.com/\r\nX: y", "http://example.com:99999/", "http://[::1/", "http://a%2eb/",
     "http://example.com/" + "a" * MAX_URL_CHARS],
)  # fmt: skip
async def test_an_address_that_can_be_read_in_two_ways_is_refused(http: OutgoingClient, url: str) -> None:
    """Only plain http(s) addresses without credentials are used."""
    with pytest.raises(TargetRefused):
        await http.send(get(url))


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\x00"), ("X-A", "ü"), ("X A", "a"), ("X-A:", "a"), ("", "a"),
     ("Host", "evil.example"), ("content-length", "0"), ("Transfer-Encoding", "chunked"), ("Connection", "keep-alive")],
)  # fmt: skip
async def test_a_header_that_could_change_the_request_is_refused(http: OutgoingClient, name: str, value: str) -> None:
    """No value can add a header, and nobody sets what frames the request."""
    async with raw_server(ok(b"{}")) as server:
        with pytest.raises(TargetRefused):
            await http.send(OutgoingRequest(method="GET", url=server.url, headers={name: value}))
    assert server.connections == 0


@pytest.mark.parametrize("body", [float("nan"), {"x": object()}, {"x": "\ud800"}])
async def test_a_body_that_json_cannot_carry_is_refused(http: OutgoingClient, body: object) -> None:
    """A body that would be sent broken is not sent."""
    async with raw_server(ok(b"{}")) as server:
        with pytest.raises(TargetRefused, match="JSON"):
            await http.send(post(server.url, body))
    assert server.connections == 0


async def test_a_refused_connection_sent_nothing(http: OutgoingClient) -> None:
    """Nobody listens: surely nothing arrived, and later may be better."""
    async with raw_server(ok(b"{}")) as server:
        url = server.url
    with pytest.raises(NotSent, match="nothing was sent") as caught:
        await http.send(post(url, {}))
    assert not isinstance(caught.value, TargetRefused)
    assert caught.value.retryable
    assert isinstance(caught.value, ToolUnavailable)


async def test_a_name_that_does_not_exist_sent_nothing() -> None:
    """No address, no request."""
    async with OutgoingClient(lookup=FakeResolver([])) as safe:
        with pytest.raises(NotSent) as caught:
            await safe.send(post("https://nowhere.example/", {}))
    assert not isinstance(caught.value, TargetRefused)


async def test_a_name_server_that_says_nothing_is_waited_for_in_vain() -> None:
    """The look-up counts towards the time to connect."""

    class Silent(FakeResolver):
        async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
            await asyncio.Event().wait()
            raise AssertionError(host)

    async with OutgoingClient(lookup=Silent([]), connect_seconds=0.05) as safe:
        with pytest.raises(NotSent, match="in time"):
            await safe.send(get("https://slow.example/"))


async def test_a_broken_tls_handshake_sent_nothing(http: OutgoingClient) -> None:
    """The request follows the handshake, so a server that does not speak TLS has seen none of it."""

    async def serve(_: Reader, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        with pytest.raises(NotSent):
            await http.send(post(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", {"a": 1}))


# --- where it cannot be known ----------------------------------------------------------------------------------


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


# --- answers that cannot be used -------------------------------------------------------------------------------


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
