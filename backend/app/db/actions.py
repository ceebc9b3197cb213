"""Actions, in the table `actions`: every write, from its proposal to its outcome.

Each change of status names the status it starts from, so whoever comes second changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.db.pool import Connection

Status = Literal["pending", "approved", "rejected", "expired", "executing", "succeeded", "failed", "unknown"]
Settled = Literal["succeeded", "failed", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One write by a tool. `digest` covers tool, version, target, arguments and request: what consent is given for.

    `consents` are those that it needs, in the order in which they are asked for (`actions.policy.Requirement.kept`).
    """

    id: UUID
    thread_id: str
    run_id: UUID
    call_id: str
    agent: str
    tool: str
    title: str
    target: str
    tool_version: str
    args: dict[str, Any]
    request: dict[str, Any] | None
    digest: str
    status: Status
    outcome: dict[str, Any] | None = None
    created_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    note: str | None = None
    consents: list[str] | None = None
    access: str | None = None


_COLUMNS: Final = """id, thread_id, run_id, call_id, agent, tool, title, target, tool_version, args, request, digest,
    status, outcome, created_at, settled_at, settled_by, note, consents, access"""


async def as_stored(connection: Connection, args: dict[str, Any]) -> dict[str, Any]:
    """Return arguments as they come back from the table: keys in its order, numbers as it writes them."""
    stored: dict[str, Any] = await connection.fetchval("SELECT $1::jsonb", args)
    return stored


async def propose(connection: Connection, *, action: Action) -> tuple[Action, bool]:
    """Insert the action, or find the row of the same call; returns it, and whether it is new."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO actions (id, thread_id, run_id, call_id, agent, tool, title, target, tool_version, args, request,
                             digest, status, consents, access)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (run_id, call_id) DO NOTHING RETURNING {_COLUMNS}
        """,  # noqa: S608  # only our own constant stands in the text
        action.id,
        action.thread_id,
        action.run_id,
        action.call_id,
        action.agent,
        action.tool,
        action.title,
        action.target,
        action.tool_version,
        action.args,
        action.request,
        action.digest,
        action.status,
        action.consents,
        action.access,
    )
    if row:
        return Action(**row), True
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM actions WHERE run_id = $1 AND call_id = $2",  # noqa: S608
        action.run_id,
        action.call_id,
    )
    return Action(**row), False


async def same_before(connection: Connection, *, action: Action) -> Status | None:
    """Return the status of the newest action that does exactly this and stands in its way; None where none does.

    Of other runs of the conversation that is one that waits, is under way or is not settled; of the same run, one that
    was declined. Two alike in one message are what the customer asked for.
    """
    status: Status | None = await connection.fetchval(
        """
        SELECT status FROM actions
         WHERE thread_id = $1 AND digest = $2 AND (run_id, call_id) <> ($3, $4)
           AND (run_id <> $3 AND status IN ('pending', 'approved', 'executing', 'unknown')
                OR run_id = $3 AND status = 'rejected')
         ORDER BY created_at DESC LIMIT 1
        """,
        action.thread_id,
        action.digest,
        action.run_id,
        action.call_id,
    )
    return status


async def get(connection: Connection, *, action_id: UUID) -> Action | None:
    """Read an action; None where there is none."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM actions WHERE id = $1", action_id)  # noqa: S608
    return Action(**row) if row else None


async def decide(
    connection: Connection, *, action_id: UUID, digest: str, status: Literal["approved", "rejected", "expired"]
) -> bool:
    """Decide a pending action, for exactly what was shown; False where it changed or is no longer pending."""
    done = await connection.execute(
        "UPDATE actions SET status = $3, decided_at = now() WHERE id = $1 AND digest = $2 AND status = 'pending'",
        action_id,
        digest,
        status,
    )
    return bool(done == "UPDATE 1")


async def edit(connection: Connection, *, edited: Action) -> bool:
    """Replace what a pending action would do; False where it is no longer pending. Earlier consents do not cover it."""
    done = await connection.execute(
        """
        UPDATE actions SET args = $2, request = $3, digest = $4, title = $5, target = $6, tool_version = $7,
                           consents = $8, access = $9
         WHERE id = $1 AND status = 'pending'
        """,
        edited.id,
        edited.args,
        edited.request,
        edited.digest,
        edited.title,
        edited.target,
        edited.tool_version,
        edited.consents,
        edited.access,
    )
    return bool(done == "UPDATE 1")


async def claim(connection: Connection, *, action_id: UUID, digest: str, roles: Collection[str] = ()) -> bool:
    """Take an approved action for execution. Only one caller ever gets True: this is what keeps writes at most once.

    False too where one of `roles` has not consented to exactly this digest.
    """
    done = await connection.execute(
        """
        UPDATE actions SET status = 'executing', claimed_at = now()
         WHERE id = $1 AND digest = $2 AND status = 'approved'
           AND NOT EXISTS (SELECT 1 FROM unnest($3::text[]) AS needed
                            WHERE NOT EXISTS (SELECT 1 FROM interrupts
                                               WHERE action_id = $1 AND audience = needed
                                                 AND digest = $2 AND status = 'approved'))
        """,
        action_id,
        digest,
        list(roles),
    )
    return bool(done == "UPDATE 1")


async def settle(connection: Connection, *, action_id: UUID, status: Settled, outcome: dict[str, Any]) -> Status | None:
    """Record how the execution ended; returns the status before, None where nothing changed.

    A late answer replaces *unknown*, but never what a person has settled.
    """
    before: Status | None = await connection.fetchval(
        """
        WITH before AS (
            SELECT id, status FROM actions
             WHERE id = $1 AND (status = 'executing' OR status = 'unknown' AND settled_by IS DISTINCT FROM 'operator')
               FOR UPDATE
        )
        UPDATE actions SET status = $2, outcome = $3, settled_at = now(), settled_by = 'target'
          FROM before WHERE actions.id = before.id RETURNING before.status
        """,
        action_id,
        status,
        outcome,
    )
    return before


async def ask_anew(connection: Connection, *, action_id: UUID) -> bool:
    """Let an approved action wait for consent again; False where it is not (or no longer) approved."""
    done = await connection.execute(
        "UPDATE actions SET status = 'pending', decided_at = NULL WHERE id = $1 AND status = 'approved'", action_id
    )
    return bool(done == "UPDATE 1")


async def refuse(connection: Connection, *, action_id: UUID, outcome: dict[str, Any]) -> bool:
    """Fail an approved action that may no longer be sent; False where it is not (or no longer) approved."""
    done = await connection.execute(
        """
        UPDATE actions SET status = 'failed', outcome = $2, settled_at = now(), settled_by = 'ledger'
         WHERE id = $1 AND status = 'approved'
        """,
        action_id,
        outcome,
    )
    return bool(done == "UPDATE 1")


async def give_up(connection: Connection, *, action_id: UUID, outcome: dict[str, Any]) -> bool:
    """Record that the outcome of a broken execution cannot be known; False where it is not executing."""
    done = await connection.execute(
        """
        UPDATE actions SET status = 'unknown', outcome = $2, settled_at = now(), settled_by = 'ledger'
         WHERE id = $1 AND status = 'executing'
        """,
        action_id,
        outcome,
    )
    return bool(done == "UPDATE 1")


async def settle_by_person(
    connection: Connection, *, action_id: UUID, status: Literal["succeeded", "failed"], note: str
) -> Action | None:
    """Record what a person found out about an unknown outcome; None where it is not unknown."""
    row = await connection.fetchrow(
        f"""
        UPDATE actions SET status = $2, note = $3, settled_at = now(), settled_by = 'operator'
         WHERE id = $1 AND status = 'unknown' RETURNING {_COLUMNS}
        """,  # noqa: S608
        action_id,
        status,
        note,
    )
    return Action(**row) if row else None


async def of_run(connection: Connection, *, run_id: UUID) -> list[Action]:
    """List the actions of a run, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM actions WHERE run_id = $1 ORDER BY created_at, id",  # noqa: S608
        run_id,
    )
    return [Action(**row) for row in rows]


async def list_by_status(
    connection: Connection, *, status: Status, limit: int, after: datetime | None = None
) -> list[Action]:
    """List actions of one status, oldest first."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM actions
         WHERE status = $1 AND ($2::timestamptz IS NULL OR created_at > $2) ORDER BY created_at LIMIT $3
        """,  # noqa: S608
        status,
        after,
        limit,
    )
    return [Action(**row) for row in rows]
