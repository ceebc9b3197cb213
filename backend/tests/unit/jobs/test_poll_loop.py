"""Work is looked for again and again, at once when woken, and no failure ends that."""

from __future__ import annotations

import asyncio

import pytest

from app.jobs.poll_loop import PollLoop, end, running, wait


class Rests:
    """Rests that keep no time: each is noted, and ends at once until there have been enough."""

    def __init__(self, enough: int) -> None:
        self.taken: list[float] = []
        self.over = asyncio.Event()
        self._enough = enough

    async def __call__(self, event: asyncio.Event, seconds: float) -> None:
        self.taken.append(seconds)
        if len(self.taken) >= self._enough:
            self.over.set()
            await asyncio.Event().wait()


async def worked(rests: Rests, loop: PollLoop) -> list[float]:
    """Let a loop work until it has rested often enough."""
    async with running(loop.work()):
        await rests.over.wait()
    return rests.taken


async def test_the_look_says_how_long_to_rest() -> None:
    """A look may name its own pause; None is the usual one."""
    pauses = iter([None, 0.0, 7.5])

    async def look() -> float | None:
        return next(pauses)

    rests = Rests(3)
    assert await worked(rests, PollLoop(look, failed="not_done", seconds=60, wait=rests)) == [60, 0.0, 7.5]


async def test_a_failure_is_tried_again_after_its_own_pause(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever breaks, the loop goes on."""
    outcomes = iter([LookupError("gone"), None, LookupError("gone")])

    async def look() -> None:
        if error := next(outcomes):
            raise error

    rests = Rests(3)
    loop = PollLoop(look, failed="not_done", seconds=60, broken_seconds=5, wait=rests)
    assert await worked(rests, loop) == [5, 60, 5]


async def test_a_wake_up_during_a_look_is_not_lost() -> None:
    """The next look follows at once, however long the pause would be."""
    looks = 0
    looked_again = asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            loop.wake()
        else:
            looked_again.set()

    loop = PollLoop(look, failed="not_done", seconds=3_600)
    async with running(loop.work()), asyncio.timeout(20):
        await looked_again.wait()


async def test_waiting_ends_by_itself() -> None:
    """Nobody has to set the event."""
    await wait(asyncio.Event(), 0)


async def test_ending_waits_for_what_still_tidies_up() -> None:
    """A task that is cancelled may take its time, and even break; then it is over."""
    tidied = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.set()
            raise LookupError

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await end(task)
    assert tidied.is_set()
