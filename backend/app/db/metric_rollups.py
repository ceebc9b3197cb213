"""Rollup tables `figures` and `figure_durations`: sums over the conversations that began in a span of time.

Level 0 has spans of a quarter of an hour, since every time zone's days begin on one; level 1 has days of UTC, level 2
weeks of these. A range is read as the weeks that lie in it, with the days and the quarters at its two ends, so asking
costs as much as the range has weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import neg
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from app.db.arrays import numbers, texts

if TYPE_CHECKING:
    from app.db.pool import Connection

Dimension = Literal["all", "agent", "tool", "model", "cause"]
Measure = Literal["tool", "first_token", "decision"]


class Rollup(NamedTuple):
    """Sums over conversations: each field is a column of `figures`, which the statements below take from here.

    A tuple, because some five are made and added up per counted conversation: a frozen dataclass takes seven times as
    long to make. `total` adds up, `negative` takes back.
    """

    conversations: int = 0
    ended: int = 0
    resolved_confirmed: int = 0
    resolved_assumed: int = 0
    automated: int = 0
    """Resolved, and no member of staff took part."""
    escalated: int = 0
    abandoned: int = 0
    unresolved: int = 0
    turns: int = 0
    messages: int = 0
    errors: int = 0
    """Turns that ended with an error; of a cause those with this code."""
    proposed: int = 0
    approved: int = 0
    edited: int = 0
    rejected: int = 0
    expired: int = 0
    succeeded: int = 0
    """Actions, as all from `proposed` to `unknown`."""
    failed: int = 0
    unknown: int = 0
    calls: int = 0
    """Calls of tools that were carried out; of an agent those that it made."""
    calls_succeeded: int = 0
    calls_failed: int = 0
    calls_unknown: int = 0
    calls_ms: int = 0
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_e8: int = 0
    """Hundred-millionths of a dollar."""
    unpriced: int = 0
    """Calls of models whose price is not known."""
    ratings: int = 0
    rating_sum: int = 0


def total(rows: Sequence[Rollup]) -> Rollup:
    """Add rollups up; of none it is nothing."""
    if len(rows) == 1:
        return rows[0]
    return Rollup._make(map(sum, zip(*rows, strict=True))) if rows else Rollup()


def negative(row: Rollup) -> Rollup:
    """Return what takes a rollup back."""
    return Rollup._make(map(neg, row))


QUARTER: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)  # 90 days are twelve weeks and a few days: a quarter of the rows
LEVELS: Final = (QUARTER, DAY, WEEK)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one level, from `start` up to and without `end`."""

    level: int
    start: datetime
    end: datetime


def floor(at: datetime, width: timedelta) -> datetime:
    """Return the beginning of the span of this width that a moment lies in."""
    return at - (at - _EPOCH) % width


def ceiling(at: datetime, width: timedelta) -> datetime:
    """Return the end of the span of this width that a moment lies in; a beginning stays itself."""
    return -((-(at - _EPOCH)) // width) * width + _EPOCH


def spans(start: datetime, end: datetime, *, level: int = 2) -> list[Span]:
    """Cover a range, which begins and ends on a quarter of an hour, by as few spans as there are, in order."""
    if start >= end:
        return []
    first, last = ceiling(start, LEVELS[level]), floor(end, LEVELS[level])
    if level == 0:
        return [Span(0, start, end)]
    if first >= last:
        return spans(start, end, level=level - 1)
    before, after = spans(start, first, level=level - 1), spans(last, end, level=level - 1)
    return [*before, Span(level, first, last), *after]


RollupKey = tuple[int, Dimension, int, str]
"""Level, dimension, the span's beginning in microseconds since the epoch, and name."""
DurationKey = tuple[int, Measure, int, str]
"""Level, measure, the span's beginning likewise, and name."""

_COLUMNS: Final = ", ".join(Rollup._fields)
_ADDED: Final = ", ".join(f"sum({name})::bigint AS {name}" for name in Rollup._fields)
_AT: Final = "to_timestamp(at / 1000000)"  # spans begin with a second
_ADD_ROLLUPS: Final = f"""
    INSERT INTO figures (level, dimension, at, name, {_COLUMNS})
    SELECT level, dimension, {_AT}, name, {_COLUMNS}
      FROM unnest($1::text::smallint[], $2::text::text[], $3::text::bigint[], $4::text::text[],
                  {", ".join(f"${number}::text::bigint[]" for number in range(5, 5 + len(Rollup._fields)))})
           AS new (level, dimension, at, name, {_COLUMNS})
    ON CONFLICT (level, dimension, at, name) DO UPDATE SET
    {", ".join(f"{name} = figures.{name} + excluded.{name}" for name in Rollup._fields)}
"""  # noqa: S608  # only our own constants stand in the text
_ADD_DURATIONS: Final = f"""
    INSERT INTO figure_durations (level, measure, at, name, bin, times)
    SELECT level, measure, {_AT}, name, bin, times
      FROM unnest($1::text::smallint[], $2::text::text[], $3::text::bigint[], $4::text::text[],
                  $5::text::smallint[], $6::text::bigint[]) AS new (level, measure, at, name, bin, times)
    ON CONFLICT (level, measure, at, name, bin) DO UPDATE SET times = figure_durations.times + excluded.times
"""  # noqa: S608  # the same


async def add(
    connection: Connection,
    *,
    rollups: Mapping[RollupKey, Rollup],
    durations: Mapping[DurationKey, Mapping[int, int]],
) -> None:
    """Add to the rollups, or take away with negative numbers.

    Rows are written in the order of their keys, so two that do so at once wait for each other and never both.
    """
    if rollups:
        rows = [(*key, *rollups[key]) for key in sorted(rollups)]
        await connection.execute(_ADD_ROLLUPS, *_columns(rows))
    if durations:
        bins = [(*key, *times) for key in sorted(durations) for times in sorted(durations[key].items())]
        await connection.execute(_ADD_DURATIONS, *_columns(bins))


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    levels, kinds, ats, names, *counts = zip(*rows, strict=True)
    return [numbers(levels), texts(kinds), numbers(ats), texts(names), *map(numbers, counts)]


async def clear(connection: Connection) -> None:
    """Delete every rollup."""
    await connection.execute("TRUNCATE figures, figure_durations")


async def changed(connection: Connection) -> None:
    """Note that the rollups have just changed."""
    await connection.execute("UPDATE figures_kept SET changed_at = clock_timestamp()")


async def changed_at(connection: Connection) -> datetime:
    """Return when the rollups last changed."""
    at: datetime = await connection.fetchval("SELECT changed_at FROM figures_kept")
    return at


def _where(covering: Iterable[Span], table: str, columns: str, condition: str, first: int) -> tuple[str, list[Any]]:
    """Write the rows of some spans as one query part, with its parameters numbered from `first`."""
    parts, values = [], []
    for number, span in enumerate(covering):
        start = first + number * 2
        parts.append(
            f"SELECT {columns} FROM {table} WHERE level = {span.level} AND {condition} "  # noqa: S608  # our own words
            f"AND at >= ${start} AND at < ${start + 1}"
        )
        values += [span.start, span.end]
    return " UNION ALL ".join(parts), values


async def totals(
    connection: Connection, *, covering: Sequence[Span], dimensions: Sequence[Dimension]
) -> dict[tuple[str, str], Rollup]:
    """Add up what the spans hold, by dimension and name; names that have nothing there are missing."""
    if not covering:
        return {}
    rows, values = _where(covering, "figures", f"dimension, name, {_COLUMNS}", "dimension = ANY($1)", 2)
    found = await connection.fetch(
        f"SELECT dimension, name, {_ADDED} FROM ({rows}) spans GROUP BY dimension, name",  # noqa: S608  # our own words
        list(dimensions),
        *values,
    )
    return {(dimension, name): Rollup(*sums) for dimension, name, *sums in found}


async def durations(
    connection: Connection, *, covering: Sequence[Span], named: bool
) -> dict[tuple[str, str], dict[int, int]]:
    """Add up the bins of durations by measure and name; without `named`, only those over all names, which is ''."""
    if not covering:
        return {}
    rows, values = _where(
        covering, "figure_durations", "measure, name, bin, times", "true" if named else "name = ''", 1
    )
    found = await connection.fetch(
        f"""
        SELECT measure, name, bin, sum(times)::bigint FROM ({rows}) spans
         GROUP BY measure, name, bin HAVING sum(times) <> 0
        """,  # noqa: S608  # our own words
        *values,
    )
    bins: dict[tuple[str, str], dict[int, int]] = {}
    for measure, name, number, times in found:
        bins.setdefault((measure, name), {})[number] = times
    return bins


async def totals_by_step(connection: Connection, *, steps: Sequence[datetime], end: datetime) -> dict[datetime, Rollup]:
    """Add up what the conversations came to that began in each step, up to the next one's begin or the `end`."""
    rows = await connection.fetch(
        f"""
        SELECT width_bucket(at, $1::timestamptz[]) AS step, {_ADDED} FROM figures
         WHERE level = 0 AND dimension = 'all' AND at >= $2 AND at < $3 GROUP BY 1
        """,  # noqa: S608  # our own words
        steps,
        steps[0],
        end,
    )
    return {steps[step - 1]: Rollup(*sums) for step, *sums in rows}


async def durations_by_step(
    connection: Connection, *, measure: Measure, steps: Sequence[datetime], end: datetime
) -> dict[datetime, dict[int, int]]:
    """Add up the bins of one measure in each step, up to the next one's begin or the `end`."""
    rows = await connection.fetch(
        """
        SELECT width_bucket(at, $1::timestamptz[]) AS step, bin, sum(times)::bigint AS times FROM figure_durations
         WHERE level = 0 AND measure = $4 AND name = '' AND at >= $2 AND at < $3
         GROUP BY 1, 2 HAVING sum(times) <> 0
        """,
        steps,
        steps[0],
        end,
        measure,
    )
    bins: dict[datetime, dict[int, int]] = {}
    for row in rows:
        bins.setdefault(steps[row["step"] - 1], {})[row["bin"]] = row["times"]
    return bins
