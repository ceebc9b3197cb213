"""Turns that run at once, in this process, with nothing kept: for tests, and for embedding a graph without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.agents import runner
from app.agents.runner import ConversationEnding, MessageEnded
from app.errors import SessionExpired
from app.protocol import InterruptRequest, InterruptResolved, MessageComplete, Resumed
from app.records import Record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from app.agents.runner import Graph
    from app.callbacks import TokenUsageCallbackHandler
    from app.interrupt_manager import InterruptManager
    from app.protocol import Cancel, Feedback, InterruptResponse, Message, Resume, ServerFrame
    from app.session_manager import SessionManager


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
        """Say that nothing was missed: nothing is kept."""
        await self._send(Resumed(thread_id=frame.thread_id, last=0, running=False))

    async def cancel(self, frame: Cancel) -> None:
        """Do nothing: a turn is over before the next frame is read."""

    async def feedback(self, frame: Feedback) -> None:
        """Do nothing: nothing is kept."""

    async def _run(self, thread_id: str, payload: Any) -> None:
        self._callbacks.reset()
        config: dict[str, Any] = {"configurable": {"thread_id": thread_id}, "callbacks": [self._callbacks]}
        asked = ended = False
        async for happening in runner.run(self._graph, payload, thread_id=thread_id, config=config):
            if isinstance(happening, MessageEnded | Record):
                continue
            match happening:
                case InterruptRequest():
                    if self._interrupts.is_known(thread_id, happening.interrupt_id):
                        continue
                    self._interrupts.ask(happening)
                    self._sessions.hold(thread_id)
                    await self._send(happening)
                    asked = True
                case ConversationEnding():
                    ended = True
                case _:
                    await self._send(happening)
        if not asked:
            await self._send(MessageComplete(thread_id=thread_id, usage=self._callbacks.totals(), ended=ended))
