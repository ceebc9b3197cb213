"""Whoever watches a conversation gets every event once and every text whole, whenever they came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.events.subscriptions import NUMBERS_KEPT, Followers, Subscription
from app.protocol import CustomerFeedback, CustomerMessage, MessageComplete, ServerFrame, Token, utf16_length
from tests.fakes import FakeOutlet, texts_of


def piece(text: str, message_id: str = "m1", offset: int = 0, seq: int | None = None) -> Token:
    return Token(thread_id="t1", agent="a", content=text, message_id=message_id, offset=offset, seq=seq)


def said(seq: int) -> CustomerMessage:
    return CustomerMessage(thread_id="t1", content=str(seq), seq=seq)


def watch(followers: Followers, *, follower: bool = True, held: bool = False) -> tuple[Subscription, FakeOutlet]:
    outlet = FakeOutlet()
    subscription = Subscription(thread_id="t1", outlet=outlet, follower=follower, held=[] if held else None)
    followers.subscribe(subscription)
    return subscription, outlet


class TestWatching:
    def test_begins_and_ends(self) -> None:
        """A conversation is watched while anybody watches it."""
        followers = Followers()
        assert not followers.watched("t1")
        subscription, outlet = watch(followers)
        assert followers.watched("t1")
        followers.publish(said(1))
        followers.unsubscribe(subscription)
        followers.publish(said(2))
        assert [frame.seq for frame in outlet.frames] == [1]
        assert not followers.watched("t1")

    def test_keeps_nothing_of_what_is_over(self) -> None:
        """Neither watchers nor texts of the past take memory."""
        followers = Followers()
        subscription, _ = watch(followers)
        followers.publish(piece("Hello"))
        followers.unsubscribe(subscription)
        followers.unsubscribe(subscription)
        followers.publish(piece("Hello", seq=1))
        followers.publish(said(2))
        followers.silence("t1")
        assert not followers._threads

    def test_is_of_one_conversation(self) -> None:
        """What happens elsewhere is not heard."""
        followers = Followers()
        _, outlet = watch(followers)
        followers.publish(said(1).model_copy(update={"thread_id": "t2"}))
        assert outlet.frames == []

    def test_an_error_of_no_conversation_goes_to_nobody(self) -> None:
        """A frame that names no conversation is not for those who watch one."""
        followers = Followers()
        _, outlet = watch(followers)
        followers.publish(said(1).model_copy(update={"thread_id": None}))
        assert outlet.frames == []


class TestNumbered:
    def test_comes_once(self) -> None:
        """The same event, heard from two sides, is told once."""
        followers = Followers()
        _, outlet = watch(followers)
        for seq in (1, 2, 2, 1, 3):
            followers.publish(said(seq))
        assert [frame.seq for frame in outlet.frames] == [1, 2, 3]

    def test_that_another_replicas_event_overtook_is_not_lost(self) -> None:
        """An event heard of late is told late, not never."""
        followers = Followers()
        _, outlet = watch(followers)
        for seq in (1, 3, 2, 3, 2):
            followers.publish(said(seq))
        assert [frame.seq for frame in outlet.frames] == [1, 3, 2]

    def test_up_to_what_was_sent_is_not_sent_again(self) -> None:
        """What a resume has brought does not come a second time."""
        followers = Followers()
        subscription, outlet = watch(followers, held=True)
        for seq in (4, 5, 6):
            followers.publish(said(seq))
        subscription.last_seq = 5
        followers.catch_up(subscription)
        assert [frame.seq for frame in outlet.frames] == [6]

    def test_memory_of_them_is_bounded(self) -> None:
        """However long a conversation, only the newest numbers are kept."""
        followers = Followers()
        subscription, outlet = watch(followers)
        for seq in range(1, 3 * NUMBERS_KEPT):
            followers.publish(said(seq))
            followers.publish(said(seq))
        assert len(outlet.frames) == 3 * NUMBERS_KEPT - 1
        assert len(subscription._sent) <= NUMBERS_KEPT


class TestPlain:
    def test_gets_answers_only(self) -> None:
        """The customer's own words and ratings are not echoed."""
        followers = Followers()
        _, outlet = watch(followers, follower=False)
        followers.publish(said(1))
        followers.publish(CustomerFeedback(thread_id="t1", rating=5, seq=2))
        followers.publish(MessageComplete(thread_id="t1", seq=3))
        assert [frame.type for frame in outlet.frames] == ["message_complete"]

    def test_gets_each_piece_once(self) -> None:
        """The stored whole of a message that was heard live is not repeated."""
        followers = Followers()
        _, outlet = watch(followers, follower=False)
        followers.publish(piece("Hel"))
        followers.publish(piece("lo", offset=3))
        followers.publish(piece("Hello", seq=1))
        assert [frame.content for frame in outlet.of(Token)] == ["Hel", "lo"]

    def test_gets_in_one_piece_what_it_did_not_hear(self) -> None:
        """A message of another replica, or of staff, is told without a number."""
        followers = Followers()
        _, outlet = watch(followers, follower=False)
        followers.publish(piece("Hello", seq=7))
        assert [(frame.content, frame.seq, frame.offset) for frame in outlet.of(Token)] == [("Hello", None, 0)]

    def test_misses_nothing_said_while_it_was_held(self) -> None:
        """A message that began and ended during the hold is told after it."""
        followers = Followers()
        subscription, outlet = watch(followers, follower=False, held=True)
        followers.publish(piece("Hel"))
        followers.publish(piece("lo", offset=3))
        followers.publish(piece("Hello", seq=2))
        followers.publish(piece("More", message_id="m2"))
        followers.catch_up(subscription)
        followers.publish(piece("!", message_id="m2", offset=4))
        followers.publish(piece("More!", message_id="m2", seq=3))
        assert [frame.content for frame in outlet.of(Token)] == ["Hello", "More", "!"]


@dataclass
class Play:
    """A conversation with watchers that come, hold and catch up at any time, checked against the log."""

    followers: Followers = field(default_factory=Followers)
    log: list[ServerFrame] = field(default_factory=list)
    watchers: list[tuple[Subscription, FakeOutlet, int]] = field(default_factory=list)
    spoken: dict[str, str] = field(default_factory=dict)
    begun: int = 0

    def speak(self, text: str) -> None:
        if not self.spoken:
            self.begun += 1
            self.spoken[f"m{self.begun}"] = ""
        [(message_id, before)] = self.spoken.items()
        self.followers.publish(piece(text, message_id, utf16_length(before)))
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
        self.followers.publish(stored)

    def come(self, follower: bool) -> None:
        subscription, outlet = watch(self.followers, follower=follower, held=True)
        self.watchers.append((subscription, outlet, len(self.log) if not follower else 0))

    def catch_up(self, which: int) -> None:
        if self.watchers:
            subscription, outlet, _ = self.watchers[which % len(self.watchers)]
            if subscription.held is not None:
                if subscription.follower:
                    for frame in self.log:
                        outlet.put(frame)
                    subscription.last_seq = len(self.log)
                self.followers.catch_up(subscription)


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
        for subscription, outlet, since in play.watchers:
            numbers = [frame.seq for frame in outlet.frames if frame.seq is not None]
            if subscription.follower:
                assert numbers == list(range(1, len(play.log) + 1))
                assert texts_of(outlet.frames) == texts
            else:
                assert numbers == []
                later = {f.message_id: f.content for f in play.log[since:] if isinstance(f, Token)}
                assert texts_of(outlet.frames) == later
