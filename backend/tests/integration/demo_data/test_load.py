"""The demo's data on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.analytics.rollup_worker import RollupWorker
from demo_data.load import Plan, load
from tests.event_log import EventLog, store
from tests.integration.analytics.rollup_tables import all_facts, all_rollups

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
PLAN = Plan(conversations=120, days=5, seed=7, now=NOW, session_ttl_seconds=1_800)


def rollup_worker(pool: Pool) -> RollupWorker:
    return RollupWorker(pool=pool, session_ttl_seconds=1_800, clock=NOW.timestamp)


async def test_it_is_complete_and_counted_at_once(pool: Pool, pg_url: str) -> None:
    """Whatever is seen of it has its facts and figures; a running rollup_worker finds nothing to do."""
    loaded = await load(pg_url, PLAN)
    assert 90 < loaded <= 120
    assert await pool.fetchval("SELECT count(*) FROM conversation_facts WHERE demo") == loaded
    assert await rollup_worker(pool).catch_up() == 0
    sums = await all_rollups(pool)
    assert sum(row[0] for key, row in sums.items() if key[:2] == (1, "all")) == loaded
    assert await pool.fetchval("SELECT max(at) FROM events") < NOW


async def test_what_the_log_says_is_what_was_counted(pool: Pool, pg_url: str) -> None:
    """Counted anew from the log, the facts and the figures are the same."""
    await load(pg_url, PLAN)
    sums, facts = await all_rollups(pool), await all_facts(pool)
    await rollup_worker(pool).rebuild()
    assert await all_rollups(pool) == sums
    assert await all_facts(pool) == facts


async def test_again_changes_nothing(pool: Pool, pg_url: str) -> None:
    loaded = await load(pg_url, PLAN)
    assert loaded
    before = await all_rollups(pool)
    assert await load(pg_url, PLAN) == 0
    assert await all_rollups(pool) == before


async def test_later_it_goes_on_where_it_ended(pool: Pool, pg_url: str) -> None:
    """Planted again the next day, only what has happened since is added."""
    loaded = await load(pg_url, PLAN)
    more = await load(pg_url, replace(PLAN, now=NOW + timedelta(days=1)))
    assert 0 < more < loaded


async def test_all_kinds_of_conversation_are_there(pool: Pool, pg_url: str) -> None:
    """Every outcome, ratings, failures and approvals, from several agents, tools and models."""
    await load(pg_url, replace(PLAN, conversations=700, days=20))
    outcomes = await pool.fetch("SELECT DISTINCT outcome FROM conversation_facts")
    assert {row[0] for row in outcomes} >= {
        "resolved_confirmed",
        "resolved_assumed",
        "escalated",
        "abandoned",
        "unresolved",
    }
    totals = await pool.fetchrow(
        """
        SELECT sum(proposed) > 0 AND sum(approved) > 0 AND sum(rejected) > 0 AND sum(expired) > 0 AND sum(edited) > 0,
               sum(calls_failed) > 0, sum(ratings) > 0, sum(errors) > 0
          FROM figures WHERE level = 1 AND dimension = 'all'
        """
    )
    assert all(totals)
    for dimension, least in {"agent": 6, "tool": 8, "model": 3}.items():
        names = await pool.fetchval("SELECT count(DISTINCT name) FROM figures WHERE dimension = $1", dimension)
        assert names >= least


async def test_removed_it_leaves_what_was_there_before(pool: Pool, pg_url: str) -> None:
    """The conversations of real customers and their figures stay as they are."""
    await store(pool, EventLog(clock=NOW - timedelta(days=2)).asks().models().uses().completes())
    await rollup_worker(pool).catch_up()
    before = await all_rollups(pool)
    loaded = await load(pg_url, PLAN)
    assert await all_rollups(pool) != before
    assert await rollup_worker(pool).remove_demo() == loaded
    assert await all_rollups(pool) == before
    assert await pool.fetchval("SELECT array_agg(thread_id) FROM conversations") == ["t1"]


async def test_several_processes_write_the_same(pool: Pool, pg_url: str) -> None:
    alone = await load(pg_url, PLAN, processes=1)
    before: Any = await all_rollups(pool)
    await rollup_worker(pool).remove_demo()
    assert await load(pg_url, PLAN, processes=2) == alone
    assert await all_rollups(pool) == before
