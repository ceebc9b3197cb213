"""Lease-based turn runner. One turn per thread at a time; a replica that stops renewing loses its turns to the next.

A replica lives while it holds its own advisory lock. Where the connection with that lock is lost, its turns are cut off
at once, since others may claim them, and it connects anew; what was stored elsewhere meanwhile is then published here.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import structlog

from app.db import listener, turns
from app.jobs.lease_loop import LeaseLoop
from app.jobs.poll_loop import PollLoop, running

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from uuid import UUID

    from app.actions.consent import ConsentService
    from app.actions.ledger import Ledger
    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.db.turns import Turn
    from app.events.relay import EventRelay
    from app.jobs.lease_loop import Lease
    from app.turns.executor import TurnExecutor

MAX_RUNNING: Final = 64  # turns at once on a replica: mostly waiting for models; beyond it they queue in the database
POLL_SECONDS: Final = 1.0  # how soon an expired approval or a dead replica's turn is seen without a notification
UNNOTICED: Final = timedelta(seconds=30)  # a connection may be dead for so long before anybody notices
RECONNECT_SECONDS: Final = 1.0  # between attempts to reach the database again

log = structlog.get_logger(__name__)


class TurnWorker:
    """This replica's share of the turns."""

    def __init__(
        self,
        *,
        pool: Pool,
        dsn: str,
        replica: ReplicaConnection,
        executor: TurnExecutor,
        relay: EventRelay,
        ledger: Ledger,
        consent: ConsentService,
        lease_seconds: float,
        channels: Mapping[str, Callable[[str], None]] = MappingProxyType({}),
    ) -> None:
        """Leases last `lease_seconds`; `channels` are further ones to listen to on this replica's connection."""
        self._pool = pool
        self._dsn = dsn
        self._replica = replica
        self._executor = executor
        self._relay = relay
        self._ledger = ledger
        self._consent = consent
        self._lease_seconds = lease_seconds
        self.loop: LeaseLoop[UUID, Turn] = LeaseLoop(
            self,
            name="turns",
            at_once=MAX_RUNNING,
            lease_seconds=lease_seconds,
            poll_seconds=POLL_SECONDS,
            drain=ledger.drain,  # while our lock still keeps others from our turns, and from what is being sent
        )
        self._expiring = PollLoop(self._expire, failed="approvals_not_expired", seconds=POLL_SECONDS)
        self._channels = {
            turns.TURNS_CHANNEL: lambda _: self.loop.wake(),
            listener.CANCEL_CHANNEL: self._on_cancel,
            listener.EVENTS_CHANNEL: relay.on_notify,
            **channels,
        }

    async def work(self) -> None:
        """Run turns until cancelled, through losses of the database."""
        lost_at: datetime | None = None
        before = 0
        while True:
            try:
                async with self._replica.connected(self._dsn, self._channels):
                    if lost_at is not None:
                        await self._release(before)  # cut off here, not died: it counts as no takeover
                        await self._relay.publish_since(lost_at)
                        lost_at = None
                    async with running(self._expiring.work(), self._relay.work()):
                        await self.loop.work(lost=self._replica.lost)
            except Exception as error:  # noqa: BLE001  # a driver has many words for a database that is gone
                log.warning("database_unreachable", reason=str(error))
            before = self._replica.id
            lost_at = lost_at or datetime.now(UTC) - UNNOTICED
            await asyncio.sleep(RECONNECT_SECONDS)

    async def stop(self) -> None:
        """Wait for what is still being sent; the turns were given back when `work` was cancelled."""
        await self._ledger.drain()

    def key_of(self, turn: Turn) -> UUID:
        """Return the turn's id."""
        return turn.id

    async def claim(self) -> tuple[Turn | None, bool]:
        """Claim the oldest turn that may run, if any; and say whether others wait."""
        async with self._pool.acquire() as connection:
            turn = await turns.claim(connection, worker=self._replica.id, lease_seconds=self._lease_seconds)
        return turn, turn is not None and turn.others_wait

    async def renew(self, keys: Collection[UUID]) -> Collection[UUID]:
        """Lengthen the leases of these turns and return those that are still ours."""
        async with self._pool.acquire() as connection:
            return await turns.renew(
                connection, worker=self._replica.id, turn_ids=keys, lease_seconds=self._lease_seconds
            )

    async def release(self, _: Collection[UUID]) -> None:
        """Give every turn of ours back, also one whose claim was cut off before it came back."""
        await self._release(self._replica.id)

    async def _release(self, worker: int) -> None:
        async with self._pool.acquire() as connection:
            await turns.release(connection, worker=worker)

    async def run(self, lease: Lease[Turn]) -> None:
        """Run a turn to its end."""
        await self._executor.run(lease)

    async def _expire(self) -> None:
        if await self._consent.expire_due():
            self.loop.wake()

    def _on_cancel(self, thread_id: str) -> None:
        for lease in self.loop.running.values():
            if lease.job.thread_id == thread_id:
                self._executor.stop(lease)
