"""Pool of connections: what a frozen holder keeps from others is freed well within a lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from app.db.pool import limit_standstill, limits, open_pool

if TYPE_CHECKING:
    from app.db.pool import Pool


@pytest.mark.parametrize("lease", [2, 15, 120])
def test_every_limit_lies_within_the_lease(lease: int) -> None:
    """A frozen holder is cut off before whoever waits for its lock gives up, and both before the lease is over."""
    found = {name: int(value) for name, value in limits(lease).items()}
    assert found["idle_in_transaction_session_timeout"] < found["lock_timeout"] < lease * 1000
    dead = found["tcp_keepalives_idle"] + found["tcp_keepalives_interval"] * found["tcp_keepalives_count"]
    assert max(dead, found["tcp_user_timeout"] / 1000) <= max(lease, 4)


async def test_a_server_has_them(pg_url: str) -> None:
    """Each connection of a pool that is opened for a lease carries them."""
    async with await open_pool(pg_url, max_size=1, lease_seconds=15) as pool:
        assert await pool.fetchval("SHOW idle_in_transaction_session_timeout") == "5s"
        assert await pool.fetchval("SHOW lock_timeout") == "10s"


async def test_who_waits_for_a_frozen_holder_goes_on(pool: Pool, pg_url: str) -> None:
    """The lock of a holder from whom nothing comes is freed, and whoever waited for it has it."""
    await pool.execute("INSERT INTO conversations (thread_id, visitor_id) VALUES ('t1', 'v')")
    touch = "UPDATE conversations SET last_activity_at = now()"
    async with await open_pool(pg_url, max_size=1, lease_seconds=2) as frozen, frozen.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(touch)
        await pool.execute(touch)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await connection.execute(touch)


async def test_a_batch_may_stand_still_for_less(pool: Pool) -> None:
    """A limit of one transaction ends with it."""
    async with pool.acquire() as connection:
        async with connection.transaction():
            await limit_standstill(connection, 1_234)
            assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "1234ms"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "0"
