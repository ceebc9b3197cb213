"""Turn executor: runs one turn on the graph, records what happens as it happens, then how the turn ended.

However it ends, a last frame says so: done, stopped, or failed with a code and what to send again. A turn that is cut
off without having been stopped is left as it is, for whoever claims it next.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.agents import runner
from app.agents.checkpointer import HELD, HeldRun
from app.agents.state import RunContext, begin
from app.db import turns
from app.db.reach import away
from app.db.turns import TurnLease
from app.errors import AppError, InternalError, NothingPending, TurnCrashed, TurnLost
from app.protocol import Escalated
from app.records import ToolRan
from app.turns.receipts import receipt_of_turn
from app.turns.recorder import TurnRecorder
from app.turns.reply_check import ReplyCheck

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from app.actions.consent import ConsentService
    from app.actions.ledger import Ledger
    from app.agents.claim_check import ClaimCheck
    from app.agents.state import History
    from app.agents.supervisor import Supervisor
    from app.callbacks import ModelCall, ModelFailure, TokenUsageCallbackHandler
    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.db.turns import Turn
    from app.escalation.model_alerts import ModelAlerts
    from app.events.subscriptions import Subscriptions
    from app.events.tracker import ConversationTracker
    from app.jobs.lease_loop import Lease
    from app.protocol import ServerFrame
    from app.telemetry.metrics import Metrics
    from app.turns.transcript import Transcript

MAX_TAKEOVERS: Final = 1  # once may be chance; a turn that two workers died with is what kills them

log = structlog.get_logger(__name__)


class _Stopped(Exception):
    """The customer stopped the turn."""


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """How a turn ended, and its last frame."""

    status: turns.Status
    closing: ServerFrame | None
    transcript: Transcript
    code: str | None = None


class TurnExecutor:
    """Runs turns, each from its claim to its recorded end."""

    def __init__(
        self,
        *,
        pool: Pool,
        replica: ReplicaConnection,
        graph: Supervisor,
        tracker: ConversationTracker,
        subscriptions: Subscriptions,
        ledger: Ledger,
        consent: ConsentService,
        callbacks: Callable[[Callable[[ModelCall | ModelFailure], None]], TokenUsageCallbackHandler],
        model_label: str,
        metrics: Metrics,
        alerts: ModelAlerts,
        claim_check: ClaimCheck | None = None,
    ) -> None:
        """`callbacks` makes the handler that counts one turn's model calls; None checks no reply."""
        self._pool = pool
        self._replica = replica
        self._graph = graph
        self._tracker = tracker
        self._subscriptions = subscriptions
        self._ledger = ledger
        self._consent = consent
        self._callbacks = callbacks
        self._model_label = model_label
        self._metrics = metrics
        self._alerts = alerts
        self._reply_check = (
            ReplyCheck(claim_check, pool=pool, tracker=tracker, metrics=metrics) if claim_check else None
        )

    async def run(self, lease: Lease[Turn]) -> None:
        """Run a turn to its end and record how it ended; a turn cut off by us stays to be claimed again.

        Raises whatever keeps even its failure from being stored.
        """
        turn = lease.job
        with structlog.contextvars.bound_contextvars(thread_id=turn.thread_id, turn_id=str(turn.id)):
            began = time.monotonic()
            held = HeldRun(new=turn.kind == "message" and turn.attempt == 1)
            recorder = TurnRecorder(
                turn,
                lease=TurnLease(turn_id=turn.id, worker=self._replica.id, attempt=turn.attempt),
                tracker=self._tracker,
                subscriptions=self._subscriptions,
                metrics=self._metrics,
                alerts=self._alerts,
            )
            try:
                outcome = await self._outcome(lease, recorder, held)
            except TurnLost:
                log.info("turn_lost")
                return
            except Exception as error:
                if away(error) is None:
                    raise
                await self._give_back(recorder.lease)
                return
            await self._finish(turn, outcome, recorder, held)
            self._metrics.turns.labels(outcome=outcome.status).inc()
            self._metrics.turn_seconds.labels(outcome=outcome.status).observe(time.monotonic() - began)
            log.info("turn_finished", status=outcome.status, kind=turn.kind, attempt=turn.attempt)

    def stop(self, lease: Lease[Turn]) -> None:
        """Stop a turn for the customer; a write that is under way is carried to its end first."""
        # What is being ended is left to it: stopped twice, or too late, its end would never be stored.
        if not lease.stopping and not lease.over:
            lease.stopping = True
            if not self._ledger.is_sending(lease.job.run_id):
                lease.cancel()

    async def _give_back(self, lease: TurnLease) -> None:
        """Let a turn under which the database went away run again; where it is still away, the worker does so later."""
        log.warning("turn_cut_off", reason="the database is away")
        async with self._pool.acquire() as connection:
            await turns.give_back(connection, lease=lease)

    async def _outcome(self, lease: Lease[Turn], recorder: TurnRecorder, held: HeldRun) -> _Outcome:
        """Run a turn on the graph and return how it ended."""
        turn = lease.job
        try:
            try:
                closing = await self._execute(lease, recorder, held)
                return _Outcome(status="done", closing=closing, transcript=recorder.transcript)
            finally:
                lease.over = True
        except (asyncio.CancelledError, _Stopped):
            if not lease.stopping:
                raise
            closing = await self._end_stopped(turn, recorder)
            return _Outcome(status="cancelled", closing=closing, transcript=recorder.transcript)
        except TurnLost:
            raise
        except Exception as error:  # whatever broke, the customer is told and the turn is kept
            if away(error) is not None:
                raise
            fact = error if isinstance(error, AppError) else InternalError()
            log.warning("turn_failed", code=fact.code, exc_info=error)
            await self._ledger.give_up(turn.run_id, lease=recorder.lease)
            closing = await recorder.fail(fact)
            return _Outcome(status="failed", code=fact.code, closing=closing, transcript=recorder.transcript)
        finally:
            self._subscriptions.drop_partial(turn.thread_id)  # before the next turn of the thread can begin

    async def _execute(self, lease: Lease[Turn], recorder: TurnRecorder, held: HeldRun) -> ServerFrame | None:
        turn = lease.job
        if turn.takeovers > MAX_TAKEOVERS:
            await self._tell_staff(turn, recorder)
            raise TurnCrashed
        history = await recorder.begin(self._model_label)
        callbacks = self._callbacks(recorder.calls.append)
        async with aclosing(self._stream(turn, recorder, callbacks, held, history)) as stream:
            async for output in stream:
                await recorder.record(output)
                complete = not isinstance(output, ToolRan)  # the result follows at once
                if lease.stopping and complete and not self._ledger.is_sending(turn.run_id):
                    raise _Stopped
        if self._reply_check is not None:
            await self._reply_check.run(
                turn, recorder.transcript, self._graph, lease=recorder.lease, history=history, callbacks=[callbacks]
            )
        return await recorder.end(callbacks.totals())

    async def _tell_staff(self, turn: Turn, recorder: TurnRecorder) -> None:
        """Hand a conversation whose message takes workers down to a person, once."""
        log.error("turn_crashed", takeovers=turn.takeovers)
        reason = "Working on the customer's last message stopped the server twice."
        message = "A person has been asked to look at it."
        frame = Escalated(thread_id=turn.thread_id, reason=reason, message=message)
        await recorder.tracker.record(frame, turn_id=turn.id, scope=str(turn.run_id))

    async def _stream(
        self,
        turn: Turn,
        recorder: TurnRecorder,
        callbacks: TokenUsageCallbackHandler,
        held: HeldRun,
        history: History,
    ) -> AsyncGenerator[Any, None]:
        """Begin the run, or go on where it stands: what the ledger has decided meanwhile is read there."""
        config: dict[str, Any] = {
            "configurable": {"thread_id": str(turn.run_id), HELD: held},
            "callbacks": [callbacks],
        }
        restart = turn.attempt > 1  # it was cut off, or failed: what its last step recorded is not known
        stand = await runner.where(self._graph, config, restart=restart)
        if stand == "over":
            return
        payload = None
        if stand == "new":
            if turn.content is None:
                raise NothingPending("What this approval belonged to is gone, so nothing was sent. Please ask again.")
            payload = begin(turn.content, history)
        run = runner.run(
            self._graph,
            payload,
            thread_id=turn.thread_id,
            config=config,
            context=RunContext(
                thread_id=turn.thread_id,
                run_id=turn.run_id,
                attempt=recorder.failures,
                claims=turn.claims,
                lease=recorder.lease,
                keep=partial(held.keep, self._pool),
            ),
            title_of=self._graph.title_of,
            restart=restart,
        )
        async with aclosing(run):
            async for output in run:
                yield output

    async def _end_stopped(self, turn: Turn, recorder: TurnRecorder) -> ServerFrame:
        """Take back what was asked or approved and has not begun, keep the rest, and say that it was stopped."""
        await recorder.seal()
        await recorder.check_lease()
        if turn.kind == "message":
            await self._consent.withdraw(turn.run_id)
        await self._ledger.cancel_run(turn.run_id, turn_id=turn.id)
        return recorder.end_stopped()

    async def _finish(self, turn: Turn, outcome: _Outcome, recorder: TurnRecorder, held: HeldRun) -> None:
        """Record the turn's end and its last frame at once: whoever has seen that it failed can try it again.

        Where its run waits, or can be tried again, it is kept with that; where it is over, it is dropped.
        """
        async with self._tracker.recording() as recording:
            connection = recording.connection
            ours = await turns.finish(connection, lease=recorder.lease, status=outcome.status, error_code=outcome.code)
            if not ours:
                return
            receipt = await receipt_of_turn(connection, turn, outcome.transcript, self._graph)
            await recorder.store_waiting(recording)
            for frame in (receipt, outcome.closing):
                if frame is not None:
                    await recording.append(frame, turn_id=turn.id)
            waits = await turns.has_open(connection, run_id=turn.run_id)
            if waits:
                await held.keep(connection)
        if not waits:
            await self._graph.forget(str(turn.run_id), stored=held.is_stored)
