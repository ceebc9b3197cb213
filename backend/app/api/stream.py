"""Server-sent events: a response that goes on until its reader leaves, ten minutes are over or the server stops.

A browser then connects again by itself. A reader that is gone is noticed by the next event or heartbeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiohttp import ClientConnectionResetError, web

from app.api.services import SERVICES

BEAT_SECONDS: Final = 15.0  # under the idle limits of common proxies; also how soon a reader's leaving is seen
BEAT: Final = b":\n\n"
STREAM_SECONDS: Final = 600.0  # then the browser connects anew by itself, and its rights are looked at anew
STREAM_MEDIA: Final = "text/event-stream"


class EventStream:
    """One reader's stream. While it is `open`: send what there is, then rest until there may be more."""

    def __init__(self, response: web.StreamResponse, stopping: asyncio.Event) -> None:
        """Write to a response that has been prepared, until the server stops."""
        self.response = response
        self._stopping = stopping
        self._began = self._silent_since = asyncio.get_running_loop().time()

    @property
    def open(self) -> bool:
        """Whether it still goes on."""
        return not self._stopping.is_set() and asyncio.get_running_loop().time() - self._began < STREAM_SECONDS

    async def send(self, data: str, *, number: int | None = None) -> None:
        """Send one event, whose data is one line; a browser that connects again names the last `number` it had."""
        head = "" if number is None else f"id: {number}\n"
        await self._write(f"{head}data: {data}\n\n".encode())

    async def rest(self, changed: asyncio.Event, *, seconds: float = BEAT_SECONDS) -> None:
        """Wait for a change, at most so long, and keep the stream alive meanwhile; the change is then cleared."""
        waiting = [asyncio.ensure_future(event.wait()) for event in (changed, self._stopping)]
        try:
            await asyncio.wait(waiting, timeout=min(seconds, BEAT_SECONDS), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        changed.clear()
        if asyncio.get_running_loop().time() - self._silent_since >= BEAT_SECONDS:
            await self._write(BEAT)

    async def _write(self, data: bytes) -> None:
        self._silent_since = asyncio.get_running_loop().time()
        await self.response.write(data)


@asynccontextmanager
async def event_stream(request: web.Request) -> AsyncIterator[EventStream]:
    """Open a stream for the length of the block; that its reader leaves ends the block quietly."""
    response = web.StreamResponse(headers={"Content-Type": STREAM_MEDIA, "X-Accel-Buffering": "no"})
    await response.prepare(request)
    stream = EventStream(response, request.app[SERVICES].stopping)
    with suppress(ClientConnectionResetError):
        yield stream
        await response.write_eof()
