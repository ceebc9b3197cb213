"""Whoever watches a conversation gets every event once and every text whole, whenever they came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.events.subscriptions import NUMBERS_KEPT, Subscription, Subscriptions
from app.protocol import CustomerFeedback, CustomerMessage, MessageComplete, ServerFrame, Token, utf16_length
from tests.fakes import FakeSink, texts_of


def piece(text: str, message_id: str = "m1", offset: int = 0, seq: int | None = None) -> Token:
    return Token(thread_id="t1", agent="a", content=text, message_id=message_id, offset=offset, seq=seq)


def said(seq: int) -> CustomerMessage:
    return CustomerMessage(thread_id="t1", content=str(seq), seq=seq)


def watch(
    subscriptions: Subscriptions, *, follower: bool = True, buffered: bool = False
) -> tuple[Subscription, FakeSink]:
    sink = FakeSink()
    subscription = Subscription(thread_id="t1", sink=sink, follower=follower, buffer=[] if buffered else None)
    subscriptions.subscribe(subscription)
    return subscription, sink


class TestWatching:
    def test_begins_and_ends(self) -> None:
        """A conversation is watched while anybody watches it."""
        subscriptions = Subscriptions()
        assert not subscriptions.is_watched("t1")
        subscription, sink = watch(subscriptions)
        assert subscriptions.is_watched("t1")
        subscriptions.publish(said(1))
        subscriptions.unsubscribe(subscription)
        subscriptions.publish(said(2))
        assert [frame.seq for frame in sink.frames] == [1]
        assert not subscriptions.is_watched("t1")

    def test_keeps_nothing_of_what_is_over(self) -> None:
        """Neither watchers nor texts of the past take memory."""
        subscriptions = Subscriptions()
        subscription, _ = watch(subscriptions)
        subscriptions.publish(piece("Hello"))
        subscriptions.unsubscribe(subscription)
        subscriptions.unsubscribe(subscription)
        subscriptions.publish(piece("Hello", seq=1))
        subscriptions.publish(said(2))
        subscriptions.drop_partial("t1")
        assert not subscriptions._threads

    def test_is_of_one_conversation(self) -> None:
        """What happens elsewhere is not heard."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions)
        subscriptions.publish(said(1).model_copy(update={"thread_id": "t2"}))
        assert sink.frames == []

    def test_an_error_of_no_conversation_goes_to_nobody(self) -> None:
        """A frame that names no conversation is not for those who watch one."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions)
        subscriptions.publish(said(1).model_copy(update={"thread_id": None}))
        assert sink.frames == []


class TestNumbered:
    def test_comes_once(self) -> None:
        """The same event, heard from two sides, is told once."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions)
        for seq in (1, 2, 2, 1, 3):
            subscriptions.publish(said(seq))
        assert [frame.seq for frame in sink.frames] == [1, 2, 3]

    def test_that_another_replicas_event_overtook_is_not_lost(self) -> None:
        """An event heard of late is told late, not never."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions)
        for seq in (1, 3, 2, 3, 2):
            subscriptions.publish(said(seq))
        assert [frame.seq for frame in sink.frames] == [1, 3, 2]

    def test_up_to_what_was_sent_is_not_sent_again(self) -> None:
        """What a resume has brought does not come a second time."""
        subscriptions = Subscriptions()
        subscription, sink = watch(subscriptions, buffered=True)
        for seq in (4, 5, 6):
            subscriptions.publish(said(seq))
        subscription.last_seq = 5
        subscriptions.catch_up(subscription)
        assert [frame.seq for frame in sink.frames] == [6]

    def test_memory_of_them_is_bounded(self) -> None:
        """However long a conversation, only the newest numbers are kept."""
        subscriptions = Subscriptions()
        subscription, sink = watch(subscriptions)
        for seq in range(1, 3 * NUMBERS_KEPT):
            subscriptions.publish(said(seq))
            subscriptions.publish(said(seq))
        assert len(sink.frames) == 3 * NUMBERS_KEPT - 1
        assert len(subscription._sent) <= NUMBERS_KEPT


class TestPlain:
    def test_gets_answers_only(self) -> None:
        """The customer's own words and ratings are not echoed."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions, follower=False)
        subscriptions.publish(said(1))
        subscriptions.publish(CustomerFeedback(thread_id="t1", rating=5, seq=2))
        subscriptions.publish(MessageComplete(thread_id="t1", seq=3))
        assert [frame.type for frame in sink.frames] == ["message_complete"]

    def test_gets_each_piece_once(self) -> None:
        """The stored whole of a message that was heard live is not repeated."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions, follower=False)
        subscriptions.publish(piece("Hel"))
        subscriptions.publish(piece("lo", offset=3))
        subscriptions.publish(piece("Hello", seq=1))
        assert [frame.content for frame in sink.of(Token)] == ["Hel", "lo"]

    def test_gets_in_one_piece_what_it_did_not_hear(self) -> None:
        """A message of another replica, or of staff, is told without a number."""
        subscriptions = Subscriptions()
        _, sink = watch(subscriptions, follower=False)
        subscriptions.publish(piece("Hello", seq=7))
        assert [(frame.content, frame.seq, frame.offset) for frame in sink.of(Token)] == [("Hello", None, 0)]

    def test_misses_nothing_said_while_it_was_held(self) -> None:
        """A message that began and ended during the hold is told after it."""
        subscriptions = Subscriptions()
        subscription, sink = watch(subscriptions, follower=False, buffered=True)
        subscriptions.publish(piece("Hel"))
        subscriptions.publish(piece("lo", offset=3))
        subscriptions.publish(piece("Hello", seq=2))
        subscriptions.publish(piece("More", message_id="m2"))
        subscriptions.catch_up(subscription)
        subscriptions.publish(piece("!", message_id="m2", offset=4))
        subscriptions.publish(piece("More!", message_id="m2", seq=3))
        assert [frame.content for frame in sink.of(Token)] == ["Hello", "More", "!"]


@dataclass
class Play:
    """A conversation with watchers that come, hold and catch up at any time, checked against the log."""

    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    log: list[ServerFrame] = field(default_factory=list)
    watchers: list[tuple[Subscription, FakeSink, int]] = field(default_factory=list)
    spoken: dict[str, str] = field(default_factory=dict)
    begun: int = 0

    def speak(self, text: str) -> None:
        if not self.spoken:
            self.begun += 1
            self.spoken[f"m{self.begun}"] = ""
        [(message_id, before)] = self.spoken.items()
        self.subscriptions.publish(piece(text, message_id, utf16_length(before)))
        self.spoken[message_id] = before + text

    def seal(self, _: Any = None) -> None:
        for message_id, text in self.spoken.items():
            self.store(piece(text, message_id))
        self.spoken = {}

    def say(self, _: Any = None) -> None:
        self.store(CustomerMessage(thread_id="t1", content="x"))

    def store(self, frame: ServerFrame) -> None:
        stored = frame.model_copy(update={"seq": len(self.log) + 1})
        self.log.append(stored)
        self.subscriptions.publish(stored)

    def come(self, follower: bool) -> None:
        subscription, sink = watch(self.subscriptions, follower=follower, buffered=True)
        self.watchers.append((subscription, sink, len(self.log) if not follower else 0))

    def catch_up(self, which: int) -> None:
        if self.watchers:
            subscription, sink, _ = self.watchers[which % len(self.watchers)]
            if subscription.buffer is not None:
                if subscription.follower:
                    for frame in self.log:
                        sink.put(frame)
                    subscription.last_seq = len(self.log)
                self.subscriptions.catch_up(subscription)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("speak"), st.text(min_size=1, max_size=5)),
        st.tuples(st.sampled_from(["seal", "say"]), st.none()),
        st.tuples(st.just("come"), st.booleans()),
        st.tuples(st.just("catch_up"), st.integers(0, 5)),
    ),
    max_size=40,
)


class TestAnyOrder:
    @given(STEPS)
    def test_everybody_ends_with_the_same(self, steps: list[tuple[str, Any]]) -> None:
        """Whatever happens in whatever order, each event comes once, in order, and each text is whole."""
        play = Play()
        for step, value in steps:
            getattr(play, step)(value)
        play.seal()
        for number in range(len(play.watchers)):
            play.catch_up(number)
        texts = {frame.message_id: frame.content for frame in play.log if isinstance(frame, Token)}
        for subscription, sink, since in play.watchers:
            numbers = [frame.seq for frame in sink.frames if frame.seq is not None]
            if subscription.follower:
                assert numbers == list(range(1, len(play.log) + 1))
                assert texts_of(sink.frames) == texts
            else:
                assert numbers == []
                later = {f.message_id: f.content for f in play.log[since:] if isinstance(f, Token)}
                assert texts_of(sink.frames) == later
