"""Histogram of durations: counts in bins, each a tenth wider than the one before it.

A percentile read from the bins is within 5 % of the exact one (half a bin, the square root of 1.1), whatever the
number of durations, and bins can be added up and taken back: percentiles themselves can't.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

GROWTH: Final = 1.1  # the bins' width: within 5 %, and a day of milliseconds is no more than 192 bins
MAX_MS: Final = 24 * 60 * 60 * 1000  # nothing that people wait for takes longer; what does counts as a day

_LOG: Final = math.log(GROWTH)


def bin_of(ms: float) -> int:
    """Say into which bin a duration falls; up to a millisecond it is the first, 0."""
    return 0 if ms <= 1 else math.ceil(math.log(min(ms, MAX_MS)) / _LOG)


def middle_of(number: int) -> float:
    """Return the duration, in milliseconds, that stands for everything in a bin: its geometric middle."""
    return 1.0 if number <= 0 else GROWTH ** (number - 0.5)


def percentile(bins: Mapping[int, int], share: float) -> float | None:
    """Return the duration that `share` of all durations do not exceed, by nearest rank; None where there is none."""
    total = sum(bins.values())
    if total <= 0:
        return None
    rank = max(1, math.ceil(share * total))
    for number in sorted(bins):
        rank -= bins[number]
        if rank <= 0:
            return middle_of(number)
    return middle_of(max(bins))
