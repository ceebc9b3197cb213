"""Health: liveness, readiness and the metrics for Prometheus.

A check that breaks or hangs does not hold, and the others are still told; why is for the log alone.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Literal

import structlog
from aiohttp import web

from app import __version__
from app.access.rights import Right, require
from app.api.request_keys import CALLER, SOURCE
from app.api.services import SERVICES, Check
from app.api.validation import View, answer
from app.db import queue_depths
from app.db.migrations import is_current
from app.errors import NotReady
from app.telemetry import metrics

if TYPE_CHECKING:
    from app.agents.models import Models
    from app.db.listener import ReplicaConnection
    from app.db.pool import Pool
    from app.telemetry.metrics import Backlog

CHECK_SECONDS: Final = 5.0  # a probe waits no longer; what takes longer is not ready

log = structlog.get_logger(__name__)


class Health(View):
    """The server lives."""

    status: Literal["ok"] = "ok"
    version: str


class Readiness(View):
    """Everything that the server needs answers; each check by name."""

    checks: dict[str, bool]


def readiness_checks(pool: Pool, models: Models, replica: ReplicaConnection) -> dict[str, Check]:
    """Name what has to be true before the server takes work."""

    async def database_answers() -> bool:
        return not await pool.fetchval("SELECT current_setting('transaction_read_only')::boolean")

    async def connection_held() -> bool:
        return replica.is_connected

    async def migrations_current() -> bool:
        async with pool.acquire() as connection:
            return await is_current(connection)

    return {
        "database": database_answers,
        "migrations": migrations_current,
        "replica": connection_held,
        "model": models.ready,
    }


async def live(_request: web.Request) -> web.Response:
    """Answer as long as the server lives."""
    return answer(Health(version=__version__))


async def ready(request: web.Request) -> web.Response:
    """Answer 200 only while everything that the server needs does; otherwise `NotReady` names what does not."""
    checks = request.app[SERVICES].readiness
    results = dict(zip(checks, await asyncio.gather(*map(_holds, checks, checks.values())), strict=True))
    if not all(results.values()):
        missing = ", ".join(name for name, holds in results.items() if not holds)
        raise NotReady(f"Not ready: {missing}.", checks=results)
    return answer(Readiness(checks=results))


async def figures(request: web.Request) -> web.Response:
    """Give Prometheus its figures: to staff, and to programs on this very machine."""
    if not request[SOURCE].is_loopback:
        require(request[CALLER], Right.SEE_METRICS)
    told = request.app[SERVICES].metrics
    told.show_backlog(await _backlog(request.app[SERVICES].pool))
    text = told.render()
    return web.Response(body=text, headers={"Content-Type": metrics.CONTENT_TYPE})


async def _backlog(pool: Pool) -> Backlog | None:
    """Look what waits; None where the database does not say so in time, which is a figure too."""
    try:
        async with asyncio.timeout(CHECK_SECONDS), pool.acquire() as connection:
            return await queue_depths.look(connection)
    except Exception:  # a driver has many words for a database that is gone; the log says which
        log.warning("backlog_not_read", exc_info=True)
        return None


async def _holds(name: str, check: Check) -> bool:
    """Say whether one check holds; one that breaks or takes too long does not."""
    try:
        return await asyncio.wait_for(check(), timeout=CHECK_SECONDS)
    except Exception:  # whatever broke, the answer is no and the log says why
        log.warning("not_ready", check=name, exc_info=True)
        return False
