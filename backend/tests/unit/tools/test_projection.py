"""Projection of a large answer: things before their details, the beginning before the end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.projection import FOR_REPLAY, FOR_THE_MODEL, Step, project, storable

LIMIT = 8_000


def order(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "status": "open",
        "total": 12.5,
        "note": None,
        "tags": [],
        "lines": [{"sku": f"A-{line}", "title": "A long title of a thing " * 3, "price": 1} for line in range(8)],
        "address": {"street": "Long Street 1", "city": "Town", "country": "AT", "extra": {"a": {"b": "c"}}},
    }


def test_what_fits_is_kept_as_it_is() -> None:
    """Nulls and empty lists say something too."""
    made = project(order(1), LIMIT)
    assert (made.kept, made.complete, made.cuts) == (order(1), True, [])


def test_a_long_list_keeps_every_entry_and_loses_details() -> None:
    """A hundred orders with number, state and total, rather than five with everything."""
    made = project({"orders": [order(n) for n in range(100)]}, LIMIT)
    assert [entry["id"] for entry in made.kept["orders"]] == list(range(100))
    assert made.kept["orders"][7] == {"id": 7, "status": "open", "total": 12.5}
    assert not made.complete
    assert made.cuts == []


def test_one_large_thing_keeps_its_parts() -> None:
    """The order that was asked for is not reduced to a row."""
    made = project({**order(1), "log": "x" * 50_000}, LIMIT)
    assert made.kept["address"]["city"] == "Town"
    assert made.kept["lines"][0]["sku"] == "A-0"
    assert made.kept["log"].endswith("…")
    assert "note" not in made.kept


def test_a_list_that_is_cut_says_how_long_it_was() -> None:
    """Or the model would say that there are two hundred."""
    made = project({"items": [{"id": n, "s": "open"} for n in range(5_000)]}, LIMIT)
    assert made.cuts == ["200 of 5000 in items"]
    assert len(made.kept["items"]) == 200
    assert project(list(range(90_000)), LIMIT).cuts == ["1000 of 90000"]


def test_entries_that_are_wrapped_stay() -> None:
    """Graph-like answers wrap each entry once more."""
    made = project({"edges": [{"node": order(n)} for n in range(300)]}, LIMIT)
    assert made.kept["edges"][0]["node"]["id"] == 0


@pytest.mark.parametrize("value", ["x" * 90_000, {"k" * 9_000: 1}, [["y" * 200] * 50] * 50, "\\" * 90_000])
def test_it_always_fits(value: Any) -> None:
    """Whatever it is made of."""
    made = project(value, LIMIT)
    assert len(json.dumps(made.kept, ensure_ascii=False)) <= LIMIT
    assert not made.complete


def test_the_record_takes_more_than_the_model() -> None:
    """A long answer is kept whole; of one that is too long even for that, whole entries are kept."""
    orders = [order(n) for n in range(150)]
    assert project(orders * 20, 300_000, FOR_REPLAY).kept == orders[:100]
    assert project(orders, 300_000, FOR_REPLAY).kept == orders


def test_text_is_storable() -> None:
    """NUL and lone surrogates are left out."""
    assert storable("a\x00b\ud800c") == "abc"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=9), inner, max_size=9),
    max_leaves=200,
)


@given(json_values, st.integers(200, 2_000), st.sampled_from([FOR_THE_MODEL, FOR_REPLAY]))
def test_every_value_fits_and_can_be_stored(value: Any, limit: int, ladder: tuple[Step, ...]) -> None:
    """For any limit; and what is called complete lacks nothing but what cannot be stored."""
    made = project(value, limit, ladder)
    text = json.dumps(made.kept, ensure_ascii=False, allow_nan=False)
    assert len(text) <= limit
    text.encode()
