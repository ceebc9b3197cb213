"""Command `migrate`: brings the database up to date, then stops; the second time it has nothing to do."""

from __future__ import annotations

from typing import Final

import structlog

from app.commands.command import Command, run_async
from app.commands.database import open_database
from app.settings import Settings

log = structlog.get_logger()


async def _migrate(settings: Settings) -> None:
    async with open_database(settings):
        log.info("database_up_to_date")


COMMAND: Final = Command(
    name="migrate", help="bring the database up to date, then stop", run=lambda _: run_async(_migrate)
)
