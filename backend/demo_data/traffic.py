"""Traffic over time: more by day than by night, more at the start of the week, a little more in some seasons."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

HOURS: Final = (1, 1, 1, 1, 1, 2, 5, 12, 24, 38, 44, 42, 34, 36, 40, 38, 34, 32, 36, 42, 40, 26, 12, 4)
"""How busy each hour of the day is, in UTC: two hills, before noon and in the evening, as shops in Europe see it."""
WEEKDAYS: Final = (1.25, 1.12, 1.05, 1.0, 0.95, 0.72, 0.78)  # Monday brings what the weekend left
SWING: Final = 0.12  # by how much the seasons move it
YEAR: Final = 365.25

_SECONDS: Final = 3600.0
_RUNNING: Final = tuple(sum(HOURS[: hour + 1]) for hour in range(len(HOURS)))


def weight(day: date) -> float:
    """Say how busy a day is; 1 is usual."""
    season = 1 + SWING * math.sin(2 * math.pi * day.timetuple().tm_yday / YEAR)
    return WEEKDAYS[day.weekday()] * season


def moment_on(day: date, rng: Random) -> datetime:
    """Pick a moment of a day, more likely at a busy hour."""
    place = rng.random() * _RUNNING[-1]
    hour = next(number for number, running in enumerate(_RUNNING) if place < running)
    return datetime.combine(day, time(hour), UTC) + timedelta(seconds=rng.random() * _SECONDS)


def shares(days: list[date], wanted: int) -> dict[date, int]:
    """Share conversations out among days by how busy they are; the numbers add up to what is wanted."""
    whole, given, shared = sum(map(weight, days)), 0, {}
    running = 0.0
    for day in days:
        running += weight(day)
        upto = round(wanted * running / whole)
        shared[day] = upto - given
        given = upto
    return shared
