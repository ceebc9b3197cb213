"""Benchmark of a turn: `python -m benchmarks.turns [--with PYTHON] [--rounds N]`.

A turn is one message, one call of a tool over HTTP and an answer of 200 tokens; in this product the first of each chat
is routed by the model, too. Every round runs every contestant once, so that whatever else the machine does slows all
of them alike; what is compared is the ratio. The model, the shop, the clients and PostgreSQL run on the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING, Final

from app.db.embedded.server import embedded_postgres
from app.db.pool import open_pool
from benchmarks.table import Meter, machine
from benchmarks.turns.contestants import Contestant, Surroundings, Wave, agno, smart_support, started, stock
from tests.e2e.server import Demo

if TYPE_CHECKING:
    from app.db.pool import Pool

ROUNDS: Final = 5
WARM: Final = Wave(model="burst", chats=4, turns=2)
BURST: Final = Wave(model="burst", chats=32, turns=6)  # a customer may send ten messages in ten seconds
PACED: Final = Wave(model="paced", chats=16, turns=3)
CROWD: Final = Wave(model="paced", chats=100, turns=1)
STATISTICS_SECONDS: Final = 1.5  # PostgreSQL's counters are that late
SAMPLE_SECONDS: Final = 0.1


@dataclass
class Measured:
    """What a contestant's rounds have shown, one value per round."""

    cpu: list[float] = field(default_factory=list)
    """Milliseconds of the server's processor per turn, in bursts."""
    database_cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    """Turns per second."""
    first: list[float] = field(default_factory=list)
    """Milliseconds to the first token of a follow-up, the median of a round."""
    transactions: list[float] = field(default_factory=list)
    idle: float = 0.0
    crowd: float = 0.0
    """MB more while 100 chats stream."""


async def measure(contestants: Sequence[Contestant], pool: Pool, rounds: int) -> dict[str, Measured]:
    """Run the rounds."""
    meter = Meter(await pool.fetchval("SELECT pg_backend_pid()"))
    found = {one.name: Measured(idle=one.memory) for one in contestants}
    for one in contestants:
        await one.run(WARM)
    for number in range(rounds):
        for one in contestants:
            of = found[one.name]
            before, worked = await _transactions(pool, one), meter.database_seconds()
            burst = await one.run(BURST)
            of.database_cpu.append((meter.database_seconds() - worked) * 1_000 / BURST.all_turns)
            of.cpu.append(burst.cpu * 1_000 / BURST.all_turns)
            of.rate.append(BURST.all_turns / burst.seconds)
            of.transactions.append((await _transactions(pool, one) - before) / BURST.all_turns)
            paced = await one.run(PACED)
            of.first.append(statistics.median(paced.first) * 1_000)
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    for one in contestants:
        found[one.name].crowd = await _crowd(one)
    return found


async def _transactions(pool: Pool, one: Contestant) -> int:
    await asyncio.sleep(STATISTICS_SECONDS)
    name = one.database.rpartition("/")[2].partition("?")[0]
    count = await pool.fetchval("SELECT xact_commit FROM pg_stat_database WHERE datname = $1", name)
    return int(count)


async def _crowd(one: Contestant) -> float:
    """Return how much more memory 100 chats take while they stream."""
    before, most = one.memory, 0.0
    running = asyncio.ensure_future(one.run(CROWD))
    while not running.done():
        most = max(most, one.memory)
        await asyncio.wait([running], timeout=SAMPLE_SECONDS)
    await running
    return max(most - before, 0.0)


def table(found: dict[str, Measured]) -> str:
    """Write the table in Markdown: medians, and from the least to the most of the rounds."""
    names = list(found)
    base = found[names[0]]

    def row(what: str, values: Callable[[Measured], list[float]], *, digits: int = 1, ratio: bool = False) -> str:
        cells = []
        for name in names:
            taken = values(found[name])
            middle = statistics.median(taken)
            spread = f" ({min(taken):.{digits}f}-{max(taken):.{digits}f})" if len(taken) > 1 else ""
            share = f", {middle / statistics.median(values(base)):.2f}×" if ratio and name != names[0] else ""  # noqa: RUF001
            cells.append(f"{middle:.{digits}f}{spread}{share}")
        return f"| {what} | " + " | ".join(cells) + " |"

    return "\n".join(
        [
            "| | " + " | ".join(names) + " |",
            "|---|" + "---|" * len(names),
            row("server's processor per turn, 32 chats in bursts, ms", lambda of: of.cpu, ratio=True),
            row("PostgreSQL's processor per turn, ms", lambda of: of.database_cpu, ratio=True),
            row("turns per second, 32 chats in bursts", lambda of: of.rate, ratio=True),
            row("first token of a follow-up, 16 chats at 50 tokens/s, ms", lambda of: of.first, digits=0),
            row("transactions per turn, background work included", lambda of: of.transactions),
            row("memory at rest, MB", lambda of: [of.idle], digits=0),
            row("memory more for 100 chats that stream, MB", lambda of: [of.crowd], digits=0),
        ]
    )


@asynccontextmanager
async def surroundings(folder: Path, peers: Path | None) -> AsyncIterator[Surroundings]:
    """Start the model and the shop."""
    port = _free_port()
    demo = Demo(folder / "demo")
    try:
        async with started(sys.executable, "-m", "benchmarks.turns.model_server", str(port)):
            yield Surroundings(
                model_url=f"http://127.0.0.1:{port}/v1",
                shop_url=f"{demo.url}/shop",
                demo_url=demo.url,
                peers=peers,
            )
    finally:
        demo.close()


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def main(folder: Path, rounds: int, peers: Path | None) -> None:
    """Start everything in this folder, measure, and print the table."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_postgres(folder / "data"))
        pool = await stack.enter_async_context(await open_pool(url, max_size=2))
        around = await stack.enter_async_context(surroundings(folder, peers))
        databases = [await _database(pool, url, name) for name in ("stock", "agno", "ours")]
        starts = [
            *([stock(databases[0], around)] if peers else []),
            *([agno(databases[1], around, _free_port())] if peers else []),
            smart_support(databases[2], around, _free_port(), folder / "ours"),
        ]
        contestants = [await stack.enter_async_context(start) for start in starts]
        print(f"On {machine()}; {rounds} rounds.\n")
        print(table(await measure(contestants, pool, rounds)))


async def _database(pool: Pool, url: str, name: str) -> str:
    """Make a database of this name, and return its address."""
    await pool.execute(f"CREATE DATABASE {name}")
    before, _, options = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns")
    parser.add_argument("--with", dest="peers", type=Path, help="the interpreter that has the others installed")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ss-bench-") as name:
        Path(name).chmod(0o711)  # root's runs have their database in it, too
        asyncio.run(main(Path(name), options.rounds, options.peers))
