"""Imports, in the table `imports`: one OpenAPI document each, and the lease of the job that reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from app.db.turns import WORKER_LOCK_CLASS
from app.errors import ImportUnknown

if TYPE_CHECKING:
    from app.db.pool import Connection

Status = Literal["pending", "fetching", "parsing", "classifying", "review", "approved", "failed"]
AT_WORK: Final = ("pending", "fetching", "parsing", "classifying")

IMPORTS_CHANNEL: Final = "smart_support_imports"  # an import changed: the payload is its id


@dataclass(frozen=True, kw_only=True)
class ImportRow:
    """One import, without its document. `revision` grows with every edit in review."""

    id: UUID
    api_id: UUID
    api_name: str
    api_title: str
    status: Status
    source: dict[str, Any]
    progress: dict[str, Any]
    error: dict[str, Any] | None
    warnings: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    dialect: str
    api_version: str
    title: str
    servers: list[str]
    schemes: list[dict[str, Any]]
    previous: UUID | None
    revision: int
    attempt: int
    takeovers: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    approved_at: datetime | None
    approved_by: str | None
    counts: dict[str, int] = field(default_factory=dict)


_COLUMNS: Final = """i.id, i.api_id, a.name AS api_name, a.title AS api_title, i.status, i.source, i.progress, i.error,
    i.warnings, i.skipped, i.dialect, i.api_version, i.title, i.servers, i.schemes, i.previous, i.revision, i.attempt,
    i.takeovers, i.created_at, i.created_by, i.updated_at, i.approved_at, i.approved_by"""
_COUNTS: Final = """
    coalesce((SELECT jsonb_build_object(
        'operations', count(*) FILTER (WHERE change IS DISTINCT FROM 'removed'),
        'read', count(*) FILTER (WHERE access = 'read' AND change IS DISTINCT FROM 'removed'),
        'write', count(*) FILTER (WHERE access = 'write' AND change IS DISTINCT FROM 'removed'),
        'destructive', count(*) FILTER (WHERE access = 'destructive' AND change IS DISTINCT FROM 'removed'),
        'doubtful', count(*) FILTER (WHERE confidence < 0.6 AND change IS DISTINCT FROM 'removed'),
        'tokens', coalesce(sum(tokens) FILTER (WHERE enabled), 0),
        'enabled', count(*) FILTER (WHERE enabled),
        'added', count(*) FILTER (WHERE change = 'added'),
        'removed', count(*) FILTER (WHERE change = 'removed'),
        'changed', count(*) FILTER (WHERE change = 'changed'),
        'riskier', count(*) FILTER (WHERE change = 'riskier'),
        'edited', count(*) FILTER (WHERE edited <> '{}')) FROM operations WHERE import_id = i.id), '{}') AS counts"""
_FROM: Final = "FROM imports i JOIN apis a ON a.id = i.api_id"


async def add(
    connection: Connection,
    *,
    job_id: UUID,
    api_id: UUID,
    source: dict[str, Any],
    document: bytes | None,
    previous: UUID | None,
    by: str,
) -> None:
    """Insert an import; the workers are notified when the transaction commits."""
    await connection.execute(
        """
        INSERT INTO imports (id, api_id, source, document, previous, created_by) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        job_id,
        api_id,
        source,
        document,
        previous,
        by,
    )
    await notify(connection, job_id=job_id)


async def get(connection: Connection, *, job_id: UUID, lock: bool = False) -> ImportRow | None:
    """Read an import; None where there is none. `lock` keeps others from changing it until the transaction ends."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS}, {_COUNTS} {_FROM} WHERE i.id = $1" + (" FOR UPDATE OF i" if lock else ""),
        job_id,
    )
    return ImportRow(**row) if row else None


async def require(connection: Connection, *, job_id: UUID, lock: bool = False) -> ImportRow:
    """Read an import; raises `ImportUnknown` where there is none."""
    row = await get(connection, job_id=job_id, lock=lock)
    if row is None:
        raise ImportUnknown
    return row


async def page(
    connection: Connection, *, limit: int, before: datetime | None = None, api_id: UUID | None = None
) -> list[ImportRow]:
    """List imports, newest first."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS}, {_COUNTS} {_FROM}
         WHERE ($1::timestamptz IS NULL OR i.created_at < $1) AND ($2::uuid IS NULL OR i.api_id = $2)
         ORDER BY i.created_at DESC LIMIT $3
        """,
        before,
        api_id,
        limit,
    )
    return [ImportRow(**row) for row in rows]


async def document(connection: Connection, *, job_id: UUID) -> bytes | None:
    """Read the stored document, an archive; None where it was not fetched yet."""
    found: bytes | None = await connection.fetchval("SELECT document FROM imports WHERE id = $1", job_id)
    return found


async def notify(connection: Connection, *, job_id: UUID) -> None:
    """Notify every replica, at commit, that an import has changed."""
    await connection.execute("SELECT pg_notify($1, $2)", IMPORTS_CHANNEL, str(job_id))


async def touch(connection: Connection, *, job_id: UUID) -> None:
    """Count an edit in review, and notify every replica."""
    await connection.execute("UPDATE imports SET revision = revision + 1, updated_at = now() WHERE id = $1", job_id)
    await notify(connection, job_id=job_id)


async def restart(connection: Connection, *, job_id: UUID, previous: UUID | None) -> None:
    """Let an import start over, compared with `previous`; what is stored of its document stays."""
    await connection.execute(
        """
        UPDATE imports SET status = 'pending', error = NULL, owner = NULL, lease_until = NULL, takeovers = 0,
               revision = revision + 1, previous = $2, progress = DEFAULT, updated_at = now()
         WHERE id = $1
        """,
        job_id,
        previous,
    )
    await notify(connection, job_id=job_id)


async def approve(connection: Connection, *, job_id: UUID, by: str) -> None:
    """Record who published it, from review, and when."""
    await connection.execute(
        """
        UPDATE imports SET status = 'approved', approved_at = now(), approved_by = $2, updated_at = now(),
               revision = revision + 1
         WHERE id = $1
        """,
        job_id,
        by,
    )
    await notify(connection, job_id=job_id)


async def delete(connection: Connection, *, job_id: UUID) -> None:
    """Delete an import with its operations."""
    await connection.execute("DELETE FROM imports WHERE id = $1", job_id)
    await notify(connection, job_id=job_id)


# --- at work ---------------------------------------------------------------------------------------------------


async def claim(connection: Connection, *, worker: int, lease_seconds: float) -> ImportRow | None:
    """Take the oldest import that waits, or that was left behind by a worker that died or lost its lease.

    A death is seen at once, because PostgreSQL lets go of a worker's advisory lock with its connection; the lease
    covers a worker that is cut off without the database noticing.
    """
    job_id = await connection.fetchval(
        f"""
        UPDATE imports SET owner = $1, attempt = attempt + 1, takeovers = takeovers + (owner IS NOT NULL)::int,
                           lease_until = now() + make_interval(secs => $2)
         WHERE id = (
            SELECT id FROM imports
             WHERE status = ANY($3)
               AND (owner IS NULL OR lease_until < now()
                    OR NOT EXISTS (SELECT 1 FROM pg_locks l
                                    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
                                      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                                      AND l.classid = {WORKER_LOCK_CLASS} AND l.objid = owner::oid))
             ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id
        """,  # noqa: S608
        worker,
        lease_seconds,
        list(AT_WORK),
    )
    return await get(connection, job_id=job_id) if job_id else None


async def renew(
    connection: Connection, *, jobs: Collection[tuple[UUID, int]], lease_seconds: float
) -> set[tuple[UUID, int]]:
    """Lengthen the leases of these imports, each with its attempt, and name those that are still ours."""
    rows = await connection.fetch(
        """
        UPDATE imports SET lease_until = now() + make_interval(secs => $3)
         WHERE (id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::int[])) AND owner IS NOT NULL
        RETURNING id, attempt
        """,
        [job_id for job_id, _ in jobs],
        [attempt for _, attempt in jobs],
        lease_seconds,
    )
    return {(row["id"], row["attempt"]) for row in rows}


async def release(connection: Connection, *, jobs: Collection[tuple[UUID, int]]) -> None:
    """Give back what a worker that stops has not ended; another goes on with it at once."""
    await connection.execute(
        """
        UPDATE imports SET owner = NULL, lease_until = NULL
         WHERE (id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::int[])) AND owner IS NOT NULL
        """,
        [job_id for job_id, _ in jobs],
        [attempt for _, attempt in jobs],
    )


async def advance(
    connection: Connection, *, job_id: UUID, attempt: int, status: Status, progress: dict[str, Any]
) -> bool:
    """Record how far an import is; False where it is no longer this attempt's, or was thrown away."""
    done = await connection.execute(
        """
        UPDATE imports SET status = $3, progress = $4, updated_at = now()
         WHERE id = $1 AND attempt = $2 AND owner IS NOT NULL
        """,
        job_id,
        attempt,
        status,
        progress,
    )
    await notify(connection, job_id=job_id)
    return bool(done == "UPDATE 1")


async def keep_document(
    connection: Connection, *, job_id: UUID, attempt: int, document: bytes, source: dict[str, Any]
) -> bool:
    """Store what was fetched, so that no later attempt fetches it again; False where it is no longer this attempt's."""
    done = await connection.execute(
        "UPDATE imports SET document = $3, source = $4 WHERE id = $1 AND attempt = $2 AND owner IS NOT NULL",
        job_id,
        attempt,
        document,
        source,
    )
    return bool(done == "UPDATE 1")


async def fail(connection: Connection, *, job_id: UUID, attempt: int, error: dict[str, Any]) -> bool:
    """End an import that cannot be read, with code, sentence and place; False where it is no longer this attempt's."""
    done = await connection.execute(
        """
        UPDATE imports SET status = 'failed', error = $3, owner = NULL, lease_until = NULL, updated_at = now()
         WHERE id = $1 AND attempt = $2 AND owner IS NOT NULL
        """,
        job_id,
        attempt,
        error,
    )
    await notify(connection, job_id=job_id)
    return bool(done == "UPDATE 1")


async def to_review(
    connection: Connection, *, job_id: UUID, attempt: int, facts: dict[str, Any], progress: dict[str, Any]
) -> bool:
    """Hand an import that was read over to people; `facts` is what the document says of its API."""
    done = await connection.execute(
        """
        UPDATE imports SET status = 'review', title = $3, dialect = $4, api_version = $5, servers = $6, schemes = $7,
               warnings = $8, skipped = $9, progress = $10, owner = NULL, lease_until = NULL, updated_at = now()
         WHERE id = $1 AND attempt = $2 AND owner IS NOT NULL
        """,
        job_id,
        attempt,
        facts["title"],
        facts["dialect"],
        facts["version"],
        facts["servers"],
        facts["schemes"],
        facts["warnings"],
        facts["skipped"],
        progress,
    )
    await notify(connection, job_id=job_id)
    return bool(done == "UPDATE 1")


async def waiting(connection: Connection) -> int:
    """Count the imports that wait or are worked on."""
    return int(await connection.fetchval("SELECT count(*) FROM imports WHERE status = ANY($1)", list(AT_WORK)))
