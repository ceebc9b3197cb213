"""Who watches an import here, and how they hear that it changed, on whichever replica."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from app.errors import TooManySockets

MAX_WATCHERS: Final = 200  # open progress streams on a replica; a page has one


class News:
    """Wakes those who watch an import."""

    def __init__(self) -> None:
        """Begin with nobody watching."""
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._count = 0

    def heard(self, job_id: str) -> None:
        """Wake those who watch this import; nothing named wakes all, since anything may have been missed."""
        woken = self._watchers.get(job_id, ()) if job_id else [one for many in self._watchers.values() for one in many]
        for watcher in woken:
            watcher.set()

    @contextmanager
    def watching(self, job_id: str) -> Iterator[asyncio.Event]:
        """Watch an import inside the block: the event is set at every change. Raises `TooManySockets`."""
        if self._count >= MAX_WATCHERS:
            raise TooManySockets
        changed = asyncio.Event()
        self._watchers[job_id].add(changed)
        self._count += 1
        try:
            yield changed
        finally:
            self._count -= 1
            self._watchers[job_id].discard(changed)
            if not self._watchers[job_id]:
                del self._watchers[job_id]
