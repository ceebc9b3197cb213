"""The way to PostgreSQL: one pool, and the migrations that bring a database up to date."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.db.stored_json import to_jsonb

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[Any] | PoolConnectionProxy[Any]
    Pool: TypeAlias = asyncpg.Pool[Any]

POOL_MIN: Final = 2  # enough for an idle server
POOL_MAX: Final = 20  # a fifth of PostgreSQL's default limit of 100, so that four replicas fit
COMMAND_SECONDS: Final = 30.0  # no statement of ours comes near; a hung one must not hold a turn for ever
SERVER_SETTINGS: Final = {
    "jit": "off",  # our statements take milliseconds; compiling one takes a hundred
    "max_parallel_workers_per_gather": "0",  # and starting processes for one as long as the statement itself
}
MIGRATION_LOCK: Final = 0x5355_5050  # any fixed number: whoever migrates holds it, the others wait

_ALEMBIC_INI: Final = Path(__file__).parents[2] / "alembic.ini"


async def open_pool(dsn: str, *, max_size: int = POOL_MAX) -> Pool:
    """Open the pool; every connection reads and writes `jsonb` as Python values."""
    return await asyncpg.create_pool(
        dsn,
        min_size=min(POOL_MIN, max_size),
        max_size=max_size,
        command_timeout=COMMAND_SECONDS,
        server_settings=SERVER_SETTINGS,
        init=prepare,
    )


async def prepare(connection: asyncpg.Connection[Any]) -> None:
    """Teach one connection to read and write `jsonb` as Python values."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=to_jsonb, decoder=json.loads)


async def migrate(dsn: str) -> None:
    """Bring the database up to date; replicas that start together do it one after another."""
    await asyncio.to_thread(_migrate, dsn)


async def is_current(connection: Connection) -> bool:
    """Say whether the database has every migration that this code knows."""
    head = ScriptDirectory.from_config(Config(str(_ALEMBIC_INI))).get_current_head()
    current = await connection.fetchval("SELECT version_num FROM alembic_version")
    return bool(current == head)


def _migrate(dsn: str) -> None:
    engine = create_engine(_sqlalchemy_url(dsn))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
            connection.commit()
            config = Config(str(_ALEMBIC_INI))
            script = ScriptDirectory.from_config(config)
            # Most starts find nothing to do; Alembic's own run costs half a second all the same.
            if MigrationContext.configure(connection).get_current_revision() == script.get_current_head():
                return
            connection.commit()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()


def _sqlalchemy_url(dsn: str) -> str:
    scheme, separator, rest = dsn.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
        message = "DATABASE_URL must begin with postgresql://"
        raise ValueError(message)
    return f"postgresql+psycopg://{rest}"
