"""The keeper on a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.analytics.keeper import Batch, Keeper
from app.metrics import Metrics
from tests.story import BEGIN, Story, go_on, store

if TYPE_CHECKING:
    from app.db.pool import Connection, Pool

pytestmark = pytest.mark.integration
TOMORROW = BEGIN + timedelta(days=1)


def keeper(pool: Pool, *, now: datetime = TOMORROW, **more: Any) -> Keeper:
    return Keeper(pool=pool, session_ttl_seconds=1_800, clock=now.timestamp, **more)


async def facts(pool: Pool, thread_id: str = "t1") -> dict[str, Any]:
    return dict(await pool.fetchrow("SELECT * FROM conversation_facts WHERE thread_id = $1", thread_id))


async def whole(pool: Pool, level: int = 1) -> dict[str, Any]:
    row = await pool.fetchrow("SELECT * FROM figures WHERE level = $1 AND dimension = 'all'", level)
    return dict(row)


async def test_what_has_happened_becomes_facts_and_figures(pool: Pool) -> None:
    await store(pool, Story().asks().models().uses().answers().completes().rates(5))
    assert await keeper(pool).catch_up() == 7
    row = await facts(pool)
    assert (row["outcome"], row["status"], row["rating"]) == ("resolved_confirmed", "ended", 5)
    assert (row["agents"], row["tools"], row["models"]) == (["orders"], ["get_order"], ["gpt-4.1-mini"])
    for level in (0, 1):
        sums = await whole(pool, level)
        assert (sums["conversations"], sums["resolved_confirmed"], sums["calls_succeeded"]) == (1, 1, 1)
        assert sums["cost_e8"] == 100_000
    assert (await whole(pool, 0))["at"] == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert (await whole(pool, 1))["at"] == datetime(2026, 3, 2, tzinfo=UTC)


async def test_nothing_is_counted_twice(pool: Pool) -> None:
    await store(pool, Story().asks().answers().completes())
    assert await keeper(pool).catch_up() == 3
    assert await keeper(pool).catch_up() == 0
    assert (await whole(pool))["messages"] == 2


async def test_late_events_change_what_was_counted(pool: Pool) -> None:
    """What the conversation had added is taken back and added anew."""
    story = Story().asks().uses().completes(ended=True)
    await store(pool, story)
    await keeper(pool, now=story.clock).catch_up()
    assert (await whole(pool))["resolved_assumed"] == 1
    since = len(story.happened)
    story.later(days=2).asks("It never came").hands_over()
    await go_on(pool, story, since)
    assert await keeper(pool, now=story.clock).catch_up() == 2
    sums = await whole(pool)
    assert (sums["conversations"], sums["resolved_assumed"], sums["escalated"], sums["turns"]) == (1, 0, 1, 2)


async def test_silence_settles_what_is_open(pool: Pool) -> None:
    """Nothing happens but time: the sweep settles it, once, and folds are told."""
    told: list[Batch] = []

    async def listen(_: Connection, batch: Batch) -> None:
        told.append(batch)

    story = Story().asks().uses().completes()
    await store(pool, story)
    await keeper(pool, now=story.clock).catch_up()
    assert (await facts(pool))["outcome"] == "open"
    await keeper(pool, folds=[listen]).catch_up()
    assert (await facts(pool))["outcome"] == "resolved_assumed"
    assert (await facts(pool))["ended_at"] == BEGIN + timedelta(minutes=30)
    assert (await whole(pool))["ended"] == 1
    assert [(list(batch.events), set(batch.changed)) for batch in told] == [([], {"t1"})]


async def test_how_far_it_lags_is_measured(pool: Pool) -> None:
    """Prometheus is told how much waits, for how long, and how much has been counted."""
    metrics = Metrics()
    story = Story(clock=datetime.now(UTC) - timedelta(minutes=10)).asks().answers()
    await store(pool, story)
    ours = keeper(pool, metrics=metrics)
    await ours._measure()
    assert "smart_support_figures_waiting 1.0" in metrics.render().decode()
    assert 595 < metrics.figures_lag_seconds._value.get() < 660
    await ours.catch_up()
    await ours._measure()
    told = metrics.render().decode()
    assert "smart_support_figures_waiting 0.0" in told
    assert "smart_support_figures_lag_seconds 0.0" in told
    assert "smart_support_figures_events_total 2.0" in told
