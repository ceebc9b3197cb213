"""The table `turns`: a queue of turns, one running per thread, each held by lease and by its owner's advisory lock.

Whatever an owner wrote late, after it lost a turn, changes nothing: every write names its owner.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.db.pool import Connection

Kind = Literal["message", "answer", "expiry"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]

WORKER_LOCK_CLASS: Final = 0x5355_5054  # names our advisory locks among others in the same database


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One user message, or one answered approval, and everything the agents do until the next wait.

    `claims` say who the customer is, as verified when the message came; an answer's turn has those of its run.
    `others_wait` is known of a turn that has just been claimed: whether there may be another to be claimed.
    """

    id: UUID
    thread_id: str
    run_id: UUID
    kind: Kind
    content: str | None
    message_id: str | None
    interrupt_id: UUID | None
    status: Status
    attempt: int
    takeovers: int = 0
    claims: dict[str, Any] = field(default_factory=dict)
    others_wait: bool = False


@dataclass(frozen=True, kw_only=True)
class TurnLease:
    """The lease under which a worker runs a turn: it is over once the turn was claimed anew, ended or given back."""

    turn_id: UUID
    worker: int
    attempt: int


async def is_held(connection: Connection, lease: TurnLease) -> bool:
    """Say whether a turn still runs under this lease."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM turns WHERE id = $1 AND owner = $2 AND attempt = $3 AND status = 'running')",
            lease.turn_id,
            lease.worker,
            lease.attempt,
        )
    )


TURNS_CHANNEL: Final = "smart_support_turns"  # a turn waits

_COLUMNS: Final = "id, thread_id, run_id, kind, content, message_id, interrupt_id, status, attempt, takeovers, claims"


async def add_message(
    connection: Connection,
    *,
    thread_id: str,
    content: str,
    message_id: str | None,
    claims: dict[str, Any] | None = None,
) -> Turn:
    """Enqueue the turn that answers a message; it begins a run of its own."""
    turn_id = uuid4()
    row = await connection.fetchrow(
        f"""
        INSERT INTO turns (id, thread_id, run_id, kind, content, message_id, claims)
        VALUES ($1, $2, $1, 'message', $3, $4, $5) RETURNING {_COLUMNS}
        """,  # noqa: S608  # only our own constant stands in the text
        turn_id,
        thread_id,
        content,
        message_id,
        claims or {},
    )
    await _notify(connection)
    return Turn(**row)


async def add_answer(connection: Connection, *, thread_id: str, run_id: UUID, approval_id: UUID, kind: Kind) -> Turn:
    """Enqueue the turn that goes on with a run after one of its approvals was answered or expired."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO turns (id, thread_id, run_id, kind, interrupt_id, claims)
        VALUES ($1, $2, $3, $4, $5, coalesce((SELECT claims FROM turns WHERE id = $3), '{{}}')) RETURNING {_COLUMNS}
        """,  # noqa: S608
        uuid4(),
        thread_id,
        run_id,
        kind,
        approval_id,
    )
    await _notify(connection)
    return Turn(**row)


async def claims_of_run(connection: Connection, *, run_id: UUID) -> dict[str, Any]:
    """Read who the customer of a run is: what was verified when its message came."""
    claims: dict[str, Any] | None = await connection.fetchval("SELECT claims FROM turns WHERE id = $1", run_id)
    return claims or {}


async def of_message(connection: Connection, *, thread_id: str, message_id: str) -> Turn | None:
    """Find the turn of a message by the client's own id."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM turns WHERE thread_id = $1 AND message_id = $2",  # noqa: S608
        thread_id,
        message_id,
    )
    return Turn(**row) if row else None


async def of_answer(connection: Connection, *, approval_id: UUID) -> Turn | None:
    """Find the turn that went on after an answered approval."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM turns WHERE interrupt_id = $1 AND kind = 'answer'",  # noqa: S608
        approval_id,
    )
    return Turn(**row) if row else None


async def requeue(connection: Connection, *, turn_id: UUID) -> bool:
    """Let a failed turn run again; False where it had not failed."""
    done = await connection.execute(
        """
        UPDATE turns SET status = 'queued', error_code = NULL, finished_at = NULL, owner = NULL, lease_until = NULL,
                         takeovers = 0
         WHERE id = $1 AND status = 'failed'
        """,
        turn_id,
    )
    await _notify(connection)
    return bool(done == "UPDATE 1")


async def waiting(connection: Connection, *, thread_id: str) -> int:
    """Count a thread's turns that wait or run."""
    count = await connection.fetchval(
        "SELECT count(*) FROM turns WHERE thread_id = $1 AND status IN ('queued', 'running')", thread_id
    )
    return int(count)


async def hold_worker_lock(connection: Connection, *, worker: int) -> bool:
    """Take the worker's own advisory lock, for as long as this connection lives; False where another has it."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", WORKER_LOCK_CLASS, worker))


async def _notify(connection: Connection) -> None:
    """Notify the workers that a turn waits, once the transaction commits."""
    await connection.execute("SELECT pg_notify($1, '')", TURNS_CHANNEL)


async def claim(connection: Connection, *, worker: int, lease_seconds: float) -> Turn | None:
    """Take the oldest turn that may run: queued, or left behind by a worker that died or lost its lease.

    None where there is none, or where another worker has just begun one of the same thread.

    A worker's death is seen at once, because PostgreSQL lets go of its advisory lock with its connection; the
    lease covers a worker that is cut off without the database noticing.
    """
    with suppress(asyncpg.UniqueViolationError):
        return await _claim(connection, worker=worker, lease_seconds=lease_seconds)
    return None


async def _claim(connection: Connection, *, worker: int, lease_seconds: float) -> Turn | None:
    row = await connection.fetchrow(
        f"""
        UPDATE turns SET status = 'running', owner = $1, attempt = attempt + 1,
                         takeovers = takeovers + (status = 'running')::int,
                         lease_until = now() + make_interval(secs => $2), started_at = coalesce(started_at, now())
         WHERE id = (
            SELECT t.id FROM turns t
             WHERE t.status = 'queued'
                   AND NOT EXISTS (SELECT 1 FROM turns other
                                    WHERE other.thread_id = t.thread_id
                                      AND (other.status = 'running'
                                           OR other.status = 'queued' AND other.position < t.position))
                OR t.status = 'running'
                   AND (t.lease_until < now()
                        OR NOT EXISTS (SELECT 1 FROM pg_locks l
                                        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
                                          AND l.database = (SELECT oid FROM pg_database
                                                             WHERE datname = current_database())
                                          AND l.classid = {WORKER_LOCK_CLASS} AND l.objid = t.owner::oid))
             ORDER BY t.position LIMIT 1
               FOR UPDATE SKIP LOCKED)
        RETURNING {_COLUMNS},
                  EXISTS (SELECT FROM turns other WHERE other.status IN ('queued', 'running') AND other.id <> turns.id
                             AND other.owner IS DISTINCT FROM $1) AS others_wait
        """,  # noqa: S608
        worker,
        lease_seconds,
    )
    return Turn(**row) if row else None


async def renew(connection: Connection, *, worker: int, turn_ids: Collection[UUID], lease_seconds: float) -> set[UUID]:
    """Lengthen the leases of these turns and name those that are still the worker's own.

    Only what really runs is named: a turn whose end could not be stored runs again when its lease is over.
    """
    rows = await connection.fetch(
        """
        UPDATE turns SET lease_until = now() + make_interval(secs => $3)
         WHERE owner = $1 AND status = 'running' AND id = ANY($2) RETURNING id
        """,
        worker,
        list(turn_ids),
        lease_seconds,
    )
    return {row["id"] for row in rows}


async def finish(connection: Connection, *, lease: TurnLease, status: Status, error_code: str | None = None) -> bool:
    """End a turn that still runs under this lease; False where it was claimed anew."""
    done = await connection.execute(
        """
        UPDATE turns SET status = $3, error_code = $4, finished_at = now(), owner = NULL, lease_until = NULL
         WHERE id = $1 AND owner = $2 AND status = 'running' AND attempt = $5
        """,
        lease.turn_id,
        lease.worker,
        status,
        error_code,
        lease.attempt,
    )
    return bool(done == "UPDATE 1")


async def give_back(connection: Connection, *, lease: TurnLease) -> None:
    """Let a turn that still runs under this lease run again at once; it counts as no takeover."""
    await connection.execute(
        """
        UPDATE turns SET status = 'queued', owner = NULL, lease_until = NULL
         WHERE id = $1 AND owner = $2 AND attempt = $3 AND status = 'running'
        """,
        lease.turn_id,
        lease.worker,
        lease.attempt,
    )


async def release(connection: Connection, *, worker: int) -> None:
    """Give back what a worker that stops has not ended; another goes on with it at once.

    It counts as no takeover: a turn is not to blame for a server that was told to stop.
    """
    await connection.execute(
        "UPDATE turns SET status = 'queued', owner = NULL, lease_until = NULL WHERE owner = $1 AND status = 'running'",
        worker,
    )


async def cancel_waiting(connection: Connection, *, thread_id: str) -> list[Turn]:
    """Take back the messages of a thread that have not begun; answers of approvals stay."""
    rows = await connection.fetch(
        f"""
        UPDATE turns SET status = 'cancelled', finished_at = now()
         WHERE thread_id = $1 AND status = 'queued' AND kind = 'message' RETURNING {_COLUMNS}
        """,  # noqa: S608
        thread_id,
    )
    return [Turn(**row) for row in rows]


async def has_open(connection: Connection, *, run_id: UUID) -> bool:
    """Return whether a run has a turn that waits, runs or can be tried again, or an approval that is pending."""
    found = await connection.fetchval(
        """
        SELECT EXISTS (SELECT 1 FROM turns WHERE run_id = $1 AND status IN ('queued', 'running', 'failed'))
            OR EXISTS (SELECT 1 FROM actions WHERE run_id = $1 AND status = 'pending')
        """,
        run_id,
    )
    return bool(found)
