import pytest

from app.language.stems import singular, stem


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
