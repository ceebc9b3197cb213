"""Event relay: passes on what other replicas have stored to those who watch the conversation on this one.

It is notified of each event by number and reads it from the log. What happened while its connection was lost,
it reads anew when asked to; a subscription gets no event twice.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Final

from app.db import events
from app.events.tracker import frame_of
from app.jobs.poll_loop import PollLoop

if TYPE_CHECKING:
    from datetime import datetime

    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.events.subscriptions import Subscriptions

RETRY_SECONDS: Final = 1.0  # before an event is read again that could not be read


class EventRelay:
    """The events of other replicas, on their way to this one's subscriptions."""

    def __init__(self, *, pool: Pool, replica: ReplicaConnection, subscriptions: Subscriptions) -> None:
        """Relay whatever `replica` did not store itself."""
        self._pool = pool
        self._replica = replica
        self._subscriptions = subscriptions
        self._waiting: deque[tuple[str, int]] = deque()
        self._loop = PollLoop(self._relay, failed="events_not_relayed", seconds=RETRY_SECONDS)

    async def work(self) -> None:
        """Relay until cancelled."""
        await self._loop.work()

    def on_notify(self, payload: str) -> None:
        """Take note of an event that some replica has stored; events that nobody watches here are passed over."""
        event = json.loads(payload)
        if event["worker"] != self._replica.id and self._subscriptions.is_watched(event["thread_id"]):
            self._waiting.append((event["thread_id"], event["seq"]))
            self._loop.wake()

    async def publish_since(self, at: datetime) -> None:
        """Publish every event since then of the conversations that are watched here."""
        for thread_id in self._subscriptions.watched_threads():
            async with self._pool.acquire() as connection:
                missed = await events.since(connection, thread_id=thread_id, at=at)
            for event in missed:
                self._subscriptions.publish(frame_of(event))

    async def _relay(self) -> None:
        while self._waiting:
            thread_id, seq = self._waiting[0]
            async with self._pool.acquire() as connection:
                for event in await events.page(connection, thread_id=thread_id, after=seq - 1, limit=1):
                    self._subscriptions.publish(frame_of(event))
            self._waiting.popleft()
