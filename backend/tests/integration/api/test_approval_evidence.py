"""Evidence beside an approval: what the target says now, kept as far as it was seen before the decision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.api_client import ApiClient, seed_action, seed_approval, unknown_id
from tests.integration.api.fake_order_tools import FakeCancelOrder, FakeGetOrder

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


async def kept_evidence(pool: Pool) -> list[dict[str, Any]]:
    """What was kept of what staff saw, in order."""
    rows = await pool.fetch("SELECT frame FROM events WHERE type = 'evidence_shown' ORDER BY seq")
    return [row["frame"] for row in rows]


class TestEvidence:
    async def test_is_what_the_target_says_now(self, staff: ApiClient, pool: Pool) -> None:
        """The matching read is run with the action's own values."""
        read = FakeGetOrder()
        staff.parts.tools |= {"cancel_order": FakeCancelOrder(), "get_order": read}
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        shown = await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        assert (shown["tool"], shown["ok"], shown["summary"]) == ("get_order", True, "Order 1042 is open.")
        assert shown["data"] == {"status": "open"}
        assert read.asked == [{"order_id": 1042}]

    async def test_what_was_seen_is_kept(self, staff: ApiClient, pool: Pool) -> None:
        """Later it can be told on what ground a decision was made: each answer that somebody saw, once."""
        read = FakeGetOrder()
        staff.parts.tools |= {"cancel_order": FakeCancelOrder(), "get_order": read}
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
        staff.parts.tools |= {"cancel_order": FakeCancelOrder(), "get_order": FakeGetOrder()}
        interrupt_id = await seed_approval(pool, action=await seed_action(pool))
        await pool.execute("UPDATE interrupts SET status = 'approved', decided_at = now(), decided_by = 'operator'")
        await staff.get(f"/api/v1/approvals/{interrupt_id}/evidence")
        assert await kept_evidence(pool) == []

    async def test_where_no_read_fits(self, staff: ApiClient, pool: Pool) -> None:
        """Without a matching read nothing is run, and that is said."""
        staff.parts.tools |= {"cancel_order": FakeCancelOrder()}
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
