"""The saver of the graph's checkpoints, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.conformance import checkpointer_test, validate

from app.agents.checkpointer import HELD, RESTART, HeldRun, Saver
from app.db.embedded.server import embedded_postgres
from app.db.migrations import as_sql, migrate
from app.db.pool import open_pool
from tests.integration.agents.waiting_graph import waiting_graph

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from app.db.pool import Pool

RUN = "9b2f7f5e-3a51-4c57-8d5e-0f3a6a1c1042"
ASKED = {"text": "Cancel order 1042", "messages": []}
STORED = "SELECT (SELECT count(*) FROM checkpoints) + (SELECT count(*) FROM checkpoint_writes)"
STEP_BEFORE = "0014_causes"
# As LangGraph's own saver, version 3, makes them.
TABLES_OF_BEFORE = """
    CREATE TABLE checkpoint_migrations (v INTEGER PRIMARY KEY);
    CREATE TABLE checkpoints (
        thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
        parent_checkpoint_id TEXT, type TEXT, checkpoint JSONB NOT NULL, metadata JSONB NOT NULL DEFAULT '{}',
        PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
    CREATE TABLE checkpoint_blobs (
        thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', channel TEXT NOT NULL, version TEXT NOT NULL,
        type TEXT NOT NULL, blob BYTEA, PRIMARY KEY (thread_id, checkpoint_ns, channel, version));
    CREATE TABLE checkpoint_writes (
        thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
        task_id TEXT NOT NULL, idx INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT, blob BYTEA NOT NULL,
        task_path TEXT NOT NULL DEFAULT '', PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx));
    CREATE INDEX checkpoints_thread_id_idx ON checkpoints (thread_id);
    CREATE INDEX checkpoint_blobs_thread_id_idx ON checkpoint_blobs (thread_id);
    CREATE INDEX checkpoint_writes_thread_id_idx ON checkpoint_writes (thread_id);
"""


def run_of(held: HeldRun | None = None, **more: Any) -> RunnableConfig:
    """The configuration of the one run here."""
    return {"configurable": {"thread_id": RUN, **({HELD: held} if held else {}), **more}}


async def said(pool: Pool, consented: set[str], held: HeldRun | None = None, *, begins: bool = False) -> list[str]:
    """Let the run go on, or begin, and return what has been said in it."""
    graph = waiting_graph(Saver(pool), consented)
    done = await graph.ainvoke(ASKED if begins else None, run_of(held), durability="sync")
    return [message.content for message in done["messages"]]


async def test_it_is_a_saver_as_langgraph_wants_it(pool: Pool) -> None:
    """LangGraph's own suite: everything that a saver must do."""

    @checkpointer_test(name="Saver")
    async def saver() -> AsyncIterator[Saver]:
        yield Saver(pool)

    report = await validate(saver)
    assert report.passed_all_base(), report.to_dict()


async def test_what_waits_since_before_goes_on(empty_url: str) -> None:
    """A run that LangGraph's own saver wrote down waits as before, and goes on; what was finished is not done again."""
    async with await open_pool(empty_url, max_size=2) as pool:
        await pool.execute(await as_sql("upgrade", f"base:{STEP_BEFORE}"))
        await pool.execute(TABLES_OF_BEFORE)
        kept = json.loads((Path(__file__).parent / "run_that_waits.json").read_text())
        for table, rows in kept.items():
            insert = f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, $1)"  # noqa: S608
            await pool.execute(insert, rows)
    await migrate(empty_url)
    async with await open_pool(empty_url, max_size=2) as pool:
        state = await waiting_graph(Saver(pool), set()).aget_state(run_of())
        assert [asked.value for task in state.tasks for asked in task.interrupts] == [{"action": "cancel"}]
        held = HeldRun()
        await said(pool, set(), held)
        await held.keep(pool)  # it still waits, and has been written anew by now
        assert await said(pool, {"cancel"}, HeldRun()) == ["Let me see.", "get done", "cancel done"]
        assert (await waiting_graph(Saver(pool), set()).aget_state(run_of())).values["text"] == "Cancel order 1042"


class TestHeld:
    """A run that keeps its checkpoints in memory."""

    async def test_nothing_is_stored_until_it_is_kept(self, pool: Pool) -> None:
        """It waits in memory; kept, it waits in the database, and goes on from there, and not twice."""
        held = HeldRun(new=True)
        await said(pool, set(), held, begins=True)
        assert await pool.fetchval(STORED) == 0
        assert not held.is_stored
        await held.keep(pool)
        assert await said(pool, {"cancel"}, HeldRun()) == ["Let me see.", "get done", "cancel done"]

    async def test_over_it_has_left_nothing(self, pool: Pool) -> None:
        """A run that neither waits nor writes never reaches the database."""
        held = HeldRun(new=True)
        assert await said(pool, {"cancel"}, held, begins=True) == ["Let me see.", "get done", "cancel done"]
        assert (await pool.fetchval(STORED), held.is_stored) == (0, False)

    async def test_it_can_be_kept_again_and_again(self, pool: Pool) -> None:
        """What has come since is added, also to what it began with."""
        held = HeldRun(new=True)
        await said(pool, set(), held, begins=True)
        await asyncio.gather(held.keep(pool), held.keep(pool))
        later = HeldRun()
        await said(pool, set(), later)
        await later.keep(pool)
        assert await said(pool, {"cancel"}) == ["Let me see.", "get done", "cancel done"]

    async def test_a_restart_leaves_out_what_was_finished(self, pool: Pool) -> None:
        """The parts of the step that was cut off run again."""
        held = HeldRun(new=True)
        await said(pool, set(), held, begins=True)
        await held.keep(pool)
        again = HeldRun()
        state = await waiting_graph(Saver(pool), set()).aget_state(run_of(again, **{RESTART: True}))
        assert {task.name for task in state.tasks if task.result is None} == {"tools"}
        assert len([task for task in state.tasks if task.result is None]) == 2

    async def test_what_is_read_is_not_what_is_kept(self, pool: Pool) -> None:
        """A run that breaks in its next step has changed nothing of where it stood."""
        held = HeldRun(new=True)
        await said(pool, set(), held, begins=True)
        assert held.newest
        held.newest.checkpoint["channel_versions"].clear()
        assert held.newest.checkpoint["channel_versions"]

    async def test_any_text_can_be_kept(self, pool: Pool) -> None:
        """Signs that PostgreSQL's JSON refuses are kept as they are."""
        graph = waiting_graph(Saver(pool), set())
        await graph.ainvoke({"text": "a\x00b", "messages": []}, run_of(), durability="sync")
        assert (await graph.aget_state(run_of())).values["text"] == "a\x00b"


async def test_after_a_restart_of_the_database_it_goes_on() -> None:
    """The connections of before are gone with the server; what waits goes on over new ones at the first attempt."""
    with tempfile.TemporaryDirectory(prefix="ss-") as folder:
        Path(folder).chmod(0o711)
        async with embedded_postgres(Path(folder) / "data") as url:
            await migrate(url)
            pool = await open_pool(url)
            held = HeldRun(new=True)
            await said(pool, set(), held, begins=True)
            await held.keep(pool)
        async with embedded_postgres(Path(folder) / "data"), pool:
            assert await said(pool, {"cancel"}) == ["Let me see.", "get done", "cancel done"]
