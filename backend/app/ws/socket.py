"""WebSocket endpoint: the life of one socket, from its upgrade to its end.

It is closed where nothing is said at first, or where the peer does not keep up with what it is sent; a violated limit
or a frame that makes no sense only gets an answer.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from app import protocol
from app.access.rate_limit import MessageRate, RateLimit
from app.api.request_keys import CALLER, SOURCE
from app.api.services import SERVICES
from app.errors import FirstFrameMissing, InvalidJson, RateLimited, SlowConsumer
from app.protocol import Message
from app.ws.dispatch import dispatch, failure
from app.ws.writer import SocketWriter, wire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.protocol import ClientFrame

CLOSE_SECONDS: Final = 5.0  # a peer that does not answer the closing handshake is let go of
HARD_MESSAGE_BYTES: Final = 1024 * 1024  # above this aiohttp itself ends the connection, to protect memory
OTHER_FRAMES_PER_WINDOW: Final = 100  # answers, resumes, cancels: cheap, yet not free

log = structlog.get_logger(__name__)


async def serve_socket(
    ws: web.WebSocketResponse,
    writer: SocketWriter,
    take: Callable[[str], Awaitable[None]],
    *,
    first_frame_seconds: float,
) -> None:
    """Read frames until the peer leaves, says nothing at first, or cannot keep up."""
    reading = asyncio.create_task(_read(ws, writer, take, first_frame_seconds))
    writing = asyncio.create_task(writer.write())
    slow = asyncio.create_task(writer.too_slow.wait())
    try:
        await asyncio.wait({reading, writing, slow}, return_when=asyncio.FIRST_COMPLETED)
        if slow.done() and not ws.closed:
            log.info("socket_too_slow")
            reason = SlowConsumer.code.encode()
            await ws.close(code=WSCloseCode.TRY_AGAIN_LATER, message=reason, drain=False)
    finally:
        for task in (reading, writing, slow):
            task.cancel()
        await asyncio.gather(reading, writing, slow, return_exceptions=True)


async def _read(
    ws: web.WebSocketResponse, writer: SocketWriter, take: Callable[[str], Awaitable[None]], first_frame_seconds: float
) -> None:
    patience: float | None = first_frame_seconds
    while True:
        try:
            received = await ws.receive(timeout=patience)
        except TimeoutError:
            await ws.send_json(wire(failure(FirstFrameMissing())))
            await ws.close(code=WSCloseCode.POLICY_VIOLATION, message=FirstFrameMissing.code.encode())
            return
        patience = None
        if received.type is WSMsgType.TEXT:
            await take(received.data)
        elif received.type is WSMsgType.BINARY:
            writer.put(failure(InvalidJson()))
        else:
            return


async def open_socket(request: web.Request) -> web.StreamResponse:
    """Serve one WebSocket: the middlewares have checked its origin and know its visitor before the upgrade."""
    services, source = request.app[SERVICES], request[SOURCE]
    visitor_id = request[CALLER].visitor_id or ""
    sockets = services.socket_count
    address = source.client if source.tells_clients_apart else None
    sockets.enter(visitor_id, address)
    ws = web.WebSocketResponse(
        heartbeat=protocol.HEARTBEAT_SECONDS, max_msg_size=HARD_MESSAGE_BYTES, timeout=CLOSE_SECONDS
    )
    frames = services.metrics.frames
    writer = SocketWriter(ws, count=lambda kind: frames.labels(direction="out", type=kind).inc())
    turns = services.turns.for_visitor(visitor_id, writer)
    admission = Admission(services.message_rate, visitor_id=visitor_id, address=address)

    def admit(frame: ClientFrame) -> None:
        frames.labels(direction="in", type=frame.type).inc()
        admission.admit(frame)

    async def take(raw: str) -> None:
        if refusal := await dispatch(raw, turns, admit=admit):
            writer.put(refusal)

    try:
        await ws.prepare(request)
        services.open_sockets.add(ws)
        with services.metrics.sockets.track_inprogress():
            await serve_socket(ws, writer, take, first_frame_seconds=protocol.FIRST_FRAME_SECONDS)
    finally:
        services.open_sockets.discard(ws)
        turns.close()
        sockets.leave(visitor_id, address)
    return ws


async def close_sockets(app: web.Application) -> None:
    """Close every socket as going away; the pages connect again and go on where they were."""
    sockets = app[SERVICES].open_sockets
    goodbyes = [ws.close(code=WSCloseCode.GOING_AWAY, message=b"server_stopping") for ws in sockets]
    await asyncio.gather(*goodbyes, return_exceptions=True)


class Admission:
    """Lets one client's frames in at a human pace."""

    def __init__(
        self,
        rate: MessageRate,
        *,
        visitor_id: str,
        address: str | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Count for a visitor and, where it tells clients apart, an address."""
        self._rate = rate
        self._visitor_id = visitor_id
        self._address = address
        self._clock = clock
        self._others = RateLimit(OTHER_FRAMES_PER_WINDOW, protocol.WINDOW_SECONDS, max_keys=1)

    def admit(self, frame: ClientFrame) -> None:
        """Raise `RateLimited` where a frame comes too soon."""
        if isinstance(frame, Message):
            wait = self._rate.hit(
                thread_id=f"{self._visitor_id}/{frame.thread_id}",
                visitor_id=self._visitor_id,
                address=self._address,
                now=self._clock(),
            )
        else:
            wait = self._others.hit("", self._clock())
        if wait is not None:
            raise RateLimited(retry_after_seconds=round(wait, 1))
