"""Time ranges that figures are asked for: whole days of the viewer's time zone, or the last 24 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from app.db.metric_rollups import QUARTER, ceiling
from app.errors import InvalidRequest

Name = Literal["24h", "7d", "30d", "90d", "365d", "custom"]
NAMES: Final[tuple[str, ...]] = get_args(Name)
DAYS: Final = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}
MAX_DAYS: Final = 366  # a year, also a leap year: what a page shows at once
HOURS: Final = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Range:
    """From `start` up to and without `end`, with the equally long time before it to compare with."""

    name: Name
    zone: str
    start: datetime
    end: datetime
    previous_start: datetime
    previous_end: datetime


def zone_of(name: str) -> ZoneInfo:
    """Find a time zone by its IANA name; raises `InvalidRequest` where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidRequest(
            f"tz: there is no time zone {name!r}. Use a name such as Europe/Berlin.", field="tz"
        ) from None


def resolve(name: Name, *, zone: str, now: datetime, first: date | None = None, last: date | None = None) -> Range:
    """Say what a range means now: the last days include today, and a custom one both its days.

    Today is not over, so it is compared with as much of the day a period ago. A day begins at midnight of the
    time zone, or where the clocks skip that, when it begins there.
    """
    tz = zone_of(zone)
    if name == "24h":
        end = ceiling(now, QUARTER)
        start = end - HOURS
        return Range(name=name, zone=zone, start=start, end=end, previous_start=start - HOURS, previous_end=start)
    today = now.astimezone(tz).date()
    if name == "custom":
        first, last = _checked(first, last)
    else:
        first, last = today - timedelta(days=DAYS[name] - 1), today
    days = (last - first).days + 1
    end, back = midnight(last + timedelta(days=1), tz), midnight(first, tz)
    if first <= today <= last:
        end = ceiling(now, QUARTER)
        passed = end - midnight(today, tz)
        back = min(back, midnight(today - timedelta(days=days), tz) + passed)
    return Range(
        name=name,
        zone=zone,
        start=midnight(first, tz),
        end=end,
        previous_start=midnight(first - timedelta(days=days), tz),
        previous_end=back,
    )


def midnight(day: date, tz: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a time zone, in UTC."""
    utc = ZoneInfo("UTC")
    # Where the clocks skip midnight, as in Beirut or Santiago, this is the moment that they skip it at.
    return datetime.combine(day, time(), tz).astimezone(utc)


def steps(over: Range, *, by: Literal["day", "hour"]) -> list[datetime]:
    """List when each day or hour of a range begins, in order; a day on which clocks change has 23 or 25 hours."""
    tz = ZoneInfo(over.zone)
    if by == "day":
        day, found = over.start.astimezone(tz).date(), []
        while (at := midnight(day, tz)) < over.end:
            found.append(at)
            day += timedelta(days=1)
        return found
    at = over.start - timedelta(minutes=over.start.astimezone(tz).minute)
    hours = int((over.end - at) / timedelta(hours=1) + 0.999_999)
    return [at + timedelta(hours=number) for number in range(hours)]


def _checked(first: date | None, last: date | None) -> tuple[date, date]:
    if first is None or last is None:
        raise InvalidRequest("from, to: a custom range needs both, as days such as 2026-01-31.", field="from")
    if last < first:
        raise InvalidRequest("to: it lies before from. Exchange them.", field="to")
    if (last - first).days >= MAX_DAYS:
        raise InvalidRequest(f"from: a range has at most {MAX_DAYS} days. Choose a later day.", field="from")
    return first, last
