"""Requests that were surely not sent: an address that is refused, a request that can be misread, no connection."""

from __future__ import annotations

import asyncio
from socket import AF_INET, AddressFamily

import pytest
from aiohttp.abc import ResolveResult

from app.errors import AddressRefused, ToolUnavailable
from app.outgoing.client import OutgoingClient
from app.outgoing.message import NotSent, OutgoingRequest, TargetRefused
from app.outgoing.ssrf import MAX_URL_CHARS
from tests.fake_dns import FakeResolver
from tests.integration.outgoing.requests import get, post
from tests.raw_http_server import Reader, Writer, ok, raw_server

pytestmark = pytest.mark.integration


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
