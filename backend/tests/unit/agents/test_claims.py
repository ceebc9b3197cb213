import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.claims import claims_in, unsupported_claim
from app.tools.base import Access, ToolSpec


def write(name: str, title: str = "", description: str = "") -> ToolSpec:
    return ToolSpec(
        name=name,
        title=title,
        description=description,
        access=Access.WRITE,
        parameters={},
        schema={},
        source="shop",
        target="",
        version="1",
    )


CANCEL = write("cancel_order", "Cancel an order", "Cancels an order and refunds everything that was paid for it.")
COUPON = write("create_coupon", "Give a coupon", "Creates a coupon.")
TOOLS = [CANCEL, COUPON]


def outcome(status: str, data: Any = None, summary: str = "") -> str:
    return json.dumps({"outcome": status, "summary": summary, "data": data})


class TestClaims:
    @pytest.mark.parametrize(
        "text",
        [
            "Order 1042 has been cancelled.",
            "I've cancelled order 1042.",
            "I have cancelled it for you.",
            "I cancelled it.",
            "Your order was cancelled successfully.",
            "It's cancelled.",
            "Your order is now cancelled!",
            "Order 1042 cancelled.",
            "Your coupon has been created: AB-12.",
            "Coupon created.",
            "I have issued a coupon.",
            "We refunded 10 euros.",
            "You have been refunded 10 euros.",
            "I have successfully cancelled and refunded order 1042.",
            "I've updated the delivery address.",
            "The address was changed.",
            "Your card has been frozen.",
            "I sent the invoice.",
            "Done! You are all set.",
            "All set.",
            "Sure. I've gone ahead and cancelled your order.",
            "Good news: your order has been cancelled, and the money is on its way.",
            "Order 1042 has not shipped, but it has been cancelled.",
            "I\u2019ve cancelled it.",
        ],
    )
    def test_what_nothing_supports(self, text: str) -> None:
        """A text that says that something was done claims it, whichever way it is put."""
        assert unsupported_claim(text, TOOLS, set())

    @pytest.mark.parametrize(
        "text",
        [
            "Should I cancel order 1042?",
            "Has it been cancelled?",
            "I can cancel it for you.",
            "It will be cancelled.",
            "I'll cancel it.",
            "Order 1042 has not been cancelled.",
            "It was not cancelled.",
            "It wasn't cancelled.",
            "It could not be cancelled.",
            "I was unable to cancel it.",
            "Orders can be cancelled until they are shipped.",
            "Once you approve, it is cancelled.",
            "If you confirm, the order is cancelled.",
            "Please confirm to have it cancelled.",
            "An order is usually refunded within five days.",
            "You asked me to cancel it.",
            "I found your order.",
            "I have checked order 1042.",
            "I looked at your order: it is processing.",
            "It was shipped yesterday.",
            "It was delivered on Monday.",
            "It was placed on 21 November.",
            "Nothing was changed.",
            "The cancellation is pending your approval.",
            "Your request to cancel is waiting.",
            "Cancelled orders are refunded within 5 days.",
            "To cancel an order I need its number.",
            "\u201cHas been cancelled\u201d is what the page says.",
            "",
            "I tried to cancel it, which failed.",
            "Sorry, nothing has been refunded.",
            "Every refund is paid within 5 days.",
        ],
    )
    def test_what_claims_nothing(self, text: str) -> None:
        """Questions, offers, plans, refusals, rules and what others did are no claims."""
        assert not unsupported_claim(text, TOOLS, set())

    def test_a_claim_knows_its_speaker(self) -> None:
        """What the speaker says to have done is told apart from what was done."""
        own, other = [next(claims_in(text)) for text in ("I cancelled order 1042.", "Order 1042 was cancelled.")]
        assert (own.action, own.own, own.ids) == ("cancel", True, frozenset({"1042"}))
        assert (other.action, other.own) == ("cancel", False)


class TestSupport:
    def test_what_succeeded_may_be_said(self) -> None:
        """A claim of what succeeded is true, in the words of the tool's name and description."""
        for text in ("Order 1042 has been cancelled.", "I've cancelled it.", "I cancelled and refunded it.", "Done!"):
            assert not unsupported_claim(text, TOOLS, {"cancel_order"})

    def test_something_else_that_succeeded_is_no_support(self) -> None:
        """One action does not support the claim of another."""
        assert unsupported_claim("I've created a coupon.", TOOLS, {"cancel_order"})
        assert unsupported_claim("Your order is cancelled and a coupon was created.", TOOLS, {"cancel_order"})

    def test_a_tool_of_another_agent_supports(self) -> None:
        """What succeeded counts though the speaking agent does not have the tool."""
        assert not unsupported_claim("Your order has been cancelled.", [], {"cancel_order"})

    def test_one_of_two_is_not_both(self) -> None:
        """Where one thing was done, saying that two were is a false claim."""
        read = outcome("succeeded", {"order_id": 1042, "status": "cancelled"})
        text = "Orders 1042 and 1043 have been cancelled."
        assert unsupported_claim(text, TOOLS, {"cancel_order"}, read_text=read)
        assert not unsupported_claim("Order 1042 has been cancelled.", TOOLS, {"cancel_order"}, read_text=read)

    def test_an_answer_without_the_number_is_no_contradiction(self) -> None:
        """A target that answers with other numbers does not make a true sentence false."""
        read = outcome("succeeded", {"ticket": 5551})
        assert not unsupported_claim("Order 1042 has been cancelled.", TOOLS, {"cancel_order"}, read_text=read)


class TestFacts:
    @pytest.mark.parametrize(
        "read",
        [
            outcome("succeeded", {"order_id": 1046, "status": "cancelled"}),
            outcome("succeeded", {"order_id": 1046, "cancelled_on": "2026-11-20"}),
            outcome("failed", {"error": {"message": "Order 1046 has already been cancelled."}}),
            "get_order {'order_id': 1046}: succeeded. Order 1046 is cancelled.",
            outcome("succeeded", {"orders": [{"order_id": 1046, "state": "cancelled"}]}),
        ],
    )
    def test_what_a_tool_reported_may_be_told(self, read: str) -> None:
        """What a tool reports as a fact may be repeated."""
        assert not unsupported_claim("Order 1046 was cancelled.", TOOLS, set(), read_text=read)

    @pytest.mark.parametrize(
        "read",
        [
            outcome(
                "rejected", None, "Cancel an order: The customer declined, so nothing was sent and nothing has changed."
            ),
            outcome(
                "expired", None, "Cancel an order: The approval expired, so nothing was sent and nothing has changed."
            ),
            outcome("failed", {"error": {"message": "Order 1046 cannot be cancelled."}}),
            outcome("succeeded", {"order_id": 1046, "status": "processing", "cancelled_on": None}),
            outcome("succeeded", {"order_id": 1045, "status": "cancelled"}),
            "cancel_order {'order_id': 1046}: rejected. Cancel an order",
        ],
    )
    def test_what_a_tool_did_not_report_may_not(self, read: str) -> None:
        """A refusal, an empty date or another order supports nothing."""
        assert unsupported_claim("Order 1046 was cancelled.", TOOLS, set(), read_text=read)

    def test_a_fact_is_not_ones_own_deed(self) -> None:
        """That it is cancelled does not mean that the speaker did it."""
        read = outcome("succeeded", {"order_id": 1046, "status": "cancelled"})
        assert unsupported_claim("I've cancelled order 1046.", TOOLS, set(), read_text=read)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_judged(text: str, read: str) -> None:
    """Nothing that a model writes or a tool answers breaks the judgement."""
    unsupported_claim(text, TOOLS, set(), read_text=read)
