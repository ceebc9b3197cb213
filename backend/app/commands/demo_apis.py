"""Child process of the demo services, beside the server; it ends with the server, however that ends.

It keeps its port from start to start. Where it does not start at all, the server does not either: `CannotStart`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import structlog

from app.errors import CannotStart
from app.settings import BACKEND

log = structlog.get_logger()

READY_SECONDS: Final = 20.0  # a second is usual, on a busy machine a few
STOP_SECONDS: Final = 5.0  # it gives running requests one second
SAME_PORT_TRIES: Final = 5  # the services of a server that was killed need a moment to notice and let go of the port
RETRY_SECONDS: Final = 0.4
ANY_PORT: Final = 0


@asynccontextmanager
async def demo_apis(*, data_dir: Path) -> AsyncIterator[str]:
    """Run the demo services; their address is valid inside the block.

    The port is kept for the next start, so that an action proposed before a restart still has the same target. The
    child ends by itself when we are gone, however we went.
    """
    folder = data_dir / "demo"
    remembered = folder / "port"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        port = int(remembered.read_text())
    except (FileNotFoundError, ValueError):
        port = ANY_PORT
    except OSError as error:
        raise CannotStart(f"The demo services cannot keep their state in {folder}: {error.strerror}.") from error
    child, port = await _start(port, folder)
    try:
        remembered.write_text(f"{port}\n")
        yield f"http://127.0.0.1:{port}"
    finally:
        await _stop(child)


def remembered_address(data_dir: Path) -> str | None:
    """Return where the demo services of this data folder ran last; None where they never did."""
    try:
        return f"http://127.0.0.1:{int((data_dir / 'demo' / 'port').read_text())}"
    except (OSError, ValueError):
        return None


async def _start(port: int, folder: Path) -> tuple[Process, int]:
    """Start the child on the port; where that stays taken, on any other."""
    tries = [port] * SAME_PORT_TRIES if port else []
    for attempt in tries:
        child = await _launch(attempt, folder)
        if await _ready(child):
            return child, attempt
        await asyncio.sleep(RETRY_SECONDS)
    if tries:
        log.warning("demo_port_taken", port=port, means="approvals asked for before this start have a lost target")
    child = await _launch(ANY_PORT, folder)
    if taken := await _ready(child):
        return child, taken
    raise CannotStart("The demo services did not start; the log says why. Set DEMO_APIS=false to go without them.")


async def _launch(port: int, folder: Path) -> Process:
    options = ("--port", str(port), "--data", str(folder), "--until-stdin-closes")
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo_apis", *options),
        cwd=BACKEND,
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is ours to handle: we may still need it to finish
    )


async def _ready(child: Process) -> int | None:
    """The port on which the child serves; None when it ended instead."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    try:
        async with asyncio.timeout(READY_SECONDS):
            line = await child.stdout.readline()
    except BaseException:  # a cancelled start leaves no child behind either
        await _stop(child)
        raise
    if line:
        return int(json.loads(line)["port"])
    await child.wait()
    return None


async def _stop(child: Process) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    child.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
