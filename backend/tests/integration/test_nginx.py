"""The nginx configuration of the Docker image, for real: in front of a backend that tells what it was sent."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from io import BytesIO
from pathlib import Path
from socket import create_server
from typing import Any, TypeAlias

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from app.api.middleware import SECURITY_HEADERS
from app.settings import PROJECT

pytestmark = pytest.mark.integration
START_SECONDS = 20
Start: TypeAlias = Callable[..., AbstractAsyncContextManager[aiohttp.ClientSession]]


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def echo(request: web.Request) -> web.StreamResponse:
    if request.headers.get("Upgrade", "").lower() == "websocket":
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(f"heard {message.data}")
        return socket
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
    told = {"path": request.path_qs, "headers": dict(request.headers), "body": len(await request.read())}
    return web.json_response(told, headers=headers)


async def wait_for(port: int, process: asyncio.subprocess.Process) -> None:
    """Return when something listens on the port."""
    async with asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return await writer.wait_closed()
            await asyncio.sleep(0.02)
    raise AssertionError("nginx did not start: is it installed?")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start nginx in front of the echoing backend, or of nothing, and return a client of it."""
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>Smart Support</title>")
    (pages / "assets/main-4f2a.js").write_text("export const long = 1;\n" * 200)
    (pages / ".secret").write_text("nobody's page")

    @asynccontextmanager
    async def started(*, backend: bool = True, outer_proxies: str = "") -> AsyncIterator[aiohttp.ClientSession]:
        app = web.Application(client_max_size=2**20)
        app.router.add_route("*", "/{path:.*}", echo)
        async with TestServer(app) as upstream:
            ports = (str(upstream.port if backend else free_port()), str(free_port()))
            nginx = await asyncio.create_subprocess_exec(
                *(PROJECT / "nginx/local.sh", *ports, pages, tmp_path / "nginx"),
                env={"PATH": os.environ["PATH"], "OUTER_PROXIES": outer_proxies},  # noqa: TID251 - to find nginx
            )
            try:
                await wait_for(int(ports[1]), nginx)
                async with aiohttp.ClientSession(f"http://127.0.0.1:{ports[1]}") as client:
                    yield client
            finally:
                if nginx.returncode is None:
                    nginx.terminate()
                await nginx.wait()

    return started


async def told(client: aiohttp.ClientSession, path: str, **headers: str) -> dict[str, Any]:
    async with client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as answer:
        body: dict[str, Any] = await answer.json()
        return body


async def test_every_address_is_a_page_of_the_application(start: Start) -> None:
    """Any path without a file answers with the page, which a browser has to ask for each time."""
    async with start() as client:
        for path in ("/", "/approvals", "/replay/t1?step=3"):
            async with client.get(path) as answer:
                assert answer.status == 200
                assert "Smart Support" in await answer.text()
                assert answer.headers["Cache-Control"] == "no-cache"


async def test_assets_are_kept_for_ever_and_compressed(start: Start) -> None:
    """A file with a digest in its name may be kept; one that is missing is missing, and not kept."""
    async with start() as client:
        async with client.get("/assets/main-4f2a.js", headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["Content-Encoding"] == "gzip"
        async with client.get("/assets/gone-0000.js") as answer:
            assert answer.status == 404
            assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/.secret", "/.git/config", "/metrics"])
async def test_what_is_not_public_is_not_there(start: Start, path: str) -> None:
    """Hidden files and the metrics are not served to the public."""
    async with start() as client, client.get(path) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["/", "/assets/main-4f2a.js", "/assets/gone.js", "/api/health", "/.secret"])
async def test_every_answer_has_the_security_headers_once(start: Start, path: str) -> None:
    """Pages, errors and the backend's answers carry the same security headers, each exactly once."""
    async with start() as client, client.get(path) as answer:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers.getall(name) == [value], name


async def test_the_api_reaches_the_backend_as_it_is(start: Start) -> None:
    """Path and query are handed on unchanged, and what the backend says of caching stands."""
    async with start() as client, client.get(URL("/api/v1/actions?after=a%2Fb&x=1", encoded=True)) as answer:
        assert (await answer.json())["path"] == "/api/v1/actions?after=a%2Fb&x=1"
        assert answer.headers.getall("Cache-Control") == ["no-store"]


async def test_the_backend_learns_who_really_asks(start: Start) -> None:
    """The client's address and scheme are ours to say; what a client claims about them is dropped."""
    async with start() as client:
        claims = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https", "Forwarded": "for=203.0.113.9"}
        sent = (await told(client, "/api/who", X_Forwarded_Host="evil.example", **claims))["headers"]
    assert sent["X-Forwarded-For"] == "127.0.0.1"
    assert sent["X-Forwarded-Proto"] == "http"
    assert sent["Host"].startswith("127.0.0.1:")
    assert sent["X-Request-ID"]
    assert not {"Forwarded", "X-Forwarded-Host"} & set(sent)


async def test_a_proxy_in_front_is_believed_if_it_was_named(start: Start) -> None:
    """With OUTER_PROXIES the address and the scheme that this proxy saw reach the backend."""
    async with start(outer_proxies="192.0.2.0/24, 127.0.0.1") as client:
        seen = {"X_Forwarded_For": "198.51.100.7", "X_Forwarded_Proto": "https"}
        sent = (await told(client, "/api/who", **seen))["headers"]
    assert sent["X-Forwarded-For"] == "198.51.100.7"
    assert sent["X-Forwarded-Proto"] == "https"


async def test_sockets_are_upgraded(start: Start) -> None:
    """A WebSocket goes through in both directions."""
    async with start() as client, client.ws_connect("/ws") as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == "heard hello"


async def test_the_backend_explains_its_own_limits(start: Start) -> None:
    """A body over the backend's limit reaches the backend, one far over it is stopped before."""
    async with start() as client:
        async with client.post("/api/x", data=b"x" * 300_000) as answer:
            assert (await answer.json())["body"] == 300_000
        async with client.post("/api/x", data=BytesIO(b"x" * 2_000_000)) as answer:
            assert answer.status == 413


async def test_a_missing_backend_is_a_sentence(start: Start) -> None:
    """While the backend is away the API answers in its own form that it is."""
    async with start(backend=False) as client, client.get("/api/health") as answer:
        assert answer.status == 503
        body = await answer.json()
        assert (body["success"], body["error"]["code"]) == (False, "unavailable")


async def test_one_address_is_slowed_down_and_told_so(start: Start) -> None:
    """Beyond a burst nginx itself answers 429, in the API's own form; the pages are not counted."""
    async with start() as client:
        answers = await asyncio.gather(*(client.get("/api/health") for _ in range(500)))
        refused = [answer for answer in answers if answer.status == 429]
        assert refused
        assert (await refused[0].json())["error"]["code"] == "rate_limited"
        async with client.get("/") as page:
            assert page.status == 200


async def test_one_address_holds_so_many_sockets(start: Start) -> None:
    """Sockets of one address are counted for all replicas behind it."""
    async with start() as client, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as many:
        async with client.get("/") as page:
            address = page.url.with_path("/ws")
        opened = [await many.ws_connect(address) for _ in range(100)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await many.ws_connect(address)
        assert refused.value.status == 429
        for socket in opened:
            await socket.close()


async def test_over_https_browsers_are_told_to_stay_there(start: Start) -> None:
    """A proxy that we believe says that it was https; without https nothing is said."""
    async with start(outer_proxies="127.0.0.1") as client:
        async with client.get("/", headers={"X-Forwarded-Proto": "https"}) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        async with client.get("/") as answer:
            assert "Strict-Transport-Security" not in answer.headers
