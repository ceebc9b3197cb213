"""Replay benchmark: finding conversations, reading and exporting a long one, over HTTP from the product itself."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from aiohttp import web

from app.commands.demo_apis import demo_apis
from app.commands.serve import settle_memory
from app.main import create_app
from app.settings import Settings
from benchmarks.client import ask
from benchmarks.replay_data import add_words, write_long_conversation
from benchmarks.table import Row, p95

if TYPE_CHECKING:
    from benchmarks.client import Asked
    from benchmarks.database import Bench

ADMIN_KEY: Final = "a key for the benchmark alone"
LONG: Final = "long-replay"
STEPS: Final = 10_000
PAGE: Final = 200
ROUNDS: Final = 40
PAGE_ROUNDS: Final = 300  # a page takes a few milliseconds, and its goal is close to that
TICK_SECONDS: Final = 0.001
FIND_MS: Final = 100.0
PAGE_MS: Final = 6.0
LAST_PAGE: Final = 1.3
EXPORT_MS: Final = 200.0
PAUSE_MS: Final = 20.0

ENDED: Final = {"status": "ended"}
SEARCHES: Final = {
    "the newest": {},
    "a common word, two common filters": {"text": "order", "agent": "order_lookup", **ENDED},
    "two words, two filters": {"text": "order cancel", "outcome": "escalated", "approval": "1"},
    "an order's number, two filters": {"text": "order 47110", "agent": "order_lookup", **ENDED},
    "the beginning of a number, two filters": {"text": "4711", "outcome": "resolved", **ENDED},
    "a rare word, two filters": {"text": "heirloom", "outcome": "resolved", **ENDED},
    "a common word, two rare filters": {"text": "order", "tool": "create_coupon", "outcome": "abandoned"},
    "filters that contradict each other": {"text": "order", "tool": "track_parcel", "agent": "coupons"},
    "a common word, an unusual cost": {"text": "order", "cost_min": "0.0077", **ENDED},
    "a word, a rating, an error": {"text": "parcel", "rating": "1,2", "error": "1"},
    "a word of one season long over, two filters": {"text": "christmas", "agent": "order_lookup", **ENDED},
    "a word common only long ago, two filters": {"text": "telegram", "agent": "returns", "outcome": "escalated"},
    "a short beginning, two rare filters": {"text": "o*", "tool": "create_coupon", "outcome": "unresolved"},
    "nothing matches": {"text": "order", "agent": "nobody", **ENDED},
}


async def measure(bench: Bench) -> list[Row]:
    """Measure on the whole database; what the demo's generator does not write is added first."""
    await add_words(bench.pool)
    await write_long_conversation(bench.pool, LONG, STEPS)
    async with _server(bench.url) as (url, pauses):
        searches = {name: f"/api/v1/conversations?{urlencode(wanted)}" for name, wanted in SEARCHES.items()}
        rows = [_finding(name, asked) for name, asked in (await ask(url, ADMIN_KEY, searches, rounds=ROUNDS)).items()]
        places = {"first": 0, "middle": STEPS // 2, "last": STEPS - PAGE}
        pages = {name: f"/api/v1/replay/{LONG}/steps?after={after}&limit={PAGE}" for name, after in places.items()}
        rows += _reading(await ask(url, ADMIN_KEY, pages, rounds=PAGE_ROUNDS))
        for form in ("json", "html"):
            pauses.clear()
            exported = await ask(url, ADMIN_KEY, {form: f"/api/v1/replay/{LONG}/export.{form}"}, rounds=ROUNDS)
            rows.append(_exporting(form, exported[form], max(pauses) * 1_000))
    return rows


def _finding(name: str, asked: Asked) -> Row:
    ms = p95(asked.ms)
    return Row(
        what=f"found over HTTP: {name}, p95",
        goal=f"≤ {FIND_MS:.0f} ms",
        measured=f"{ms:.1f} ms, median {statistics.median(asked.ms):.1f} ms; {asked.items} on the page",
        ok=ms <= FIND_MS,
    )


def _reading(pages: dict[str, Asked]) -> list[Row]:
    grown = statistics.median(pages["last"].ms) / statistics.median(pages["first"].ms)
    rows = [
        Row(
            what=f"{PAGE} of {STEPS:,} steps over HTTP, the {name} page, p95",
            goal=f"≤ {PAGE_MS:.0f} ms",
            measured=f"{p95(asked.ms):.1f} ms, median {statistics.median(asked.ms):.1f} ms; {asked.size // 1_024} kB",
            ok=p95(asked.ms) <= PAGE_MS,
        )
        for name, asked in pages.items()
    ]
    return [
        *rows,
        Row(
            what="the last page compared with the first, by their medians",
            goal=f"≤ {LAST_PAGE} times",
            measured=f"{grown:.2f} times",
            ok=grown <= LAST_PAGE,
        ),
    ]


def _exporting(form: str, asked: Asked, pause: float) -> Row:
    ms = p95(asked.ms)
    return Row(
        what=f"export of all {STEPS:,} steps as {form.upper()}, p95; the event loop's longest pause meanwhile",
        goal=f"≤ {EXPORT_MS:.0f} ms; ≤ {PAUSE_MS:.0f} ms",
        measured=(
            f"{ms:.0f} ms, median {statistics.median(asked.ms):.0f} ms; {pause:.1f} ms; {asked.size / 2**20:.1f} MB"
        ),
        ok=ms <= EXPORT_MS and pause <= PAUSE_MS,
    )


@asynccontextmanager
async def _server(database: str) -> AsyncIterator[tuple[str, list[float]]]:
    """The product itself on a port of its own, and for how long its event loop was blocked each time, in seconds."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(
            _env_file=None, data_dir=folder, admin_key=ADMIN_KEY, log_level="error", database_url=database
        )
        demo_url = await stack.enter_async_context(demo_apis(data_dir=folder))
        app = await create_app(settings, database_url=database, demo_url=demo_url)
        settle_memory()
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        await asyncio.sleep(1)  # what starts with it has started
        pauses: list[float] = []
        ticking = asyncio.create_task(_tick(pauses))
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", pauses
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking


async def _tick(pauses: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        pauses.append(time.perf_counter() - began - TICK_SECONDS)
