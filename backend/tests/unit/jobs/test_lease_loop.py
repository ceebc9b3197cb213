"""Jobs are claimed, renewed while they run, cut off when they are lost, and given back when the loop ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.jobs.lease_loop import Lease, LeaseLoop
from app.jobs.poll_loop import end

PATIENCE_SECONDS = 20.0  # only a broken loop takes so long


@dataclass
class FakeLeases:
    """Jobs that are named by their words, and run until a test lets them end."""

    waiting: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    began: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)
    renewals: list[list[str]] = field(default_factory=list)
    released: list[list[str]] = field(default_factory=list)
    gone: Exception | None = None
    """What a database that is gone raises."""
    breaks: Exception | None = None
    """What a job raises that cannot be recorded."""

    def key_of(self, job: str, /) -> str:
        return job

    async def claim(self) -> tuple[str | None, bool]:
        if self.gone:
            raise self.gone
        return (self.waiting.pop(0), bool(self.waiting)) if self.waiting else (None, False)

    async def renew(self, keys: Collection[str], /) -> Collection[str]:
        self.renewals.append(list(keys))
        if self.gone:
            raise self.gone
        return set(keys) - self.lost

    async def release(self, keys: Collection[str], /) -> None:
        if self.gone:
            raise self.gone
        self.released.append(list(keys))

    async def run(self, lease: Lease[str], /) -> None:
        self.began.append(lease.job)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cut_off.append(lease.job)
            raise
        if self.breaks:
            raise self.breaks
        self.ended.append(lease.job)


class Time:
    """A clock that stands still until a test moves it on; whatever rests meanwhile rests so long."""

    def __init__(self) -> None:
        self.now = 0.0
        self._moved = asyncio.Condition()

    def clock(self) -> float:
        return self.now

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        until = self.now + seconds
        woken = asyncio.create_task(event.wait())
        async with self._moved:
            waking = asyncio.create_task(self._moved.wait_for(lambda: self.now >= until))
        try:
            await asyncio.wait({woken, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(woken, waking)

    async def passes(self, seconds: float) -> None:
        """Move on, and let everybody see it."""
        async with self._moved:
            self.now += seconds
            self._moved.notify_all()


async def until(fact: Callable[[], object]) -> None:
    """Let the loop go on until a fact holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not fact():  # noqa: ASYNC110  # what is waited for is the loop's own next steps
            await asyncio.sleep(0)


def loop_of(leases: FakeLeases, time: Time, **more: object) -> LeaseLoop[str, str]:
    settings = {"name": "jobs", "at_once": 2, "lease_seconds": 15, "poll_seconds": 1, **more}
    return LeaseLoop(leases, clock=time.clock, wait=time.wait, **settings)  # type: ignore[arg-type]


@asynccontextmanager
async def working(loop: LeaseLoop[str, str], lost: asyncio.Event | None = None) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(loop.work(lost))
    try:
        yield task
    finally:
        await end(task)


class TestClaims:
    async def test_only_so_many_jobs_run_at_once(self) -> None:
        """What there is no room for waits; an end makes room at once."""
        leases = FakeLeases(waiting=["a", "b", "c"])
        async with working(loop_of(leases, Time())):
            await until(lambda: leases.began == ["a", "b"])
            assert leases.waiting == ["c"]
            leases.gate.set()
            await until(lambda: leases.ended == ["a", "b", "c"])

    async def test_a_wake_up_finds_new_work_at_once(self) -> None:
        """Nothing waits for the next look."""
        leases = FakeLeases()
        loop = loop_of(leases, Time())
        async with working(loop):
            await asyncio.sleep(0)
            leases.waiting.append("a")
            loop.wake()
            await until(lambda: leases.began == ["a"])

    async def test_what_nobody_tells_of_is_found_by_looking(self) -> None:
        """A dead replica tells nobody that its job is free."""
        leases, time = FakeLeases(), Time()
        async with working(loop_of(leases, time)):
            await asyncio.sleep(0)
            leases.waiting.append("a")
            await _rounds(time, lambda: leases.began == ["a"])

    async def test_a_database_that_comes_back_finds_the_loop_at_work(self) -> None:
        """A failed look is tried again."""
        leases, time = FakeLeases(waiting=["a"], gone=OSError("gone")), Time()
        async with working(loop_of(leases, time)):
            await asyncio.sleep(0)
            leases.gone = None
            await _rounds(time, lambda: leases.began == ["a"])

    async def test_a_job_that_cannot_be_recorded_harms_no_other(self) -> None:
        """It is logged, and the next one begins."""
        leases = FakeLeases(waiting=["a"], breaks=LookupError("broken"))
        leases.gate.set()
        loop = loop_of(leases, Time())
        async with working(loop):
            await until(lambda: leases.began == ["a"] and not loop.running)
            leases.breaks = None
            leases.waiting.append("b")
            loop.wake()
            await until(lambda: leases.ended == ["b"])


class TestRenewals:
    async def test_what_runs_is_renewed(self) -> None:
        """Several times within a lease; what has ended is not."""
        leases, time = FakeLeases(waiting=["a"]), Time()
        async with working(loop_of(leases, time)):
            await until(lambda: leases.began)
            await _rounds(time, lambda: len(leases.renewals) >= 3)
            assert time.now <= 15 + 1
            leases.gate.set()
            await until(lambda: leases.ended == ["a"])
            renewed = len(leases.renewals)
            for _ in range(20):
                await time.passes(1)
                await asyncio.sleep(0)
            assert leases.renewals[renewed:] == []
        assert leases.cut_off == []

    async def test_a_lost_job_is_cut_off(self) -> None:
        """Another replica has it: whatever is done here would be done twice."""
        leases, time = FakeLeases(waiting=["a", "b"], lost={"a"}), Time()
        async with working(loop_of(leases, time)):
            await until(lambda: len(leases.began) == 2)
            await _rounds(time, lambda: leases.cut_off == ["a"])
            leases.gate.set()
            await until(lambda: leases.ended == ["b"])

    async def test_a_lost_job_that_is_over_is_left_to_its_end(self) -> None:
        """Its end is being recorded, which says by itself whose it was."""
        leases, time = FakeLeases(waiting=["a"], lost={"a"}), Time()
        loop = loop_of(leases, time)
        async with working(loop):
            await until(lambda: leases.began)
            loop.running["a"].over = True
            await _rounds(time, lambda: len(leases.renewals) >= 2)
            leases.gate.set()
            await until(lambda: leases.ended == ["a"])

    async def test_what_could_not_be_renewed_for_a_whole_lease_is_cut_off(self) -> None:
        """By then another replica may have it; a failure before that does no harm."""
        leases, time = FakeLeases(waiting=["a"]), Time()
        async with working(loop_of(leases, time)):
            await until(lambda: leases.began)
            leases.gone = OSError("gone")
            await _rounds(time, lambda: len(leases.renewals) >= 2)
            assert leases.cut_off == []
            await _rounds(time, lambda: leases.cut_off == ["a"])
            assert time.now >= 15


class TestEnd:
    async def test_what_runs_is_given_back(self) -> None:
        """A loop that is told to end cuts its jobs off and lets another go on with them at once."""
        leases = FakeLeases(waiting=["a", "b"])
        loop = loop_of(leases, Time())
        async with working(loop):
            await until(lambda: len(leases.began) == 2)
        assert sorted(leases.cut_off) == ["a", "b"]
        assert [sorted(keys) for keys in leases.released] == [["a", "b"]]
        assert not loop.running

    async def test_what_must_not_be_cut_off_ends_first(self) -> None:
        """The leases are renewed until then."""
        leases, time, drained = FakeLeases(waiting=["a"]), Time(), asyncio.Event()

        async def drain() -> None:
            await drained.wait()

        loop = loop_of(leases, time, drain=drain)
        task = asyncio.create_task(loop.work())
        await until(lambda: leases.began)
        task.cancel()
        await _rounds(time, lambda: leases.renewals)
        assert leases.cut_off == []
        assert leases.released == []
        drained.set()
        await end(task)
        assert leases.released == [["a"]]

    async def test_jobs_end_at_once_where_the_claim_to_them_is_lost(self) -> None:
        """Nothing is waited for: others may take them over at any moment."""
        leases, lost = FakeLeases(waiting=["a"]), asyncio.Event()

        async def never() -> None:
            await asyncio.Event().wait()

        async with working(loop_of(leases, Time(), drain=never), lost) as task:
            await until(lambda: leases.began)
            lost.set()
            async with asyncio.timeout(PATIENCE_SECONDS):
                await task
        assert leases.cut_off == ["a"]

    async def test_a_database_that_is_gone_does_not_hold_the_end_up(self) -> None:
        """The leases run out by themselves."""
        leases = FakeLeases(waiting=["a"])
        async with working(loop_of(leases, Time())) as task:
            await until(lambda: leases.began)
            leases.gone = OSError("gone")
        assert task.cancelled()


async def _rounds(time: Time, fact: Callable[[], object]) -> None:
    """Let second after second pass until a fact holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not fact():
            await time.passes(1)
            for _ in range(20):
                await asyncio.sleep(0)
