"""The rollup worker on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.analytics.rollup_worker import EVENTS_AT_ONCE, Batch, RollupWorker
from app.db.conversation_facts import anonymize
from app.protocol import CustomerMessage
from app.telemetry.metrics import Metrics
from tests.event_log import BEGIN, EventLog, go_on, store
from tests.fakes import PATIENCE_SECONDS
from tests.integration.analytics.rollup_tables import all_facts, all_rollups
from tests.integration.replica import Replica

if TYPE_CHECKING:
    from app.db.pool import Connection, Pool

pytestmark = pytest.mark.integration
TOMORROW = BEGIN + timedelta(days=1)


def rollup_worker(pool: Pool, *, now: datetime = TOMORROW, **more: Any) -> RollupWorker:
    return RollupWorker(pool=pool, session_ttl_seconds=1_800, clock=now.timestamp, **more)


async def facts(pool: Pool, thread_id: str = "t1") -> dict[str, Any]:
    return dict(await pool.fetchrow("SELECT * FROM conversation_facts WHERE thread_id = $1", thread_id))


async def whole(pool: Pool, level: int = 1) -> dict[str, Any]:
    row = await pool.fetchrow("SELECT * FROM figures WHERE level = $1 AND dimension = 'all'", level)
    return dict(row)


async def test_what_has_happened_becomes_facts_and_figures(pool: Pool) -> None:
    await store(pool, EventLog().asks().models().uses().answers().completes().rates(5))
    assert await rollup_worker(pool).catch_up() == 7
    row = await facts(pool)
    assert (row["outcome"], row["status"], row["rating"]) == ("resolved_confirmed", "ended", 5)
    assert (row["agents"], row["tools"], row["models"]) == (["orders"], ["get_order"], ["gpt-4.1-mini"])
    for level in (0, 1):
        sums = await whole(pool, level)
        assert (sums["conversations"], sums["resolved_confirmed"], sums["calls_succeeded"]) == (1, 1, 1)
        assert sums["cost_e8"] == 100_000
    assert (await whole(pool, 0))["at"] == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert (await whole(pool, 1))["at"] == datetime(2026, 3, 2, tzinfo=UTC)


async def test_names_are_taken_as_they_are(pool: Pool) -> None:
    """Whatever a document has called a tool, or a provider a model."""
    names = ['with "quotes"', "back\\slash", "comma, {brace}", "NULL", "ümlaut 😀"]
    story = EventLog().asks()
    for name in names:
        story.uses(name)
    await store(pool, story)
    await rollup_worker(pool).catch_up()
    rows = await pool.fetch("SELECT name FROM figures WHERE level = 1 AND dimension = 'tool'")
    assert {row["name"] for row in rows} == set(names) == set((await facts(pool))["tools"])


async def test_nothing_is_counted_twice(pool: Pool) -> None:
    await store(pool, EventLog().asks().answers().completes())
    assert await rollup_worker(pool).catch_up() == 3
    assert await rollup_worker(pool).catch_up() == 0
    assert (await whole(pool))["messages"] == 2


async def test_late_events_change_what_was_counted(pool: Pool) -> None:
    """What the conversation had added is taken back and added anew."""
    story = EventLog().asks().uses().completes(ended=True)
    await store(pool, story)
    await rollup_worker(pool, now=story.clock).catch_up()
    assert (await whole(pool))["resolved_assumed"] == 1
    since = len(story.happened)
    story.later(days=2).asks("It never came").hands_over()
    await go_on(pool, story, since)
    assert await rollup_worker(pool, now=story.clock).catch_up() == 2
    sums = await whole(pool)
    assert (sums["conversations"], sums["resolved_assumed"], sums["escalated"], sums["turns"]) == (1, 0, 1, 2)


async def test_silence_settles_what_is_open(pool: Pool) -> None:
    """Nothing happens but time: the sweep settles it, once, and folds are told."""
    told: list[Batch] = []

    async def listen(_: Connection, batch: Batch) -> None:
        told.append(batch)

    story = EventLog().asks().uses().completes()
    await store(pool, story)
    await rollup_worker(pool, now=story.clock).catch_up()
    assert (await facts(pool))["outcome"] == "open"
    await rollup_worker(pool, folds=[listen]).catch_up()
    assert (await facts(pool))["outcome"] == "resolved_assumed"
    assert (await facts(pool))["ended_at"] == BEGIN + timedelta(minutes=30)
    assert (await whole(pool))["ended"] == 1
    assert [(list(batch.events), set(batch.changed)) for batch in told] == [([], {"t1"})]


async def test_how_far_it_lags_is_measured(pool: Pool) -> None:
    """Prometheus is told how much waits, for how long, and how much has been counted."""
    metrics = Metrics()
    story = EventLog(clock=datetime.now(UTC) - timedelta(minutes=10)).asks().answers()
    await store(pool, story)
    ours = rollup_worker(pool, metrics=metrics)
    await ours._measure()
    assert "smart_support_figures_waiting 1.0" in metrics.render().decode()
    assert 595 < metrics.figures_lag_seconds._value.get() < 660
    await ours.catch_up()
    await ours._measure()
    told = metrics.render().decode()
    assert "smart_support_figures_waiting 0.0" in told
    assert "smart_support_figures_lag_seconds 0.0" in told
    assert "smart_support_figures_events_total 2.0" in told


async def test_several_keepers_share_the_work(pool: Pool) -> None:
    """Each event is counted once, whoever counts it."""
    stories = [EventLog(thread_id=f"t{number}").asks().uses().answers().completes() for number in range(40)]
    await store(pool, *stories)
    counted = await asyncio.gather(*(rollup_worker(pool).catch_up() for _ in range(4)))
    assert sum(counted) == sum(len(story.happened) for story in stories)
    sums = await whole(pool)
    assert (sums["conversations"], sums["turns"], sums["calls"]) == (40, 40, 40)


async def test_a_batch_that_breaks_counts_nothing(pool: Pool) -> None:
    """Facts, sums and the mark are written together or not at all; the next attempt counts everything once."""

    async def break_down(_: Connection, batch: Batch) -> None:
        raise RuntimeError(f"{len(batch.events)} events")

    await store(pool, EventLog().asks().answers().completes())
    with pytest.raises(RuntimeError, match="3 events"):
        await rollup_worker(pool, folds=[break_down]).catch_up()
    assert await pool.fetchval("SELECT count(*) FROM figures") == 0
    assert await pool.fetchval("SELECT count(*) FROM conversation_facts") == 0
    assert await pool.fetchval("SELECT counted_seq FROM conversations") == 0
    assert await rollup_worker(pool).catch_up() == 3
    assert (await whole(pool))["messages"] == 2


async def test_one_that_cannot_be_counted_does_not_hold_up_the_others(pool: Pool) -> None:
    """It is set aside, and tried again when somebody may have mended it."""
    broken = EventLog(clock=BEGIN - timedelta(hours=1)).asks().uses()
    await store(pool, broken, EventLog(thread_id="t2").asks(), EventLog(thread_id="t3").asks())
    await pool.execute("UPDATE events SET frame = frame - 'tool' WHERE type = 'tool_result'")
    times = iter([TOMORROW] * 40)
    ours = RollupWorker(pool=pool, session_ttl_seconds=1_800, clock=lambda: next(times, later).timestamp())
    later = TOMORROW + timedelta(minutes=11)
    with pytest.raises(KeyError):
        await ours.catch_up()
    assert await ours.catch_up() == 2
    assert await pool.fetchval("SELECT array_agg(thread_id ORDER BY thread_id) FROM conversation_facts") == ["t2", "t3"]
    await pool.execute("""UPDATE events SET frame = frame || '{"tool": "get_order"}' WHERE type = 'tool_result'""")
    assert await ours.catch_up() == 0
    times = iter(())
    assert await ours.catch_up() == 3


async def test_a_long_conversation_is_counted_in_several_batches(pool: Pool) -> None:
    """A batch has a limit; further folds see all events, in order, and only the first batch begins."""
    told: list[Batch] = []

    async def listen(_: Connection, batch: Batch) -> None:
        told.append(batch)

    story = EventLog().asks()
    for _ in range(EVENTS_AT_ONCE + 100):
        story.answers()
    await store(pool, story)
    assert await rollup_worker(pool, folds=[listen]).catch_up() == EVENTS_AT_ONCE + 101
    assert [event.seq for batch in told for event in batch.events] == list(range(1, EVENTS_AT_ONCE + 102))
    assert [set(batch.begun) for batch in told] == [{"t1"}, set()]
    assert (await facts(pool))["messages"] == EVENTS_AT_ONCE + 101


async def test_an_event_stored_meanwhile_is_counted_next(pool: Pool, replica: Replica) -> None:
    """What the tracker stores makes its conversation wait to be counted again."""
    await replica.conversation()
    await replica.tracker.record(CustomerMessage(thread_id="t1", content="Hello"))
    assert await rollup_worker(pool).catch_up() == 1
    await replica.tracker.record(CustomerMessage(thread_id="t1", content="Anybody there?"))
    await replica.tracker.record(CustomerMessage(thread_id="t1", content="Well?"))
    assert await rollup_worker(pool).catch_up() == 2
    assert (await facts(pool))["messages"] == 3


async def test_whoever_writes_is_not_waited_for(pool: Pool) -> None:
    """A conversation whose row somebody holds is left for the next time."""
    await store(pool, EventLog().asks(), EventLog(thread_id="t2").asks())
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE conversations SET last_activity_at = now() WHERE thread_id = 't1'")
        assert await rollup_worker(pool).catch_up() == 1
    assert await rollup_worker(pool).catch_up() == 1


async def test_the_customer_of_a_verified_session_is_known(pool: Pool) -> None:
    await store(pool, EventLog().asks())
    await pool.execute("UPDATE conversations SET customer = 'customer-7'")
    await rollup_worker(pool).catch_up()
    assert ((await facts(pool))["customer"], (await facts(pool))["visitor_id"]) == ("customer-7", "somebody")


async def test_rebuilt_they_equal_the_running_ones(pool: Pool) -> None:
    """However the events came in, batch by batch, late, reopened and settled by time: the log alone gives the same."""
    stories = [EventLog(thread_id=f"t{number}", clock=BEGIN + timedelta(hours=7 * number)) for number in range(6)]
    chapters: list[Callable[[EventLog], object]] = [
        lambda story: story.asks().models().uses().answers().completes(),
        lambda story: story.proposes().later(minutes=3).decides("edited").proposes(number=2),
        lambda story: story.decides(number=2, by="operator").action("approved").carries_out("unknown"),
        lambda story: story.answers().completes(ended=True).rates(5),
        lambda story: story.later(days=1).asks("One more thing").models(agent="returns", model="gpt-4.1").wonders(),
        lambda story: story.later(days=2).action("succeeded", by="operator").hands_over(),
    ]
    for number, chapter in enumerate(chapters):
        for place, story in enumerate(stories):
            since = len(story.happened)
            if place >= number:
                chapter(story)
            if since == 0:
                await store(pool, story)
            else:
                await go_on(pool, story, since)
            if (place + number) % 2:
                await rollup_worker(pool, now=story.clock).catch_up()
        await rollup_worker(pool, now=BEGIN + timedelta(days=number)).catch_up()
    later = rollup_worker(pool, now=BEGIN + timedelta(days=30))
    await later.catch_up()
    sums, rows = await all_rollups(pool), await all_facts(pool)
    assert {row["outcome"] for row in rows} >= {"escalated", "resolved_confirmed", "resolved_assumed"}
    assert await later.rebuild() == sum(len(story.happened) for story in stories)
    assert await all_rollups(pool) == sums
    assert await all_facts(pool) == rows


async def test_deleted_conversations_stay_counted(pool: Pool) -> None:
    """Their names are gone, what they came to is not; a rebuild, which has no log of them, keeps it too."""
    await store(pool, EventLog().asks().models().uses().completes(), EventLog(thread_id="t2").asks().completes())
    await rollup_worker(pool).catch_up()
    before = await all_rollups(pool)
    async with pool.acquire() as connection, connection.transaction():
        await anonymize(connection, thread_ids=["t1"])
        await connection.execute("DELETE FROM conversations WHERE thread_id = 't1'")
    (row,) = [row for row in await all_facts(pool) if row["thread_id"] != "t2"]
    assert (row["visitor_id"], row["customer"]) == (None, None)
    assert "t1" not in str(row)
    assert await rollup_worker(pool).rebuild() == 2
    assert await all_rollups(pool) == before


async def test_redacted_conversations_stay_as_they_were_counted(pool: Pool) -> None:
    """That the customer had confirmed is not forgotten with the words in which they did."""
    story = EventLog().asks().answers().asks("Thanks, that's all!").completes(ended=True)
    await store(pool, story)
    await rollup_worker(pool).catch_up()
    before = await all_rollups(pool)
    await pool.execute("UPDATE conversations SET redacted_at = now()")
    await pool.execute("UPDATE events SET frame = frame || '{\"content\": \"\"}' WHERE type = 'message'")
    assert await rollup_worker(pool).rebuild() == 0
    assert await all_rollups(pool) == before
    assert (await facts(pool))["outcome"] == "resolved_confirmed"
    await go_on(pool, story.rates(1).hands_over(), 4)
    await rollup_worker(pool).catch_up()
    assert (await facts(pool))["outcome"] == "escalated"


async def test_a_conversation_without_events_is_passed_over(pool: Pool, replica: Replica) -> None:
    """Nothing is known of it but that it is there; it does not wait for ever."""
    await replica.conversation()
    await rollup_worker(pool).catch_up()
    assert await pool.fetchval("SELECT count(*) FROM conversation_facts") == 0
    assert not await pool.fetchval("SELECT uncounted FROM conversations")


async def test_it_goes_on_when_the_database_comes_back(pool: Pool) -> None:
    """What breaks is logged, and tried again."""
    attempts: list[int] = []
    done = asyncio.Event()

    async def fail_first(_: Connection, batch: Batch) -> None:
        attempts.append(len(batch.events))
        if len(attempts) == 1:
            raise ConnectionError("gone")
        done.set()

    await store(pool, EventLog().asks().answers())
    work = asyncio.create_task(rollup_worker(pool, folds=[fail_first], poll_seconds=0.01).work())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await done.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert attempts == [2, 2]
