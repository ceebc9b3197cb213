"""Fetching what stands at an address: from real servers, well-behaved and not, with names that a test hands in."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest

from app.errors import FetchMistake, FetchRefused, FetchStatus, FetchTooLarge
from app.outgoing.client import OutgoingClient
from tests.fake_dns import FakeHosts, FakeResolver
from tests.raw_http_server import RawServer, Reader, Script, Writer, answers, closes, ok, raw_server, resets

pytestmark = pytest.mark.integration

LOCAL = ["127.0.0.1"]


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    async with OutgoingClient(allow=LOCAL) as safe:
        yield safe


def leads_to(location: str, status: str = "302 Found") -> Script:
    return answers(f"{status}\r\nLocation: {location}")


def by_path(**scripts: Script) -> Script:
    """Answer each path (without its slash) with a script of its own."""

    async def script(reader: Reader, writer: Writer) -> None:
        path = server[0].requests[-1].split()[1].decode().strip("/").split("?")[0] or "start"
        await scripts[path](reader, writer)

    server: list[RawServer] = []
    script.server = server  # type: ignore[attr-defined]
    return script


# --- what is found ---------------------------------------------------------------------------------------------


async def test_what_stands_there_comes_back(http: OutgoingClient) -> None:
    """With where it was found and what it says it is."""
    async with raw_server(ok(b"openapi: 3.1.0", "Content-Type: application/yaml; charset=utf-8")) as server:
        found = await http.fetch(f"{server.url}/openapi.yaml")
    assert (found.url, found.body, found.content_type) == (
        f"{server.url}/openapi.yaml",
        b"openapi: 3.1.0",
        "application/yaml",
    )
    assert server.requests[0].startswith(b"GET /openapi.yaml HTTP/1.1\r\n")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_followed(http: OutgoingClient, status: str) -> None:
    """Every kind; and the final address is told, for what is relative to it."""
    async with raw_server(ok(b"here")) as there, raw_server(leads_to(f"{there.url}/v2/openapi.json", status)) as start:
        found = await http.fetch(start.url)
    assert (found.url, found.body) == (f"{there.url}/v2/openapi.json", b"here")


async def test_a_compressed_document_is_unpacked(http: OutgoingClient) -> None:
    """Documents travel compressed."""
    async with raw_server(ok(gzip.compress(b"x" * 5_000), "Content-Encoding: gzip")) as server:
        assert (await http.fetch(server.url)).body == b"x" * 5_000


# --- where it may lead -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/x", "file:///etc/passwd", "gopher://127.0.0.1/", "data:text/plain,x", "//example.com", "",
     "http://user:secret@127.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/",
     "http://100.100.100.200/", "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:7f00:1::]/",
     "http://0.0.0.0/", "http://[::]/", "http://[ff02::1]/", "http://2130706433/", "http://10.0.0.1/"],
)  # fmt: skip
async def test_only_public_web_addresses_are_fetched(url: str) -> None:
    """Nothing is sent anywhere else, and the reason is said without the password."""
    async with OutgoingClient() as strict:
        with pytest.raises(FetchRefused) as caught:
            await strict.fetch(url)
    assert caught.value.code == "fetch_refused"
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest/meta-data", "http://[::1]:{port}/", "http://localhost.example:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://2130706433:{port}/", "http://user:pw@127.0.0.1:{port}/",
     "file:///etc/passwd", "http://0x7f.1:{port}/", "http://[fe80::1%25lo]:{port}/"],
)  # fmt: skip
async def test_a_redirect_to_an_internal_address_is_refused(location: str) -> None:
    """Each address on the way is checked as if a person had given it."""
    async with raw_server(ok(b"internal")) as inside:
        names = FakeHosts(start_example=["127.0.0.1"], localhost_example=["127.0.0.1"])
        async with (
            raw_server(leads_to(location.format(port=inside.port))) as start,
            OutgoingClient(allow=["start.example"], lookup=names) as safe,
        ):
            with pytest.raises(FetchRefused):
                await safe.fetch(f"http://start.example:{start.port}/")
    assert (start.connections, inside.connections) == (1, 0)


async def test_a_name_that_changes_its_answer_between_redirects_gains_nothing() -> None:
    """The name is looked up anew for each request, and each answer is checked: public at first, internal then."""
    names = FakeResolver(["192.0.2.1"], ["127.0.0.1"])
    async with raw_server(ok(b"internal")) as inside, OutgoingClient(lookup=names) as strict:
        for _ in range(2):
            with pytest.raises(FetchRefused):
                await strict.fetch(f"http://changing.example:{inside.port}/")
    assert inside.connections == 0


@pytest.mark.parametrize("address", ["::1", "::ffff:10.0.0.1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "ff02::1"])
async def test_a_name_with_an_internal_ipv6_address_is_refused(address: str) -> None:
    """Also where it stands beside a public one."""
    async with OutgoingClient(lookup=FakeResolver(["2606:4700::1111", address])) as strict:
        with pytest.raises(FetchRefused, match="OUTGOING_ALLOW"):
            await strict.fetch("http://six.example/")


async def test_a_circle_ends(http: OutgoingClient) -> None:
    """Two addresses that lead to each other are asked once each."""
    script = by_path(a=leads_to("/b"), b=leads_to("/a"))
    async with raw_server(script) as server:
        script.server.append(server)  # type: ignore[attr-defined]
        with pytest.raises(FetchRefused, match="circle"):
            await http.fetch(f"{server.url}/a")
    assert server.connections == 2


async def test_leading_on_and_on_ends(http: OutgoingClient) -> None:
    """After five redirects."""

    async def script(reader: Reader, writer: Writer) -> None:
        await leads_to(f"/{server.connections}")(reader, writer)

    async with raw_server(script) as server:
        with pytest.raises(FetchRefused, match="more than 5"):
            await http.fetch(server.url)
    assert server.connections == 6


async def test_a_redirect_that_leads_nowhere_is_said(http: OutgoingClient) -> None:
    """302 without Location."""
    async with raw_server(answers("302 Found")) as server:
        with pytest.raises(FetchMistake, match="leads nowhere"):
            await http.fetch(server.url)


async def test_headers_are_never_sent_to_another_origin(http: OutgoingClient) -> None:
    """Not to another port, and not even back home once the way led through a stranger."""
    home, away = by_path(start=ok(b""), end=ok(b"done"), next=ok(b"")), ok(b"")
    async with raw_server(home) as server, raw_server(away) as stranger:
        home.server.append(server)  # type: ignore[attr-defined]
        stranger.script = leads_to(f"{server.url}/end")
        server.script = _start_then(leads_to("/next"), leads_to(stranger.url), ok(b"done"))
        found = await http.fetch(server.url, headers={"Authorization": "Bearer t0ken"})
    carried = [b"t0ken" in request for request in (*server.requests, *stranger.requests)]
    assert found.body == b"done"
    assert carried == [True, True, False, False]


def _start_then(*scripts: Script) -> Script:
    left = list(scripts)

    async def script(reader: Reader, writer: Writer) -> None:
        await left.pop(0)(reader, writer)

    return script


# --- how much, how long ----------------------------------------------------------------------------------------


async def test_too_much_is_not_read(http: OutgoingClient) -> None:
    """The limit is counted while reading."""
    async with raw_server(ok(b"x" * 5_001)) as server:
        with pytest.raises(FetchTooLarge, match=r"0\.005 MB"):
            await http.fetch(server.url, max_bytes=5_000)
        assert len((await http.fetch(server.url, max_bytes=5_001)).body) == 5_001


@pytest.mark.parametrize("head", ["Transfer-Encoding: chunked", "Connection: close"])
async def test_a_body_that_never_ends_is_cut_at_the_limit(http: OutgoingClient, head: str) -> None:
    """Whatever is announced, no more than the limit is read; the server is hung up on."""
    sent = 0

    async def endless(_: Reader, writer: Writer) -> None:
        nonlocal sent
        writer.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        block = b"x" * 4_096
        while True:
            writer.write(b"1000\r\n" + block + b"\r\n" if "chunked" in head else block)
            await writer.drain()
            sent += len(block)

    async with raw_server(endless) as server:
        with pytest.raises(FetchTooLarge):
            await http.fetch(server.url, max_bytes=100_000)
    assert server.connections == 1
    assert sent < 20_000_000


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_bomb_does_not_go_off(http: OutgoingClient, coding: str) -> None:
    """100 MB that travel as 100 kB are counted as they unfold, and never stand in memory together."""
    plain = b"\0" * 100_000_000
    bomb = gzip.compress(plain) if coding == "gzip" else zlib.compress(plain)
    del plain
    assert len(bomb) < 150_000
    async with raw_server(ok(bomb, f"Content-Encoding: {coding}")) as server:
        tracemalloc.start()
        try:
            with pytest.raises(FetchTooLarge):
                await http.fetch(server.url, max_bytes=1_000_000)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    "script",
    [
        closes,
        resets,
        answers("200 OK", b"half", length=100),
        answers("200 OK", b"document and more", length=8),
        ok(b"not gzip", "Content-Encoding: gzip"),
        answers("200 OK\r\nContent-Length: 3", b"four", length=4),
        answers("200 OK\r\nX: " + "y" * 70_000),
    ],
)
async def test_what_does_not_come_whole_is_not_used(http: OutgoingClient, script: Script) -> None:
    """Half a document is none; nobody is told that it was sent."""
    async with raw_server(script) as server:
        with pytest.raises(FetchMistake) as caught:
            await http.fetch(server.url)
    assert caught.value.code == "fetch_failed"
    assert caught.value.retryable
    assert "request was sent" not in caught.value.message


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
async def test_a_slow_drip_ends_with_the_time(http: OutgoingClient, part: bytes) -> None:
    """The limit is for everything together, however often a byte comes."""
    made: list[RawServer] = []

    async def drips(_: Reader, writer: Writer) -> None:
        for byte in part:
            writer.write(bytes([byte]))
            await writer.drain()
        await made[0].let_go.wait()

    async with raw_server(drips) as server:
        made.append(server)
        with pytest.raises(FetchMistake, match="in time"):
            await http.fetch(server.url, timeout_seconds=0.3)


async def test_redirects_share_one_time_limit(http: OutgoingClient) -> None:
    """A chain of slow answers does not add up."""
    made: list[RawServer] = []

    async def silent(_: Reader, __: Writer) -> None:
        await made[0].let_go.wait()

    async with raw_server(silent) as slow, raw_server(leads_to(slow.url)) as start:
        made.append(slow)
        async with asyncio.timeout(5):
            with pytest.raises(FetchMistake):
                await http.fetch(start.url, timeout_seconds=0.3)
    assert slow.connections == 1


@pytest.mark.parametrize("status", ["404 Not Found", "401 No", "500 Oops", "304 Not Modified"])
async def test_another_status_is_said(http: OutgoingClient, status: str) -> None:
    """An error page is no document."""
    async with raw_server(answers(status)) as server:
        with pytest.raises(FetchStatus, match=status[:3]) as caught:
            await http.fetch(server.url)
    assert caught.value.code == "fetch_status"


async def test_a_server_that_is_not_there_is_said(http: OutgoingClient) -> None:
    """With the host, and that later may be better."""
    async with raw_server(closes) as server:
        url = server.url
    with pytest.raises(FetchMistake, match="could not be reached") as caught:
        await http.fetch(url)
    assert not isinstance(caught.value, FetchRefused)
