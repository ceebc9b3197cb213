"""A model that does not answer becomes an alert that staff see, and that ends when it answers again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.db import model_alerts
from app.errors import ModelBusy, ModelError, ModelFiltered, ModelKeyRefused, ModelTimeout, ModelUnavailable
from app.escalation.model_alerts import LOOK_SECONDS, SEND_PAUSE, ModelAlerts

if TYPE_CHECKING:
    from app.db.model_alerts import ModelAlert
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Clocks:
    """The time of day, and how long the server has been running; both stand still until they are moved."""

    def __init__(self) -> None:
        self.now = NOON

    def running(self) -> float:
        return (self.now - NOON).total_seconds()

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


class Office:
    """A replica's alerts, and what staff see of them."""

    def __init__(self, pool: Pool, clocks: Clocks, *, webhook: bool = True) -> None:
        self.pool = pool
        self.woken = 0
        self.alerts = ModelAlerts(
            pool=pool,
            delivery_waiting=self._wake if webhook else None,
            now=lambda: clocks.now,
            clock=clocks.running,
        )

    def _wake(self) -> None:
        self.woken += 1

    async def fails(self, fact: ModelError, *, model: str = "large", status: int | None = None) -> bool:
        return await self.alerts.failed(model, fact, http_status=status)

    async def seen(self) -> list[ModelAlert]:
        async with self.pool.acquire() as connection:
            return await model_alerts.list_raised(connection)

    async def sent(self) -> list[dict[str, Any]]:
        rows = await self.pool.fetch("SELECT payload FROM deliveries WHERE thread_id IS NULL ORDER BY created_at, id")
        return [row["payload"] for row in rows]


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def office(pool: Pool, clocks: Clocks) -> Office:
    return Office(pool, clocks)


async def test_a_refusal_is_an_alert_at_once(office: Office) -> None:
    """It does not pass by itself, and says what would change that."""
    assert await office.fails(ModelKeyRefused(), status=401)
    (alert,) = await office.seen()
    assert (alert.model, alert.code, alert.http_status, alert.failures) == ("large", "model_key_refused", 401, 1)
    assert "OPENAI_API_KEY" in alert.advice
    (sent,) = await office.sent()
    assert (sent["state"], sent["code"], sent["advice"]) == ("raised", "model_key_refused", alert.advice)
    assert office.woken == 1


@pytest.mark.parametrize("kind", [ModelUnavailable, ModelTimeout, ModelBusy, ModelError])
async def test_what_may_pass_is_one_after_three_in_a_row(office: Office, kind: type[ModelError]) -> None:
    assert [await office.fails(kind()) for _ in range(3)] == [False, False, True]
    assert [alert.failures for alert in await office.seen()] == [3]
    assert len(await office.sent()) == 1


async def test_an_answer_in_between_begins_the_count_anew(office: Office) -> None:
    for _ in range(4):
        assert not await office.fails(ModelUnavailable())
        assert not await office.fails(ModelUnavailable())
        await office.alerts.answered("large")
    assert await office.seen() == []
    assert await office.sent() == []


async def test_what_is_about_one_conversation_is_none(office: Office) -> None:
    """A filter, or a conversation that is too long: nobody needs to act."""
    assert not await office.fails(ModelFiltered())
    assert await office.seen() == []


async def test_each_cause_and_model_is_told_once_per_hour_and_every_failure_counted(
    office: Office, clocks: Clocks
) -> None:
    for _ in range(5):
        assert await office.fails(ModelKeyRefused())
        clocks.later(minutes=10)
    await office.fails(ModelKeyRefused(), model="small")
    assert [(alert.model, alert.failures) for alert in await office.seen()] == [("small", 1), ("large", 5)]
    assert [one["model"] for one in await office.sent()] == ["large", "small"]
    clocks.later(minutes=10)
    await office.fails(ModelKeyRefused())
    assert [(one["model"], one["failures"]) for one in await office.sent()] == [
        ("large", 1),
        ("small", 1),
        ("large", 6),
    ]


async def test_it_ends_when_the_model_answers(office: Office, clocks: Clocks) -> None:
    """Every cause of that model, and no other model's; the webhook is told."""
    await office.fails(ModelKeyRefused())
    await office.fails(ModelKeyRefused(), model="small")
    clocks.later(minutes=1)
    await office.alerts.answered("large")
    assert [alert.model for alert in await office.seen()] == ["small"]
    assert [(one["model"], one["state"]) for one in await office.sent()][-1] == ("large", "ended")


async def test_one_that_comes_and_goes_sends_no_storm(office: Office, clocks: Clocks) -> None:
    """Within the hour staff see each, and the webhook hears of the first one only."""
    for _ in range(5):
        assert await office.fails(ModelKeyRefused())
        assert [alert.failures for alert in await office.seen()] == [1]
        clocks.later(minutes=1)
        await office.alerts.answered("large")
        clocks.later(minutes=1)
    assert [one["state"] for one in await office.sent()] == ["raised", "ended"]
    clocks.later(seconds=SEND_PAUSE.total_seconds())
    await office.fails(ModelKeyRefused())
    assert [one["state"] for one in await office.sent()] == ["raised", "ended", "raised"]


async def test_another_replicas_answer_ends_it(office: Office, pool: Pool, clocks: Clocks) -> None:
    """Also where that replica has seen the model answer all along; it looks once per minute, and not with each."""
    other = Office(pool, clocks)
    await other.alerts.answered("large")
    await office.fails(ModelKeyRefused())
    await other.alerts.answered("large")
    assert len(await office.seen()) == 1
    clocks.later(seconds=LOOK_SECONDS)
    await other.alerts.answered("large")
    assert await office.seen() == []


async def test_staff_may_dismiss_it(office: Office) -> None:
    """Such as one of a model that is no longer used. A failure after that begins it anew."""
    await office.fails(ModelKeyRefused())
    assert not await office.alerts.dismiss("large", "model_busy")
    assert await office.alerts.dismiss("large", "model_key_refused")
    assert await office.seen() == []
    assert not await office.alerts.dismiss("large", "model_key_refused")
    assert await office.fails(ModelKeyRefused())


async def test_without_a_webhook_staff_see_it_all_the_same(pool: Pool, clocks: Clocks) -> None:
    office = Office(pool, clocks, webhook=False)
    assert await office.fails(ModelKeyRefused())
    assert len(await office.seen()) == 1
    assert await office.sent() == []
