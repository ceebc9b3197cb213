"""The table `conversations`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from app.db.pool import Connection

Status = Literal["open", "ended"]


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """One chat. `last_seq` is the number of its newest event, `customer` the identity that it belongs to, if any."""

    thread_id: str
    visitor_id: str
    status: Status
    escalated_at: datetime | None
    created_at: datetime
    last_activity_at: datetime
    last_seq: int
    pending_approvals: int
    customer: str | None


async def start(
    connection: Connection,
    *,
    thread_id: str,
    visitor_id: str,
    customer: str | None = None,
    claims: dict[str, Any] | None = None,
) -> None:
    """Make the conversation where there is none of that name yet; it belongs to the identity it is begun under."""
    await connection.execute(
        """
        INSERT INTO conversations (thread_id, visitor_id, customer, claims) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        thread_id,
        visitor_id,
        customer,
        claims or {},
    )


_SELECT = """
    SELECT thread_id, visitor_id, status, escalated_at, created_at, last_activity_at, last_seq, customer,
           (SELECT count(*)::int FROM interrupts i
             WHERE i.thread_id = c.thread_id AND i.status = 'pending' AND i.expires_at > now()) AS pending_approvals
      FROM conversations c WHERE thread_id = $1
"""


async def get(connection: Connection, *, thread_id: str) -> Conversation | None:
    """Read a conversation."""
    row = await connection.fetchrow(_SELECT, thread_id)
    return Conversation(**row) if row else None


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What staff need to know of a conversation beside an approval."""

    customer: str | None
    last_seq: int


async def briefs(connection: Connection, *, thread_ids: list[str]) -> dict[str, Brief]:
    """Read whose conversations these are, and how far they have come."""
    rows = await connection.fetch(
        "SELECT thread_id, customer, last_seq FROM conversations WHERE thread_id = ANY($1)", thread_ids
    )
    return {row["thread_id"]: Brief(customer=row["customer"], last_seq=row["last_seq"]) for row in rows}


async def own(connection: Connection, *, thread_id: str, visitor_id: str) -> Conversation | None:
    """Read a conversation of this visitor's; None for any other, and for one of a customer whom they are not now."""
    row = await connection.fetchrow(
        _SELECT  # noqa: S608  # only our own constants stand in the text
        + """
           AND c.visitor_id = $2
           AND (c.customer IS NULL
                OR c.customer = (SELECT i.customer FROM identities i
                                  WHERE i.visitor_id = $2 AND i.expires_at > now()))
        """,
        thread_id,
        visitor_id,
    )
    return Conversation(**row) if row else None


async def adopt(connection: Connection, *, thread_id: str, customer: str, claims: dict[str, Any]) -> None:
    """Let a stranger's conversation be the customer's as whom they are known now."""
    await connection.execute(
        "UPDATE conversations SET customer = $2, claims = $3 WHERE thread_id = $1 AND customer IS NULL",
        thread_id,
        customer,
        claims,
    )


async def lock(connection: Connection, *, thread_id: str) -> Conversation | None:
    """Read a conversation and keep others from changing it until the transaction ends."""
    row = await connection.fetchrow(_SELECT + " FOR NO KEY UPDATE OF c", thread_id)
    return Conversation(**row) if row else None


async def touch(connection: Connection, *, thread_id: str) -> None:
    """Note that the customer was active just now."""
    await connection.execute("UPDATE conversations SET last_activity_at = now() WHERE thread_id = $1", thread_id)


async def end(connection: Connection, *, thread_id: str) -> None:
    """Close the conversation; the first end stands."""
    await connection.execute(
        "UPDATE conversations SET status = 'ended', ended_at = coalesce(ended_at, now()) WHERE thread_id = $1",
        thread_id,
    )


async def escalate(connection: Connection, *, thread_id: str) -> None:
    """Mark the conversation as handed to a person; the first time stands."""
    await connection.execute(
        "UPDATE conversations SET escalated_at = coalesce(escalated_at, now()) WHERE thread_id = $1", thread_id
    )


@dataclass(frozen=True, kw_only=True)
class EscalatedConversation:
    """A conversation that waits for, or is with, a person."""

    thread_id: str
    escalated_at: datetime
    status: Status
    reason: str


async def list_escalated(
    connection: Connection, *, limit: int, before: datetime | None = None
) -> list[EscalatedConversation]:
    """List escalated conversations, newest first."""
    rows = await connection.fetch(
        """
        SELECT c.thread_id, c.escalated_at, c.status,
               coalesce((SELECT e.frame->>'reason' FROM events e
                          WHERE e.thread_id = c.thread_id AND e.type = 'escalated'
                          ORDER BY e.seq LIMIT 1), '') AS reason
          FROM conversations c
         WHERE c.escalated_at IS NOT NULL AND ($1::timestamptz IS NULL OR c.escalated_at < $1)
         ORDER BY c.escalated_at DESC LIMIT $2
        """,
        before,
        limit,
    )
    return [EscalatedConversation(**row) for row in rows]
