"""A conversation step by step, as staff read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.api.services import SERVICES
from app.db.listener import ReplicaConnection
from app.events.tracker import ConversationTracker
from app.protocol import CustomerFeedback, CustomerMessage, ErrorFrame, Escalated, Token, ToolResult
from app.records import LOGGED_FRAMES, ModelCalled, Routed
from tests.api_client import ApiClient, seed_action, seed_approval, seed_conversation
from tests.integration.replay.stored_conversations import log_frames, store_conversation

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

ROUTED = Routed(thread_id="t1", intents=[], by="words", duration_ms=3)
CALLED = ModelCalled(
    thread_id="t1",
    agent="orders",
    model="m",
    prompt_tokens=10,
    completion_tokens=5,
    cost_usd=0.00012345,
    estimated=False,
    time_to_first_token_ms=12,
    duration_ms=34,
)


async def fill(pool: Pool, count: int) -> None:
    await log_frames(pool, *(CustomerMessage(thread_id="t1", content=str(n)) for n in range(count)))


class TestWhoMay:
    @pytest.mark.parametrize("path", ["", "/steps", "/live"])
    async def test_staff_only(self, api: ApiClient, pool: Pool, path: str) -> None:
        """The customer whose conversation it is reads it elsewhere, without the records for staff."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        assert (await api.get(f"/api/v1/replay/t1{path}", status=401))["code"] == "sign_in_required"

    @pytest.mark.parametrize("path", ["t2", "t2/steps", "t2/live", "no%20id", "no%20id/steps"])
    async def test_what_is_not_there_is_unknown(self, api: ApiClient, path: str) -> None:
        """An id that no conversation has is answered with that."""
        await api.sign_in()
        assert (await api.get(f"/api/v1/replay/{path}", status=404))["code"] == "conversation_unknown"


class TestWhole:
    async def test_it_says_what_is_known(self, api: ApiClient, pool: Pool) -> None:
        """The row of the list, the newest number and the places to jump to."""
        await log_frames(
            pool,
            CustomerMessage(thread_id="t1", content="Cancel order 1042"),
            ErrorFrame(thread_id="t1", code="model_down", message="Later.", retryable=True),
            ToolResult(thread_id="t1", tool="x", call_id="1", ok=False, summary="no", duration_ms=1, outcome="failed"),
            ToolResult(thread_id="t1", tool="x", call_id="2", ok=True, summary="yes", duration_ms=1),
            Escalated(thread_id="t1", reason="r", message="m"),
            CustomerFeedback(thread_id="t1", rating=5),
        )
        await store_conversation(pool, "more", turns=3)
        await api.sign_in()
        replay = await api.get("/api/v1/replay/t1")
        assert replay["marks"] == [
            {"seq": 2, "kind": "error"},
            {"seq": 3, "kind": "error"},
            {"seq": 5, "kind": "escalation"},
            {"seq": 6, "kind": "feedback"},
        ]
        assert (replay["last"], replay["turns"], replay["redacted_at"]) == (7, 3, None)
        assert replay["conversation"]["title"] == "Cancel order 1042"

    async def test_an_approval_is_marked(self, api: ApiClient, pool: Pool) -> None:
        """A request for consent is a place to jump to."""
        await seed_conversation(pool)
        await seed_approval(pool, action=await seed_action(pool))
        frame = await pool.fetchval("SELECT frame FROM interrupts")
        await log_frames(pool, LOGGED_FRAMES.validate_python(frame))
        await api.sign_in()
        assert (await api.get("/api/v1/replay/t1"))["marks"] == [{"seq": 1, "kind": "approval"}]

    async def test_one_that_has_just_begun_is_there_too(self, api: ApiClient, pool: Pool) -> None:
        """Before its facts are kept, a conversation has none, and is shown all the same."""
        await log_frames(pool, CustomerMessage(thread_id="t1", content="Hello"))
        await api.sign_in()
        conversation = (await api.get("/api/v1/replay/t1"))["conversation"]
        assert (conversation["outcome"], conversation["turns"], conversation["title"]) == ("open", 0, "")


class TestSteps:
    async def test_a_step_is_the_event_as_it_is_stored(self, api: ApiClient, pool: Pool) -> None:
        """What customers saw and what staff alone see, with the figures lifted out of the frame."""
        await log_frames(pool, ROUTED, CALLED, Token(thread_id="t1", agent="orders", content='"é\\', message_id="m"))
        await api.sign_in()
        page = await api.get("/api/v1/replay/t1/steps")
        routed, called, token = page["items"]
        assert (routed["seq"], routed["visible"], routed["type"], routed["duration_ms"]) == (1, False, "routed", 3)
        assert (called["prompt_tokens"], called["completion_tokens"], called["cost_usd"]) == (10, 5, 0.00012345)
        assert (called["agent"], called["duration_ms"], called["turn_id"]) == ("orders", 34, None)
        assert (token["visible"], token["frame"]["content"], token["cost_usd"]) == (True, '"é\\', None)
        for step in page["items"]:
            frame = LOGGED_FRAMES.validate_python(step["frame"])
            assert (frame.seq, frame.type) == (step["seq"], step["type"])
        assert (page["next"], page["previous"]) == (None, None)

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 500])
    async def test_forwards_each_step_comes_once(self, api: ApiClient, pool: Pool, limit: int) -> None:
        """Pages of any size give every step once, in order."""
        await fill(pool, 8)
        await api.sign_in()
        seen: list[int] = []
        after: int | None = 0
        while after is not None:
            page = await api.get(f"/api/v1/replay/t1/steps?after={after}&limit={limit}")
            seen.extend(step["seq"] for step in page["items"])
            after = page["next"]
        assert seen == list(range(1, 9))

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 500])
    async def test_backwards_too(self, api: ApiClient, pool: Pool, limit: int) -> None:
        """From the end to the beginning, each page in order in itself."""
        await fill(pool, 8)
        await api.sign_in()
        seen: list[int] = []
        before: int | None = 9
        while before is not None:
            page = await api.get(f"/api/v1/replay/t1/steps?before={before}&limit={limit}")
            seen[:0] = [step["seq"] for step in page["items"]]
            before = page["previous"]
        assert seen == list(range(1, 9))

    async def test_a_page_in_the_middle_leads_both_ways(self, api: ApiClient, pool: Pool) -> None:
        """A link to a step opens where it is, and goes on from there."""
        await fill(pool, 8)
        await api.sign_in()
        page = await api.get("/api/v1/replay/t1/steps?after=3&limit=2")
        assert ([step["seq"] for step in page["items"]], page["next"], page["previous"]) == ([4, 5], 5, 4)
        page = await api.get("/api/v1/replay/t1/steps?before=4&limit=2")
        assert ([step["seq"] for step in page["items"]], page["next"], page["previous"]) == ([2, 3], 3, 2)

    async def test_beyond_the_end_there_is_nothing(self, api: ApiClient, pool: Pool) -> None:
        """A page after the last step is empty and says how to go back."""
        await fill(pool, 2)
        await api.sign_in()
        page = await api.get("/api/v1/replay/t1/steps?after=2")
        assert (page["items"], page["next"], page["previous"]) == ([], None, 3)

    @pytest.mark.parametrize("query", ["limit=0", "limit=501", "after=-1", "before=0", "after=x", "offset=3"])
    async def test_a_wrong_query_is_named(self, api: ApiClient, pool: Pool, query: str) -> None:
        """What the query does not take is refused."""
        await api.sign_in()
        assert (await api.get(f"/api/v1/replay/t1/steps?{query}", status=422))["code"] == "invalid_request"


class TestLive:
    async def test_first_what_was_then_what_happens(self, api: ApiClient, pool: Pool) -> None:
        """A watcher gets every step once: those before, and each as it is stored, records for staff among them."""
        await fill(pool, 2)
        await api.sign_in()
        tracker = ConversationTracker(pool=pool, subscriptions=api.parts.subscriptions, replica=ReplicaConnection())
        async with api.client.get("/api/v1/replay/t1/live?after=1") as response:
            assert response.content_type == "text/event-stream"
            assert (await _next(response))["seq"] == 2
            await tracker.record(ROUTED)
            await tracker.record(Token(thread_id="t1", agent="orders", content="Hi", message_id="m"))
            steps = [await _next(response), await _next(response)]
            assert [(step["seq"], step["type"]) for step in steps] == [(3, "routed"), (4, "token")]
            assert api.client.app is not None
            api.client.app[SERVICES].stopping.set()
            assert await response.content.read() == b""
        assert not api.parts.subscriptions.is_watched("t1")

    async def test_another_replica_is_heard(self, api: ApiClient, pool: Pool) -> None:
        """What nobody here is told of is found by looking."""
        await fill(pool, 1)
        await api.sign_in()
        async with api.client.get("/api/v1/replay/t1/live") as response:
            await _next(response)
            await log_frames(pool, ROUTED)
            assert (await _next(response))["type"] == "routed"

    @pytest.mark.parametrize(("last", "first"), [("2", 3), ("99999999999999999999", 1), ("x", 1)])
    async def test_a_browser_goes_on_where_it_was(self, api: ApiClient, pool: Pool, last: str, first: int) -> None:
        """After a lost connection it says the last number that it had; nonsense is not listened to."""
        await fill(pool, 3)
        await api.sign_in()
        async with api.client.get("/api/v1/replay/t1/live", headers={"Last-Event-ID": last}) as response:
            assert (await _next(response))["seq"] == first


async def _next(response: Any) -> dict[str, Any]:
    """Read the next step of a stream."""
    lines = (await response.content.readuntil(b"\n\n")).decode().splitlines()
    step: dict[str, Any] = json.loads(lines[1].removeprefix("data: "))
    assert lines[0] == f"id: {step['seq']}"
    return step
