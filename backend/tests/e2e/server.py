"""Server processes: the backend, which is killed and started again, and the demo services, which survive that."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from typing import Any, Self

import aiohttp
import psutil

BACKEND = Path(__file__).parents[2]
ADMIN_KEY = "an admin key that is long enough"
PATIENCE = 30.0  # a test that waits longer than this hangs; nothing here takes a tenth of it
WORD_MS = 2  # the demo model's pause between words: long enough to be a stream


def free_port() -> int:
    """A port on which nothing listens."""
    with closing(create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


class Prefork:
    """The program that forks servers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.prefork"],
            cwd=BACKEND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fork(self, *, environment: dict[str, str], out: Path, log: Path) -> int:
        """Start a server and return its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"environment": environment, "out": str(out), "log": str(log)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the program; servers that still run are their tests' own affair."""
        with self._process:
            self._process.kill()


@dataclass(kw_only=True)
class Backend:
    """One server process at one address, with what it keeps between two lives."""

    prefork: Prefork
    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    pid: int = 0
    lives: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that it has logged, in every life."""
        return (self.folder / "log").read_text()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Read the entries of one kind."""
        entries = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        return [entry for entry in entries if entry.get("event") == event]

    async def start(self) -> Self:
        """Start it, and return once it says where it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lives += 1
        out = self.folder / f"out-{self.lives}"
        os.mkfifo(out)
        environment = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATA_DIR": str(self.folder / "data"),
            "ADMIN_KEY": ADMIN_KEY,
            "LOG_FORMAT": "json",
            "DEMO_MODEL_DELAY_MS": str(WORD_MS),
            **self.environment,
        }
        self.pid = self.prefork.fork(environment=environment, out=out, log=self.folder / "log")
        async with asyncio.timeout(PATIENCE):
            first = await asyncio.to_thread(self._first_line, out)
        assert first.startswith("Smart Support is at "), f"it did not start:\n{self.log[-4000:]}"
        return self

    def _first_line(self, out: Path) -> str:
        with out.open() as said:
            return said.readline()

    async def kill(self) -> None:
        """End it as a power cut does: nothing is flushed, closed or said goodbye to."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        await self._end(signal.SIGTERM)

    def terminate(self) -> None:
        """Ask it to stop, and do not wait."""
        os.kill(self.pid, signal.SIGTERM)

    async def ended(self) -> None:
        """Wait until it has ended by itself."""
        await asyncio.to_thread(psutil.Process(self.pid).wait, PATIENCE)
        self.pid = 0

    def pause(self) -> None:
        """Let it not run until `go_on`."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it run again."""
        os.kill(self.pid, signal.SIGCONT)

    async def restart(self) -> None:
        """Kill it and start it again on what it kept."""
        await self.kill()
        await self.start()

    async def _end(self, number: signal.Signals) -> None:
        if not self.pid:
            return
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            process.send_signal(number)
            await asyncio.to_thread(process.wait, PATIENCE)
        self.pid = 0


class Demo:
    """The demo services with their test switches."""

    def __init__(self, folder: Path) -> None:
        options = ("--port", "0", "--data", str(folder), "--control", "--until-stdin-closes")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "demo_apis", *options], cwd=BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self.port = int(json.loads(self._process.stdout.readline())["port"])

    @property
    def url(self) -> str:
        """Where they are."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop them."""
        with self._process:
            self._process.kill()

    async def reset(self) -> None:
        """Bring everything back to the first start."""
        for service in ("shop", "saas", "bank"):
            await self._ask("POST", f"/{service}/_control/reset")

    async def switch(self, service: str = "shop", **switches: Any) -> None:
        """Turn test switches on or off."""
        await self._ask("PUT", f"/{service}/_control", json=switches)

    async def holding(self, count: int = 1, service: str = "shop") -> None:
        """Wait until so many requests are on hold."""
        await self._ask("GET", f"/{service}/_control?holding={count}")

    async def writes(self, service: str = "shop", *, at_least: int = 0) -> list[dict[str, Any]]:
        """List the writes that arrived, once at least so many requests have."""
        shown = await self._ask("GET", f"/{service}/_control/requests?at_least={at_least}")
        return [entry for entry in shown["requests"] if entry["method"] != "GET"]

    async def order(self, number: int) -> dict[str, Any]:
        """Read an order as the shop has it."""
        order: dict[str, Any] = await self._ask("GET", f"/shop/orders/{number}")
        return order

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        patience = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(timeout=patience) as client,
            client.request(method, self.url + path, **more) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()
