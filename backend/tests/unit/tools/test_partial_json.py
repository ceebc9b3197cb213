"""Partial JSON: a text that was cut off is read as far as it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.partial_json import beginning


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[{"id": 1}, {"id": 2}, {"id"', [{"id": 1}, {"id": 2}]),
        ('[{"id": 1}, {"id": 2}, {"id": 3, "na', [{"id": 1}, {"id": 2}, {"id": 3}]),
        ('{"orders": [1, 2, 3', {"orders": [1, 2]}),
        ('{"a": "x, ]} \\" y", "b": "cut off, here', {"a": 'x, ]} " y'}),
        ('{"a": 1, "b": "ends with \\', {"a": 1}),
        ('{"a": {"b": [[1, 2], [3, 4', {"a": {"b": [[1, 2], [3]]}}),
        ("[", []),
        ('{"long": "', {}),
        ("[1, 2]", [1]),
    ],
)
def test_whole_entries_are_kept(text: str, value: Any) -> None:
    """As many as came; what was in the middle of coming is left out."""
    assert beginning(text) == value


@pytest.mark.parametrize("text", ["", "plain text, with a comma", "]", "[1, }", "<a>", '"just a text'])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Nothing is made up."""
    with pytest.raises(ValueError):  # noqa: PT011  # json's own, or ours
        beginning(text)


values = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(values, min_size=1) | st.dictionaries(st.text(), values, min_size=1), st.integers(1, 10_000))
def test_it_can_be_cut_anywhere(value: Any, place: int) -> None:
    """Every beginning of every JSON text gives a value of the same kind."""
    text = json.dumps(value)
    assert type(beginning(text[: 1 + place % len(text)])) is type(value)


@given(st.text(max_size=60))
def test_nothing_is_too_strange(text: str) -> None:
    """It is a value or a ValueError."""
    try:
        beginning(text)
    except ValueError:
        return
