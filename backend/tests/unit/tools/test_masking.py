"""A secret that a target echoes is hidden, however it is spelled; nothing else is touched."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.masking import HIDDEN, Mask

KEY = "sk-live/7+x y"
MASK = Mask([KEY, "12345678", "abc", ""])


@pytest.mark.parametrize(
    "spelled", [KEY, quote(KEY, safe=""), "sk-live%2F7%2Bx+y", base64.b64encode(KEY.encode()).decode()]
)
def test_it_is_hidden_in_each_spelling_that_travels(spelled: str) -> None:
    """As entered, in an address, in a form, in basic authentication."""
    assert MASK(f"you sent {spelled}!") == f"you sent {HIDDEN}!"


def test_it_is_hidden_wherever_it_stands() -> None:
    """In lists, values, keys, and where it came back as a number."""
    echoed = {"headers": [{"X-Key": KEY}], KEY: 1, "n": 12345678, "ok": True, "total": 5.5, "none": None}
    assert MASK(echoed) == {
        "headers": [{"X-Key": HIDDEN}], HIDDEN: 1, "n": HIDDEN, "ok": True, "total": 5.5, "none": None,
    }  # fmt: skip


def test_a_short_secret_is_hidden_only_as_a_whole() -> None:
    """Inside other words it would be a part of any."""
    assert MASK({"pin": "abc", "word": "abcde"}) == {"pin": HIDDEN, "word": "abcde"}


def test_a_secret_inside_another_leaves_no_rest() -> None:
    """The longest is hidden first."""
    assert Mask(["secret", "secret-and-more"])("secret-and-more secret") == f"{HIDDEN} {HIDDEN}"


def test_nothing_to_hide_changes_nothing() -> None:
    """An API without credentials."""
    value = {"a": ["", "x", 1.5, {"b": None}]}
    assert Mask([])(value) == value


def test_a_bottomless_answer_is_cut_off() -> None:
    """What nobody could read is not searched for ever."""
    deep: Any = KEY
    for _ in range(900):
        deep = [deep]
    assert KEY not in json.dumps(MASK(deep))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(KEY) | st.just(f"<{KEY}>"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just(KEY), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_no_answer_keeps_it(value: Any) -> None:
    """Whatever its shape."""
    assert KEY not in json.dumps(MASK(value), ensure_ascii=False)
