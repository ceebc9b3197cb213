"""Sliding windows: who is let through, who waits how long, and what is forgotten."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.rate_limit import MESSAGES_PER_ADDRESS, MessageRate, RateLimit, SocketCount
from app.errors import TooManySockets
from app.protocol import MESSAGES_PER_WINDOW, WINDOW_SECONDS


class TestRateLimit:
    def test_lets_the_limit_through(self) -> None:
        """As many hits as the limit pass at once; the next one waits."""
        limit = RateLimit(3, 10)
        assert [limit.hit("a", 0), limit.hit("a", 0), limit.hit("a", 0)] == [None, None, None]
        assert limit.hit("a", 0) == 10

    def test_says_how_long_to_wait(self) -> None:
        """The wait is the time until the oldest hit leaves the window."""
        limit = RateLimit(2, 10)
        limit.hit("a", 1)
        limit.hit("a", 5)
        assert limit.hit("a", 6) == pytest.approx(5)

    def test_waiting_that_long_is_enough(self) -> None:
        """Whoever waits as long as told is let through."""
        limit = RateLimit(1, 10)
        limit.hit("a", 3)
        wait = limit.hit("a", 4)
        assert wait is not None
        assert limit.hit("a", 4 + wait) is None

    def test_slides(self) -> None:
        """Room comes back hit by hit, not all at once when a fixed window ends."""
        limit = RateLimit(2, 10)
        limit.hit("a", 0)
        limit.hit("a", 9)
        assert limit.hit("a", 10) is None
        assert limit.hit("a", 11) == pytest.approx(8)

    def test_keys_are_apart(self) -> None:
        """One key's hits say nothing about another's."""
        limit = RateLimit(1, 10)
        limit.hit("a", 0)
        assert limit.hit("b", 0) is None

    def test_refused_hits_do_not_count(self) -> None:
        """Trying while refused does not prolong the wait."""
        limit = RateLimit(1, 10)
        limit.hit("a", 0)
        for now in range(1, 10):
            assert limit.hit("a", now) == 10 - now
        assert limit.hit("a", 10) is None

    def test_looking_does_not_count(self) -> None:
        """Asking for the wait leaves the window as it is."""
        limit = RateLimit(1, 10)
        assert limit.wait("a", 0) is None
        assert limit.hit("a", 0) is None
        assert limit.wait("a", 4) == 6

    def test_forgives(self) -> None:
        """A forgiven key starts with an empty window; an unknown one may be forgiven too."""
        limit = RateLimit(1, 10)
        limit.hit("a", 0)
        limit.forget("a")
        limit.forget("never seen")
        assert limit.hit("a", 0) is None

    def test_forgets_what_has_passed(self) -> None:
        """Keys whose windows have passed take no memory once somebody else is counted."""
        limit = RateLimit(5, 10)
        for key in "abc":
            limit.hit(key, 0)
        limit.hit("d", 10)
        assert len(limit) == 1

    def test_an_emptied_window_is_not_kept(self) -> None:
        """Looking at a key whose window has passed forgets it."""
        limit = RateLimit(5, 10)
        limit.hit("a", 0)
        assert limit.wait("a", 20) is None
        assert len(limit) == 0

    def test_memory_is_bounded(self) -> None:
        """With too many live keys the least recent one is forgotten, never the one just counted."""
        limit = RateLimit(1, 10, max_keys=2)
        limit.hit("a", 0)
        limit.hit("b", 1)
        limit.hit("c", 2)
        assert len(limit) == 2
        assert limit.wait("a", 2) is None
        assert limit.wait("b", 2) == 9
        assert limit.wait("c", 2) == 10

    @pytest.mark.parametrize(("limit", "per_seconds", "max_keys"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
    def test_senseless_limits_are_refused(self, limit: int, per_seconds: float, max_keys: int) -> None:
        """A limit that could let nobody through is a mistake of ours."""
        with pytest.raises(ValueError, match="must be positive"):
            RateLimit(limit, per_seconds, max_keys=max_keys)

    @given(steps=st.lists(st.floats(0, 5), max_size=60), limit=st.integers(1, 5))
    def test_never_more_than_the_limit_in_any_window(self, steps: list[float], limit: int) -> None:
        """Whatever the timing, no window holds more hits than the limit, and somebody patient is let through."""
        window = RateLimit(limit, 10)
        now, let_through = 0.0, []
        for step in steps:
            now += step
            if window.hit("a", now) is None:
                let_through.append(now)
        # A hit leaves the window at `now - 10`, rounded as the limiter rounds it.
        assert all(first <= last - 10 for first, last in zip(let_through, let_through[limit:], strict=False))
        assert all(first <= last for first, last in pairwise(let_through))


class TestMessageRate:
    def test_a_thread_is_limited(self) -> None:
        """Two visitors in one thread share its ten messages."""
        rate = MessageRate()
        for n in range(MESSAGES_PER_WINDOW):
            assert rate.hit(thread_id="t", visitor_id=f"v{n}", now=0) is None
        assert rate.hit(thread_id="t", visitor_id="another", now=0) == WINDOW_SECONDS

    def test_a_new_thread_evades_nothing(self) -> None:
        """A visitor who opens a thread for each message is limited all the same."""
        rate = MessageRate()
        for n in range(MESSAGES_PER_WINDOW):
            assert rate.hit(thread_id=f"t{n}", visitor_id="v", now=0) is None
        assert rate.hit(thread_id="another", visitor_id="v", now=0) == WINDOW_SECONDS

    def test_a_new_cookie_evades_little(self) -> None:
        """A client that throws its cookie away is limited by its address, generously."""
        rate = MessageRate()
        for n in range(MESSAGES_PER_ADDRESS):
            assert rate.hit(thread_id=f"t{n}", visitor_id=f"v{n}", address="203.0.113.9", now=0) is None
        assert rate.hit(thread_id="x", visitor_id="x", address="203.0.113.9", now=0) == WINDOW_SECONDS
        assert rate.hit(thread_id="y", visitor_id="y", address="203.0.113.10", now=0) is None

    def test_without_an_address_only_the_cookie_counts(self) -> None:
        """Where the address tells nobody apart, a hundred visitors may speak at once."""
        rate = MessageRate()
        assert all(
            rate.hit(thread_id=f"t{n}", visitor_id=f"v{n}", now=0) is None for n in range(MESSAGES_PER_ADDRESS + 1)
        )

    def test_a_refused_message_counts_nowhere(self) -> None:
        """What the thread's window refuses does not use up the visitor's."""
        rate = MessageRate()
        for n in range(MESSAGES_PER_WINDOW):
            rate.hit(thread_id="full", visitor_id=f"v{n}", now=0)
        for _ in range(MESSAGES_PER_WINDOW):
            assert rate.hit(thread_id="full", visitor_id="me", now=0) is not None
        assert rate.hit(thread_id="mine", visitor_id="me", now=0) is None

    def test_the_longest_wait_is_told(self) -> None:
        """With two full windows the wait satisfies both."""
        rate = MessageRate()
        for n in range(MESSAGES_PER_WINDOW):
            rate.hit(thread_id="t", visitor_id=f"v{n}", now=0)
        for n in range(MESSAGES_PER_WINDOW):
            rate.hit(thread_id=f"t{n}", visitor_id="v", now=4)
        assert rate.hit(thread_id="t", visitor_id="v", now=5) == 9


def test_one_address_holds_so_many_sockets_whoever_they_are() -> None:
    """A client that throws its cookie away gains no sockets; one that leaves makes room."""
    sockets = SocketCount(limit=5, per_address=2)
    sockets.enter("v1", "198.51.100.7")
    sockets.enter("v2", "198.51.100.7")
    with pytest.raises(TooManySockets):
        sockets.enter("v3", "198.51.100.7")
    sockets.enter("v3", "198.51.100.8")
    sockets.leave("v1", "198.51.100.7")
    sockets.enter("v4", "198.51.100.7")
