"""The socket's life, and the way of one frame: parse, admit, hand on, and turn every failure into a plain sentence."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from app import protocol
from app.access.rate_limit import MessageRate, RateLimit
from app.api.request_keys import CALLER, SOURCE
from app.api.services import SERVICES
from app.errors import (
    AppError,
    ApprovalExpired,
    FirstFrameMissing,
    InternalError,
    InvalidJson,
    RateLimited,
    SlowConsumer,
)
from app.protocol import (
    Cancel,
    ErrorFrame,
    Feedback,
    InterruptExpiredNotice,
    InterruptResponse,
    Message,
    Resume,
    ServerFrame,
)
from app.turns.in_memory import InlineTurns
from app.ws.parse import parse_frame, thread_id_of
from app.ws.writer import SocketWriter, wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.agents.runner import Graph
    from app.callbacks import TokenUsageCallbackHandler
    from app.interrupt_manager import InterruptManager
    from app.protocol import ClientFrame
    from app.session_manager import SessionManager

CLOSE_SECONDS: Final = 5.0  # a peer that does not answer the closing handshake is let go of
HARD_MESSAGE_BYTES: Final = 1024 * 1024  # above this aiohttp itself ends the connection, to protect memory
OTHER_FRAMES_PER_WINDOW: Final = 100  # answers, resumes, cancels: cheap, yet not free

log = structlog.get_logger(__name__)


class JsonSocket(Protocol):
    """A WebSocket as far as one frame needs it."""

    async def send_json(self, data: Any, /) -> None:
        """Send one JSON object."""


class Turns(Protocol):
    """What can be done with a conversation; one method a client frame."""

    async def message(self, frame: Message, /) -> None:
        """Answer a message."""

    async def answer(self, frame: InterruptResponse, /) -> None:
        """Take an answer to an approval."""

    async def resume(self, frame: Resume, /) -> None:
        """Send what was missed, then everything live."""

    async def cancel(self, frame: Cancel, /) -> None:
        """Stop the running generation."""

    async def feedback(self, frame: Feedback, /) -> None:
        """Record a rating."""


async def dispatch_message(
    ws: JsonSocket,
    graph: Graph,
    session_manager: SessionManager,
    callback_handler: TokenUsageCallbackHandler,
    raw: str,
    *,
    interrupt_manager: InterruptManager,
    turns: Turns | None = None,
    admit: Callable[[ClientFrame], None] | None = None,
) -> None:
    """Take one text frame and do what it asks; whatever goes wrong is told in a frame, and the connection stays.

    With nothing but the first arguments a turn runs at once and its frames go straight to `ws`. The server hands
    in `turns`, which keep what they accept, and `admit`, which raises where a limit is passed.
    """
    try:
        frame = parse_frame(raw)
        if admit is not None:
            admit(frame)

        async def send(reply: ServerFrame) -> None:
            await ws.send_json(wire(reply))

        await _hand_on(
            frame,
            turns
            or InlineTurns(
                graph=graph,
                sessions=session_manager,
                interrupts=interrupt_manager,
                callbacks=callback_handler,
                send=send,
            ),
        )
    except AppError as error:
        log.info("frame_refused", code=error.code, thread_id=thread_id_of(raw))
        await ws.send_json(wire(failure(error, raw)))
    except Exception:
        log.exception("frame_broke", thread_id=thread_id_of(raw))
        await ws.send_json(wire(failure(InternalError(), raw)))


async def _hand_on(frame: ClientFrame, turns: Turns) -> None:
    match frame:
        case Message():
            await turns.message(frame)
        case InterruptResponse():
            await turns.answer(frame)
        case Resume():
            await turns.resume(frame)
        case Cancel():
            await turns.cancel(frame)
        case Feedback():
            await turns.feedback(frame)


def failure(error: AppError, raw: str) -> ServerFrame:
    """Build the frame that tells of a failure, and names what can be sent again."""
    thread_id = thread_id_of(raw)
    if isinstance(error, ApprovalExpired) and thread_id:
        return InterruptExpiredNotice(
            thread_id=thread_id, interrupt_id=str(error.details.get("interrupt_id", "")), message=error.message
        )
    message_id = interrupt_id = None
    try:
        frame = parse_frame(raw)
    except AppError:
        frame = None
    if isinstance(frame, Message):
        message_id = frame.message_id
    elif isinstance(frame, InterruptResponse):
        interrupt_id = frame.interrupt_id
    return ErrorFrame(
        thread_id=thread_id,
        code=error.code,
        message=error.message,
        retryable=error.retryable,
        message_id=message_id,
        interrupt_id=interrupt_id,
        retry_after_seconds=error.details.get("retry_after_seconds"),
    )


async def serve_socket(
    ws: web.WebSocketResponse, writer: SocketWriter, take: Callable[[str], Any], *, first_frame_seconds: float
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
    ws: web.WebSocketResponse, writer: SocketWriter, take: Callable[[str], Any], first_frame_seconds: float
) -> None:
    patience: float | None = first_frame_seconds
    while True:
        try:
            received = await ws.receive(timeout=patience)
        except TimeoutError:
            await ws.send_json(wire(failure(FirstFrameMissing(), "")))
            await ws.close(code=WSCloseCode.POLICY_VIOLATION, message=FirstFrameMissing.code.encode())
            return
        patience = None
        if received.type is WSMsgType.TEXT:
            await take(received.data)
        elif received.type is WSMsgType.BINARY:
            writer.put(failure(InvalidJson(), ""))
        else:
            return


async def open_socket(request: web.Request) -> web.StreamResponse:
    """Serve one WebSocket: the middlewares have checked its origin and know its visitor before the upgrade."""
    services, source = request.app[SERVICES], request[SOURCE]
    visitor_id = request[CALLER].visitor_id or ""
    sockets = services.socket_count
    sockets.enter(visitor_id)
    ws = web.WebSocketResponse(
        heartbeat=protocol.HEARTBEAT_SECONDS, max_msg_size=HARD_MESSAGE_BYTES, timeout=CLOSE_SECONDS
    )
    frames = services.metrics.frames
    writer = SocketWriter(ws, count=lambda kind: frames.labels(direction="out", type=kind).inc())
    turns = services.turns.for_visitor(visitor_id, writer)
    admission = Admission(
        services.message_rate, visitor_id=visitor_id, address=source.client if source.tells_clients_apart else None
    )

    def admit(frame: ClientFrame) -> None:
        frames.labels(direction="in", type=frame.type).inc()
        admission.admit(frame)

    async def take(raw: str) -> None:
        await dispatch_message(
            writer,
            services.graph,
            services.sessions,
            services.callbacks,
            raw,
            interrupt_manager=services.interrupts,
            turns=turns,
            admit=admit,
        )

    try:
        await ws.prepare(request)
        services.open_sockets.add(ws)
        with services.metrics.sockets.track_inprogress():
            await serve_socket(ws, writer, take, first_frame_seconds=protocol.FIRST_FRAME_SECONDS)
    finally:
        services.open_sockets.discard(ws)
        turns.close()
        sockets.leave(visitor_id)
    return ws


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
