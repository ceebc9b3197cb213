"""Deliveries wait, are taken by one replica at a time, and end delivered or dead."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from app.db import deliveries
from app.db.deliveries import LEASE, MAX_ERROR_CHARS

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

THREAD = "t-1"


@pytest.fixture(autouse=True)
async def conversation(pool: Pool) -> None:
    await pool.execute("INSERT INTO conversations (thread_id, visitor_id) VALUES ($1, 'v')", THREAD)


def soon() -> datetime:
    """Return a moment when everything that was just written down is due."""
    return datetime.now(UTC) + timedelta(seconds=1)


async def enqueue(pool: Pool, **payload: Any) -> UUID:
    async with pool.acquire() as connection:
        return await deliveries.enqueue(connection, thread_id=THREAD, kind="escalated", payload=payload)


async def record(pool: Pool, delivery_id: UUID, attempt: int = 1, **how: Any) -> deliveries.Status | None:
    ended: dict[str, Any] = {"ok": False, "http_status": None, "error": None, "next_attempt_at": None, **how}
    async with pool.acquire() as connection:
        return await deliveries.record_attempt(
            connection, delivery_id=delivery_id, attempt=attempt, now=soon(), **ended
        )


async def test_what_was_written_down_is_due(pool: Pool) -> None:
    """With what it says and of which conversation; being taken counts as an attempt."""
    delivery_id = await enqueue(pool, reason="refund", nested={"a": [1, None]})
    async with pool.acquire() as connection:
        (taken,) = await deliveries.due(connection, now=soon(), limit=10)
    assert (taken.id, taken.thread_id, taken.kind) == (delivery_id, THREAD, "escalated")
    assert taken.payload == {"reason": "refund", "nested": {"a": [1, None]}}
    assert (taken.status, taken.attempts, taken.delivered_at) == ("waiting", 1, None)


async def test_what_is_rolled_back_is_never_sent(pool: Pool) -> None:
    """An event that did not happen tells nobody."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await deliveries.enqueue(connection, thread_id=THREAD, kind="escalated", payload={})
        await transaction.rollback()
        assert await deliveries.due(connection, now=soon(), limit=10) == []


async def test_what_was_taken_is_not_taken_again_until_its_lease_ends(pool: Pool) -> None:
    """After a crash in the middle it is tried again, later."""
    await enqueue(pool)
    now = soon()
    async with pool.acquire() as connection:
        assert len(await deliveries.due(connection, now=now, limit=10)) == 1
        assert await deliveries.due(connection, now=now + LEASE - timedelta(seconds=1), limit=10) == []
        (again,) = await deliveries.due(connection, now=now + LEASE, limit=10)
    assert again.attempts == 2


async def test_replicas_never_take_the_same(pool: Pool) -> None:
    """Twenty deliveries, five at once: each is taken exactly once."""
    ids = {await enqueue(pool, number=number) for number in range(20)}
    now = soon()

    async def take() -> list[deliveries.Delivery]:
        async with pool.acquire() as connection:
            return await deliveries.due(connection, now=now, limit=4)

    taken = [delivery.id for batch in await asyncio.gather(*(take() for _ in range(5))) for delivery in batch]
    assert len(taken) == len(set(taken))
    while batch := await take():
        taken.extend(delivery.id for delivery in batch)
    assert sorted(taken) == sorted(ids)


async def test_the_oldest_come_first_and_no_more_than_asked_for(pool: Pool) -> None:
    """Nobody waits for ever behind newer ones."""
    ids = [await enqueue(pool, number=number) for number in range(5)]
    async with pool.acquire() as connection:
        taken = await deliveries.due(connection, now=soon(), limit=3)
    assert [delivery.id for delivery in taken] == ids[:3]


async def test_a_delivered_one_is_done(pool: Pool) -> None:
    """With the time and the receiver's status."""
    delivery_id = await enqueue(pool)
    async with pool.acquire() as connection:
        await deliveries.due(connection, now=soon(), limit=1)
    assert await record(pool, delivery_id, ok=True, http_status=204) == "delivered"
    row = await pool.fetchrow("SELECT status, last_status, delivered_at FROM deliveries")
    assert (row["status"], row["last_status"]) == ("delivered", 204)
    assert row["delivered_at"] is not None
    async with pool.acquire() as connection:
        assert await deliveries.next_due(connection) is None


async def test_a_failed_one_waits_for_its_next_attempt(pool: Pool) -> None:
    """With what went wrong, cut to what a person reads."""
    delivery_id = await enqueue(pool)
    later = soon() + timedelta(hours=1)
    async with pool.acquire() as connection:
        await deliveries.due(connection, now=soon(), limit=1)
        assert await record(pool, delivery_id, http_status=500, error="x" * 9_999, next_attempt_at=later) == "waiting"
        assert await deliveries.next_due(connection) == later
        assert await deliveries.due(connection, now=later - timedelta(seconds=1), limit=1) == []
        (again,) = await deliveries.due(connection, now=later, limit=1)
    assert (again.attempts, again.last_status) == (2, 500)
    assert again.last_error == "x" * MAX_ERROR_CHARS


async def test_a_failed_one_without_a_next_attempt_is_dead_and_visible(pool: Pool) -> None:
    """Nothing that was accepted is lost silently."""
    delivery_id = await enqueue(pool)
    async with pool.acquire() as connection:
        await deliveries.due(connection, now=soon(), limit=1)
        assert await record(pool, delivery_id, error="Gone.") == "dead"
        (dead,) = await deliveries.list_dead(connection, limit=10)
        assert (dead.id, dead.status, dead.last_error) == (delivery_id, "dead", "Gone.")
        assert await deliveries.due(connection, now=soon() + timedelta(days=9), limit=1) == []


async def test_an_attempt_that_was_overtaken_records_nothing(pool: Pool) -> None:
    """Who held it beyond the lease cannot undo what the next one did."""
    delivery_id = await enqueue(pool)
    now = soon()
    async with pool.acquire() as connection:
        await deliveries.due(connection, now=now, limit=1)
        await deliveries.due(connection, now=now + LEASE, limit=1)
    assert await record(pool, delivery_id, attempt=1, error="late") is None
    assert await record(pool, delivery_id, attempt=2, ok=True, http_status=200) == "delivered"
    assert await record(pool, delivery_id, attempt=2, error="late") is None


async def test_a_dead_letter_can_be_sent_again(pool: Pool) -> None:
    """It starts over; what is not dead, or not there, does not."""
    delivery_id = await enqueue(pool)
    async with pool.acquire() as connection:
        await deliveries.due(connection, now=soon(), limit=1)
        assert not await deliveries.retry(connection, delivery_id=delivery_id, now=soon())
        await record(pool, delivery_id, error="Gone.")
        now = soon()
        assert await deliveries.retry(connection, delivery_id=delivery_id, now=now)
        assert not await deliveries.retry(connection, delivery_id=uuid4(), now=now)
        (again,) = await deliveries.due(connection, now=now, limit=1)
    assert (again.id, again.attempts) == (delivery_id, 1)


async def test_dead_letters_are_listed_newest_first(pool: Pool) -> None:
    """And no more than asked for."""
    ids = [await enqueue(pool, number=number) for number in range(3)]
    async with pool.acquire() as connection:
        await deliveries.due(connection, now=soon(), limit=3)
        for delivery_id in ids:
            await record(pool, delivery_id, error="Gone.")
        assert [dead.id for dead in await deliveries.list_dead(connection, limit=2)] == [ids[2], ids[1]]
