"""A change wakes those who watch it, once, and there is room for so many of them."""

from __future__ import annotations

import pytest

from app.errors import TooManySockets
from app.events.broadcast import Broadcast


def test_those_who_watch_a_key_are_woken() -> None:
    """A change wakes those who watch its key, and nobody else."""
    broadcast = Broadcast()
    with broadcast.watching("a") as first, broadcast.watching("a") as second, broadcast.watching("b") as other:
        broadcast.notify("a")
        assert first.is_set()
        assert second.is_set()
        assert not other.is_set()


def test_no_key_wakes_everybody() -> None:
    """Where anything may have been missed, everybody looks again."""
    broadcast = Broadcast()
    with broadcast.watching("a") as first, broadcast.watching() as other:
        broadcast.notify()
        assert first.is_set()
        assert other.is_set()


def test_a_change_that_nobody_watches_does_nothing() -> None:
    """A key that nobody watches changes unheard, also after its watchers have left; nothing is kept of it."""
    broadcast = Broadcast()
    with broadcast.watching("a"):
        assert list(broadcast) == ["a"]
    broadcast.notify("a")
    broadcast.notify()
    assert "a" not in broadcast


def test_watchers_are_limited() -> None:
    """There is room for so many watchers; who leaves makes room."""
    broadcast = Broadcast(max_watchers=2)
    leaving = broadcast.watching("a")
    leaving.__enter__()
    with broadcast.watching("b"):
        with pytest.raises(TooManySockets), broadcast.watching("one more"):
            pass
        leaving.__exit__(None, None, None)
        with broadcast.watching("now there is room"):
            pass
