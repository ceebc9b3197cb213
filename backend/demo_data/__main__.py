"""Command `python -m demo_data`: writes a quarter of a shop's support to look around in, or removes it.

It works on the database of the settings, beside a running server or without one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from app.commands.command import carry_out, run_async, whole_number
from app.commands.database import open_database, open_rollup_worker
from app.settings import Settings
from demo_data.load import Plan, load

CONVERSATIONS: Final = 6_000  # enough for every chart and table to have something to show, written in seconds
DAYS: Final = 90


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or remove the demo's conversations and return the exit code."""
    return carry_out(_run, _parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_data", description="A quarter of a shop's support.")
    parser.add_argument("--conversations", type=whole_number, default=CONVERSATIONS, metavar="N")
    parser.add_argument("--days", type=whole_number, default=DAYS, metavar="N", help="how far back it goes")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number gives the same data")
    parser.add_argument("--remove", action="store_true", help="remove all of it, and nothing else")
    return parser


def _run(options: argparse.Namespace) -> int:
    return run_async(_remove if options.remove else lambda settings: _write(settings, options))


async def _write(settings: Settings, options: argparse.Namespace) -> None:
    plan = Plan(
        conversations=options.conversations,
        days=options.days,
        seed=options.seed,
        now=datetime.now(UTC),
        session_ttl_seconds=settings.session_ttl_seconds,
    )
    began = time.monotonic()
    async with open_database(settings, beside=True) as url:
        loaded = await load(url, plan)
    print(f"{loaded:,} conversations of the demo written in {time.monotonic() - began:.1f} s.")


async def _remove(settings: Settings) -> None:
    async with open_rollup_worker(settings) as rollup_worker:
        removed = await rollup_worker.remove_demo()
    print(f"{removed:,} conversations of the demo removed.")


if __name__ == "__main__":
    sys.exit(main())
