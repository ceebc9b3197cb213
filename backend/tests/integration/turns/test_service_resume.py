"""Resuming a conversation on a socket: what was missed comes in order, then what happens, and nothing twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.protocol import CustomerMessage, Resume, Resumed
from tests.integration.replica import Replica, says, token

if TYPE_CHECKING:
    pass


class TestResume:
    async def test_sends_what_was_missed_then_says_so(self, replica: Replica) -> None:
        """Everything after the named event comes in order, then `resumed` with the newest number."""
        await replica.conversation()
        for word in ("one", "two", "three"):
            await replica.tracker.record(CustomerMessage(thread_id="t1", content=word))
        turns, sink = replica.socket()
        await turns.resume(Resume(thread_id="t1", after=1))
        assert [frame.content for frame in sink.of(CustomerMessage)] == ["two", "three"]
        [resumed] = sink.of(Resumed)
        assert (resumed.last, resumed.running, resumed.ended) == (3, False, False)
        assert sink.frames[-1] == resumed

    async def test_then_live(self, replica: Replica) -> None:
        """What happens afterwards comes as it happens, and nothing twice."""
        await replica.conversation()
        turns, sink = replica.socket()
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="one"))
        await turns.resume(Resume(thread_id="t1"))
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="two"))
        assert [frame.seq for frame in sink.of(CustomerMessage)] == [1, 2]

    async def test_has_the_unfinished_message_so_far(self, replica: Replica) -> None:
        """Whoever comes in the middle of a message gets it from its beginning."""
        await replica.conversation()
        replica.subscriptions.publish(token("Your order "))
        turns, sink = replica.socket()
        await turns.resume(Resume(thread_id="t1"))
        replica.subscriptions.publish(token("is on its way.", offset=11))
        assert sink.text() == "Your order is on its way."

    async def test_says_that_a_turn_is_waiting(self, replica: Replica) -> None:
        """`running` covers a turn that has not begun."""
        turns, sink = replica.socket()
        await turns.message(says("Hello"))
        await turns.resume(Resume(thread_id="t1"))
        assert sink.of(Resumed)[0].running

    async def test_says_that_the_conversation_is_over(self, replica: Replica) -> None:
        """`ended` covers a conversation that has expired."""
        await replica.conversation()
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="one"))
        await replica.leave_alone()
        turns, sink = replica.socket()
        await turns.resume(Resume(thread_id="t1"))
        assert sink.of(Resumed)[0].ended

    async def test_leaves_out_what_is_for_staff(self, replica: Replica) -> None:
        """The records beside the frames are not sent; their numbers are skipped."""
        _, frame = await replica.propose()
        await replica.tracker.record(frame)
        turns, sink = replica.socket()
        await turns.resume(Resume(thread_id="t1"))
        assert [frame.type for frame in sink.frames] == ["interrupt", "resumed"]
        assert sink.frames[0].seq == 2

    async def test_reads_a_long_log_page_by_page(self, replica: Replica) -> None:
        """A log longer than a page comes whole and in order."""
        await replica.conversation()
        async with replica.tracker.recording() as recording:
            for number in range(1_203):
                await recording.append(CustomerMessage(thread_id="t1", content=str(number)))
        turns, sink = replica.socket()
        await turns.resume(Resume(thread_id="t1"))
        assert [frame.seq for frame in sink.of(CustomerMessage)] == list(range(1, 1_204))

    async def test_after_a_number_that_was_never_given_begins_anew(self, replica: Replica) -> None:
        """A client that claims to have seen more than there is gets everything, and hears what comes."""
        await replica.conversation()
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="one"))
        turns, sink = replica.socket()
        await turns.resume(Resume(thread_id="t1", after=2**53))
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="two"))
        assert [frame.content for frame in sink.of(CustomerMessage)] == ["one", "two"]

    async def test_twice_on_one_socket_is_one_view(self, replica: Replica) -> None:
        """A socket that resumes again gets what it asks for, and each later frame once."""
        await replica.conversation()
        turns, sink = replica.socket()
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="one"))
        await turns.resume(Resume(thread_id="t1", after=1))
        await turns.resume(Resume(thread_id="t1", after=1))
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="two"))
        assert [frame.content for frame in sink.of(CustomerMessage)] == ["two"]

    async def test_while_events_come_misses_none(self, replica: Replica) -> None:
        """Whatever is stored while a socket resumes reaches it once."""
        await replica.conversation()
        turns, sink = replica.socket()

        async def happen() -> None:
            for number in range(60):
                await replica.tracker.record(CustomerMessage(thread_id="t1", content=str(number)))

        happening = asyncio.create_task(happen())
        for _ in range(5):
            other, more = replica.socket()
            await other.resume(Resume(thread_id="t1"))
            other.close()
            assert [frame.seq for frame in more.of(CustomerMessage)] == list(
                range(1, len(more.of(CustomerMessage)) + 1)
            )
        await turns.resume(Resume(thread_id="t1"))
        await happening
        assert [frame.seq for frame in sink.of(CustomerMessage)] == list(range(1, 61))
