"""Asks the server from a process of its own, as a browser would: `python -m benchmarks.client URL KEY`.

It reads from its input, as JSON, what to ask (by name: a path) and how often, and writes what it took: milliseconds
from the request to the last byte of the answer, and the answer's size. The paths are asked in turn, so that whatever
else the machine does slows all of them alike.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from aiohttp import ClientSession, CookieJar

WARM: Final = 3  # rounds before the first that counts


@dataclass
class Asked:
    """What one path took, round by round, and how large its last answer was."""

    ms: list[float] = field(default_factory=list)
    size: int = 0
    items: int = 0
    """Of a list."""


async def ask(url: str, key: str, paths: Mapping[str, str], *, rounds: int) -> dict[str, Asked]:
    """Let a process of its own ask these paths."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.client", url, key),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    written, _ = await child.communicate(json.dumps({"paths": dict(paths), "rounds": rounds}).encode())
    if child.returncode:
        raise SystemExit(f"The client ended with {child.returncode}.")
    return {name: Asked(**asked) for name, asked in json.loads(written).items()}


async def _ask(url: str, key: str, paths: Mapping[str, str], rounds: int) -> dict[str, Asked]:
    found = {name: Asked() for name in paths}
    async with ClientSession(base_url=url, cookie_jar=CookieJar(unsafe=True), raise_for_status=True) as session:
        await session.post("/api/v1/staff/sign-in", json={"key": key})
        for number in range(WARM + rounds):
            for name, path in paths.items():
                began = time.perf_counter()
                async with session.get(path) as response:
                    body = await response.read()
                if number >= WARM:
                    found[name].ms.append((time.perf_counter() - began) * 1_000)
                if number == WARM:
                    found[name].size, found[name].items = len(body), _items(body)
    return found


def _items(body: bytes) -> int:
    try:
        return len(json.loads(body)["data"]["items"])
    except (ValueError, KeyError, TypeError):
        return 0


def main() -> None:
    """Read what to ask, and write what it took."""
    wanted = json.load(sys.stdin)
    found = asyncio.run(_ask(sys.argv[1], sys.argv[2], wanted["paths"], wanted["rounds"]))
    json.dump({name: asdict(asked) for name, asked in found.items()}, sys.stdout)


if __name__ == "__main__":
    main()
