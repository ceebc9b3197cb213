"""Rate limits: sliding windows per key, in memory and per replica, with the clock handed in.

What is refused is not counted, so waiting as long as the answer says is enough.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import Final

from app.errors import TooManySockets
from app.protocol import MAX_SOCKETS_PER_VISITOR, MESSAGES_PER_WINDOW, WINDOW_SECONDS

MAX_KEYS: Final = 50_000  # about 20 MB of windows at worst: whoever invents keys can't fill the memory
MESSAGES_PER_ADDRESS: Final = 300  # an office behind one address; stops a client that throws its cookie away

MAX_SOCKETS_PER_ADDRESS: Final = 200  # an office behind one address, per replica; nginx has a limit for all of them


class RateLimit:
    """At most `limit` hits a key in any `per_seconds`; what is refused does not count."""

    def __init__(self, limit: int, per_seconds: float, *, max_keys: int = MAX_KEYS) -> None:
        if limit < 1 or per_seconds <= 0 or max_keys < 1:
            raise ValueError("limit, per_seconds and max_keys must be positive")
        self._limit = limit
        self._per_seconds = per_seconds
        self._max_keys = max_keys
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._hits)

    def hit(self, key: str, now: float) -> float | None:
        """Count one hit and return None, or count nothing and return the seconds to wait."""
        wait = self.wait(key, now)
        if wait is None:
            self._hits.setdefault(key, deque()).append(now)
            self._hits.move_to_end(key)
            self._forget(now)
        return wait

    def wait(self, key: str, now: float) -> float | None:
        """Return how long `key` has to wait for its next hit, None where it need not; counts nothing."""
        hits = self._hits.get(key)
        if hits is None:
            return None
        while hits and hits[0] <= now - self._per_seconds:
            hits.popleft()
        if not hits:
            del self._hits[key]
            return None
        return hits[0] + self._per_seconds - now if len(hits) >= self._limit else None

    def forget(self, key: str) -> None:
        """Forgive what `key` has done so far."""
        self._hits.pop(key, None)

    def _forget(self, now: float) -> None:
        """Drop keys whose windows have passed, and the least recent ones where there are too many.

        Keys stand in the order of their last hit, so the first one that still counts ends the search.
        """
        while self._hits:
            hits = next(iter(self._hits.values()))
            if hits[-1] > now - self._per_seconds and len(self._hits) <= self._max_keys:
                return
            self._hits.popitem(last=False)


class MessageRate:
    """Ten messages in ten seconds, per conversation and per client, so that a new thread id evades nothing."""

    def __init__(self) -> None:
        self._threads = RateLimit(MESSAGES_PER_WINDOW, WINDOW_SECONDS)
        self._visitors = RateLimit(MESSAGES_PER_WINDOW, WINDOW_SECONDS)
        self._addresses = RateLimit(MESSAGES_PER_ADDRESS, WINDOW_SECONDS)

    def hit(self, *, thread_id: str, visitor_id: str, now: float, address: str | None = None) -> float | None:
        """Count one message in every window and return None, or count it in none and return the seconds to wait.

        `address` is left out where it does not tell clients apart: on loopback, where a proxy may stand.
        """
        windows = [(self._threads, thread_id), (self._visitors, visitor_id)]
        if address is not None:
            windows.append((self._addresses, address))
        waits = [wait for limit, key in windows if (wait := limit.wait(key, now)) is not None]
        if waits:
            return max(waits)
        for limit, key in windows:
            limit.hit(key, now)
        return None


class SocketCount:
    """How many sockets each visitor holds, and each address that tells clients apart, on this replica."""

    def __init__(self, limit: int = MAX_SOCKETS_PER_VISITOR, per_address: int = MAX_SOCKETS_PER_ADDRESS) -> None:
        """Allow `limit` per visitor and `per_address` per address."""
        self._limit = limit
        self._per_address = per_address
        self._open: Counter[str] = Counter()
        self._of_address: Counter[str] = Counter()

    def enter(self, visitor_id: str, address: str | None = None) -> None:
        """Count a socket in; raises `TooManySockets`."""
        full = self._open[visitor_id] >= self._limit
        if full or (address is not None and self._of_address[address] >= self._per_address):
            raise TooManySockets
        self._open[visitor_id] += 1
        if address is not None:
            self._of_address[address] += 1

    def leave(self, visitor_id: str, address: str | None = None) -> None:
        """Count a socket out."""
        _count_out(self._open, visitor_id)
        if address is not None:
            _count_out(self._of_address, address)


def _count_out(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
