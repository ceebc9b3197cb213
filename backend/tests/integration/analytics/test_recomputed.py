"""Every figure, recomputed from its exported rows by another way than the product's: no sums, no bins, no SQL."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.analytics.definitions import FIGURES
from demo_data.load import Plan, load
from tests.api_client import ApiClient, MakeClient, Parts
from tests.event_log import EventLog, store
from tests.integration.analytics.by_hand import BY_HAND, Rows

if TYPE_CHECKING:
    from app.analytics.definitions import Definition
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
NOW = datetime(2026, 3, 11, 14, 20, tzinfo=UTC)
BIN = 0.05  # percentiles are kept to within 5 %


@pytest.fixture
async def api(pool: Pool, pg_url: str, aiohttp_client: MakeClient) -> ApiClient:
    """The API, with a few days of the demo's conversations and one whose outcome is not known."""
    await load(pg_url, Plan(conversations=260, days=9, seed=3, now=NOW, session_ttl_seconds=1_800))
    odd = EventLog(thread_id="odd", clock=NOW - timedelta(days=2)).asks().models(cost=None, model="ours")
    await store(pool, odd.proposes().decides().carries_out("unknown").uses(outcome="unknown").rates(3))
    parts = Parts(pool=pool, now=NOW)
    await parts.rollup_worker().catch_up()
    opened = ApiClient(client=await aiohttp_client(parts.application()), parts=parts)
    await opened.sign_in()
    return opened


async def exported(api: ApiClient, figure: Definition, query: str) -> Rows:
    response = await api.client.get(f"/api/v1/analytics/rows/{figure.key}.csv?{query}")
    assert response.status == 200
    assert response.content_type == "text/csv"
    return list(csv.DictReader(io.StringIO(await response.text())))


@pytest.mark.parametrize("query", ["range=7d&tz=Asia/Kathmandu", "range=30d&tz=America/New_York"])
async def test_every_figure(api: ApiClient, query: str) -> None:
    """Also in time zones whose days begin at odd times, where a range has parts of our days at both ends."""
    told: dict[str, Any] = {
        figure["key"]: figure["value"] for figure in (await api.get(f"/api/v1/analytics?{query}"))["figures"]
    }
    assert set(BY_HAND) == {figure.key for figure in FIGURES} == set(told)
    wrong = {}
    for figure in FIGURES:
        rows = await exported(api, figure, query)
        assert rows
        tolerance = BIN if figure.measure else 1e-9
        recomputed = BY_HAND[figure.key].compute(rows)
        if recomputed != pytest.approx(told[figure.key], rel=tolerance):
            wrong[figure.key] = (told[figure.key], recomputed)
    assert not wrong
