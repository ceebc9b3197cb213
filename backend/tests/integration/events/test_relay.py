"""Events that other replicas store reach those who watch here, in order, also after a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app.events.relay import EventRelay
from app.events.subscriptions import Subscription
from app.jobs.poll_loop import running
from app.protocol import Token
from tests.fakes import FakeSink
from tests.integration.replica import Replica, token

if TYPE_CHECKING:
    from app.db.events import Event
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


def note(event: Event, *, worker: int = 77) -> str:
    """What a replica tells the others when it has stored an event."""
    return json.dumps({"worker": worker, "thread_id": event.thread_id, "seq": event.seq})


async def stored(replica: Replica, *texts: str) -> list[Event]:
    """Store messages as another replica does."""
    await replica.conversation()
    events = [await replica.tracker.record(token(text, f"m-{text}")) for text in texts]
    return [event for event in events if event is not None]


async def test_an_event_of_another_replica_is_published_here(replica: Replica, pool: Pool, pg_url: str) -> None:
    """In the order in which it was told; what this replica stored itself, and what nobody watches, is passed over."""
    here = Replica(pool, pg_url)
    here.connection.id = 5
    events = await stored(replica, "one", "two", "three")
    relay = EventRelay(pool=pool, replica=here.connection, subscriptions=here.subscriptions)
    relay.on_notify(note(events[0]))
    sink = FakeSink()
    here.subscriptions.subscribe(Subscription(thread_id="t1", sink=sink, follower=True))
    relay.on_notify(note(events[0], worker=5))
    async with running(relay.work()):
        relay.on_notify(note(events[1]))
        relay.on_notify(note(events[2]))
        await sink.next_of(Token, count=2)
    assert [frame.content for frame in sink.of(Token)] == ["two", "three"]


async def test_what_was_missed_is_published_once(replica: Replica, pool: Pool, pg_url: str) -> None:
    """After a time without a connection everything since then is read anew."""
    here = Replica(pool, pg_url)
    events = await stored(replica, "one", "two")
    sink = FakeSink()
    here.subscriptions.subscribe(Subscription(thread_id="t1", sink=sink, follower=True))
    relay = EventRelay(pool=pool, replica=here.connection, subscriptions=here.subscriptions)
    for _ in range(2):
        await relay.publish_since(events[0].at)
    assert [frame.content for frame in sink.of(Token)] == ["one", "two"]
