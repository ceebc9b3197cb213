"""Reader subprocess, seen from the server: started, held to its limits, its lines handed on as they come.

It is killed at the end whatever happened; one that did not come to its end raises `DocumentUnreadable`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, Final

from app.errors import AppError

READ_SECONDS: Final = 180.0  # by the clock: what a busy machine needs for the largest public document, with room
MAX_LINE_BYTES: Final = 8 * 1024 * 1024  # one operation as the program may write it, escaped, with room
MAX_TOTAL_BYTES: Final = 256 * 1024 * 1024  # everything that is said of one document
_BACKEND: Final = Path(__file__).resolve().parents[3]


class DocumentUnreadable(AppError):
    """The document broke the program that reads it, or took too long."""

    code = "document_unreadable"
    status = 422
    sentence = (
        "The document could not be read: it took more time or memory than it may. Import a part of it, or check it"
        " with a validator first."
    )


async def read_document(
    packed: bytes, *, source: str, root: str | None, seconds: float = READ_SECONDS
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield what the program says, object by object; raises `DocumentUnreadable` where it did not come to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.openapi_import.read.subprocess_main",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_BACKEND,
        env={},  # it reads a stranger's document, so it is given no secret
        limit=MAX_LINE_BYTES,
    )
    feeding = asyncio.create_task(_feed(process, packed, source=source, root=root))
    try:
        async with aclosing(_lines(process, until=asyncio.get_running_loop().time() + seconds)) as lines:
            async for line in lines:
                yield line
                if "error" in line or "api" in line:
                    return
        raise DocumentUnreadable
    finally:
        feeding.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.gather(feeding, process.wait(), return_exceptions=True)


async def _feed(process: asyncio.subprocess.Process, packed: bytes, *, source: str, root: str | None) -> None:
    if process.stdin is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps({"source": source, "root": root}).encode() + b"\n")
        process.stdin.write(packed)
        await process.stdin.drain()
        process.stdin.close()


async def _lines(process: asyncio.subprocess.Process, *, until: float) -> AsyncGenerator[dict[str, Any], None]:
    if process.stdout is None:
        return
    total = 0
    while True:
        try:
            async with asyncio.timeout_at(until):
                line = await process.stdout.readline()
        except (TimeoutError, ValueError):  # too late, or a line over the limit
            raise DocumentUnreadable from None
        total += len(line)
        if not line.endswith(b"\n") or total > MAX_TOTAL_BYTES:
            return
        parsed: dict[str, Any] = json.loads(line)
        yield parsed
