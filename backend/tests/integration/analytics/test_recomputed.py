"""Every figure, recomputed from its exported rows by another way than the product's: no sums, no bins, no SQL."""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.analytics.definitions import FIGURES
from demo_data.load import Plan, load
from tests.api_client import ApiClient, MakeClient, Parts
from tests.event_log import EventLog, store

if TYPE_CHECKING:
    from app.analytics.definitions import Definition
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
Rows = Sequence[dict[str, str]]
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


def number(text: str) -> float:
    return float(text or 0)


def total(rows: Rows, *columns: str) -> float:
    return math.fsum(number(row[column]) for row in rows for column in columns)


def share(rows: Rows, *outcomes: str) -> float:
    return 100 * sum(row["outcome"] in outcomes for row in rows) / len(rows)


def resolved(rows: Rows) -> list[dict[str, str]]:
    return [row for row in rows if row["outcome"].startswith("resolved")]


def rank(values: Sequence[float], part: float) -> float:
    """The value that so many do not exceed."""
    return sorted(values)[max(1, math.ceil(part * len(values))) - 1]


def actions(rows: Rows) -> Counter[str]:
    """What each action has come to: its last status, and whether it was ever proposed, approved or edited."""
    stages: dict[str, list[str]] = {}
    for row in rows:
        stages.setdefault(row["action_id"] + row["thread_id"], []).append(row["status"])
    found: Counter[str] = Counter()
    for passed in stages.values():
        found.update({passed[-1]} | ({"proposed", "approved", "edited"} & set(passed)))
    return found


RAN: Final = {"succeeded", "failed", "unknown"}
RECOMPUTED: Final[dict[str, Callable[[Rows], float]]] = {
    "conversations": len,
    "turns": lambda rows: total(rows, "turns"),
    "messages": lambda rows: total(rows, "messages"),
    "turns_per_conversation": lambda rows: statistics.fmean(number(row["turns"]) for row in rows),
    "resolved": lambda rows: len(resolved(rows)),
    "resolved_confirmed": lambda rows: sum(row["outcome"] == "resolved_confirmed" for row in rows),
    "resolved_assumed": lambda rows: sum(row["outcome"] == "resolved_assumed" for row in rows),
    "resolution_rate": lambda rows: share(rows, "resolved_confirmed", "resolved_assumed"),
    "automation_rate": lambda rows: 100 * sum(row["staff"] == "false" for row in resolved(rows)) / len(rows),
    "escalation_rate": lambda rows: share(rows, "escalated"),
    "abandonment_rate": lambda rows: share(rows, "abandoned"),
    "decision_p50": lambda rows: rank([number(row["ms"]) for row in rows], 0.5),
    "decision_p95": lambda rows: rank([number(row["ms"]) for row in rows], 0.95),
    "tool_success_rate": lambda rows: (
        100 * sum(row["outcome"] == "succeeded" for row in rows) / sum(row["outcome"] in RAN for row in rows)
    ),
    "tool_p50": lambda rows: rank([number(row["duration_ms"]) for row in rows if row["outcome"] in RAN], 0.5),
    "tool_p95": lambda rows: rank([number(row["duration_ms"]) for row in rows if row["outcome"] in RAN], 0.95),
    "first_token_p50": lambda rows: rank([number(row["first_token_ms"]) for row in rows if row["first_token_ms"]], 0.5),
    "first_token_p95": lambda rows: rank(
        [number(row["first_token_ms"]) for row in rows if row["first_token_ms"]], 0.95
    ),
    "tokens": lambda rows: total(rows, "prompt_tokens", "completion_tokens"),
    "tokens_per_conversation": lambda rows: total(rows, "tokens_in", "tokens_out") / len(rows),
    "tokens_per_resolution": lambda rows: total(rows, "tokens_in", "tokens_out") / len(resolved(rows)),
    "cost": lambda rows: total(rows, "cost_usd"),
    "cost_per_conversation": lambda rows: total(rows, "cost_usd") / len(rows),
    "cost_per_resolution": lambda rows: total(rows, "cost_usd") / len(resolved(rows)),
    "satisfaction": lambda rows: statistics.fmean(number(row["rating"]) for row in rows if row["rating"]),
} | {
    f"actions_{name}": lambda rows, name=name: actions(rows)[name]
    for name in ("proposed", "approved", "edited", "rejected", "expired", "succeeded", "failed", "unknown")
}


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
    assert set(RECOMPUTED) == {figure.key for figure in FIGURES} == set(told)
    wrong = {}
    for figure in FIGURES:
        rows = await exported(api, figure, query)
        assert rows
        tolerance = BIN if figure.measure else 1e-9
        recomputed = RECOMPUTED[figure.key](rows)
        if recomputed != pytest.approx(told[figure.key], rel=tolerance):
            wrong[figure.key] = (told[figure.key], recomputed)
    assert not wrong
