"""Account and binaries of the embedded PostgreSQL."""

import fcntl
import os
import pwd
import stat
import subprocess
from pathlib import Path

import pytest

from app.db.embedded import account
from app.db.embedded.account import find_account
from app.errors import CannotStart

pytestmark = pytest.mark.integration


def test_the_copy_of_the_binaries_works_and_belongs_to_nobody_else(tmp_path: Path) -> None:
    """The copy runs, everybody can read it, its owner alone can change it, and nothing half-done is left beside it."""
    (tmp_path / "system").mkdir()
    copy = account._copied(account._site(), tmp_path / "system")
    said = subprocess.run(
        [copy / account.BINARIES / "postgres", "--version"], check=True, capture_output=True, text=True
    )
    assert "PostgreSQL" in said.stdout
    modes = {stat.S_IMODE(path.stat().st_mode) for path in copy.rglob("*") if not path.is_symlink()}
    assert modes == {0o755, 0o644}
    assert [path.name for path in (tmp_path / "system").iterdir()] == [copy.name]


def test_the_copy_is_made_once(tmp_path: Path) -> None:
    """A copy that is there is used as it is."""
    copy = account._copied(account._site(), tmp_path)
    made = copy.stat().st_mtime_ns
    assert account._copied(account._site(), tmp_path) == copy
    assert copy.stat().st_mtime_ns == made


def test_a_copy_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    """Where the system folder cannot be made the message says what to do instead."""
    (tmp_path / "system").touch()
    with pytest.raises(CannotStart, match="ordinary user"):
        account._copied(account._site(), tmp_path / "system")
    with pytest.raises(CannotStart, match="ordinary user"), account._one_at_a_time(tmp_path / "system"):
        pass


def test_one_start_at_a_time_prepares_the_account(tmp_path: Path) -> None:
    """While one start makes the account and copies the binaries, another one waits for it."""
    with account._one_at_a_time(tmp_path), (tmp_path / "lock").open("a") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_account_that_cannot_be_made_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the account is refused the message says so and what to do instead."""
    monkeypatch.setattr(account, "ACCOUNT", "not:a:name")
    with pytest.raises(CannotStart, match="DATABASE_URL"):
        account._account_entry()


def test_missing_binaries_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the message says how to install it."""
    monkeypatch.setattr(account, "PACKAGE", "no_such_package")
    with pytest.raises(CannotStart, match="make setup"):
        find_account()


def test_it_is_ourselves_unless_we_are_root() -> None:
    """An ordinary user runs PostgreSQL from the package; root has somebody else do it."""
    found = find_account()
    assert (found.uid is None) == (os.geteuid() != 0)
    assert found.uid != 0


def test_a_folder_counts_as_reached_only_if_it_can_be_entered(tmp_path: Path) -> None:
    """A folder that does not exist or is closed is not reached."""
    found = find_account()
    assert found.reaches(Path("/"))
    assert not found.reaches(tmp_path / "missing")


def test_a_user_without_a_name_is_a_sentence(tmp_path: Path) -> None:
    """A container may run as a number that /etc/passwd does not know, whom PostgreSQL's initdb does not take."""
    known = {entry.pw_uid for entry in pwd.getpwall()}
    stranger = next(uid for uid in range(54_321, 60_000) if uid not in known)
    with pytest.raises(CannotStart, match=rf"user {stranger} has no entry in /etc/passwd.*set DATABASE_URL"):
        find_account(tmp_path, uid=stranger)
