"""Conversations that were handed to a person, and the webhooks that tell of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from app.db import conversations, deliveries, events
from app.protocol import Escalated
from tests.api_client import ApiClient, seed_conversation, unknown_id

if TYPE_CHECKING:
    from uuid import UUID

    from app.db.pool import Pool

pytestmark = pytest.mark.integration


@pytest.fixture
async def staff(api: ApiClient) -> ApiClient:
    """A member of staff."""
    await api.sign_in()
    return api


async def escalate(pool: Pool, thread_id: str, reason: str = "The customer asks for a person.") -> None:
    await seed_conversation(pool, thread_id=thread_id)
    frame = Escalated(thread_id=thread_id, reason=reason, message="A person will take it from here.")
    async with pool.acquire() as connection:
        await conversations.escalate(connection, thread_id=thread_id)
        await events.append(
            connection,
            thread_id=thread_id,
            event=events.NewEvent(type="escalated", visible=True, frame=frame.model_dump(mode="json")),
        )


async def deliver(pool: Pool, thread_id: str, *, dead: bool = False) -> UUID:
    async with pool.acquire() as connection:
        delivery_id = await deliveries.enqueue(
            connection, thread_id=thread_id, kind="conversation.escalated", payload={"secret": "of the customer"}
        )
        if dead:
            [taken] = await deliveries.due(connection, now=datetime.now(UTC), limit=1)
            await deliveries.record_attempt(
                connection,
                delivery_id=taken.id,
                attempt=taken.attempts,
                now=datetime.now(UTC),
                ok=False,
                http_status=500,
                error="The receiver answered 500.",
                next_attempt_at=None,
            )
    return delivery_id


class TestList:
    async def test_nothing_yet(self, staff: ApiClient) -> None:
        """Without an escalation the page is empty."""
        assert await staff.get("/api/v1/escalations") == {"items": [], "next": None, "dead_letters": []}

    async def test_newest_first_with_reasons(self, staff: ApiClient, pool: Pool) -> None:
        """Each escalated conversation says when and why; others are not there."""
        await escalate(pool, "t1", "The refund failed.")
        await escalate(pool, "t2")
        await seed_conversation(pool, thread_id="t3")
        items = (await staff.get("/api/v1/escalations"))["items"]
        assert [(item["thread_id"], item["reason"]) for item in items] == [
            ("t2", "The customer asks for a person."),
            ("t1", "The refund failed."),
        ]
        assert all(item["status"] == "open" and item["escalated_at"] for item in items)

    async def test_with_their_webhooks(self, staff: ApiClient, pool: Pool) -> None:
        """Each conversation shows how its webhooks fare, without what they carry."""
        await escalate(pool, "t1")
        await escalate(pool, "t2")
        delivery_id = await deliver(pool, "t1")
        without, with_one = (await staff.get("/api/v1/escalations"))["items"]
        assert without["deliveries"] == []
        [delivery] = with_one["deliveries"]
        assert (delivery["id"], delivery["status"], delivery["attempts"]) == (str(delivery_id), "waiting", 0)
        assert "payload" not in delivery

    async def test_dead_letters_are_seen_at_once(self, staff: ApiClient, pool: Pool) -> None:
        """A webhook that was given up is on the first page, wherever its conversation is."""
        await escalate(pool, "t1")
        delivery_id = await deliver(pool, "t1", dead=True)
        await escalate(pool, "t2")
        page = await staff.get("/api/v1/escalations?limit=1")
        assert [item["thread_id"] for item in page["items"]] == ["t2"]
        [letter] = page["dead_letters"]
        assert (letter["id"], letter["thread_id"], letter["status"]) == (str(delivery_id), "t1", "dead")
        assert (letter["last_error"], letter["last_status"]) == ("The receiver answered 500.", 500)

    async def test_in_pages(self, staff: ApiClient, pool: Pool) -> None:
        """Page by page every escalation comes once."""
        for n in range(3):
            await escalate(pool, f"t{n}")
        first = await staff.get("/api/v1/escalations?limit=2")
        second = await staff.get(f"/api/v1/escalations?limit=2&cursor={first['next']}")
        assert [item["thread_id"] for item in first["items"] + second["items"]] == ["t2", "t1", "t0"]
        assert second["next"] is None


class TestRetry:
    async def test_a_dead_letter_starts_over(self, staff: ApiClient, pool: Pool) -> None:
        """It waits again, its attempts counted anew, and the outbox looks at once."""
        await escalate(pool, "t1")
        delivery_id = await deliver(pool, "t1", dead=True)
        assert await staff.post(f"/api/v1/escalations/deliveries/{delivery_id}/retry") == {"id": str(delivery_id)}
        page = await staff.get("/api/v1/escalations")
        assert page["dead_letters"] == []
        [delivery] = page["items"][0]["deliveries"]
        assert (delivery["status"], delivery["attempts"]) == ("waiting", 0)
        assert staff.parts.outbox.woken == 1

    async def test_once(self, staff: ApiClient, pool: Pool) -> None:
        """A second click finds no dead letter any more, and sends nothing twice."""
        await escalate(pool, "t1")
        path = f"/api/v1/escalations/deliveries/{await deliver(pool, 't1', dead=True)}/retry"
        await staff.post(path)
        error = await staff.post(path, status=404)
        assert "sent again already" in error["message"]
        assert staff.parts.outbox.woken == 1

    async def test_what_waits_needs_no_retry(self, staff: ApiClient, pool: Pool) -> None:
        """A delivery that is still tried is no dead letter."""
        await escalate(pool, "t1")
        await staff.post(f"/api/v1/escalations/deliveries/{await deliver(pool, 't1')}/retry", status=404)

    @pytest.mark.parametrize("delivery_id", [str(unknown_id()), "no-id"])
    async def test_unknown(self, staff: ApiClient, delivery_id: str) -> None:
        """A delivery that there is not cannot be sent again."""
        error = await staff.post(f"/api/v1/escalations/deliveries/{delivery_id}/retry", status=404)
        assert error["code"] == "not_found"
