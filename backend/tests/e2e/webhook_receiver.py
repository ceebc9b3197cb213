"""Receiver of webhooks: another system that is told of escalations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.e2e.server import PATIENCE, free_port


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request that came."""

    headers: Mapping[str, str]
    body: bytes


class WebhookReceiver:
    """Takes note of every request and answers with `status`, once the `gate` is open."""

    def __init__(self) -> None:
        self.port = free_port()
        self.status = web.HTTPOk.status_code
        self.gate = asyncio.Event()
        self.gate.set()
        self._received: list[Received] = []
        self._changed = asyncio.Condition()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[WebhookReceiver]:
        """Listen for the length of the block."""
        app = web.Application()
        app.router.add_post("/hook", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    async def arrived(self, count: int) -> list[Received]:
        """Return what came, once it is so much."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self._received) >= count)
            return list(self._received)

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._received.append(Received(headers=request.headers, body=body))
        async with self._changed:
            self._changed.notify_all()
        await self.gate.wait()
        return web.Response(status=self.status)
