"""The approval card of an action, and what the log is told of each step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.actions.approval_card import action_changed, approval_frame
from app.db.actions import Action
from app.tools.base import Access
from tests.fakes import tool_spec

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def action(**changes: Any) -> Action:
    values: dict[str, Any] = {
        "id": uuid4(),
        "thread_id": "t1",
        "run_id": uuid4(),
        "call_id": "c1",
        "agent": "orders",
        "tool": "cancel_order",
        "title": "Cancel an order",
        "target": "The shop",
        "tool_version": "1",
        "args": {"order_id": "1042"},
        "request": {"method": "POST", "url": "https://shop.example/orders/1042/cancel"},
        "digest": "d",
        "status": "pending",
    }
    return Action(**{**values, **changes})


def test_the_card_shows_exactly_what_would_be_sent() -> None:
    """Action, target, arguments and request are those of the action, of which consent is counted."""
    shown = action()
    card = approval_frame(shown, tool_spec(), audience="customer", expires_at=AT)
    assert (card.action, card.title, card.target) == (shown.tool, shown.title, shown.target)
    assert (card.args, card.request, card.call_id) == (shown.args, shown.request, shown.call_id)
    assert (card.audience, card.expires_at, card.given) == ("customer", AT, [])


@pytest.mark.parametrize("access", list(Access))
def test_it_says_what_the_tool_may_do(access: Access) -> None:
    """Whoever decides sees whether it can be taken back."""
    assert approval_frame(action(), tool_spec(access=access), audience="operator", expires_at=AT).access == access.value


def test_an_edited_one_says_by_whom_and_from_what() -> None:
    """What it was before stands beside what it is now, with those who have consented to exactly this."""
    card = approval_frame(
        action(args={"order_id": "2"}),
        tool_spec(),
        audience="operator",
        expires_at=AT,
        edited_from={"order_id": "1042"},
        edited_by="operator",
        given=["customer"],
    )
    assert (card.args, card.edited_from, card.edited_by) == ({"order_id": "2"}, {"order_id": "1042"}, "operator")
    assert card.given == ["customer"]


def test_every_card_has_an_id_of_its_own() -> None:
    """An answer names one card, also where the same action is shown twice."""
    shown = action()
    ids = {approval_frame(shown, tool_spec(), audience="customer", expires_at=AT).interrupt_id for _ in range(20)}
    assert len({UUID(one) for one in ids}) == 20


def test_the_log_names_who_did_it_and_why() -> None:
    """A step in an action's life keeps the role, the person's name and their note."""
    step = action_changed(action(), "rejected", by="operator", note="Too late.", name="Ana")
    assert (step.status, step.by, step.name, step.note) == ("rejected", "operator", "Ana", "Too late.")
