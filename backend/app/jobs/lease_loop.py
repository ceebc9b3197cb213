"""Lease loop: claims jobs, runs several at once, renews their leases, and gives back what it does not end.

A replica that stops renewing loses its jobs to the next one. On this side a job whose lease is lost is cancelled, also
where the database could not be asked for as long as a lease lasts: by then another replica may have it. The tables, and
what shows that an owner is dead, belong to the `Leases` that the loop is made for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

import structlog

from app.jobs.poll_loop import PollLoop, Wait, end, running, wait

RENEWALS: Final = 3  # per lease, so that one missed renewal does no harm

log = structlog.get_logger(__name__)

KeyT = TypeVar("KeyT", bound=Hashable)
JobT = TypeVar("JobT")


@dataclass(kw_only=True, eq=False)
class Lease(Generic[JobT]):
    """A job that runs here; `renewed_at` is on the loop's clock, in seconds.

    Whoever sets `stopping` asks the job to end early by itself. A job that is `over` is only being recorded, and is
    cancelled no more.
    """

    job: JobT
    renewed_at: float
    stopping: bool = False
    over: bool = False
    task: asyncio.Task[None] | None = None

    def cancel(self) -> bool:
        """Cut the job off; False where it is over."""
        return self.task is not None and not self.over and self.task.cancel()


class Leases(Protocol[KeyT, JobT]):
    """Where jobs wait, and whose each is."""

    def key_of(self, job: JobT, /) -> KeyT:
        """Return what names a job among those that run."""

    async def claim(self) -> tuple[JobT | None, bool]:
        """Claim the next job that waits, or that a dead owner left, if any; and say whether more may wait."""

    async def renew(self, keys: Collection[KeyT], /) -> Collection[KeyT]:
        """Lengthen these leases and return those that are still ours."""

    async def release(self, keys: Collection[KeyT], /) -> None:
        """Give these jobs back, for another to go on with at once."""

    async def run(self, lease: Lease[JobT], /) -> None:
        """Work on a job until it is over and recorded."""


async def _nothing() -> None:
    pass


class LeaseLoop(Generic[KeyT, JobT]):
    """This replica's share of one kind of job."""

    def __init__(
        self,
        leases: Leases[KeyT, JobT],
        *,
        name: str,
        at_once: int,
        lease_seconds: float,
        poll_seconds: float,
        drain: Callable[[], Awaitable[None]] = _nothing,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = wait,
    ) -> None:
        """Run up to `at_once` jobs; look for more every `poll_seconds`, after each end, and when woken.

        `drain` waits for what must not be cut off when the loop is told to end. `name` is the jobs', for the log.
        """
        self.running: dict[KeyT, Lease[JobT]] = {}
        self._leases = leases
        self._name, self._not_released = name, f"{name}_not_released"
        self._at_once = at_once
        self._lease_seconds = lease_seconds
        self._drain = drain
        self._clock = clock
        self._claiming = PollLoop(self._claim, failed=f"{name}_not_claimed", seconds=poll_seconds, wait=wait)
        self._renewing = PollLoop(
            self._renew, failed=f"{name}_not_renewed", seconds=lease_seconds / RENEWALS, wait=wait
        )

    def wake(self) -> None:
        """Look for jobs at once."""
        self._claiming.wake()

    async def work(self, lost: asyncio.Event | None = None) -> None:
        """Work until cancelled, or until `lost` says that our claims hold no more; then give back what runs.

        Cancelled, it lets `drain` end first, and renews meanwhile.
        """
        try:
            async with running(self._renewing.work()):
                try:
                    async with running(self._claiming.work()):
                        await (lost or asyncio.Event()).wait()
                except asyncio.CancelledError:
                    await self._drain()
                    raise
        finally:
            await self._give_back()

    async def _claim(self) -> None:
        while len(self.running) < self._at_once:
            asked_at = self._clock()
            job, more = await self._leases.claim()
            if job is not None:
                self._start(Lease(job=job, renewed_at=asked_at))
            if not more:
                return

    def _start(self, lease: Lease[JobT]) -> None:
        key = self._leases.key_of(lease.job)
        self.running[key] = lease
        lease.task = asyncio.create_task(self._leases.run(lease))
        lease.task.add_done_callback(lambda task: self._ended(key, lease, task))

    def _ended(self, key: KeyT, lease: Lease[JobT], task: asyncio.Task[None]) -> None:
        if self.running.get(key) is lease:
            del self.running[key]
        if not task.cancelled() and (error := task.exception()):
            # It could not even be recorded. The job stays ours until the lease runs out, then it runs again.
            log.error("job_not_recorded", job=self._name, exc_info=error)
        self._claiming.wake()

    async def _renew(self) -> None:
        held, asked_at = dict(self.running), self._clock()
        if not held:
            return
        try:
            ours = await self._leases.renew(held.keys())
        except Exception:
            self._cancel(lease for lease in held.values() if asked_at - lease.renewed_at >= self._lease_seconds)
            raise
        for key in ours:
            held.pop(key).renewed_at = asked_at
        self._cancel(held.values())

    def _cancel(self, lost: Iterable[Lease[JobT]]) -> None:
        for lease in lost:
            if lease.cancel():
                log.info("lease_lost", job=self._name)

    async def _give_back(self) -> None:
        held = dict(self.running)
        await end(*(lease.task for lease in held.values() if lease.task is not None))
        try:
            await self._leases.release(held.keys())
        except Exception as error:  # noqa: BLE001  # without it the leases run out, a little later
            log.warning(self._not_released, reason=str(error))
