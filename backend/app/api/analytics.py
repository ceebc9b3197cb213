"""Routes of the dashboard's figures: all of a range at once, one over time, and the rows behind each."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from app.access.rights import Right
from app.analytics import dashboard
from app.analytics.conversation_fold import CONTROLS
from app.analytics.definitions import BY_KEY, Definition
from app.analytics.ranges import Name, Range, resolve, zone_of
from app.api.analytics_views import Analytics, Series, series_view, view_of
from app.api.route import Route
from app.api.services import SERVICES
from app.api.stream import STREAM_MEDIA, event_stream
from app.api.validation import Form, answer, read_query
from app.db import metric_rollups, metric_rows
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


async def read_analytics(request: web.Request) -> web.Response:
    """Compute all figures of a range and of the period before it."""
    over = _range(request, read_query(request, RangeQuery))
    async with request.app[SERVICES].pool.acquire() as connection:
        found = await dashboard.read(connection, over)
    return answer(view_of(over, found))


async def read_series(request: web.Request) -> web.Response:
    """Compute one figure for each day or hour of a range."""
    query = read_query(request, SeriesQuery)
    figure, over = _figure(query.figure), _range(request, query)
    if query.by == "hour" and (over.end - over.start).total_seconds() > MAX_HOURS * 3600:
        raise InvalidRequest(f"by: at most {MAX_HOURS // 24} days are shown by hour. Use by=day.", field="by")
    async with request.app[SERVICES].pool.acquire() as connection:
        points = await dashboard.series(connection, figure, over, by=query.by)
    return answer(series_view(figure, points))


async def read_rows(request: web.Request) -> web.StreamResponse:
    """Write the rows that a figure is made of, as CSV, while they are read."""
    over = _range(request, read_query(request, RangeQuery))
    figure = _figure(request.match_info["figure"])
    name = f"{figure.rows}-{over.start:%Y%m%d}-{over.end:%Y%m%d}.csv"
    response = web.StreamResponse(
        headers={"Content-Type": f"{CSV_MEDIA}; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    )
    async with request.app[SERVICES].pool.acquire() as connection:
        await response.prepare(request)
        text = io.StringIO()
        writer = csv.writer(text)
        rows = metric_rows.read(connection, kind=figure.rows, start=over.start, end=over.end, controls=sorted(CONTROLS))
        async for row in rows:
            writer.writerow(cells(row))
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
            async with request.app[SERVICES].pool.acquire() as connection:
                changed_at = await metric_rollups.changed_at(connection)
            if seen is not None and changed_at != seen:
                await stream.send("changed")
            seen = changed_at
            await stream.rest(asyncio.Event(), seconds=LOOK_SECONDS)
    return stream.response


def _range(request: web.Request, query: RangeQuery) -> Range:
    zone_of(query.tz)
    now = request.app[SERVICES].now()
    return resolve(query.range, zone=query.tz, now=now, first=query.first, last=query.last)


def _figure(key: str) -> Definition:
    try:
        return BY_KEY[key]
    except KeyError:
        raise FigureUnknown from None


def cells(row: Iterable[Any]) -> list[str]:
    """Return a row's values as the cells of a CSV file."""
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
    if isinstance(value, int | float):
        return str(value)
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


# What a table program takes for a formula where a cell begins so; a name of a tool or a visitor's text may.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

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
