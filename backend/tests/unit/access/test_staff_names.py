"""Names of staff: how they are shown, and which of them could be taken for each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.staff_names import MAX_NAME_CHARS, clean_name, name_key
from app.errors import InvalidRequest


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (" Ana \t Flores ", "Ana Flores"),
        ("A\u200bna\u202e", "Ana"),
        ("\uff21\uff4e\uff41", "Ana"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u9f8d", "\u9f8d"),
    ],
)
def test_a_name_is_shown_clean(written: str, shown: str) -> None:
    """Unseen characters and odd blanks are gone, and what can be composed is."""
    assert clean_name(written) == shown


@pytest.mark.parametrize("written", ["", " \n", "\u200b\u202e", "x" * (MAX_NAME_CHARS + 1)])
def test_a_name_is_something(written: str) -> None:
    """Nothing to see is no name, nor is what fits beside no decision."""
    with pytest.raises(InvalidRequest):
        clean_name(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "\u0410\u043d\u0430".replace("\u043d", "n")),
        ("Ana Flores", "AnaFlores"),
        ("Jos\u00e9", "Jose"),
        ("Bill", "Bi11"),
        ("Bill", "BiIl"),
        ("Olga", "0lga"),
        ("Ana.", "Ana"),
    ],
)
def test_names_that_look_alike_are_one(one: str, other: str) -> None:
    """Case, accents, blanks, points and letters that are drawn alike make no other person."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ana", "Anna"), ("Ben", "Bea"), ("\u9f8d", "\u864e"), ("!", "?")])
def test_other_names_are_others(one: str, other: str) -> None:
    """What reads differently stays apart."""
    assert name_key(one) != name_key(other)


@given(text=st.text(max_size=60))
def test_a_clean_name_stays_what_it_is(text: str) -> None:
    """Cleaning twice changes nothing more, and every name has a key."""
    try:
        shown = clean_name(text)
    except InvalidRequest:
        return
    assert clean_name(shown) == shown
    assert name_key(shown)
