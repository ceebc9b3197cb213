"""Runs turns: one at a time a thread, in order, taken over from a replica that died, stopped when asked."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.agents import runner
from app.agents.state import HISTORY_EVENTS, RunContext, begin, history_of
from app.db import events, listener, turns
from app.errors import AppError, InternalError, NothingPending
from app.events.frame_table import HISTORY_TYPES
from app.events.tracker import frame_of
from app.records import ToolRan
from app.turns.recorder import TurnRecorder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from uuid import UUID

    from app.actions.consent import ConsentService
    from app.actions.ledger import Ledger
    from app.agents.supervisor import Supervisor
    from app.callbacks import ModelCall, ModelFailure, TokenUsageCallbackHandler
    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.db.turns import Turn
    from app.events.subscriptions import Subscriptions
    from app.events.tracker import ConversationTracker
    from app.protocol import ServerFrame
    from app.telemetry.metrics import Metrics

MAX_TAKEOVERS: Final = 5  # a turn that so many workers died with is what kills them; it fails and can be retried
MAX_RUNNING: Final = 64  # turns at once on a replica: mostly waiting for models; beyond it they queue in the database
POLL_SECONDS: Final = 1.0  # how soon an expired approval or a dead replica's turn is seen without being told
RENEWALS: Final = 3  # a lease is renewed this often within its length, so that one missed renewal does no harm
DEAF_MARGIN: Final = timedelta(seconds=30)  # a connection may be dead for a while before anybody notices
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


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """How a turn ended, and the frame with which that is told."""

    status: turns.Status
    closing: ServerFrame | None
    code: str | None = None


class TurnWorker:
    """This replica's share of the turns."""

    def __init__(
        self,
        *,
        pool: Pool,
        dsn: str,
        replica: ReplicaConnection,
        graph: Supervisor,
        tracker: ConversationTracker,
        subscriptions: Subscriptions,
        ledger: Ledger,
        consent: ConsentService,
        callbacks: Callable[[Callable[[ModelCall | ModelFailure], None]], TokenUsageCallbackHandler],
        model_label: str,
        lease_seconds: float,
        metrics: Metrics,
        channels: Mapping[str, Callable[[str], None]] = MappingProxyType({}),
    ) -> None:
        """`callbacks` makes the handler that counts one turn's model calls; leases last `lease_seconds`.

        `channels` names what else is listened for on this replica's connection, by channel.
        """
        self._pool = pool
        self._dsn = dsn
        self._replica = replica
        self._graph = graph
        self._tracker = tracker
        self._subscriptions = subscriptions
        self._ledger = ledger
        self._consent = consent
        self._callbacks = callbacks
        self._model_label = model_label
        self._lease_seconds = lease_seconds
        self._metrics = metrics
        self._channels = channels
        self._wake = asyncio.Event()
        self._running: dict[UUID, _Running] = {}
        self._news: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    async def work(self) -> None:
        """Run turns until cancelled, through losses of the database."""
        listeners = {
            turns.TURNS_CHANNEL: lambda _: self._wake.set(),
            listener.CANCEL_CHANNEL: self._stop_thread,
            listener.EVENTS_CHANNEL: self._hear_of_event,
            **self._channels,
        }
        deaf_since: datetime | None = None
        while True:
            try:
                async with self._replica.connected(self._dsn, listeners):
                    if deaf_since is not None:
                        await self._tell_missed(deaf_since)
                        deaf_since = None
                    try:
                        await self._work_while_connected()
                    except asyncio.CancelledError:
                        await self._leave()  # while our lock still keeps others from our turns
                        raise
            except Exception as error:  # noqa: BLE001  # a driver has many words for a database that is gone
                log.warning("database_unreachable", reason=str(error))
            deaf_since = deaf_since or datetime.now(UTC) - DEAF_MARGIN
            # Without the lock that shows that we live, another replica may take our turns at any moment.
            await self._abandon()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _tell_missed(self, since: datetime) -> None:
        """Pass on what other replicas stored while we could not hear of it; what was told is not told twice."""
        for thread_id in self._subscriptions.watched_threads():
            async with self._pool.acquire() as connection:
                missed = await events.since(connection, thread_id=thread_id, at=since)
            for event in missed:
                self._subscriptions.publish(frame_of(event))

    async def stop(self) -> None:
        """Let go of everything: turns go on elsewhere, or here at the next start; what is being sent is settled."""
        await self._abandon()
        await self._ledger.drain()

    async def _leave(self) -> None:
        """Settle what is being sent while the turns are still ours, so that nobody takes it for lost; then let go."""
        renewing = asyncio.create_task(self._renew_leases())
        try:
            await self._ledger.drain()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
        await self._abandon()

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
                async with asyncio.timeout(POLL_SECONDS):  # not wait_for: on 3.11 it may swallow a cancellation
                    await self._wake.wait()

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
                    self._subscriptions.publish(frame_of(event))

    def _hear_of_event(self, note: str) -> None:
        heard = json.loads(note)
        if heard["worker"] != self._replica.id and self._subscriptions.is_watched(heard["thread_id"]):
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
                outcome = await self._outcome(running)
                await self._finish(turn, outcome)
            except Exception:
                # Not even the failure could be stored. The turn stays ours until the lease runs out, then runs again.
                log.exception("turn_not_recorded")
                return
            self._metrics.turns.labels(outcome=outcome.status).inc()
            self._metrics.turn_seconds.labels(outcome=outcome.status).observe(time.monotonic() - began)
            log.info("turn_finished", status=outcome.status, kind=turn.kind, attempt=turn.attempt)

    async def _outcome(self, running: _Running) -> _Outcome:
        """Play a turn and say how it ended."""
        turn = running.turn
        recorder = TurnRecorder(turn, tracker=self._tracker, subscriptions=self._subscriptions, metrics=self._metrics)
        try:
            try:
                return _Outcome(status="done", closing=await self._play(running, recorder))
            finally:
                running.over = True
        except (asyncio.CancelledError, _Stopped):
            if not running.stop:
                raise
            return _Outcome(status="cancelled", closing=await self._end_stopped(turn, recorder))
        except Exception as error:  # whatever broke, the customer is told and the turn is kept
            fact = error if isinstance(error, AppError) else InternalError()
            log.warning("turn_failed", code=fact.code, exc_info=error)
            await self._ledger.give_up(turn.run_id)
            return _Outcome(status="failed", code=fact.code, closing=await recorder.fail(fact))
        finally:
            self._subscriptions.drop_partial(turn.thread_id)  # before the next turn of the thread can begin

    async def _play(self, running: _Running, recorder: TurnRecorder) -> ServerFrame | None:
        turn = running.turn
        if turn.takeovers > MAX_TAKEOVERS:
            raise InternalError
        await recorder.begin(self._model_label)
        callbacks = self._callbacks(recorder.calls.append)
        async with aclosing(self._happenings(turn, recorder, callbacks)) as happenings:
            async for happening in happenings:
                await recorder.tell(happening)
                told = not isinstance(happening, ToolRan)  # the result follows at once
                if running.stop and told and not self._ledger.is_sending(turn.run_id):
                    raise _Stopped
        return await recorder.end(callbacks.totals())

    async def _happenings(
        self, turn: Turn, recorder: TurnRecorder, callbacks: TokenUsageCallbackHandler
    ) -> AsyncGenerator[Any, None]:
        """Begin the run, or go on where it stands: what the ledger has decided meanwhile is read there."""
        config: dict[str, Any] = {"configurable": {"thread_id": str(turn.run_id)}, "callbacks": [callbacks]}
        restart = turn.attempt > 1  # it was cut off, or failed: what its last step told is not known
        stand = await runner.where(self._graph, config, restart=restart)
        if stand == "over":
            return
        payload = None
        if stand == "new":
            if turn.content is None:
                raise NothingPending("What this approval belonged to is gone, so nothing was sent. Please ask again.")
            payload = begin(turn.content, await self._history(turn))
        run = runner.run(
            self._graph,
            payload,
            thread_id=turn.thread_id,
            config=config,
            context=RunContext(
                thread_id=turn.thread_id, run_id=turn.run_id, attempt=recorder.failures, claims=turn.claims
            ),
            title_of=self._graph.title_of,
            restart=restart,
        )
        async with aclosing(run):
            async for happening in run:
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

    async def _end_stopped(self, turn: Turn, recorder: TurnRecorder) -> ServerFrame:
        """Take back what was asked or approved and has not begun, keep the rest, and say that it was stopped."""
        await recorder.seal()
        if turn.kind == "message":
            await self._consent.withdraw(turn.run_id)
        await self._ledger.call_off(turn.run_id, turn_id=turn.id)
        return recorder.end_stopped()

    async def _finish(self, turn: Turn, outcome: _Outcome) -> None:
        """Record the turn's end and its last frame at once: whoever has seen that it failed can try it again."""
        async with self._tracker.recording() as recording:
            connection = recording.connection
            ours = await turns.finish(
                connection, turn_id=turn.id, worker=self._replica.id, status=outcome.status, error_code=outcome.code
            )
            if ours and outcome.closing is not None:
                await recording.append(outcome.closing, turn_id=turn.id)
            over = not await turns.has_open(connection, run_id=turn.run_id)
        if over:
            await self._graph.forget(str(turn.run_id))
