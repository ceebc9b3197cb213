"""Keyed, bounded broadcast: wakes whoever watches what has just changed, on whichever replica that was.

It carries no content: a woken watcher looks for itself, so wake-ups that nobody has answered yet are one and none
can be lost by being late. Beyond the limit a new watcher is refused, and those who watch already stay.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.errors import TooManySockets

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WATCHERS: Final = 1_000  # per replica: each is an open answer, and all may look into the database at once


class Broadcast:
    """Watchers by key; those of one key are woken together."""

    def __init__(self, max_watchers: int = MAX_WATCHERS) -> None:
        """Refuse a watcher beyond `max_watchers`, counted over all keys."""
        self._max_watchers = max_watchers
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._count = 0

    def __contains__(self, key: str) -> bool:
        """Return whether somebody watches `key`."""
        return key in self._watchers

    def __iter__(self) -> Iterator[str]:
        """Go through the keys that somebody watches."""
        return iter(self._watchers)

    def notify(self, key: str | None = None) -> None:
        """Wake those who watch `key`; None wakes all, for when anything may have been missed."""
        for one in [key] if key is not None else list(self._watchers):
            for watcher in self._watchers.get(one, ()):
                watcher.set()

    @contextmanager
    def watching(self, key: str = "") -> Iterator[asyncio.Event]:
        """Watch inside the block: the event is set at every change, and cleared by the watcher before it looks.

        Raises `TooManySockets` at the limit.
        """
        if self._count >= self._max_watchers:
            raise TooManySockets
        changed = asyncio.Event()
        self._watchers[key].add(changed)
        self._count += 1
        try:
            yield changed
        finally:
            self._count -= 1
            self._watchers[key].discard(changed)
            if not self._watchers[key]:
                del self._watchers[key]
