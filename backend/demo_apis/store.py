"""A service's own small SQLite file: seeded once, kept afterwards, one transaction a request."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Clock = Callable[[], datetime]

# Written into the file (user_version); a file of another version has other tables.
VERSION = 1

# Longer than any client retries; older keys are forgotten at the next start, so that the file doesn't grow for ever.
KEYS_KEPT_FOR = "-30 days"

_ANSWERS = """
CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    given_at TEXT NOT NULL
);
"""


@dataclass(frozen=True, kw_only=True)
class StoredAnswer:
    """The first answer that was given under an idempotency key, and a fingerprint of what was asked."""

    fingerprint: str
    status: int
    body: str


class Store:
    """One SQLite file; `script` makes its tables and first rows, with `today()` and `now()` from the clock."""

    def __init__(self, *, path: Path, script: str, clock: Clock) -> None:
        self._path = path
        self._script = script
        self._clock = clock
        self._db = self._open()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything done inside is kept together, or, when it raises, not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def reset(self) -> None:
        """Everything is as at the first start."""
        self.close()
        self._path.unlink()
        self._db = self._open()

    def close(self) -> None:
        """The file is complete and may be copied."""
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.create_function("today", 0, lambda: self._clock().date().isoformat())
        db.create_function("now", 0, lambda: self._clock().isoformat(timespec="seconds"))
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            db.executescript(f"BEGIN IMMEDIATE; {_ANSWERS} {self._script} PRAGMA user_version = {VERSION}; COMMIT;")
        elif found != VERSION:
            db.close()
            raise WrongVersion(self._path, found)
        db.execute("DELETE FROM answers WHERE given_at < datetime(now(), ?)", (KEYS_KEPT_FOR,))
        return db


class WrongVersion(Exception):
    """The file was written by another version of the service."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(
            f"{path} holds demo data of version {found}, this program writes version {VERSION}. "
            "Move the file away and start again: it is made anew."
        )


def recall(db: sqlite3.Connection, *, key: str) -> StoredAnswer | None:
    """Return the answer first given under this key."""
    found = row_or_none(db, "SELECT fingerprint, status, body FROM answers WHERE key = ?", key)
    return StoredAnswer(**found) if found else None


def remember(db: sqlite3.Connection, *, key: str, given: StoredAnswer) -> None:
    """Keep the answer given under this key, in the transaction of what it answers."""
    db.execute("INSERT INTO answers VALUES (?, ?, ?, ?, now())", (key, given.fingerprint, given.status, given.body))


def rows(db: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """Return every row that the query finds."""
    return [dict(each) for each in db.execute(query, values)]


def row_or_none(db: sqlite3.Connection, query: str, *values: object) -> dict[str, Any] | None:
    """Return the first row that the query finds, if there is one."""
    found = rows(db, query, *values)
    return found[0] if found else None


def row(db: sqlite3.Connection, query: str, *values: object) -> dict[str, Any]:
    """Return the first row of a query that always finds one."""
    return rows(db, query, *values)[0]
