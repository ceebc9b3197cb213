"""The services of a conversation, wired as the server wires them, around a tool and a graph that a test scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

from app.actions.consent import ConsentService
from app.actions.ledger import Call, Ledger
from app.callbacks import ModelCall, ModelFailure, TokenUsageCallbackHandler
from app.db import conversations, events
from app.db.listener import ReplicaConnection
from app.escalation.model_alerts import ModelAlerts
from app.events.relay import EventRelay
from app.events.subscriptions import Subscriptions
from app.events.tracker import ConversationTracker
from app.protocol import InterruptRequest, InterruptResponse, Message, Token
from app.session_manager import SessionManager
from app.telemetry.metrics import Metrics
from app.turns.executor import TurnExecutor
from app.turns.service import SocketTurns, TurnService
from app.turns.worker import TurnWorker
from tests.fakes import PATIENCE_SECONDS, FakeRegistry, FakeSink, FakeTool, ScriptedGraph, piece

if TYPE_CHECKING:
    from app.agents.state import RunContext
    from app.db.actions import Action
    from app.db.events import Event
    from app.db.pool import Pool

VISITOR = "visitor-1"


async def echo(text: str, context: RunContext) -> AsyncIterator[Any]:
    """Say what was said, word by word."""
    for word in text.split(" "):
        yield piece(f"{word} ", message=f"echo-{context.run_id}")


class Replica:
    """One replica: its turn service, its ledger, its worker."""

    def __init__(self, pool: Pool, dsn: str, *, graph: ScriptedGraph | None = None, ttl: float = 1_800.0) -> None:
        self.pool = pool
        self.tool = FakeTool()
        self.tools = FakeRegistry(self.tool)
        self.graph = graph or ScriptedGraph(echo)
        self.connection = ReplicaConnection()
        self.subscriptions = Subscriptions()
        self.sessions = SessionManager()
        self.tracker = ConversationTracker(pool=pool, subscriptions=self.subscriptions, replica=self.connection)
        self.ledger = Ledger(pool=pool, tracker=self.tracker, approval_ttl_seconds=ttl)
        self.consent = ConsentService(
            pool=pool, tracker=self.tracker, find_tool=self.tools.get, approval_ttl_seconds=ttl
        )
        self.service = TurnService(
            pool=pool,
            tracker=self.tracker,
            subscriptions=self.subscriptions,
            sessions=self.sessions,
            consent=self.consent,
        )
        self.alerts = ModelAlerts(pool=pool)
        executor = self.executor = TurnExecutor(
            pool=pool,
            replica=self.connection,
            graph=cast("Any", self.graph),
            tracker=self.tracker,
            subscriptions=self.subscriptions,
            ledger=self.ledger,
            consent=self.consent,
            callbacks=self._callbacks,
            model_label="scripted",
            metrics=Metrics(),
            alerts=self.alerts,
        )
        self.worker = TurnWorker(
            pool=pool,
            dsn=dsn,
            replica=self.connection,
            executor=executor,
            relay=EventRelay(pool=pool, replica=self.connection, subscriptions=self.subscriptions),
            ledger=self.ledger,
            consent=self.consent,
            lease_seconds=15,
        )

    def _callbacks(self, on_call: Callable[[ModelCall | ModelFailure], None]) -> TokenUsageCallbackHandler:
        self.on_call = on_call
        return TokenUsageCallbackHandler(on_call=on_call)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Replica]:
        """Let the worker run turns for the length of the block."""
        task = asyncio.create_task(self.worker.work())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self.worker.stop()

    async def at_rest(self) -> None:
        """Wait until every turn that runs here has been recorded as over."""
        while tasks := [running.task for running in self.worker.loop.running.values() if running.task]:
            await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
            await asyncio.sleep(0)  # the worker notes the end of each right after it

    async def told_to_stop(self) -> None:
        """Wait until the worker has heard that a turn of its own is to stop: that comes by way of the database."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(one.stopping for one in self.worker.loop.running.values()):  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0)

    async def rechecked(self) -> None:
        """Wait until it is known of every socket what it may still follow."""
        await asyncio.gather(*self.service._rechecks)

    def socket(self, visitor: str = VISITOR) -> tuple[SocketTurns, FakeSink]:
        """Open a socket of a visitor."""
        sink = FakeSink()
        return self.service.for_visitor(visitor, sink), sink

    async def conversation(self, thread_id: str = "t1", visitor: str = VISITOR) -> str:
        """Make a conversation without a word in it."""
        async with self.pool.acquire() as connection:
            await conversations.start(connection, thread_id=thread_id, visitor_id=visitor)
        return thread_id

    async def leave_alone(self, thread_id: str = "t1") -> None:
        """Let nothing have happened in a conversation for two hours."""
        await self.pool.execute(
            "UPDATE conversations SET last_activity_at = now() - interval '2 hours' WHERE thread_id = $1", thread_id
        )

    async def propose(
        self,
        *,
        call_id: str = "c1",
        thread_id: str = "t1",
        run_id: UUID | None = None,
        order_id: str = "1042",
        unsaid: Sequence[str] = (),
    ) -> tuple[Action, InterruptRequest]:
        """Propose to cancel an order, and ask for consent."""
        await self.conversation(thread_id)
        call = Call(
            thread_id=thread_id,
            run_id=run_id or uuid4(),
            call_id=call_id,
            agent="orders",
            args={"order_id": order_id},
            unsaid=unsaid,
        )
        action, frame = await self.ledger.propose(call, self.tool)
        assert frame is not None
        return action, frame

    async def approved(self, **more: Any) -> Action:
        """Propose an action and consent to it."""
        action, frame = await self.propose(**more)
        await self.consent.answer(yes_to(frame), by="customer")
        return await self.ledger.get(action.id)

    async def log(self, thread_id: str = "t1", *, visible_only: bool = False) -> list[Event]:
        """Read the whole log of a conversation."""
        async with self.pool.acquire() as connection:
            return await events.page(connection, thread_id=thread_id, after=0, limit=10_000, visible_only=visible_only)

    async def types(self, thread_id: str = "t1", *, visible_only: bool = True) -> list[str]:
        """Name the kinds of event in the log, in order."""
        return [event.type for event in await self.log(thread_id, visible_only=visible_only)]


def yes_to(frame: InterruptRequest, **more: Any) -> InterruptResponse:
    """Approve."""
    return InterruptResponse(thread_id=frame.thread_id, interrupt_id=frame.interrupt_id, approved=True, **more)


def no_to(frame: InterruptRequest, **more: Any) -> InterruptResponse:
    """Reject."""
    return InterruptResponse(thread_id=frame.thread_id, interrupt_id=frame.interrupt_id, approved=False, **more)


def says(content: str, thread_id: str = "t1", message_id: str | None = None) -> Message:
    """A customer's message."""
    return Message(thread_id=thread_id, content=content, message_id=message_id)


def token(text: str, message_id: str = "m1", *, thread_id: str = "t1", offset: int = 0) -> Token:
    """A piece of an answer."""
    return Token(thread_id=thread_id, agent="orders", content=text, message_id=message_id, offset=offset)
