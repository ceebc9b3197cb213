"""The demo model and the router at work on the templates, with the demo's own documents as tools."""

from typing import Any

import pytest

from app.agents.config import check_tools
from tests.unit.demo_model.desk import SERVICES, desk

Calls = list[tuple[str, dict[str, Any]]]

SAID: dict[str, list[tuple[str, str, Calls]]] = {
    "e-commerce": [
        ("Where is order 1042?", "order_lookup", [("get_order", {"order_id": 1042})]),
        (
            "where are orders 1042 and 1043?",
            "order_lookup",
            [("get_order", {"order_id": 1042}), ("get_order", {"order_id": 1043})],
        ),
        ("what's the status of my order #1044", "order_lookup", [("get_order", {"order_id": 1044})]),
        ("1042", "order_lookup", [("get_order", {"order_id": 1042})]),
        ("Where is my order?", "order_lookup", [("list_orders", {})]),
        ("When will my parcel arrive?", "order_lookup", [("list_orders", {})]),
        ("why was order 1046 cancelled?", "order_lookup", [("get_order", {"order_id": 1046})]),
        ("did you cancel order 1042?", "order_lookup", [("get_order", {"order_id": 1042})]),
        ("track 1044", "order_lookup", [("track_parcel", {"order_id": 1044})]),
        ("Cancel order 1042", "order_actions", [("cancel_order", {"order_id": 1042})]),
        ("please annul 1042", "order_actions", [("cancel_order", {"order_id": 1042})]),
        (
            "cancel orders 1042 and 1050",
            "order_actions",
            [("cancel_order", {"order_id": 1042}), ("cancel_order", {"order_id": 1050})],
        ),
        (
            "Cancel order 1042 because I ordered twice",
            "order_actions",
            [("cancel_order", {"order_id": 1042, "reason": "I ordered twice"})],
        ),
        (
            "I want to return order 1045, it arrived damaged",
            "returns",
            [("create_return", {"order_id": 1045, "reason": "damaged", "comment": "it arrived damaged"})],
        ),
        (
            "Refund 10 euros for order 1041 because a candle was broken",
            "returns",
            [("refund_order", {"order_id": 1041, "amount": 10, "reason": "a candle was broken"})],
        ),
        ("Give me a 10% coupon", "coupons", [("create_coupon", {"percent": 10})]),
        ("10% coupon please", "coupons", [("create_coupon", {"percent": 10})]),
        ("Is the coupon WELCOME15 still valid?", "coupons", [("get_coupon", {"code": "WELCOME15"})]),
        ("is WELCOME15 still valid?", "coupons", [("get_coupon", {"code": "WELCOME15"})]),
        ("Do you have mugs in stock?", "products", [("search_products", {"query": "mug"})]),
        ("bye", "general", [("end_conversation", {"reason": "The customer needs nothing more."})]),
        (
            "I would like to talk to a person",
            "general",
            [("hand_over", {"reason": "The customer asked for a person: I would like to talk to a person"})],
        ),
    ],
    "saas": [
        ("Which plan am I on?", "subscription_lookup", [("get_subscription", {})]),
        ("Upgrade to the business plan", "subscription_actions", [("change_plan", {"plan": "business"})]),
        (
            "downgrade to starter, billed yearly",
            "subscription_actions",
            [("change_plan", {"plan": "starter", "billing_period": "yearly"})],
        ),
        ("Change the number of seats to 15", "subscription_actions", [("change_seats", {"seats": 15})]),
        ("Pause my subscription for two months", "subscription_actions", [("pause_subscription", {"months": 2})]),
        (
            "Cancel my subscription at the end of the period",
            "subscription_actions",
            [("cancel_subscription", {"when": "period_end"})],
        ),
        ("which invoices are overdue?", "billing", [("list_invoices", {"status": "overdue"})]),
        (
            "Send invoice inv-2031 to me@example.com",
            "billing",
            [("send_invoice", {"invoice_id": "INV-2031", "email": "me@example.com"})],
        ),
        ("Turn off dark mode", "workspace", [("set_feature", {"feature": "dark_mode", "enabled": False})]),
        ("enable single sign on", "workspace", [("set_feature", {"feature": "single_sign_on", "enabled": True})]),
        ("Is my API key working?", "workspace", [("list_api_keys", {})]),
    ],
    "fintech": [
        ("What is my balance?", "account_lookup", [("list_accounts", {})]),
        ("how much money is in my savings account?", "account_lookup", [("get_account", {"account_id": "savings"})]),
        ("what is TX-9002?", "account_lookup", [("get_transaction", {"transaction_id": "TX-9002"})]),
        (
            "Transfer 50 euros from checking to savings",
            "transfers",
            [("transfer_money", {"from_account": "checking", "to_account": "savings", "amount": 50})],
        ),
        (
            "Dispute TX-9003, I was charged twice",
            "disputes",
            [
                (
                    "dispute_transaction",
                    {"transaction_id": "TX-9003", "reason": "charged_twice", "comment": "I was charged twice"},
                )
            ],
        ),
        (
            "Freeze my card ending in 4821, it was stolen",
            "cards",
            [("freeze_card", {"card": "4821", "reason": "stolen"})],
        ),
        ("unfreeze card 9050", "cards", [("unfreeze_card", {"card": "9050"})]),
    ],
}


@pytest.mark.parametrize("template", SERVICES)
def test_every_template_fits_its_tools(template: str) -> None:
    """Every tool that a template names is there, and its reading agents only read."""
    opened = desk(template)
    check_tools(opened.config, [tool for tools in opened.tools.values() for tool in tools])


@pytest.mark.parametrize(
    ("template", "agent", "example"),
    [
        (name, agent.name, example)
        for name in SERVICES
        for agent in desk(name).config.agents
        for example in agent.examples
    ],
)
async def test_every_example_works(template: str, agent: str, example: str) -> None:
    """What the page offers to try goes to the agent that offers it, and that agent does something with it."""
    turned = (await desk(template).say(example))[0]
    assert turned.agent == agent
    assert turned.calls or turned.text
    assert "do not know" not in turned.text


@pytest.mark.parametrize(
    ("template", "text", "agent", "calls"), [(name, *row) for name, rows in SAID.items() for row in rows]
)
async def test_what_is_said_becomes_calls(template: str, text: str, agent: str, calls: Calls) -> None:
    """A request becomes exactly the calls that it asks for, by the agent that may make them."""
    turned = await desk(template).say(text)
    assert [(one.agent, one.calls) for one in turned] == [(agent, calls)]


class TestSeveralThings:
    async def test_two_things_for_two_agents_in_order(self) -> None:
        """Two things in one message go to two agents, in the order asked."""
        turned = await desk().say("Cancel order 1043 and give me a 10% coupon")
        assert [(one.agent, one.request) for one in turned] == [
            ("order_actions", "Cancel order 1043"),
            ("coupons", "give me a 10% coupon"),
        ]
        assert [one.calls for one in turned] == [
            [("cancel_order", {"order_id": 1043})],
            [("create_coupon", {"percent": 10})],
        ]

    async def test_a_pronoun_keeps_its_meaning(self) -> None:
        """What "it" stands for goes along to the agent that reads only its part."""
        turned = await desk().say("Where is order 1042 and can you cancel it?")
        assert [one.request for one in turned] == ["Where is order 1042", "can you cancel order 1042?"]
        assert turned[1].calls == [("cancel_order", {"order_id": 1042})]

    async def test_three_things(self) -> None:
        """A change, a look-up and a question are three intents."""
        turned = await desk().say("cancel order 1043, then where is order 1044, and what is your refund policy?")
        assert [one.agent for one in turned] == ["order_actions", "order_lookup", "general"]

    async def test_two_things_for_one_agent_are_one_intent(self) -> None:
        """Neighbours for the same agent are one intent; it does them one after the other."""
        opened = desk()
        turned = await opened.say(
            "Cancel order 1042 and cancel order 1043",
            {"outcome": "succeeded", "summary": "", "data": {"order_id": 1042, "status": "cancelled"}},
        )
        assert [one.agent for one in turned] == ["order_actions"]
        assert turned[0].calls == [("cancel_order", {"order_id": 1042}), ("cancel_order", {"order_id": 1043})]

    async def test_what_leads_up_to_a_request_is_no_request(self) -> None:
        """A story before the request asks for nothing of its own."""
        turned = await desk().say("hello, I ordered the wrong thing, please cancel order 1047")
        assert [(one.agent, one.calls) for one in turned] == [("order_actions", [("cancel_order", {"order_id": 1047})])]

    async def test_after_a_refusal_the_rest_is_left(self) -> None:
        """A declined change holds back what was asked after it, and the customer is told."""
        turned = await desk().say(
            "Cancel order 1042 and change the address of order 1043 to Robin Vale, 3 Mill Street, 80993 Northbrook, DE",
            {"outcome": "rejected", "summary": "declined"},
        )
        assert turned[0].calls == [("cancel_order", {"order_id": 1042})]
        assert "Order 1042 was not cancelled" in turned[0].text
        assert "The address of order 1043 was not changed, because what came before it was not done" in turned[0].text


class TestDoubt:
    @pytest.mark.parametrize("text", ["Do the thing", "cancel my gym membership", "asdf qwer", "make it so"])
    async def test_in_doubt_it_asks(self, text: str) -> None:
        """What no agent is for becomes a question with examples that work, never a wrong agent."""
        opened = desk()
        assert await opened.say(text) == []
        assert opened.routing.question is not None
        assert opened.routing.intents == ()
        assert set(opened.routing.options) <= {one for agent in opened.config.agents for one in agent.examples}
        assert len(opened.routing.options) > 1

    async def test_a_clear_part_waits_for_the_unclear_one(self) -> None:
        """Where one part is unclear it asks about that part and begins with none."""
        opened = desk()
        assert await opened.say("Frobnicate the widget and cancel order 1042") == []
        assert "Frobnicate the widget" in (opened.routing.question or "")

    @pytest.mark.parametrize(
        "text", ["Can I cancel order 1042?", "How do I cancel order 1042?", "is it possible to cancel order 1042"]
    )
    async def test_a_question_changes_nothing(self, text: str) -> None:
        """A question about a change calls no write; it may be offered."""
        turned = await desk().say(text)
        assert [name for one in turned for name, _ in one.calls if name == "cancel_order"] == []

    async def test_an_offer_that_is_taken_is_an_order(self) -> None:
        """A yes to an offer does what was offered."""
        opened = desk()
        offered = await opened.say("Can I cancel order 1042?")
        assert offered[0].text.endswith("Shall I?")
        assert (await opened.say("yes please"))[0].calls == [("cancel_order", {"order_id": 1042})]

    async def test_an_offer_that_is_declined_is_nothing(self) -> None:
        """A no to an offer changes nothing, and says so."""
        opened = desk()
        await opened.say("Can I cancel order 1042?")
        turned = await opened.say("no thanks")
        assert turned[0].calls == []
        assert "changed nothing" in turned[0].text

    async def test_an_unknown_question_is_answered_honestly(self) -> None:
        """What nobody knows is said not to be known."""
        turned = await desk().say("Who is the president?")
        assert turned[0].agent == "general"
        assert "do not know" in turned[0].text
        assert "person" in turned[0].text


class TestReplies:
    @pytest.mark.parametrize(
        ("request_", "asks_for", "reply", "call"),
        [
            ("Cancel my order", "order's number", "1042", ("cancel_order", {"order_id": 1042})),
            ("cancel my order please", "order's number", "it's order 1042", ("cancel_order", {"order_id": 1042})),
            ("Give me a coupon", "discount in percent", "10%", ("create_coupon", {"percent": 10})),
            ("Give me a coupon", "discount in percent", "10", ("create_coupon", {"percent": 10})),
            (
                "send back order 1045",
                "(damaged, wrong item",
                "it was damaged",
                ("create_return", {"order_id": 1045, "reason": "damaged"}),
            ),
            (
                "refund order 1041",
                "reason",
                "a candle was broken",
                ("refund_order", {"order_id": 1041, "reason": "a candle was broken"}),
            ),
        ],
    )
    async def test_what_is_missing_is_asked_for(self, request_: str, asks_for: str, reply: str, call: Any) -> None:
        """A missing value is asked for by name, and the reply completes the request."""
        opened = desk()
        first = await opened.say(request_)
        assert first[0].calls == []
        assert asks_for in first[0].text
        assert (await opened.say(reply))[0].calls == [call]

    async def test_an_address_is_asked_for_and_read(self) -> None:
        """All parts of an address are asked for at once and read from one line."""
        opened = desk()
        await opened.say("Change the delivery address of order 1047")
        turned = await opened.say("Robin Vale, 3 Mill Street, 80993 Northbrook, Germany")
        assert turned[0].calls == [
            (
                "change_address",
                {
                    "order_id": 1047,
                    "name": "Robin Vale",
                    "street": "3 Mill Street",
                    "city": "Northbrook",
                    "postal_code": "80993",
                    "country": "DE",
                },
            )
        ]

    async def test_two_values_in_two_replies(self) -> None:
        """What one reply leaves open is asked for again."""
        opened = desk()
        await opened.say("I want a refund")
        second = await opened.say("1041")
        assert "reason" in second[0].text
        third = await opened.say("it came broken")
        assert third[0].calls == [("refund_order", {"order_id": 1041, "reason": "it came broken"})]

    async def test_a_new_request_is_no_reply(self) -> None:
        """A new request after a question is a new request."""
        opened = desk()
        await opened.say("Cancel my order")
        assert (await opened.say("where is order 1044?"))[0].calls == [("get_order", {"order_id": 1044})]

    async def test_a_refusal_is_no_reply(self) -> None:
        """Whoever changes their mind is not asked again."""
        opened = desk()
        await opened.say("Cancel my order")
        turned = await opened.say("never mind")
        assert (turned[0].agent, turned[0].calls) == ("order_actions", [])

    async def test_the_last_order_is_meant(self) -> None:
        """It is what the conversation last spoke of."""
        opened = desk()
        await opened.say(
            "Where is order 1042?", {"outcome": "succeeded", "data": {"order_id": 1042, "status": "processing"}}
        )
        assert (await opened.say("cancel it"))[0].calls == [("cancel_order", {"order_id": 1042})]

    async def test_a_question_about_it_is_about_that(self) -> None:
        """A question that only says it goes to who can look that up, whatever was said in between."""
        opened = desk()
        await opened.say(
            "Where is order 1042?", {"outcome": "succeeded", "data": {"order_id": 1042, "status": "processing"}}
        )
        await opened.say("What is your refund policy?")
        turned = await opened.say("and where is it?")
        assert [(one.agent, one.calls) for one in turned] == [("order_lookup", [("get_order", {"order_id": 1042})])]

    async def test_of_two_orders_it_asks_which(self) -> None:
        """Where two could be meant it asks which, naming both."""
        opened = desk()
        await opened.say(
            "where are orders 1042 and 1043",
            {"outcome": "succeeded", "data": {"order_id": 1042, "status": "processing"}},
            {"outcome": "succeeded", "data": {"order_id": 1043, "status": "processing"}},
        )
        turned = await opened.say("cancel it")
        assert turned[0].calls == []
        assert "1042 or 1043" in turned[0].text
        assert (await opened.say("1043"))[0].calls == [("cancel_order", {"order_id": 1043})]

    async def test_a_question_is_not_lost_behind_another_answer(self) -> None:
        """A reply finds the agent that asked, though another one spoke after it."""
        opened = desk()
        turned = await opened.say(
            "Cancel my order and give me a 10% coupon",
            {"outcome": "succeeded", "data": {"code": "AB-12", "percent": 10}},
        )
        assert [one.agent for one in turned] == ["order_actions", "coupons"]
        assert (await opened.say("1042"))[0].calls == [("cancel_order", {"order_id": 1042})]


ORDER = {"order_id": 1042, "status": "cancelled", "total": 113.7, "currency": "EUR", "refunded": 113.7}


class TestOutcomes:
    @pytest.mark.parametrize(
        ("result", "said"),
        [
            ({"outcome": "succeeded", "data": ORDER}, "Order 1042 has been cancelled."),
            ({"outcome": "rejected"}, "nothing was changed. Order 1042 was not cancelled."),
            ({"outcome": "expired"}, "Ask again"),
            ({"outcome": "unknown"}, "could not confirm whether order 1042 has been cancelled. A person will check it"),
            (
                {"outcome": "failed", "data": {"error": {"message": "It has been shipped."}}},
                "could not cancel order 1042: It has been shipped.",
            ),
            (
                {"outcome": "failed", "summary": "The shop is closed"},
                "could not cancel order 1042: The shop is closed.",
            ),
        ],
    )
    async def test_it_says_what_the_record_says(self, result: dict[str, Any], said: str) -> None:
        """The words about a change follow its outcome: done only where it was done."""
        turned = await desk().say("Cancel order 1042", result)
        assert said in turned[0].text
        assert ("Order 1042 has been cancelled." in turned[0].text) is (result["outcome"] == "succeeded")

    async def test_edited_values_are_what_it_speaks_of(self) -> None:
        """Where a person edited the values, the words are about what was carried out."""
        turned = await desk().say("Cancel order 1042", {"outcome": "succeeded", "args": {"order_id": 1043}})
        assert turned[0].text == "Order 1043 has been cancelled."
        assert len(turned[0].calls) == 1
