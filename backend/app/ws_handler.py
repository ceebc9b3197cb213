"""Inline turns: each runs at once, in this process, with nothing kept. For the acceptance contract only.

`dispatch_message` here, `InterruptManager` beside it and the in-memory half of `SessionManager` are what the contract
drives, and what may embed a graph without a server. The server itself comes in at `ws/socket.py`; it shares the
dispatcher, and keeps its turns in `turns/` and its approvals in `actions/consent.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from app.agents import runner
from app.agents.runner import ConversationEnding, MessageEnded
from app.errors import SessionExpired
from app.protocol import InterruptRequest, InterruptResolved, MessageComplete, Resumed
from app.records import Record
from app.ws.dispatch import dispatch
from app.ws.writer import wire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.agents.runner import Graph
    from app.callbacks import TokenUsageCallbackHandler
    from app.interrupt_manager import InterruptManager
    from app.protocol import Cancel, Feedback, InterruptResponse, Message, Resume, ServerFrame
    from app.session_manager import SessionManager


class JsonSocket(Protocol):
    """A WebSocket as far as one frame needs it."""

    async def send_json(self, data: Any, /) -> None:
        """Send one JSON object."""


async def dispatch_message(
    ws: JsonSocket,
    graph: Graph,
    session_manager: SessionManager,
    callback_handler: TokenUsageCallbackHandler,
    raw: str,
    *,
    interrupt_manager: InterruptManager,
) -> None:
    """Take one text frame and do what it asks; every frame that follows from it, a failure too, goes to `ws`."""

    async def send(reply: ServerFrame) -> None:
        await ws.send_json(wire(reply))

    turns = InlineTurns(
        graph=graph, sessions=session_manager, interrupts=interrupt_manager, callbacks=callback_handler, send=send
    )
    if refusal := await dispatch(raw, turns):
        await send(refusal)


class InlineTurns:
    """Runs each turn to its end before the next frame is read."""

    def __init__(
        self,
        *,
        graph: Graph,
        sessions: SessionManager,
        interrupts: InterruptManager,
        callbacks: TokenUsageCallbackHandler,
        send: Callable[[ServerFrame], Awaitable[None]],
    ) -> None:
        """Send every frame of a turn through `send`."""
        self._graph = graph
        self._sessions = sessions
        self._interrupts = interrupts
        self._callbacks = callbacks
        self._send = send

    async def message(self, frame: Message) -> None:
        """Answer a message."""
        if self._sessions.is_expired(frame.thread_id):
            raise SessionExpired
        self._sessions.touch(frame.thread_id)
        await self._run(frame.thread_id, {"messages": [{"role": "user", "content": frame.content}]})

    async def answer(self, frame: InterruptResponse) -> None:
        """Go on after an answered approval."""
        asked = self._interrupts.answer(frame)
        if not self._interrupts.has_pending(frame.thread_id):
            self._sessions.release(frame.thread_id)
        await self._send(
            InterruptResolved(
                thread_id=frame.thread_id,
                interrupt_id=asked.interrupt_id,
                decision="approved" if frame.approved else "rejected",
                by="customer",
                comment=frame.comment,
            )
        )
        await self._run(frame.thread_id, runner.answer_of(approved=frame.approved, comment=frame.comment))

    async def resume(self, frame: Resume) -> None:
        """Answer that nothing was missed: nothing is kept."""
        await self._send(Resumed(thread_id=frame.thread_id, last=0, running=False))

    async def cancel(self, frame: Cancel) -> None:
        """Do nothing: a turn is over before the next frame is read."""

    async def feedback(self, frame: Feedback) -> None:
        """Do nothing: nothing is kept."""

    async def _run(self, thread_id: str, payload: Any) -> None:
        self._callbacks.reset()
        config: dict[str, Any] = {"configurable": {"thread_id": thread_id}, "callbacks": [self._callbacks]}
        asked = ended = False
        async for output in runner.run(self._graph, payload, thread_id=thread_id, config=config):
            if isinstance(output, MessageEnded | Record):
                continue
            match output:
                case InterruptRequest():
                    if self._interrupts.is_known(thread_id, output.interrupt_id):
                        continue
                    self._interrupts.ask(output)
                    self._sessions.hold(thread_id)
                    await self._send(output)
                    asked = True
                case ConversationEnding():
                    ended = True
                case _:
                    await self._send(output)
        if not asked:
            await self._send(MessageComplete(thread_id=thread_id, usage=self._callbacks.totals(), ended=ended))
