"""Server-sent events: a page hears of a change at once, without asking again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import web

from app.api.validation import View
from app.bell import Bell

HEARTBEAT_SECONDS: Final = 15.0  # proxies close what is silent for a minute; a comment costs nothing
STREAM_SECONDS: Final = 600.0  # then the browser connects anew by itself, and its rights are checked anew
RETRY_MS: Final = 2_000  # how soon a browser connects again: at once would hammer a server that restarts


async def stream(request: web.Request, bell: Bell, look: Callable[[], Awaitable[View]]) -> web.StreamResponse:
    """Send what `look` sees now, and again after every ring, until the page goes or the stream is old."""
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    ends = time.monotonic() + STREAM_SECONDS
    with bell.listening() as heard, suppress(ConnectionResetError):
        await response.prepare(request)
        await response.write(f"retry: {RETRY_MS}\n\n".encode())
        heard.set()
        while not bell.closed and time.monotonic() < ends:
            if heard.is_set():
                heard.clear()  # before looking, so that what changes meanwhile is seen next
                await response.write(f"data: {(await look()).model_dump_json()}\n\n".encode())
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await heard.wait()
            except TimeoutError:
                await response.write(b": still here\n\n")
    return response
