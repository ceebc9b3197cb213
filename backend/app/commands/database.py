"""Database of a command: the one that DATABASE_URL names or the embedded one, brought up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from app.analytics.rollup_worker import BULK_AT_ONCE, RollupWorker
from app.db.embedded.server import embedded_postgres, reachable_postgres
from app.db.migrations import migrate
from app.db.pool import open_pool
from app.db.reach import explain
from app.errors import CannotStart
from app.replay import search_document
from app.settings import Settings

log = structlog.get_logger()


@asynccontextmanager
async def open_database(settings: Settings, *, beside: bool = False) -> AsyncIterator[str]:
    """Yield the address of a migrated database; with `beside`, a running server's embedded one is used too.

    Raises `CannotStart` where it cannot be reached or migrated.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        await _migrate(url)
        yield url
        return
    async with (reachable_postgres if beside else embedded_postgres)(settings.data_dir) as url:
        await _migrate(url)
        yield url


@asynccontextmanager
async def open_rollup_worker(settings: Settings) -> AsyncIterator[RollupWorker]:
    """Yield a rollup worker on the database, beside whatever server uses it."""
    async with open_database(settings, beside=True) as url, await open_pool(url, max_size=2) as pool:
        yield RollupWorker(
            pool=pool,
            session_ttl_seconds=settings.session_ttl_seconds,
            folds=(search_document.fold,),
            at_once=BULK_AT_ONCE,
        )


async def _migrate(url: str) -> None:
    try:
        await migrate(url)
    except CannotStart:
        raise
    except Exception as error:
        log.debug("migration_failed", exc_info=True)
        raise CannotStart(explain(error, url)) from None
