"""Requests to one API are spread out; the clock is a number that the test writes down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.throttle import Throttle

FOREVER = 1e9


def waits(throttle: Throttle, now: float, count: int) -> list[float | None]:
    return [throttle.reserve(now, patience=FOREVER) for _ in range(count)]


def test_a_seconds_worth_goes_at_once_and_the_rest_waits() -> None:
    """Four a second: four now, then one every quarter."""
    assert waits(Throttle(4), 100.0, 7) == [0, 0, 0, 0, 0.25, 0.5, 0.75]


def test_a_long_quiet_time_saves_up_one_second_only() -> None:
    """An hour without requests is no licence for a flood."""
    throttle = Throttle(2)
    waits(throttle, 0.0, 2)
    assert waits(throttle, 3600.0, 4) == [0, 0, 0.5, 1.0]


def test_whoever_would_wait_too_long_takes_no_place() -> None:
    """The place stays free for the next one."""
    throttle = Throttle(1)
    assert throttle.reserve(0.0, patience=5) == 0
    assert [throttle.reserve(0.0, patience=2) for _ in range(4)] == [1, 2, None, None]
    assert throttle.reserve(1.0, patience=2) == 2


def test_less_than_one_a_second_is_possible() -> None:
    """One every ten seconds."""
    assert waits(Throttle(0.1), 0.0, 3) == [0, 10, 20]


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_is_positive(rate: float) -> None:
    """Nothing at all is not a rate."""
    with pytest.raises(ValueError, match="positive"):
        Throttle(rate)


@given(st.lists(st.floats(0, 0.4), min_size=1, max_size=60), st.integers(1, 9))
def test_no_second_holds_more_than_twice_the_rate(gaps: list[float], rate: int) -> None:
    """However they come: the burst that was saved, and what a second allows."""
    throttle, now, begins = Throttle(rate), 0.0, []
    for gap in gaps:
        now += gap
        wait = throttle.reserve(now, patience=FOREVER)
        assert wait is not None
        begins.append(now + wait)
    assert all(sum(start <= other < start + 1 for other in begins) <= 2 * rate for start in begins)
