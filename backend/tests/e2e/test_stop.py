"""The customer presses stop at awkward moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import results

if TYPE_CHECKING:
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration


async def test_after_approving_and_before_it_is_sent(deployment: Deployment) -> None:
    """What had not begun is never sent, and the customer is told so."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await deployment.database.at_rest()
        async with deployment.database.locked("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE"):
            await chat.answer(card, approved=True)
            await chat.until("interrupt_resolved")
            await deployment.database.blocked()
            await chat.send("cancel")
            result = await chat.until("tool_result")
            assert result["outcome"] == "failed"
            assert "nothing was sent" in result["summary"]
            assert (await chat.until("message_complete"))["cancelled"]
        assert await deployment.database.statuses() == ["failed"]
        await chat.ask("Where is order 1042?")
    assert await deployment.demo.writes() == []


async def test_while_it_is_being_sent(deployment: Deployment) -> None:
    """What is under way is carried to its end, and its result is told before the turn is over."""
    visitor = await deployment.visitor()
    await deployment.demo.switch(hold=True, only=["cancel_order"])
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await chat.answer(card, approved=True)
        await deployment.demo.holding()
        await chat.send("cancel")
        await chat.send("cancel")
        await chat.send("resume", after=0)  # answered behind the two before it
        await chat.until("resumed")
        await deployment.demo.switch(hold=False)
        await chat.until("message_complete", fact=lambda frame: frame["cancelled"])
    log = await visitor.log(chat.thread_id)
    assert results(log) == ["succeeded"]
    assert await deployment.database.statuses() == ["succeeded"]
    assert len(await deployment.demo.writes()) == 1


async def test_one_of_two_approved(deployment: Deployment) -> None:
    """Of two cards one is approved and stopped, the other declined later: the first is not sent after all."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        first = await chat.card("Cancel order 1042 and 1043")
        second = await chat.until("interrupt")
        await deployment.database.at_rest()
        async with deployment.database.locked("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE"):
            await chat.answer(first, approved=True)
            await chat.until("interrupt_resolved")
            await deployment.database.blocked()
            await chat.send("cancel")
            await chat.until("message_complete")
        await chat.answer(second, approved=False)
        await chat.until("message_complete")
    assert sorted(await deployment.database.statuses()) == ["failed", "rejected"]
    assert await deployment.demo.writes() == []


async def test_in_the_middle_of_an_answer(empty_deployment: Deployment) -> None:
    """What was said so far is kept, and the next message is answered."""
    await empty_deployment.add_backend(DEMO_MODEL_DELAY_MS="40")
    visitor = await empty_deployment.visitor()
    async with visitor.chat() as chat:
        await chat.say("Where is order 1042?")
        await chat.until("token")
        await chat.send("cancel")
        assert (await chat.until("message_complete"))["cancelled"]
        said = chat.text()
    [kept] = [frame["content"] for frame in await visitor.log(chat.thread_id) if frame["type"] == "token"]
    assert kept == said
    async with visitor.chat(chat.thread_id) as again:
        assert (await again.ask("Where is order 1043?"))["type"] == "message_complete"
        assert "1043" in again.text()


async def test_the_server_is_asked_to_stop_while_it_sends(deployment: Deployment) -> None:
    """A server that stops settles what it is sending; the next life tells the outcome, not that it is unknown."""
    visitor = await deployment.visitor()
    await deployment.demo.switch(hold=True, only=["cancel_order"])
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await chat.answer(card, approved=True)
        await deployment.demo.holding()
        await deployment.add_backend()  # another replica that would take over
        deployment.backend.terminate()
        await chat.closed()
        await deployment.demo.switch(hold=False)
        await deployment.backend.ended()
    await deployment.database.until("SELECT bool_and(status = 'done') FROM turns")
    async with visitor.chat(chat.thread_id, url=deployment.backends[1].url) as again:
        await again.resumed()
    assert results(again.frames) == ["succeeded"]
    assert len(await deployment.demo.writes()) == 1
