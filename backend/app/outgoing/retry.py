"""Retry with exponential back-off and jitter: for reads, for what was not sent, and with an idempotency key.

The last result stands, whatever it is; nothing is raised that the attempt itself did not raise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Generic, TypeVar

import tenacity

ATTEMPTS: Final = 3  # one hiccup and one restart; what fails three times is down
FIRST_PAUSE_SECONDS: Final = 0.2  # most hiccups are over by then
LONGEST_PAUSE_SECONDS: Final = 3.0  # somebody waits in a chat; a target that asks for more is not tried again
PATIENCE_SECONDS: Final = 20.0  # no attempt begins later than this, however many are left

T = TypeVar("T")


@dataclass(frozen=True)
class Tried(Generic[T]):
    """The last result, and how often it was tried again before that."""

    result: T
    retries: int


class Retry:
    """Calls again while the result says that it is worth it, at most so often and so long.

    `sleep` is handed in so that tests need not wait; `attempts=1` switches it off.
    """

    def __init__(
        self,
        *,
        attempts: int = ATTEMPTS,
        first_pause: float = FIRST_PAUSE_SECONDS,
        longest_pause: float = LONGEST_PAUSE_SECONDS,
        patience: float = PATIENCE_SECONDS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the limits in seconds."""
        self._stop = tenacity.stop_after_attempt(attempts) | tenacity.stop_after_delay(patience)
        self._backoff = tenacity.wait_exponential_jitter(multiplier=first_pause, max=longest_pause, jitter=first_pause)
        self._longest_pause = longest_pause
        self._sleep = sleep

    async def call(self, attempt: Callable[[], Awaitable[T]], *, again_after: Callable[[T], float | None]) -> Tried[T]:
        """Return the first result that is final.

        `again_after` looks at a result: None means that it is final, a number is the least pause in seconds before
        the next attempt. More than the longest pause is final as well.
        """
        tried = 0

        async def counted() -> T:
            nonlocal tried
            tried += 1
            return await attempt()

        def worth_it(result: T) -> bool:
            least = again_after(result)
            return least is not None and least <= self._longest_pause

        def pause(state: tenacity.RetryCallState) -> float:
            least = again_after(state.outcome.result()) if state.outcome else None
            return max(least or 0.0, self._backoff(state))

        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=self._stop,
            wait=pause,
            retry=tenacity.retry_if_result(worth_it),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        result: T = await retrying(counted)
        return Tried(result, tried - 1)


def retry_after_seconds(value: str | None, *, now: datetime | None = None) -> float:
    """Read a Retry-After header, in seconds or as a date; 0.0 where there is none that can be read."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
