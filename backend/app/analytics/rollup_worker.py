"""Rollup worker: folds new events of the log into facts and rollups, in batches of one transaction each.

A batch either counts its events, marks them as counted and changes the rollups, or nothing of it happened. Whoever
claims a conversation holds its row meanwhile, so several replicas share the work and never count an event twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from app.analytics.conversation_fold import ConversationFold, fold, moment
from app.analytics.outcome import judge
from app.analytics.rollup import RollupDelta
from app.db import conversation_facts, event_cursor, metric_rollups
from app.db.conversation_facts import Facts, StoredFacts
from app.db.pool import limit_standstill
from app.events.frame_table import READ_FIELDS
from app.jobs.poll_loop import PollLoop

if TYPE_CHECKING:
    from app.db.event_cursor import Claimed, LoggedEvent
    from app.db.pool import Connection, Pool
    from app.telemetry.metrics import Metrics

CONVERSATIONS_AT_ONCE: Final = 50  # beside chats: locked for as long as a batch takes, a hundredth of a second
BULK_AT_ONCE: Final = 500  # for a command over the whole log, ten times the figures for ten times the locks
FROZEN_MS: Final = 2_000  # a batch that stands still for so long is broken off, and its conversations let go
EVENTS_AT_ONCE: Final = 5_000  # some 10 MB of frames; a conversation of more is counted in several batches
SETTLE_AT_ONCE: Final = BULK_AT_ONCE  # what is settled has been silent for long
POLL_SECONDS: Final = 1.0  # how far the figures may lag behind; asking costs a look into an empty index
QUARANTINE_SECONDS: Final = 600.0  # until what could not be counted is tried again: by then somebody may have mended it
LANES: Final = 2  # while one batch is read and written, another is folded: with a backlog both have work
LAG_CONVERSATIONS: Final = 100_000  # beyond it a backlog is a backlog, and counting it exactly would cost
MICROSECONDS: Final = 1_000_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events that are counted now, conversation by conversation, each one's in order; their facts are written already.

    `begun` names the conversations that are folded from their first event on: what a fold knew of them before, from
    before a rebuild, it forgets. `changed` names all whose facts have changed, also those that only time has settled.
    """

    events: Sequence[LoggedEvent]
    begun: Collection[str]
    changed: Collection[str]


Fold = Callable[["Connection", Batch], Awaitable[None]]
"""A further fold over the log: called inside the batch's transaction, which its failure undoes."""


class RollupWorker:
    """Folds the log into facts, rollups and whatever the further `folds` keep."""

    def __init__(
        self,
        *,
        pool: Pool,
        session_ttl_seconds: float,
        folds: Sequence[Fold] = (),
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.time,
        poll_seconds: float = POLL_SECONDS,
        at_once: int = CONVERSATIONS_AT_ONCE,
    ) -> None:
        """Conversations end after `session_ttl_seconds` of silence by `clock`, in seconds since the epoch.

        Up to `at_once` of them are counted in a batch, and their rows are locked meanwhile.
        """
        self._quarantined: dict[str, float] = {}
        self._pool = pool
        self._ttl = round(session_ttl_seconds * MICROSECONDS)
        self._folds = folds
        self._at_once = at_once
        self._metrics = metrics
        self._clock = clock
        self._loop = PollLoop(self._look, failed="figures_not_kept", seconds=poll_seconds)

    async def work(self) -> None:
        """Keep the figures right until cancelled, through losses of the database."""
        await self._loop.work()

    async def _look(self) -> None:
        await self.catch_up()
        await self._measure()

    async def catch_up(self) -> int:
        """Count everything that is stored and settle what silence has ended; returns how many events it counted."""
        counted = await self.count() or 0
        lanes = LANES if counted >= EVENTS_AT_ONCE // 2 else 1
        async with AsyncExitStack() as stack:
            tasks = [asyncio.create_task(self._drain()) for _ in range(lanes)]
            for task in tasks:
                stack.callback(task.cancel)
            counted += sum(await asyncio.gather(*tasks))
        while await self.settle():
            pass
        return counted

    async def _drain(self) -> int:
        """Count batch after batch until nothing is left that others do not hold."""
        counted = 0
        while (batch := await self.count()) is not None:
            counted += batch
        return counted

    async def count(self) -> int | None:
        """Count one batch of events and return how many; None where none is left, or others hold what is.

        Where a batch breaks, its first conversation is tried alone; one that breaks alone is set aside for a while, so
        that it does not keep all others from being counted.
        """
        try:
            return await self._count(limit=self._at_once)
        except Exception as error:  # noqa: BLE001  # whatever broke, it may be one conversation's fault
            log.warning("batch_not_counted", reason=str(error))
        return await self._count(limit=1)

    async def _count(self, *, limit: int) -> int | None:
        now = self._clock()
        self._quarantined = {thread_id: until for thread_id, until in self._quarantined.items() if until > now}
        async with self._pool.acquire() as connection, connection.transaction():
            await limit_standstill(connection, FROZEN_MS)
            claimed = _fitting(await event_cursor.claim(connection, limit=limit, but=self._quarantined))
            if not claimed:
                return None
            events = await event_cursor.read(
                connection,
                after={one.thread_id: one.counted_seq for one in claimed},
                limit=EVENTS_AT_ONCE,
                fields=READ_FIELDS,
            )
            seqs = {one.thread_id: one.counted_seq for one in claimed}
            seqs.update((event.thread_id, event.seq) for event in events)
            seqs.update((one.thread_id, one.last_seq) for one in claimed if one.last_seq == 0)
            await event_cursor.mark(connection, counted=seqs)
            try:
                await self.fold(connection, claimed, events)
            except Exception:
                if limit == 1:
                    log.exception("conversation_not_counted", thread_id=claimed[0].thread_id)
                    self._quarantined[claimed[0].thread_id] = now + QUARANTINE_SECONDS
                raise
            await metric_rollups.changed(connection)  # last: others wait for its one row
        if self._metrics is not None:
            self._metrics.figures_events.inc(len(events))
        return len(events)

    async def fold(self, connection: Connection, claimed: Sequence[Claimed], events: Sequence[LoggedEvent]) -> None:
        """Fold events of conversations whose rows are locked, inside the open transaction."""
        threads = event_cursor.by_thread(events)
        stored = {
            one.thread_id: one
            for one in await conversation_facts.stored(
                connection,
                thread_ids=[one.thread_id for one in claimed if one.counted_seq and one.thread_id in threads],
            )
        }
        delta, changed = RollupDelta(), []
        for one in claimed:
            if one.thread_id not in threads:
                continue
            before = stored.get(one.thread_id)
            folded = _take_back(delta, before) if before else ConversationFold()
            fold(folded, threads[one.thread_id])
            changed.append(self._judge(delta, folded, one))
        begun = {one.thread_id for one in claimed if not one.counted_seq}
        await self._write(connection, delta, changed, events=events, begun=begun)

    async def settle(self) -> int:
        """Settle some of the conversations that silence has ended; returns how many."""
        now = self._clock()
        async with self._pool.acquire() as connection, connection.transaction():
            await limit_standstill(connection, FROZEN_MS)
            due = await conversation_facts.due(connection, now=moment(round(now * MICROSECONDS)), limit=SETTLE_AT_ONCE)
            if not due:
                return 0
            delta = RollupDelta()
            changed = [self._judge(delta, _take_back(delta, one), one) for one in due]
            await self._write(connection, delta, changed)
            await metric_rollups.changed(connection)
        return len(due)

    async def rebuild(self) -> int:
        """Throw the figures away and make them anew from the log; returns how many events it counted.

        What conversations had come to that were deleted, or redacted, is taken over from their facts.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await event_cursor.reset(connection)
            await conversation_facts.delete_countable(connection)
            await metric_rollups.clear(connection)
            after = ""
            while page := await conversation_facts.page(connection, after=after, limit=SETTLE_AT_ONCE):
                delta = RollupDelta()
                for one in page:
                    delta.add(ConversationFold.from_json(one.folded), outcome=one.outcome, ended=one.ended)
                await self._write(connection, delta, ())
                after = page[-1].thread_id
        return await self.catch_up()

    async def remove_demo(self) -> int:
        """Remove the demo's conversations and what they added to the figures; returns how many there were."""
        removed = 0
        while True:
            async with self._pool.acquire() as connection, connection.transaction():
                taken = await conversation_facts.delete_demo(connection, limit=SETTLE_AT_ONCE)
                delta = RollupDelta()
                for one in taken:
                    _take_back(delta, one)
                await self._write(connection, delta, ())
                await metric_rollups.changed(connection)
            removed += len(taken)
            if not taken:
                return removed

    def _judge(self, delta: RollupDelta, folded: ConversationFold, whose: Claimed | StoredFacts) -> Facts:
        """Enter what a conversation comes to now, and return it as its facts."""
        verdict = judge(folded, now=round(self._clock() * MICROSECONDS), ttl=self._ttl)
        delta.add(folded, outcome=verdict.outcome, ended=verdict.ended_at is not None)
        tokens_in, tokens_out, cost_e8 = folded.spent()
        return Facts(
            thread_id=whose.thread_id,
            visitor_id=whose.visitor_id,
            customer=whose.customer,
            started_at=folded.started_at,
            last_at=folded.last_at,
            ended_at=verdict.ended_at,
            status="open" if verdict.ended_at is None else "ended",
            outcome=verdict.outcome,
            turns=folded.turns,
            messages=folded.messages,
            agents=sorted(folded.agents),
            tools=sorted(folded.tools),
            models=sorted(folded.models),
            approvals=folded.approvals,
            errors=folded.errors,
            actions=folded.proposed,
            unknown_actions=folded.unknown,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_e8=cost_e8,
            rating=folded.rating,
            staff=folded.staff,
            demo=whose.demo,
            settle_at=verdict.settle_at,
            folded=folded.to_json(),
        )

    async def _write(
        self,
        connection: Connection,
        delta: RollupDelta,
        changed: Sequence[Facts],
        *,
        events: Sequence[LoggedEvent] = (),
        begun: Collection[str] = (),
    ) -> None:
        """Write what has changed; rollups last, since whoever changes the same ones waits for the commit."""
        if changed:
            await conversation_facts.save(connection, facts=changed)
            batch = Batch(events=events, begun=begun, changed={one.thread_id for one in changed})
            for further in self._folds:
                await further(connection, batch)
        rollups, durations = delta.changes()
        await metric_rollups.add(connection, rollups=rollups, durations=durations)

    async def _measure(self) -> None:
        if self._metrics is None:
            return
        async with self._pool.acquire() as connection:
            self._metrics.figures_waiting.set(await event_cursor.waiting(connection, at_most=LAG_CONVERSATIONS))
            self._metrics.figures_lag_seconds.set(await event_cursor.oldest_age(connection))


def _fitting(claimed: Sequence[Claimed]) -> list[Claimed]:
    """Take as many conversations as a batch has room for, and at least one."""
    room = EVENTS_AT_ONCE
    taken: list[Claimed] = []
    for one in claimed:
        room -= min(EVENTS_AT_ONCE, one.last_seq - one.counted_seq)
        if taken and room < 0:
            break
        taken.append(one)
    return taken


def _take_back(delta: RollupDelta, before: StoredFacts) -> ConversationFold:
    """Take back what a conversation had added, and return what it had come to."""
    folded = ConversationFold.from_json(before.folded)
    delta.add(folded, outcome=before.outcome, ended=before.ended, sign=-1)
    return folded
