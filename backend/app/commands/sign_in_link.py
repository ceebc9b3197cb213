"""Command `sign-in-link`: prints a one-time link by which whoever has this shell signs in as an admin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from app.commands.command import Command, run_async
from app.commands.database import open_database
from app.db.pool import open_pool
from app.settings import Settings
from app.staff.links import make_sign_in_link


def server_address(settings: Settings) -> str:
    """Return where the server listens; where a proxy stands in front, its own address takes this one's place."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def sign_in_address(settings: Settings, token: str) -> str:
    """Return the address that the token signs in at."""
    return f"{server_address(settings)}/sign-in#code={token}"


async def _print(settings: Settings) -> None:
    async with open_database(settings, beside=True) as url, await open_pool(url, max_size=1) as pool:
        print(sign_in_address(settings, await make_sign_in_link(pool, now=datetime.now(UTC))))


COMMAND: Final = Command(
    name="sign-in-link",
    help="print a one-time link to sign in as an admin, good for a quarter of an hour",
    run=lambda _: run_async(_print),
)
