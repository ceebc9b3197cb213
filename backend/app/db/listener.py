"""Replica connection: one connection with the advisory lock that shows that a replica lives, and its notifications.

Its loss frees the lock at once, so others take the replica's work over; `lost` is set for the replica to see it too.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from app.db import turns
from app.db.pool import prepare

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

EVENTS_CHANNEL: Final = "smart_support_events"  # a conversation has a new event
CANCEL_CHANNEL: Final = "smart_support_cancel"  # a customer wants a turn stopped

MAX_WORKER_ID: Final = 2**31 - 1  # what an advisory lock's second number holds


class ReplicaConnection:
    """Who we are among the replicas. `id` holds while the connection does: a new connection, a new id."""

    def __init__(self) -> None:
        """Begin with an id that no lock stands behind yet."""
        self.id = 0
        self.lost = asyncio.Event()
        self.is_connected = False

    @asynccontextmanager
    async def connected(self, dsn: str, channels: Mapping[str, Callable[[str], None]]) -> AsyncIterator[None]:
        """Hold the lock and listen, until the connection is lost or the block ends."""
        connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
        try:
            await prepare(connection)
            self.lost.clear()
            self.id = await _take_worker_id(connection)
            connection.add_termination_listener(self._on_loss)
            for channel, listener in channels.items():
                await connection.add_listener(channel, _payload_of(listener))
            self.is_connected = True
            yield
        finally:
            self.is_connected = False
            await connection.close(timeout=2)

    def _on_loss(self, _connection: object) -> None:
        self.is_connected = False
        self.lost.set()


async def _take_worker_id(connection: asyncpg.Connection[Any]) -> int:
    while True:
        worker = secrets.randbelow(MAX_WORKER_ID) + 1
        if await turns.hold_worker_lock(connection, worker=worker):
            return worker


def _payload_of(listener: Callable[[str], None]) -> Callable[..., None]:
    def on_notify(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        listener(str(payload))

    return on_notify
