"""Approvals, in the table `interrupts`: each pending until it is answered once or expires.

Every change names the status that it starts from, so whoever comes second changes nothing and gets False; each is
notified to every replica when its transaction commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from app.protocol import Audience

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.db.pool import Connection

Status = Literal["pending", "approved", "rejected", "edited", "expired"]


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A write that waits for a yes, or has had its answer: one role's. `frame` is what was shown."""

    id: UUID
    action_id: UUID
    thread_id: str
    audience: Audience
    digest: str
    frame: dict[str, Any]
    status: Status
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    comment: str | None
    risk: int
    decided_name: str | None


APPROVALS_CHANNEL: Final = "smart_support_approvals"  # notifies every replica that the pending approvals have changed

Place = tuple[int, datetime, UUID]
"""Cursor after a page of a list: risk, time and id of its last row."""

_COLUMNS: Final = """id, action_id, thread_id, audience, digest, frame, status, created_at, expires_at, decided_at,
    decided_by, comment, risk, decided_name"""


async def add(
    connection: Connection,
    *,
    approval_id: UUID,
    action_id: UUID,
    thread_id: str,
    audience: Audience,
    digest: str,
    frame: dict[str, Any],
    expires_at: datetime,
    risk: int = 1,
) -> None:
    """Insert the approval as pending."""
    await connection.execute(
        """
        INSERT INTO interrupts (id, action_id, thread_id, audience, digest, frame, expires_at, risk)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        approval_id,
        action_id,
        thread_id,
        audience,
        digest,
        frame,
        expires_at,
        risk,
    )
    await _notify(connection)


async def get(connection: Connection, *, approval_id: UUID) -> Approval | None:
    """Read an approval; None where there is none."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM interrupts WHERE id = $1", approval_id)  # noqa: S608
    return Approval(**row) if row else None


async def newest_of_action(connection: Connection, *, action_id: UUID) -> Approval | None:
    """Read the newest approval of an action; None where nobody was asked."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM interrupts WHERE action_id = $1 ORDER BY created_at DESC LIMIT 1",  # noqa: S608
        action_id,
    )
    return Approval(**row) if row else None


async def list_of_thread(connection: Connection, *, thread_id: str, status: Status) -> list[Approval]:
    """List a conversation's approvals of one status, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM interrupts WHERE thread_id = $1 AND status = $2 ORDER BY created_at",  # noqa: S608
        thread_id,
        status,
    )
    return [Approval(**row) for row in rows]


async def list_pending(
    connection: Connection, *, audience: Audience | None = None, limit: int, after: Place | None = None
) -> list[Approval]:
    """List the pending approvals, the riskiest first, of the same risk the oldest first."""
    risk, at, approval_id = after or (None, None, None)
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM interrupts
         WHERE status = 'pending' AND expires_at > now() AND ($1::text IS NULL OR audience = $1)
           AND ($2::int IS NULL OR (-risk, created_at, id) > (-$2::int, $3::timestamptz, $4::uuid))
         ORDER BY risk DESC, created_at, id LIMIT $5
        """,  # noqa: S608
        audience,
        risk,
        at,
        approval_id,
        limit,
    )
    return [Approval(**row) for row in rows]


async def list_decided(connection: Connection, *, limit: int, before: Place | None = None) -> list[Approval]:
    """List the approvals that were answered or have expired, the newest first."""
    _, at, approval_id = before or (None, None, None)
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM interrupts
         WHERE decided_at IS NOT NULL AND ($1::timestamptz IS NULL OR (decided_at, id) < ($1, $2::uuid))
         ORDER BY decided_at DESC, id DESC LIMIT $3
        """,  # noqa: S608
        at,
        approval_id,
        limit,
    )
    return [Approval(**row) for row in rows]


async def count_pending(connection: Connection, *, audience: Audience) -> int:
    """Count the pending approvals of a role."""
    count = await connection.fetchval(
        "SELECT count(*) FROM interrupts WHERE status = 'pending' AND expires_at > now() AND audience = $1", audience
    )
    return int(count)


async def count_open(connection: Connection, *, thread_id: str) -> tuple[int, int]:
    """Count the pending approvals of a conversation, and of all conversations of its visitor."""
    row = await connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE i.thread_id = $1) AS here, count(*) AS all_of_visitor
          FROM interrupts i JOIN conversations c USING (thread_id)
         WHERE i.status = 'pending' AND i.expires_at > now()
           AND c.visitor_id = (SELECT visitor_id FROM conversations WHERE thread_id = $1)
        """,
        thread_id,
    )
    return row["here"], row["all_of_visitor"]


async def answer(
    connection: Connection,
    *,
    approval_id: UUID,
    status: Literal["approved", "rejected", "edited"],
    by: str,
    name: str | None = None,
    comment: str | None,
) -> bool:
    """Answer a pending approval in time; only the first answer gets True. `name` is a staff member's."""
    done = await connection.execute(
        """
        UPDATE interrupts SET status = $2, decided_at = now(), decided_by = $3, comment = $4, decided_name = $5
         WHERE id = $1 AND status = 'pending' AND expires_at > now()
        """,
        approval_id,
        status,
        by,
        comment,
        name,
    )
    await _notify(connection)
    return bool(done == "UPDATE 1")


async def expire(connection: Connection, *, approval_id: UUID, early: bool = False) -> bool:
    """Expire a pending approval whose time is over, or `early` because its run was stopped."""
    done = await connection.execute(
        """
        UPDATE interrupts SET status = 'expired', decided_at = now()
         WHERE id = $1 AND status = 'pending' AND ($2 OR expires_at <= now())
        """,
        approval_id,
        early,
    )
    await _notify(connection)
    return bool(done == "UPDATE 1")


async def hold(connection: Connection, *, approval_id: UUID, until: datetime) -> None:
    """Let a pending approval live until then, though its card says otherwise: what it is for is paused."""
    await connection.execute(
        "UPDATE interrupts SET expires_at = $2 WHERE id = $1 AND status = 'pending'", approval_id, until
    )


async def list_approved(connection: Connection, *, action_id: UUID, digest: str) -> list[Approval]:
    """List the approvals of exactly this that were given, oldest first."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM interrupts
         WHERE action_id = $1 AND digest = $2 AND status = 'approved' ORDER BY created_at
        """,  # noqa: S608
        action_id,
        digest,
    )
    return [Approval(**row) for row in rows]


async def pending_of_tools(connection: Connection, *, tools: Collection[str]) -> list[Approval]:
    """List the pending approvals of calls of these tools, oldest first."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM interrupts
         WHERE status = 'pending'
           AND action_id IN (SELECT id FROM actions WHERE status = 'pending' AND tool = ANY($1))
         ORDER BY created_at
        """,  # noqa: S608
        list(tools),
    )
    return [Approval(**row) for row in rows]


async def _notify(connection: Connection) -> None:
    """Notify every replica, at commit, that what waits has changed."""
    await connection.execute("SELECT pg_notify($1, '')", APPROVALS_CHANNEL)


async def list_due(connection: Connection, *, limit: int) -> list[Approval]:
    """List pending approvals whose time is over."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM interrupts WHERE status = 'pending' AND expires_at <= now()
         ORDER BY expires_at LIMIT $1
        """,  # noqa: S608
        limit,
    )
    return [Approval(**row) for row in rows]
