"""Approvals: the list and queue of what waits for consent, its history, its live count and its old path."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.api.services import SERVICES
from tests.api_client import ADMIN_KEY, ApiClient, seed_action, seed_approval, seed_conversation, unknown_id
from tests.fakes import PATIENCE_SECONDS

if TYPE_CHECKING:
    from aiohttp import ClientResponse

    from app.db.pool import Pool

pytestmark = pytest.mark.integration


class TestList:
    async def test_nothing_waits(self, staff: ApiClient) -> None:
        """An empty queue is an empty page."""
        assert await staff.get("/api/v1/approvals") == {"items": [], "next": None}

    async def test_shows_the_card(self, staff: ApiClient, pool: Pool) -> None:
        """Each approval comes with the card that says exactly what will be sent."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        [item] = (await staff.get("/api/v1/approvals"))["items"]
        assert item["interrupt_id"] == item["card"]["interrupt_id"] == str(interrupt_id)
        assert item["action_id"] == str(action.id)
        assert (item["thread_id"], item["audience"]) == ("t1", "operator")
        assert item["card"]["type"] == "interrupt"
        assert item["card"]["request"] == action.request

    async def test_oldest_first_in_pages(self, staff: ApiClient, pool: Pool) -> None:
        """Page by page every approval comes once, the one that waits longest first."""
        asked = [str(await seed_approval(pool, action=await seed_action(pool))) for _ in range(5)]
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            page = await staff.get(f"/api/v1/approvals?limit=2{cursor}")
            seen += [item["interrupt_id"] for item in page["items"]]
            cursor = f"&cursor={page['next']}"
        assert seen == asked
        assert page["next"] is None

    async def test_of_one_audience(self, staff: ApiClient, pool: Pool) -> None:
        """Staff see what waits for customers too, or only what waits for themselves."""
        mine = await seed_approval(pool, action=await seed_action(pool))
        await seed_approval(pool, action=await seed_action(pool), audience="customer")
        assert len((await staff.get("/api/v1/approvals"))["items"]) == 2
        [item] = (await staff.get("/api/v1/approvals?audience=operator"))["items"]
        assert item["interrupt_id"] == str(mine)

    async def test_what_expired_waits_no_more(self, staff: ApiClient, pool: Pool) -> None:
        """An approval whose time is over is not in the queue, swept or not."""
        await seed_approval(pool, action=await seed_action(pool), expires_in=timedelta(seconds=-1))
        assert (await staff.get("/api/v1/approvals"))["items"] == []

    @pytest.mark.parametrize("query", ["limit=0", "audience=nobody", "cursor=nonsense", "status=open"])
    async def test_a_wrong_query(self, staff: ApiClient, query: str) -> None:
        """A wrong parameter is named."""
        error = await staff.get(f"/api/v1/approvals?{query}", status=422)
        assert error["details"]["field"] == query.partition("=")[0]


class TestQueue:
    async def test_what_cannot_be_taken_back_comes_first(self, staff: ApiClient, pool: Pool) -> None:
        """The riskiest first, of the same risk the oldest, across pages too."""
        asked = {}
        for name, risk in (("old write", 1), ("delete", 3), ("unknown", 2), ("new write", 1), ("second delete", 3)):
            interrupt_id = await seed_approval(pool, action=await seed_action(pool, title=name))
            await pool.execute("UPDATE interrupts SET risk = $2 WHERE id = $1", interrupt_id, risk)
            asked[str(interrupt_id)] = name
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            page = await staff.get(f"/api/v1/approvals?limit=2{cursor}")
            seen += [asked[item["interrupt_id"]] for item in page["items"]]
            cursor = f"&cursor={page['next']}"
        assert seen == ["delete", "second delete", "unknown", "old write", "new write"]
        assert page["next"] is None

    async def test_knows_whose_conversation_it_is(self, staff: ApiClient, pool: Pool) -> None:
        """The customer, where a token said who it is, and how far the conversation has come."""
        await pool.execute("UPDATE conversations SET customer = 'c-7', last_seq = 12")
        await seed_approval(pool, action=await seed_action(pool))
        [item] = (await staff.get("/api/v1/approvals"))["items"]
        assert (item["customer"], item["last_seq"], item["status"]) == ("c-7", 12, "pending")

    async def test_one_can_be_shown(self, staff: ApiClient, pool: Pool) -> None:
        """A link leads to one approval, also after it was decided."""
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        assert (await staff.get(f"/api/v1/approvals/{interrupt_id}"))["decided_at"] is None
        await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", {"approved": False, "comment": "No."})
        shown = await staff.get(f"/api/v1/approvals/{interrupt_id}")
        assert (shown["status"], shown["decided_by"], shown["decided_name"], shown["comment"]) == (
            "rejected",
            "operator",
            "admin",
            "No.",
        )
        assert (await staff.get(f"/api/v1/approvals/{unknown_id()}", status=404))["code"] == "interrupt_unknown"

    async def test_whoever_comes_second_learns_whose_decision_it_was(self, staff: ApiClient, pool: Pool) -> None:
        """The other operator is told who, and what."""
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        path = f"/api/v1/approvals/{interrupt_id}/decision"
        await staff.post(path, {"approved": True})
        error = await staff.post(path, {"approved": False}, status=409)
        assert error["code"] == "interrupt_answered"
        assert error["message"] == "admin has already approved this. The first answer stands."
        assert (error["details"]["decision"], error["details"]["name"]) == ("approved", "admin")

    async def test_staff_are_known_by_the_name_they_gave(self, api: ApiClient, pool: Pool) -> None:
        """Two people with one key are told apart by the names that they signed in with."""
        await seed_conversation(pool)
        await api.post("/api/v1/staff/sign-in", {"key": ADMIN_KEY, "name": " Ana Öz "})
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        await api.post(f"/api/v1/approvals/{interrupt_id}/decision", {"approved": True})
        assert (await api.get(f"/api/v1/approvals/{interrupt_id}"))["decided_name"] == "Ana Öz"


class TestHistory:
    async def test_newest_first_in_pages(self, staff: ApiClient, pool: Pool) -> None:
        """Every decision comes once, with who, what and why."""
        decided = []
        for n in range(5):
            interrupt_id = await seed_approval(pool, action=await seed_action(pool))
            body = {"approved": n % 2 == 0, "comment": f"because {n}"}
            await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", body)
            decided.append((str(interrupt_id), "approved" if n % 2 == 0 else "rejected", f"because {n}"))
        await seed_approval(pool, action=await seed_action(pool))
        seen: list[tuple[str, str, str]] = []
        cursor = ""
        for _ in range(3):
            page = await staff.get(f"/api/v1/approvals/history?limit=2{cursor}")
            seen += [(item["interrupt_id"], item["status"], item["comment"]) for item in page["items"]]
            assert {item["decided_name"] for item in page["items"]} == {"admin"}
            cursor = f"&cursor={page['next']}"
        assert seen == decided[::-1]
        assert page["next"] is None

    @pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJhIiwiYiIsImMiXQ", "Nw"])
    async def test_a_cursor_of_somebody_else(self, staff: ApiClient, cursor: str) -> None:
        """A cursor that was never written here is named as wrong."""
        for path in ("/api/v1/approvals", "/api/v1/approvals/history"):
            error = await staff.get(f"{path}?cursor={cursor}", status=422)
            assert error["details"]["field"] == "cursor"


class TestLive:
    async def test_tells_at_once_and_at_every_change(self, staff: ApiClient, pool: Pool) -> None:
        """The page hears how much waits when it comes, and whenever that changes; it ends with the server."""
        async with staff.client.get("/api/v1/approvals/live") as stream:
            assert stream.content_type == "text/event-stream"
            assert await next_data(stream) == {"waiting": 0}
            await seed_approval(pool, action=await seed_action(pool))
            staff.parts.approvals_changed.notify()
            assert await next_data(stream) == {"waiting": 1}
            assert staff.client.app is not None
            staff.client.app[SERVICES].stopping.set()
            assert await stream.content.read() == b""


async def next_data(stream: ClientResponse) -> Any:
    """Read the next event of a stream, past whatever is no event."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            line = (await stream.content.readline()).decode()
            if line.startswith("data:"):
                await stream.content.readline()
                return json.loads(line.removeprefix("data:"))


class TestOldPath:
    @pytest.mark.parametrize("rest", ["", "/history?limit=2&cursor=x.y", "/live", f"/{unknown_id()}/evidence"])
    async def test_is_sent_to_the_new_one(self, staff: ApiClient, rest: str) -> None:
        """For one release a client that still asks for the old path is told the new one, query and all."""
        response = await staff.client.get(f"/api/v1/interrupts{rest}", allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (308, f"/api/v1/approvals{rest}")

    async def test_a_decision_arrives_with_its_body(self, staff: ApiClient, pool: Pool) -> None:
        """A decision sent to the old path is taken as if it had been sent to the new one."""
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        decided = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", {"approved": False})
        assert decided == {"interrupt_id": str(interrupt_id), "decision": "rejected"}

    async def test_nothing_else_is_redirected(self, staff: ApiClient) -> None:
        """Only the old path itself and what lies below it have moved."""
        response = await staff.client.get("/api/v1/interruptsx", allow_redirects=False)
        assert response.status == 404
