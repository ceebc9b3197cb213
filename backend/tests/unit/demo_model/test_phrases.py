from typing import Any

import pytest

from app.demo_model.describe import capital, deed_of, participle, plain, plain_value, thing_in
from app.demo_model.tools import offer_of
from app.language.stem import plural


class TestDeeds:
    @pytest.mark.parametrize(
        ("name", "args", "infinitive", "done"),
        [
            ("cancel_order", {"order_id": 1042}, "cancel order 1042", "order 1042 has been cancelled"),
            ("cancel_order", {}, "cancel the order", "the order has been cancelled"),
            (
                "change_address",
                {"order_id": 7},
                "change the address of order 7",
                "the address of order 7 has been changed",
            ),
            ("create_coupon", {"percent": 10}, "create a coupon", "a coupon has been created"),
            ("create_return", {"order_id": 7}, "create a return for order 7", "a return for order 7 has been created"),
            ("refundOrder", {"orderId": 7}, "refund order 7", "order 7 has been refunded"),
            ("send_invoice", {"invoice_id": "INV-1"}, "send invoice INV-1", "invoice INV-1 has been sent"),
            ("freeze_card", {"card": "4821"}, "freeze card 4821", "card 4821 has been frozen"),
            ("set_feature", {"feature": "dark_mode"}, "set feature dark mode", "feature dark mode has been set"),
            ("pause_subscription", {"months": 2}, "pause the subscription", "the subscription has been paused"),
            ("transfer_money", {"amount": 5}, "transfer the money", "the money has been transferred"),
            ("frobnicate", {}, "do this: frobnicate it", "this was done: frobnicate it"),
            ("cancel", {}, "do this: frobnicate it", "this was done: frobnicate it"),
        ],
    )
    def test_calls_in_words(self, name: str, args: dict[str, Any], infinitive: str, done: str) -> None:
        """A call is put into words: what would be done, and that it has been."""
        deed = deed_of(offer_of(name, "Frobnicate it.", {}), args)
        assert (deed.infinitive, deed.done) == (infinitive, done)
        assert "not" in deed.not_done

    @pytest.mark.parametrize(
        ("verb", "done"),
        [
            ("cancel", "cancelled"),
            ("change", "changed"),
            ("send", "sent"),
            ("apply", "applied"),
            ("pay", "paid"),
            ("add", "added"),
        ],
    )
    def test_participles(self, verb: str, done: str) -> None:
        """Verbs have their participle, regular or not."""
        assert participle(verb) == done

    @pytest.mark.parametrize(
        ("args", "thing"),
        [
            ({"order_id": 7}, "order 7"),
            ({"percent": 5, "invoice_number": "A1"}, "invoice A1"),
            ({"id": 7}, "card 7"),
            ({"code": "AB"}, "card AB"),
            ({"percent": 5}, ""),
            ({"order_id": None}, ""),
            ({"order_ids": [1]}, ""),
            ({}, ""),
        ],
    )
    def test_things(self, args: dict[str, Any], thing: str) -> None:
        """What a call is about is named by its id."""
        assert thing_in(args, ["card"]) == thing

    def test_an_id_of_nothing_known(self) -> None:
        """An id without any noun is a number."""
        assert thing_in({"id": 7}) == "number 7"


class TestValues:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (True, "yes"),
            (False, "no"),
            (5, "5"),
            (5.0, "5"),
            (1234.5, "1,234.50"),
            ("label_sent", "label sent"),
            ("2026-11-25", "25 November 2026"),
            ("2026-11-05T09:30:00Z", "5 November 2026, 09:30"),
            ("2026-13-01", "2026-13-01"),
            ("Avery_Lind", "Avery_Lind"),
            ("x" * 400, "x" * 299 + "…"),
            (None, "None"),
        ],
    )
    def test_values_as_people_say_them(self, value: Any, text: str) -> None:
        """Dates have months, truth is yes and no, codes of programs become words, long texts are cut."""
        assert plain_value(value) == text

    @pytest.mark.parametrize(
        ("key", "text"), [("order_id", "order number"), ("deliveredOn", "delivered on"), ("sku", "sku"), ("_", "_")]
    )
    def test_keys_as_people_say_them(self, key: str, text: str) -> None:
        """Keys become words, an id a number."""
        assert plain(key) == text

    @pytest.mark.parametrize(
        ("one", "many"),
        [("order", "orders"), ("policy", "policies"), ("box", "boxes"), ("day", "days"), ("branch", "branches")],
    )
    def test_plurals(self, one: str, many: str) -> None:
        """Nouns have their plural."""
        assert plural(one) == many

    def test_capitals(self) -> None:
        """Only the first letter changes."""
        assert capital("order ABC") == "Order ABC"
        assert capital("") == ""
