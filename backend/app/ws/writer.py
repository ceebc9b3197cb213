"""Socket writer: a bounded queue of frames on their way to one peer.

Tokens that pile up are joined; a peer that still does not keep up is let go of, never waited for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from app import protocol
from app.protocol import Token, utf16_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from app.protocol import ServerFrame

COALESCE_ABOVE: Final = 16  # frames waiting: the peer reads slower than the model speaks, so join its tokens


def wire(frame: ServerFrame) -> dict[str, Any]:
    """Turn a frame into what travels: fields without a value are left out."""
    return frame.model_dump(mode="json", exclude_none=True)


class SocketWriter:
    """Sends what is queued for one socket; a peer that does not read is let go of, never waited for."""

    def __init__(self, ws: web.WebSocketResponse, *, count: Callable[[str], None] = lambda _: None) -> None:
        """Write to an open socket; `count` hears the type of each frame sent."""
        self._ws = ws
        self._count = count
        self._queue: asyncio.Queue[ServerFrame] = asyncio.Queue(maxsize=protocol.SEND_QUEUE_FRAMES)
        self.too_slow = asyncio.Event()

    def put(self, frame: ServerFrame) -> None:
        """Queue a frame; where the queue is full the peer has stopped reading."""
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.too_slow.set()

    async def send(self, frame: ServerFrame) -> None:
        """Queue a frame, waiting for room: for what is read from the log, however long it is."""
        await self._queue.put(frame)

    def drop(self) -> None:
        """Let the peer connect anew, as one that was too slow does."""
        self.too_slow.set()

    async def write(self) -> None:
        """Send until cancelled; tokens that have piled up are joined, so that a slow peer catches up."""
        while True:
            frame = await self._queue.get()
            behind: ServerFrame | None = frame
            while behind is not None:
                frame, behind = self._join(behind)
                await self._ws.send_str(frame.model_dump_json(exclude_none=True))  # `wire` in one step
                self._count(frame.type)

    def _join(self, frame: ServerFrame) -> tuple[ServerFrame, ServerFrame | None]:
        """Join a token with those right behind it where many wait; returns what stood behind them, if taken."""
        while self._queue.qsize() > COALESCE_ABOVE and isinstance(frame, Token) and frame.seq is None:
            following = self._queue.get_nowait()
            if not _continues(frame, following):
                return frame, following
            frame = frame.model_copy(update={"content": frame.content + _text(following)})
        return frame, None


def _continues(token: Token, frame: ServerFrame) -> bool:
    return (
        isinstance(frame, Token)
        and frame.seq is None
        and frame.message_id == token.message_id
        and frame.offset == token.offset + utf16_length(token.content)
    )


def _text(frame: ServerFrame) -> str:
    return frame.content if isinstance(frame, Token) else ""
