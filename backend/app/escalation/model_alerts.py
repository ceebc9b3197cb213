"""Alerts on models: a model that refuses, or keeps failing, is shown to staff until it answers again.

A refusal is an alert at once, since it does not pass by itself; what may pass is one after a few failures in a row.
Where a webhook is set, it is told of each cause and model at most once per hour, and of the end. A failure that cannot
be stored is raised: nobody may say that staff were told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from app.db import deliveries, model_alerts
from app.db.model_alerts import ModelAlert

if TYPE_CHECKING:
    from app.db.pool import Connection, Pool
    from app.errors import ModelError

ALERT_DELIVERY: Final = "model.alert"
SEND_PAUSE: Final = timedelta(hours=1)  # somebody who was told needs that long to act; every failure is counted anyway
LOOK_SECONDS: Final = 60.0  # an answer ends alerts that other replicas raised within this, for one statement per minute

log = structlog.get_logger(__name__)


class ModelAlerts:
    """Raises and ends the alerts of this installation; any number of replicas may do so at once."""

    def __init__(
        self,
        *,
        pool: Pool,
        delivery_waiting: Callable[[], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Put alerts into the outbox too, and call `delivery_waiting`; None where no webhook is set."""
        self._pool = pool
        self._delivery_waiting = delivery_waiting
        self._now = now
        self._clock = clock
        self._looked: dict[str, float] = {}  # when it was last seen that a model has no alerts

    async def failed(self, model: str, fact: ModelError, *, http_status: int | None) -> bool:
        """Count a failure of a model; say whether staff see an alert for it now."""
        if not fact.alert_after:
            return False
        self._looked.pop(model, None)
        now = self._now()
        async with self._pool.acquire() as connection, connection.transaction():
            alert = await model_alerts.add_failure(
                connection,
                model=model,
                code=fact.code,
                advice=fact.for_staff or fact.sentence,
                http_status=http_status,
                raise_after=fact.alert_after,
                now=now,
            )
            sent = await model_alerts.claim_sending(connection, model=model, code=fact.code, now=now, pause=SEND_PAUSE)
            if sent is not None:
                await self._send(connection, sent, "raised")
        if sent is not None:
            log.error("model_alert_raised", model=model, code=fact.code, failures=alert.failures, advice=alert.advice)
            self._wake()
        return alert.raised_at is not None

    async def answered(self, model: str) -> None:
        """End the alerts of a model that has answered; costs a statement only once in a while."""
        looked = self._looked.get(model)
        if looked is not None and self._clock() - looked < LOOK_SECONDS:
            return
        await self._end(model)
        self._looked[model] = self._clock()

    async def dismiss(self, model: str, code: str) -> bool:
        """End one alert for a member of staff; False where it is not raised."""
        return await self._end(model, code=code)

    async def _end(self, model: str, *, code: str | None = None) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            ended = await model_alerts.end(connection, model=model, now=self._now(), code=code)
            for alert in ended:
                if alert.sent_at is None or alert.sent_at < alert.first_at:
                    continue  # nobody was told that it began: it came and went within the pause
                await self._send(connection, alert, "ended")
        for alert in ended:
            log.info("model_alert_ended", model=model, code=alert.code, failures=alert.failures)
            self._wake()
        return bool(ended)

    def _wake(self) -> None:
        if self._delivery_waiting is not None:
            self._delivery_waiting()

    async def _send(self, connection: Connection, alert: ModelAlert, state: str) -> None:
        if self._delivery_waiting is not None:
            await deliveries.enqueue(connection, thread_id=None, kind=ALERT_DELIVERY, payload=_payload(alert, state))


def _payload(alert: ModelAlert, state: str) -> dict[str, Any]:
    """Build what the webhook says; nothing of a conversation, and none of the provider's own words."""
    return {
        "type": ALERT_DELIVERY,
        "state": state,
        "model": alert.model,
        "code": alert.code,
        "advice": alert.advice,
        "http_status": alert.http_status,
        "failures": alert.failures,
        "first_at": alert.first_at.isoformat(),
        "last_at": alert.last_at.isoformat(),
        "page": "/model",
    }
