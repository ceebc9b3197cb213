"""What waits for consent, and an operator's decision on it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.api.services import SERVICES
from app.db import actions, approvals, events
from app.errors import ToolInvalidInput
from app.tools.base import Access, OutcomeStatus, OutgoingRequest, ToolOutcome, ToolSpec
from tests.api_client import ADMIN_KEY, ApiClient, seed_action, seed_approval, seed_conversation, unknown_id
from tests.fakes import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from aiohttp import ClientResponse

    from app.db.pool import Pool

pytestmark = pytest.mark.integration


class FakeTool:
    """Cancels one order, and knows which orders there are."""

    spec = ToolSpec(
        name="cancel_order",
        title="Cancel",
        description="Cancels an order.",
        access=Access.WRITE,
        parameters={"type": "object"},
        schema={"type": "object"},
        source="shop",
        target="shop",
        version="1",
    )

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        if not isinstance(args.get("order_id"), int):
            raise ToolInvalidInput("order_id: a number is needed.", field="order_id")
        return OutgoingRequest(method="POST", url=f"https://shop.example/orders/{args['order_id']}/cancel")

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        raise AssertionError("an answer to an approval runs no tool by itself")


@pytest.fixture
async def staff(api: ApiClient, pool: Pool) -> ApiClient:
    """An operator, with one conversation that others have."""
    await api.sign_in()
    await seed_conversation(pool)
    return api


async def status_of(pool: Pool, action_id: UUID) -> str:
    async with pool.acquire() as connection:
        action = await actions.get(connection, action_id=action_id)
    assert action is not None
    return action.status


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


class TestDecide:
    async def test_approve(self, staff: ApiClient, pool: Pool) -> None:
        """An approved action is approved, and the conversation's log says that an operator did it and why."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        body = {"approved": True, "comment": "looks right"}
        assert await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", body) == {
            "interrupt_id": str(interrupt_id),
            "decision": "approved",
        }
        assert await status_of(pool, action.id) == "approved"
        async with pool.acquire() as connection:
            [resolved] = await events.page(connection, thread_id="t1", after=0, limit=9)
        assert (resolved.frame["decision"], resolved.frame["by"]) == ("approved", "operator")
        assert resolved.frame["comment"] == "looks right"

    async def test_reject(self, staff: ApiClient, pool: Pool) -> None:
        """A rejected action is rejected for good."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        decided = await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", {"approved": False})
        assert decided["decision"] == "rejected"
        assert await status_of(pool, action.id) == "rejected"
        assert (await staff.get("/api/v1/approvals"))["items"] == []

    async def test_edit(self, staff: ApiClient, pool: Pool) -> None:
        """Edited arguments decide nothing yet: they are shown again, and wait for consent of their own."""
        staff.parts.tools["cancel_order"] = FakeTool()
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        body = {"approved": True, "args": {"order_id": 1043}}
        decided = await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", body)
        assert decided["decision"] == "edited"
        assert await status_of(pool, action.id) == "pending"
        [item] = (await staff.get("/api/v1/approvals"))["items"]
        assert item["interrupt_id"] != str(interrupt_id)
        assert item["card"]["args"] == {"order_id": 1043}
        assert item["card"]["edited_from"] == {"order_id": 1042}

    async def test_the_same_arguments_are_no_edit(self, staff: ApiClient, pool: Pool) -> None:
        """Sending the arguments back as they were is an approval."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        body = {"approved": True, "args": action.args}
        decided = await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", body)
        assert decided["decision"] == "approved"

    async def test_arguments_that_do_not_fit(self, staff: ApiClient, pool: Pool) -> None:
        """Edited arguments that the tool refuses change nothing."""
        staff.parts.tools["cancel_order"] = FakeTool()
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        body = {"approved": True, "args": {"order_id": "many"}}
        error = await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", body, status=422)
        assert error["code"] == "invalid_arguments"
        assert len((await staff.get("/api/v1/approvals"))["items"]) == 1

    async def test_twenty_operators_at_once(self, staff: ApiClient, pool: Pool) -> None:
        """Whoever is first decides; the others learn that it was decided."""
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        path = f"/api/v1/approvals/{interrupt_id}/decision"
        answers = await asyncio.gather(*(staff.client.post(path, json={"approved": n % 2 == 0}) for n in range(20)))
        assert sorted(answer.status for answer in answers) == [200] + [409] * 19

    async def test_too_late(self, staff: ApiClient, pool: Pool) -> None:
        """After its time nobody can approve it."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action, expires_in=timedelta(seconds=-1))
        error = await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", {"approved": True}, status=410)
        assert error["code"] == "interrupt_expired"
        assert await status_of(pool, action.id) == "pending"

    async def test_the_customer_s_consent_is_the_customer_s(self, staff: ApiClient, pool: Pool) -> None:
        """An operator cannot consent in a customer's place."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action, audience="customer")
        error = await staff.post(f"/api/v1/approvals/{interrupt_id}/decision", {"approved": True}, status=403)
        assert error["code"] == "consent_not_yours"
        assert await status_of(pool, action.id) == "pending"

    @pytest.mark.parametrize("interrupt_id", [str(unknown_id()), "no-id", "1"])
    async def test_unknown(self, staff: ApiClient, interrupt_id: str) -> None:
        """An approval that nobody asked for is unknown."""
        path = f"/api/v1/approvals/{interrupt_id}/decision"
        error = await staff.post(path, {"approved": True}, status=404)
        assert error["code"] == "interrupt_unknown"

    async def test_a_visitor_cannot_decide(self, api: ApiClient, pool: Pool) -> None:
        """Whoever is not staff decides nothing, not even in their own conversation."""
        visitor = await api.visitor()
        await seed_conversation(pool, visitor_id=visitor)
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        await api.post(f"/api/v1/approvals/{interrupt_id}/decision", {"approved": True}, status=401)
        async with pool.acquire() as connection:
            kept = await approvals.get(connection, approval_id=interrupt_id)
        assert kept is not None
        assert kept.status == "pending"


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


async def kept_evidence(pool: Pool) -> list[dict[str, Any]]:
    """What was kept of what staff saw, in order."""
    rows = await pool.fetch("SELECT frame FROM events WHERE type = 'evidence_shown' ORDER BY seq")
    return [row["frame"] for row in rows]


class FakeRead:
    """Looks an order up, and remembers for which values."""

    spec = ToolSpec(
        name="get_order",
        title="Look up an order",
        description="Shows an order.",
        access=Access.READ,
        parameters={"type": "object"},
        schema={"type": "object", "properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
        source="shop",
        target="shop",
        version="1",
    )

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.outcome = ToolOutcome(
            status=OutcomeStatus.SUCCEEDED, summary="Order 1042 is open.", data={"status": "open"}
        )

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        return None

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        self.asked.append(dict(args))
        return self.outcome


class TestEvidence:
    async def test_is_what_the_target_says_now(self, staff: ApiClient, pool: Pool) -> None:
        """The matching read is run with the action's own values."""
        read = FakeRead()
        staff.parts.tools |= {"cancel_order": FakeTool(), "get_order": read}
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        shown = await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        assert (shown["tool"], shown["ok"], shown["summary"]) == ("get_order", True, "Order 1042 is open.")
        assert shown["data"] == {"status": "open"}
        assert read.asked == [{"order_id": 1042}]

    async def test_what_was_seen_is_kept(self, staff: ApiClient, pool: Pool) -> None:
        """Later it can be told on what ground a decision was made: each answer that somebody saw, once."""
        read = FakeRead()
        staff.parts.tools |= {"cancel_order": FakeTool(), "get_order": read}
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        for _ in range(2):
            await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        (frame,) = await kept_evidence(pool)
        assert (frame["interrupt_id"], frame["tool"], frame["by"]) == (str(interrupt_id), "get_order", "admin")
        assert (frame["args"], frame["data"]) == ({"order_id": 1042}, {"status": "open"})
        read.outcome = replace(read.outcome, data={"status": "shipped"})
        await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        assert [frame["data"]["status"] for frame in await kept_evidence(pool)] == ["open", "shipped"]

    async def test_what_is_seen_after_the_decision_is_not(self, staff: ApiClient, pool: Pool) -> None:
        """It is not what was decided on."""
        staff.parts.tools |= {"cancel_order": FakeTool(), "get_order": FakeRead()}
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        await pool.execute("UPDATE interrupts SET status = 'approved', decided_at = now(), decided_by = 'operator'")
        await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        assert await kept_evidence(pool) == []

    async def test_where_no_read_fits(self, staff: ApiClient, pool: Pool) -> None:
        """Without a matching read nothing is run, and that is said."""
        staff.parts.tools |= {"cancel_order": FakeTool()}
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        shown = await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        assert (shown["tool"], shown["ok"], shown["data"]) == (None, False, None)

    async def test_of_nothing(self, staff: ApiClient) -> None:
        """Of an approval that there is not, there is no evidence."""
        error = await staff.get(f"/api/v1/approvals/{unknown_id()}/evidence", status=404)
        assert error["code"] == "interrupt_unknown"

    async def test_is_for_staff(self, api: ApiClient, pool: Pool) -> None:
        """A visitor runs no read and watches no queue."""
        await api.visitor()
        for path in ("/evidence", ""):
            await api.get(f"/api/v1/approvals/{unknown_id()}{path}", status=401)
        for path in ("live", "history"):
            await api.get(f"/api/v1/approvals/{path}", status=401)


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
