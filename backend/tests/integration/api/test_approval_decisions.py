"""Decisions on approvals: the first one counts, in time, by whoever may consent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from app.db import actions, approvals, events
from tests.api_client import ApiClient, seed_action, seed_approval, seed_conversation, unknown_id
from tests.integration.api.fake_order_tools import FakeCancelOrder

if TYPE_CHECKING:
    from uuid import UUID

    from app.db.pool import Pool

pytestmark = pytest.mark.integration


async def status_of(pool: Pool, action_id: UUID) -> str:
    async with pool.acquire() as connection:
        action = await actions.get(connection, action_id=action_id)
    assert action is not None
    return action.status


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
        staff.parts.tools["cancel_order"] = FakeCancelOrder()
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
        staff.parts.tools["cancel_order"] = FakeCancelOrder()
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
