from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.fill import MAX_CALLS, fill, spelled
from app.demo_model.slots import resolve, slots_of

ID = {"type": "integer", "minimum": 1, "maximum": 9_999_999}
TEXT = {"type": "string"}


def schema(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


def args(parameters: dict[str, Any], text: str, **options: Any) -> dict[str, Any]:
    filled = fill(parameters, text, **options)
    assert len(filled.calls) == 1
    return filled.calls[0]


class TestIds:
    @pytest.mark.parametrize(
        "text", ["order 1042", "order no. 1042", "#1042", "1042", "Order number: 1042 please", "my order (1042)"]
    )
    def test_an_order_by_its_number(self, text: str) -> None:
        """A number beside its noun, or alone, is the id that is asked for."""
        assert args(schema(order_id=ID), text) == {"order_id": 1042}

    @pytest.mark.parametrize(
        "text", ["10%", "€10", "on 2026-01-02", "order 99999999", "order -", "order 0", "my order"]
    )
    def test_what_is_no_id(self, text: str) -> None:
        """Percentages, money, dates and numbers out of bounds are no ids."""
        filled = fill(schema(order_id=ID), text)
        assert filled.calls == ({},)
        assert [slot.name for slot in filled.missing] == ["order_id"]

    def test_several_ids_are_several_calls(self) -> None:
        """Each id that is named is a call of its own."""
        filled = fill(
            schema(order_id=ID, reason=TEXT, required=["order_id"]), "cancel orders 1042 and 1043 because of rain"
        )
        assert filled.calls == ({"order_id": 1042, "reason": "rain"}, {"order_id": 1043, "reason": "rain"})

    def test_not_more_calls_than_can_be_checked(self) -> None:
        """A long list is cut: nobody checks twenty cards."""
        text = "orders " + ", ".join(str(number) for number in range(1001, 1021))
        assert len(fill(schema(order_id=ID), text).calls) == MAX_CALLS

    def test_a_lone_number_is_not_for_an_optional_id(self) -> None:
        """An id that is not required is only taken where it is named."""
        parameters = schema(required=["percent"], percent={"type": "integer"}, order_id=ID)
        assert args(parameters, "10% for number 55") == {"percent": 10}
        assert args(parameters, "10% for order 55") == {"percent": 10, "order_id": 55}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("coupon WELCOME15", "WELCOME15"),
            ("is welcome15 valid", "WELCOME15"),
            ("code SPRING please", "SPRING"),
            ("a coupon please", None),
        ],
    )
    def test_codes_have_their_form(self, text: str, code: str | None) -> None:
        """A code is what has the required form, written large if need be; a plain word is none."""
        parameters = schema(code={"type": "string", "pattern": "^[A-Z0-9-]{4,30}$"})
        assert args(parameters, text, nouns=["coupon"]) == ({"code": code} if code else {})

    def test_an_id_without_form_needs_its_noun_or_a_code(self) -> None:
        """An id of any form is taken beside its noun."""
        assert args(schema(customer_id=TEXT), "customer cus_81a7 wants it") == {"customer_id": "cus_81a7"}

    def test_the_last_digits_of_a_card(self) -> None:
        """A card is named by the digits in which it ends."""
        parameters = schema(card={"type": "string", "pattern": "^[0-9]{4}$"})
        assert args(parameters, "my card ending in 4821") == {"card": "4821"}


class TestHistory:
    def test_what_was_last_spoken_of_is_meant(self) -> None:
        """An id that is not said is the one that was last spoken of."""
        history = ["Where is order 1041?", "It is here.", "And order 1042?", "Order 1042 is processing."]
        assert args(schema(order_id=ID), "cancel it", history=history) == {"order_id": 1042}

    def test_several_that_were_spoken_of_are_choices(self) -> None:
        """Where several were spoken of at once, none is taken and all are offered."""
        filled = fill(schema(order_id=ID), "cancel it", history=["Where are orders 1042 and 1043?"])
        assert filled.calls == ({},)
        assert filled.choices == {"order_id": (1042, 1043)}

    def test_only_ids_are_remembered(self) -> None:
        """Amounts and reasons are not taken from what was said about something else."""
        parameters = schema(order_id=ID, percent={"type": "integer"}, reason=TEXT)
        filled = fill(parameters, "give a coupon", history=["order 1042: 10% because it was late"])
        assert filled.calls[0] == {"order_id": 1042}

    def test_a_lone_number_of_the_past_is_nothing(self) -> None:
        """A number counts as remembered only beside its noun."""
        assert args(schema(order_id=ID), "cancel it", history=["I am 42 years old, 1042 times"]) == {}

    @pytest.mark.parametrize(
        ("name", "of", "said", "value"),
        [
            ("email", {"type": "string", "format": "email"}, "I am a@b.example", "a@b.example"),
            ("account_id", {"enum": ["checking", "savings"]}, "my savings account", "savings"),
            ("invoice_id", {"type": "string", "pattern": "^INV-[0-9]{4}$"}, "see INV-2031", "INV-2031"),
        ],
    )
    def test_other_ids_of_the_past(self, name: str, of: dict[str, Any], said: str, value: str) -> None:
        """Addresses, accounts and codes are remembered too."""
        assert args(schema(None, **{name: of}), "do it again", history=[said]) == {name: value}


class TestNumbers:
    @pytest.mark.parametrize(
        ("name", "of", "text", "value"),
        [
            ("percent", {"type": "integer"}, "a 10% coupon", 10),
            ("discount", {"type": "number"}, "7.5 percent off", 7.5),
            ("amount", {"type": "number"}, "refund 10 euros of order 1041", 10),
            ("amount", {"type": "number"}, "pay $1,200.50", 1200.5),
            ("amount_cents", {"type": "integer"}, "refund €10.50", 1050),
            ("amount", {"type": "number"}, "transfer 50", 50),
            ("seats", {"type": "integer"}, "change the number of seats to 15", 15),
            ("seats", {"type": "integer"}, "I need 15 seats", 15),
            ("months", {"type": "integer"}, "for two months", 2),
            ("quantity", {"type": "integer"}, "quantity 3", 3),
            ("daily_limit", {"type": "integer"}, "set the daily limit to 2000", 2000),
            ("daily_limit", {"type": "integer"}, "a limit of 2000 euros", 2000),
            ("seats", {"type": "integer"}, "more seats", None),
            ("percent", {"type": "integer", "maximum": 50}, "80% off", None),
            ("seats", {"type": "integer"}, "2.5 seats", None),
        ],
    )
    def test_numbers_by_what_they_count(self, name: str, of: dict[str, Any], text: str, value: float | None) -> None:
        """A number is taken where its unit or its name stands beside it, within its bounds."""
        assert args(schema(None, **{name: of}), text) == ({} if value is None else {name: value})

    def test_how_many_at_most_is_no_money(self) -> None:
        """A limit that counts rows is not an amount."""
        limit = {"type": "integer", "description": "How many at most."}
        assert args(schema(required=[], limit=limit), "list orders over 10 euros") == {}

    def test_small_numbers_in_words(self) -> None:
        """Small numbers in words count before what they count, and nowhere else."""
        assert spelled("two months for one of them") == "2 months for one of them"


class TestOtherTypes:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("switch it off", False),
            ("disable it", False),
            ("turn it on", True),
            ("enable it", True),
            ("what about it", None),
        ],
    )
    def test_switches(self, text: str, value: bool | None) -> None:
        """On and off are true and false."""
        assert args(schema(enabled={"type": "boolean"}), text) == ({} if value is None else {"enabled": value})

    @pytest.mark.parametrize(
        ("text", "value"), [("send express", True), ("no express please", False), ("send it", None)]
    )
    def test_booleans_by_their_name(self, text: str, value: bool | None) -> None:
        """A yes or no is taken where its name is said, with or without a no."""
        found = args(schema(required=[], express={"type": "boolean"}), text)
        assert found == ({} if value is None else {"express": value})

    def test_enums(self) -> None:
        """A listed value is taken where it is named; the only one where it is required."""
        assert args(schema(plan={"enum": ["starter", "team"]}), "the team plan") == {"plan": "team"}
        assert args(schema(kind={"enum": ["only"]}), "anything") == {"kind": "only"}
        assert args(schema(kind={"const": 7}), "anything") == {"kind": 7}

    def test_from_and_to(self) -> None:
        """Two values of the same kind are told apart by from and to."""
        account = {"type": "string", "enum": ["checking", "savings"]}
        parameters = schema(from_account=account, to_account=account)
        assert args(parameters, "from savings to checking") == {"from_account": "savings", "to_account": "checking"}
        assert args(parameters, "to my checking from savings") == {"from_account": "savings", "to_account": "checking"}
        assert args(parameters, "between them") == {}

    def test_lists(self) -> None:
        """A list takes all that is named."""
        parameters = schema(order_ids={"type": "array", "items": {"type": "integer"}})
        assert args(parameters, "orders 1042 and 1043", nouns=["order"]) == {"order_ids": [1042, 1043]}

    def test_objects(self) -> None:
        """An object is filled inside, whole or not at all."""
        inner = schema(percent={"type": "integer"})
        assert args(schema(discount={"type": "object", **inner}), "10% off") == {"discount": {"percent": 10}}
        assert args(schema(discount={"type": "object", **inner}), "off") == {}

    @pytest.mark.parametrize(
        ("name", "of", "text", "value"),
        [
            ("email", TEXT, "mail a@b.example", "a@b.example"),
            ("date", TEXT, "on 3 May 2026", "2026-05-03"),
            ("starts", {"type": "string", "format": "date"}, "from 3.5.2026", "2026-05-03"),
            ("phone", TEXT, "call +49 30 123456", "+49 30 123456"),
            ("iban", TEXT, "to DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("currency", TEXT, "in euros", "EUR"),
            ("reason", TEXT, "because of rain", "rain"),
            ("query", TEXT, "blue mugs", "blue mug"),
            ("name", TEXT, "called Blue", "Blue"),
            ("note", TEXT, "nothing", None),
            ("slogan", TEXT, 'say "Hello you"', "Hello you"),
            ("contact", {"type": "string", "pattern": "^.+@.+$"}, "a@b.example", "a@b.example"),
        ],
    )
    def test_texts_by_what_they_are(self, name: str, of: dict[str, Any], text: str, value: str | None) -> None:
        """A text is taken by what it is: an address, a date, a reason, a name, a quotation."""
        assert args(schema(None, **{name: of}), text) == ({} if value is None else {name: value})

    def test_a_default_is_not_asked_for(self) -> None:
        """What has a default is not missing."""
        assert fill(schema(limit={"type": "integer", "default": 20}), "list").missing == ()


class TestReplies:
    @pytest.mark.parametrize(
        ("of", "reply", "value"),
        [
            (TEXT, "a candle was broken.", "a candle was broken"),
            ({"type": "integer"}, "ten, I mean 10", 10),
            ({"type": "number"}, "€12.50", 12.5),
            ({"type": "boolean"}, "yes", True),
            ({"type": "boolean"}, "no", False),
            ({"type": "boolean"}, "maybe", None),
            ({"type": "string", "maxLength": 3}, "too long", None),
            ({"enum": ["a", "b"]}, "c", None),
        ],
    )
    def test_a_reply_is_the_value_that_was_asked_for(self, of: dict[str, Any], reply: str, value: Any) -> None:
        """A reply as a whole is the value, where it has its type."""
        found = args(schema(thing=of), f"do it: {reply}", asked_for="thing", reply=reply)
        assert found == ({} if value is None else {"thing": value})


class TestSchemas:
    def test_references_and_alternatives_are_followed(self) -> None:
        """References in the schema and alternatives to null are what they stand for."""
        root = {"$defs": {"id": ID}, "properties": {}}
        assert resolve({"$ref": "#/$defs/id"}, root) == ID
        assert resolve({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/id"}], "title": "x"}, root) == {
            **ID,
            "title": "x",
        }
        assert resolve({"$ref": "#/$defs/none"}, root) == {}
        assert resolve({"$ref": "http://elsewhere"}, root) == {"$ref": "http://elsewhere"}
        assert resolve(True, root) == {}

    def test_a_schema_that_contains_itself_ends(self) -> None:
        """A circle of references ends."""
        assert resolve({"$ref": "#/a"}, {"a": {"$ref": "#/a"}}) == {}

    def test_required_values_come_first(self) -> None:
        """What is required is filled before what is not."""
        assert [slot.name for slot in slots_of(schema(required=["b"], a=TEXT, b=TEXT))] == ["b", "a"]

    @pytest.mark.parametrize(
        ("of", "kind"), [({}, "string"), ({"type": ["null", "integer"]}, "integer"), ({"properties": {}}, "object")]
    )
    def test_kinds(self, of: dict[str, Any], kind: str) -> None:
        """A type may be one of several, or left out."""
        assert slots_of(schema(a=of))[0].type == kind

    def test_a_broken_pattern_decides_nothing(self) -> None:
        """A pattern that can't be read, or that looks around, refuses nothing."""
        for pattern in ("([", "(?!A1)[A-Z]+$"):
            assert args(schema(code={"type": "string", "pattern": pattern}), "code A1B2") == {"code": "A1B2"}

    @given(st.text(max_size=120))
    def test_any_text_can_be_read(self, text: str) -> None:
        """Nothing that can be typed breaks it, and what is filled is in the schema."""
        parameters = schema(
            order_id=ID, email=TEXT, amount={"type": "number"}, plan={"enum": ["a", "b"]}, on={"type": "boolean"}
        )
        for call in fill(parameters, text, history=[text]).calls:
            assert set(call) <= set(parameters["properties"])
