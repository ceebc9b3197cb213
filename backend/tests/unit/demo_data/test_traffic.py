"""Traffic of the invented quarter: the hours and days at which customers write."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from demo_data.traffic import HOURS, moment_on, shares, weight

MONDAY = date(2026, 3, 2)


def test_mondays_are_busier_than_sundays() -> None:
    assert weight(MONDAY) > weight(MONDAY + timedelta(days=2)) > weight(MONDAY + timedelta(days=6))


def test_days_are_busier_than_nights() -> None:
    """All within the day that was asked for."""
    rng = Random(1)  # noqa: S311  # the same each time
    moments = [moment_on(MONDAY, rng) for _ in range(2_000)]
    hours = Counter(at.hour for at in moments)
    assert {at.date() for at in moments} == {MONDAY}
    assert hours[10] > 10 * max(1, hours[3])
    assert len(HOURS) == 24


@given(st.integers(1, 400), st.integers(0, 100_000))
def test_what_is_shared_out_adds_up(days: int, wanted: int) -> None:
    """Nothing is lost by rounding, and no day gets less than nothing."""
    shared = shares([MONDAY + timedelta(days=number) for number in range(days)], wanted)
    assert sum(shared.values()) == wanted
    assert min(shared.values()) >= 0
    assert len(shared) == days
