"""Retention: deletes old conversations, and runs that nobody will go on with, when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from app.db import checkpoints, conversation_facts, erasure
from app.jobs.poll_loop import PollLoop

if TYPE_CHECKING:
    from app.db.pool import Pool

CONVERSATIONS_AT_ONCE: Final = 100  # deleted in one transaction: tens of milliseconds, so that nobody waits for it
RUNS_AT_ONCE: Final = 500  # as above; a run's checkpoints are a few rows
KEPT_RUN: Final = timedelta(days=7)  # a turn that failed can be tried again for so long; then its run begins anew
LOOK_SECONDS: Final = 3_600.0  # days are promised, so an hour more does no harm

log = structlog.get_logger(__name__)


class Retention:
    """Deletes what is older than the retention allows; any number of replicas may do so at once."""

    def __init__(self, *, pool: Pool, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Keep conversations for `days` after the customer was last active in them."""
        self._pool = pool
        self._kept = timedelta(days=days)
        self._now = now
        self._loop = PollLoop(self._look, failed="retention_failed", seconds=LOOK_SECONDS)

    async def work(self) -> None:
        """Delete what is due, then look again every hour, until cancelled."""
        await self._loop.work()

    async def _look(self) -> None:
        conversations, runs = await self.enforce()
        if conversations or runs:
            log.info("retention_enforced", conversations=conversations, runs=runs)

    async def enforce(self) -> tuple[int, int]:
        """Delete everything that is due, batch by batch; returns how many conversations and how many runs."""
        conversations = runs = 0
        while batch := await self._delete_conversations():
            conversations += batch
        while batch := await self._drop_runs():
            runs += batch
        return conversations, runs

    async def _delete_conversations(self) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            due = await erasure.silent_since(connection, at=self._now() - self._kept, limit=CONVERSATIONS_AT_ONCE)
            await conversation_facts.anonymize(connection, thread_ids=due)
            await erasure.delete(connection, thread_ids=due)
        return len(due)

    async def _drop_runs(self) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            idle = await erasure.idle_runs(connection, since=self._now() - KEPT_RUN, limit=RUNS_AT_ONCE)
            await checkpoints.drop(connection, thread_ids=[str(run_id) for run_id in idle])
        return len(idle)
