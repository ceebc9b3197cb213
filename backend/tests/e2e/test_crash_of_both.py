"""The server is killed between two consents to one action: neither is lost, and nothing is sent before both."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.client import Chat, Visitor, results
from tests.e2e.conftest import Deployment

if TYPE_CHECKING:
    from tests.e2e.client import Frame

pytestmark = pytest.mark.integration

AGENTS = """\
fallback: order_actions
apis:
  - name: shop
    document: ${DEMO_APIS_URL}/shop/openapi.json
    base_url: ${DEMO_APIS_URL}/shop
    consent: {cancel_order: both}
agents:
  - name: order_actions
    description: Looks orders up and cancels them.
    permission: write
    tools: [cancel_order, get_order, hand_over]
    examples: [Cancel order 1042]
"""


@pytest.fixture
async def both(empty_deployment: Deployment) -> Deployment:
    """A deployment on which cancelling an order needs the customer and an operator."""
    path = empty_deployment.folder / "agents.yaml"
    await asyncio.to_thread(path.write_text, AGENTS)
    empty_deployment.environment["AGENTS_FILE"] = str(path)
    await empty_deployment.add_backend()
    return empty_deployment


async def waiting_for_staff(deployment: Deployment, staff: Visitor) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await staff.get("/api/v1/approvals?audience=operator"))["items"]
    assert await deployment.demo.writes() == []
    return items


async def consented(chat: Chat) -> Frame:
    """Let the customer ask and agree; returns the card that waits for staff."""
    card = await chat.card("Cancel order 1042")
    assert card["audience"] == "customer"
    await chat.answer(card, approved=True)
    return await chat.until("interrupt", fact=lambda frame: frame["audience"] == "operator")


async def results_on_reconnect(visitor: Visitor, chat: Chat) -> list[str]:
    async with visitor.chat(chat.thread_id) as again:
        await again.resumed()
        if not again.of("message_complete"):
            await again.until("message_complete")
        return results(again.frames)


async def test_while_the_first_is_being_stored(both: Deployment) -> None:
    """Killed before the customer's consent is stored: it was never given, and is asked for again."""
    visitor, staff = await both.visitor(), await both.staff()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        async with both.database.locked("SELECT 1 FROM conversations FOR UPDATE"):
            await chat.answer(card, approved=True)
            await both.database.blocked()
            await both.backend.kill()
    await both.backend.start()
    assert await waiting_for_staff(both, staff) == []
    async with visitor.chat(chat.thread_id) as again:
        await again.resumed()
        await again.answer(card, approved=True)
        await again.until("interrupt", fact=lambda frame: frame["audience"] == "operator")
    assert len(await waiting_for_staff(both, staff)) == 1


async def test_between_the_two(both: Deployment) -> None:
    """Killed between the two: the operator is asked all the same, and their consent sends it, once."""
    visitor, staff = await both.visitor(), await both.staff()
    async with visitor.chat() as chat:
        card = await consented(chat)
        await both.backend.restart()
    [item] = await waiting_for_staff(both, staff)
    assert (item["interrupt_id"], item["card"]["given"]) == (card["interrupt_id"], ["customer"])
    await staff.post(f"/api/v1/approvals/{item['interrupt_id']}/decision", {"approved": True})
    assert await results_on_reconnect(visitor, chat) == ["succeeded"]
    assert len(await both.demo.writes()) == 1


async def test_after_the_second(both: Deployment) -> None:
    """Killed when both have consented and nothing is claimed: the next life acts, once."""
    visitor, staff = await both.visitor(), await both.staff()
    async with visitor.chat() as chat:
        card = await consented(chat)
        await both.database.at_rest()
        async with both.database.locked("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE"):
            await staff.post(f"/api/v1/approvals/{card['interrupt_id']}/decision", {"approved": True})
            await both.database.blocked()
            assert await both.database.value("SELECT status = 'approved' FROM actions")
            await both.backend.kill()
    assert await both.demo.writes() == []
    await both.backend.start()
    assert await results_on_reconnect(visitor, chat) == ["succeeded"]
    assert len(await both.demo.writes()) == 1


async def test_the_operators_no_outlives_it(both: Deployment) -> None:
    """Killed right after the operator declined: nothing is ever sent, and the customer is told why."""
    visitor, staff = await both.visitor(), await both.staff()
    async with visitor.chat() as chat:
        card = await consented(chat)
        await both.database.at_rest()
        async with both.database.locked("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE"):
            body = {"approved": False, "comment": "It is packed already."}
            await staff.post(f"/api/v1/approvals/{card['interrupt_id']}/decision", body)
            await both.database.blocked()
            await both.backend.kill()
    await both.backend.start()
    assert await results_on_reconnect(visitor, chat) == ["rejected"]
    assert await both.demo.writes() == []


async def test_the_customer_goes_on_chatting_meanwhile(both: Deployment) -> None:
    """While an operator looks, other questions are answered; after the decision the first goes on by itself."""
    visitor, staff = await both.visitor(), await both.staff()
    async with visitor.chat() as chat:
        card = await consented(chat)
        await chat.ask("Where is order 1043?")
        await staff.post(f"/api/v1/approvals/{card['interrupt_id']}/decision", {"approved": True})
        ended = await chat.until("tool_result", fact=lambda frame: frame["tool"] == "cancel_order")
        assert ended["outcome"] == "succeeded"
        await chat.until("message_complete")
    assert len(await both.demo.writes()) == 1
