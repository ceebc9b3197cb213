"""Marks that conversations are found by besides their words; an older database comes to the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.analytics.rollup_worker import RollupWorker
from app.db.migrations import migrate
from app.db.pool import open_pool
from app.replay import search_document
from app.replay.search import Wanted, find
from tests.event_log import BEGIN, EventLog, store
from tests.integration.db.test_migrations import back

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


def told() -> list[EventLog]:
    """Conversations of three weeks in which all kinds of things happen."""
    stories = [
        EventLog("plain").asks(),
        EventLog("read").asks().models(model="small").uses("get_order").uses("find", outcome="failed").completes(),
        EventLog("lost").asks().models(model="large", first_token_ms=None).uses("get_order", outcome="unknown"),
        EventLog("mixed").asks().models(model="small", first_token_ms=None).models(model="large").uses("find"),
        EventLog("cancelled").asks().proposes().decides("edited").proposes(number=2).decides(number=2).carries_out(),
        EventLog("refused").asks().proposes(audience="operator").decides("rejected", by="operator"),
        EventLog("late").asks().proposes().expires(),
        EventLog("broken").asks().proposes().decides().carries_out("failed").hands_over(),
        EventLog("unanswered").asks().proposes().decides().carries_out("unknown"),
    ]
    for number, story in enumerate(stories):
        story.happened = [(at + timedelta(days=2 * number), event) for at, event in story.happened]
    return stories


async def count(pool: Pool, stories: list[EventLog]) -> None:
    await store(pool, *stories)
    later = BEGIN + timedelta(days=90)
    await RollupWorker(
        pool=pool, session_ttl_seconds=1_800, folds=[search_document.fold], clock=later.timestamp
    ).catch_up()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"model": "small"}, {"read", "mixed"}),
        ({"any_model": True}, {"read", "lost", "mixed"}),
        ({"first_token": True}, {"read", "mixed"}),
        ({"first_token": True, "model": "small"}, {"read"}),
        ({"first_token": True, "model": "large"}, {"mixed"}),
        ({"first_token": False, "any_model": True}, {"lost"}),
        ({"calls": ("succeeded",)}, {"read", "mixed"}),
        ({"calls": ("failed",)}, {"read"}),
        ({"calls": ("failed", "unknown")}, {"read", "lost"}),
        ({"calls": ("failed",), "tool": "get_order"}, set()),
        ({"calls": ("succeeded", "unknown"), "tool": "get_order"}, {"read", "lost"}),
        ({"actions": ("proposed",)}, {"cancelled", "refused", "late", "broken", "unanswered"}),
        ({"action": False}, {"plain", "read", "lost", "mixed"}),
        ({"actions": ("approved",)}, {"cancelled", "broken", "unanswered"}),
        ({"actions": ("edited",)}, {"cancelled"}),
        ({"actions": ("rejected", "expired")}, {"refused", "late"}),
        ({"actions": ("succeeded",)}, {"cancelled"}),
        ({"actions": ("failed",)}, {"broken"}),
        ({"actions": ("unknown",)}, {"unanswered"}),
        ({"approval": True, "decision": False}, {"late"}),
        ({"decision": True}, {"cancelled", "refused", "broken", "unanswered"}),
        ({"staff": True}, {"refused", "broken"}),
        ({"staff": False, "approval": True}, {"cancelled", "late", "unanswered"}),
    ],
)
async def test_what_happened_is_found(pool: Pool, wanted: dict[str, Any], names: set[str]) -> None:
    """Together with a tool, calls are that tool's; together with a model, the first token is that model's."""
    await count(pool, told())
    async with pool.acquire() as connection:
        for newest in (1_000, 1):  # looked through one by one, and by the index
            places = await find(connection, Wanted(**wanted), limit=100, newest=newest)
            assert {place.thread_id for place in places} == names


async def test_an_older_database_comes_to_the_same(empty_url: str) -> None:
    """What was counted before there were these marks has them afterwards; what has no facts keeps what it had."""
    everything = "SELECT thread_id, week, doc::text FROM conversation_text ORDER BY thread_id"
    await migrate(empty_url)
    async with await open_pool(empty_url, max_size=2) as pool:
        await count(pool, told())
        before = await pool.fetch(everything)
    await back(empty_url, "0009_weeks")
    async with await open_pool(empty_url, max_size=2) as pool:
        docs = await pool.fetch("SELECT doc::text FROM conversation_text")
        assert not any(mark in row["doc"] for row in docs for mark in ("=call", "=action:", "=model", "=staff"))
        await pool.execute("DELETE FROM conversation_facts WHERE thread_id = 'plain'")
    await migrate(empty_url)
    async with await open_pool(empty_url, max_size=2) as pool:
        assert await pool.fetch(everything) == before
