"""Dashboard: reads all figures of a range, or one over time, from the rollups alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.analytics.definitions import FIGURES, Definition, Value, change, evaluate
from app.analytics.durations import percentile
from app.analytics.ranges import steps
from app.db import conversation_facts, metric_rollups
from app.db.metric_rollups import Rollup

if TYPE_CHECKING:
    from typing import Literal

    from app.analytics.ranges import Range
    from app.db.metric_rollups import Dimension
    from app.db.pool import Connection

NOTHING: Final = Rollup()
DIMENSIONS: Final[Sequence[Dimension]] = ("all", "agent", "tool", "model", "cause")
MAX_NAMES: Final = 200  # of one dimension: an import may bring thousands of tools, and a page shows the busiest


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A figure now and in the period before."""

    figure: Definition
    now: Value
    previous: float | None
    change: float | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rollup of one agent, tool, model or cause of failure, and the bins of its durations."""

    name: str
    rollup: Rollup
    bins: Mapping[int, int]

    def percentile(self, share: float) -> float | None:
        """Return a percentile of its durations, in milliseconds."""
        return percentile(self.bins, share)


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """Everything that one range's page shows."""

    figures: Sequence[Compared]
    agents: Sequence[Part]
    tools: Sequence[Part]
    models: Sequence[Part]
    causes: Sequence[Part]
    whole: Rollup
    updated_at: datetime
    first_at: datetime | None
    demo: bool


@dataclass(frozen=True, kw_only=True)
class Point:
    """A figure's value in one day or hour, and of how many it was made: few, or enough to say something."""

    at: datetime
    value: float | None
    count: int
    few: bool


async def read(connection: Connection, over: Range) -> Dashboard:
    """Read all figures of a range, with those of the period before."""
    covering = metric_rollups.spans(over.start, over.end)
    rollups = await metric_rollups.totals(connection, covering=covering, dimensions=DIMENSIONS)
    bins = await metric_rollups.durations(connection, covering=covering, named=True)
    before = metric_rollups.spans(over.previous_start, over.previous_end)
    rollups_before = await metric_rollups.totals(connection, covering=before, dimensions=("all",))
    bins_before = await metric_rollups.durations(connection, covering=before, named=False)
    whole, whole_before = (found.get(("all", ""), NOTHING) for found in (rollups, rollups_before))
    now, earlier = _whole_bins(bins), _whole_bins(bins_before)
    return Dashboard(
        figures=[_compare(figure, whole, now, whole_before, earlier) for figure in FIGURES],
        agents=_parts("agent", rollups, bins, "", by="conversations"),
        tools=_parts("tool", rollups, bins, "tool", by="calls"),
        models=_parts("model", rollups, bins, "first_token", by="model_calls"),
        causes=_parts("cause", rollups, bins, "", by="errors"),
        whole=whole,
        updated_at=await metric_rollups.changed_at(connection),
        first_at=await conversation_facts.first_at(connection),
        demo=await conversation_facts.any_demo(connection),
    )


async def series(connection: Connection, figure: Definition, over: Range, *, by: Literal["day", "hour"]) -> list[Point]:
    """Read one figure for each day or hour of a range, also for those in which nothing began."""
    starts = steps(over, by=by)
    if figure.measure is not None:
        found = await metric_rollups.durations_by_step(connection, measure=figure.measure, steps=starts, end=over.end)
        points = {at: _point(at, evaluate(figure, NOTHING, {figure.measure: bins}), 0) for at, bins in found.items()}
    else:
        rollups = await metric_rollups.totals_by_step(connection, steps=starts, end=over.end)
        points = {at: _point(at, evaluate(figure, row), row.conversations) for at, row in rollups.items()}
    empty = evaluate(figure, NOTHING)
    return [points.get(at) or _point(at, empty, 0) for at in starts]


def _point(at: datetime, value: Value, conversations: int) -> Point:
    count = conversations if value.denominator is None else int(value.denominator)
    return Point(at=at, value=value.value, count=count, few=value.few)


def _whole_bins(bins: Mapping[tuple[str, str], Mapping[int, int]]) -> dict[str, Mapping[int, int]]:
    return {measure: counted for (measure, name), counted in bins.items() if not name}


def _compare(
    figure: Definition,
    rollup: Rollup,
    bins: Mapping[str, Mapping[int, int]],
    rollup_before: Rollup,
    bins_before: Mapping[str, Mapping[int, int]],
) -> Compared:
    now = evaluate(figure, rollup, bins)
    previous = evaluate(figure, rollup_before, bins_before)
    if not rollup_before.conversations:
        previous = replace(previous, value=None)  # before the first conversation there is nothing to compare with
    return Compared(
        figure=figure, now=now, previous=previous.value, change=change(now.value, previous.value, figure.unit)
    )


def _parts(
    dimension: str,
    rollups: Mapping[tuple[str, str], Rollup],
    bins: Mapping[tuple[str, str], Mapping[int, int]],
    measure: str,
    *,
    by: str,
) -> list[Part]:
    """List the names of one dimension, the busiest first."""
    found = [
        Part(name=name, rollup=row, bins=bins.get((measure, name), {}))
        for (kind, name), row in rollups.items()
        if kind == dimension and row.conversations
    ]
    return sorted(found, key=lambda part: (-getattr(part.rollup, by), part.name))[:MAX_NAMES]
