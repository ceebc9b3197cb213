"""The event log of a conversation, as its customer sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.db import events
from app.protocol import CustomerMessage, Routed, ServerFrame, Token
from app.socket_writer import wire
from tests.api_door import Api, seed_conversation

if TYPE_CHECKING:
    from app.db.pool import Pool
    from app.protocol import Record

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
    async def test_reads_what_happened(self, api: Api, pool: Pool) -> None:
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

    async def test_never_reads_records_for_staff(self, api: Api, pool: Pool) -> None:
        """What is logged for staff alone is not among them, not even for staff: this is the customer's view."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        await say(pool, Routed(thread_id="t1", intents=[], by="words"), visible=False)
        assert (await api.get("/api/v1/conversations/t1/events"))["items"] == []

    async def test_in_pages(self, api: Api, pool: Pool) -> None:
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

    async def test_nothing_new(self, api: Api, pool: Pool) -> None:
        """After the last event there is nothing, and the number to go on after stays."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        page = await api.get("/api/v1/conversations/t1/events?after=7")
        assert page == {"items": [], "last": 7, "more": False}

    @pytest.mark.parametrize("query", ["after=-1", "after=many", "limit=0", "limit=501"])
    async def test_a_wrong_query(self, api: Api, pool: Pool, query: str) -> None:
        """A wrong parameter is named."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        error = await api.get(f"/api/v1/conversations/t1/events?{query}", status=422)
        assert error["details"]["field"] == query.partition("=")[0]


class TestOthers:
    async def test_somebody_else_s_is_as_good_as_unknown(self, api: Api, pool: Pool) -> None:
        """Another visitor's conversation and one that never was get the very same answer."""
        await api.visitor()
        await seed_conversation(pool, visitor_id="somebody else")
        theirs = await api.get("/api/v1/conversations/t1/events", status=404)
        none = await api.get("/api/v1/conversations/t2/events", status=404)
        assert theirs == none
        assert theirs["code"] == "conversation_unknown"

    async def test_a_stranger_is_asked_who_they_are(self, api: Api, pool: Pool) -> None:
        """Without any cookie nothing is said about any conversation."""
        await seed_conversation(pool)
        error = await api.get("/api/v1/conversations/t1/events", status=401)
        assert error["code"] == "sign_in_required"

    async def test_staff_read_any(self, api: Api, pool: Pool) -> None:
        """Staff read every conversation."""
        await seed_conversation(pool, visitor_id="somebody else")
        await say(pool, CustomerMessage(thread_id="t1", content="hello"))
        await api.sign_in()
        assert len((await api.get("/api/v1/conversations/t1/events"))["items"]) == 1

    @pytest.mark.parametrize("thread_id", ["a b", "%00", "x" * 129, "ä", "a%2Fb"])
    async def test_what_is_no_thread_is_unknown(self, api: Api, thread_id: str) -> None:
        """What cannot be a conversation's id is as good as unknown."""
        await api.visitor()
        error = await api.get(f"/api/v1/conversations/{thread_id}/events", status=404)
        assert error["code"] in {"conversation_unknown", "not_found"}
