from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.tools import MIN_SCORE, Offer, looks_like_read, offer_of, rank


def offer(name: str, description: str = "", *properties: str, **changes: Any) -> Offer:
    parameters = {"type": "object", "properties": {one: {"type": "string"} for one in properties}}
    return offer_of(name, description, parameters, **changes)


SHOP = [
    offer("get_order", "Where is my order? Its status, items and delivery date.", "order_id"),
    offer("list_orders", "List my orders.", "status"),
    offer("track_parcel", "Track the parcel of an order.", "order_id"),
    offer("cancel_order", "Cancel an order. It can't be undone.", "order_id"),
    offer("change_address", "Change the delivery address of an order.", "order_id", "street"),
    offer("create_return", "Send an order back. Opens a return (send back) for an order.", "order_id"),
    offer("refund_order", "Refund an order. Pays money back.", "order_id"),
    offer("create_coupon", "Give a coupon. Creates a coupon (voucher).", "percent"),
    offer("get_coupon", "Check a coupon.", "code"),
    offer("set_transfer_limit", "Change the daily transfer limit. Sets (raises, lowers) it."),
    offer("transfer_money", "Transfer money between my accounts."),
    offer("set_feature", "Switch a feature on or off.", "feature"),
    offer("change_plan", "Upgrade or downgrade to another plan. Changes the plan.", "plan"),
    offer("freeze_card", "Freeze a card. Freezes (locks) a card.", "card"),
    offer("unfreeze_card", "Unfreeze a card.", "card"),
]


def best(clause: str, *, writes: bool = True) -> str | None:
    matches = rank(clause, SHOP, writes=writes)
    return matches[0].offer.name if matches else None


class TestRanking:
    @pytest.mark.parametrize(
        ("clause", "name"),
        [
            ("where is order 1042", "get_order"),
            ("list my orders", "list_orders"),
            ("track my package", "track_parcel"),
            ("cancel order 1042", "cancel_order"),
            ("annul my purchase", "cancel_order"),
            ("change the delivery address", "change_address"),
            ("move order 1042 to another address", "change_address"),
            ("return order 1045", "create_return"),
            ("send it back", "create_return"),
            ("I want my money back", "refund_order"),
            ("give me a voucher", "create_coupon"),
            ("check my coupon", "get_coupon"),
            ("raise my limit", "set_transfer_limit"),
            ("transfer money", "transfer_money"),
            ("turn a feature off", "set_feature"),
            ("upgrade my plan", "change_plan"),
            ("lock my card", "freeze_card"),
            ("unlock my card", "unfreeze_card"),
        ],
    )
    def test_the_tool_that_is_meant_comes_first(self, clause: str, name: str) -> None:
        """Verbs and nouns lead to the tool, by whatever synonyms they are said."""
        assert best(clause) == name

    @pytest.mark.parametrize("clause", ["", "hello there", "do the thing", "what is the weather like", "1042"])
    def test_what_no_tool_is_for(self, clause: str) -> None:
        """Words that no tool knows match none."""
        assert best(clause) is None

    @pytest.mark.parametrize("clause", ["cancel order 1042", "refund order 1042", "freeze my card", "upgrade my plan"])
    def test_a_question_sees_no_writes(self, clause: str) -> None:
        """Among reads alone no write is found, whatever was said."""
        found = best(clause, writes=False)
        assert found is None or looks_like_read(found, "")

    @pytest.mark.parametrize(
        "clause", ["order 1042", "my order", "my card", "the coupon", "delivery address", "the plan"]
    )
    def test_a_write_needs_its_action(self, clause: str) -> None:
        """Without its action a write is not found: a noun alone changes nothing."""
        assert all(match.offer.reads for match in rank(clause, SHOP))

    def test_another_action_is_not_the_action(self) -> None:
        """Where the action that is asked for is not to be had, no other one takes its place."""
        only = [one for one in SHOP if one.name in {"cancel_order", "change_address"}]
        assert rank("refund order 1042", only) == []

    def test_more_words_explained_are_better(self) -> None:
        """A match knows what part of the clause it explains."""
        full, half = rank("cancel order 1042", SHOP)[0], rank("cancel my gym order", SHOP)[0]
        assert full.share == 1.0
        assert half.share < 1.0
        assert full.score > MIN_SCORE

    def test_a_plain_name_goes_before_a_longer_one(self) -> None:
        """Of two reads about the same thing the one without further words is meant."""
        offers = [offer("get_order_notes"), offer("get_order"), offer("get_order_history_entries")]
        assert rank("show order 1042", offers)[0].offer.name == "get_order"

    def test_among_hundreds_the_right_one_is_found(self) -> None:
        """In an API of hundreds of operations verbs and nouns still decide."""
        nouns = [
            "product",
            "customer",
            "region",
            "tax",
            "price_list",
            "campaign",
            "draft",
            "sales_channel",
            "api_key",
            "invite",
        ]
        verbs = ["get", "list", "create", "update", "delete"]
        offers = [
            offer(f"{verb}_{noun}{suffix}")
            for noun in nouns
            for verb in verbs
            for suffix in ("", "_batch", "_metadata")
        ]
        assert len(offers) == 150
        for verb, said in (("get", "show me"), ("create", "create"), ("update", "change"), ("delete", "remove")):
            for noun in nouns:
                assert rank(f"{said} the {noun.replace('_', ' ')} 17", offers)[0].offer.name == f"{verb}_{noun}"

    def test_the_order_of_the_tools_decides_nothing(self) -> None:
        """The same tools in another order give the same answer."""
        names = [match.offer.name for match in rank("where is my order", SHOP)]
        assert [match.offer.name for match in rank("where is my order", list(reversed(SHOP)))] == names

    @given(st.text(max_size=100))
    def test_any_clause_can_be_ranked(self, clause: str) -> None:
        """Shares and scores stay in their bounds for any text."""
        for match in rank(clause, SHOP):
            assert 0.0 <= match.share <= 1.0
            assert match.score >= MIN_SCORE


class TestOffers:
    @pytest.mark.parametrize(
        ("name", "reads"),
        [
            ("get_order", True),
            ("listOrders", True),
            ("searchProducts", True),
            ("track_parcel", True),
            ("is_valid", True),
            ("cancel_order", False),
            ("create_return", False),
            ("PostOrdersOrderCancel", False),
            ("putAddress", False),
            ("DeleteCoupon", False),
            ("frobnicate", False),
            ("orders", False),
            ("set_limit", False),
            ("", False),
        ],
    )
    def test_reads_are_known_by_their_name(self, name: str, reads: bool) -> None:
        """What its name does not show to be a read is no read."""
        assert looks_like_read(name, "") is reads

    def test_a_description_may_show_a_read(self) -> None:
        """A name that says nothing is known by how its description begins."""
        assert looks_like_read("orders", "Lists all orders.")
        assert not looks_like_read("orders", "Cancels all orders.")

    def test_what_is_said_of_it_goes_before_its_name(self) -> None:
        """Whether it reads is taken from who knows."""
        assert not offer("get_order", reads=False).reads
        assert offer("cancel_order", reads=True).actions == frozenset()

    @pytest.mark.parametrize(
        ("name", "description", "actions"),
        [
            ("cancel_order", "Cancel an order. Cancels it and refunds everything.", {"cancel"}),
            ("create_return", "Send an order back.", {"create", "return"}),
            ("set_transfer_limit", "Change the limit. Sets (raises, lowers) it.", {"change"}),
            ("change_plan", "Upgrade or downgrade.", {"change", "upgrade", "downgrade"}),
            ("frobnicate_order", "Cancel an order.", {"cancel"}),
            ("frobnicate", "Frobnicate.", set()),
        ],
    )
    def test_what_a_write_does(self, name: str, description: str, actions: set[str]) -> None:
        """The action of a write is that of its name and title, not what its description says on the way."""
        assert offer(name, description).actions == actions

    def test_nouns_and_requirements(self) -> None:
        """A tool knows what it acts upon and what it can't do without."""
        made = offer_of("get_order_items", "", {"required": ["order_id"], "properties": {"order_id": {}}})
        assert made.nouns == ("order", "product")
        assert made.required == ("order_id",)
        assert offer("get_order").required == ()
