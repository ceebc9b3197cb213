"""Command `analytics`: makes the dashboard's figures anew from the log, beside whatever server runs."""

from __future__ import annotations

import argparse
from typing import Final

from app.commands.command import Command, run_async
from app.commands.database import open_rollup_worker
from app.settings import Settings


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("rebuild",), help="make the figures anew from the log")


async def _rebuild(settings: Settings) -> None:
    async with open_rollup_worker(settings) as rollup_worker:
        counted = await rollup_worker.rebuild()
    print(f"The figures are made anew from {counted:,} events.")


COMMAND: Final = Command(
    name="analytics",
    help="look after the dashboard's figures",
    run=lambda _: run_async(_rebuild),
    add_arguments=_add_arguments,
)
