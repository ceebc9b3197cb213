"""Conversations stored as the log and the rollup worker leave them, for tests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.db import conversations, events
from app.db.listener import ReplicaConnection
from app.events.subscriptions import Subscriptions
from app.events.tracker import ConversationTracker
from app.protocol import CustomerMessage
from app.replay import search_document

if TYPE_CHECKING:
    from app.db.events import Event
    from app.db.pool import Pool
    from app.protocol import ServerFrame
    from app.records import Record

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "visitor_id": "somebody",
    "customer": None,
    "started_at": NOON,
    "last_at": NOON,
    "ended_at": None,
    "status": "open",
    "outcome": "open",
    "turns": 1,
    "messages": 1,
    "agents": ["orders"],
    "tools": [],
    "models": ["demo"],
    "approvals": 0,
    "errors": 0,
    "actions": 0,
    "unknown_actions": 0,
    "tokens_in": 10,
    "tokens_out": 5,
    "cost_usd": 0,
    "rating": None,
    "staff": False,
    "demo": False,
    "tally": {},
}


@dataclass
class FoldBatch:
    """A batch of the rollup worker's."""

    events: Sequence[Event] = ()
    begun: Collection[str] = ()
    changed: Collection[str] = field(default_factory=set)


async def log_frames(pool: Pool, *frames: ServerFrame | Record, thread_id: str = "t1") -> list[Event]:
    """Log what happened in a conversation, and return its whole log."""
    tracker = ConversationTracker(pool=pool, subscriptions=Subscriptions(), replica=ReplicaConnection())
    async with pool.acquire() as connection:
        await conversations.start(connection, thread_id=thread_id, visitor_id="somebody")
    for frame in frames:
        await tracker.record(frame)
    async with pool.acquire() as connection:
        return await events.page(connection, thread_id=thread_id, after=0, limit=100_000, visible_only=False)


async def store_facts(pool: Pool, thread_id: str = "t1", *, begun: bool = False, **facts: Any) -> None:
    """Write a conversation's facts down, and fold its log, as the rollup worker does."""
    names = ", ".join(FACTS)
    places = ", ".join(f"${number}" for number in range(2, len(FACTS) + 2))
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("DELETE FROM conversation_facts WHERE thread_id = $1", thread_id)
        await connection.execute(
            f"INSERT INTO conversation_facts (thread_id, {names}) VALUES ($1, {places})",  # noqa: S608  # our own
            thread_id,
            *(FACTS | facts).values(),
        )
        log = await events.page(connection, thread_id=thread_id, after=0, limit=100_000, visible_only=False)
        await search_document.fold(
            connection, FoldBatch(events=log, begun={thread_id} if begun else (), changed={thread_id})
        )


async def store_conversation(pool: Pool, content: str, thread_id: str = "t1", **facts: Any) -> str:
    """Begin a conversation with a message."""
    await log_frames(pool, CustomerMessage(thread_id=thread_id, content=content), thread_id=thread_id)
    await store_facts(pool, thread_id, **facts)
    return thread_id
