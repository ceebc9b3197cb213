"""Turn worker: answers come in order and whole, one turn at a time per conversation; a failure holds nothing back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from app.agents.runner import ConversationEnding
from app.errors import ModelUnavailable
from app.protocol import CustomerMessage, ErrorFrame, MessageComplete, Resume, Resumed, Token
from tests.fakes import piece
from tests.integration.replica import Replica, echo, says
from tests.integration.turns.graph_scripts import GatedScript, ended

if TYPE_CHECKING:
    from app.agents.state import RunContext


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
        slow = GatedScript()

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
        script = GatedScript()
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
