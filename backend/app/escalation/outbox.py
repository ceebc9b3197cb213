"""Transactional outbox for escalations: signed webhooks that tell another system that a person is wanted.

What is to be delivered stands in the table `deliveries`, written in the transaction of the event that it tells of. It
is delivered at least once, so the receiver knows a delivery by its id; an attempt that fails is made again after a
growing pause, and after the last one it is a dead letter that staff see and can send again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

import structlog

from app.db import deliveries
from app.db.deliveries import Delivery
from app.errors import ToolError
from app.jobs.poll_loop import PollLoop
from app.outgoing.client import OutgoingClient
from app.outgoing.message import HttpResponse, OutgoingRequest
from app.outgoing.retry import retry_after_seconds

if TYPE_CHECKING:
    from app.db.pool import Pool

SIGNATURE_HEADER: Final = "Smart-Support-Signature"
DELIVERY_HEADER: Final = "Smart-Support-Delivery"

TOLERANCE_SECONDS: Final = 300  # clocks differ by minutes at most; older signatures are replays
SEND_SECONDS: Final = 15.0  # a receiver takes note and answers; well under the lease of a delivery
MAX_ANSWER_BYTES: Final = 10_000  # only the status is used
BATCH: Final = 10  # sent at a time: a burst goes out quickly and no receiver is flooded
IDLE_SECONDS: Final = 30.0  # what another replica wrote down, or one that crashed left, is found within this
BROKEN_SECONDS: Final = 5.0  # before the database is asked again after it failed

# Pauses after each failed attempt: a restart, a deployment, an outage, a night. After the last, a dead letter.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
SPREAD: Final = 0.2  # pauses differ by up to this part, so that receivers that come back are not stormed
LONGEST_PAUSE: Final = timedelta(hours=24)  # a receiver may ask for more time, but not for ever

log = structlog.get_logger(__name__)


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature header: `t=` seconds since 1970, `v1=` HMAC-SHA256 in hex over `<t>.<body>`."""
    return f"t={timestamp},v1={_digest(secret, timestamp, body)}"


def verify(secret: str, header: str, body: bytes, *, now: float, tolerance_seconds: float = TOLERANCE_SECONDS) -> bool:
    """Say whether the header signs this very body with this secret, not longer ago than the tolerance."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= len("9999999999")):
        return False
    timestamp = int(times[0])
    expected = _digest(secret, timestamp, body).encode()
    matches = [hmac.compare_digest(expected, value.encode()) for name, _, value in parts if name == "v1"]
    return any(matches) and abs(now - timestamp) <= tolerance_seconds


def _digest(secret: str, timestamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def next_attempt(attempt: int, now: datetime, *, chance: float = 0.5) -> datetime | None:
    """When to try again after `attempt` (counted from 1) failed; None where that was the last.

    `chance` from 0 to 1 spreads the pause around its middle.
    """
    if attempt > len(PAUSES):
        return None
    return now + PAUSES[attempt - 1] * (1 + SPREAD * (2 * chance - 1))


@dataclass(frozen=True, kw_only=True)
class DeliveryResult:
    """How one attempt ended; `retry_at` is when the receiver asked to be tried again."""

    ok: bool
    http_status: int | None = None
    error: str | None = None
    retry_at: datetime | None = None


class Sender(Protocol):
    """What the outbox needs in order to deliver."""

    async def deliver(self, payload: dict[str, Any], delivery_id: UUID) -> DeliveryResult:
        """Make one attempt; a failure is a result."""


class EscalationSender:
    """Posts one signed delivery to the webhook."""

    def __init__(
        self, *, http: OutgoingClient, url: str, secret: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Take the receiver's address and the secret that it shares with us."""
        self._http = http
        self._url = url
        self._secret = secret
        self._now = now

    async def deliver(self, payload: dict[str, Any], delivery_id: UUID) -> DeliveryResult:
        """Make one attempt; only a 2xx counts as delivered, and a failure is a result."""
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        request = OutgoingRequest(
            method="POST",
            url=self._url,
            headers={
                "Content-Type": "application/json",
                DELIVERY_HEADER: str(delivery_id),
                SIGNATURE_HEADER: sign(self._secret, int(self._now().timestamp()), body),
            },
            body=body,
        )
        try:
            answer = await self._http.send(request, timeout_seconds=SEND_SECONDS, max_bytes=MAX_ANSWER_BYTES)
        except ToolError as error:
            return DeliveryResult(ok=False, error=error.message)
        return self._judge(answer)

    def _judge(self, answer: HttpResponse) -> DeliveryResult:
        if 200 <= answer.status < 300:  # noqa: PLR2004  # what HTTP calls success
            return DeliveryResult(ok=True, http_status=answer.status)
        now = self._now()
        asked = retry_after_seconds(answer.headers.get("Retry-After"), now=now)
        return DeliveryResult(
            ok=False,
            http_status=answer.status,
            error=f"The receiver answered {answer.status}.",
            retry_at=now + min(timedelta(seconds=asked), LONGEST_PAUSE) if asked else None,
        )


class EscalationOutbox:
    """Works off the deliveries that wait; any number of replicas may do so at once."""

    def __init__(
        self,
        *,
        pool: Pool,
        sender: Sender,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
        idle_seconds: float = IDLE_SECONDS,
        broken_seconds: float = BROKEN_SECONDS,
    ) -> None:
        """Deliver through `sender`; `chance`, from 0 to 1, spreads the pauses between attempts."""
        self._pool = pool
        self._sender = sender
        self._now = now
        self._chance = chance
        self._idle_seconds = idle_seconds
        self._loop = PollLoop(
            self._look, failed="deliveries_failed", seconds=idle_seconds, broken_seconds=broken_seconds
        )

    def wake(self) -> None:
        """Look at once: a delivery was enqueued."""
        self._loop.wake()

    async def work(self) -> None:
        """Deliver until cancelled."""
        await self._loop.work()

    async def _look(self) -> float:
        """Deliver a batch; returns the seconds until the next look."""
        return 0.0 if await self.deliver_due() == BATCH else await self._pause()

    async def deliver_due(self) -> int:
        """Make one attempt at each delivery that is due, up to a batch; return how many."""
        async with self._pool.acquire() as connection:
            taken = await deliveries.due(connection, now=self._now(), limit=BATCH)
        await asyncio.gather(*(self._deliver(delivery) for delivery in taken))
        return len(taken)

    async def _deliver(self, delivery: Delivery) -> None:
        result = await self._sender.deliver(delivery.payload, delivery.id)
        now = self._now()
        again = next_attempt(delivery.attempts, now, chance=self._chance())
        if again and result.retry_at:
            again = max(again, result.retry_at)
        async with self._pool.acquire() as connection:
            status = await deliveries.record_attempt(
                connection,
                delivery_id=delivery.id,
                attempt=delivery.attempts,
                now=now,
                ok=result.ok,
                http_status=result.http_status,
                error=result.error,
                next_attempt_at=None if result.ok else again,
            )
        log.info(
            "delivery_attempted",
            delivery_id=str(delivery.id),
            thread_id=delivery.thread_id,
            attempt=delivery.attempts,
            status=status,
            error=result.error,
        )

    async def _pause(self) -> float:
        """Seconds until the next delivery is due, or until it is worth looking for somebody else's."""
        async with self._pool.acquire() as connection:
            when = await deliveries.next_due(connection)
        if when is None:
            return self._idle_seconds
        return min(self._idle_seconds, max(0.0, (when - self._now()).total_seconds()))
