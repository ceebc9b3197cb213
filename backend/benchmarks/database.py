"""The database that benchmarks use: built once, by the demo's own generator."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.db.embedded.server import embedded_postgres
from app.db.migrations import migrate
from app.db.pool import open_pool
from app.settings import BACKEND, HALF_AN_HOUR
from benchmarks.table import Meter
from demo_data.load import Plan, load

if TYPE_CHECKING:
    from app.db.pool import Pool

FOLDER: Final = BACKEND / ".data" / "benchmarks"
DAYS: Final = 360  # two periods of 90 days that are compared, and as much history again
SIZES: Final = {"small": 20_000, "medium": 100_000, "large": 1_000_000}
"""Conversations; each has some 11 events."""
SHARES: Final = (0.1, 0.5, 1.0)  # of size and history at which things are measured
SEED: Final = 1


@dataclass(frozen=True, kw_only=True)
class Built:
    """What was written to reach a share of the size."""

    conversations: int
    seconds: float
    work: float
    """Seconds of the processors'."""


class Bench:
    """A database that grows, day by day into the past, up to its size."""

    def __init__(self, url: str, pool: Pool, meter: Meter, *, conversations: int) -> None:
        """Use the database at `url`."""
        self.meter = meter
        self.url = url
        self.pool = pool
        self.now = datetime.now(UTC)
        self._plan = Plan(
            conversations=conversations, days=DAYS, seed=SEED, now=self.now, session_ttl_seconds=HALF_AN_HOUR
        )

    async def grow(self, share: float) -> Built:
        """Write what is missing of this share of the history, as dense as the whole; analyse what has grown."""
        plan = replace(self._plan, conversations=round(self._plan.conversations * share), days=round(DAYS * share))
        began, worked = time.monotonic(), self.meter.seconds()
        loaded = await load(self.url, plan)
        seconds, work = time.monotonic() - began, self.meter.seconds() - worked
        if loaded:
            await self.pool.execute("VACUUM ANALYZE", timeout=3_600)
        return Built(conversations=loaded, seconds=seconds, work=work)

    async def events(self) -> int:
        """Count the events, as the figures know them."""
        number: int = await self.pool.fetchval("SELECT sum(last_seq) FROM conversations", timeout=600)
        return number


@asynccontextmanager
async def benchmark_database(size: str, *, folder: Path = FOLDER) -> AsyncIterator[Bench]:
    """Open the database of this size, in a folder of its own that is kept for the next time."""
    async with embedded_postgres(folder / size) as url:
        await migrate(url)
        async with await open_pool(url, max_size=4) as pool:
            meter = Meter(await pool.fetchval("SELECT pg_backend_pid()"))
            yield Bench(url, pool, meter, conversations=SIZES[size])
