"""Every step of the database's way, forwards, back and forwards again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.db.migrations import as_sql, head, is_current, migrate, revision
from app.db.pool import open_pool
from app.errors import CannotStart
from app.settings import BACKEND
from tests.integration.replay.stored_conversations import NOON, store_conversation

STEPS = ScriptDirectory.from_config(Config(str(BACKEND / "alembic.ini")))
TABLES = {
    "actions",
    "agent_versions",
    "alembic_version",
    "api_credentials",
    "apis",
    "checkpoint_blobs",
    "checkpoint_writes",
    "checkpoints",
    "conversation_facts",
    "conversation_text",
    "conversations",
    "deliveries",
    "events",
    "figure_durations",
    "figures",
    "figures_kept",
    "identities",
    "import_agents",
    "imports",
    "interrupts",
    "live_set",
    "model_alerts",
    "model_refusals",
    "operations",
    "review_log",
    "turns",
    "withdrawn_tools",
}
SCHEMA = """
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '')
      FROM information_schema.columns WHERE table_schema = 'public'
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1
"""


async def tables(url: str) -> set[str]:
    return {line.split(".")[0] for line in await schema(url) if not line.startswith("CREATE")}


async def schema(url: str) -> list[str]:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(SCHEMA)]
    finally:
        await connection.close()


async def back(url: str, to: str) -> None:
    """Take steps back, as an administrator would: with the SQL that Alembic writes out."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(url)
    at = await revision(connection) or "base"
    if to == "-1":
        to = str(STEPS.get_revision(at).down_revision)
    await connection.execute(await as_sql("downgrade", f"{at}:{to}"))
    await connection.close()


async def test_an_empty_database_becomes_current(empty_url: str) -> None:
    """All tables are there, and the database says that it is up to date."""
    await migrate(empty_url)
    assert await tables(empty_url) >= TABLES
    connection: asyncpg.Connection[Any] = await asyncpg.connect(empty_url)
    assert await is_current(connection)
    await connection.close()


async def test_the_way_back_leads_forwards_again(empty_url: str) -> None:
    """Taken back to nothing, nothing is left; taken forwards again, everything is as before."""
    await migrate(empty_url)
    before = await schema(empty_url)
    await back(empty_url, "base")
    assert await tables(empty_url) == {"alembic_version"}
    await migrate(empty_url)
    assert await schema(empty_url) == before


async def test_each_step_can_be_taken_back_alone(empty_url: str) -> None:
    """One step back and forwards again, from each of them."""
    await migrate(empty_url)
    before = await schema(empty_url)
    for _ in range(4):
        await back(empty_url, "-1")
    await migrate(empty_url)
    assert await schema(empty_url) == before


async def test_what_can_be_found_stays_so(empty_url: str) -> None:
    """Words and marks of before the weeks are found by week afterwards."""
    await migrate(empty_url)
    read = "SELECT thread_id, week, title, doc::text FROM conversation_text ORDER BY thread_id"
    async with await open_pool(empty_url, max_size=2) as pool:
        await store_conversation(pool, "Where is order 1042?", tools=["get_order"], rating=5, cost_usd=0.3)
        await store_conversation(pool, "", "empty", started_at=NOON - timedelta(days=400))
        before = await pool.fetch(read)
    await back(empty_url, "0009_weeks")
    await migrate(empty_url)
    async with await open_pool(empty_url, max_size=2) as pool:
        assert await pool.fetch(read) == before


async def test_every_table_says_what_it_holds(empty_url: str) -> None:
    """So that whoever looks at the database itself finds the words of the glossary there."""
    await migrate(empty_url)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(empty_url)
    silent = await connection.fetch(
        "SELECT name FROM unnest($1::text[]) AS name WHERE obj_description(name::regclass) IS NULL",
        sorted(TABLES - {"alembic_version"}),
    )
    await connection.close()
    assert silent == []


async def test_two_that_start_together_do_it_once(empty_url: str) -> None:
    """Replicas that start at the same time wait for each other."""
    await asyncio.gather(*(migrate(empty_url) for _ in range(3)))
    assert await tables(empty_url) >= TABLES


async def test_again_changes_nothing(empty_url: str) -> None:
    """Migrating what is current does nothing."""
    await migrate(empty_url)
    before = await schema(empty_url)
    await migrate(empty_url)
    assert await schema(empty_url) == before


def test_the_newest_step_is_known_without_alembic() -> None:
    """Most starts find nothing to do, and load nothing for it."""
    assert head() == STEPS.get_current_head()


async def test_a_step_that_fails_leaves_the_one_before(empty_url: str) -> None:
    """What has been done before it stays; started again, it goes on from there."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(empty_url)
    await connection.execute("CREATE TABLE events ()")
    with pytest.raises(asyncpg.DuplicateTableError):
        await migrate(empty_url)
    assert await revision(connection) == "0001_conversations"
    await connection.execute("DROP TABLE events")
    await connection.close()
    await migrate(empty_url)
    assert await tables(empty_url) >= TABLES


async def test_a_step_that_there_is_not() -> None:
    """Alembic's own words say which."""
    with pytest.raises(CannotStart, match="9999_unheard_of"):
        await as_sql("upgrade", "base:9999_unheard_of")


async def test_another_kind_of_database_is_refused() -> None:
    """Only PostgreSQL will do, and the message says what to write."""
    with pytest.raises(ValueError, match="postgresql://"):
        await migrate("mysql://localhost/db")
