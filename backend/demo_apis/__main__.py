"""`python -m demo_apis`: serve the shop, the SaaS account and the bank until told to stop.

Prints one line of JSON on stdout when it is ready, with the port it listens on. Exit codes: 0 stopped as asked,
1 the port or the data folder can't be used, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from aiohttp import web

from demo_apis.app import create_app
from demo_apis.store import WrongVersion

# Requests still running at the end get this long; a held one would otherwise keep the process for ever.
SHUTDOWN_SECONDS = 1.0


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or, if asked, the end of stdin; return the exit code."""
    options = _arguments()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        asyncio.run(_serve(options))
    except (OSError, sqlite3.Error, WrongVersion) as error:
        print(f"The demo services can't start: {error}", file=sys.stderr)  # noqa: T201 - a program's last words
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo_apis", description="Three small real HTTP services.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for the services' files")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when the parent has gone")
    parser.add_argument("--control", action="store_true", help="offer the test switches under /{service}/_control")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.until_stdin_closes:
        _watch_stdin(loop, stop)
    runner = web.AppRunner(
        create_app(data=options.data, control=options.control),
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port).start()
        print(json.dumps({"ready": True, "port": runner.addresses[0][1]}), flush=True)  # noqa: T201 - for the parent
        await stop.wait()
    finally:
        await runner.cleanup()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when stdin ends; a thread, because stdin may be anything, and not all of it can be polled."""

    def watch() -> None:
        # Not sys.stdin: its lock, held by a thread that never ends, would abort the interpreter's shutdown.
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch, name="stdin", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
