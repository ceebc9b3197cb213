"""Tracker of conversations: records each event with what it changes in the conversation, then publishes it.

An event is stored before anybody sees it, so replay can never lack something that was seen.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, assert_never, cast

from app.db import conversations, deliveries, events, turns
from app.db.events import NewEvent
from app.db.listener import EVENTS_CHANNEL
from app.errors import TurnLost
from app.events.frame_table import FRAMES
from app.protocol import SERVER_FRAMES
from app.records import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from uuid import UUID

    from app.db.events import Event
    from app.db.listener import ReplicaConnection
    from app.db.pool import Connection, Pool
    from app.db.turns import TurnLease
    from app.events.subscriptions import Subscriptions
    from app.protocol import ServerFrame

ESCALATED_DELIVERY: Final = "conversation.escalated"


class Recording:
    """One transaction that stores events along with what caused them; they are published when it commits."""

    def __init__(
        self, *, connection: Connection, replica: ReplicaConnection, webhook: bool, lease: TurnLease | None = None
    ) -> None:
        """Store through `connection`, inside its open transaction; with a `lease`, only while it holds."""
        self.connection = connection
        self.stored: list[Event] = []
        self._replica = replica
        self._webhook = webhook
        self._lease = lease

    async def check_lease(self) -> None:
        """Raise `TurnLost` where the turn is another worker's by now, or over."""
        if self._lease is not None and not await turns.is_held(self.connection, self._lease):
            raise TurnLost

    async def append(
        self, frame: ServerFrame | Record, *, turn_id: UUID | None = None, scope: str = "", age: float = 0.0
    ) -> Event | None:
        """Store one event; None where it is already logged.

        `scope` names the run, because a model's call ids may repeat in another. `age` is how many seconds ago it was.
        Raises `TurnLost` where the turn is not held any more.
        """
        event = await events.append(
            self.connection,
            thread_id=cast("str", frame.thread_id),
            event=replace(event_of(frame, turn_id=turn_id, scope=scope), age=age),
            lease=self._lease,
            channel=EVENTS_CHANNEL,
            replica=self._replica.id,
        )
        if event is None:
            await self.check_lease()
            return None
        self.stored.append(event)
        await self._follow_up(event)
        return event

    async def _follow_up(self, event: Event) -> None:
        """Change the conversation as the event says."""
        match FRAMES[event.type].changes:
            case "escalation":
                await conversations.escalate(self.connection, thread_id=event.thread_id)
                if self._webhook:
                    await deliveries.enqueue(
                        self.connection,
                        thread_id=event.thread_id,
                        kind=ESCALATED_DELIVERY,
                        payload=_escalation(event),
                    )
            case "end" if event.frame["ended"]:
                await conversations.end(self.connection, thread_id=event.thread_id)
            case "activity":
                await conversations.touch(self.connection, thread_id=event.thread_id)
            case "end" | None:
                pass
            case unhandled:
                assert_never(unhandled)


class ConversationTracker:
    """Appends to the event log and publishes what customers may see."""

    def __init__(
        self,
        *,
        pool: Pool,
        subscriptions: Subscriptions,
        replica: ReplicaConnection,
        webhook: bool = False,
        delivery_waiting: Callable[[], None] = lambda: None,
    ) -> None:
        """Record for this replica; with `webhook`, escalations are put into the outbox as well."""
        self._pool = pool
        self._subscriptions = subscriptions
        self._replica = replica
        self._webhook = webhook
        self._delivery_waiting = delivery_waiting
        self._lease: TurnLease | None = None

    def under(self, lease: TurnLease | None) -> ConversationTracker:
        """Return a tracker that stores nothing once this lease is lost: who was frozen meanwhile appends nothing."""
        fenced = copy(self)
        fenced._lease = lease  # noqa: SLF001  # our own copy
        return fenced

    @asynccontextmanager
    async def recording(self) -> AsyncIterator[Recording]:
        """Open a transaction whose events are published after it has committed, and never if it has not."""
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                recording = Recording(
                    connection=connection, replica=self._replica, webhook=self._webhook, lease=self._lease
                )
                yield recording
            for event in recording.stored:
                self._publish(event)

    async def record(
        self, frame: ServerFrame | Record, *, turn_id: UUID | None = None, scope: str = ""
    ) -> Event | None:
        """Store and publish one event in a transaction of its own; None where it is already logged."""
        async with self.recording() as recording:
            return await recording.append(frame, turn_id=turn_id, scope=scope)

    async def turn_of(self, frame: ServerFrame | Record, *, scope: str = "") -> UUID | None:
        """Name the turn that logged something which happens only once; None where it is not logged, or may repeat."""
        key = _key(frame, turn_id=None, scope=scope)
        if key is None:
            return None
        async with self._pool.acquire() as connection:
            return await events.turn_of(connection, thread_id=cast("str", frame.thread_id), key=key)

    def _publish(self, event: Event) -> None:
        """Let everybody who watches here see the event; records for staff stay in the log."""
        if event.visible:
            self._subscriptions.publish(frame_of(event))
        if event.type == "escalated":
            self._delivery_waiting()


def frame_of(event: Event) -> ServerFrame:
    """Read a stored event back as the frame that travels."""
    return SERVER_FRAMES.validate_python(event.frame)


def event_of(frame: ServerFrame | Record, *, turn_id: UUID | None, scope: str) -> NewEvent:
    """Write a frame down as the event that the log holds of it, but for its number and its time."""
    return NewEvent(
        type=frame.type,
        visible=not isinstance(frame, Record),
        frame=frame.model_dump(mode="json", exclude={"seq", "at"}),
        key=_key(frame, turn_id=turn_id, scope=scope),
        turn_id=turn_id,
        **{name: getattr(frame, name) for name in FRAMES[frame.type].columns},
    )


def _escalation(event: Event) -> dict[str, Any]:
    """Build what the webhook says."""
    return {
        "thread_id": event.thread_id,
        "reason": event.frame["reason"],
        "message": event.frame["message"],
        "occurred_at": event.at.isoformat(),
        "transcript": f"/api/v1/conversations/{event.thread_id}/events",
    }


def _key(frame: ServerFrame | Record, *, turn_id: UUID | None, scope: str) -> str | None:
    """Name what happens only once, so that a turn that runs again does not log it twice; None where it may repeat."""
    parts = FRAMES[frame.type].once
    outside = {"scope": scope, "turn_id": turn_id}
    named = [str(outside[part] if part in outside else getattr(frame, part)) for part in parts]
    return ":".join((frame.type, *named)) if parts else None
