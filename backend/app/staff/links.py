"""One-time links of staff: random tokens, of which the database keeps the hash until they are used or too old."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.db import staff

if TYPE_CHECKING:
    from app.db.pool import Pool

SIGN_IN_LIVES: Final = timedelta(minutes=15)  # time to find it in the terminal, too short to be found later
TOKEN_BYTES: Final = 24  # 192 bits: not to be guessed


async def make_link(pool: Pool, link: staff.Link, *, now: datetime, lives: timedelta) -> str:
    """Write a one-time link down, and return its token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with pool.acquire() as connection:
        await staff.add_link(connection, token=digest(token), link=link, now=now, ends_at=now + lives)
    return token


async def make_sign_in_link(pool: Pool, *, now: datetime) -> str:
    """Return the token of a new link that signs in as an admin, for whoever has the server's own shell."""
    link = staff.Link(purpose="sign_in", account_id=None, role=None, created_by="server")
    return await make_link(pool, link, now=now, lives=SIGN_IN_LIVES)


def digest(text: str) -> bytes:
    """Return the hash of a secret: of one length for all, so that two can be compared in constant time."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
