"""The sums of quarters, days and weeks are the same conversations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.analytics.rollup_worker import RollupWorker
from app.db import metric_rollups
from app.db.metric_rollups import Rollup
from app.db.migrations import migrate
from app.db.pool import open_pool
from tests.event_log import BEGIN, EventLog, store
from tests.integration.analytics.rollup_tables import all_rollups
from tests.integration.db.test_migrations import back

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


async def count(pool: Pool, *stories: EventLog) -> None:
    await store(pool, *stories)
    later = BEGIN + timedelta(days=90)
    await RollupWorker(pool=pool, session_ttl_seconds=1_800, clock=later.timestamp).catch_up()


def scattered(number: int) -> list[EventLog]:
    """One every 31 hours."""
    return [
        EventLog(thread_id=f"s{one}", clock=BEGIN + timedelta(hours=31 * one)).asks().models().uses().completes()
        for one in range(number)
    ]


async def test_any_range_is_the_conversations_that_began_in_it(pool: Pool) -> None:
    """However it is covered, by weeks, days and quarters."""
    stories = scattered(40)
    await count(pool, *stories)
    for first, hours in ((0, 24), (5, 24 * 7), (-30, 24 * 30), (3, 24 * 60), (7, 31), (0, 0)):
        start = datetime(2026, 3, 3, tzinfo=UTC) + timedelta(hours=first)
        end = start + timedelta(hours=hours)
        began = sum(start <= story.happened[0][0] < end for story in stories)
        async with pool.acquire() as connection:
            covering = metric_rollups.spans(start, end)
            rollups = await metric_rollups.totals(connection, covering=covering, dimensions=("all", "tool"))
            bins = await metric_rollups.durations(connection, covering=covering, named=True)
        assert rollups.get(("all", ""), Rollup()).conversations == began
        assert rollups.get(("tool", "get_order"), Rollup()).calls == began
        assert sum(bins.get(("tool", "get_order"), {}).values()) == began


async def test_weeks_are_made_of_what_was_counted_before_there_were_any(empty_url: str) -> None:
    """An installation that had sums by the day gets those by the week from them."""
    await migrate(empty_url)
    async with await open_pool(empty_url, max_size=2) as pool:
        await count(pool, *scattered(12))
        before = await all_rollups(pool)
    await back(empty_url, "0008_replay")
    await migrate(empty_url)
    async with await open_pool(empty_url, max_size=2) as pool:
        assert await all_rollups(pool) == before
