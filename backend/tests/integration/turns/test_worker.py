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
from app.turns.worker import MAX_TAKEOVERS
from tests.fakes import PATIENCE_SECONDS, FakeOutlet, ScriptedGraph, piece
from tests.integration.house import House, echo, says, token, yes_to

if TYPE_CHECKING:
    from app.agents.state import RunContext
    from app.db.pool import Pool


def told(count: int = 1) -> Any:
    """Whether so many turns have ended."""
    return lambda outlet: len(outlet.of(MessageComplete)) >= count


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

    def __init__(self, house: House) -> None:
        self.house = house

    async def __call__(self, text: str, context: RunContext) -> AsyncIterator[Any]:
        action, frame = await self.house.propose(run_id=context.run_id, thread_id=context.thread_id)
        if action.status == "pending":
            yield frame
            return
        if action.status == "expired":
            return
        outcome = await self.house.ledger.execute(action.id, self.house.tool)
        about: dict[str, Any] = {"thread_id": context.thread_id, "tool": action.tool, "call_id": action.call_id}
        yield ToolRan(**about, agent="orders", request=None, http_status=200)
        yield ToolResult(**about, ok=outcome.ok, summary=outcome.summary, duration_ms=1, outcome=outcome.status.value)
        yield piece("Done.", message=f"m-{context.run_id}")


class TestAnswer:
    async def test_comes_live_and_is_stored_whole(self, house: House) -> None:
        """A follower gets its message back, the pieces, the whole, and the end."""
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello there", message_id="a"))
            await outlet.until(told())
            await house.at_rest()
        assert outlet.text() == "Hello there "
        assert await house.types() == ["message", "token", "message_complete"]
        assert isinstance(outlet.frames[0], CustomerMessage)
        assert [token.content for token in outlet.of(Token) if token.seq is not None] == ["Hello there "]
        assert await house.pool.fetchval("SELECT status FROM turns") == "done"

    async def test_comes_once_to_a_plain_client(self, house: House) -> None:
        """A client that asked for nothing more gets the pieces and the end."""
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello there"))
            await outlet.until(told())
        assert "".join(token.content for token in outlet.of(Token)) == "Hello there "
        assert {frame.type for frame in outlet.frames} == {"token", "message_complete"}

    async def test_comes_to_every_socket_alike(self, house: House) -> None:
        """Two sockets on one conversation see the same."""
        turns_of, one = house.socket()
        other_turns, two = house.socket()
        async with house.working():
            await turns_of.message(says("Hello there", message_id="a"))
            await other_turns.resume(Resume(thread_id="t1"))
            await turns_of.message(says("And again", message_id="b"))
            await one.until(told(2))
            await two.until(told(2))
        assert one.text() == two.text()
        assert [frame.seq for frame in one.frames if frame.seq] == [frame.seq for frame in two.frames if frame.seq]

    async def test_ends_the_conversation_where_the_agent_does(self, house: House) -> None:
        """The turn that ends a conversation says so."""

        async def bye(text: str, context: RunContext) -> AsyncIterator[Any]:
            yield ConversationEnding()
            yield piece("Goodbye.")

        house.graph.script = bye
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Bye"))
            assert (await outlet.next_of(MessageComplete)).ended
        assert await house.pool.fetchval("SELECT status FROM conversations") == "ended"

    async def test_knows_what_was_said_before(self, house: House) -> None:
        """A later turn begins with what the conversation holds, in order."""
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("One"))
            await outlet.until(told())
            await turns_of.message(says("Two"))
            await outlet.until(told(2))
        history = [message.content for message in house.graph.inputs[1]["messages"]]
        assert history == ["One", "One "]
        assert house.graph.inputs[1]["text"] == "Two"

    async def test_run_is_forgotten_when_it_is_over(self, house: House) -> None:
        """Nothing of a run is kept beside the log."""
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello"))
            await outlet.until(told())
            await house.at_rest()
        run_id = await house.pool.fetchval("SELECT run_id::text FROM turns")
        assert house.graph.forgotten == [run_id]


class TestOrder:
    async def test_messages_are_answered_one_after_another(self, house: House) -> None:
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

        house.graph.script = alone
        turns_of, outlet = house.socket()
        for number in range(6):
            await turns_of.message(says(str(number), message_id=str(number)))
        async with house.working():
            await outlet.until(told(6))
        assert most == 1
        assert outlet.text() == "0 1 2 3 4 5 "

    async def test_a_hundred_conversations_are_not_mixed_up(self, house: House) -> None:
        """Each customer gets their own answer and nobody else's."""
        sockets = [house.socket(f"visitor-{number}") for number in range(100)]
        async with house.working():
            await asyncio.gather(
                *(
                    turns_of.message(says(f"I am number {number}", thread_id=f"thread-{number}"))
                    for number, (turns_of, _) in enumerate(sockets)
                )
            )
            await asyncio.gather(*(outlet.until(told()) for _, outlet in sockets))
        for number, (_, outlet) in enumerate(sockets):
            assert outlet.text() == f"I am number {number} "
            assert {frame.thread_id for frame in outlet.frames} == {f"thread-{number}"}

    async def test_a_slow_conversation_holds_no_other_back(self, house: House) -> None:
        """One conversation's turn may take its time."""
        slow = Gated()

        async def script(text: str, context: RunContext) -> AsyncIterator[Any]:
            async for item in slow(text, context) if context.thread_id == "slow" else echo(text, context):
                yield item

        house.graph.script = script
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello", thread_id="slow"))
            await slow.spoke.wait()
            await turns_of.message(says("Hello", thread_id="quick"))
            await outlet.until(told())
            assert outlet.of(MessageComplete)[0].thread_id == "quick"
            slow.gate.set()
            await outlet.until(told(2))


class TestResume:
    async def test_in_the_middle_of_a_message_misses_nothing(self, house: House) -> None:
        """Whoever comes back while an agent speaks gets what was said and what follows."""
        script = Gated()
        house.graph.script = script
        turns_of, _ = house.socket()
        later, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await later.resume(Resume(thread_id="t1"))
            assert outlet.of(Resumed)[0].running
            script.gate.set()
            await outlet.until(told())
        assert outlet.text() == "Your order is on its way."
        assert [frame.type for frame in outlet.frames[:2]] == ["message", "resumed"]


class TestStop:
    async def test_keeps_what_was_said(self, house: House) -> None:
        """A stopped answer stays as far as it came, and the turn says that it was stopped."""
        script = Gated()
        house.graph.script = script
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await outlet.next_of(Token)
            await turns_of.cancel(Cancel(thread_id="t1"))
            assert (await outlet.next_of(MessageComplete)).cancelled
            await house.at_rest()
        assert await house.types() == ["message", "token", "message_complete"]
        assert outlet.text() == "Your order "
        assert await house.pool.fetchval("SELECT status FROM turns") == "cancelled"

    async def test_twice_is_once(self, house: House, pool: Pool) -> None:
        """An impatient click on stop does not leave the turn hanging: the next message is answered."""
        script = Gated()
        house.graph.script = script
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await asyncio.gather(*(turns_of.cancel(Cancel(thread_id="t1")) for _ in range(5)))
            await outlet.until(told())
            house.graph.script = echo
            await turns_of.message(says("Still there?", message_id="b"))
            await outlet.until(told(2))
            await house.at_rest()
        assert await pool.fetch("SELECT status FROM turns ORDER BY position") == [("cancelled",), ("done",)]

    async def test_too_late_changes_nothing(self, house: House) -> None:
        """A stop that crosses the end of the turn leaves the turn done."""
        turns_of, outlet = house.socket()
        async with house.working():
            for number in range(10):
                await turns_of.message(says("Hello", message_id=str(number)))
                await outlet.until(told(number + 1))
                await turns_of.cancel(Cancel(thread_id="t1"))
            await turns_of.message(says("Last", message_id="last"))
            await outlet.until(told(11))
        assert not any(frame.cancelled for frame in outlet.of(MessageComplete))

    async def test_lets_what_is_being_sent_end_and_tells_it(self, house: House) -> None:
        """A write that is under way is carried to its end, and its result is told."""
        house.graph.script = Acting(house)
        house.tool.gate = asyncio.Event()
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            asked = await outlet.next_of(InterruptRequest)
            await turns_of.answer(yes_to(asked))
            await house.tool.started.wait()
            await turns_of.cancel(Cancel(thread_id="t1"))
            house.tool.gate.set()
            result = await outlet.next_of(ToolResult)
            await outlet.until(told())
        assert result.ok
        assert len(house.tool.runs) == 1
        assert outlet.of(MessageComplete)[0].cancelled


class TestConsent:
    async def test_a_turn_ends_by_asking(self, house: House) -> None:
        """A turn that asks has no other end; the answer's turn completes it."""
        house.graph.script = Acting(house)
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            asked = await outlet.next_of(InterruptRequest)
            await house.at_rest()
            assert await house.pool.fetchval("SELECT status FROM turns") == "done"
            assert outlet.of(MessageComplete) == []
            await turns_of.answer(yes_to(asked))
            await outlet.until(told())
        assert await house.types() == [
            "message",
            "interrupt",
            "interrupt_resolved",
            "tool_result",
            "token",
            "message_complete",
        ]
        assert len(house.tool.runs) == 1

    async def test_what_expires_is_told_without_another_answer(self, house: House, pool: Pool) -> None:
        """An approval that expired says so, and its run closes in silence."""
        house.graph.script = Acting(house)
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            await outlet.next_of(InterruptRequest)
            await pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 second'")
            await outlet.next_of(InterruptExpiredNotice)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await house.graph.forgot.wait()
        assert house.tool.runs == []
        assert outlet.of(MessageComplete) == []


class TestFailure:
    async def test_is_told_and_tried_again_by_the_same_message(self, house: House) -> None:
        """A turn that failed names what to send again; sent again, it runs again."""

        async def broken(text: str, context: RunContext) -> AsyncIterator[Any]:
            yield piece("Let me ")
            raise ModelUnavailable

        house.graph.script = broken
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello", message_id="a"))
            error = await outlet.next_of(ErrorFrame)
            assert (error.code, error.retryable, error.message_id) == ("model_unavailable", True, "a")
            await house.at_rest()
            assert await house.pool.fetchval("SELECT status FROM turns") == "failed"
            house.graph.script = echo
            await turns_of.message(says("Hello", message_id="a"))
            await outlet.until(told())
            await house.at_rest()
        assert await house.types() == ["message", "token", "error", "token", "message_complete"]
        assert await house.pool.fetchval("SELECT status || attempt FROM turns") == "done2"

    async def test_of_ours_is_a_plain_sentence(self, house: House) -> None:
        """A stranger is logged in full and shown without a word of it."""

        async def broken(text: str, context: RunContext) -> AsyncIterator[Any]:
            if text:
                raise RuntimeError("secret detail")
            yield

        house.graph.script = broken
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("Hello"))
            error = await outlet.next_of(ErrorFrame)
        assert error.code == "internal_error"
        assert "secret" not in error.message

    async def test_does_not_hold_the_next_message_back(self, house: House) -> None:
        """After a failure the conversation goes on."""

        async def picky(text: str, context: RunContext) -> AsyncIterator[Any]:
            if text == "bad":
                raise ModelUnavailable
            async for item in echo(text, context):
                yield item

        house.graph.script = picky
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("bad", message_id="a"))
            await turns_of.message(says("good", message_id="b"))
            await outlet.until(told())
        assert outlet.text() == "good "


class TestCrash:
    async def test_a_dead_workers_turn_is_taken_over(self, house: House, pool: Pool) -> None:
        """What a process left running when it was killed is finished by the next one, at once."""
        turns_of, outlet = house.socket()
        await turns_of.message(says("Hello there", message_id="a"))
        async with pool.acquire() as connection:
            assert await turns.claim(connection, worker=77, lease_seconds=3_600)
        async with house.working():
            await outlet.until(told())
            await house.at_rest()
        assert outlet.text() == "Hello there "
        assert await pool.fetchval("SELECT status || attempt FROM turns") == "done2"

    async def test_a_stopped_worker_gives_its_turns_back(self, house: House, pool: Pool, pg_url: str) -> None:
        """A server that stops leaves its turns to the next one, and nothing is said twice."""
        script = Gated()
        house.graph.script = script
        turns_of, _ = house.socket()
        async with house.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
        assert await pool.fetchval("SELECT status FROM turns") == "running"
        successor = House(pool, pg_url, graph=ScriptedGraph(echo))
        later, outlet = successor.socket()
        await later.resume(Resume(thread_id="t1"))
        async with successor.working():
            await outlet.until(told())
        assert await successor.types() == ["message", "token", "message_complete"]
        assert outlet.text() == "Hello "

    async def test_a_turn_that_every_worker_dies_with_fails_in_the_end(self, house: House, pool: Pool) -> None:
        """What kills whoever runs it is not run for ever; it fails, and can be tried again when asked for."""
        turns_of, outlet = house.socket()
        await turns_of.message(says("Hello", message_id="a"))
        await pool.execute("UPDATE turns SET status = 'running', owner = 1, takeovers = $1", MAX_TAKEOVERS)
        async with house.working():
            assert (await outlet.next_of(ErrorFrame)).code == "internal_error"
            await turns_of.message(says("Hello", message_id="a"))
            await outlet.until(told())
        assert outlet.text() == "Hello "

    async def test_a_lost_connection_is_made_again(self, house: House, pool: Pool) -> None:
        """A worker whose connection breaks makes a new one and goes on."""
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.message(says("One", message_id="a"))
            await outlet.until(told())
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1",
                turns.WORKER_LOCK_CLASS,
            )
            await turns_of.message(says("Two", message_id="b"))
            await outlet.until(told(2))
        assert outlet.text() == "One Two "


class TestReplicas:
    async def test_one_answers_what_another_was_sent(self, house: House, pool: Pool, pg_url: str) -> None:
        """A customer on one replica gets the answer that another one gives, follower or not."""
        idle = House(pool, pg_url)
        idle.worker._claim_turns = forever  # type: ignore[method-assign]
        outlets: list[FakeOutlet] = []
        async with house.working(), idle.working():
            for thread_id, message_id in (("t1", "a"), ("t2", None)):
                turns_of, outlet = idle.socket()
                outlets.append(outlet)
                await turns_of.message(says("Hello there", thread_id=thread_id, message_id=message_id))
            for outlet in outlets:
                await outlet.until(told())
        assert [outlet.text() for outlet in outlets] == ["Hello there ", "Hello there "]

    async def test_what_is_stored_while_a_replica_is_deaf_is_told_later(
        self, house: House, pool: Pool, pg_url: str
    ) -> None:
        """Who watches on a replica that has lost its connection gets the others' events once it is back, once."""
        await house.conversation()
        other = House(pool, pg_url)
        turns_of, outlet = house.socket()
        async with house.working():
            await turns_of.resume(Resume(thread_id="t1"))
            await turns_of.message(says("Hello", message_id="a"))
            await outlet.until(told())
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1",
                turns.WORKER_LOCK_CLASS,
            )
            await other.tracker.record(token("Said elsewhere.", "m-elsewhere"))
            await outlet.until(lambda seen: "Said elsewhere." in seen.text())
        numbers = [frame.seq for frame in outlet.frames if frame.seq is not None]
        assert len(numbers) == len(set(numbers))


async def forever() -> None:
    """Wait until cancelled."""
    await asyncio.Event().wait()
