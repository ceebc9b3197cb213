"""The table `deliveries`: an outbox of webhooks, each waiting, delivered, or dead and visible to staff.

Taking one moves its next attempt beyond a lease, so what a crash leaves is tried again by another replica.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection

Status = Literal["waiting", "delivered", "dead"]

LEASE: Final = timedelta(seconds=60)  # longer than one attempt may take; after a crash another replica tries again
MAX_ERROR_CHARS: Final = 500  # enough to see what is wrong; a receiver's whole error page is not kept

_COLUMNS: Final = (
    "id, thread_id, kind, payload, status, attempts, next_attempt_at, last_error, last_status, created_at, delivered_at"
)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One webhook on its way. `attempts` counts the attempt that is being made, too."""

    id: UUID
    thread_id: str | None
    """The conversation that it tells of; None for what belongs to none."""
    kind: str
    payload: dict[str, Any]
    status: Status
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    last_status: int | None
    created_at: datetime
    delivered_at: datetime | None


async def enqueue(connection: Connection, *, thread_id: str | None, kind: str, payload: dict[str, Any]) -> UUID:
    """Enqueue a delivery, to be sent once the transaction commits; nothing is sent for one that is rolled back."""
    delivery_id: UUID = await connection.fetchval(
        "INSERT INTO deliveries (thread_id, kind, payload) VALUES ($1, $2, $3) RETURNING id", thread_id, kind, payload
    )
    return delivery_id


async def due(connection: Connection, *, now: datetime, limit: int) -> list[Delivery]:
    """Take what is due, oldest first, for the length of the lease; what one replica took no other gets."""
    rows = await connection.fetch(
        f"""
        UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = $1::timestamptz + $3::interval
         WHERE id IN (
               SELECT id FROM deliveries WHERE status = 'waiting' AND next_attempt_at <= $1
                ORDER BY next_attempt_at, created_at LIMIT $2 FOR UPDATE SKIP LOCKED
               )
        RETURNING {_COLUMNS}
        """,  # noqa: S608  # only our own constant stands in the text
        now,
        limit,
        LEASE,
    )
    return sorted((Delivery(**row) for row in rows), key=lambda delivery: delivery.created_at)


async def record_attempt(
    connection: Connection,
    *,
    delivery_id: UUID,
    attempt: int,
    now: datetime,
    ok: bool,
    http_status: int | None,
    error: str | None,
    next_attempt_at: datetime | None,
) -> Status | None:
    """Record how an attempt ended: failed without a next one means dead. None where a later attempt has begun."""
    status: Status = "delivered" if ok else "waiting" if next_attempt_at else "dead"
    recorded: Status | None = await connection.fetchval(
        """
        UPDATE deliveries
           SET status = $4, last_status = $5, last_error = $6, next_attempt_at = coalesce($7, next_attempt_at),
               delivered_at = CASE WHEN $4 = 'delivered' THEN $3::timestamptz END
         WHERE id = $1 AND attempts = $2 AND status = 'waiting'
        RETURNING status
        """,
        delivery_id,
        attempt,
        now,
        status,
        http_status,
        error[:MAX_ERROR_CHARS] if error else None,
        next_attempt_at,
    )
    return recorded


async def next_due(connection: Connection) -> datetime | None:
    """When the next waiting delivery is due; None where nothing waits."""
    when: datetime | None = await connection.fetchval(
        "SELECT min(next_attempt_at) FROM deliveries WHERE status = 'waiting'"
    )
    return when


async def list_dead(connection: Connection, *, limit: int) -> list[Delivery]:
    """Read the dead letters, newest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM deliveries WHERE status = 'dead' ORDER BY created_at DESC, id LIMIT $1",  # noqa: S608
        limit,
    )
    return [Delivery(**row) for row in rows]


async def retry(connection: Connection, *, delivery_id: UUID, now: datetime) -> bool:
    """Let a dead letter start over; False where there is no such dead letter."""
    done = await connection.execute(
        """
        UPDATE deliveries SET status = 'waiting', attempts = 0, next_attempt_at = $2
         WHERE id = $1 AND status = 'dead'
        """,
        delivery_id,
        now,
    )
    return bool(done == "UPDATE 1")


async def of_threads(connection: Connection, *, thread_ids: list[str]) -> list[Delivery]:
    """Read every delivery of these conversations, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM deliveries WHERE thread_id = ANY($1) ORDER BY created_at, id",  # noqa: S608
        thread_ids,
    )
    return [Delivery(**row) for row in rows]
