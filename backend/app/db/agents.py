"""Agent versions, in the table `agent_versions`: what staff changed of the agents. The newest of a name counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection


@dataclass(frozen=True, kw_only=True)
class AgentVersion:
    """One state of an agent. `spec` holds only what differs from the file, or everything of an agent of no file."""

    name: str
    version: int
    spec: dict[str, Any]
    import_id: UUID | None
    created_at: datetime
    created_by: str


async def add(connection: Connection, *, name: str, spec: dict[str, Any], import_id: UUID | None, by: str) -> int:
    """Store a new version and return its number."""
    version: int = await connection.fetchval(
        """
        INSERT INTO agent_versions (name, version, spec, import_id, created_by)
        SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM agent_versions WHERE name = $1
        RETURNING version
        """,
        name,
        spec,
        import_id,
        by,
    )
    return version


async def newest(connection: Connection) -> dict[str, AgentVersion]:
    """Read the newest version of every agent, by name."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT ON (name) name, version, spec, import_id, created_at, created_by
          FROM agent_versions ORDER BY name, version DESC
        """
    )
    return {row["name"]: AgentVersion(**row) for row in rows}


async def versions(connection: Connection, *, name: str, limit: int) -> list[AgentVersion]:
    """List the versions of an agent, newest first."""
    rows = await connection.fetch(
        """
        SELECT name, version, spec, import_id, created_at, created_by
          FROM agent_versions WHERE name = $1 ORDER BY version DESC LIMIT $2
        """,
        name,
        limit,
    )
    return [AgentVersion(**row) for row in rows]
