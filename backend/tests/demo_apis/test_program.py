from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

BACKEND = Path(__file__).parents[2]

# A start takes half a second on an idle machine; on a busy one, a test should wait rather than fail.
PATIENCE = 30

pytestmark = pytest.mark.integration


class Program:
    """A running `python -m demo_apis`."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        async with (
            ClientSession() as session,
            session.request(method, f"http://127.0.0.1:{self.port}{path}", **options) as response,
        ):
            return json.loads(await response.read())

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the program with its data in the test's folder; what still runs at the end is killed."""
    started: list[Process] = []

    async def start(*options: str, data: Path = tmp_path) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "demo_apis", "--data", str(data), *options,
            cwd=BACKEND, stdin=PIPE, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ready(process: Process) -> Program:
    assert process.stdout is not None
    line = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))
    assert line["ready"] is True
    return Program(process, line["port"])


async def test_data_and_keys_survive_a_restart(start: Start) -> None:
    """A cancelled order is still cancelled after a kill, and its key still repeats its answer."""
    first = await ready(await start("--port", "0"))
    key = {"Idempotency-Key": "a"}
    cancelled = await first.ask("POST", "/shop/orders/1042/cancel", headers=key)
    first.process.kill()
    await first.ended()
    second = await ready(await start("--port", "0"))
    assert await second.ask("GET", "/shop/orders/1042") == cancelled
    assert await second.ask("POST", "/shop/orders/1042/cancel", headers=key) == cancelled


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it(start: Start, number: signal.Signals) -> None:
    """Asked to stop, it stops cleanly."""
    program = await ready(await start("--port", "0"))
    program.process.send_signal(number)
    assert await program.ended() == 0


async def test_it_ends_with_its_parent(start: Start) -> None:
    """When stdin closes, as it does when the parent dies, the program stops, even with a request on hold."""
    program = await ready(await start("--port", "0", "--until-stdin-closes", "--control"))
    await program.ask("PUT", "/shop/_control", json={"hold": True})
    held = asyncio.create_task(program.ask("GET", "/shop/orders"))
    await program.ask("GET", "/shop/_control?holding=1")
    assert program.process.stdin is not None
    program.process.stdin.close()
    assert await program.ended() == 0
    await asyncio.wait([held])
    assert held.exception() is not None


async def test_a_held_request_acts_although_its_sender_is_gone(start: Start) -> None:
    """What has arrived takes effect, as with a server that doesn't look back."""
    program = await ready(await start("--port", "0", "--control"))
    await program.ask("PUT", "/shop/_control", json={"hold": True, "only": ["cancel_order"]})
    held = asyncio.create_task(program.ask("POST", "/shop/orders/1042/cancel"))
    await program.ask("GET", "/shop/_control?holding=1")
    held.cancel()
    await asyncio.wait([held])
    assert (await program.ask("GET", "/shop/orders/1042"))["status"] == "processing"
    await program.ask("PUT", "/shop/_control", json={"hold": False})
    assert (await program.ask("GET", "/shop/orders/1042"))["status"] == "cancelled"


async def test_it_does_not_end_with_stdin_unless_asked(start: Start) -> None:
    """Started by hand in the background, it goes on without stdin."""
    program = await ready(await start("--port", "0"))
    assert program.process.stdin is not None
    program.process.stdin.close()
    assert await program.ask("GET", "/healthz") == {"status": "ok"}


async def test_a_taken_port_is_reported(start: Start) -> None:
    """The program ends with 1 and says why."""
    program = await ready(await start("--port", "0"))
    other = await start("--port", str(program.port))
    _, said = await other.communicate()
    assert other.returncode == 1
    assert b"can't start" in said
    assert str(program.port).encode() in said


async def test_a_folder_that_cannot_be_used_is_reported(start: Start, tmp_path: Path) -> None:
    """A data folder that is a file ends the program with 1."""
    (tmp_path / "file").touch()
    process = await start("--port", "0", data=tmp_path / "file")
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"can't start" in said


async def test_wrong_arguments_are_explained(start: Start) -> None:
    """Without a port the program ends with 2 and says what is missing."""
    process = await start()
    _, said = await process.communicate()
    assert process.returncode == 2
    assert b"--port" in said
