"""Dashboard benchmark: how fast it answers, and what keeping its figures costs."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from app.agents.prices import Prices
from app.analytics import dashboard
from app.analytics.ranges import resolve
from app.analytics.rollup_worker import RollupWorker
from app.api.analytics_views import view_of
from app.api.validation import answer
from app.commands.serve import settle_memory
from app.db import bulk_load
from app.settings import HALF_AN_HOUR
from benchmarks.database import DAYS, SHARES
from benchmarks.table import Row, p95
from demo_data.scenario import invent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.database import Bench, Built

ROUNDS: Final = 60
ZONE: Final = "Europe/Berlin"  # its days are not those of UTC, so both ends are read in quarters
FRESH: Final = 1_000  # conversations of a busy day, some 11,000 events: hardly more than two batches
BACKLOG_DAYS: Final = 5  # such days that are counted at once: what one event costs where there are batches enough
LONG_AGO: Final = timedelta(days=DAYS + 30)  # when they were: before everything else, so that no dashboard reads more
COPIED_AT_ONCE: Final = 500
DASHBOARD_MS: Final = 60.0
GROWTH: Final = 1.1
ROLLUP_US: Final = 25.0
MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Counted:
    """What counting an event took, in microseconds: by the clock, of all processors, and of the database's alone."""

    us: float
    work: float
    database: float


async def measure(bench: Bench) -> list[Row]:
    """Measure at a tenth, a half and the whole of the size while it is built; later, at the whole alone."""
    rows: list[Row] = []
    asked: list[float] = []
    kept: list[float] = []
    for share in SHARES:
        built = await bench.grow(share)
        if built.conversations < FRESH and share < 1:
            continue  # it was there before, and so is the rest
        if built.conversations >= FRESH:
            rows.append(_building(built))
        millions = await bench.events() / MILLION
        taken, work = await _dashboard(bench)
        asked.append(work)
        rows.append(_asking(taken, work, millions))
        alone, backlog = await _keeping(bench, days=1), await _keeping(bench, days=BACKLOG_DAYS)
        kept.append(backlog.work)
        rows.append(_counting(alone, backlog, millions))
    if len(kept) == len(SHARES):
        rows += _growing(asked, kept)
    return rows


def _asking(taken: Sequence[float], work: float, millions: float) -> Row:
    ms = p95(taken)
    return Row(
        what=f"dashboard, 90 days, all figures, {millions:.2f} million events, p95",
        goal=f"≤ {DASHBOARD_MS:.0f} ms",
        measured=f"{ms:.1f} ms, median {statistics.median(taken):.1f} ms; processors {work:.1f} ms",
        ok=ms <= DASHBOARD_MS,
    )


def _counting(alone: Counted, backlog: Counted, millions: float) -> Row:
    return Row(
        what=f"keeping the figures right, at {millions:.2f} million events",
        goal=f"≤ {ROLLUP_US:.0f} µs per event",
        measured=(
            f"{backlog.us:.1f} µs; processors {backlog.work:.1f} µs, {backlog.database:.1f} of it PostgreSQL's; "
            f"{FRESH:,} conversations alone {alone.us:.1f} µs, processors {alone.work:.1f} µs"
        ),
        ok=backlog.us <= ROLLUP_US,
    )


def _growing(asked: Sequence[float], kept: Sequence[float]) -> list[Row]:
    """Compare what the processors had to do: on a shared machine the clock says more about the others."""
    grown = asked[-1] / asked[-2]
    return [
        Row(
            what="the dashboard with twice the history, by the processors' time",
            goal=f"≤ {GROWTH} times",
            measured=f"{grown:.2f} times",
            ok=grown <= GROWTH,
        ),
        Row(
            what="keeping the figures right with ten times the history, likewise",
            goal="the same",
            measured=f"{kept[-1] / kept[0]:.2f} times",
        ),
    ]


def _building(built: Built) -> Row:
    minute = built.conversations / built.seconds * 60
    return Row(
        what="writing the demo's conversations with all they are found and counted by",
        goal="100,000 in a minute",
        measured=(
            f"{built.conversations:,} in {built.seconds:.0f} s: {minute:,.0f} in a minute; processors "
            f"{built.work / built.conversations * 1_000:.2f} ms each"
        ),
        ok=minute >= 100_000,  # noqa: PLR2004  # the goal's own words
    )


async def _dashboard(bench: Bench) -> tuple[list[float], float]:
    """The times from the request's range to the answer's bytes, and the processors' time for one, in milliseconds."""
    taken, worked = [], bench.meter.seconds()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        over = resolve("90d", zone=ZONE, now=bench.now)
        async with bench.pool.acquire() as connection:
            found = await dashboard.read(connection, over)
        answer(view_of(over, found))
        taken.append((time.perf_counter() - began) * 1_000)
    return taken, (bench.meter.seconds() - worked) * 1_000 / ROUNDS


async def _keeping(bench: Bench, *, days: int) -> Counted:
    """Count conversations that have not been yet, `FRESH` on each of some days."""
    rollup_worker = RollupWorker(pool=bench.pool, session_ttl_seconds=HALF_AN_HOUR)
    await rollup_worker.catch_up()
    for back in range(days):
        await _happen(bench, bench.now.date() - LONG_AGO - timedelta(days=back))
    settle_memory()  # as the server does
    began, worked, theirs = time.perf_counter(), bench.meter.seconds(), bench.meter.database_seconds()
    counted = await rollup_worker.catch_up()
    seconds, work = time.perf_counter() - began, bench.meter.seconds() - worked
    database = bench.meter.database_seconds() - theirs
    return Counted(*(used * MILLION / counted for used in (seconds, work, database)))


async def _happen(bench: Bench, day: date) -> None:
    """Write a day's conversations that nobody has counted, other ones each time."""
    prices, seed = Prices.load(), time.time_ns()
    for start in range(0, FRESH, COPIED_AT_ONCE):
        fresh = [invent(day, start + number, seed=seed, prices=prices) for number in range(COPIED_AT_ONCE)]
        async with bench.pool.acquire() as connection, connection.transaction():
            await bulk_load.copy(connection, conversations=fresh)
