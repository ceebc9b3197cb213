"""Live set, in the tables `live_set` and `withdrawn_tools`: what is live, in one numbered change after another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection

LIVE_CHANNEL: Final = "smart_support_live"  # the live tools or agents changed
_CHANGING: Final = 0x5355_504C  # whoever changes what is live holds this lock: names are given out one at a time


@dataclass(frozen=True, kw_only=True)
class LiveOperation:
    """One approved operation of a live API, as it becomes a tool; its definition is read apart."""

    idx: int
    key: str
    name: str
    title: str
    description: str
    access: str
    consent: str
    agent: str
    bound: dict[str, str]
    twin: str | None


async def begin_change(connection: Connection) -> None:
    """Keep every other change of what is live waiting until this transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _CHANGING)


async def changed(connection: Connection) -> None:
    """Count a change of what is live; every replica hears of it when the transaction commits."""
    await connection.execute("UPDATE live_set SET version = version + 1")
    await connection.execute("SELECT pg_notify($1, '')", LIVE_CHANNEL)


async def version(connection: Connection) -> int:
    """Return the number of the newest change."""
    return int(await connection.fetchval("SELECT version FROM live_set"))


async def operations(connection: Connection, *, import_id: UUID) -> list[LiveOperation]:
    """List the enabled operations of an import, in order."""
    rows = await connection.fetch(
        """
        SELECT idx, key, name, title, description, access, consent, agent, bound, twin
          FROM operations WHERE import_id = $1 AND enabled ORDER BY idx
        """,
        import_id,
    )
    return [LiveOperation(**row) for row in rows]


async def names_of_others(connection: Connection, *, but_of: UUID) -> set[str]:
    """Name the live tools of every API but this one."""
    rows = await connection.fetch(
        "SELECT o.name FROM operations o JOIN apis a ON a.live_job = o.import_id WHERE o.enabled AND a.id <> $1",
        but_of,
    )
    return {row["name"] for row in rows}


async def agents_of_others(connection: Connection, *, but_of: UUID) -> set[str]:
    """Name the agents that have live tools of any API but this one."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT o.agent FROM operations o JOIN apis a ON a.live_job = o.import_id
         WHERE o.enabled AND a.id <> $1
        """,
        but_of,
    )
    return {row["agent"] for row in rows}


async def knows(connection: Connection, *, kind: str, name: str) -> bool:
    """Say whether a published import has something live of that name: an `api`, a `tool` or an `agent`."""
    return bool(
        await connection.fetchval(
            """
            SELECT EXISTS (SELECT 1 FROM operations o JOIN apis a ON a.live_job = o.import_id
                            WHERE o.enabled AND CASE $1 WHEN 'api' THEN a.name WHEN 'tool' THEN o.name
                                                        WHEN 'agent' THEN o.agent ELSE $2 END = $2) OR $1 = 'actions'
            """,
            kind,
            name,
        )
    )


# --- tools whose pending approvals expire ----------------------------------------------------------------------


async def withdraw(connection: Connection, *, names: Collection[str]) -> None:
    """Note that pending approvals of these tools have to expire."""
    await connection.execute(
        "INSERT INTO withdrawn_tools (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", list(names)
    )


async def withdrawn(connection: Connection) -> list[str]:
    """Name the tools whose pending approvals have to expire, keeping other replicas from doing the same."""
    rows = await connection.fetch("SELECT name FROM withdrawn_tools ORDER BY name FOR UPDATE SKIP LOCKED")
    return [row["name"] for row in rows]


async def expired(connection: Connection, *, names: Collection[str]) -> None:
    """Note that the approvals of these tools have expired."""
    await connection.execute("DELETE FROM withdrawn_tools WHERE name = ANY($1)", list(names))
