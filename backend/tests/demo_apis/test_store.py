from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from demo_apis.store import Store, StoredAnswer, WrongVersion, recall, remember, row
from tests.demo_apis.conftest import TODAY

SCRIPT = "CREATE TABLE visits (day TEXT NOT NULL); INSERT INTO visits VALUES (today());"
GIVEN = StoredAnswer(fingerprint="f", status=200, body="{}")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = TODAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = Store(path=tmp_path / "new" / "visits.sqlite3", script=SCRIPT, clock=clock)
    yield store
    store.close()


def visits(store: Store) -> int:
    with store.transaction() as db:
        return int(row(db, "SELECT count(*) AS n FROM visits")["n"])


def reopened(store: Store, clock: Clock, path: Path) -> Store:
    store.close()
    return Store(path=path, script=SCRIPT, clock=clock)


def test_the_first_rows_know_the_day(store: Store) -> None:
    """Seeds are relative to the day of the first start."""
    with store.transaction() as db:
        assert row(db, "SELECT day FROM visits") == {"day": "2026-03-10"}


def test_what_fails_leaves_nothing(store: Store) -> None:
    """A transaction that raises is as if it never was."""

    def fail_half_way() -> None:
        with store.transaction() as db:
            db.execute("INSERT INTO visits VALUES (today())")
            db.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(sqlite3.OperationalError):
        fail_half_way()
    assert visits(store) == 1


def test_data_and_answers_survive_a_restart(store: Store, clock: Clock, tmp_path: Path) -> None:
    """A second start seeds nothing and forgets nothing."""
    with store.transaction() as db:
        db.execute("INSERT INTO visits VALUES (today())")
        remember(db, key="a", given=GIVEN)
    again = reopened(store, clock, tmp_path / "new" / "visits.sqlite3")
    assert visits(again) == 2
    with again.transaction() as db:
        assert recall(db, key="a") == GIVEN
        assert recall(db, key="b") is None
    again.close()


def test_old_keys_are_forgotten_at_a_start(store: Store, clock: Clock, tmp_path: Path) -> None:
    """A key is kept for thirty days."""
    with store.transaction() as db:
        remember(db, key="old", given=GIVEN)
    clock.now += timedelta(days=2)
    with store.transaction() as db:
        remember(db, key="young", given=GIVEN)
    clock.now += timedelta(days=29)
    again = reopened(store, clock, tmp_path / "new" / "visits.sqlite3")
    with again.transaction() as db:
        assert recall(db, key="old") is None
        assert recall(db, key="young") == GIVEN
    again.close()


def test_a_reset_starts_anew(store: Store) -> None:
    """After a reset there are only the first rows."""
    with store.transaction() as db:
        db.execute("INSERT INTO visits VALUES (today())")
    store.reset()
    assert visits(store) == 1


def test_a_file_of_another_version_is_left_alone(store: Store, clock: Clock, tmp_path: Path) -> None:
    """The program says what to do instead of working on tables it doesn't know."""
    path = tmp_path / "new" / "visits.sqlite3"
    with store.transaction() as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(WrongVersion, match="Move the file away"):
        Store(path=path, script=SCRIPT, clock=clock)
