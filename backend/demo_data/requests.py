"""Requests of the demo shop's customers, in their words, and how the shop's agents go about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.protocol import Audience


@dataclass(frozen=True, kw_only=True)
class Request:
    """One kind of request. Texts may hold `{order}`, `{amount}` and `{code}`.

    `read` is the tool that looks it up; `write` the one that does it, after consent by `audience`.
    """

    agent: str
    often: int
    says: Sequence[str]
    answer: str
    read: str = ""
    write: str = ""
    title: str = ""
    method: str = "GET"
    path: str = ""
    audience: Audience = "customer"


REQUESTS: Final = (
    Request(
        agent="general",
        often=24,
        says=(
            "What is your refund policy?",
            "How long does delivery take?",
            "Do you deliver to Austria?",
            "Can I put the stoneware into the dishwasher?",
            "How can I pay?",
            "Is return shipping free?",
        ),
        answer="You can send back anything within 30 days of delivery. Standard delivery takes 3 to 5 working days.",
    ),
    Request(
        agent="general",
        often=12,
        says=("When can I reach you by phone?", "Is there a store I can visit?", "Do you sell gift cards?"),
        answer="We are online only, and here on weekdays from 9 am to 5 pm. Gift cards are valid for three years.",
    ),
    Request(
        agent="order_lookup",
        often=17,
        says=("Where is order {order}?", "What is the status of my order {order}?", "Has {order} been shipped yet?"),
        answer="Order {order} has been shipped and should arrive within two days.",
        read="get_order",
        title="Look up an order",
        path="/orders/{order}",
    ),
    Request(
        agent="order_lookup",
        often=10,
        says=("Track the parcel of order {order}", "The parcel of {order} hasn't moved for days, where is it?"),
        answer="The parcel of order {order} left the carrier's depot this morning.",
        read="track_parcel",
        title="Track a parcel",
        path="/orders/{order}/parcel",
    ),
    Request(
        agent="products",
        often=8,
        says=("Do you have mugs in stock?", "Which candles do you have?", "How much is the linen apron?"),
        answer="Yes, we have several in stock, from 12 euros on.",
        read="search_products",
        title="Search products",
        path="/products",
    ),
    Request(
        agent="coupons",
        often=3,
        says=("Is the coupon {code} still valid?",),
        answer="Coupon {code} is valid for another month, once an order.",
        read="get_coupon",
        title="Check a coupon",
        path="/coupons/{code}",
    ),
    Request(
        agent="order_actions",
        often=7,
        says=("Cancel order {order}", "I ordered twice by mistake, please cancel {order}"),
        answer="Order {order} is cancelled. The money goes back the way you paid.",
        read="get_order",
        write="cancel_order",
        title="Cancel an order",
        method="POST",
        path="/orders/{order}/cancel",
    ),
    Request(
        agent="order_actions",
        often=3,
        says=("Send order {order} to my office instead",),
        answer="Order {order} will be sent to the new address.",
        write="change_address",
        title="Change the delivery address",
        method="PUT",
        path="/orders/{order}/address",
    ),
    Request(
        agent="returns",
        often=5,
        says=("I want to return order {order}, it arrived damaged", "Order {order} is too small, can I send it back?"),
        answer="Your return for order {order} is open, and the label is on its way to you by mail.",
        read="get_order",
        write="create_return",
        title="Open a return",
        method="POST",
        path="/returns",
    ),
    Request(
        agent="returns",
        often=4,
        says=("Refund {amount} euros for order {order} because a candle was broken",),
        answer="{amount} euros for order {order} are being paid back. That takes up to five working days.",
        read="get_order",
        write="refund_order",
        title="Refund an order",
        method="POST",
        path="/orders/{order}/refunds",
        audience="operator",
    ),
    Request(
        agent="coupons",
        often=2,
        says=("Order {order} came late. Can I have a coupon?",),
        answer="Here is your coupon: {code}, ten percent off, valid for 90 days.",
        write="create_coupon",
        title="Create a coupon",
        method="POST",
        path="/coupons",
        audience="operator",
    ),
)
ASKS_FOR_A_PERSON: Final = (
    "I would like to talk to a person",
    "This isn't helping, give me somebody from your team",
    "I want to complain about order {order}, to a human please",
)
UNCLEAR: Final = ("It doesn't work", "Where is it?", "I have a question about my thing")
THANKS: Final = ("Thanks, that's all!", "Perfect, thank you", "Great, thanks for the help")
COMPLAINTS: Final = ("That is not what I asked for", "It still says the same", "Hm, that does not help me")
REMARKS: Final = ("Quick and easy.", "Took a while.", "Did exactly what I needed.", "I had to ask twice.")
FAREWELL: Final = "You are welcome. Goodbye!"
NOT_DONE: Final = "That did not go through. Our team will look into it."


def arguments(tool: str, values: dict[str, str]) -> dict[str, Any]:
    """Build the arguments of a call."""
    if tool == "get_coupon":
        return {"code": values["code"]}
    if tool in _WITHOUT_AN_ORDER:
        return dict(_WITHOUT_AN_ORDER[tool])
    order: dict[str, Any] = {"order_id": int(values["order"])}
    if tool == "refund_order":
        order["amount"] = float(values["amount"])
    return order | _BESIDE_THE_ORDER.get(tool, {})


_WITHOUT_AN_ORDER: Final[dict[str, dict[str, Any]]] = {
    "search_products": {"query": "mug", "limit": 5},
    "create_coupon": {"percent": 10, "reason": "late delivery"},
}
_BESIDE_THE_ORDER: Final[dict[str, dict[str, Any]]] = {
    "refund_order": {"reason": "damaged"},
    "change_address": {"street": "Lindenweg 4", "city": "Vienna"},
    "create_return": {"reason": "damaged"},
    "cancel_order": {"reason": "ordered twice"},
}
