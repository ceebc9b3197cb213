"""Look into the server's database, and the locks with which a test stops the server at a chosen step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.e2e.server import PATIENCE

BLOCKED = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND cardinality(pg_blocking_pids(pid)) > 0
"""
POLL_SECONDS = 0.005  # PostgreSQL tells nobody that somebody waits for a lock, so it is asked


class Database:
    """One connection beside the server's."""

    def __init__(self, connection: asyncpg.Connection[Any], url: str) -> None:
        self.url = url
        self._connection = connection

    async def value(self, query: str, *values: Any) -> Any:
        """Read one value."""
        return await self._connection.fetchval(query, *values)

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Read rows."""
        return [dict(row) for row in await self._connection.fetch(query, *values)]

    async def execute(self, query: str, *values: Any) -> None:
        """Change something behind the server's back."""
        await self._connection.execute(query, *values)

    async def until(self, query: str, *values: Any) -> None:
        """Wait until a query says true."""
        async with asyncio.timeout(PATIENCE):
            while not await self.value(query, *values):  # noqa: ASYNC110 - it is another process that makes it true
                await asyncio.sleep(POLL_SECONDS)

    async def at_rest(self) -> None:
        """Wait until every turn is recorded as over, and its run is kept."""
        await self.until("SELECT NOT bool_or(status IN ('queued', 'running')) FROM turns")

    async def statuses(self) -> list[str]:
        """The actions' states, oldest first."""
        rows = await self.rows("SELECT status FROM actions ORDER BY created_at, id")
        return [row["status"] for row in rows]

    @asynccontextmanager
    async def locked(self, statement: str) -> AsyncIterator[Database]:
        """Hold what the statement locks until the block ends; `blocked` waits for a server that runs into it."""
        connection = await asyncpg.connect(self.url)
        try:
            async with connection.transaction():
                await connection.execute(statement)
                yield self
        finally:
            await connection.close()

    async def blocked(self) -> None:
        """Wait until a server waits for a lock."""
        await self.until(f"SELECT ({BLOCKED}) > 0")
