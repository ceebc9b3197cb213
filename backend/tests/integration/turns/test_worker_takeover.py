"""Takeover between workers: the turns of one that died or stopped go on at another, and nobody hears anything twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.db import turns
from app.protocol import ErrorFrame, Resume
from app.turns.executor import MAX_TAKEOVERS
from tests.fakes import FakeSink, ScriptedGraph
from tests.integration.replica import Replica, echo, says, token
from tests.integration.turns.graph_scripts import GatedScript, ended

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.agents.state import RunContext
    from app.db.pool import Pool

ENDED_ELSEWHERE = "UPDATE turns SET status = 'done', owner = NULL, attempt = attempt + 1"


class TestCrash:
    async def test_a_dead_workers_turn_is_taken_over(self, replica: Replica, pool: Pool) -> None:
        """What a process left running when it was killed is finished by the next one, at once."""
        turns_of, sink = replica.socket()
        await turns_of.message(says("Hello there", message_id="a"))
        async with pool.acquire() as connection:
            assert await turns.claim(connection, worker=77, lease_seconds=3_600)
        async with replica.working():
            await sink.until(ended())
            await replica.at_rest()
        assert sink.text() == "Hello there "
        assert await pool.fetchval("SELECT status || attempt FROM turns") == "done2"

    async def test_a_stopped_worker_gives_its_turns_back(self, replica: Replica, pool: Pool, pg_url: str) -> None:
        """A server that stops leaves its turns to the next one, and nothing is said twice."""
        script = GatedScript()
        replica.graph.script = script
        turns_of, _ = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
        assert await pool.fetchval("SELECT status || takeovers FROM turns") == "queued0"
        successor = Replica(pool, pg_url, graph=ScriptedGraph(echo))
        later, sink = successor.socket()
        await later.resume(Resume(thread_id="t1"))
        async with successor.working():
            await sink.until(ended())
        assert await successor.types() == ["message", "token", "message_complete"]
        assert sink.text() == "Hello "

    async def test_a_turn_that_two_workers_died_with_fails(self, replica: Replica, pool: Pool) -> None:
        """What kills whoever runs it is not run for ever: staff are told, and it runs again only when asked for."""
        turns_of, sink = replica.socket()
        await turns_of.message(says("Hello", message_id="a"))
        await pool.execute("UPDATE turns SET status = 'running', owner = 1, takeovers = $1", MAX_TAKEOVERS)
        async with replica.working():
            failed = await sink.next_of(ErrorFrame)
            assert (failed.code, failed.retryable) == ("turn_crashed", False)
            assert await pool.fetchval("SELECT count(*) FROM conversations WHERE escalated_at IS NOT NULL") == 1
            await turns_of.message(says("Hello", message_id="a"))
            await sink.until(ended())
        assert sink.text() == "Hello "

    async def test_a_lost_connection_is_made_again(self, replica: Replica, pool: Pool) -> None:
        """A worker whose connection breaks makes a new one and goes on."""
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("One", message_id="a"))
            await sink.until(ended())
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1",
                turns.WORKER_LOCK_CLASS,
            )
            await turns_of.message(says("Two", message_id="b"))
            await sink.until(ended(2))
        assert sink.text() == "One Two "


class TestFence:
    async def test_a_thawed_worker_appends_nothing(self, replica: Replica, pool: Pool) -> None:
        """Who was frozen for longer than a lease says, stores and ends nothing of a turn that is another's by then."""
        script = GatedScript()
        replica.graph.script = script
        turns_of, _ = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await pool.execute(ENDED_ELSEWHERE)
            before = await replica.types(visible_only=False)
            script.gate.set()
            await replica.at_rest()
        assert await replica.types(visible_only=False) == before
        assert await pool.fetchval("SELECT status || attempt FROM turns") == "done2"

    async def test_a_thawed_worker_whose_turn_breaks_says_nothing(self, replica: Replica, pool: Pool) -> None:
        """Nor does it tell the customer, or the ledger, that the turn has failed."""
        script = GatedScript()

        async def breaks(text: str, context: RunContext) -> AsyncIterator[Any]:
            async for output in script(text, context):
                yield output
            raise RuntimeError

        replica.graph.script = breaks
        turns_of, _ = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            action = await replica.approved(run_id=await pool.fetchval("SELECT run_id FROM turns"))
            await pool.execute("UPDATE actions SET status = 'executing'")
            await pool.execute(ENDED_ELSEWHERE)
            before = await replica.types(visible_only=False)
            script.gate.set()
            await replica.at_rest()
        assert await replica.types(visible_only=False) == before
        assert (await replica.ledger.get(action.id)).status == "executing"


class TestReplicas:
    async def test_one_answers_what_another_was_sent(self, replica: Replica, pool: Pool, pg_url: str) -> None:
        """A customer on one replica gets the answer that another one gives, follower or not."""
        idle = Replica(pool, pg_url)
        idle.worker.claim = nothing  # type: ignore[method-assign]
        sinks: list[FakeSink] = []
        async with replica.working(), idle.working():
            for thread_id, message_id in (("t1", "a"), ("t2", None)):
                turns_of, sink = idle.socket()
                sinks.append(sink)
                await turns_of.message(says("Hello there", thread_id=thread_id, message_id=message_id))
            for sink in sinks:
                await sink.until(ended())
        assert [sink.text() for sink in sinks] == ["Hello there ", "Hello there "]

    async def test_what_is_stored_while_a_replica_is_deaf_is_told_later(
        self, replica: Replica, pool: Pool, pg_url: str
    ) -> None:
        """Who watches on a replica that has lost its connection gets the others' events once it is back, once."""
        await replica.conversation()
        other = Replica(pool, pg_url)
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.resume(Resume(thread_id="t1"))
            await turns_of.message(says("Hello", message_id="a"))
            await sink.until(ended())
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1",
                turns.WORKER_LOCK_CLASS,
            )
            await other.tracker.record(token("Said elsewhere.", "m-elsewhere"))
            await sink.until(lambda seen: "Said elsewhere." in seen.text())
        numbers = [frame.seq for frame in sink.frames if frame.seq is not None]
        assert len(numbers) == len(set(numbers))


async def nothing() -> tuple[None, bool]:
    """Find no turn to run."""
    return None, False
