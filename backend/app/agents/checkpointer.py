"""Checkpointer of the graph: LangGraph's Postgres saver. The record of a conversation is the event log, not this."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import CheckpointTuple
    from psycopg import AsyncConnection

POOL_MAX: Final = 10  # a checkpoint is a few milliseconds' work; ten connections carry a hundred turns at once
SETUP_LOCK: Final = 0x5355_5051  # whoever sets the tables up holds it, the others wait
RESTART: Final = "restart"  # of a run's configuration: begin the step that was cut off anew


class RunSaver(AsyncPostgresSaver):
    """The saver, able to begin a step anew.

    A step's parts are saved as they finish, sometimes before their frames were stored. After a crash they are
    left out, so that they run again; frames that were stored already are recognised, and a write is on the ledger.
    """

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Read a checkpoint; where a run restarts its step, without the finished parts of its unfinished step."""
        found = await super().aget_tuple(config)
        if found is not None and config.get("configurable", {}).get(RESTART):
            return found._replace(pending_writes=[])
        return found


@asynccontextmanager
async def open_checkpointer(dsn: str) -> AsyncIterator[RunSaver]:
    """Open LangGraph's own Postgres saver, its tables made.

    Its migrations create indexes concurrently, which needs connections that commit by themselves.
    """
    pool: AsyncConnectionPool[AsyncConnection[dict[str, Any]]] = AsyncConnectionPool(
        dsn,
        min_size=1,
        max_size=POOL_MAX,
        open=False,
        kwargs={"autocommit": True, "row_factory": dict_row, "prepare_threshold": 0},
    )
    async with pool:
        saver = RunSaver(pool)
        async with pool.connection() as connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", (SETUP_LOCK,))
            try:
                await saver.setup()
            finally:
                await connection.execute("SELECT pg_advisory_unlock(%s)", (SETUP_LOCK,))
        yield saver
