"""`python -m benchmarks [small|medium|large]`: what dashboard and replay reach on the demo's data."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from app.telemetry.log import configure_logging
from benchmarks import analytics, replay
from benchmarks.database import SIZES, benchmark_database
from benchmarks.table import machine, write


async def run(size: str) -> str:
    """Build what is missing, measure, and return the table."""
    async with benchmark_database(size) as bench:
        rows = await analytics.measure(bench) + await replay.measure(bench)
        events = await bench.events()
    return f"{write(rows)}\n\n{events:,} events; {machine()}."


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    options = parser.parse_args(arguments)
    configure_logging(form="console", level="warning", hide=())
    print(asyncio.run(run(options.size)))


if __name__ == "__main__":
    main()
