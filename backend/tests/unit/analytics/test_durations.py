"""Durations in bins."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from app.analytics.durations import GROWTH, MAX_MS, bin_of, middle_of, percentile


@given(st.floats(min_value=1, max_value=MAX_MS))
def test_a_bin_stands_for_its_durations(ms: float) -> None:
    """What is read from a bin is within 5 % of what went in."""
    assert abs(middle_of(bin_of(ms)) - ms) / ms <= math.sqrt(GROWTH) - 1 + 1e-9


def test_the_ends() -> None:
    """Nothing is shorter than the first bin, nor longer than a day."""
    assert bin_of(0) == bin_of(1) == 0
    assert middle_of(0) == 1
    assert bin_of(10 * MAX_MS) == bin_of(MAX_MS)
    assert bin_of(MAX_MS) < 200


def test_none_of_nothing() -> None:
    assert percentile({}, 0.5) is None
    assert percentile({3: 0}, 0.5) is None


@given(st.lists(st.integers(min_value=1, max_value=10_000_000), min_size=1), st.sampled_from([0.5, 0.95, 1.0]))
def test_percentiles_are_those_of_the_durations(durations: list[int], share: float) -> None:
    """By nearest rank, within the bins' width."""
    bins: dict[int, int] = {}
    for ms in durations:
        bins[bin_of(ms)] = bins.get(bin_of(ms), 0) + 1
    exact = sorted(durations)[max(1, math.ceil(share * len(durations))) - 1]
    found = percentile(bins, share)
    assert found is not None
    assert abs(found - exact) / exact <= math.sqrt(GROWTH) - 1 + 1e-9
