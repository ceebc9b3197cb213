"""Turns at work: in order, one at a time a thread, stopped when asked, taken over from whoever died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from app.agents.runner import ConversationEnding
from app.db import turns
from app.errors import ModelUnavailable
from app.protocol import (
    Cancel,
    CustomerMessage,
    ErrorFrame,
    InterruptExpiredNotice,
    InterruptRequest,
    MessageComplete,
    Resume,
    Resumed,
    Token,
    ToolResult,
)
from app.records import ToolRan
from app.turns.executor import MAX_TAKEOVERS
from tests.fakes import PATIENCE_SECONDS, FakeSink, ScriptedGraph, piece
from tests.integration.replica import Replica, echo, says, token, yes_to

if TYPE_CHECKING:
    from app.agents.state import RunContext
    from app.db.pool import Pool


def ended(count: int = 1) -> Any:
    """Whether so many turns have ended."""
    return lambda sink: len(sink.of(MessageComplete)) >= count


class Gated:
    """Says a first half, waits, then says the second."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.spoke = asyncio.Event()

    async def __call__(self, text: str, context: RunContext) -> AsyncIterator[Any]:
        yield piece("Your order ", message=f"m-{context.run_id}")
        self.spoke.set()
        await self.gate.wait()
        yield piece("is on its way.", message=f"m-{context.run_id}")


class Acting:
    """Cancels an order through the ledger: asks for consent, and goes on when it has been decided."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica

    async def __call__(self, text: str, context: RunContext) -> AsyncIterator[Any]:
        action, frame = await self.replica.propose(run_id=context.run_id, thread_id=context.thread_id)
        if action.status == "pending":
            yield frame
            return
        if action.status == "expired":
            return
        outcome = await self.replica.ledger.execute(action.id, self.replica.tool)
        about: dict[str, Any] = {"thread_id": context.thread_id, "tool": action.tool, "call_id": action.call_id}
        yield ToolRan(**about, agent="orders", request=None, http_status=200)
        yield ToolResult(**about, ok=outcome.ok, summary=outcome.summary, duration_ms=1, outcome=outcome.status.value)
        yield piece("Done.", message=f"m-{context.run_id}")


class TestAnswer:
    async def test_comes_live_and_is_stored_whole(self, replica: Replica) -> None:
        """A follower gets its message back, the pieces, the whole, and the end."""
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello there", message_id="a"))
            await sink.until(ended())
            await replica.at_rest()
        assert sink.text() == "Hello there "
        assert await replica.types() == ["message", "token", "message_complete"]
        assert isinstance(sink.frames[0], CustomerMessage)
        assert [token.content for token in sink.of(Token) if token.seq is not None] == ["Hello there "]
        assert await replica.pool.fetchval("SELECT status FROM turns") == "done"

    async def test_comes_once_to_a_plain_client(self, replica: Replica) -> None:
        """A client that asked for nothing more gets the pieces and the end."""
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello there"))
            await sink.until(ended())
        assert "".join(token.content for token in sink.of(Token)) == "Hello there "
        assert {frame.type for frame in sink.frames} == {"token", "message_complete"}

    async def test_comes_to_every_socket_alike(self, replica: Replica) -> None:
        """Two sockets on one conversation see the same."""
        turns_of, one = replica.socket()
        other_turns, two = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello there", message_id="a"))
            await other_turns.resume(Resume(thread_id="t1"))
            await turns_of.message(says("And again", message_id="b"))
            await one.until(ended(2))
            await two.until(ended(2))
        assert one.text() == two.text()
        assert [frame.seq for frame in one.frames if frame.seq] == [frame.seq for frame in two.frames if frame.seq]

    async def test_ends_the_conversation_where_the_agent_does(self, replica: Replica) -> None:
        """The turn that ends a conversation says so."""

        async def bye(text: str, context: RunContext) -> AsyncIterator[Any]:
            yield ConversationEnding()
            yield piece("Goodbye.")

        replica.graph.script = bye
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Bye"))
            assert (await sink.next_of(MessageComplete)).ended
        assert await replica.pool.fetchval("SELECT status FROM conversations") == "ended"

    async def test_knows_what_was_said_before(self, replica: Replica) -> None:
        """A later turn begins with what the conversation holds, in order."""
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("One"))
            await sink.until(ended())
            await turns_of.message(says("Two"))
            await sink.until(ended(2))
        history = [message.content for message in replica.graph.inputs[1]["messages"]]
        assert history == ["One", "One "]
        assert replica.graph.inputs[1]["text"] == "Two"

    async def test_run_is_forgotten_when_it_is_over(self, replica: Replica) -> None:
        """Nothing of a run is kept beside the log."""
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello"))
            await sink.until(ended())
            await replica.at_rest()
        run_id = await replica.pool.fetchval("SELECT run_id::text FROM turns")
        assert replica.graph.forgotten == [run_id]


class TestOrder:
    async def test_messages_are_answered_one_after_another(self, replica: Replica) -> None:
        """What waits in a conversation runs in the order in which it was said."""
        running: list[str] = []
        most = 0

        async def alone(text: str, context: RunContext) -> AsyncIterator[Any]:
            nonlocal most
            running.append(text)
            most = max(most, len(running))
            async for item in echo(text, context):
                yield item
            running.remove(text)

        replica.graph.script = alone
        turns_of, sink = replica.socket()
        for number in range(6):
            await turns_of.message(says(str(number), message_id=str(number)))
        async with replica.working():
            await sink.until(ended(6))
        assert most == 1
        assert sink.text() == "0 1 2 3 4 5 "

    async def test_a_hundred_conversations_are_not_mixed_up(self, replica: Replica) -> None:
        """Each customer gets their own answer and nobody else's."""
        sockets = [replica.socket(f"visitor-{number}") for number in range(100)]
        async with replica.working():
            await asyncio.gather(
                *(
                    turns_of.message(says(f"I am number {number}", thread_id=f"thread-{number}"))
                    for number, (turns_of, _) in enumerate(sockets)
                )
            )
            await asyncio.gather(*(sink.until(ended()) for _, sink in sockets))
        for number, (_, sink) in enumerate(sockets):
            assert sink.text() == f"I am number {number} "
            assert {frame.thread_id for frame in sink.frames} == {f"thread-{number}"}

    async def test_a_slow_conversation_holds_no_other_back(self, replica: Replica) -> None:
        """One conversation's turn may take its time."""
        slow = Gated()

        async def script(text: str, context: RunContext) -> AsyncIterator[Any]:
            async for item in slow(text, context) if context.thread_id == "slow" else echo(text, context):
                yield item

        replica.graph.script = script
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", thread_id="slow"))
            await slow.spoke.wait()
            await turns_of.message(says("Hello", thread_id="quick"))
            await sink.until(ended())
            assert sink.of(MessageComplete)[0].thread_id == "quick"
            slow.gate.set()
            await sink.until(ended(2))


class TestResume:
    async def test_in_the_middle_of_a_message_misses_nothing(self, replica: Replica) -> None:
        """Whoever comes back while an agent speaks gets what was said and what follows."""
        script = Gated()
        replica.graph.script = script
        turns_of, _ = replica.socket()
        later, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await later.resume(Resume(thread_id="t1"))
            assert sink.of(Resumed)[0].running
            script.gate.set()
            await sink.until(ended())
        assert sink.text() == "Your order is on its way."
        assert [frame.type for frame in sink.frames[:2]] == ["message", "resumed"]


class TestStop:
    async def test_keeps_what_was_said(self, replica: Replica) -> None:
        """A stopped answer stays as far as it came, and the turn says that it was stopped."""
        script = Gated()
        replica.graph.script = script
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await sink.next_of(Token)
            await turns_of.cancel(Cancel(thread_id="t1"))
            assert (await sink.next_of(MessageComplete)).cancelled
            await replica.at_rest()
        assert await replica.types() == ["message", "token", "message_complete"]
        assert sink.text() == "Your order "
        assert await replica.pool.fetchval("SELECT status FROM turns") == "cancelled"

    async def test_twice_is_once(self, replica: Replica, pool: Pool) -> None:
        """An impatient click on stop does not leave the turn hanging: the next message is answered."""
        script = Gated()
        replica.graph.script = script
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await asyncio.gather(*(turns_of.cancel(Cancel(thread_id="t1")) for _ in range(5)))
            await sink.until(ended())
            replica.graph.script = echo
            await turns_of.message(says("Still there?", message_id="b"))
            await sink.until(ended(2))
            await replica.at_rest()
        assert await pool.fetch("SELECT status FROM turns ORDER BY position") == [("cancelled",), ("done",)]

    async def test_too_late_changes_nothing(self, replica: Replica) -> None:
        """A stop that crosses the end of the turn leaves the turn done."""
        turns_of, sink = replica.socket()
        async with replica.working():
            for number in range(10):
                await turns_of.message(says("Hello", message_id=str(number)))
                await sink.until(ended(number + 1))
                await turns_of.cancel(Cancel(thread_id="t1"))
            await turns_of.message(says("Last", message_id="last"))
            await sink.until(ended(11))
        assert not any(frame.cancelled for frame in sink.of(MessageComplete))

    async def test_lets_what_is_being_sent_end_and_tells_it(self, replica: Replica) -> None:
        """A write that is under way is carried to its end, and its result is told."""
        replica.graph.script = Acting(replica)
        replica.tool.gate = asyncio.Event()
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            asked = await sink.next_of(InterruptRequest)
            await turns_of.answer(yes_to(asked))
            await replica.tool.started.wait()
            await turns_of.cancel(Cancel(thread_id="t1"))
            await replica.told_to_stop()
            replica.tool.gate.set()
            assert (await sink.next_of(ToolResult)).ok
            await sink.until(ended())
        assert len(replica.tool.runs) == 1
        assert sink.of(MessageComplete)[0].cancelled


class TestConsent:
    async def test_a_turn_ends_by_asking(self, replica: Replica) -> None:
        """A turn that asks has no other end; the answer's turn completes it."""
        replica.graph.script = Acting(replica)
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            asked = await sink.next_of(InterruptRequest)
            await replica.at_rest()
            assert await replica.pool.fetchval("SELECT status FROM turns") == "done"
            assert sink.of(MessageComplete) == []
            await turns_of.answer(yes_to(asked))
            await sink.until(ended())
        assert await replica.types() == [
            "message",
            "interrupt",
            "interrupt_resolved",
            "tool_result",
            "token",
            "message_complete",
        ]
        assert len(replica.tool.runs) == 1

    async def test_what_expires_is_told_without_another_answer(self, replica: Replica, pool: Pool) -> None:
        """An approval that expired says so, and its run closes in silence."""
        replica.graph.script = Acting(replica)
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            await sink.next_of(InterruptRequest)
            await pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 second'")
            await sink.next_of(InterruptExpiredNotice)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await replica.graph.forgot.wait()
        assert replica.tool.runs == []
        assert sink.of(MessageComplete) == []


class TestFailure:
    async def test_is_told_and_tried_again_by_the_same_message(self, replica: Replica) -> None:
        """A turn that failed names what to send again; sent again, it runs again."""

        async def broken(text: str, context: RunContext) -> AsyncIterator[Any]:
            yield piece("Let me ")
            raise ModelUnavailable

        replica.graph.script = broken
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            error = await sink.next_of(ErrorFrame)
            assert (error.code, error.retryable, error.message_id) == ("model_unavailable", True, "a")
            await replica.at_rest()
            assert await replica.pool.fetchval("SELECT status FROM turns") == "failed"
            replica.graph.script = echo
            await turns_of.message(says("Hello", message_id="a"))
            await sink.until(ended())
            await replica.at_rest()
        assert await replica.types() == ["message", "token", "error", "token", "message_complete"]
        assert await replica.pool.fetchval("SELECT status || attempt FROM turns") == "done2"

    async def test_of_ours_is_a_plain_sentence(self, replica: Replica) -> None:
        """A stranger is logged in full and shown without a word of it."""

        async def broken(text: str, context: RunContext) -> AsyncIterator[Any]:
            if text:
                raise RuntimeError("secret detail")
            yield

        replica.graph.script = broken
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello"))
            error = await sink.next_of(ErrorFrame)
        assert error.code == "internal_error"
        assert "secret" not in error.message

    async def test_does_not_hold_the_next_message_back(self, replica: Replica) -> None:
        """After a failure the conversation goes on."""

        async def picky(text: str, context: RunContext) -> AsyncIterator[Any]:
            if text == "bad":
                raise ModelUnavailable
            async for item in echo(text, context):
                yield item

        replica.graph.script = picky
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("bad", message_id="a"))
            await turns_of.message(says("good", message_id="b"))
            await sink.until(ended())
        assert sink.text() == "good "


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
        script = Gated()
        replica.graph.script = script
        turns_of, _ = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
        assert await pool.fetchval("SELECT status FROM turns") == "running"
        successor = Replica(pool, pg_url, graph=ScriptedGraph(echo))
        later, sink = successor.socket()
        await later.resume(Resume(thread_id="t1"))
        async with successor.working():
            await sink.until(ended())
        assert await successor.types() == ["message", "token", "message_complete"]
        assert sink.text() == "Hello "

    async def test_a_turn_that_every_worker_dies_with_fails_in_the_end(self, replica: Replica, pool: Pool) -> None:
        """What kills whoever runs it is not run for ever; it fails, and can be tried again when asked for."""
        turns_of, sink = replica.socket()
        await turns_of.message(says("Hello", message_id="a"))
        await pool.execute("UPDATE turns SET status = 'running', owner = 1, takeovers = $1", MAX_TAKEOVERS)
        async with replica.working():
            assert (await sink.next_of(ErrorFrame)).code == "internal_error"
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


async def nothing() -> None:
    """Find no turn to run."""
