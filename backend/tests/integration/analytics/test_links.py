"""Every figure leads to exactly the conversations behind it: those that its exported rows name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pytest

from app.analytics.definitions import FIGURES
from demo_data.load import Plan, load
from tests.api_client import ApiClient, MakeClient, Parts
from tests.event_log import EventLog, store
from tests.integration.analytics.by_hand import BY_HAND, RAN, Row, anything, by_action, ends, has

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

NOW: Final = datetime(2026, 3, 11, 14, 20, tzinfo=UTC)  # the clocks of New York changed three days ago
RANGES: Final = ("range=7d&tz=Asia/Kathmandu", "range=30d&tz=America/New_York", "range=24h")


def tale(name: str, **days: float) -> EventLog:
    return EventLog(thread_id=name, clock=NOW - timedelta(**days)).asks()


def odd() -> list[EventLog]:
    """What the demo's conversations lack: whatever one filter finds, another of these is left out."""
    return [
        tale("no-model", days=2).uses("refund", outcome="failed").rates(3),
        tale("no-token", days=2).models(model="ours", cost=None, first_token_ms=None).answers(),
        tale("not-run", hours=3).models().uses("refund", outcome="rejected").uses("refund", outcome="expired"),
        tale("not-known", hours=2).proposes().decides().carries_out("unknown").uses(outcome="unknown"),
        tale("failed", hours=2).proposes().decides("edited").proposes(number=2).decides(number=2),
        tale("late", hours=1).proposes().expires().models(first_token_ms=None),
        tale("broke", days=3).uses().breaks("model_busy").breaks("model_unavailable"),
        tale("waits", days=3).proposes(audience="operator"),
        tale("staff", days=3).models().proposes().decides("approved", by="operator").carries_out().completes(),
        tale("settled", days=3).proposes().decides().carries_out("unknown").action("succeeded", by="operator"),
        tale("thanks", days=3).answers().asks("Thanks, that's all!").completes(ended=True),
        tale("before", days=40).models().uses().completes().rates(5),
    ]


@pytest.fixture
async def api(pool: Pool, pg_url: str, aiohttp_client: MakeClient) -> ApiClient:
    """The API, with a few days of the demo's conversations and some in which odd things happen."""
    await load(pg_url, Plan(conversations=200, days=9, seed=5, now=NOW, session_ttl_seconds=1_800))
    await store(pool, *odd())
    parts = Parts(pool=pool, now=NOW)
    await parts.rollup_worker().catch_up()
    opened = ApiClient(client=await aiohttp_client(parts.application()), parts=parts)
    await opened.sign_in()
    return opened


async def listed(api: ApiClient, told: Any, **filters: str) -> set[str]:
    """Name the conversations that a link of the page leads to, which has the range with it."""
    over = {"from": told["range"]["from"], "to": told["range"]["to"], "limit": "200"}
    names: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await api.get(f"/api/v1/conversations?{urlencode(filters | over | cursor)}")
        names += [row["thread_id"] for row in page["items"]]
        if page["next"] is None:
            assert len(set(names)) == len(names)
            return set(names)
        cursor = {"cursor": page["next"]}


async def exported(api: ApiClient, key: str, query: str) -> list[Row]:
    response = await api.client.get(f"/api/v1/analytics/rows/{key}.csv?{query}")
    rows: list[Row] = list(csv.DictReader(io.StringIO(await response.text())))
    return by_action(rows) if rows and "action_id" in rows[0] else rows


def named(rows: Iterable[Row], counts: Callable[[Row], bool] = anything) -> set[str]:
    return {row["thread_id"] for row in rows if counts(row)}


def filters_of(query: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in query.split("&") if part)


@pytest.mark.parametrize("query", RANGES)
async def test_every_figure_leads_to_what_its_rows_name(api: ApiClient, query: str) -> None:
    """All of them and no other; and each filter leaves some out, or the test would prove nothing."""
    told = await api.get(f"/api/v1/analytics?{query}")
    assert set(BY_HAND) == {figure.key for figure in FIGURES} == {figure["key"] for figure in told["figures"]}
    everything = await listed(api, told)
    wrong = {}
    for figure in told["figures"]:
        found = await listed(api, told, **filters_of(figure["filter"]))
        expected = named(await exported(api, figure["key"], query), BY_HAND[figure["key"]].behind)
        if found != expected:
            wrong[figure["key"]] = (found - expected, expected - found)
        if query != "range=24h":
            assert found
            assert (found < everything) == bool(figure["filter"]), figure["key"]
    assert not wrong


async def test_agents_lead_to_their_conversations(api: ApiClient) -> None:
    """As many as the table says, by what became of them; so does the number of ratings behind the satisfaction."""
    told = await api.get("/api/v1/analytics?range=30d")
    assert len(told["agents"]) > 2
    for agent in told["agents"]:
        name = agent["name"]
        assert len(await listed(api, told, agent=name)) == agent["conversations"]
        for outcome in ("resolved", "escalated", "abandoned"):
            assert len(await listed(api, told, agent=name, outcome=outcome)) == agent[outcome], (name, outcome)
        assert len(await listed(api, told, agent=name, rating="any")) == agent["ratings"], name


async def test_tools_lead_to_their_calls(api: ApiClient) -> None:
    """Those of that tool alone: a conversation in which another one failed is none of them."""
    told = await api.get("/api/v1/analytics?range=30d")
    rows = await exported(api, "tool_success_rate", "range=30d")
    assert {"refund", "get_order"} <= {tool["name"] for tool in told["tools"]}
    for tool in told["tools"]:
        calls = [row for row in rows if row["tool"] == tool["name"]]
        assert await listed(api, told, tool=tool["name"]) == named(calls)
        assert await listed(api, told, tool=tool["name"], call="any") == named(calls, ends(*RAN))
        for outcome in RAN:
            assert await listed(api, told, tool=tool["name"], call=outcome) == named(calls, ends(outcome)), tool


async def test_models_lead_to_their_calls(api: ApiClient) -> None:
    """And to those whose first token was waited for."""
    told = await api.get("/api/v1/analytics?range=30d")
    rows = await exported(api, "tokens", "range=30d")
    assert len(told["models"]) > 2
    for model in told["models"]:
        calls = [row for row in rows if row["model"] == model["name"]]
        assert await listed(api, told, model=model["name"]) == named(calls)
        timed = await listed(api, told, model=model["name"], first_token="1")
        assert timed == named(calls, has("first_token_ms"))


async def test_causes_lead_to_the_conversations_in_which_it_failed(api: ApiClient) -> None:
    told = await api.get("/api/v1/analytics?range=30d")
    assert {"model_busy", "model_unavailable"} <= {cause["code"] for cause in told["causes"]}
    for cause in told["causes"]:
        assert len(await listed(api, told, error=cause["code"])) == cause["conversations"], cause
