"""Event log, table `events`: what happened in each conversation, appended to and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection
    from app.db.turns import TurnLease


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Something that happened, before it has a number."""

    type: str
    visible: bool
    frame: dict[str, Any]
    key: str | None = None
    turn_id: UUID | None = None
    agent: str | None = None
    duration_ms: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    age: float = 0.0
    """How many seconds ago it happened, where it is stored together with what came later."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened in a conversation. `frame` is what travels on the socket, number and time included."""

    thread_id: str
    seq: int
    type: str
    visible: bool
    at: datetime
    turn_id: UUID | None
    agent: str | None
    frame: dict[str, Any]


async def append(
    connection: Connection,
    *,
    thread_id: str,
    event: NewEvent,
    lease: TurnLease | None = None,
    channel: str = "",
    replica: int = 0,
) -> Event | None:
    """Number and store an event; None where its key is already logged, or where the turn's lease is lost.

    With a `channel`, its commit tells those who listen there that `replica` has stored it, where customers may see it.

    Raising the conversation's counter locks its row until the transaction ends, so numbers rise in the order of
    the commits and no reader ever sees a later event before an earlier one.
    """
    row = await connection.fetchrow(
        """
        WITH numbered AS (
            UPDATE conversations SET last_seq = last_seq + 1, uncounted = true
             WHERE thread_id = $1
               AND ($5::text IS NULL OR NOT EXISTS (SELECT 1 FROM events WHERE thread_id = $1 AND key = $5))
               AND ($13::uuid IS NULL OR EXISTS (SELECT 1 FROM turns WHERE id = $13 AND owner = $14 AND attempt = $15
                                                                       AND status = 'running'))
            RETURNING last_seq, clock_timestamp() - make_interval(secs => $12) AS now
        ), stored AS (
            INSERT INTO events (thread_id, seq, type, visible, key, at, turn_id, agent, duration_ms, prompt_tokens,
                                completion_tokens, cost_usd, frame)
            SELECT $1, last_seq, $2, $3, $5, now, $6, $7, $8, $9, $10, $11::float8::numeric,
                   $4::jsonb || jsonb_build_object('seq', last_seq, 'at', now)
              FROM numbered
            ON CONFLICT DO NOTHING
            RETURNING thread_id, seq, type, visible, at, turn_id, agent, frame
        )
        SELECT stored.*,
               CASE WHEN visible AND $16::text <> '' THEN pg_notify(
                   $16, json_build_object('worker', $17::bigint, 'thread_id', thread_id, 'seq', seq)::text
               ) END AS told
          FROM stored
        """,
        thread_id,
        event.type,
        event.visible,
        event.frame,
        event.key,
        event.turn_id,
        event.agent,
        event.duration_ms,
        event.prompt_tokens,
        event.completion_tokens,
        event.cost_usd,
        event.age,
        lease.turn_id if lease else None,
        lease.worker if lease else None,
        lease.attempt if lease else None,
        channel,
        replica,
    )
    return Event(**{name: value for name, value in row.items() if name != "told"}) if row else None


async def turn_of(connection: Connection, *, thread_id: str, key: str) -> UUID | None:
    """Name the turn in which what has this key was logged; None where it is not."""
    turn_id: UUID | None = await connection.fetchval(
        "SELECT turn_id FROM events WHERE thread_id = $1 AND key = $2", thread_id, key
    )
    return turn_id


async def of_turn(connection: Connection, *, thread_id: str, turn_id: UUID, types: list[str]) -> list[dict[str, Any]]:
    """Read the frames of one turn, of the given types, oldest first."""
    rows = await connection.fetch(
        "SELECT frame FROM events WHERE thread_id = $1 AND turn_id = $2 AND type = ANY($3) ORDER BY seq",
        thread_id,
        turn_id,
        types,
    )
    return [row["frame"] for row in rows]


async def newest_with(
    connection: Connection, *, thread_id: str, kind: str, field: str, value: str
) -> dict[str, Any] | None:
    """Read the newest frame of a type that has this value in a field; None where there is none."""
    frame: dict[str, Any] | None = await connection.fetchval(
        """
        SELECT frame FROM events WHERE thread_id = $1 AND type = $2 AND frame ->> $3 = $4 ORDER BY seq DESC LIMIT 1
        """,
        thread_id,
        kind,
        field,
        value,
    )
    return frame


async def page(
    connection: Connection, *, thread_id: str, after: int, limit: int, visible_only: bool = True
) -> list[Event]:
    """Read up to `limit` events numbered above `after`, oldest first."""
    rows = await connection.fetch(
        """
        SELECT thread_id, seq, type, visible, at, turn_id, agent, frame FROM events
         WHERE thread_id = $1 AND seq > $2 AND (visible OR NOT $4) ORDER BY seq LIMIT $3
        """,
        thread_id,
        after,
        limit,
        visible_only,
    )
    return [Event(**row) for row in rows]


async def since(connection: Connection, *, thread_id: str, at: datetime) -> list[Event]:
    """Read what customers may see of a conversation's events since a time, oldest first."""
    rows = await connection.fetch(
        """
        SELECT thread_id, seq, type, visible, at, turn_id, agent, frame FROM events
         WHERE thread_id = $1 AND at >= $2 AND visible ORDER BY seq
        """,
        thread_id,
        at,
    )
    return [Event(**row) for row in rows]


async def before_turn(
    connection: Connection, *, thread_id: str, turn_id: UUID, types: list[str], limit: int
) -> list[dict[str, Any]]:
    """Read the newest `limit` frames of the turns before this one, in the order in which the turns ran.

    Messages that wait in the queue have earlier numbers than the answers before them; the turn's order is what
    the customer and the agents went through.
    """
    rows = await connection.fetch(
        """
        SELECT frame FROM (
            SELECT t.position, e.seq, e.frame
              FROM events e JOIN turns t ON t.id = e.turn_id
             WHERE e.thread_id = $1 AND e.type = ANY($3)
               AND t.position < (SELECT position FROM turns WHERE id = $2)
             ORDER BY t.position DESC, e.seq DESC LIMIT $4
        ) newest ORDER BY position, seq
        """,
        thread_id,
        turn_id,
        types,
        limit,
    )
    return [row["frame"] for row in rows]


async def count_of(connection: Connection, *, thread_id: str, kind: str) -> int:
    """Count the events of one type in a conversation."""
    return int(
        await connection.fetchval("SELECT count(*) FROM events WHERE thread_id = $1 AND type = $2", thread_id, kind)
    )
