"""Pauses, in the table `pauses`: the kill switch, read in the transaction that would send something.

A claim holds a lock that it shares with other claims, and a pause waits for it: what was not claimed before the pause
is not claimed after it, on any replica.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import asyncpg

if TYPE_CHECKING:
    from app.db.pool import Connection

PauseKind = Literal["actions", "api", "tool", "agent"]

PAUSES_CHANNEL: Final = "smart_support_pauses"  # something was paused, or goes on
CLAIM_LOCK: Final = 0x5055_5345  # shared by whoever claims an action, taken alone by whoever pauses
CLAIM_WAIT: Final = "2s"  # a claim takes milliseconds; a replica that is frozen in one must not keep a pause away


@dataclass(frozen=True, kw_only=True)
class Pause:
    """What may not be sent, who paused it, why and since when. `name` is empty for all actions."""

    kind: PauseKind
    name: str
    by: str
    why: str
    at: datetime


async def list_all(connection: Connection) -> list[Pause]:
    """List what is paused, the widest first."""
    rows = await connection.fetch(
        "SELECT kind, name, by, why, at FROM pauses ORDER BY kind <> 'actions', kind <> 'api', kind, name"
    )
    return [Pause(**row) for row in rows]


async def covering(connection: Connection, *, tool: str, api: str, agent: str, writes: bool) -> Pause | None:
    """Return a pause that keeps a call from being sent; None where none does."""
    row = await connection.fetchrow(
        """
        SELECT kind, name, by, why, at FROM pauses
         WHERE kind = 'actions' AND $4 OR kind = 'api' AND name = $2 OR kind = 'tool' AND name = $1
            OR kind = 'agent' AND name = $3
         ORDER BY at LIMIT 1
        """,
        tool,
        api,
        agent,
        writes,
    )
    return Pause(**row) if row else None


async def hold_for_claim(connection: Connection) -> None:
    """Let no pause begin until this transaction ends; whoever claims looks for pauses after this."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", CLAIM_LOCK)


async def begin(connection: Connection, *, kind: PauseKind, name: str, by: str, why: str) -> bool:
    """Pause from the end of this transaction on; False where it is paused already, which then stays as it was."""
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('lock_timeout', $1, true)", CLAIM_WAIT)
            await connection.execute("SELECT pg_advisory_xact_lock($1)", CLAIM_LOCK)
    except asyncpg.LockNotAvailableError:
        pass
    done = await connection.execute(
        "INSERT INTO pauses (kind, name, by, why) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", kind, name, by, why
    )
    await _notify(connection)
    return bool(done == "INSERT 0 1")


async def end(connection: Connection, *, kind: PauseKind, name: str) -> bool:
    """Let it go on; False where it is not paused."""
    done = await connection.execute("DELETE FROM pauses WHERE kind = $1 AND name = $2", kind, name)
    await _notify(connection)
    return bool(done == "DELETE 1")


async def count_under_way(connection: Connection) -> int:
    """Count the actions that were claimed before and have no outcome yet."""
    return int(await connection.fetchval("SELECT count(*) FROM actions WHERE status = 'executing'"))


async def _notify(connection: Connection) -> None:
    await connection.execute("SELECT pg_notify($1, '')", PAUSES_CHANNEL)
