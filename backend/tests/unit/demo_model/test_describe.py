from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.describe import MAX_FACTS, MAX_ITEMS, MAX_ROWS, changed_facts, describe

ORDER: dict[str, Any] = {
    "order_id": 1042,
    "status": "processing",
    "placed_on": "2026-11-21",
    "estimated_delivery": "2026-11-25",
    "delivered_on": None,
    "items": [
        {"sku": "LAMP-OAK", "name": "Oak desk lamp", "quantity": 1, "unit_price": 79.0},
        {"sku": "MUG-BLUE", "name": "Blue stoneware mug", "quantity": 2, "unit_price": 14.9},
    ],
    "shipping_cost": 4.9,
    "total": 113.7,
    "refunded": 0,
    "currency": "EUR",
    "ship_to": {"name": "Avery Lind", "street": "12 Orchard Lane", "city": "Elmstead"},
}
COUPON = {"code": "SUMMER20", "percent": 20, "valid_until": "2026-10-23", "usable": False, "reason": "Summer sale"}


class TestOneThing:
    def test_it_begins_with_what_it_is_and_how_it_stands(self) -> None:
        """A thing is named with its status, then come coming dates, contents and money."""
        assert describe(ORDER, noun="order") == (
            "Order 1042 is processing. Estimated delivery: 25 November 2026."
            " Items: Oak desk lamp; 2 \u00d7 Blue stoneware mug. Total: 113.70 EUR. Shipping cost: 4.90 EUR."
            " Placed on: 21 November 2026. Ship to: Avery Lind, 12 Orchard Lane, Elmstead."
        )

    @pytest.mark.parametrize(
        ("asked", "first"),
        [
            ("when will it arrive?", "Estimated delivery"),
            ("how much was it?", "Total"),
            ("what items are in it?", "Items"),
            ("when was it placed?", "Placed on"),
        ],
    )
    def test_what_was_asked_comes_first(self, asked: str, first: str) -> None:
        """The fact that was asked for is told before the others."""
        facts = describe(ORDER, asked=asked, noun="order").removeprefix("Order 1042 is processing. ")
        assert facts.startswith(f"{first}: ")

    def test_a_thing_without_status(self) -> None:
        """A thing without a status is named, then told."""
        said = describe(COUPON, asked="is it still valid?", noun="coupon")
        assert said == "Coupon SUMMER20: Valid until: 23 October 2026. Usable: no. Percent: 20%. Reason: Summer sale."

    def test_a_part_is_named_by_its_whole(self) -> None:
        """What has no number of its own is named by what it belongs to."""
        parcel = {"order_id": 1044, "status": "shipped", "carrier": "DHL"}
        assert describe(parcel, noun="parcel") == "The parcel of order 1044 is shipped. Carrier: DHL."

    def test_a_thing_may_be_named_by_its_name(self) -> None:
        """What has no number is named by its name, or by what it is called."""
        assert describe({"name": "Blue team", "state": "active"}) == "Blue team is active."
        assert describe({"card": "4821", "status": "frozen"}, noun="card") == "Card 4821 is frozen."
        assert describe({"status": "ok"}) == "It is ok."

    def test_not_more_facts_than_one_reads(self) -> None:
        """Of many facts only the first few are told."""
        said = describe({f"key_{letter}": letter for letter in "abcdefghijk"})
        assert said.count(":") == MAX_FACTS

    def test_long_contents_are_counted(self) -> None:
        """Of many parts the first are named and the rest counted."""
        said = describe({"id": 7, "tags": [f"t{n}" for n in range(MAX_ITEMS + 3)]}, noun="board")
        assert "t0; t1; t2; t3; t4; and 3 more" in said

    def test_what_says_nothing_is_left_out(self) -> None:
        """Empty values, no money at all and internals are not told."""
        assert (
            describe({"id": 7, "refunded": 0, "note": "", "tags": [], "owner": None, "metadata": {"a": 1}}, noun="x")
            == "X 7:"
        )

    @pytest.mark.parametrize("envelope", [{"data": ORDER}, {"order": ORDER}, {"data": {"order": ORDER}}])
    def test_envelopes_are_opened(self, envelope: dict[str, Any]) -> None:
        """What is wrapped is told as if it were not."""
        assert describe(envelope, noun="order").startswith("Order 1042 is processing.")


class TestLists:
    def test_a_list_is_counted_and_told_row_by_row(self) -> None:
        """A list is counted; each row is named with its first facts."""
        rows = [{"order_id": 1, "status": "shipped", "total": 5.0, "currency": "EUR"}, {"order_id": 2, "status": "new"}]
        assert describe({"orders": rows}) == "I found 2 orders:\n- Order 1: shipped, 5.00 EUR\n- Order 2: new"

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ([], "I found no orders."),
            ({"orders": []}, "I found no orders."),
            ([{"order_id": 1}], "I found one order:\n- Order 1"),
            (["a", 2], "I found 2 orders:\n- a\n- 2"),
        ],
    )
    def test_small_lists(self, data: Any, said: str) -> None:
        """Nothing, one and plain values read well too."""
        assert describe(data, noun="order") == said

    def test_long_lists_are_cut(self) -> None:
        """Of a long list the first rows are told and the rest counted; all of them where all are asked for."""
        rows = [{"order_id": number} for number in range(MAX_ROWS + 4)]
        said = describe(rows, noun="order")
        assert said.startswith("I found 14 orders:")
        assert said.endswith("- and 4 more")
        assert describe(rows, noun="order", asked="show me all orders").endswith("- Order 13")

    def test_numbers_of_pages_do_not_hide_a_list(self) -> None:
        """A list with a count beside it is still a list."""
        assert describe({"products": [{"sku": "A", "name": "Mug"}], "count": 1}).startswith("I found one product:")

    def test_yes_and_no_in_rows(self) -> None:
        """A switch in a row is told by its name."""
        said = describe([{"name": "dark_mode", "enabled": True}, {"name": "beta", "enabled": False}], noun="feature")
        assert said.endswith("- Dark_mode: enabled\n- Beta: not enabled")


class TestOtherValues:
    @pytest.mark.parametrize(
        ("data", "said"), [(None, ""), ({}, ""), ("", ""), (5, "Balance: 5."), (True, "Balance: yes.")]
    )
    def test_what_is_no_object(self, data: Any, said: str) -> None:
        """A bare value is told by its name; nothing is nothing."""
        assert describe(data, noun="balance") == said

    def test_a_bare_value_without_a_name(self) -> None:
        """A value that has no name is the answer."""
        assert describe("all good") == "Answer: all good."


class TestChanges:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({**ORDER, "refunded": 113.7}, "Refunded: 113.70 EUR."),
            (COUPON, "Code: SUMMER20. Percent: 20%. Valid until: 23 October 2026."),
            (
                {"refund_id": "RF-1", "amount": 10.0, "currency": "EUR", "arrives_by": "2026-11-27"},
                "Arrives by: 27 November 2026. Amount: 10.00 EUR.",
            ),
            (ORDER, ""),
            (None, ""),
            ([], ""),
            ("ok", ""),
        ],
    )
    def test_only_what_is_new_is_told(self, data: Any, said: str) -> None:
        """After a change what it brought about is told, not what was so before."""
        assert changed_facts(data) == said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.text(max_size=20), st.sampled_from(["", "order", "shipping option"]))
def test_any_json_can_be_told(data: Any, asked: str, noun: str) -> None:
    """Whatever a target answers is put into words without breaking."""
    assert isinstance(describe(data, asked=asked, noun=noun), str)
    assert isinstance(changed_facts(data, asked=asked), str)
