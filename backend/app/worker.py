"""Runs turns: one at a time a thread, in order, taken over from a replica that died, stopped when asked."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.agents import runner
from app.agents.runner import ConversationEnding, MessageEnded
from app.agents.state import HISTORY_EVENTS, HISTORY_TYPES, RunContext, begin, history_of
from app.conversation_tracker import frame_of
from app.db import events, replica, turns
from app.errors import AppError, InternalError, NothingPending
from app.protocol import (
    ErrorFrame,
    InterruptRequest,
    MessageComplete,
    ModelCalled,
    Token,
    ToolRan,
    ToolResult,
    TurnStarted,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from uuid import UUID

    from app.actions.consent import Consent
    from app.actions.ledger import Ledger
    from app.agents.supervisor import Supervisor
    from app.callbacks import ModelCall, TokenUsageCallbackHandler
    from app.conversation_tracker import ConversationTracker
    from app.db.pool import Pool
    from app.db.replica import Replica
    from app.db.turns import Turn
    from app.followers import Followers
    from app.metrics import Metrics

MAX_RUNNING: Final = 64  # turns at once on a replica: mostly waiting for models; beyond it they queue in the database
POLL_SECONDS: Final = 1.0  # how soon an expired approval or a dead replica's turn is seen without being told
RENEWALS: Final = 3  # a lease is renewed this often within its length, so that one missed renewal does no harm
RECONNECT_SECONDS: Final = 1.0  # between attempts to reach the database again

log = structlog.get_logger(__name__)


class _Stopped(Exception):
    """The customer stopped the turn."""


@dataclass(kw_only=True, eq=False)
class _Running:
    """A turn that runs here."""

    turn: Turn
    task: asyncio.Task[None] | None = None
    stop: bool = False
    over: bool = False
    ended: bool = False
    speaking: dict[str, Token] = field(default_factory=dict)
    calls: list[ModelCall] = field(default_factory=list)


class Worker:
    """This replica's share of the turns."""

    def __init__(
        self,
        *,
        pool: Pool,
        dsn: str,
        replica: Replica,
        graph: Supervisor,
        tracker: ConversationTracker,
        followers: Followers,
        ledger: Ledger,
        consent: Consent,
        callbacks: Callable[[Callable[[ModelCall], None]], TokenUsageCallbackHandler],
        model_label: str,
        lease_seconds: float,
        metrics: Metrics,
    ) -> None:
        """`callbacks` makes the handler that counts one turn's model calls; leases last `lease_seconds`."""
        self._pool = pool
        self._dsn = dsn
        self._replica = replica
        self._graph = graph
        self._tracker = tracker
        self._followers = followers
        self._ledger = ledger
        self._consent = consent
        self._callbacks = callbacks
        self._model_label = model_label
        self._lease_seconds = lease_seconds
        self._metrics = metrics
        self._wake = asyncio.Event()
        self._running: dict[UUID, _Running] = {}
        self._news: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    async def work(self) -> None:
        """Run turns until cancelled, through losses of the database."""
        listeners = {
            turns.TURNS_CHANNEL: lambda _: self._wake.set(),
            replica.CANCEL_CHANNEL: self._stop_thread,
            replica.EVENTS_CHANNEL: self._hear_of_event,
        }
        while True:
            try:
                async with self._replica.connected(self._dsn, listeners):
                    await self._work_while_connected()
            except Exception as error:  # noqa: BLE001  # a driver has many words for a database that is gone
                log.warning("database_unreachable", reason=str(error))
            # Without the lock that shows that we live, another replica may take our turns at any moment.
            await self._abandon()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def stop(self) -> None:
        """Let go of everything: turns go on elsewhere, or here at the next start; what is being sent is settled."""
        await self._abandon()
        await self._ledger.drain()

    async def _work_while_connected(self) -> None:
        loops = [
            asyncio.create_task(loop)
            for loop in (self._claim_turns(), self._renew_leases(), self._expire(), self._relay())
        ]
        lost = asyncio.create_task(self._replica.lost.wait())
        try:
            done, _ = await asyncio.wait([*loops, lost], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task is not lost and (error := task.exception()):
                    log.error("worker_loop_broke", exc_info=error)
        finally:
            for task in (*loops, lost):
                task.cancel()
            await asyncio.gather(*loops, lost, return_exceptions=True)

    async def _claim_turns(self) -> None:
        while True:
            self._wake.clear()
            while len(self._running) < MAX_RUNNING:
                async with self._pool.acquire() as connection:
                    turn = await turns.claim(connection, worker=self._replica.id, lease_seconds=self._lease_seconds)
                if turn is None:
                    break
                self._start(turn)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / RENEWALS)
            held = dict(self._running)
            async with self._pool.acquire() as connection:
                ours = await turns.renew(
                    connection, worker=self._replica.id, turn_ids=held, lease_seconds=self._lease_seconds
                )
            for turn_id, running in held.items():
                if turn_id not in ours and running.task is not None and not running.over:
                    running.task.cancel()

    async def _expire(self) -> None:
        while True:
            if await self._consent.expire_due():
                self._wake.set()
            await asyncio.sleep(POLL_SECONDS)

    async def _relay(self) -> None:
        """Pass on what other replicas have stored, to those who watch here."""
        while True:
            thread_id, seq = await self._news.get()
            async with self._pool.acquire() as connection:
                for event in await events.page(connection, thread_id=thread_id, after=seq - 1, limit=1):
                    self._followers.publish(frame_of(event))

    def _hear_of_event(self, note: str) -> None:
        heard = json.loads(note)
        if heard["worker"] != self._replica.id and self._followers.watched(heard["thread_id"]):
            self._news.put_nowait((heard["thread_id"], heard["seq"]))

    def _stop_thread(self, thread_id: str) -> None:
        for running in self._running.values():
            # What is being ended is left to it: stopped twice, or too late, its end would never be stored.
            if running.turn.thread_id == thread_id and not running.stop and not running.over:
                running.stop = True
                # An action that is under way is carried to its end, and its result is told, before the turn stops.
                if running.task is not None and not self._ledger.is_sending(running.turn.run_id):
                    running.task.cancel()

    def _start(self, turn: Turn) -> None:
        running = _Running(turn=turn)
        self._running[turn.id] = running
        running.task = asyncio.create_task(self._run(running))
        running.task.add_done_callback(lambda _: self._done(turn.id))

    def _done(self, turn_id: UUID) -> None:
        self._running.pop(turn_id, None)
        self._wake.set()

    async def _abandon(self) -> None:
        tasks = [running.task for running in self._running.values() if running.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            async with self._pool.acquire() as connection:
                await turns.release(connection, worker=self._replica.id)
        except Exception as error:  # noqa: BLE001  # without it the leases run out, a little later
            log.warning("turns_not_released", reason=str(error))

    async def _run(self, running: _Running) -> None:
        """Run a turn to its end and record how it ended; a turn cut off by us stays to be taken up again."""
        turn = running.turn
        with structlog.contextvars.bound_contextvars(thread_id=turn.thread_id, turn_id=str(turn.id)):
            began = time.monotonic()
            try:
                status, code = await self._outcome(running)
                await self._finish(turn, status, code)
            except Exception:
                # Not even the failure could be stored. The turn stays ours until the lease runs out, then runs again.
                log.exception("turn_not_recorded")
                return
            self._metrics.turns.labels(outcome=status).inc()
            self._metrics.turn_seconds.labels(outcome=status).observe(time.monotonic() - began)
            log.info("turn_finished", status=status, kind=turn.kind, attempt=turn.attempt)

    async def _outcome(self, running: _Running) -> tuple[turns.Status, str | None]:
        """Play a turn and say how it ended, with the code of what failed."""
        try:
            try:
                await self._play(running)
            finally:
                running.over = True
        except (asyncio.CancelledError, _Stopped):
            if not running.stop:
                raise
            await self._end_stopped(running)
            return "cancelled", None
        except Exception as error:  # noqa: BLE001  # whatever broke, the customer is told and the turn is kept
            return "failed", await self._tell_failure(running.turn, error)
        finally:
            self._followers.silence(running.turn.thread_id)  # before the next turn of the thread can begin
        return "done", None

    async def _play(self, running: _Running) -> None:
        turn = running.turn
        await self._tracker.record(
            TurnStarted(
                thread_id=turn.thread_id,
                turn_id=str(turn.id),
                kind=turn.kind,
                attempt=turn.attempt,
                model=self._model_label,
            ),
            turn_id=turn.id,
        )
        callbacks = self._callbacks(running.calls.append)
        asked = False
        async for happening in self._happenings(turn, callbacks):
            asked = await self._deliver(running, happening) or asked
            told = not isinstance(happening, ToolRan)  # the result follows at once
            if running.stop and told and not self._ledger.is_sending(turn.run_id):
                raise _Stopped
        await self._record_calls(running)
        if not asked and turn.kind != "expiry":
            await self._tracker.record(
                MessageComplete(thread_id=turn.thread_id, usage=callbacks.totals(), ended=running.ended),
                turn_id=turn.id,
            )

    async def _happenings(self, turn: Turn, callbacks: TokenUsageCallbackHandler) -> AsyncIterator[Any]:
        """Begin the run, or go on where it stands: what the ledger has decided meanwhile is read there."""
        config: dict[str, Any] = {"configurable": {"thread_id": str(turn.run_id)}, "callbacks": [callbacks]}
        stand = await runner.where(self._graph, config)
        if stand == "over":
            return
        payload = None
        if stand == "new":
            if turn.content is None:
                raise NothingPending("What this approval belonged to is gone, so nothing was sent. Please ask again.")
            payload = begin(turn.content, await self._history(turn))
        async for happening in runner.run(
            self._graph,
            payload,
            thread_id=turn.thread_id,
            config=config,
            context=RunContext(thread_id=turn.thread_id, run_id=turn.run_id),
            title_of=self._graph.title_of,
        ):
            yield happening

    async def _history(self, turn: Turn) -> Any:
        async with self._pool.acquire() as connection:
            return history_of(
                await events.before_turn(
                    connection,
                    thread_id=turn.thread_id,
                    turn_id=turn.id,
                    types=HISTORY_TYPES,
                    limit=HISTORY_EVENTS,
                )
            )

    async def _deliver(self, running: _Running, happening: Any) -> bool:
        """Store what happened, then let it be seen; True where it newly asks for consent."""
        turn = running.turn
        match happening:
            case Token():
                self._speak(running, happening)
                return False
            case ConversationEnding():
                running.ended = True
                return False
            case MessageEnded():
                await self._record_calls(running)
                await self._seal(running, happening.message_id)
                return False
            case _:
                await self._record_calls(running)
                event = await self._tracker.record(happening, turn_id=turn.id, scope=str(turn.run_id))
                if isinstance(happening, ToolResult) and event is not None:
                    self._metrics.tool_calls.labels(outcome=happening.outcome).inc()
                    self._metrics.tool_seconds.observe(happening.duration_ms / 1000)
                return event is not None and isinstance(happening, InterruptRequest)

    def _speak(self, running: _Running, token: Token) -> None:
        before = running.speaking.get(token.message_id)
        text = (before.content if before else "") + token.content
        running.speaking[token.message_id] = token.model_copy(update={"content": text, "offset": 0})
        self._followers.publish(token)

    async def _seal(self, running: _Running, message_id: str) -> None:
        if whole := running.speaking.pop(message_id, None):
            await self._tracker.record(whole, turn_id=running.turn.id)

    async def _record_calls(self, running: _Running) -> None:
        calls, running.calls[:] = list(running.calls), []
        for call in calls:
            self._count(call)
            await self._tracker.record(
                ModelCalled(
                    thread_id=running.turn.thread_id,
                    agent=call.agent,
                    model=call.model,
                    prompt_tokens=call.prompt_tokens,
                    completion_tokens=call.completion_tokens,
                    cost_usd=call.cost_usd,
                    estimated=call.estimated,
                    time_to_first_token_ms=call.time_to_first_token_ms,
                    duration_ms=call.duration_ms,
                ),
                turn_id=running.turn.id,
            )

    def _count(self, call: ModelCall) -> None:
        self._metrics.model_calls.labels(agent=call.agent, model=call.model).inc()
        self._metrics.model_tokens.labels(model=call.model, kind="prompt").inc(call.prompt_tokens)
        self._metrics.model_tokens.labels(model=call.model, kind="completion").inc(call.completion_tokens)
        if call.time_to_first_token_ms is not None:
            seconds = call.time_to_first_token_ms / 1000
            self._metrics.first_token_seconds.labels(model=call.model).observe(seconds)

    async def _end_stopped(self, running: _Running) -> None:
        """Keep what was said, take back what was not shown yet, and say that it was stopped."""
        turn = running.turn
        for message_id in list(running.speaking):
            await self._seal(running, message_id)
        await self._record_calls(running)
        if turn.kind == "message":
            await self._consent.withdraw(turn.run_id)
        await self._tracker.record(MessageComplete(thread_id=turn.thread_id, cancelled=True), turn_id=turn.id)

    async def _tell_failure(self, turn: Turn, error: Exception) -> str:
        fact = error if isinstance(error, AppError) else InternalError()
        log.warning("turn_failed", code=fact.code, exc_info=error)
        await self._tracker.record(
            ErrorFrame(
                thread_id=turn.thread_id,
                code=fact.code,
                message=fact.message,
                retryable=fact.retryable,
                message_id=turn.message_id,
                interrupt_id=str(turn.interrupt_id) if turn.interrupt_id else None,
            ),
            turn_id=turn.id,
        )
        return fact.code

    async def _finish(self, turn: Turn, status: turns.Status, code: str | None) -> None:
        async with self._pool.acquire() as connection:
            await turns.finish(connection, turn_id=turn.id, worker=self._replica.id, status=status, error_code=code)
            over = not await turns.has_open(connection, run_id=turn.run_id)
        if over:
            await self._graph.forget(str(turn.run_id))
