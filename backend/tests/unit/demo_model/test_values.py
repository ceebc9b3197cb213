from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.fill import (
    bare_numbers,
    beside,
    codes_in,
    country_of,
    fill,
    looks_like_code,
    named_of,
    quoted_in,
    search_words,
)
from app.demo_model.script import NUMBER, script

ADDRESS: dict[str, Any] = {
    "properties": {one: {"type": "string"} for one in ("name", "street", "city", "postal_code", "country")}
}


def found(kind: str, text: str) -> list[str]:
    return script().kinds[kind].found_in(text)


def first(kind: str, text: str) -> str | None:
    return next(iter(found(kind, text)), None)


def numbers(kind: str, text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in found(kind, text)]


def address_in(text: str) -> dict[str, Any]:
    return fill(ADDRESS, text).calls[0]


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("order 1042", [1042]),
            ("#1042", [1042]),
            ("1,042 things", [1042]),
            ("2.5 kg", [2.5]),
            ("10% off 1042", [1042]),
            ("10 percent", []),
            ("€10 for 1042", [1042]),
            ("10 euros", []),
            ("$5", []),
            ("on 2026-05-03", []),
            ("on 3.5.2026", []),
            ("on 3 May 2026", []),
            ("May 3, 2026", []),
            ("TX-9003", []),
            ("a1042b", []),
            ("me42@example.com", []),
            ("", []),
            ("1042, 1043 and 1044.", [1042, 1043, 1044]),
        ],
    )
    def test_bare_numbers(self, text: str, numbers: list[float]) -> None:
        """Only bare numbers count: no percentages, money, dates or parts of codes."""
        assert bare_numbers(text) == numbers

    @pytest.mark.parametrize(
        ("text", "percents"),
        [("10%", [10]), ("7.5 %", [7.5]), ("ten percent", []), ("15 percent or 20 per cent", [15, 20])],
    )
    def test_percentages(self, text: str, percents: list[float]) -> None:
        """Percentages are found with the sign and with the word."""
        assert numbers("percent", text) == percents

    @pytest.mark.parametrize(
        ("text", "amounts"),
        [
            ("€10", [10]),
            ("10.50 EUR", [10.5]),
            ("$1,200.99", [1200.99]),
            ("5 dollars", [5]),
            ("10 orders", []),
            ("£ 3", [3]),
        ],
    )
    def test_money(self, text: str, amounts: list[float]) -> None:
        """Amounts of money are found by their currency, before or after."""
        assert numbers("money", text) == amounts

    @pytest.mark.parametrize(
        ("text", "currency"), [("10 euros", "EUR"), ("$5", "USD"), ("3 pounds", "GBP"), ("5 apples", None)]
    )
    def test_currencies(self, text: str, currency: str | None) -> None:
        """A currency is its three letters."""
        assert first("currency", text) == currency


class TestDates:
    @pytest.mark.parametrize(
        ("text", "dates"),
        [
            ("2026-05-03", ["2026-05-03"]),
            ("3.5.2026", ["2026-05-03"]),
            ("3 May 2026", ["2026-05-03"]),
            ("3rd of May 2026", ["2026-05-03"]),
            ("May 3, 2026", ["2026-05-03"]),
            ("Dec 24th 2026", ["2026-12-24"]),
            ("3 Mug 2026", []),
            ("tomorrow", []),
        ],
    )
    def test_dates(self, text: str, dates: list[str]) -> None:
        """Dates are found in the common ways of writing them; what depends on today is not guessed."""
        assert found("date", text) == dates


class TestCodes:
    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("coupon WELCOME15", ["WELCOME15"]),
            ("TX-9003 and INV-2031", ["TX-9003", "INV-2031"]),
            ("key_1a", ["key_1a"]),
            ("the 3rd of 2x", []),
            ("OK, in the EU", []),
            ("code SPRING", ["SPRING"]),
            ("me42@example.com", []),
            ("1b4e28ba-2fa1-11d2-883f-0016d3cca427", ["1b4e28ba-2fa1-11d2-883f-0016d3cca427"]),
        ],
    )
    def test_codes(self, text: str, codes: list[str]) -> None:
        """What looks like an id is found; ordinary words, ordinals and addresses are none."""
        assert codes_in(text) == codes

    @pytest.mark.parametrize(
        ("word", "looks"), [("A1", True), ("ABC", True), ("OK", False), ("please", False), ("1042", True)]
    )
    def test_looks(self, word: str, looks: bool) -> None:
        """An id has a digit or is written large."""
        assert looks_like_code(word) is looks


class TestNearNouns:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("order 1042", ["1042"]),
            ("Order number: 1042", ["1042"]),
            ("order no. #1042", ["1042"]),
            ("orders 1042, 1043 and 1044", ["1042", "1043", "1044"]),
            ("orders #1042 & #1043", ["1042", "1043"]),
            ("order 10%", []),
            ("order €10", []),
            ("1042 orders", []),
            ("reorder 1042", []),
            ("order 1042 of order 1043", ["1042", "1043"]),
        ],
    )
    def test_values_beside_their_noun(self, text: str, found: list[str]) -> None:
        """Values that follow their noun are found, several at a time; money and percentages are not."""
        assert beside(text, {"order"}, NUMBER) == found

    def test_without_nouns_nothing_is_near(self) -> None:
        """Without a noun there is no beside."""
        assert beside("order 1042", set(), NUMBER) == []


class TestTexts:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("cancel it because I ordered twice", "I ordered twice"),
            ("refund it, it arrived broken.", "it arrived broken"),
            ("since it was late", "it was late"),
            ("reason: too big", "too big"),
            ("cancel order 1042", None),
            ("cancel it due to a delay", "a delay"),
        ],
    )
    def test_reasons(self, text: str, reason: str | None) -> None:
        """A reason stands after because and its like, or is added at the end."""
        assert first("reason", text) == reason

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('call it "Blue team"', "Blue team"),
            ("a board called Roadmap", "Roadmap"),
            ("named Big Plans now", "Big Plans"),
            ("a board", None),
        ],
    )
    def test_names(self, text: str, name: str | None) -> None:
        """A name stands in quotes or after called."""
        assert first("name", text) == name

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Do you have mugs in stock?", "mug"),
            ("how much is the oak lamp", "oak lamp"),
            ('search for "red chair"', "red chair"),
            ("show me all products", None),
        ],
    )
    def test_search_words(self, text: str, words: str | None) -> None:
        """What is searched for is what is left when the words of the tool are gone."""
        assert search_words(text, {"product", "list"}) == words

    def test_quotations(self) -> None:
        """Single, double and curly quotes quote; apostrophes do not."""
        assert quoted_in("say \"a b\" and 'c' and \u201cd\u201d, it's Tom's") == ["a b", "c", "d"]


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "Change the address of order 1047 to Robin Vale, 3 Mill Street, 80993 Northbrook, DE",
            "Robin Vale, 3 Mill Street, 80993 Northbrook, Germany",
            "It is: Robin Vale\n3 Mill Street\nNorthbrook 80993\nGermany",
            "send it to Robin Vale, 3 Mill Street, 80993, Northbrook, DE.",
        ],
    )
    def test_whole_addresses(self, text: str) -> None:
        """An address is found whole, whatever divides its parts."""
        assert address_in(text) == {
            "name": "Robin Vale",
            "street": "3 Mill Street",
            "city": "Northbrook",
            "postal_code": "80993",
            "country": "DE",
        }

    def test_a_street_of_another_custom(self) -> None:
        """A house number may stand behind its street."""
        of = address_in("Eva Lang, Mühlweg 12a, 1010 Wien, Austria")
        assert [of[one] for one in ("street", "postal_code", "city", "country")] == [
            "Mühlweg 12a",
            "1010",
            "Wien",
            "AT",
        ]

    @pytest.mark.parametrize("text", ["to my office", "3 Mill Street", "", "change it"])
    def test_no_address(self, text: str) -> None:
        """One part alone could be anything, so it is nothing."""
        assert address_in(text) == {}

    @pytest.mark.parametrize(
        ("text", "code"), [("Germany", "DE"), ("the Netherlands", "NL"), ("DE", "DE"), ("de", None), ("Narnia", None)]
    )
    def test_countries(self, text: str, code: str | None) -> None:
        """A country is its two letters."""
        assert country_of(text) == code


class TestEnums:
    REASONS = ("damaged", "wrong_item", "does_not_fit", "changed_mind", "other")

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("it arrived damaged", ["damaged"]),
            ("you sent the wrong item", ["wrong_item"]),
            ("it doesn't fit", ["does_not_fit"]),
            ("I changed my mind", ["changed_mind"]),
            ("it is blue", []),
            ("wrong colour", []),
            ("", []),
            ("damaged, and the wrong item", ["wrong_item"]),
        ],
    )
    def test_values_that_are_named(self, text: str, found: list[str]) -> None:
        """A value counts as named when all its words were said, in any form; the more exact one wins."""
        assert named_of(text, self.REASONS) == found

    def test_values_with_numbers(self) -> None:
        """A number in a value has to be said too."""
        assert named_of("the 2 week plan", ["plan_2", "plan_3"]) == ["plan_2"]


@given(st.text(max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing that can be typed breaks the reading of values."""
    bare_numbers(text)
    codes_in(text)
    found("date", text)
    address_in(text)
    beside(text, {"order"}, NUMBER)
    search_words(text, set())
    named_of(text, ["a_b", 5])
