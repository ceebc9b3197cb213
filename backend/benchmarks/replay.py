"""Measures the replay: finding among a million conversations, reading and keeping one of ten thousand steps.

    python -m benchmarks.replay --database postgresql://… [--conversations 1000000] [--steps 10000] [--rounds 200]

The database is filled first, and what is there already is used again. Use one that holds nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession, CookieJar, web

from app.cli import settle_memory
from app.db import found
from app.db.pool import migrate, open_pool
from app.demo import demo_apis
from app.log import configure_logging
from app.main import create_app
from app.replay.search import Wanted, find
from app.settings import Settings
from benchmarks.replay_shelf import fill, fill_long

ADMIN_KEY: Final = "a key for the benchmark alone"
LONG: Final = "long-replay"
PAGE: Final = 200
TICK_SECONDS: Final = 0.001

SHAPES: Final = {
    "nothing, the newest": Wanted(),
    "common word, 2 common filters": Wanted(text="order", status="ended", agent="orders"),
    "2 words, 2 filters": Wanted(text="order late", outcomes=("escalated",), approval=True),
    "an order's number, 2 filters": Wanted(text="order 4711", status="ended", agent="orders"),
    "an identifier, 2 filters": Wanted(text="ord_1a2b", status="ended", approval=False),
    "an address, 2 filters": Wanted(text="user4711@shop", status="ended", agent="orders"),
    "common word, rare filter": Wanted(text="order", tool="close_account", status="ended"),
    "common word, 2 rare filters": Wanted(text="order", tool="close_account", agent="fraud"),
    "rare word, 2 common filters": Wanted(text="dadode", status="ended", agent="orders"),
    "one letter, rare filter": Wanted(text="o", outcomes=("unresolved",), status="ended"),
    "one letter, nothing matches": Wanted(text="d", agent="nobody", status="ended"),
    "common word, contradicting filters": Wanted(text="order", tool="refund", agent="nobody"),
    "common, but only long ago": Wanted(text="order", tool="cancel_order_old", status="ended"),
    "a word of one season": Wanted(text="christmas order", status="ended", agent="orders"),
    "common word, costly": Wanted(text="order", cost_min=0.0515, status="ended"),
    "word, rating, error": Wanted(text="refund", ratings=("1",), error=True),
    "2 rare filters, no word": Wanted(tool="close_account", agent="fraud"),
}


def main() -> None:
    """Fill, measure, and print one line a measure."""
    parser = argparse.ArgumentParser(description="Measures the replay.")
    parser.add_argument("--database", required=True)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        asyncio.run(_ask(options.client, steps=options.steps, rounds=options.rounds))
        return
    configure_logging(level="error")
    asyncio.run(_measure(options.database, options.conversations, options.steps, options.rounds))


async def _measure(database: str, conversations: int, steps: int, rounds: int) -> None:
    await migrate(database)
    async with await open_pool(database, max_size=4) as pool:
        began = time.monotonic()
        await fill(pool, conversations)
        await fill_long(pool, LONG, steps)
        print(f"{conversations:,} conversations, filled in {time.monotonic() - began:.0f} s")
        every: list[float] = []
        async with pool.acquire() as connection:
            for name, wanted in SHAPES.items():

                async def ask(wanted: Wanted = wanted) -> int:
                    places = await find(connection, wanted, limit=51)
                    rows = await found.of_threads(connection, thread_ids=[place.thread_id for place in places[:50]])
                    return len(rows)

                every.extend(await _timed(f"list: {name}", ask, rounds=max(5, rounds // 10)))
        _print("list: all of these", every)
    async with _server(database) as url:
        await _client(url, steps, rounds)


async def _timed(name: str, ask: Callable[[], Awaitable[int]], *, rounds: int) -> list[float]:
    times, rows = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        rows = await ask()
        times.append((time.perf_counter() - began) * 1_000)
    _print(name, times, f"{rows} rows")
    return times


def _print(name: str, times: Sequence[float], more: str = "") -> None:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(f"{name:45} median {statistics.median(ordered):8.2f} ms   p95 {p95:8.2f} ms   {more}", flush=True)


@asynccontextmanager
async def _server(database: str) -> AsyncIterator[str]:
    """The product itself, on a port of its own; how long its event loop was ever blocked is printed at the end."""
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
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        print(f"{'event loop, longest pause over all of it':45} {max(pauses) * 1_000:.1f} ms")


async def _tick(pauses: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        pauses.append(time.perf_counter() - began - TICK_SECONDS)


async def _client(url: str, steps: int, rounds: int) -> None:
    """Ask from a process of its own, as a browser would."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.replay", "--database", "-", "--client", url),
        *("--steps", str(steps), "--rounds", str(rounds)),
    )
    await child.wait()


async def _ask(url: str, *, steps: int, rounds: int) -> None:
    async with ClientSession(base_url=url, cookie_jar=CookieJar(unsafe=True)) as session:
        await session.post("/api/v1/staff/sign-in", json={"key": ADMIN_KEY})
        places = {"first": 0, "middle": steps // 2, "last": steps - PAGE}
        for name, after in places.items():
            await _fetch(session, f"{PAGE} steps, {name} page", f"steps?after={after}&limit={PAGE}", rounds)
        for _ in range(2):
            for name, after in (("first", 0), ("last", steps - PAGE)):
                await _fetch(session, f"{PAGE} steps, {name} page again", f"steps?after={after}&limit={PAGE}", rounds)
        await _fetch(session, "the whole, with its marks", "", rounds)
        await _fetch(session, "export.json", "export.json", max(5, rounds // 10))
        await _fetch(session, "export.html", "export.html", max(5, rounds // 10))


async def _fetch(session: ClientSession, name: str, path: str, rounds: int) -> None:
    size = 0

    async def ask() -> int:
        nonlocal size
        async with session.get(f"/api/v1/replay/{LONG}/{path}".rstrip("/")) as response:
            body = await response.read()
            size = len(body)
            return response.status

    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        status: Any = await ask()
        times.append((time.perf_counter() - began) * 1_000)
        if status != web.HTTPOk.status_code:
            raise SystemExit(f"{path}: {status}")
    _print(name, times, f"{size // 1_024:,} kB")


if __name__ == "__main__":
    main()
