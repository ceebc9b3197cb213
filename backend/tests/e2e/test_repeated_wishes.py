"""A wish that is said again while its approval waits, or right after a no: one card, one effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import results

if TYPE_CHECKING:
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration


async def test_the_same_wish_while_it_waits_makes_no_second_card(deployment: Deployment) -> None:
    """The customer is told that it waits, one yes does it, and it is done once."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await chat.ask("Cancel order 1042")
        assert len(chat.of("interrupt")) == 1
        assert "waits for an answer already" in chat.text()
        await chat.answer(card, approved=True)
        await chat.until("message_complete")
    assert results(chat.frames).count("succeeded") == 2  # the look-up before it, and the cancellation
    assert len(await deployment.demo.writes()) == 1


async def test_a_no_holds_and_a_new_wish_is_a_new_card(deployment: Deployment) -> None:
    """What was declined is asked for again only when the customer says so."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042")
        await chat.answer(card, approved=False)
        await chat.until("message_complete")
        again = await chat.card("Cancel order 1042")
        assert again["interrupt_id"] != card["interrupt_id"]
    assert await deployment.demo.writes() == []
