"""Erasure of one conversation's words, or of the whole of it, in every table that holds any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from app.db import checkpoints, conversation_text
from app.db.stored_json import to_jsonb

if TYPE_CHECKING:
    from app.db.pool import Connection

Redact = Callable[[dict[str, Any]], dict[str, Any]]
EVENTS_AT_ONCE: Final = 200  # read, changed and written back at a time: some milliseconds of the event loop


async def lock(connection: Connection, *, thread_id: str) -> bool:
    """Keep everybody from writing to a conversation until the transaction ends; False where there is none."""
    found = await connection.fetchval("SELECT true FROM conversations WHERE thread_id = $1 FOR UPDATE", thread_id)
    return bool(found)


async def is_busy(connection: Connection, *, thread_id: str) -> bool:
    """Say whether a turn waits or runs, or an action waits for consent or is under way."""
    busy = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM turns WHERE thread_id = $1 AND status IN ('queued', 'running'))
            OR EXISTS (SELECT FROM actions WHERE thread_id = $1 AND status IN ('pending', 'approved', 'executing'))
        """,
        thread_id,
    )
    return bool(busy)


async def redact_events(connection: Connection, *, thread_id: str, redact: Redact) -> int:
    """Replace each frame of the log by what `redact` leaves of it; returns how many changed."""
    seq = changed = 0
    while True:
        rows = await connection.fetch(
            "SELECT seq, frame FROM events WHERE thread_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            thread_id,
            seq,
            EVENTS_AT_ONCE,
        )
        if not rows:
            return changed
        seq = rows[-1]["seq"]
        left = [(row["seq"], redact(row["frame"])) for row in rows]
        new = [(number, frame) for (number, frame), row in zip(left, rows, strict=True) if frame != row["frame"]]
        changed += len(new)
        await connection.execute(
            """
            UPDATE events e SET frame = new.frame::jsonb
              FROM unnest($2::bigint[], $3::text[]) AS new (seq, frame)
             WHERE e.thread_id = $1 AND e.seq = new.seq
            """,
            thread_id,
            [number for number, _ in new],
            [to_jsonb(frame) for _, frame in new],
        )


async def redact_approvals(connection: Connection, *, thread_id: str, redact: Redact) -> None:
    """Leave of each request for consent what `redact` leaves of its frame, and no comment."""
    for row in await connection.fetch("SELECT id, frame FROM interrupts WHERE thread_id = $1", thread_id):
        await connection.execute(
            "UPDATE interrupts SET frame = $2, comment = NULL WHERE id = $1", row["id"], redact(row["frame"])
        )


async def redact_rows(connection: Connection, *, thread_id: str, name: str, text: str) -> None:
    """Put `text` wherever else something was said, and `name` in the place of whoever said it."""
    await connection.execute(
        """
        UPDATE turns SET content = CASE WHEN content IS NOT NULL THEN $2 END, message_id = NULL, claims = '{}'
         WHERE thread_id = $1
        """,
        thread_id,
        text,
    )
    await connection.execute(
        """
        UPDATE actions
           SET args = '{}', request = NULL, note = CASE WHEN note IS NOT NULL THEN $2 END,
               outcome = outcome - '{data,full,request,summary}'::text[]
         WHERE thread_id = $1
        """,
        thread_id,
        text,
    )
    await connection.execute(
        """
        UPDATE deliveries SET payload = payload || jsonb_build_object('reason', $2::text, 'message', $2::text),
                              last_error = NULL
         WHERE thread_id = $1
        """,
        thread_id,
        text,
    )
    await connection.execute(
        "UPDATE conversation_facts SET visitor_id = $2, customer = NULL WHERE thread_id = $1", thread_id, name
    )
    await conversation_text.redact_words(connection, thread_ids=[thread_id], title=text)


async def rename_customer(connection: Connection, *, thread_id: str, name: str) -> datetime:
    """Let nobody own the conversation any more, and note when it was redacted."""
    at: datetime = await connection.fetchval(
        """
        UPDATE conversations SET visitor_id = $2, customer = NULL, claims = '{}', redacted_at = now()
         WHERE thread_id = $1 RETURNING redacted_at
        """,
        thread_id,
        name,
    )
    return at


async def was_redacted(connection: Connection, *, thread_id: str) -> datetime | None:
    """When the conversation was redacted; None where it never was."""
    at: datetime | None = await connection.fetchval(
        "SELECT redacted_at FROM conversations WHERE thread_id = $1", thread_id
    )
    return at


async def threads_of_visitor(connection: Connection, *, visitor_id: str) -> list[str]:
    """Name a visitor's conversations, oldest first."""
    rows = await connection.fetch(
        "SELECT thread_id FROM conversations WHERE visitor_id = $1 ORDER BY created_at, thread_id", visitor_id
    )
    return [row["thread_id"] for row in rows]


async def threads_of_customer(connection: Connection, *, customer: str) -> list[str]:
    """Name the conversations that belong to an identity, oldest first."""
    rows = await connection.fetch(
        "SELECT thread_id FROM conversations WHERE customer = $1 ORDER BY created_at, thread_id", customer
    )
    return [row["thread_id"] for row in rows]


async def forget_identity(connection: Connection, *, visitor_id: str | None, customer: str | None) -> None:
    """Forget who a visitor's session, or every session of a customer's, was bound to."""
    await connection.execute("DELETE FROM identities WHERE visitor_id = $1 OR customer = $2", visitor_id, customer)


async def delete(connection: Connection, *, thread_ids: Sequence[str]) -> None:
    """Delete conversations with everything that hangs on them, where nobody is writing to them."""
    runs = await runs_of(connection, thread_ids=thread_ids)
    await checkpoints.drop(connection, thread_ids=[str(run_id) for run_id in runs])
    await connection.execute("DELETE FROM conversations WHERE thread_id = ANY($1)", list(thread_ids))


async def silent_since(connection: Connection, *, at: datetime, limit: int) -> list[str]:
    """Name, and lock, some conversations in which nothing has happened since a moment and nothing goes on."""
    rows = await connection.fetch(
        """
        SELECT thread_id FROM conversations c
         WHERE last_activity_at < $1
           AND NOT EXISTS (SELECT FROM turns t WHERE t.thread_id = c.thread_id AND t.status IN ('queued', 'running'))
           AND NOT EXISTS (SELECT FROM actions a WHERE a.thread_id = c.thread_id AND a.status = 'executing')
         ORDER BY last_activity_at LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        at,
        limit,
    )
    return [row["thread_id"] for row in rows]


# --- runs that are kept ----------------------------------------------------------------------------------------


async def runs_of(connection: Connection, *, thread_ids: Sequence[str]) -> list[UUID]:
    """Name every run of these conversations."""
    rows = await connection.fetch("SELECT DISTINCT run_id FROM turns WHERE thread_id = ANY($1)", list(thread_ids))
    return [row["run_id"] for row in rows]


async def idle_runs(connection: Connection, *, since: datetime, limit: int) -> list[UUID]:
    """Name some runs that are kept although nothing has waited or run in them since a moment."""
    rows = await connection.fetch(
        """
        SELECT run_id FROM (SELECT DISTINCT thread_id::uuid AS run_id FROM checkpoints
                             WHERE thread_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') kept
         WHERE NOT EXISTS (SELECT FROM turns t WHERE t.run_id = kept.run_id
                              AND (t.status IN ('queued', 'running') OR t.finished_at >= $1))
           AND NOT EXISTS (SELECT FROM actions a WHERE a.run_id = kept.run_id AND a.status IN ('pending', 'executing'))
         LIMIT $2
        """,
        since,
        limit,
    )
    return [row["run_id"] for row in rows]
