"""The server is killed at each step of a write. What arrived at the shop is counted: never two."""

from __future__ import annotations

import pytest

from tests.e2e.client import Chat, Visitor, results
from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

APPROVED = "SELECT status = 'approved' FROM actions"
EXECUTING = "SELECT status = 'executing' FROM actions"
UNKNOWN = "SELECT status = 'unknown' FROM actions"
HOLD_RESULTS = """
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(1042); RETURN NEW; END $$;
    CREATE TRIGGER hold BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.type = 'tool_ran') EXECUTE FUNCTION hold()
"""


async def approve(visitor: Visitor, chat: Chat) -> None:
    """Have order 1042 cancelled, as far as the customer is concerned."""
    card = await chat.card("Cancel order 1042")
    await chat.answer(card, approved=True)
    await chat.until("interrupt_resolved")


async def results_after_restart(deployment: Deployment, visitor: Visitor, chat: Chat) -> list[str]:
    """Start the server again and return how the call ended, as the customer is told."""
    await deployment.backend.start()
    async with visitor.chat(chat.thread_id) as again:
        await again.resumed()
        if not again.of("message_complete"):
            await again.until("message_complete")
        return results(again.frames)


async def test_before_the_claim(deployment: Deployment) -> None:
    """Killed when the customer has approved and nothing is claimed: the next life acts, once."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await deployment.database.at_rest()
        async with deployment.database.locked("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE"):
            await chat.answer(card, approved=True)
            await chat.until("interrupt_resolved")
            await deployment.database.blocked()
            assert await deployment.database.value(APPROVED)
            await deployment.backend.kill()
    assert await deployment.demo.writes() == []
    assert await results_after_restart(deployment, visitor, chat) == ["succeeded"]
    assert len(await deployment.demo.writes()) == 1
    assert (await deployment.demo.order(1042))["status"] == "cancelled"


async def test_after_the_claim_before_the_request(deployment: Deployment) -> None:
    """Killed after the claim, with nothing sent yet: that cannot be known, so nothing is ever sent."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        deployment.proxy.hold()
        await chat.answer(card, approved=True)
        await chat.until("interrupt_resolved")
        await deployment.proxy.waiting()
        assert await deployment.database.value(EXECUTING)
        await deployment.backend.kill()
    deployment.proxy.release()
    assert await results_after_restart(deployment, visitor, chat) == ["unknown"]
    assert await deployment.database.value(UNKNOWN)
    assert await deployment.demo.writes() == []


async def test_during_the_request(deployment: Deployment) -> None:
    """Killed while the shop works on the request: it is not sent again, and the outcome is unknown."""
    visitor = await deployment.visitor()
    await deployment.demo.switch(hold=True, only=["cancel_order"])
    async with visitor.chat() as chat:
        await approve(visitor, chat)
        await deployment.demo.holding()
        await deployment.backend.kill()
    await deployment.demo.switch(hold=False)
    assert await results_after_restart(deployment, visitor, chat) == ["unknown"]
    assert len(await deployment.demo.writes()) == 1


async def test_before_settling(deployment: Deployment) -> None:
    """Killed when the shop has answered and the answer is not stored yet: one effect, outcome unknown."""
    visitor = await deployment.visitor()
    await deployment.demo.switch(hold=True, hold_when="after", only=["cancel_order"])
    async with visitor.chat() as chat:
        await approve(visitor, chat)
        await deployment.demo.holding()
        async with deployment.database.locked("SELECT 1 FROM actions FOR UPDATE"):
            await deployment.demo.switch(hold=False)
            await deployment.database.blocked()
            await deployment.backend.kill()
    assert await results_after_restart(deployment, visitor, chat) == ["unknown"]
    writes = await deployment.demo.writes()
    assert [write["applied"] for write in writes] == [True]


async def test_after_settling(deployment: Deployment) -> None:
    """Killed when the outcome is stored and nobody knows it yet: the next life tells it, and does nothing again."""
    visitor = await deployment.visitor()
    await deployment.demo.switch(hold=True, hold_when="after", only=["cancel_order"])
    async with visitor.chat() as chat:
        await approve(visitor, chat)
        await deployment.demo.holding()
        await deployment.database.execute(HOLD_RESULTS)
        async with deployment.database.locked("SELECT pg_advisory_xact_lock(1042)"):
            await deployment.demo.switch(hold=False)
            await deployment.database.until("SELECT status = 'succeeded' FROM actions")
            await deployment.database.blocked()
            await deployment.backend.kill()
    assert await results_after_restart(deployment, visitor, chat) == ["succeeded"]
    assert len(await deployment.demo.writes()) == 1
    sent = "SELECT count(*) FROM events WHERE type = 'tool_ran' AND frame->>'tool' = 'cancel_order'"
    assert await deployment.database.value(sent) == 1


async def test_an_unknown_outcome_is_settled_by_a_person(deployment: Deployment) -> None:
    """Staff see what was sent, settle it once, and the customer is told in the chat."""
    visitor, staff = await deployment.visitor(), await deployment.staff()
    await deployment.demo.switch(hold=True, only=["cancel_order"])
    async with visitor.chat() as chat:
        await approve(visitor, chat)
        await deployment.demo.holding()
        await deployment.backend.restart()
    await deployment.demo.switch(hold=False)
    async with visitor.chat(chat.thread_id) as following, visitor.chat(chat.thread_id) as plain:
        await following.resumed()
        if not following.of("message_complete"):
            await following.until("message_complete")
        await plain.ask("Where is order 1043?")
        [action] = (await staff.get("/api/v1/actions?status=unknown"))["items"]
        assert action["request"]["method"] == "POST"
        assert action["request"]["url"].endswith("/shop/orders/1042/cancel")
        settle = f"/api/v1/actions/{action['id']}/settle"
        await staff.post(settle, {"outcome": "succeeded", "note": "The shop shows it as cancelled."})
        for watching in (following, plain):
            said = await watching.until("token", fact=lambda frame: "checked" in frame["content"])
            assert "it was done" in said["content"]
            assert "The shop shows it as cancelled." in said["content"]
        refused = await staff.post(settle, {"outcome": "failed", "note": "No."}, status=409)
        assert refused["code"] == "action_settled"
    assert (await staff.get("/api/v1/actions?status=unknown"))["items"] == []


async def test_while_a_card_is_open(deployment: Deployment) -> None:
    """The card is there again after the restart, and approving it acts once."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await deployment.backend.restart()
        await chat.closed()
    async with visitor.chat(chat.thread_id) as again:
        await again.resumed()
        assert [frame["interrupt_id"] for frame in again.of("interrupt")] == [card["interrupt_id"]]
        assert not again.of("message_complete")
        await again.answer(card, approved=True)
        await again.until("message_complete")
    assert len(await deployment.demo.writes()) == 1


async def test_a_rejected_write_stays_rejected(deployment: Deployment) -> None:
    """Killed right after the customer declined: nothing is ever sent."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await deployment.database.at_rest()
        async with deployment.database.locked("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE"):
            await chat.answer(card, approved=False)
            await chat.until("interrupt_resolved")
            await deployment.backend.kill()
    assert await results_after_restart(deployment, visitor, chat) == ["rejected"]
    assert await deployment.demo.writes() == []
    assert (await deployment.demo.order(1042))["status"] == "processing"


async def test_while_an_answer_streams(empty_deployment: Deployment) -> None:
    """The page that comes back has the whole answer, exactly once, and nothing twice."""
    await empty_deployment.add_backend(DEMO_MODEL_DELAY_MS="40")
    visitor = await empty_deployment.visitor()
    async with visitor.chat() as chat:
        await chat.say("Where is order 1042?", message_id="one")
        await chat.until("token")
        await empty_deployment.backend.kill()
    await empty_deployment.backend.start()
    async with visitor.chat(chat.thread_id) as again:
        await again.resumed()
        if not again.of("message_complete"):
            await again.until("message_complete")
    log = await visitor.log(chat.thread_id)
    kinds = [frame["type"] for frame in log]
    assert kinds == ["message", "tool_call", "tool_result", "token", "message_complete", "resumed"]
    assert "1042" in log[3]["content"]
    numbers = [frame["seq"] for frame in log if "seq" in frame]
    assert numbers == sorted(set(numbers))


async def test_at_the_very_end_of_an_answer(deployment: Deployment) -> None:
    """Killed when the answer is stored and neither run nor turn is: it is not said a second time."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        await chat.say("Where is order 1042?", message_id="one")
        await chat.until("tool_result")
        await chat.until("token", fact=lambda frame: "seq" not in frame)
        async with deployment.database.locked("LOCK TABLE turns IN SHARE ROW EXCLUSIVE MODE"):
            await chat.until("token", fact=lambda frame: "seq" in frame)
            await deployment.database.blocked()
            await deployment.backend.kill()
    await deployment.backend.start()
    async with visitor.chat(chat.thread_id) as again:
        await again.resumed()
        await deployment.database.until("SELECT bool_and(status = 'done') FROM turns")
    kinds = [frame["type"] for frame in await visitor.log(chat.thread_id)]
    assert kinds == ["message", "tool_call", "tool_result", "token", "message_complete", "resumed"]


async def test_a_card_and_its_turn_are_told_once(deployment: Deployment) -> None:
    """Killed between showing a card and ending its turn: no second card, and no word that the turn is over."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        await chat.say("Cancel order 1042", message_id="one")
        await chat.until("tool_call", fact=lambda frame: frame["tool"] == "cancel_order")
        async with deployment.database.locked("LOCK TABLE turns IN SHARE ROW EXCLUSIVE MODE"):
            await chat.until("interrupt")
            await deployment.database.blocked()
            await deployment.backend.kill()
    await deployment.backend.start()
    await deployment.database.until("SELECT bool_and(status = 'done') FROM turns")
    kinds = [frame["type"] for frame in await visitor.log(chat.thread_id)]
    looked = ["tool_call", "tool_result"]
    assert kinds == ["message", *looked, "tool_call", "interrupt", "receipt", "resumed"]
