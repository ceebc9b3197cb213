"""Conversation of a customer whose word stands in every table, and the search for where it still stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.db import checkpoints, conversations, turns
from app.db.checkpoints import CheckpointRow, Value, Write
from app.events.tracker import ConversationTracker
from app.protocol import (
    CustomerFeedback,
    CustomerMessage,
    Escalated,
    InterruptRequest,
    InterruptResolved,
    Token,
    ToolCall,
    ToolResult,
)
from app.records import ActionChanged, Candidate, ModelCalled, Routed, ToolRan
from tests.api_client import seed_action, seed_approval

if TYPE_CHECKING:
    from app.db.pool import Pool
    from app.protocol import ServerFrame
    from app.records import Record

WORD = "Erdbeere"


async def store_turn(pool: Pool, thread_id: str, visitor: str) -> None:
    """Store a conversation of a customer whom a token named, with a turn that has been run."""
    async with pool.acquire() as connection:
        await conversations.start(
            connection, thread_id=thread_id, visitor_id=visitor, customer=f"customer-{visitor}", claims={"name": WORD}
        )
        await connection.execute(
            """INSERT INTO identities (visitor_id, customer, claims, expires_at)
               VALUES ($1, $2, $3, now() + interval '1 hour') ON CONFLICT DO NOTHING""",
            visitor,
            f"customer-{visitor}",
            {"name": WORD},
        )
        turn = await turns.add_message(connection, thread_id=thread_id, content=WORD, message_id=f"{WORD}-1")
        await connection.execute("UPDATE turns SET status = 'done', finished_at = now() WHERE id = $1", turn.id)
    await store_run(pool, str(turn.run_id))


async def store_run(pool: Pool, run_id: str) -> None:
    """Store a run that waits; the customer's word stands in all that is kept of it."""
    value = Value(channel=WORD, version="1", kind="null", data=b"")
    write = Write(task_id="t", task_path="", index=0, channel=WORD, kind="null", data=b"")
    row = CheckpointRow(
        thread_id=run_id, namespace="", id="c1", parent_id=None, checkpoint={"id": WORD}, metadata={}, values=[value]
    )
    await checkpoints.store(pool, row)
    await checkpoints.store_writes(
        pool, thread_id=run_id, namespace="", checkpoint_id=row.id, writes=[write], replace=False
    )


async def store_action(pool: Pool, thread_id: str) -> tuple[str, str]:
    """Store an action that was consented to and carried out; return its id and its approval's."""
    action = await seed_action(pool, thread_id=thread_id)
    interrupt_id = await seed_approval(pool, action=action, audience="customer")
    await pool.execute(
        "UPDATE actions SET args = $2, outcome = $3, note = $4, status = 'succeeded' WHERE id = $1",
        action.id,
        {"name": WORD},
        {"summary": WORD, "data": [WORD], "request": {"url": WORD}, "status": "succeeded", "http_status": 200},
        WORD,
    )
    await pool.execute(
        "UPDATE interrupts SET comment = $2, status = 'approved', frame = frame || $3 WHERE id = $1",
        interrupt_id,
        WORD,
        {"args": {"name": WORD}},
    )
    return str(action.id), str(interrupt_id)


def routing_frames(thread_id: str) -> list[ServerFrame | Record]:
    """The customer's message, and how an agent came to it."""
    return [
        CustomerMessage(thread_id=thread_id, content=f"I am {WORD}", message_id=f"{WORD}-1"),
        Routed(
            thread_id=thread_id,
            intents=[Candidate(agent="orders", confidence=0.9, request=WORD, reason=WORD)],
            by="words",
        ),
        ModelCalled(
            thread_id=thread_id,
            agent="orders",
            model="m",
            prompt_tokens=10,
            completion_tokens=5,
            cost_usd=0.01,
            estimated=False,
            time_to_first_token_ms=5,
            duration_ms=9,
        ),
    ]


def action_frames(thread_id: str, action_id: str, interrupt_id: str) -> list[ServerFrame | Record]:
    """An action from its proposal to its result."""
    request, said = {"url": f"https://shop.example/{WORD}"}, {"name": WORD}
    return [
        ToolCall(thread_id=thread_id, agent="orders", tool="cancel_order", args=said, call_id="c1"),
        ActionChanged(thread_id=thread_id, action_id=action_id, tool="cancel_order", status="proposed", args=said),
        InterruptRequest(
            thread_id=thread_id,
            interrupt_id=interrupt_id,
            action="cancel_order",
            args=said,
            title=f"Cancel the order of {WORD}",
            request=request,
            expires_at=datetime.now(UTC),
            edited_from=said,
            args_schema={"default": WORD},
        ),
        InterruptResolved(
            thread_id=thread_id, interrupt_id=interrupt_id, decision="approved", by="customer", comment=WORD
        ),
        ActionChanged(
            thread_id=thread_id, action_id=action_id, tool="cancel_order", status="approved", args=said, note=WORD
        ),
        ToolRan(
            thread_id=thread_id,
            tool="cancel_order",
            call_id="c1",
            agent="orders",
            request=request,
            http_status=200,
            response=[WORD],
        ),
        ToolResult(thread_id=thread_id, tool="cancel_order", call_id="c1", ok=True, summary=WORD, duration_ms=7),
        ActionChanged(thread_id=thread_id, action_id=action_id, tool="cancel_order", status="succeeded", args=said),
    ]


def closing_frames(thread_id: str) -> list[ServerFrame | Record]:
    """The agent's answer, the customer's thanks and rating, and an escalation."""
    return [
        Token(thread_id=thread_id, agent="orders", content=f"Done, {WORD}", message_id=f"m-{thread_id}"),
        CustomerMessage(thread_id=thread_id, content="Thank you, that worked"),
        CustomerFeedback(thread_id=thread_id, rating=5, comment=WORD),
        Escalated(thread_id=thread_id, reason=WORD, message=WORD),
    ]


async def talk(pool: Pool, tracker: ConversationTracker, thread_id: str = "t1", visitor: str = "v1") -> None:
    """Let a customer say their word in a conversation, and let it get into every table."""
    await store_turn(pool, thread_id, visitor)
    action_id, interrupt_id = await store_action(pool, thread_id)
    frames = routing_frames(thread_id)
    frames += action_frames(thread_id, action_id, interrupt_id)
    frames += closing_frames(thread_id)
    for frame in frames:
        await tracker.record(frame, scope=thread_id)


async def mentions(pool: Pool, *words: str) -> list[str]:
    """Name every column of every table in which one of the words stands."""
    columns = await pool.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    found = []
    for table, column in columns:
        for word in words:
            query = f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE $1'  # noqa: S608
            if await pool.fetchval(query, f"%{word}%"):
                found.append(f"{table}.{column}")
    return found
