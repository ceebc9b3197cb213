"""The way to PostgreSQL: one pool, whose connections read and write `jsonb` as Python values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import asyncpg

from app.db.reach import RETRY_SECONDS
from app.db.stored_json import to_jsonb
from app.errors import DatabaseAway

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[Any] | PoolConnectionProxy[Any]
    Pool: TypeAlias = asyncpg.Pool[Any]

POOL_MIN: Final = 2  # enough for an idle server
POOL_MAX: Final = 20  # a fifth of PostgreSQL's default limit of 100, so that four replicas fit
SAFETY: Final = 3  # a frozen holder of locks is cut off after a third of a lease, before anybody gives up waiting
COMMAND_SECONDS: Final = 30.0  # no statement of ours comes near; a hung one must not hold a turn for ever
SERVER_SETTINGS: Final = {
    "jit": "off",  # our statements take milliseconds; compiling one takes a hundred
    "max_parallel_workers_per_gather": "0",  # and starting processes for one as long as the statement itself
}


def limits(lease_seconds: float) -> dict[str, str]:
    """Return the settings that keep a replica which is frozen, or cut off, from holding up the others.

    Its open transaction, and with it every lock, ends within a third of a lease; whoever waits for a lock outlives
    that. PostgreSQL sees a dead network before the lease is over; on a socket of the file system these say nothing.
    """
    third = max(1, int(lease_seconds * 1000 / SAFETY))
    return {
        "idle_in_transaction_session_timeout": str(third),
        "lock_timeout": str(2 * third),
        "tcp_user_timeout": str(2 * third),
        "tcp_keepalives_idle": str(max(1, third // 1000)),
        "tcp_keepalives_interval": str(max(1, third // 3000)),
        "tcp_keepalives_count": "3",
    }


async def open_pool(dsn: str, *, max_size: int = POOL_MAX, lease_seconds: float | None = None) -> Pool:
    """Open the pool; every connection reads and writes `jsonb` as Python values.

    With `lease_seconds`, what a frozen holder keeps from others is freed well within a lease.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=min(POOL_MIN, max_size),
        max_size=max_size,
        command_timeout=COMMAND_SECONDS,
        server_settings=SERVER_SETTINGS | (limits(lease_seconds) if lease_seconds else {}),
        init=prepare,
        connect=_connect,
        reset=_as_it_is,
    )


async def _connect(*args: Any, **options: Any) -> asyncpg.Connection[Any]:
    """Connect for the pool. Raises `DatabaseAway` where nobody answers, which an `OSError` elsewhere does not mean."""
    try:
        return await asyncpg.connect(*args, **options)
    except OSError as error:  # a time-out too
        raise DatabaseAway(retry_after_seconds=RETRY_SECONDS) from error


async def limit_standstill(connection: Connection, milliseconds: int) -> None:
    """Let PostgreSQL break off this transaction, and free what it locks, where nothing comes for so long."""
    await connection.execute("SELECT set_config('idle_in_transaction_session_timeout', $1, true)", str(milliseconds))


async def _as_it_is(_: Connection) -> None:
    """Give a connection back without a round trip.

    Nothing here sets, locks or listens beyond its transaction, and one that was left open is rolled back all the same;
    asyncpg's own reset would be a transaction of four statements after each of ours.
    """


async def prepare(connection: asyncpg.Connection[Any]) -> None:
    """Teach one connection to read and write `jsonb` as Python values."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=to_jsonb, decoder=json.loads)
