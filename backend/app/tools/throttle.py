"""Throttle: how fast one API is called. Pure; the clock is handed in."""

from __future__ import annotations

from typing import Final

BURST_SECONDS: Final = 1.0  # a second's worth may go at once after a quiet while


class Throttle:
    """Spreads requests to at most `per_second` on average; a quiet second saves up that second's worth, no more."""

    def __init__(self, per_second: float) -> None:
        """Take the rate; ValueError where it is not positive."""
        if per_second <= 0:
            raise ValueError("per_second must be positive")
        self._gap = 1 / per_second
        self._next = float("-inf")  # when the request after the last one would be due

    def reserve(self, now: float, *, patience: float) -> float | None:
        """Take the next place and return the seconds until it is due; None, and no place, where that is too long."""
        due = max(self._next, now - max(BURST_SECONDS - self._gap, 0.0))
        wait = max(0.0, due - now)
        if wait > patience:
            return None
        self._next = due + self._gap
        return wait
