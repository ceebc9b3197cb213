"""The figures of the dashboard: all of a range at once, one over time, and the rows behind each."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import ConfigDict, Field, StringConstraints

from app import keys
from app.analytics import dashboard
from app.analytics.dashboard import Compared, Dashboard, Part
from app.analytics.definitions import BY_KEY, COST_UNIT, FEW, FUNNEL, Definition, Unit
from app.analytics.ranges import Name, Range, resolve, zone_of
from app.analytics.tally import CONTROLS
from app.api.route import Route
from app.api.stream import STREAM_MEDIA, event_stream
from app.api.validation import Form, View, answer, read_query
from app.auth import Right
from app.db import figure_rows, figures
from app.errors import FigureUnknown, InvalidRequest

CSV_MEDIA: Final = "text/csv"
MAX_HOURS: Final = 14 * 24  # points of a chart by hour: two weeks are as many as a screen has room for
LOOK_SECONDS: Final = 2.0  # how often a page is told at most: numbers that jump faster can't be read
CHUNK_CHARS: Final = 64 * 1024  # written at once: few system calls, little memory

Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class RangeQuery(Form):
    """Which conversations: those that began in the range."""

    range: Name = "7d"
    """The last 24 hours, the last days including today, or `custom`."""
    first: Annotated[date | None, Field(alias="from")] = None
    """The first day of a custom range."""
    last: Annotated[date | None, Field(alias="to")] = None
    """The last day of a custom range."""
    tz: Zone = "UTC"
    """The viewer's time zone, by its IANA name: days begin at its midnight."""


class SeriesQuery(RangeQuery):
    """Which figure, over which time, in which steps."""

    figure: str
    by: Literal["day", "hour"] = "day"


class Outgoing(View):
    """What is sent, with names that Python keeps for itself."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, serialize_by_alias=True)


class PeriodView(Outgoing):
    """A stretch of time, from `from` up to and without `to`."""

    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]


class RangeView(PeriodView):
    """The range that was asked for, as it was understood."""

    name: Name
    tz: str


class FigureView(View):
    """One figure."""

    key: str
    label: str
    unit: Unit
    value: float | None
    """None where there is nothing to compute it from. Percent is 0 to 100."""
    numerator: float | None
    denominator: float | None
    """Of how many conversations, calls or ratings it tells."""
    previous: float | None
    """Its value in the period before; None where nothing happened then."""
    change: float | None
    """Since the period before: percent in points, anything else as a share (0.1: a tenth more)."""
    formula: str
    few: bool
    """Whether it is made of so few that it says little: show that beside it."""
    filter: str
    """The query of the list of conversations that leads to those behind it."""
    better: Literal["up", "down", ""]
    """Which way is good."""


class PartView(View):
    """What an agent did. Every agent of a conversation is counted with its outcome."""

    name: str
    conversations: int
    resolved: int
    escalated: int
    abandoned: int
    tokens: int
    cost_usd: float
    satisfaction: float | None
    few: bool


class ToolView(View):
    """How the calls of one tool went."""

    name: str
    conversations: int
    calls: int
    failed: int
    unknown: int
    success_rate: float | None
    """Percent, 0 to 100."""
    p50_ms: float | None
    p95_ms: float | None
    few: bool


class ModelView(View):
    """What one model did. `unpriced` calls have no known price and count as free in `cost_usd`."""

    name: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    unpriced: int
    first_token_p50_ms: float | None
    first_token_p95_ms: float | None


class FunnelView(View):
    """What became of the writes that agents proposed."""

    proposed: int
    approved: int
    edited: int
    rejected: int
    expired: int
    failed: int
    unknown: int
    succeeded: int


class Analytics(Outgoing):
    """All figures of a range."""

    range: RangeView
    previous: PeriodView
    figures: list[FigureView]
    agents: list[PartView]
    tools: list[ToolView]
    models: list[ModelView]
    funnel: FunnelView
    updated_at: datetime
    """When the figures last changed."""
    first_at: datetime | None
    """When the first conversation of all began; None: there is none yet."""
    demo: bool
    """Whether there are conversations of the demo among them."""


class PointView(View):
    """A figure's value in one day or hour."""

    at: datetime
    value: float | None
    count: int
    """Of how many conversations, or of how many durations, it tells."""


class Series(View):
    """A figure over time; every day or hour of the range is there."""

    figure: str
    points: list[PointView]


async def read_analytics(request: web.Request) -> web.Response:
    """Compute all figures of a range and of the period before it."""
    over = _range(read_query(request, RangeQuery))
    async with request.app[keys.POOL].acquire() as connection:
        found = await dashboard.read(connection, over)
    return answer(view_of(over, found))


async def read_series(request: web.Request) -> web.Response:
    """Compute one figure for each day or hour of a range."""
    query = read_query(request, SeriesQuery)
    figure, over = _figure(query.figure), _range(query)
    if query.by == "hour" and (over.end - over.start).total_seconds() > MAX_HOURS * 3600:
        raise InvalidRequest(f"by: at most {MAX_HOURS // 24} days are shown by hour. Use by=day.", field="by")
    async with request.app[keys.POOL].acquire() as connection:
        points = await dashboard.series(connection, figure, over, by=query.by)
    return answer(
        Series(
            figure=figure.key,
            points=[PointView(at=point.at, value=point.value, count=point.count) for point in points],
        )
    )


async def read_rows(request: web.Request) -> web.StreamResponse:
    """Write the rows that a figure is made of, as CSV, while they are read."""
    over = _range(read_query(request, RangeQuery))
    figure = _figure(request.match_info["figure"])
    name = f"{figure.rows}-{over.start:%Y%m%d}-{over.end:%Y%m%d}.csv"
    response = web.StreamResponse(
        headers={"Content-Type": f"{CSV_MEDIA}; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    )
    async with request.app[keys.POOL].acquire() as connection:
        await response.prepare(request)
        text = io.StringIO()
        writer = csv.writer(text)
        rows = figure_rows.read(connection, kind=figure.rows, start=over.start, end=over.end, controls=sorted(CONTROLS))
        async for row in rows:
            writer.writerow(_cells(row))
            if text.tell() >= CHUNK_CHARS:
                await response.write(text.getvalue().encode())
                text.seek(0)
                text.truncate()
    await response.write(text.getvalue().encode())
    await response.write_eof()
    return response


async def follow(request: web.Request) -> web.StreamResponse:
    """Say `changed` whenever the figures have changed, so that a page can ask for them again."""
    async with event_stream(request) as stream:
        seen: datetime | None = None
        while stream.open:
            async with request.app[keys.POOL].acquire() as connection:
                changed_at = await figures.changed_at(connection)
            if seen is not None and changed_at != seen:
                await stream.send("changed")
            seen = changed_at
            await stream.rest(asyncio.Event(), seconds=LOOK_SECONDS)
    return stream.response


def _range(query: RangeQuery) -> Range:
    zone_of(query.tz)
    return resolve(query.range, zone=query.tz, now=datetime.now(UTC), first=query.first, last=query.last)


def _figure(key: str) -> Definition:
    try:
        return BY_KEY[key]
    except KeyError:
        raise FigureUnknown from None


def _cells(row: Iterable[Any]) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: Any) -> str:
    """Write a value so that a program can read it back: times in ISO 8601, lists parted by spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def view_of(over: Range, found: Dashboard) -> Analytics:
    """Write what was read in the form in which it is sent."""
    whole = found.whole
    return Analytics(
        range=RangeView(start=over.start, end=over.end, name=over.name, tz=over.zone),
        previous=PeriodView(start=over.previous_start, end=over.previous_end),
        figures=[_figure_view(one) for one in found.figures],
        agents=[_agent_view(part) for part in found.agents],
        tools=[_tool_view(part) for part in found.tools],
        models=[_model_view(part) for part in found.models],
        funnel=FunnelView(**{name: whole.get(name, 0) for name in FUNNEL}),
        updated_at=found.updated_at,
        first_at=found.first_at,
        demo=found.demo,
    )


def _figure_view(one: Compared) -> FigureView:
    figure, now = one.figure, one.now
    return FigureView(
        key=figure.key,
        label=figure.label,
        unit=figure.unit,
        value=now.value,
        numerator=now.numerator,
        denominator=now.denominator,
        previous=one.previous,
        change=one.change,
        formula=figure.formula,
        few=now.few,
        filter=figure.filter,
        better=figure.better,
    )


def _agent_view(part: Part) -> PartView:
    sums = part.sums
    return PartView(
        name=part.name,
        conversations=sums["conversations"],
        resolved=sums["resolved_confirmed"] + sums["resolved_assumed"],
        escalated=sums["escalated"],
        abandoned=sums["abandoned"],
        tokens=sums["tokens_in"] + sums["tokens_out"],
        cost_usd=sums["cost_e8"] / COST_UNIT,
        satisfaction=sums["rating_sum"] / sums["ratings"] if sums["ratings"] else None,
        few=sums["conversations"] < FEW,
    )


def _tool_view(part: Part) -> ToolView:
    calls = part.sums["calls"]
    return ToolView(
        name=part.name,
        conversations=part.sums["conversations"],
        calls=calls,
        failed=part.sums["calls_failed"],
        unknown=part.sums["calls_unknown"],
        success_rate=part.sums["calls_succeeded"] / calls * 100 if calls else None,
        p50_ms=part.percentile(0.5),
        p95_ms=part.percentile(0.95),
        few=calls < FEW,
    )


def _model_view(part: Part) -> ModelView:
    sums = part.sums
    return ModelView(
        name=part.name,
        calls=sums["model_calls"],
        tokens_in=sums["tokens_in"],
        tokens_out=sums["tokens_out"],
        cost_usd=sums["cost_e8"] / COST_UNIT,
        unpriced=sums["unpriced"],
        first_token_p50_ms=part.percentile(0.5),
        first_token_p95_ms=part.percentile(0.95),
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/analytics",
        handler=read_analytics,
        right=Right.SEE_FIGURES,
        summary="All figures of a range, each with its formula and its change.",
        area="analytics",
        query=RangeQuery,
        gives=Analytics,
    ),
    Route(
        method="GET",
        path="/api/v1/analytics/timeseries",
        handler=read_series,
        right=Right.SEE_FIGURES,
        summary="One figure for each day or hour of a range.",
        area="analytics",
        query=SeriesQuery,
        gives=Series,
        errors=(FigureUnknown,),
    ),
    Route(
        method="GET",
        path="/api/v1/analytics/rows/{figure}.csv",
        handler=read_rows,
        right=Right.SEE_FIGURES,
        summary="The rows that a figure is made of, as CSV.",
        area="analytics",
        query=RangeQuery,
        media=CSV_MEDIA,
        errors=(FigureUnknown,),
    ),
    Route(
        method="GET",
        path="/api/v1/analytics/live",
        handler=follow,
        right=Right.SEE_FIGURES,
        summary="A stream that says `changed` whenever the figures have changed.",
        area="analytics",
        media=STREAM_MEDIA,
    ),
)
