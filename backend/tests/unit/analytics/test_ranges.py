"""Ranges in the viewer's time zone, also on the days when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.ranges import MAX_DAYS, NAMES, Range, midnight, resolve, steps, zone_of
from app.db.metric_rollups import DAY, QUARTER, WEEK, ceiling, floor, spans
from app.errors import InvalidRequest

NOON = datetime(2026, 3, 11, 12, 7, 3, tzinfo=UTC)  # a Wednesday
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe")


def custom(first: date, last: date, zone: str) -> Range:
    return resolve("custom", zone=zone, now=datetime(2030, 1, 1, tzinfo=UTC), first=first, last=last)


class TestResolve:
    def test_seven_days_include_today(self) -> None:
        """Compared with as much of seven days as has passed of these."""
        over = resolve("7d", zone="Europe/Berlin", now=NOON)
        assert over.start == datetime(2026, 3, 4, 23, tzinfo=UTC)
        assert over.end == datetime(2026, 3, 11, 12, 15, tzinfo=UTC)
        assert over.previous_start == datetime(2026, 2, 25, 23, tzinfo=UTC)
        assert over.previous_end == datetime(2026, 3, 4, 12, 15, tzinfo=UTC)

    def test_the_last_24_hours(self) -> None:
        over = resolve("24h", zone="Asia/Kolkata", now=NOON)
        assert (over.end - over.start, over.end) == (timedelta(hours=24), datetime(2026, 3, 11, 12, 15, tzinfo=UTC))
        assert (over.previous_start, over.previous_end) == (over.start - timedelta(hours=24), over.start)

    def test_days_of_one_s_own_are_whole(self) -> None:
        over = custom(date(2026, 2, 1), date(2026, 2, 3), "America/New_York")
        assert over.start == datetime(2026, 2, 1, 5, tzinfo=UTC)
        assert over.end == datetime(2026, 2, 4, 5, tzinfo=UTC)
        assert (over.previous_start, over.previous_end) == (datetime(2026, 1, 29, 5, tzinfo=UTC), over.start)

    def test_today_depends_on_where_one_is(self) -> None:
        """At noon in London it is tomorrow in Kiribati."""
        now = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
        assert resolve("7d", zone="Pacific/Kiritimati", now=now).start == datetime(2026, 3, 5, 10, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (None, date(2026, 1, 1)),
            (date(2026, 1, 2), date(2026, 1, 1)),
            (date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=MAX_DAYS)),
        ],
    )
    def test_a_range_that_is_none(self, first: date | None, last: date | None) -> None:
        with pytest.raises(InvalidRequest):
            resolve("custom", zone="UTC", now=NOON, first=first, last=last)

    @pytest.mark.parametrize("zone", ["Asia/Calcutta", "US/Pacific", "Etc/GMT+5", "Etc/UTC", "Europe/Kiev"])
    def test_a_zone_by_an_older_name(self, zone: str) -> None:
        """Browsers send names that systems have dropped; the product brings them along."""
        assert zone_of(zone).key == zone

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Europe"])
    def test_a_zone_that_is_none(self, zone: str) -> None:
        with pytest.raises(InvalidRequest, match="time zone"):
            resolve("7d", zone=zone, now=NOON)

    @given(
        st.sampled_from([name for name in NAMES if name != "custom"]),
        st.sampled_from(ZONES),
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # given its zone below
    )
    def test_both_periods_begin_and_end_on_quarters(self, name: str, zone: str, naive: datetime) -> None:
        """In every zone: so the sums of quarters are exact; and the periods follow one another without overlapping."""
        over = resolve(name, zone=zone, now=naive.replace(tzinfo=UTC))  # type: ignore[arg-type]
        for at in (over.start, over.end, over.previous_start, over.previous_end):
            assert floor(at, QUARTER) == at
        assert over.previous_start < over.previous_end <= over.start < over.end


class TestDaysWhenClocksChange:
    def test_in_spring_a_day_has_23_hours(self) -> None:
        over = custom(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")
        assert over.end - over.start == timedelta(hours=23)
        assert len(steps(over, by="hour")) == 23
        assert len(steps(over, by="day")) == 1

    def test_in_autumn_25(self) -> None:
        over = custom(date(2026, 10, 25), date(2026, 10, 25), "Europe/Berlin")
        assert over.end - over.start == timedelta(hours=25)
        assert len(steps(over, by="hour")) == 25

    def test_by_half_an_hour_on_lord_howe(self) -> None:
        over = custom(date(2026, 4, 5), date(2026, 4, 5), "Australia/Lord_Howe")
        assert over.end - over.start == timedelta(hours=24.5)

    def test_where_clocks_skip_midnight(self) -> None:
        """The day begins when there is a time in it: in Santiago at one o'clock."""
        begins = midnight(date(2026, 9, 6), ZoneInfo("America/Santiago"))
        assert begins == datetime(2026, 9, 6, 4, tzinfo=UTC)
        assert begins.astimezone(ZoneInfo("America/Santiago")).hour == 1

    def test_days_are_one_after_another(self) -> None:
        """Across both changes, no day is missing, none is there twice."""
        over = custom(date(2026, 1, 1), date(2026, 12, 31), "Europe/Berlin")
        days = steps(over, by="day")
        assert len(days) == 365
        lengths = {after - before for before, after in pairwise(days)}
        assert lengths == {timedelta(hours=23), timedelta(hours=24), timedelta(hours=25)}

    def test_hours_begin_with_the_zone_s(self) -> None:
        """In Nepal, a quarter past ours."""
        over = custom(date(2026, 3, 1), date(2026, 3, 1), "Asia/Kathmandu")
        assert {at.minute for at in steps(over, by="hour")} == {15}

    def test_the_last_24_hours_have_25_steps_unless_they_begin_on_one(self) -> None:
        """The first hour is shown from its beginning, though only a part of it counts."""
        over = resolve("24h", zone="UTC", now=NOON)
        hours = steps(over, by="hour")
        assert (len(hours), hours[0], hours[-1]) == (
            25,
            datetime(2026, 3, 10, 12, tzinfo=UTC),
            datetime(2026, 3, 11, 12, tzinfo=UTC),
        )


class TestSpans:
    def test_weeks_with_days_and_quarters_at_their_ends(self) -> None:
        """90 days of somebody's are a dozen weeks, a few days and a few hours."""
        over = custom(date(2026, 3, 1), date(2026, 5, 29), "Asia/Kolkata")
        found = spans(over.start, over.end)
        assert [span.level for span in found] == [0, 1, 2, 1, 0]
        assert (found[2].end - found[2].start) / WEEK == 12

    def test_what_begins_with_a_week_needs_nothing_before_it(self) -> None:
        begin = datetime(2026, 3, 5, tzinfo=UTC)  # weeks begin on Thursdays, as the epoch did
        assert [(span.level, span.start, span.end) for span in spans(begin, begin + 4 * WEEK)] == [
            (2, begin, begin + 4 * WEEK)
        ]

    def test_within_one_day_only_quarters(self) -> None:
        begin = datetime(2026, 3, 1, 3, tzinfo=UTC)
        assert [span.level for span in spans(begin, begin + timedelta(hours=30) - QUARTER * 12)] == [0]
        assert spans(begin, begin) == []

    @given(st.integers(0, 4_000), st.integers(0, 40_000))
    def test_they_cover_the_range_and_nothing_else(self, first: int, length: int) -> None:
        """One after another, without a gap."""
        start = datetime(2026, 3, 1, tzinfo=UTC) + first * QUARTER
        end = start + length * QUARTER
        at = start
        for span in spans(start, end):
            assert span.start == at < span.end
            at = span.end
        assert at == end

    def test_a_beginning_is_its_own_ceiling(self) -> None:
        at = datetime(2026, 3, 1, tzinfo=UTC)
        assert ceiling(at, DAY) == floor(at, DAY) == at
        assert ceiling(at + timedelta(microseconds=1), DAY) == at + DAY
