"""Answers what the dashboard asks, from the sums alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.analytics.definitions import FIGURES, Definition, Value, change, evaluate
from app.analytics.durations import percentile
from app.analytics.ranges import steps
from app.db import conversation_facts, metric_rollups

if TYPE_CHECKING:
    from typing import Literal

    from app.analytics.ranges import Range
    from app.db.metric_rollups import Dimension
    from app.db.pool import Connection

NOTHING: Final[Mapping[str, int]] = {}
DIMENSIONS: Final[Sequence[Dimension]] = ("all", "agent", "tool", "model")
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
    """The sums of one agent, tool or model, and its bins by measure."""

    name: str
    sums: Mapping[str, int]
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
    whole: Mapping[str, int]
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
    sums = await metric_rollups.sums(connection, covering=covering, dimensions=DIMENSIONS)
    bins = await metric_rollups.durations(connection, covering=covering, named=True)
    before = metric_rollups.spans(over.previous_start, over.previous_end)
    sums_before = await metric_rollups.sums(connection, covering=before, dimensions=("all",))
    bins_before = await metric_rollups.durations(connection, covering=before, named=False)
    whole = sums.get(("all", ""), NOTHING)
    now = _whole_bins(bins)
    return Dashboard(
        figures=[
            _compare(figure, whole, now, sums_before.get(("all", ""), NOTHING), _whole_bins(bins_before))
            for figure in FIGURES
        ],
        agents=_parts("agent", sums, bins, "", by="conversations"),
        tools=_parts("tool", sums, bins, "tool", by="calls"),
        models=_parts("model", sums, bins, "first_token", by="model_calls"),
        whole=whole,
        updated_at=await metric_rollups.changed_at(connection),
        first_at=await conversation_facts.first_at(connection),
        demo=await conversation_facts.any_demo(connection),
    )


async def series(connection: Connection, figure: Definition, over: Range, *, by: Literal["day", "hour"]) -> list[Point]:
    """Read one figure for each day or hour of a range, also for those in which nothing began."""
    starts = steps(over, by=by)
    if figure.measure is not None:
        found = await metric_rollups.durations_by(connection, measure=figure.measure, steps=starts, end=over.end)
        points = {at: _point(at, evaluate(figure, NOTHING, {figure.measure: bins}), 0) for at, bins in found.items()}
    else:
        sums = await metric_rollups.sums_by(connection, steps=starts, end=over.end)
        points = {at: _point(at, evaluate(figure, row), row["conversations"]) for at, row in sums.items()}
    empty = evaluate(figure, NOTHING)
    return [points.get(at) or _point(at, empty, 0) for at in starts]


def _point(at: datetime, value: Value, conversations: int) -> Point:
    count = conversations if value.denominator is None else int(value.denominator)
    return Point(at=at, value=value.value, count=count, few=value.few)


def _whole_bins(bins: Mapping[tuple[str, str], Mapping[int, int]]) -> dict[str, Mapping[int, int]]:
    return {measure: counted for (measure, name), counted in bins.items() if not name}


def _compare(
    figure: Definition,
    sums: Mapping[str, int],
    bins: Mapping[str, Mapping[int, int]],
    sums_before: Mapping[str, int],
    bins_before: Mapping[str, Mapping[int, int]],
) -> Compared:
    now = evaluate(figure, sums, bins)
    previous = evaluate(figure, sums_before, bins_before)
    if not sums_before.get("conversations"):
        previous = replace(previous, value=None)  # before the first conversation there is nothing to compare with
    return Compared(
        figure=figure, now=now, previous=previous.value, change=change(now.value, previous.value, figure.unit)
    )


def _parts(
    dimension: str,
    sums: Mapping[tuple[str, str], Mapping[str, int]],
    bins: Mapping[tuple[str, str], Mapping[int, int]],
    measure: str,
    *,
    by: str,
) -> list[Part]:
    """List the names of one dimension, the busiest first."""
    found = [
        Part(name=name, sums=row, bins=bins.get((measure, name), {}))
        for (kind, name), row in sums.items()
        if kind == dimension and row["conversations"]
    ]
    return sorted(found, key=lambda part: (-part.sums[by], part.name))[:MAX_NAMES]
