"""Event cursor: the log gives to folds what had happened, as far as any fold reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.agents.prices import Prices
from app.analytics.conversation_fold import ConversationFold, fold, micros
from app.db import bulk_load, event_cursor
from app.events.frame_table import READ_FIELDS
from app.replay.search_document import texts_of
from demo_data.load import logged_events
from demo_data.scenario import invent
from tests.event_log import EventLog, store

if TYPE_CHECKING:
    from app.db.event_cursor import LoggedEvent
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
EVERY_KIND = {
    *("message", "routed", "turn_started", "model_called", "token", "tool_call", "tool_ran", "tool_result"),
    *("action_changed", "interrupt", "interrupt_resolved", "interrupt_expired", "clarification", "escalated"),
    *("error", "feedback", "message_complete"),
}


async def read(pool: Pool, *thread_ids: str) -> list[LoggedEvent]:
    async with pool.acquire() as connection:
        return await event_cursor.read(connection, after=dict.fromkeys(thread_ids, 0), limit=1_000, fields=READ_FIELDS)


async def test_what_is_left_out_of_a_frame_no_fold_misses(pool: Pool) -> None:
    """Of every kind of event: the same is counted, and the same words are found, as if the whole frame were read."""
    prices = Prices.load()
    told = [invent(date(2026, 3, 2), number, seed=3, prices=prices) for number in range(400)]
    async with pool.acquire() as connection, connection.transaction():
        await bulk_load.copy(connection, conversations=told)
    stored = event_cursor.by_thread(await read(pool, *(one.thread_id for one in told)))
    assert {event.type for events in stored.values() for event in events} == EVERY_KIND
    for one in told:
        whole, events = list(logged_events(one)), stored[one.thread_id]
        assert [event._replace(frame={}) for event in events] == [event._replace(frame={}) for event in whole]
        assert fold(ConversationFold(), events) == fold(ConversationFold(), whole)
        assert [sorted(texts_of(event.type, event.frame)) for event in events] == [
            sorted(texts_of(event.type, event.frame)) for event in whole
        ]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 2, 9, 30, 0, 1, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2001, 9, 9, 1, 46, 39, 123_457, tzinfo=UTC),
        datetime(2099, 7, 4, 12, 0, 0, 500_001, tzinfo=UTC),
    ],
)
async def test_times_are_read_to_the_microsecond(pool: Pool, at: datetime) -> None:
    await store(pool, EventLog(clock=at).asks().later(microseconds=333_333).answers())
    first, last = await read(pool, "t1")
    assert (first.at, last.at) == (micros(at), micros(at + timedelta(seconds=1, microseconds=333_333)))


async def test_many_conversations_are_read_in_several_pieces(pool: Pool) -> None:
    """Each one's events stay in order, and each has its limit."""
    names = [f"t{number}" for number in range(2 * event_cursor.READ_AT_ONCE + 1)]
    await store(pool, *(EventLog(thread_id=name).asks().answers().completes() for name in names))
    async with pool.acquire() as connection:
        events = await event_cursor.read(connection, after=dict.fromkeys(names, 1), limit=1, fields=READ_FIELDS)
        assert [(event.thread_id, event.seq) for event in events] == [(name, 2) for name in names]
        assert await event_cursor.read(connection, after={}, limit=1, fields=READ_FIELDS) == []
