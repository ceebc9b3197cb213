import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo_model.understand import things_in, with_referent


class TestThings:
    @pytest.mark.parametrize(
        ("text", "things"),
        [
            ("Where is order 1042?", ["order 1042"]),
            ("orders 1042 and 1043", ["orders 1042 and 1043"]),
            ("order no. 1042 and coupon WELCOME15", ["order 1042", "coupon WELCOME15"]),
            ("Order 1042 is processing. Order 1042 is late.", ["Order 1042"]),
            ("on 21 November 2026", []),
            ("Total 113.70 EUR", []),
            ("at 10", []),
            ("refund 10 euros", []),
            ("", []),
            ("invoice INV-2031 was sent", ["invoice INV-2031"]),
        ],
    )
    def test_things_have_a_noun_and_a_number(self, text: str, things: list[str]) -> None:
        """A thing is a noun with a number or code; dates and money are none."""
        assert things_in(text) == things


class TestReferents:
    @pytest.mark.parametrize(
        ("clause", "before", "meant"),
        [
            ("cancel it", ["where is order 1042"], "cancel order 1042"),
            ("where are they", ["orders 1042 and 1043"], "where are they"),
            ("track them", ["orders 1042 and 1043"], "track orders 1042 and 1043"),
            ("cancel order 1043", ["where is order 1042"], "cancel order 1043"),
            ("cancel my plan", ["where is order 1042"], "cancel my plan"),
            ("where is it", ["order 1041", "order 1042 and so on"], "where is order 1042"),
            ("where is it", ["hello", "how are you"], "where is it"),
            ("where is it", [], "where is it"),
        ],
    )
    def test_a_pronoun_becomes_what_it_stands_for(self, clause: str, before: list[str], meant: str) -> None:
        """A pronoun stands for what was named last; where something is named, or nothing was, all stays."""
        assert with_referent(clause, before) == meant

    @given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
    def test_any_text_can_be_read(self, clause: str, before: list[str]) -> None:
        """Nothing that can be typed breaks it."""
        with_referent(clause, before)
