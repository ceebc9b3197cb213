"""Contestants of the benchmark: each is a process that answers waves of chats, and a client that drives it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import aiohttp
import psutil

from app.settings import BACKEND

MESSAGE: Final = "Where is order 1042?"
START_SECONDS: Final = 60.0
HERE: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Wave:
    """So many chats at once, each of so many turns, with a model of this speed."""

    model: str
    chats: int
    turns: int

    @property
    def all_turns(self) -> int:
        """All of its turns together."""
        return self.chats * self.turns


@dataclass(kw_only=True)
class Took:
    """What a wave took: seconds by the clock, of the server's processor, and until each follow-up's first token."""

    seconds: float
    cpu: float
    first: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """Something that answers."""

    name: str
    database: str
    process: psutil.Process
    run: Callable[[Wave], Awaitable[Took]]

    @property
    def memory(self) -> float:
        """Its resident memory in MB."""
        return float(self.process.memory_info().rss) / 1e6


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What every contestant is given."""

    model_url: str
    shop_url: str
    """The demo shop's own address."""
    demo_url: str
    peers: Path | None
    """The interpreter of the environment in which the others are installed."""


@asynccontextmanager
async def stock(database: str, around: Surroundings) -> AsyncIterator[Contestant]:
    """LangGraph in a process of its own, driven line by line."""
    async with started(
        str(around.peers), str(HERE / "stock.py"), database, around.model_url, around.shop_url
    ) as process:
        reader, writer = process.stdout, process.stdin
        if reader is None or writer is None:
            raise SystemExit("The process has no pipes.")
        await reader.readline()

        async def run(wave: Wave) -> Took:
            writer.write(json.dumps({"model": wave.model, "chats": wave.chats, "turns": wave.turns}).encode() + b"\n")
            return Took(**json.loads(await reader.readline()))

        yield Contestant(name="LangGraph alone", database=database, process=psutil.Process(process.pid), run=run)


@asynccontextmanager
async def agno(database: str, around: Surroundings, port: int) -> AsyncIterator[Contestant]:
    """AgentOS of agno, asked over HTTP as its own page does."""
    command = (str(around.peers), str(HERE / "agno_server.py"), database, around.model_url, around.shop_url, str(port))
    async with started(*command) as process, _client(f"http://127.0.0.1:{port}") as client:
        await _answers(client, "/config")

        async def turn(model: str, session: str) -> float:
            began, first = time.perf_counter(), 0.0
            form = {"message": MESSAGE, "stream": "true", "session_id": session}
            async with client.post(f"/agents/{model}/runs", data=form) as response:
                async for line in response.content:
                    if not first and line.startswith(b"data:") and _says_something(json.loads(line[5:])):
                        first = time.perf_counter() - began
            if not first:
                raise SystemExit(f"agno has said nothing: {response.status}")
            return first

        async def chat(wave: Wave) -> list[float]:
            session = uuid4().hex
            return [await turn(wave.model, session) for _ in range(wave.turns)]

        server = psutil.Process(process.pid)
        yield Contestant(name="agno AgentOS", database=database, process=server, run=_driver(server, chat))


@asynccontextmanager
async def smart_support(database: str, around: Surroundings, port: int, data: Path) -> AsyncIterator[Contestant]:
    """Serve this product as it is served anywhere, and ask it over its WebSocket."""
    settings = {
        "PORT": str(port),
        "DATABASE_URL": database,
        "DATA_DIR": str(data),
        "DEMO_APIS_URL": around.demo_url,
        "SECRET_KEY": "a secret key of some length for this run alone",
        "OPENAI_BASE_URL": around.model_url,
        "AGENTS_FILE": str(_agents_file(data)),
        "LLM_MODEL": "burst",
        "LOG_LEVEL": "warning",
        "PYTHONPATH": str(BACKEND),
    }
    async with AsyncExitStack() as stack:
        url = f"http://127.0.0.1:{port}"
        process = await stack.enter_async_context(started(sys.executable, "-m", "app.cli", "serve", **settings))
        await _answers(await stack.enter_async_context(_client(url)), "/api/health")

        async def chat(wave: Wave) -> list[float]:
            async with _client(url) as client:
                await (await client.get("/api/v1/session")).read()
                async with client.ws_connect("/ws") as socket:
                    return [await _turn(socket, thread) for thread in [uuid4().hex] for _ in range(wave.turns)]

        server = psutil.Process(process.pid)
        yield Contestant(name="Smart Support", database=database, process=server, run=_driver(server, chat))


def _agents_file(data: Path) -> Path:
    """Write the shop's agents down with an API that is not throttled: the others' are not either."""
    shop = (
        "{name: shop, document: '${DEMO_APIS_URL}/shop/openapi.json', base_url: '${DEMO_APIS_URL}/shop', "
        "limits: {concurrency: 100, per_second: 1000}}"
    )
    path = data.with_suffix(".yaml")
    path.write_text(f"template: e-commerce\napis: [{shop}]\n")
    return path


async def _turn(socket: aiohttp.ClientWebSocketResponse, thread: str) -> float:
    began, first = time.perf_counter(), 0.0
    await socket.send_json({"type": "message", "thread_id": thread, "content": MESSAGE})
    async for received in socket:
        frame = json.loads(received.data)
        if frame["type"] == "token" and not first:
            first = time.perf_counter() - began
        if frame["type"] == "message_complete":
            return first
        if frame["type"] == "error":
            raise SystemExit(f"A turn failed: {frame}")
    raise SystemExit("The socket closed in the middle of a turn.")


def _driver(
    server: psutil.Process, chat: Callable[[Wave], Awaitable[list[float]]]
) -> Callable[[Wave], Awaitable[Took]]:
    async def run(wave: Wave) -> Took:
        began, worked = time.perf_counter(), _cpu(server)
        firsts = await asyncio.gather(*(chat(wave) for _ in range(wave.chats)))
        took = Took(seconds=time.perf_counter() - began, cpu=_cpu(server) - worked)
        took.first = [first for one in firsts for first in one[1:]]
        return took

    return run


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def _says_something(event: Any) -> bool:
    return isinstance(event, dict) and event.get("event") == "RunContent" and bool(event.get("content"))


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    jar, connector = aiohttp.CookieJar(unsafe=True), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(base_url=url, cookie_jar=jar, connector=connector) as client:
        yield client


async def _answers(client: aiohttp.ClientSession, path: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with client.get(path) as response:
                    if response.ok:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)


@asynccontextmanager
async def started(*command: str, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program for the length of the block; what it says is kept from the table."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "LLM"))}  # noqa: TID251 - PATH and the like
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=BACKEND,
        env=kept | settings,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
