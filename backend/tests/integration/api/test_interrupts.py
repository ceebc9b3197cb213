"""What waits for consent, and an operator's decision on it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.db import actions, events, interrupts
from app.errors import ToolInvalidInput
from app.tools.base import Access, OutgoingRequest, ToolOutcome, ToolSpec
from tests.api_door import Api, seed_action, seed_approval, seed_conversation, unknown_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

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
async def staff(api: Api, pool: Pool) -> Api:
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
    async def test_nothing_waits(self, staff: Api) -> None:
        """An empty queue is an empty page."""
        assert await staff.get("/api/v1/interrupts") == {"items": [], "next": None}

    async def test_shows_the_card(self, staff: Api, pool: Pool) -> None:
        """Each approval comes with the card that says exactly what will be sent."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        [item] = (await staff.get("/api/v1/interrupts"))["items"]
        assert item["interrupt_id"] == item["card"]["interrupt_id"] == str(interrupt_id)
        assert item["action_id"] == str(action.id)
        assert (item["thread_id"], item["audience"]) == ("t1", "operator")
        assert item["card"]["type"] == "interrupt"
        assert item["card"]["request"] == action.request

    async def test_oldest_first_in_pages(self, staff: Api, pool: Pool) -> None:
        """Page by page every approval comes once, the one that waits longest first."""
        asked = [str(await seed_approval(pool, action=await seed_action(pool))) for _ in range(5)]
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            page = await staff.get(f"/api/v1/interrupts?limit=2{cursor}")
            seen += [item["interrupt_id"] for item in page["items"]]
            cursor = f"&cursor={page['next']}"
        assert seen == asked
        assert page["next"] is None

    async def test_of_one_audience(self, staff: Api, pool: Pool) -> None:
        """Staff see what waits for customers too, or only what waits for themselves."""
        mine = await seed_approval(pool, action=await seed_action(pool))
        await seed_approval(pool, action=await seed_action(pool), audience="customer")
        assert len((await staff.get("/api/v1/interrupts"))["items"]) == 2
        [item] = (await staff.get("/api/v1/interrupts?audience=operator"))["items"]
        assert item["interrupt_id"] == str(mine)

    async def test_what_expired_waits_no_more(self, staff: Api, pool: Pool) -> None:
        """An approval whose time is over is not in the queue, swept or not."""
        await seed_approval(pool, action=await seed_action(pool), expires_in=timedelta(seconds=-1))
        assert (await staff.get("/api/v1/interrupts"))["items"] == []

    @pytest.mark.parametrize("query", ["limit=0", "audience=nobody", "cursor=nonsense", "status=open"])
    async def test_a_wrong_query(self, staff: Api, query: str) -> None:
        """A wrong parameter is named."""
        error = await staff.get(f"/api/v1/interrupts?{query}", status=422)
        assert error["details"]["field"] == query.partition("=")[0]


class TestDecide:
    async def test_approve(self, staff: Api, pool: Pool) -> None:
        """An approved action is approved, and the conversation's log says that an operator did it and why."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        body = {"approved": True, "comment": "looks right"}
        assert await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", body) == {
            "interrupt_id": str(interrupt_id),
            "decision": "approved",
        }
        assert await status_of(pool, action.id) == "approved"
        async with pool.acquire() as connection:
            [resolved] = await events.page(connection, thread_id="t1", after=0, limit=9)
        assert (resolved.frame["decision"], resolved.frame["by"]) == ("approved", "operator")
        assert resolved.frame["comment"] == "looks right"

    async def test_reject(self, staff: Api, pool: Pool) -> None:
        """A rejected action is rejected for good."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        decided = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", {"approved": False})
        assert decided["decision"] == "rejected"
        assert await status_of(pool, action.id) == "rejected"
        assert (await staff.get("/api/v1/interrupts"))["items"] == []

    async def test_edit(self, staff: Api, pool: Pool) -> None:
        """Edited arguments decide nothing yet: they are shown again, and wait for consent of their own."""
        staff.parts.tools["cancel_order"] = FakeTool()
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        body = {"approved": True, "args": {"order_id": 1043}}
        decided = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", body)
        assert decided["decision"] == "edited"
        assert await status_of(pool, action.id) == "pending"
        [item] = (await staff.get("/api/v1/interrupts"))["items"]
        assert item["interrupt_id"] != str(interrupt_id)
        assert item["card"]["args"] == {"order_id": 1043}
        assert item["card"]["edited_from"] == {"order_id": 1042}

    async def test_the_same_arguments_are_no_edit(self, staff: Api, pool: Pool) -> None:
        """Sending the arguments back as they were is an approval."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action)
        body = {"approved": True, "args": action.args}
        decided = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", body)
        assert decided["decision"] == "approved"

    async def test_arguments_that_do_not_fit(self, staff: Api, pool: Pool) -> None:
        """Edited arguments that the tool refuses change nothing."""
        staff.parts.tools["cancel_order"] = FakeTool()
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        body = {"approved": True, "args": {"order_id": "many"}}
        error = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", body, status=422)
        assert error["code"] == "invalid_arguments"
        assert len((await staff.get("/api/v1/interrupts"))["items"]) == 1

    async def test_twenty_operators_at_once(self, staff: Api, pool: Pool) -> None:
        """Whoever is first decides; the others learn that it was decided."""
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        path = f"/api/v1/interrupts/{interrupt_id}/decision"
        answers = await asyncio.gather(*(staff.client.post(path, json={"approved": n % 2 == 0}) for n in range(20)))
        assert sorted(answer.status for answer in answers) == [200] + [409] * 19

    async def test_too_late(self, staff: Api, pool: Pool) -> None:
        """After its time nobody can approve it."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action, expires_in=timedelta(seconds=-1))
        error = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", {"approved": True}, status=410)
        assert error["code"] == "interrupt_expired"
        assert await status_of(pool, action.id) == "pending"

    async def test_the_customer_s_consent_is_the_customer_s(self, staff: Api, pool: Pool) -> None:
        """An operator cannot consent in a customer's place."""
        action = await seed_action(pool)
        interrupt_id = await seed_approval(pool, action=action, audience="customer")
        error = await staff.post(f"/api/v1/interrupts/{interrupt_id}/decision", {"approved": True}, status=403)
        assert error["code"] == "consent_not_yours"
        assert await status_of(pool, action.id) == "pending"

    @pytest.mark.parametrize("interrupt_id", [str(unknown_id()), "no-id", "1"])
    async def test_unknown(self, staff: Api, interrupt_id: str) -> None:
        """An approval that nobody asked for is unknown."""
        path = f"/api/v1/interrupts/{interrupt_id}/decision"
        error = await staff.post(path, {"approved": True}, status=404)
        assert error["code"] == "interrupt_unknown"

    async def test_a_visitor_cannot_decide(self, api: Api, pool: Pool) -> None:
        """Whoever is not staff decides nothing, not even in their own conversation."""
        visitor = await api.visitor()
        await seed_conversation(pool, visitor_id=visitor)
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        await api.post(f"/api/v1/interrupts/{interrupt_id}/decision", {"approved": True}, status=401)
        async with pool.acquire() as connection:
            kept = await interrupts.get(connection, interrupt_id=interrupt_id)
        assert kept is not None
        assert kept.status == "pending"
