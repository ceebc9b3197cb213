"""Migrations: bring a database up to date, step by step, over the same driver as everything else.

Alembic orders the steps of `alembic/versions` and writes them out as SQL, each in a transaction of its own; it is
run only where there is something to do. A step that fails leaves the database at the step before it.
"""

from __future__ import annotations

import asyncio
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from app.errors import CannotStart

if TYPE_CHECKING:
    from app.db.pool import Connection

MIGRATION_LOCK: Final = 0x5355_5050  # any fixed number: whoever migrates holds it, the others wait

_BACKEND: Final = Path(__file__).parents[2]


async def migrate(dsn: str) -> None:
    """Bring the database up to date; replicas that start together do it one after another.

    Raises `ValueError` for an address of anything but PostgreSQL, `CannotStart` for a database that a newer version of
    this program has brought further than this one knows.
    """
    if dsn.partition("://")[0] not in {"postgres", "postgresql"}:
        message = "DATABASE_URL must begin with postgresql://"
        raise ValueError(message)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        before = await revision(connection)
        if before == head():
            return
        if before is not None and is_newer(before):
            raise CannotStart(newer_sentence(before))
        if before is None:  # Alembic's own table, as it is left by the whole way back
            await connection.execute("DROP TABLE IF EXISTS alembic_version")
        await connection.execute(await as_sql("upgrade", f"{before or 'base'}:head"))
    finally:
        await connection.close()


async def is_current(connection: Connection) -> bool:
    """Say whether the database has every migration that this code knows."""
    return bool(await connection.fetchval("SELECT version_num FROM alembic_version") == head())


def is_newer(step: str) -> bool:
    """Say whether a step is none of those that this code knows."""
    return not (_BACKEND / "alembic/versions" / f"{step}.py").is_file()


def newer_sentence(step: str) -> str:
    """Say that a newer version has been here, and the two ways on."""
    return (
        f"The database is at step {step}, which a newer version has made; this one knows those up to {head()}. Start "
        "that version again, or restore the backup from before the upgrade."
    )


@cache
def head() -> str:
    """Name the newest step; files are named as their steps, in order."""
    return max(path.stem for path in (_BACKEND / "alembic/versions").glob("[0-9]*.py"))


async def revision(connection: Connection) -> str | None:
    """Name the step at which the database is; None for one that has made none."""
    if await connection.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return None
    found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return found


async def as_sql(direction: str, steps: str) -> str:
    """Write steps out as SQL: `upgrade` or `downgrade`, from the one before the colon to the one after it.

    Raises `CannotStart` with Alembic's last words where it cannot.
    """
    # A process of its own: with SQLAlchemy it is 20 MB that a server would keep for its whole life.
    alembic = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "alembic", "-c", str(_BACKEND / "alembic.ini"), direction, steps, "--sql"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    written, complaint = await alembic.communicate()
    if alembic.returncode:
        raise CannotStart(
            f"The steps of the database cannot be written out: {(complaint + written).decode().strip()[-500:]}"
        )
    return written.decode()
