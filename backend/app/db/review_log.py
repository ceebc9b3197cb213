"""Review log, in the table `review_log`: who did what to which API, when. Append-only; it outlives the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection

What = Literal[
    "import_begun",
    "import_retried",
    "import_thrown_away",
    "operations_edited",
    "agent_edited",
    "read_tried",
    "import_approved",
    "api_changed",
    "credentials_set",
    "credentials_removed",
    "scheme_added",
    "scheme_removed",
    "api_deleted",
    "agent_changed",
    "paused",
    "resumed",
]


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One thing that somebody did. `import_there` says whether its import still is."""

    id: int
    at: datetime
    by: str
    what: str
    api_id: UUID | None
    api_name: str
    import_id: UUID | None
    import_there: bool
    details: dict[str, Any]


async def record(
    connection: Connection,
    *,
    by: str,
    what: What,
    api_id: UUID | None = None,
    api_name: str = "",
    import_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Append who did what; `details` never hold a secret, nor a customer's or a target's words."""
    await connection.execute(
        """
        INSERT INTO review_log (by, what, api_id, api_name, import_id, details) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        by,
        what,
        api_id,
        api_name,
        import_id,
        details or {},
    )


async def page(
    connection: Connection,
    *,
    limit: int,
    before: int | None = None,
    api_id: UUID | None = None,
    import_id: UUID | None = None,
) -> list[LogEntry]:
    """List what was done before an entry, newest first: to everything, to one API, or to one import."""
    rows = await connection.fetch(
        """
        SELECT l.id, l.at, l.by, l.what, l.api_id, l.api_name, l.import_id, i.id IS NOT NULL AS import_there, l.details
          FROM review_log l LEFT JOIN imports i ON i.id = l.import_id
         WHERE ($1::bigint IS NULL OR l.id < $1) AND ($2::uuid IS NULL OR l.api_id = $2)
           AND ($3::uuid IS NULL OR l.import_id = $3)
         ORDER BY l.id DESC LIMIT $4
        """,
        before,
        api_id,
        import_id,
        limit,
    )
    return [LogEntry(**row) for row in rows]
