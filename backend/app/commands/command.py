"""Command: one line in the table of `app.cli`, and the way any of them is run.

What a person can mend is a sentence on stderr and an exit code; everything else is a traceback. SIGINT, SIGTERM and
SIGHUP stop a command in order; a second one ends the process at once.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from app.errors import AppError, CannotStart, ConfigMistake
from app.settings import Settings, load_settings
from app.telemetry.log import configure_logging

EXIT_STOPPED: Final = 0
EXIT_NOT_STARTED: Final = 1
EXIT_MISTAKE: Final = 2  # what argparse uses too
EXIT_NO_ADDRESS: Final = 3


class CannotListen(CannotStart):
    """The address is taken or not ours."""

    code = "cannot_listen"


def no_arguments(_parser: argparse.ArgumentParser) -> None:
    """Declare nothing."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command. `run` returns its exit code, or None where it did what it was asked to."""

    name: str
    help: str
    run: Callable[[argparse.Namespace], int | None]
    add_arguments: Callable[[argparse.ArgumentParser], None] = no_arguments


def parser_of(commands: Iterable[Command], *, prog: str) -> argparse.ArgumentParser:
    """Make the parser of a table of commands."""
    parser = argparse.ArgumentParser(prog=prog, description="Smart Support.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command in commands:
        subparser = subparsers.add_parser(command.name, help=command.help)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def carry_out(run: Callable[[argparse.Namespace], int | None], options: argparse.Namespace) -> int:
    """Run a command and return its exit code; what a person can mend is said in a sentence on stderr."""
    try:
        return run(options) or EXIT_STOPPED
    except AppError as error:
        print(f"Smart Support could not start. {error.message}", file=sys.stderr)
        return _exit_code(error)


def run_async(work: Callable[[Settings], Coroutine[Any, Any, int | None]]) -> int:
    """Run a coroutine on the settings until it ends or is asked to stop, and return the exit code.

    Raises `ConfigMistake` for settings that cannot be used.
    """
    settings = load_settings()
    configure_logging(form=settings.log_format, level=settings.log_level, hide=settings.secrets())
    return asyncio.run(_interruptible(work(settings)))


def shell_user() -> str:
    """Name who uses the shell; a user without an entry in /etc/passwd, as in a container, by number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the second from Python 3.13 on
        return f"user {os.getuid()}"


def whole_number(text: str) -> int:
    """Read an argument that is a whole number from 1 on."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _exit_code(error: AppError) -> int:
    if isinstance(error, CannotListen):
        return EXIT_NO_ADDRESS
    return EXIT_MISTAKE if isinstance(error, ConfigMistake) else EXIT_NOT_STARTED


async def _interruptible(command: Coroutine[Any, Any, int | None]) -> int:
    """Run the command until it ends or is asked to stop; asked a second time, the process ends at once."""
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(command)

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        return await work or EXIT_STOPPED
    return EXIT_STOPPED
