"""Turn service of one socket: a message is written down first, acknowledged next, and never somebody else's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import (
    AppError,
    ConversationEnded,
    ConversationUnknown,
    MessageConflict,
    NothingPending,
    QueueFull,
    RateLimited,
    SessionExpired,
)
from app.events.tracker import frame_of
from app.protocol import (
    MAX_WAITING_TURNS,
    Cancel,
    CustomerFeedback,
    CustomerMessage,
    Feedback,
    InterruptResponse,
    MessageComplete,
    Resume,
    Token,
)
from app.turns.service import MAX_RATINGS, MAX_THREADS_PER_SOCKET
from tests.integration.replica import VISITOR, Replica, says, token, yes_to
from tests.integration.turns.graph_scripts import ended

if TYPE_CHECKING:
    from app.db.pool import Pool


class TestMessage:
    async def test_is_written_down_and_acknowledged_before_any_answer(self, replica: Replica) -> None:
        """A follower gets its own message back, with its number, while nothing has run yet."""
        turns, sink = replica.socket()
        await turns.message(says("Where is my order?", message_id="a"))
        [said] = sink.frames
        assert isinstance(said, CustomerMessage)
        assert (said.seq, said.content, said.message_id) == (1, "Where is my order?", "a")
        assert said.at is not None
        assert await replica.pool.fetchval("SELECT status FROM turns") == "queued"

    async def test_without_an_id_is_not_echoed(self, replica: Replica) -> None:
        """A plain client gets answers only."""
        turns, sink = replica.socket()
        await turns.message(says("Hello"))
        assert sink.frames == []
        assert await replica.types() == ["message"]

    async def test_the_same_again_is_taken_once(self, replica: Replica) -> None:
        """A message sent again, by this socket or another, is one turn and one event."""
        turns, _ = replica.socket()
        other, _ = replica.socket()
        await turns.message(says("Hello", message_id="a"))
        await turns.message(says("Hello", message_id="a"))
        await other.message(says("Hello", message_id="a"))
        assert await replica.pool.fetchval("SELECT count(*) FROM turns") == 1
        assert await replica.types() == ["message"]

    async def test_the_same_again_on_a_new_socket_is_answered_with_all_there_is(self, replica: Replica) -> None:
        """The acknowledgement went with the first socket: its sender gets it again, and what followed."""
        turns, first = replica.socket()
        await turns.message(says("Hello", message_id="a"))
        async with replica.working():
            await first.until(ended())
        later, sink = replica.socket()
        await later.message(says("Hello", message_id="a"))
        assert [frame.type for frame in sink.frames] == ["message", "token", "message_complete", "resumed"]
        await later.message(says("Hello", message_id="a"))
        assert len(sink.frames) == 4

    async def test_the_same_at_the_same_time_is_taken_once(self, replica: Replica) -> None:
        """Ten sockets that send the same message at once make one turn."""
        sockets = [replica.socket()[0] for _ in range(10)]
        await asyncio.gather(*(turns.message(says("Hello", message_id="a")) for turns in sockets))
        assert await replica.pool.fetchval("SELECT count(*) FROM turns") == 1

    async def test_another_text_with_the_same_id_is_a_conflict(self, replica: Replica) -> None:
        """An id that was used for another text is refused, and nothing is written."""
        turns, _ = replica.socket()
        await turns.message(says("Cancel order 1", message_id="a"))
        with pytest.raises(MessageConflict):
            await turns.message(says("Cancel order 2", message_id="a"))
        assert await replica.pool.fetchval("SELECT count(*) FROM turns") == 1

    async def test_ids_are_apart_in_each_conversation(self, replica: Replica) -> None:
        """The same id in another conversation is another message."""
        turns, _ = replica.socket()
        await turns.message(says("Hello", "t1", "a"))
        await turns.message(says("Goodbye", "t2", "a"))
        assert await replica.pool.fetchval("SELECT count(*) FROM turns") == 2

    async def test_too_many_waiting_are_refused(self, replica: Replica) -> None:
        """The queue of a conversation is bounded; another conversation has its own."""
        turns, _ = replica.socket()
        for number in range(MAX_WAITING_TURNS):
            await turns.message(says(f"Message {number}"))
        with pytest.raises(QueueFull):
            await turns.message(says("One too many"))
        await turns.message(says("Hello", "t2"))
        assert await replica.pool.fetchval("SELECT count(*) FROM turns WHERE thread_id = 't1'") == MAX_WAITING_TURNS

    async def test_a_full_queue_still_recognises_what_it_holds(self, replica: Replica) -> None:
        """A message that is in the queue already, sent again after a reconnect, is not refused."""
        turns, _ = replica.socket()
        for number in range(MAX_WAITING_TURNS):
            await turns.message(says(f"Message {number}", message_id=str(number)))
        await turns.message(says("Message 3", message_id="3"))

    async def test_refused_leaves_nothing_behind(self, replica: Replica) -> None:
        """A refused message is in no table and in no log."""
        turns, _ = replica.socket()
        for number in range(MAX_WAITING_TURNS):
            await turns.message(says(f"Message {number}"))
        with pytest.raises(QueueFull):
            await turns.message(says("One too many", message_id="x"))
        assert len(await replica.log()) == MAX_WAITING_TURNS


class TestExpiry:
    async def test_a_conversation_left_alone_expires(self, replica: Replica) -> None:
        """After its time to live a conversation takes no further message."""
        turns, _ = replica.socket()
        await replica.conversation()
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="Hello"))
        await replica.leave_alone()
        with pytest.raises(SessionExpired):
            await turns.message(says("Still there?"))

    async def test_not_while_an_approval_is_pending(self, replica: Replica) -> None:
        """Somebody who is asked has time to answer."""
        turns, _ = replica.socket()
        await replica.propose()
        await replica.leave_alone()
        await turns.message(says("Wait, one question"))
        assert "message" in await replica.types()

    async def test_not_while_a_turn_waits(self, replica: Replica) -> None:
        """Whoever waits for us has not left."""
        turns, _ = replica.socket()
        await turns.message(says("Hello"))
        await replica.leave_alone()
        await turns.message(says("Hello?"))
        assert await replica.types() == ["message", "message"]

    async def test_an_approval_past_its_time_holds_nothing_open(self, replica: Replica, pool: Pool) -> None:
        """An approval that can't be answered any more does not keep the conversation."""
        turns, _ = replica.socket()
        await replica.propose()
        await pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 second'")
        await replica.leave_alone()
        with pytest.raises(SessionExpired):
            await turns.message(says("Hello?"))

    async def test_a_message_taken_before_is_recognised_after_it(self, replica: Replica, pool: Pool) -> None:
        """Sending again what was accepted is no error, even when the conversation has expired since."""
        turns, _ = replica.socket()
        await turns.message(says("Hello", message_id="a"))
        await pool.execute("UPDATE turns SET status = 'done'")
        await replica.leave_alone()
        await turns.message(says("Hello", message_id="a"))

    async def test_an_ended_conversation_takes_no_message(self, replica: Replica) -> None:
        """What was ended on purpose stays ended."""
        turns, _ = replica.socket()
        await replica.conversation()
        await replica.tracker.record(MessageComplete(thread_id="t1", ended=True))
        with pytest.raises(ConversationEnded):
            await turns.message(says("One more thing"))

    async def test_a_rating_is_welcome_after_the_end(self, replica: Replica) -> None:
        """A conversation that has ended can still be rated."""
        turns, _ = replica.socket()
        await replica.conversation()
        await replica.tracker.record(MessageComplete(thread_id="t1", ended=True))
        await turns.feedback(Feedback(thread_id="t1", rating=5, comment="Quick!"))
        rating = frame_of((await replica.log())[-1])
        assert isinstance(rating, CustomerFeedback)
        assert (rating.rating, rating.comment) == (5, "Quick!")

    async def test_a_conversation_is_rated_so_often_and_no_more(self, replica: Replica) -> None:
        """A flood of ratings is refused, and leaves nothing behind."""
        turns, _ = replica.socket()
        await replica.conversation()
        for _ in range(MAX_RATINGS):
            await turns.feedback(Feedback(thread_id="t1", rating=5))
        with pytest.raises(RateLimited, match="often enough"):
            await turns.feedback(Feedback(thread_id="t1", rating=1))
        assert len(await replica.log()) == MAX_RATINGS

    async def test_with_a_new_cookie_the_old_sockets_follow_nothing(self, replica: Replica) -> None:
        """Once a visitor has a new cookie, nothing more is sent to sockets of the old one."""
        turns, sink = replica.socket()
        await turns.message(says("Hello"))
        replica.service.identity_changed(f"{VISITOR} rotated")
        before = len(sink.frames)
        await replica.tracker.record(MessageComplete(thread_id="t1"))
        assert len(sink.frames) == before
        with pytest.raises(ConversationUnknown):
            await turns.message(says("A new one", thread_id="t2"))


FOREIGN = [
    ("message", says("Hello")),
    ("answer", InterruptResponse(thread_id="t1", approved=True)),
    ("resume", Resume(thread_id="t1")),
    ("cancel", Cancel(thread_id="t1")),
    ("feedback", Feedback(thread_id="t1", rating=1)),
]


class TestSomebodyElses:
    @pytest.mark.parametrize(("method", "frame"), FOREIGN, ids=[name for name, _ in FOREIGN])
    async def test_conversation_is_unknown(self, replica: Replica, method: str, frame: Any) -> None:
        """Whatever is asked of somebody else's conversation, it does not exist."""
        mine, _ = replica.socket()
        await mine.message(says("My secret"))
        theirs, sink = replica.socket("visitor-2")
        with pytest.raises(ConversationUnknown):
            await getattr(theirs, method)(frame)
        assert sink.frames == []
        assert len(await replica.log()) == 1
        assert await replica.pool.fetchval("SELECT status FROM turns") == "queued"

    @pytest.mark.parametrize(("method", "frame"), FOREIGN[1:], ids=[name for name, _ in FOREIGN[1:]])
    async def test_is_told_as_one_that_never_was(self, replica: Replica, method: str, frame: Any) -> None:
        """The answer for a conversation that never was is the very same."""
        turns, _ = replica.socket()
        with pytest.raises(ConversationUnknown) as never:
            await getattr(turns, method)(frame)
        await replica.conversation(visitor="visitor-2")
        with pytest.raises(ConversationUnknown) as foreign:
            await getattr(turns, method)(frame)
        assert never.value.message == foreign.value.message

    async def test_words_are_not_heard(self, replica: Replica) -> None:
        """A message to somebody else's conversation gets nothing of what is being said in it, now or later."""
        await replica.conversation()
        replica.subscriptions.publish(token("The code is "))
        theirs, sink = replica.socket("visitor-2")
        for message_id in (None, "x"):
            with pytest.raises(ConversationUnknown):
                await theirs.message(says("Hello", message_id=message_id))
        replica.subscriptions.publish(token("1234", offset=12))
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="Thanks"))
        assert sink.frames == []

    async def test_approval_is_not_answered(self, replica: Replica) -> None:
        """Knowing an approval's id is not enough to answer it."""
        _, frame = await replica.propose()
        theirs, _ = replica.socket("visitor-2")
        with pytest.raises(ConversationUnknown):
            await theirs.answer(yes_to(frame))
        assert await replica.pool.fetchval("SELECT status FROM interrupts") == "pending"


class TestCancel:
    async def test_takes_back_what_waits(self, replica: Replica) -> None:
        """Messages that have not begun are done with, and each says so."""
        turns, sink = replica.socket()
        await turns.message(says("One", message_id="a"))
        await turns.message(says("Two", message_id="b"))
        await turns.cancel(Cancel(thread_id="t1"))
        assert [frame.cancelled for frame in sink.of(MessageComplete)] == [True, True]
        assert await replica.pool.fetchval("SELECT count(*) FROM turns WHERE status = 'cancelled'") == 2

    async def test_with_nothing_to_stop_does_nothing(self, replica: Replica) -> None:
        """A stop that comes too late is no error and leaves no trace."""
        await replica.conversation()
        turns, sink = replica.socket()
        await turns.cancel(Cancel(thread_id="t1"))
        assert sink.frames == []
        assert await replica.log() == []


class TestAnswer:
    async def test_with_nothing_pending_is_told(self, replica: Replica) -> None:
        """An answer to nothing is refused by name."""
        await replica.conversation()
        turns, _ = replica.socket()
        with pytest.raises(NothingPending):
            await turns.answer(InterruptResponse(thread_id="t1", approved=True))

    async def test_writes_down_the_turn_that_goes_on(self, replica: Replica) -> None:
        """An accepted answer is a turn of the run that asked."""
        action, frame = await replica.propose()
        turns, sink = replica.socket()
        await turns.answer(yes_to(frame))
        row = await replica.pool.fetchrow("SELECT kind, run_id, status FROM turns")
        assert row is not None
        assert tuple(row) == ("answer", action.run_id, "queued")
        assert [frame.type for frame in sink.frames] == ["interrupt_resolved"]


class TestSocket:
    async def test_that_closed_hears_nothing_more(self, replica: Replica) -> None:
        """A closed socket is let go of."""
        turns, sink = replica.socket()
        await turns.message(says("Hello", message_id="a"))
        turns.close()
        before = list(sink.frames)
        await replica.tracker.record(CustomerMessage(thread_id="t1", content="more"))
        assert sink.frames == before
        assert not replica.subscriptions.is_watched("t1")

    async def test_follows_a_bounded_number_of_conversations(self, replica: Replica) -> None:
        """The oldest conversation of a socket that opens too many is let go of."""
        await replica.conversation("t0")
        turns, _ = replica.socket()
        await turns.resume(Resume(thread_id="t0"))
        for number in range(MAX_THREADS_PER_SOCKET):
            turns._subscribe(f"more-{number}", follower=True)
        assert not replica.subscriptions.is_watched("t0")
        assert replica.subscriptions.is_watched("more-0")

    async def test_refused_message_does_not_begin_to_follow(self, replica: Replica) -> None:
        """A message that was not accepted makes the socket follow nothing."""
        await replica.conversation(visitor="visitor-2")
        turns, _ = replica.socket()
        with pytest.raises(AppError):
            await turns.message(says("Hello"))
        assert not replica.subscriptions.is_watched("t1")

    async def test_refused_message_leaves_a_following_as_it_was(self, replica: Replica) -> None:
        """A socket that follows a conversation goes on doing so when one of its messages is refused."""
        turns, sink = replica.socket()
        await turns.message(says("Hello", message_id="a"))
        with pytest.raises(MessageConflict):
            await turns.message(says("Goodbye", message_id="a"))
        await replica.tracker.record(Token(thread_id="t1", agent="orders", content="Hi", message_id="m"))
        assert sink.text() == "Hi"
