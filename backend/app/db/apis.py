"""Connected APIs, in the table `apis`: where each is, how it is signed in to, its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection


@dataclass(frozen=True, kw_only=True)
class ApiRow:
    """One connected API. `live_job` is the import whose operations are live; `fault` why they could not be loaded.

    `schemes` are those of its document, `added_schemes` those that people added.
    """

    id: UUID
    name: str
    title: str
    base_url: str
    servers: list[str]
    source: dict[str, Any]
    schemes: list[dict[str, Any]]
    limits: dict[str, Any]
    live_job: UUID | None
    fault: str | None
    updated_at: datetime
    added_schemes: list[dict[str, Any]] = field(default_factory=list)
    tools: int = 0


_COLUMNS: Final = (
    "id, name, title, base_url, servers, source, schemes, added_schemes, limits, live_job, fault, updated_at"
)
_WAS_READ: Final = (
    "(live_job IS NOT NULL OR EXISTS (SELECT FROM imports WHERE api_id = apis.id AND status IN ('review', 'approved')))"
)
_TOOLS: Final = "(SELECT count(*) FROM operations WHERE import_id = live_job AND enabled) AS tools"


async def add(
    connection: Connection, *, api_id: UUID, name: str, title: str, base_url: str, source: dict[str, Any]
) -> bool:
    """Insert an API; False where its name is taken."""
    done = await connection.execute(
        """
        INSERT INTO apis (id, name, title, base_url, source) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING
        """,
        api_id,
        name,
        title,
        base_url,
        source,
    )
    return bool(done == "INSERT 0 1")


async def get(connection: Connection, *, api_id: UUID, lock: bool = False) -> ApiRow | None:
    """Read an API; None where there is none. `lock` keeps others from changing it until the transaction ends."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS}, {_TOOLS} FROM apis WHERE id = $1" + (" FOR UPDATE" if lock else ""),  # noqa: S608
        api_id,
    )
    return ApiRow(**row) if row else None


async def list_all(connection: Connection) -> list[ApiRow]:
    """List every API that has something live or was at least once read, by name."""
    rows = await connection.fetch(f"SELECT {_COLUMNS}, {_TOOLS} FROM apis WHERE {_WAS_READ} ORDER BY name")  # noqa: S608
    return [ApiRow(**row) for row in rows]


async def never_read(connection: Connection, *, name: str) -> UUID | None:
    """Find the API of this name of which nothing but failed imports is there; None where there is none."""
    found: UUID | None = await connection.fetchval(
        f"""
        SELECT id FROM apis WHERE name = $1 AND NOT ({_WAS_READ})
           AND NOT EXISTS (SELECT FROM imports WHERE api_id = apis.id AND status <> 'failed')
        """,  # noqa: S608  # our own constant
        name,
    )
    return found


async def names(connection: Connection) -> set[str]:
    """Name every API."""
    return {row["name"] for row in await connection.fetch("SELECT name FROM apis")}


async def describe(
    connection: Connection,
    *,
    api_id: UUID,
    title: str,
    servers: list[str],
    schemes: list[dict[str, Any]],
    base_url: str | None = None,
) -> None:
    """Store what the newest document says; `base_url` only where a person has set none."""
    await connection.execute(
        """
        UPDATE apis SET title = $2, servers = $3, schemes = $4, updated_at = now(),
                        base_url = CASE WHEN base_url = '' THEN coalesce($5, '') ELSE base_url END
         WHERE id = $1
        """,
        api_id,
        title,
        servers,
        schemes,
        base_url,
    )


async def rename(connection: Connection, *, api_id: UUID, name: str) -> bool:
    """Give an API a better name; False, and nothing happens, where it has it already or another one took it."""
    done = await connection.execute(
        "UPDATE apis SET name = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM apis WHERE name = $2)", api_id, name
    )
    return bool(done == "UPDATE 1")


async def configure(connection: Connection, *, api_id: UUID, base_url: str, limits: dict[str, Any]) -> None:
    """Store where the API is and how hard it may be used."""
    await connection.execute(
        "UPDATE apis SET base_url = $2, limits = $3, updated_at = now() WHERE id = $1", api_id, base_url, limits
    )


async def add_schemes(connection: Connection, *, api_id: UUID, schemes: list[dict[str, Any]]) -> None:
    """Store the schemes that people added."""
    await connection.execute("UPDATE apis SET added_schemes = $2, updated_at = now() WHERE id = $1", api_id, schemes)


async def go_live(connection: Connection, *, api_id: UUID, job_id: UUID, source: dict[str, Any]) -> None:
    """Let the operations of this import be the live ones."""
    await connection.execute(
        "UPDATE apis SET live_job = $2, source = $3, fault = NULL, updated_at = now() WHERE id = $1",
        api_id,
        job_id,
        source,
    )


async def note_fault(connection: Connection, *, api_id: UUID, fault: str | None) -> None:
    """Record why an API's tools could not be loaded, or that they could."""
    await connection.execute("UPDATE apis SET fault = $2 WHERE id = $1 AND fault IS DISTINCT FROM $2", api_id, fault)


async def delete(connection: Connection, *, api_id: UUID) -> None:
    """Remove an API with its imports, operations and credentials."""
    await connection.execute("DELETE FROM apis WHERE id = $1", api_id)
