"""The way to PostgreSQL: one pool, whose connections read and write `jsonb` as Python values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import asyncpg

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


async def open_pool(dsn: str, *, max_size: int = POOL_MAX) -> Pool:
    """Open the pool; every connection reads and writes `jsonb` as Python values."""
    return await asyncpg.create_pool(
        dsn,
        min_size=min(POOL_MIN, max_size),
        max_size=max_size,
        command_timeout=COMMAND_SECONDS,
        server_settings=SERVER_SETTINGS,
        init=prepare,
        reset=_as_it_is,
    )


async def _as_it_is(_: Connection) -> None:
    """Give a connection back without a round trip.

    Nothing here sets, locks or listens beyond its transaction, and one that was left open is rolled back all the same;
    asyncpg's own reset would be a transaction of four statements after each of ours.
    """


async def prepare(connection: asyncpg.Connection[Any]) -> None:
    """Teach one connection to read and write `jsonb` as Python values."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=to_jsonb, decoder=json.loads)
