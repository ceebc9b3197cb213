"""An escalation reaches its receiver, signed, at least once, or is a dead letter that staff can see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from app.db import deliveries
from app.escalation.outbox import BATCH, PAUSES, DeliveryResult, EscalationOutbox, EscalationSender, verify
from app.outgoing.client import OutgoingClient
from tests.raw_http_server import Script, answers, closes, raw_server

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
PAYLOAD = {"thread_id": "t-1", "reason": "Rückgabe", "message": "A person will help.", "transcript": "/replay/t-1"}


def header(request: bytes, name: str) -> str:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return next(line.partition(":")[2].strip() for line in lines if line.lower().startswith(f"{name.lower()}:"))


async def delivered_to(script: Script) -> tuple[DeliveryResult, list[bytes]]:
    """Make one attempt at a receiver that behaves as scripted."""
    async with raw_server(script) as server, OutgoingClient(allow=["127.0.0.1"]) as http:
        sender = EscalationSender(http=http, url=f"{server.url}/hook", secret="s3cret", now=lambda: NOW)
        return await sender.deliver(PAYLOAD, UUID(int=7)), server.requests


# --- one attempt -----------------------------------------------------------------------------------------------


async def test_a_delivery_is_signed_and_named() -> None:
    """The receiver can check who sent it, and knows it by its id."""
    result, (request,) = await delivered_to(answers("204 No Content"))
    body = request.partition(b"\r\n\r\n")[2]
    assert result == DeliveryResult(ok=True, http_status=204)
    assert request.startswith(b"POST /hook HTTP/1.1\r\n")
    assert json.loads(body) == PAYLOAD
    assert header(request, "Content-Type") == "application/json"
    assert header(request, "Smart-Support-Delivery") == str(UUID(int=7))
    assert verify("s3cret", header(request, "Smart-Support-Signature"), body, now=NOW.timestamp())


@pytest.mark.parametrize("status", [301, 400, 404, 410, 500])
async def test_anything_but_success_has_failed(status: int) -> None:
    """The receiver's status is kept."""
    result, requests = await delivered_to(answers(f"{status} X"))
    assert result == DeliveryResult(ok=False, http_status=status, error=f"The receiver answered {status}.")
    assert len(requests) == 1


async def test_a_receiver_may_ask_for_time() -> None:
    """Up to a day."""
    result, _ = await delivered_to(answers("503 Later\r\nRetry-After: 120"))
    endless, _ = await delivered_to(answers("429 Busy\r\nRetry-After: 99999999"))
    assert result.retry_at == NOW + timedelta(seconds=120)
    assert endless.retry_at == NOW + timedelta(hours=24)


async def test_a_receiver_that_breaks_off_has_failed() -> None:
    """It may have been heard: the next attempt carries the same id."""
    result, _ = await delivered_to(closes)
    assert not result.ok
    assert result.error is not None
    assert result.http_status is None


async def test_a_receiver_in_the_internal_network_is_refused() -> None:
    """Unless it is allowed by name."""
    async with raw_server(answers("200 OK")) as server, OutgoingClient() as http:
        sender = EscalationSender(http=http, url=server.url, secret="s")
        result = await sender.deliver(PAYLOAD, uuid4())
    assert not result.ok
    assert "OUTGOING_ALLOW" in str(result.error)
    assert server.connections == 0


# --- the outbox ------------------------------------------------------------------------------------------------


class Receiver:
    """Takes deliveries and answers as told; says when it has had so many."""

    def __init__(self, *results: DeliveryResult) -> None:
        self.results = list(results) or [DeliveryResult(ok=True, http_status=200)]
        self.got: list[tuple[dict[str, Any], UUID]] = []
        self.changed = asyncio.Condition()

    async def deliver(self, payload: dict[str, Any], delivery_id: UUID) -> DeliveryResult:
        async with self.changed:
            self.got.append((payload, delivery_id))
            self.changed.notify_all()
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]

    async def has_had(self, number: int) -> None:
        async with self.changed, asyncio.timeout(10):
            await self.changed.wait_for(lambda: len(self.got) >= number)


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.now


FAILED = DeliveryResult(ok=False, http_status=500, error="The receiver answered 500.")


@pytest.fixture
async def pool(pool: Pool) -> Pool:
    """The database, with the one conversation that all this is about."""
    await pool.execute("INSERT INTO conversations (thread_id, visitor_id) VALUES ('t-1', 'v')")
    return pool


async def enqueue(pool: Pool, **payload: Any) -> UUID:
    async with pool.acquire() as connection:
        return await deliveries.enqueue(connection, thread_id="t-1", kind="escalated", payload=payload)


async def row(pool: Pool) -> dict[str, Any]:
    return dict(await pool.fetchrow("SELECT * FROM deliveries"))


@asynccontextmanager
async def working(outbox: EscalationOutbox) -> AsyncIterator[None]:
    task = asyncio.create_task(outbox.work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_waiting_delivery_is_delivered_once(pool: Pool) -> None:
    """And recorded as such."""
    delivery_id = await enqueue(pool, reason="refund")
    receiver = Receiver()
    outbox = EscalationOutbox(pool=pool, sender=receiver, now=Clock())
    assert await outbox.deliver_due() == 1
    assert await outbox.deliver_due() == 0
    assert receiver.got == [({"reason": "refund"}, delivery_id)]
    assert ((await row(pool))["status"], (await row(pool))["last_status"]) == ("delivered", 200)


async def test_a_failed_delivery_is_tried_again_later_with_the_same_id(pool: Pool) -> None:
    """Not at once, and the receiver can tell that it is the same."""
    delivery_id = await enqueue(pool)
    receiver, clock = Receiver(FAILED, DeliveryResult(ok=True, http_status=200)), Clock()
    outbox = EscalationOutbox(pool=pool, sender=receiver, now=clock, chance=lambda: 0.5)
    await outbox.deliver_due()
    failed = await row(pool)
    assert (failed["status"], failed["attempts"], failed["last_error"]) == ("waiting", 1, "The receiver answered 500.")
    assert failed["next_attempt_at"] == clock.now + PAUSES[0]
    assert await outbox.deliver_due() == 0
    clock.now += PAUSES[0]
    assert await outbox.deliver_due() == 1
    assert [got for _, got in receiver.got] == [delivery_id, delivery_id]
    assert (await row(pool))["status"] == "delivered"


async def test_the_receivers_wish_for_time_is_respected(pool: Pool) -> None:
    """Whichever is later: its own, or ours."""
    await enqueue(pool)
    clock = Clock()
    wish = clock.now + timedelta(hours=3)
    receiver = Receiver(DeliveryResult(ok=False, http_status=503, error="busy", retry_at=wish))
    await EscalationOutbox(pool=pool, sender=receiver, now=clock).deliver_due()
    assert (await row(pool))["next_attempt_at"] == wish


async def test_after_the_last_attempt_it_is_a_dead_letter(pool: Pool) -> None:
    """Visible, with what went wrong, and sent again when somebody says so."""
    delivery_id = await enqueue(pool)
    receiver, clock = Receiver(FAILED), Clock()
    outbox = EscalationOutbox(pool=pool, sender=receiver, now=clock)
    for _ in range(len(PAUSES) + 1):
        assert await outbox.deliver_due() == 1
        clock.now += timedelta(days=1)
    assert await outbox.deliver_due() == 0
    async with pool.acquire() as connection:
        (dead,) = await deliveries.list_dead(connection, limit=10)
        assert (dead.id, dead.attempts, dead.last_status) == (delivery_id, len(PAUSES) + 1, 500)
        await deliveries.retry(connection, delivery_id=delivery_id, now=clock.now)
    assert await outbox.deliver_due() == 1


async def test_the_loop_delivers_what_comes_when_it_is_woken(pool: Pool) -> None:
    """It does not wait for its next look."""
    receiver = Receiver()
    outbox = EscalationOutbox(pool=pool, sender=receiver, now=Clock(), idle_seconds=3600)
    async with working(outbox):
        await enqueue(pool)
        outbox.wake()
        await receiver.has_had(1)
        await enqueue(pool)
        outbox.wake()
        await receiver.has_had(2)
    assert len({delivery_id for _, delivery_id in receiver.got}) == 2


async def test_the_loop_works_off_what_a_crash_left(pool: Pool) -> None:
    """More than one batch, without being woken."""
    for number in range(BATCH * 2 + 1):
        await enqueue(pool, number=number)
    receiver = Receiver()
    async with working(EscalationOutbox(pool=pool, sender=receiver, now=Clock(), idle_seconds=3600)):
        await receiver.has_had(BATCH * 2 + 1)
    assert sorted(payload["number"] for payload, _ in receiver.got) == list(range(BATCH * 2 + 1))


async def test_the_loop_comes_back_for_what_is_due_soon(pool: Pool) -> None:
    """It sleeps no longer than until the next attempt."""
    await enqueue(pool)
    receiver, clock = Receiver(FAILED), Clock()

    def hurrying() -> datetime:
        clock.now += timedelta(hours=1)  # each look at the clock finds the next attempt due
        return clock.now

    async with working(EscalationOutbox(pool=pool, sender=receiver, now=hurrying, idle_seconds=3600)):
        await receiver.has_had(3)
    assert len(receiver.got) >= 3


async def test_two_loops_share_the_work(pool: Pool) -> None:
    """Two replicas deliver each thing once."""
    for number in range(30):
        await enqueue(pool, number=number)
    receiver = Receiver()
    one, two = (EscalationOutbox(pool=pool, sender=receiver, now=Clock()) for _ in range(2))
    async with working(one), working(two):
        await receiver.has_had(30)
    assert sorted(payload["number"] for payload, _ in receiver.got) == list(range(30))


async def test_the_loop_survives_a_failure(pool: Pool) -> None:
    """A sender that breaks, or a database that is away, ends nothing."""
    await enqueue(pool)

    class BreaksOnce(Receiver):
        broken = False

        async def deliver(self, payload: dict[str, Any], delivery_id: UUID) -> DeliveryResult:
            if not self.broken:
                self.broken = True
                raise LookupError
            return await super().deliver(payload, delivery_id)

    receiver, clock = BreaksOnce(), Clock()

    def hurrying() -> datetime:
        clock.now += timedelta(minutes=2)  # beyond the lease of what broke
        return clock.now

    outbox = EscalationOutbox(pool=pool, sender=receiver, now=hurrying, idle_seconds=3600, broken_seconds=0)
    async with working(outbox):
        await receiver.has_had(1)
