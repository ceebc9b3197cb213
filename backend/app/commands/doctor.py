"""Command `doctor`: looks at everything that the server needs, and prints one line each with the next step.

It changes nothing, and runs beside a server or without one. The exit code is 5 where something is broken that a
customer would notice.
"""

from __future__ import annotations

import argparse
from typing import Final

from app.commands.command import Command, run_async
from app.errors import ConfigMistake
from app.settings import Settings, load_settings

EXIT_BROKEN: Final = 5  # what a customer would notice


def _run(_: argparse.Namespace) -> int:
    """Print every finding and return the exit code."""
    try:
        load_settings()
    except ConfigMistake as mistake:
        _print("broken", "settings", " ".join(mistake.message.split()))
        return EXIT_BROKEN
    return run_async(_examine)


async def _examine(settings: Settings) -> int:
    from app.commands.examination import examine  # noqa: PLC0415 - the other commands do without the model's library

    broken = 0
    async for finding in examine(settings):
        _print(finding.verdict, finding.what, finding.sentence)
        broken += finding.verdict == "broken"
    print("Nothing is broken." if not broken else f"{broken} {'thing is' if broken == 1 else 'things are'} broken.")
    return EXIT_BROKEN if broken else 0


def _print(verdict: str, what: str, sentence: str) -> None:
    print(f"{verdict:<7} {what:<28} {sentence}", flush=True)


COMMAND: Final = Command(
    name="doctor", help="check settings, database, model and APIs, and say what to do; changes nothing", run=_run
)
