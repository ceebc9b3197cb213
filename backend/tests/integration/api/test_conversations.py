"""Conversations: found by staff, and read by the customer whose they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.db import events
from app.protocol import CustomerMessage, ServerFrame, Token
from app.records import Routed
from app.ws.writer import wire
from tests.api_client import ApiClient, seed_conversation
from tests.integration.replay.stored_conversations import NOON, store_conversation

if TYPE_CHECKING:
    from app.db.pool import Pool
    from app.records import Record

pytestmark = pytest.mark.integration


async def say(pool: Pool, frame: ServerFrame | Record, *, visible: bool = True) -> int:
    async with pool.acquire() as connection:
        event = await events.append(
            connection,
            thread_id=str(frame.thread_id),
            event=events.NewEvent(
                type=frame.type, visible=visible, frame=frame.model_dump(mode="json", exclude={"seq", "at"})
            ),
        )
    assert event is not None
    return event.seq


class TestOwner:
    async def test_reads_what_happened(self, api: ApiClient, pool: Pool) -> None:
        """The visitor whose conversation it is reads the frames that the socket sent, as the socket sent them."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        await say(pool, CustomerMessage(thread_id="t1", content="Where is order 1042?", message_id="m1"))
        await say(pool, Token(thread_id="t1", agent="orders", content="On its way.", message_id="a1"))
        page = await api.get("/api/v1/conversations/t1/events")
        assert [frame["type"] for frame in page["items"]] == ["message", "token"]
        assert (page["last"], page["more"]) == (2, False)
        async with pool.acquire() as connection:
            stored = await events.page(connection, thread_id="t1", after=0, limit=9)
        assert page["items"][0].keys() == wire(CustomerMessage.model_validate(stored[0].frame)).keys()

    async def test_never_reads_records_for_staff(self, api: ApiClient, pool: Pool) -> None:
        """What is logged for staff alone is not among them, not even for staff: this is the customer's view."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        await say(pool, Routed(thread_id="t1", intents=[], by="words"), visible=False)
        assert (await api.get("/api/v1/conversations/t1/events"))["items"] == []

    async def test_in_pages(self, api: ApiClient, pool: Pool) -> None:
        """Page by page every event comes once, in order."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        for n in range(5):
            await say(pool, CustomerMessage(thread_id="t1", content=str(n)))
        seen, after, more = [], 0, True
        while more:
            page = await api.get(f"/api/v1/conversations/t1/events?after={after}&limit=2")
            seen += [frame["content"] for frame in page["items"]]
            after, more = page["last"], page["more"]
        assert seen == ["0", "1", "2", "3", "4"]

    async def test_nothing_new(self, api: ApiClient, pool: Pool) -> None:
        """After the last event there is nothing, and the number to go on after stays."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        page = await api.get("/api/v1/conversations/t1/events?after=7")
        assert page == {"items": [], "last": 7, "more": False}

    @pytest.mark.parametrize("query", ["after=-1", "after=many", "limit=0", "limit=501"])
    async def test_a_wrong_query(self, api: ApiClient, pool: Pool, query: str) -> None:
        """A wrong parameter is named."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        error = await api.get(f"/api/v1/conversations/t1/events?{query}", status=422)
        assert error["details"]["field"] == query.partition("=")[0]


class TestOthers:
    async def test_somebody_else_s_is_as_good_as_unknown(self, api: ApiClient, pool: Pool) -> None:
        """Another visitor's conversation and one that never was get the very same answer."""
        await api.visitor()
        await seed_conversation(pool, visitor_id="somebody else")
        theirs = await api.get("/api/v1/conversations/t1/events", status=404)
        none = await api.get("/api/v1/conversations/t2/events", status=404)
        assert theirs == none
        assert theirs["code"] == "conversation_unknown"

    async def test_a_stranger_is_asked_who_they_are(self, api: ApiClient, pool: Pool) -> None:
        """Without any cookie nothing is said about any conversation."""
        await seed_conversation(pool)
        error = await api.get("/api/v1/conversations/t1/events", status=401)
        assert error["code"] == "sign_in_required"

    async def test_staff_read_any(self, api: ApiClient, pool: Pool) -> None:
        """Staff read every conversation."""
        await seed_conversation(pool, visitor_id="somebody else")
        await say(pool, CustomerMessage(thread_id="t1", content="hello"))
        await api.sign_in()
        assert len((await api.get("/api/v1/conversations/t1/events"))["items"]) == 1

    @pytest.mark.parametrize("thread_id", ["a b", "%00", "x" * 129, "ä", "a%2Fb"])
    async def test_what_is_no_thread_is_unknown(self, api: ApiClient, thread_id: str) -> None:
        """What cannot be a conversation's id is as good as unknown."""
        await api.visitor()
        error = await api.get(f"/api/v1/conversations/{thread_id}/events", status=404)
        assert error["code"] in {"conversation_unknown", "not_found"}


class TestFinding:
    async def test_is_for_staff(self, api: ApiClient) -> None:
        """A visitor finds nobody's conversations, not even their own, this way."""
        await api.visitor()
        assert (await api.get("/api/v1/conversations", status=401))["code"] == "sign_in_required"

    async def test_newest_first_with_what_is_known(self, api: ApiClient, pool: Pool) -> None:
        """A row holds the facts of the conversation and what was said first in it."""
        await store_conversation(pool, "The older", "a", started_at=NOON)
        await store_conversation(
            pool, "The newer", "b", started_at=NOON + timedelta(hours=1), rating=4, cost_usd=0.125, tools=["x"]
        )
        await api.sign_in()
        page = await api.get("/api/v1/conversations")
        assert [row["title"] for row in page["items"]] == ["The newer", "The older"]
        newer = page["items"][0]
        assert (newer["rating"], newer["cost_usd"], newer["tools"], newer["demo"]) == (4, 0.125, ["x"], False)
        assert (newer["last"], newer["redacted_at"], page["next"]) == (1, None, None)

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
    async def test_page_by_page_each_comes_once(self, api: ApiClient, pool: Pool, limit: int) -> None:
        """Pages of any size give every conversation once, also those that began at the same moment."""
        for n in range(5):
            await store_conversation(pool, "Hello", f"c{n}")
        await api.sign_in()
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await api.get(
                f"/api/v1/conversations?limit={limit}&text=hello&cursor={cursor}".removesuffix("&cursor=")
            )
            seen.extend(row["thread_id"] for row in page["items"])
            cursor = page["next"]
        assert seen == ["c4", "c3", "c2", "c1", "c0"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("text=order%201042", ["a"]),
            ("status=ended", ["b"]),
            ("outcome=resolved", ["b"]),
            ("outcome=resolved_assumed,open", ["b", "a"]),
            ("agent=billing", ["b"]),
            ("tool=refund&approval=1", ["b"]),
            ("error=true", []),
            ("action=1", ["b"]),
            ("action=true", ["b"]),
            ("action=0", ["a"]),
            ("action=proposed", ["b"]),
            ("action=rejected,failed", ["b"]),
            ("action=succeeded", []),
            ("call=any", ["b"]),
            ("call=failed,unknown&tool=refund", ["b"]),
            ("call=failed&tool=get_order", []),
            ("call=succeeded", []),
            ("model=any", ["b", "a"]),
            ("model=large", ["b"]),
            ("model=large&first_token=1", ["b"]),
            ("first_token=0", ["a"]),
            ("decision=1", ["b"]),
            ("staff=1", ["b"]),
            ("staff=0", ["a"]),
            ("rating=5,4", ["b"]),
            ("rating=any", ["b"]),
            ("rating=1", []),
            ("cost_min=0.1&cost_max=0.2", ["b"]),
            ("from=2026-03-15T12:30:00Z", ["b"]),
            ("to=2026-03-15T13:30:00%2B01:00", ["a"]),
            ("text=order&status=open&agent=orders", ["a"]),
        ],
    )
    async def test_filters_stand_in_the_address(self, api: ApiClient, pool: Pool, query: str, found: list[str]) -> None:
        """Each filter, alone and with others."""
        await store_conversation(pool, "Where is order 1042?", "a", started_at=NOON)
        await store_conversation(
            pool,
            "A refund",
            "b",
            started_at=NOON + timedelta(hours=1),
            status="ended",
            outcome="resolved_assumed",
            agents=["billing"],
            tools=["refund"],
            approvals=1,
            actions=1,
            models=["large"],
            staff=True,
            tally={
                "failed": 1,
                "decisions": {"80": 1},
                "tools": {"refund": {"failed": 1}},
                "models": {"large": {"model_calls": 1, "first_token": {"60": 1}}},
            },
            rating=4,
            cost_usd=0.15,
        )
        await api.sign_in()
        page = await api.get(f"/api/v1/conversations?{query}")
        assert [row["thread_id"] for row in page["items"]] == found

    @pytest.mark.parametrize(
        "query",
        [
            "status=closed",
            "outcome=resolved,",
            "outcome=won",
            "rating=6",
            "rating=1,any",
            "cost_min=-1",
            "cost_max=NaN",
            "from=2026-03-15T12:30:00",
            "from=yesterday",
            "approval=maybe",
            "staff=some",
            "action=maybe",
            "action=1,failed",
            "call=rejected",
            "call=any,failed",
            "model=",
            "cursor=xyz",
            "cursor=MjAyNi0wMy0xNQ",
            "text=" + "x" * 201,
            "limit=201",
            "colour=red",
        ],
    )
    async def test_what_is_no_filter_is_refused(self, api: ApiClient, query: str) -> None:
        """A wrong value is named, never ignored."""
        await api.sign_in()
        error = await api.get(f"/api/v1/conversations?{query}", status=422)
        assert error["code"] == "invalid_request"
        assert query.partition("=")[0] in error["details"]["field"] + error["message"]
