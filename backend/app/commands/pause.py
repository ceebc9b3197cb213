"""Commands `pause` and `resume`: the kill switch from a shell, on the database that every replica reads."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING, Final

from app.actions.pauses import KillSwitch
from app.commands.command import Command, run_async
from app.commands.database import open_database
from app.db import live_set
from app.db.pauses import PauseKind
from app.db.pool import open_pool

if TYPE_CHECKING:
    from app.db.pool import Pool
    from app.settings import Settings

POOL_SIZE: Final = 2


def _add_what(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="all actions; look-ups go on")
    what.add_argument("--api", metavar="NAME", help="everything of one API")
    what.add_argument("--tool", metavar="NAME", help="one tool")
    what.add_argument("--agent", metavar="NAME", help="every tool of one agent")
    parser.add_argument("--why", default="", help="the reason, for the review log")


def _named(options: argparse.Namespace) -> tuple[PauseKind, str]:
    if options.all:
        return "actions", ""
    kinds: tuple[PauseKind, ...] = ("api", "tool", "agent")
    return next((kind, str(getattr(options, kind))) for kind in kinds if getattr(options, kind))


def _words(kind: PauseKind, name: str) -> str:
    return "All actions" if kind == "actions" else f"The {'API' if kind == 'api' else kind} {name}"


async def pause(pool: Pool, kind: PauseKind, name: str, *, by: str, why: str) -> list[str]:
    """Pause, and return what to say about it."""
    under_way = await KillSwitch(pool=pool).pause(kind, name, by=by, why=why)
    said = [f"{_words(kind, name)}: paused on every replica. Nothing of it is sent until it is resumed."]
    if under_way:
        said.append(f"Claimed before that and without an outcome yet: {under_way}. Their requests may be under way.")
    async with pool.acquire() as connection:
        if not await live_set.knows(connection, kind=kind, name=name):
            said.append("No import has anything live of that name. If it is not of agents.yaml, check the spelling.")
    return said


async def _pause(settings: Settings, options: argparse.Namespace) -> None:
    kind, name = _named(options)
    async with open_database(settings, beside=True) as url, await open_pool(url, max_size=POOL_SIZE) as pool:
        for line in await pause(pool, kind, name, by=_who(), why=options.why):
            print(line, flush=True)


async def _resume(settings: Settings, options: argparse.Namespace) -> None:
    kind, name = _named(options)
    async with open_database(settings, beside=True) as url, await open_pool(url, max_size=POOL_SIZE) as pool:
        await KillSwitch(pool=pool).resume(kind, name, by=_who(), why=options.why)
    print(f"{_words(kind, name)}: goes on. What waited for an answer is asked anew.", flush=True)


def _who() -> str:
    return f"{getpass.getuser()} (shell)"


PAUSE: Final = Command(
    name="pause",
    help="send nothing of all actions, an API, a tool or an agent, on every replica",
    run=lambda options: run_async(lambda settings: _pause(settings, options)),
    add_arguments=_add_what,
)
RESUME: Final = Command(
    name="resume",
    help="let go on what was paused",
    run=lambda options: run_async(lambda settings: _resume(settings, options)),
    add_arguments=_add_what,
)
