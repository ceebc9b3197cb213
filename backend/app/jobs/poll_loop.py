"""Poll loop: looks for work now and then, and at once when woken, through losses of the database.

A look that fails is logged and tried again after a pause, so a loop ends by cancellation alone. Wake-ups that come
during a look are not lost: they are one, and the next look follows at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from contextlib import AsyncExitStack

log = structlog.get_logger(__name__)

Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Waits for an event, but at most so many seconds; tests hand in one that keeps no time."""


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # not wait_for: on 3.11 it may swallow a cancellation
            await event.wait()


class PollLoop:
    """One piece of background work, looked for again and again."""

    def __init__(
        self,
        look: Callable[[], Awaitable[float | None]],
        *,
        failed: str,
        seconds: float,
        broken_seconds: float | None = None,
        wait: Wait = wait,
    ) -> None:
        """`look` does what there is to do and returns the seconds until the next look; None for the usual `seconds`.

        Its failures are logged as the event `failed`; the next look comes after `broken_seconds`, or the usual ones.
        """
        self._look = look
        self._failed = failed
        self._seconds = seconds
        self._broken_seconds = seconds if broken_seconds is None else broken_seconds
        self._wait = wait
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at once: there is something to do."""
        self._woken.set()

    async def work(self) -> None:
        """Look until cancelled; of failures in a row the first is logged in full."""
        broken = False
        while True:
            self._woken.clear()
            try:
                pause, broken = await self._look(), False
            except Exception as error:  # whatever broke, the next look begins where the last commit ended
                log.warning(self._failed, reason=str(error), exc_info=None if broken else error)
                pause, broken = self._broken_seconds, True
            await self._wait(self._woken, self._seconds if pause is None else pause)


@asynccontextmanager
async def running(*work: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Run these beside the block, and end them with it."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        await end(*tasks)


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they are over, however they end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def keep_running(stack: AsyncExitStack, work: Coroutine[Any, Any, None], *, name: str) -> None:
    """Run this beside everything else until the stack closes; should it break, that is logged in full."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_end)
    stack.push_async_callback(end, task)


def _log_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("background_task_broke", task=task.get_name(), exc_info=error)
