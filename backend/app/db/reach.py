"""Database failures: their sentence with the next step at the start, and `DatabaseAway` while requests run.

Of an address only the host is repeated.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import asyncpg

from app.errors import AppError, DatabaseAway

CHECK: Final = "Check DATABASE_URL, and that PostgreSQL runs."
SENTENCES: Final = {
    asyncpg.InvalidAuthorizationSpecificationError: (  # a wrong password is one of its kinds
        "The database at {place} refuses the user or the password of DATABASE_URL. Correct them; a % in a password is "
        "written %25."
    ),
    asyncpg.InvalidCatalogNameError: (
        "The server at {place} has no such database. Create it, or name another in DATABASE_URL."
    ),
    asyncpg.TooManyConnectionsError: (
        "The database at {place} has no connection left. Raise its max_connections, or stop a replica."
    ),
    asyncpg.CannotConnectNowError: "The database at {place} is starting or stopping. Try again in a moment.",
    asyncpg.InsufficientPrivilegeError: (
        "The user of DATABASE_URL may not change the database at {place}. Make it the owner of the database."
    ),
    asyncpg.ReadOnlySQLTransactionError: (
        "The database at {place} can only be read. Name the primary in DATABASE_URL, not a standby."
    ),
    asyncpg.PostgresError: "The database at {place} answers: {reason}. " + CHECK,
    TimeoutError: "The database at {place} does not answer in time. " + CHECK,
    OSError: "The database at {place} cannot be reached: {reason}. " + CHECK,
    Exception: "The database at {place} cannot be used ({kind}). " + CHECK,
}
"""By kind of error, the narrower first. Only of PostgreSQL and the system is it known what they say of themselves."""


def place_of(url: str) -> str:
    """Name where a database is, without user and password: its host and port, or "this machine"."""
    return urlsplit(url).netloc.rpartition("@")[2] or "this machine"


def explain(error: Exception, url: str) -> str:
    """Say what keeps the database at this address from being used, and what to do."""
    sentence = next(text for kind, text in SENTENCES.items() if isinstance(error, kind))
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error).partition("\n")[0]
    return sentence.format(place=place_of(url), reason=reason, kind=type(error).__name__)


RETRY_SECONDS: Final = 2  # a database that restarts is back by then, or a little later
AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,  # the connection was closed under a statement
    asyncpg.OperatorInterventionError,  # it shuts down, has crashed, or is not up yet
    asyncpg.InsufficientResourcesError,  # no connection, memory or room on the disk is left
    asyncpg.ReadOnlySQLTransactionError,  # a standby, or a disk that has become read-only
    asyncpg.IdleInTransactionSessionTimeoutError,  # we were frozen, and our transaction was rolled back
    asyncpg.LockNotAvailableError,  # somebody else is frozen
)
"""Errors of the driver that tell of the database being gone, rather than of the statement."""


def away(error: Exception) -> DatabaseAway | None:
    """Return the fact behind an error that says that the database is away; None for any other."""
    if isinstance(error, DatabaseAway):
        return error
    if not isinstance(error, AppError) and isinstance(error, AWAY):
        return DatabaseAway(retry_after_seconds=RETRY_SECONDS)
    return None
