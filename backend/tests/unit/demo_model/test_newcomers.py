"""What people type at a shop first, and what the demo model makes of it: calls, or words that help."""

import re
from typing import Any

import pytest

from tests.unit.demo_model.desk import Turned, desk

LIMITS = "OPENAI_API_KEY"

# What is typed; the calls that may come of it (none: no call); a pattern of what is said where nothing is called.
Row = tuple[str, tuple[str, ...], str]
ISSUE: list[Row] = [
    ("cancle order 1042", ("cancel_order 1042",), ""),
    ("Don't cancel order 1042, I changed my mind", (), "changed nothing"),
    ("don't cancel 1042, just tell me where it is", ("get_order 1042",), ""),
    ("do you ship to Switzerland?", (), "We deliver to Germany"),
    ("where's my stuff? ordered last week, number 1042", ("get_order 1042",), ""),
    ("Show me all my orders", ("list_orders",), ""),
    ("You charged me twice!!", (), "charged twice"),
    ("get me your manager", ("hand_over",), ""),
    ("Can I get an invoice for order 1043?", (), "[Ii]nvoice"),
    ("Are you a bot?", (), f"demo model.*{LIMITS}"),
    ("thanks, you're great!", (), "You are welcome"),
    ("Ich möchte mit einem Menschen sprechen", ("hand_over",), ""),
    ("Kann ich bitte mit einem Mitarbeiter reden?", ("hand_over",), ""),
    ("担当者と話したいです", ("hand_over",), ""),
    ("人間のスタッフにつないでください", ("hand_over",), ""),
]
# Written before trying.
OTHERS: list[Row] = [
    ("hi there! I ordered a lamp and it still hasn't arrived :(", ("list_orders",), "order"),
    ("has 1044 shipped yet?", ("get_order 1044|track_parcel 1044",), ""),
    ("wher is my oder 1042", ("get_order 1042",), ""),
    ("my package says delivered but I never got it, order 1045", ("get_order 1045|track_parcel 1045",), ""),
    ("I want to retrun my vase", (), "order's number|Please tell me"),
    ("how do I return something?", (), "30 days|return"),
    ("pls cancel my last order", (), "Please tell me"),
    ("Cancel everything!", (), "Please tell me|not sure"),
    ("do you take PayPal", (), "PayPal"),
    ("how much is shipping", (), "4.90"),
    ("Is delivery free over 100 euros?", (), "100 euros"),
    ("what are your opening hours", (), "9 am"),
    ("do you have a shop in Berlin I can visit?", (), "online only"),
    ("can I change the address on order 1047?", (), "Shall I"),
    (
        "I typed the wrong address for 1047, please change it to Robin Vale, 5 Mill Street, 80993 Northbrook, Germany",
        ("change_address 1047",),
        "",
    ),
    ("money back please, order 1041 arrived broken", ("refund_order 1041|create_return 1041",), "Please tell me"),
    ("where's my refund?", ("list_orders",), "refund|Refund"),
    ("got any blue mugs left?", ("search_products blue mug",), ""),
    ("how much is the oak lamp", ("search_products oak lamp",), ""),
    ("gift card expiry?", (), "three years"),
    ("is WELCOME15 still good", ("get_coupon WELCOME15",), ""),
    ("can you give me a discount?", (), "Please tell me.*percent"),
    ("what did I buy last month", ("list_orders",), ""),
    ("tracking number for 1044 please", ("track_parcel 1044|get_order 1044",), ""),
    ("order 1048 is late, what's going on", ("get_order 1048|track_parcel 1048",), ""),
    ("please do NOT ship order 1043", (), "changed nothing"),
    ("stop emailing me", (), "not sure|do not know|person"),
    ("I forgot my password", (), "not sure|do not know|person"),
    ("can I speak to someone on the phone?", ("hand_over",), ""),
    ("this is the third time I'm writing, nobody answers!!", (), "sorry"),
    ("are you human?", (), LIMITS),
    ("what can you help me with", (), "You can ask me"),
    ("Hola, ¿dónde está mi pedido 1042?", ("get_order 1042",), ""),
    ("Je voudrais parler à un conseiller", ("hand_over",), ""),
    ("do you deliver to Austria and how long does it take", (), "We deliver to"),
    ("1043 and 1050, cancel both", ("cancel_order 1043", "cancel_order 1050"), ""),
    ("ok thanks bye", ("end_conversation",), ""),
    ("sorry, wrong chat", (), "."),
    ("does the mug go in the dishwasher?", (), "dishwasher"),
    ("my discount code isn't working", (), "code"),
]
# What else was typed, and how it has to be taken.
MORE: list[Row] = [
    ("how are you?", (), "You can ask me"),
    ("order status", ("list_orders",), ""),
    ("track order #1044", ("track_parcel 1044",), ""),
    ("order 1041 arrived damaged", ("get_order 1041",), ""),
    ("I received the wrong item", (), "return.*Please tell me"),
    ("I want to exchange order 1045 for a bigger size", ("get_order 1045",), ""),
    ("do you have any promo codes?", (), "coupons"),
    ("looking for candles", ("search_products candle",), ""),
    ("I'd like to order a blue mug", ("search_products blue mug",), ""),
    ("what's the total of 1042?", ("get_order 1042",), ""),
    ("are you open on sunday?", (), "weekdays"),
    ("where are you located", (), "online only"),
    ("can i have a receipt?", (), "invoice"),
    ("can I talk to customer service", ("hand_over",), ""),
    ("I want to speak to the owner", ("hand_over",), ""),
    ("Wo ist meine Bestellung 1042?", ("get_order 1042",), ""),
    ("danke", (), "welcome"),
    ("please don't forget to cancel order 1042", ("cancel_order 1042",), ""),
    ("ca I cancle my ordr 1042 plz", ("cancel_order 1042",), ""),
    ("delete my account", (), LIMITS),
]


def made(turned: list[Turned]) -> list[str]:
    """Calls in a few words: the tool and what it is about."""

    def about(args: dict[str, Any]) -> str:
        return str(next((args[key] for key in ("order_id", "code", "query") if key in args), ""))

    return [f"{name} {about(args)}".strip() for one in turned for name, args in one.calls]


async def answered(text: str) -> tuple[list[str], str]:
    opened = desk()
    turned = await opened.say(text)
    said = " ".join([*(one.text for one in turned), opened.routing.question or ""])
    return made(turned), said


def is_fine(row: Row, calls: list[str], said: str) -> bool:
    _, wanted, words = row
    if not calls:
        return bool(words) and re.search(words, said, re.DOTALL) is not None
    return len(calls) == len(wanted) and all(call in one.split("|") for call, one in zip(calls, wanted, strict=True))


@pytest.mark.parametrize("row", [*ISSUE, *OTHERS, *MORE], ids=lambda row: str(row[0]))
async def test_what_is_typed_first(row: Row) -> None:
    """A newcomer's message leads to what it asks for, or to words that help; never to a wrong card."""
    calls, said = await answered(row[0])
    assert is_fine(row, calls, said), (calls, said)


FOUND = {"outcome": "succeeded", "data": {"order_id": 1042, "status": "processing"}}
MISSING = {"outcome": "failed", "summary": "There is no order 9999."}


class TestGoingOn:
    """What follows on an answer."""

    async def test_the_other_one_of_two(self) -> None:
        """Where two were spoken of, the other one is the one that was not asked about."""
        opened = desk()
        await opened.say("list orders 1042 and 1043", FOUND, FOUND)
        await opened.say("Where is order 1042?", FOUND)
        assert made(await opened.say("and the other one?")) == ["get_order 1043"]

    async def test_the_other_one_of_many(self) -> None:
        """Where nothing else was spoken of, the customer is shown what there is."""
        opened = desk()
        await opened.say("Where is order 1042?", FOUND)
        assert made(await opened.say("and the other one?")) == ["list_orders"]

    @pytest.mark.parametrize("text", ["and 1044?", "what about order 1044?", "and order 1044"])
    async def test_the_same_for_another(self, text: str) -> None:
        """A number alone is asked about as the one before it."""
        opened = desk()
        await opened.say("track order 1042", FOUND)
        assert made(await opened.say(text)) == ["track_parcel 1044"]

    async def test_never_mind(self) -> None:
        """A change of mind changes nothing and says so."""
        opened = desk()
        await opened.say("Cancel my order")
        (turned,) = await opened.say("never mind")
        assert (turned.calls, "changed nothing" in turned.text) == ([], True)

    async def test_the_rest_of_a_list(self) -> None:
        """What was only counted is listed when it is asked for."""
        opened = desk()
        rows = [{"order_id": number, "status": "new"} for number in range(1001, 1016)]
        (first,) = await opened.say("list my orders", {"outcome": "succeeded", "data": {"orders": rows}})
        assert first.text.endswith("- and 5 more")
        (second,) = await opened.say("show me the other 5", {"outcome": "succeeded", "data": {"orders": rows}})
        assert made([second]) == ["list_orders"]
        assert "Order 1015" in second.text

    async def test_an_order_that_is_not_there(self) -> None:
        """What does not exist is looked up, and gets no card."""
        opened = desk()
        opened.found = MISSING
        (turned,) = await opened.say("Cancel order 9999")
        assert turned.calls == [("get_order", {"order_id": 9999})]
        assert turned.text == "Sorry, I could not look that up: There is no order 9999. So nothing was changed."

    @pytest.mark.parametrize("text", ["Do you know my shoe size?", "asdf?"])
    async def test_it_says_what_it_is(self, text: str) -> None:
        """Where it does not understand, it says that it is the demo model and how to use a real one."""
        _, said = await answered(text)
        assert "demo model" in said
        assert LIMITS in said
