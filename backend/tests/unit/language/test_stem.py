import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.language.stem import singular, stem


@pytest.mark.parametrize(
    "forms",
    [
        ("cancel", "cancels", "cancelled", "canceled", "cancelling", "cancellation", "cancellations"),
        ("order", "orders", "ordered", "ordering"),
        ("policy", "policies"),
        ("box", "boxes"),
        ("change", "changes", "changed", "changing"),
        ("customer", "customer's"),
    ],
)
def test_the_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    """What customers say and what APIs write meet in the stem."""
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("plural", "one"),
    [("orders", "order"), ("policies", "policy"), ("addresses", "address"), ("boxes", "box"), ("status", "status"),
     ("gas", "gas"), ("glass", "glass"), ("analysis", "analysis"), ("branches", "branch")],
)  # fmt: skip
def test_a_plural_has_one_singular(plural: str, one: str) -> None:
    """Only what is a plural loses its ending."""
    assert singular(plural) == one


def test_a_short_word_keeps_what_makes_it_a_word() -> None:
    """Nothing is cut down to where it cannot be recognised."""
    assert stem("red") == "red"
    assert stem("ring") == "ring"


class TestStems:
    @pytest.mark.parametrize(
        "forms",
        [
            "cancel cancels cancelled cancelling cancellation cancellations canceled",
            "refund refunds refunded refunding",
            "change changes changed changing",
            "ship ships shipped shipping",
            "track tracks tracked tracking",
            "delivery deliveries delivered delivering",
            "address addresses",
            "policy policies",
            "box boxes",
            "order orders ordered order's",
        ],
    )
    def test_forms_of_a_word_have_one_stem(self, forms: str) -> None:
        """Every form of a word has the same stem."""
        assert len({stem(word) for word in forms.split()}) == 1

    @pytest.mark.parametrize("word", ["status", "this", "is", "us", "glass", "red", "ring", "king", "bed", "sing"])
    def test_words_that_only_look_like_forms_stay(self, word: str) -> None:
        """What only looks like an ending is not cut off."""
        assert stem(word) == word

    @given(st.text(max_size=30))
    def test_any_text_has_a_stem(self, text: str) -> None:
        """A stem is never longer than its word, and nothing is too strange to have one."""
        assert len(stem(text)) <= len(text.lower())

    @pytest.mark.parametrize(
        ("many", "one"), [("mugs", "mug"), ("boxes", "box"), ("policies", "policy"), ("glass", "glass"), ("bus", "bus")]
    )
    def test_plurals_become_singular(self, many: str, one: str) -> None:
        """A plural loses its ending, a word that merely ends so keeps it."""
        assert singular(many) == one
