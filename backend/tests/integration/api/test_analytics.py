"""The figures of the dashboard, as the page asks for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.analytics.definitions import FIGURES
from tests.api_client import ApiClient
from tests.event_log import EventLog, store
from tests.fakes import PATIENCE_SECONDS

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
NOW = datetime(2026, 3, 11, 14, 20, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
async def staff(api: ApiClient) -> ApiClient:
    api.parts.now = NOW
    await api.sign_in()
    return api


async def happen(api: ApiClient, *stories: EventLog) -> None:
    """Store the stories, and count them."""
    pool: Pool | None = api.parts.pool
    assert pool is not None
    await store(pool, *stories)
    await api.parts.rollup_worker().catch_up()


def figure(answer: Any, key: str) -> Any:
    return next(one for one in answer["figures"] if one["key"] == key)


def many(number: int, *, at: datetime = YESTERDAY) -> list[EventLog]:
    return [
        EventLog(thread_id=f"{at:%d%H}-{one}", clock=at).asks().models().uses().completes() for one in range(number)
    ]


class TestRange:
    async def test_without_conversations_it_says_so(self, staff: ApiClient) -> None:
        """Numbers are 0, what cannot be computed is null, and nothing has begun yet."""
        told = await staff.get("/api/v1/analytics")
        assert [one["key"] for one in told["figures"]] == [one.key for one in FIGURES]
        assert figure(told, "conversations")["value"] == 0
        assert figure(told, "escalation_rate")["value"] is None
        assert (told["agents"], told["tools"], told["models"], told["first_at"]) == ([], [], [], None)
        assert told["range"]["name"] == "7d"

    async def test_a_figure_says_all_about_itself(self, staff: ApiClient) -> None:
        await happen(staff, *many(12), EventLog(clock=YESTERDAY).asks().hands_over())
        rate = figure(await staff.get("/api/v1/analytics?range=7d&tz=Europe/Berlin"), "escalation_rate")
        assert rate == {
            "key": "escalation_rate",
            "label": "Escalation rate",
            "unit": "percent",
            "value": pytest.approx(100 / 13),
            "numerator": 1,
            "denominator": 13,
            "previous": None,
            "change": None,
            "formula": "Conversations handed to a person, also after they were resolved ÷ conversations.",
            "few": False,
            "filter": "outcome=escalated",
            "better": "down",
        }

    async def test_of_three_conversations_it_says_that_they_are_few(self, staff: ApiClient) -> None:
        await happen(staff, *many(3))
        told = await staff.get("/api/v1/analytics")
        assert figure(told, "resolution_rate")["few"] is True
        assert figure(told, "conversations")["few"] is False
        assert [tool["few"] for tool in told["tools"]] == [True]

    async def test_it_is_compared_with_the_time_before(self, staff: ApiClient) -> None:
        await happen(staff, *many(6), *many(4, at=NOW - timedelta(days=9)))
        count = figure(await staff.get("/api/v1/analytics?range=7d"), "conversations")
        assert (count["value"], count["previous"], count["change"]) == (6, 4, 0.5)

    async def test_agents_tools_and_models(self, staff: ApiClient) -> None:
        """Each with what it did; every agent of a conversation has its outcome."""
        story = EventLog(clock=YESTERDAY).asks().models().uses(ms=100).models("returns", "gpt-4.1", cost=0.5)
        await happen(staff, story.uses("refund", outcome="failed", ms=4000, agent="returns").completes().rates(5))
        told = await staff.get("/api/v1/analytics")
        assert [(one["name"], one["resolved"], one["cost_usd"]) for one in told["agents"]] == [
            ("orders", 1, 0.001),
            ("returns", 1, 0.5),
        ]
        assert [(one["name"], one["success_rate"], one["failed"]) for one in told["tools"]] == [
            ("get_order", 100.0, 0),
            ("refund", 0.0, 1),
        ]
        assert told["tools"][1]["p95_ms"] == pytest.approx(4000, rel=0.05)
        assert [(one["name"], one["calls"], one["tokens_in"]) for one in told["models"]] == [
            ("gpt-4.1", 1, 100),
            ("gpt-4.1-mini", 1, 100),
        ]

    async def test_failed_turns_by_cause(self, staff: ApiClient) -> None:
        """The most frequent first; each leads to the conversations in which it happened."""
        story = EventLog(clock=YESTERDAY).asks().breaks("model_busy").breaks("model_busy").uses().breaks("tool_failed")
        await happen(staff, story, EventLog("t2", clock=YESTERDAY).asks().breaks("model_busy"))
        told = await staff.get("/api/v1/analytics")
        assert figure(told, "failed_turns")["value"] == 4
        assert told["causes"] == [
            {"code": "model_busy", "failed_turns": 3, "conversations": 2},
            {"code": "tool_failed", "failed_turns": 1, "conversations": 1},
        ]
        for error, found in (("tool_failed", {"t1"}), ("model_busy", {"t1", "t2"}), ("1", {"t1", "t2"}), ("0", set())):
            page = await staff.get(f"/api/v1/conversations?error={error}")
            assert {row["thread_id"] for row in page["items"]} == found

    async def test_an_agent_says_how_many_rated_it(self, staff: ApiClient) -> None:
        """Of twelve conversations one was rated: there are many, and still the satisfaction is one person's."""
        await happen(staff, *many(11), EventLog(clock=YESTERDAY).asks().models().rates(2))
        (agent,) = (await staff.get("/api/v1/analytics"))["agents"]
        assert (agent["conversations"], agent["few"]) == (12, False)
        assert (agent["satisfaction"], agent["ratings"]) == (2, 1)

    async def test_the_funnel(self, staff: ApiClient) -> None:
        story = EventLog(clock=YESTERDAY).asks().proposes().decides().carries_out()
        story.proposes(number=2).decides("rejected", number=2).proposes(number=3)
        await happen(staff, story)
        funnel = (await staff.get("/api/v1/analytics"))["funnel"]
        assert {name: value for name, value in funnel.items() if value} == {
            "proposed": 3,
            "approved": 1,
            "rejected": 1,
            "succeeded": 1,
        }

    async def test_demo_data_is_said_to_be_there(self, staff: ApiClient) -> None:
        await happen(staff, EventLog(clock=YESTERDAY, demo=True).asks())
        assert (await staff.get("/api/v1/analytics"))["demo"] is True

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("range=2d", "range"),
            ("range=custom", "from"),
            ("range=custom&from=2026-02-01&to=2026-01-01", "to"),
            ("range=7d&tz=Nowhere/City", "tz"),
            ("range=custom&from=yesterday&to=2026-01-01", "from"),
        ],
    )
    async def test_a_range_that_is_none_is_refused(self, staff: ApiClient, query: str, field: str) -> None:
        error = await staff.get(f"/api/v1/analytics?{query}", status=422)
        assert error["details"]["field"] == field

    async def test_only_staff_see_figures(self, api: ApiClient) -> None:
        for path in ("", "/timeseries?figure=turns", "/rows/turns.csv"):
            assert (await api.get(f"/api/v1/analytics{path}", status=401))["code"] == "sign_in_required"


@pytest.mark.parametrize("filter_", sorted({one.filter for one in FIGURES if one.filter}))
async def test_every_figure_leads_to_the_conversations_behind_it(staff: ApiClient, filter_: str) -> None:
    """Its filter is one that the list of conversations takes, together with the range's ends."""
    await happen(staff, *many(1))
    over = (await staff.get("/api/v1/analytics?range=7d"))["range"]
    found = await staff.get(f"/api/v1/conversations?{filter_}&from={over['from']}&to={over['to']}")
    assert isinstance(found["items"], list)


class TestSeries:
    async def test_every_day_is_there(self, staff: ApiClient) -> None:
        await happen(staff, *many(3), *many(2, at=NOW - timedelta(days=3)))
        told = await staff.get("/api/v1/analytics/timeseries?figure=conversations&range=7d")
        assert [point["value"] for point in told["points"]] == [0, 0, 0, 2, 0, 3, 0]

    async def test_what_cannot_be_computed_is_null(self, staff: ApiClient) -> None:
        await happen(staff, *many(2))
        for key in ("resolution_rate", "tool_p50"):
            told = await staff.get(f"/api/v1/analytics/timeseries?figure={key}&range=7d")
            values = [point["value"] for point in told["points"]]
            assert values[:5] == [None] * 5
            assert values[5] is not None
            assert told["points"][5]["count"] == 2

    async def test_a_point_of_few_says_so(self, staff: ApiClient) -> None:
        """By what it is divided by: of many conversations with few ratings, the satisfaction is of few."""
        rated = [EventLog(thread_id=f"rated-{one}", clock=YESTERDAY).asks().rates(5) for one in range(2)]
        await happen(staff, *many(10), *rated)
        for key, value, count, few in (
            ("conversations", 12, 12, False),
            ("resolution_rate", 100, 12, False),
            ("satisfaction", 5, 2, True),
            ("tool_p50", 120, 10, False),
            ("tool_p95", 120, 10, True),
        ):
            told = await staff.get(f"/api/v1/analytics/timeseries?figure={key}&range=7d")
            point = told["points"][5]
            assert point["value"] == pytest.approx(value, rel=0.05)
            assert (point["count"], point["few"]) == (count, few), key
            assert told["points"][0]["few"] is False

    async def test_by_hour(self, staff: ApiClient) -> None:
        await happen(staff, *many(1, at=NOW - timedelta(hours=2)))
        told = await staff.get("/api/v1/analytics/timeseries?figure=conversations&range=24h&by=hour&tz=Asia/Kolkata")
        assert sum(point["value"] for point in told["points"]) == 1
        assert len(told["points"]) in {24, 25}

    async def test_the_days_of_the_clocks_change(self, staff: ApiClient) -> None:
        """What begins at 22:30 UTC is of the next day in Berlin, before and after the change."""
        stories = [
            EventLog(thread_id=f"s{day}", clock=datetime(2025, 3, day, 22, 30, tzinfo=UTC)).asks() for day in (29, 30)
        ]
        stories.append(EventLog(thread_id="early", clock=datetime(2025, 3, 30, 0, 30, tzinfo=UTC)).asks())
        await happen(staff, *stories)
        query = "range=custom&from=2025-03-29&to=2025-03-31&tz=Europe/Berlin"
        told = await staff.get(f"/api/v1/analytics/timeseries?figure=conversations&{query}")
        assert [(point["at"], point["value"]) for point in told["points"]] == [
            ("2025-03-28T23:00:00Z", 1),
            ("2025-03-29T23:00:00Z", 1),
            ("2025-03-30T22:00:00Z", 1),
        ]
        whole = await staff.get(f"/api/v1/analytics?{query}")
        assert figure(whole, "conversations")["value"] == 3

    async def test_a_year_by_hour_is_refused(self, staff: ApiClient) -> None:
        error = await staff.get("/api/v1/analytics/timeseries?figure=turns&range=365d&by=hour", status=422)
        assert error["details"]["field"] == "by"

    async def test_an_unknown_figure(self, staff: ApiClient) -> None:
        error = await staff.get("/api/v1/analytics/timeseries?figure=luck", status=404)
        assert error["code"] == "figure_unknown"


class TestRows:
    async def test_are_a_file(self, staff: ApiClient) -> None:
        """Named by kind and range, newest first, with a line of names."""
        await happen(staff, *many(2))
        response = await staff.client.get("/api/v1/analytics/rows/resolved.csv?range=7d")
        assert 'filename="conversations-' in response.headers["Content-Disposition"]
        lines = (await response.text()).splitlines()
        assert lines[0].startswith("thread_id,started_at,last_at,")
        assert len(lines) == 3

    async def test_none_are_a_line_of_names(self, staff: ApiClient) -> None:
        response = await staff.client.get("/api/v1/analytics/rows/tool_p95.csv")
        assert (await response.text()) == "thread_id,started_at,seq,at,tool,outcome,duration_ms\r\n"

    async def test_of_an_unknown_figure(self, staff: ApiClient) -> None:
        assert (await staff.get("/api/v1/analytics/rows/luck.csv", status=404))["code"] == "figure_unknown"


class TestLive:
    async def test_it_says_when_figures_have_changed(self, staff: ApiClient) -> None:
        """Once what has happened is counted, and not before anything has."""
        response = await staff.client.get("/api/v1/analytics/live")
        assert response.content_type == "text/event-stream"
        told = asyncio.create_task(response.content.readline())
        async with asyncio.timeout(PATIENCE_SECONDS):
            for number in range(100):  # the stream has to have looked once before it can see a change
                await happen(staff, EventLog(thread_id=f"live-{number}").asks())
                done, _ = await asyncio.wait([told], timeout=0.2)
                if done:
                    break
        assert told.result() == b"data: changed\n"
        response.close()

    async def test_only_for_staff(self, api: ApiClient) -> None:
        assert (await api.get("/api/v1/analytics/live", status=401))["code"] == "sign_in_required"
