"""A PostgreSQL of our own for a machine that has none: kept in the data folder, reachable by us alone."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil
import structlog

from app.db.embedded.account import SYSTEM_DIR, Account, find_account
from app.errors import CannotStart
from app.jobs.poll_loop import running

log = structlog.get_logger()

USER: Final = "smart_support"
DATABASE: Final = "postgres"
MAX_SOCKET_PATH: Final = 107  # what the kernel takes for a Unix socket's path, less its closing zero
SOCKET_FILE: Final = "/.s.PGSQL.5432"
START_SECONDS: Final = 120.0  # half a second is usual; after a crash the write-ahead log is replayed first
STOP_SECONDS: Final = 30.0  # a fast shutdown writes one checkpoint
POLL_SECONDS: Final = 0.01
WATCH_SECONDS: Final = 1.0  # between looks whether the server still lives
LOG_TAIL_LINES: Final = 8  # enough to hold a cause and its context
MAX_LOG_BYTES: Final = 5_000_000  # a log that has grown beyond this is begun anew at a start
STATUS_LINE: Final = 7  # of postmaster.pid, counted from 0
SOCKET_LINE: Final = 4
SETTINGS: Final = {
    "listen_addresses": "",  # no network at all
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "jit": "off",  # short queries only: compiling them takes longer than they do
    "io_method": "sync",  # no worker processes for a database this small
}


@dataclass(frozen=True)
class Home:
    """Where one cluster lives: its data, its password, its log and, if the path is short enough, its socket."""

    path: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL calls its data directory."""
        return self.path / "cluster"

    @property
    def log(self) -> Path:
        """What PostgreSQL says."""
        return self.path / "postgres.log"

    @property
    def password(self) -> Path:
        """The file with the password that every connection needs."""
        return self.path / "password"


@asynccontextmanager
async def embedded_postgres(data_dir: Path, *, system_dir: Path = SYSTEM_DIR) -> AsyncIterator[str]:
    """Run PostgreSQL for this data folder, or take over one that still runs; its address is valid inside the block.

    Raises `CannotStart` with the end of PostgreSQL's log.
    """
    with _alone(data_dir):
        try:
            home = await asyncio.to_thread(_find_home, data_dir, system_dir)
            await _initialise(home)
            server = _running(home) or _start(home, _socket_dir(home))
        except OSError as error:  # such as a folder that an earlier start made as another user
            raise CannotStart(f"The database in {data_dir} cannot be used: {error}. Set DATA_DIR.") from error
        keeper = _Keeper(home, server)
        try:
            url = await _address(home, server)
            async with running(keeper.work()):
                yield url
        finally:
            await _stop(home, keeper.server)


@asynccontextmanager
async def reachable_postgres(data_dir: Path, *, system_dir: Path = SYSTEM_DIR) -> AsyncIterator[str]:
    """Use the PostgreSQL of this data folder: beside the server that runs on it, or one of our own for the block."""
    if _is_taken(data_dir):
        home = await asyncio.to_thread(_find_home, data_dir, system_dir)
        server = _running(home)
        if server is not None:
            yield await _address(home, server)
            return
    async with embedded_postgres(data_dir, system_dir=system_dir) as url:
        yield url


def has_cluster(data_dir: Path) -> bool:
    """Say whether a PostgreSQL of this data folder has been made."""
    return (data_dir / "postgres" / "cluster").exists() or (data_dir / "postgres.location").exists()


def _is_taken(data_dir: Path) -> bool:
    """Say whether a process holds the data folder."""
    try:
        with _alone(data_dir):
            return False
    except CannotStart:
        return data_dir.is_dir()


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for one process; the kernel lets go of it when that process dies."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("a")
    except OSError as error:
        raise CannotStart(f"The data folder {data_dir} cannot be used: {error.strerror}. Set DATA_DIR.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(
                f"Another Smart Support uses the data folder {data_dir}. Stop it, or set another DATA_DIR and PORT."
            ) from error
        yield


def _find_home(data_dir: Path, system_dir: Path) -> Home:
    """In the data folder; where PostgreSQL's account cannot reach that, in the system folder, with a note of where."""
    account = find_account(system_dir)
    path, note = data_dir / "postgres", data_dir / "postgres.location"
    if note.exists():
        path = Path(note.read_text().strip())
        if not path.is_dir():
            raise CannotStart(
                f"{note} says that the database is in {path}, but it is not. Restore it or remove the note."
            )
    elif not path.exists() and not account.reaches(data_dir):
        digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
        path = Path(tempfile.mkdtemp(dir=system_dir, prefix=f"{digest}-"))
        note.write_text(f"{path}\n")
    path.mkdir(exist_ok=True)
    account.take(path, 0o700)
    return Home(path, account)


async def _initialise(home: Home) -> None:
    """Create the cluster, whole or not at all."""
    if home.cluster.exists():
        return
    draft = home.path / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    home.password.write_text(secrets.token_urlsafe())
    home.account.take(home.password, 0o600)
    initdb = await asyncio.create_subprocess_exec(
        home.account.binaries / "initdb",
        *("--pgdata", draft, "--username", USER, "--pwfile", home.password, "--auth", "scram-sha-256"),
        *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        **home.account.run_as(),
    )
    said, _ = await initdb.communicate()
    if initdb.returncode != 0:
        raise CannotStart(
            f"The database could not be created in {home.cluster}.\n{_tail(said.decode(errors='replace'))}"
        )
    draft.rename(home.cluster)


def _running(home: Home) -> psutil.Process | None:
    """The server of this cluster that an earlier start left running, as one that was killed does."""
    note = home.cluster / "postmaster.pid"
    try:
        server = psutil.Process(int(note.read_text().split()[0]))
        if str(home.cluster) in server.cmdline():
            log.info("postgres_adopted", pid=server.pid)
            return server
    except FileNotFoundError:
        return None
    except (psutil.NoSuchProcess, IndexError, ValueError):
        pass
    note.unlink()  # the number belongs to nobody, or by now to somebody else: PostgreSQL would refuse to start
    return None


class _Keeper:
    """Starts the server again when it has died, at the same address; whoever uses it connects again."""

    def __init__(self, home: Home, server: psutil.Process) -> None:
        self.server = server
        self._home = home

    async def work(self) -> None:
        """Look after the server until cancelled."""
        folder: Path | None = None
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if _alive(self.server):
                folder = folder or _noted_socket_dir(self._home)
                continue
            log.error("postgres_died", pid=self.server.pid)
            with suppress(psutil.Error):
                self.server.wait(0)  # while its number is taken, PostgreSQL takes its locks for held
            try:
                self.server = _running(self._home) or _start(self._home, folder or _socket_dir(self._home))
                await _address(self._home, self.server)
            except (CannotStart, OSError) as error:  # such as what it left in memory: freed in a moment
                log.warning("postgres_not_restarted", reason=str(error))


def _start(home: Home, folder: Path) -> psutil.Process:
    """Start the server; it is not ready yet."""
    if home.log.exists() and home.log.stat().st_size > MAX_LOG_BYTES:
        home.log.unlink()
    settings = SETTINGS | {"unix_socket_directories": str(folder)}
    with home.log.open("ab") as out:
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(home.account.binaries / "postgres"), "-D", str(home.cluster), *options]
        server = psutil.Popen(command, stdout=out, stderr=out, **home.account.run_as())
    log.info("postgres_started", pid=server.pid)
    return server


def _socket_dir(home: Home) -> Path:
    """A folder that nobody else can enter, with a path that is short enough."""
    folder = home.path / "socket"
    if len(f"{folder}{SOCKET_FILE}".encode()) > MAX_SOCKET_PATH:
        folder = Path(tempfile.mkdtemp(prefix="smart-support-"))
    folder.mkdir(exist_ok=True)
    home.account.take(folder, 0o700)
    return folder


async def _address(home: Home, server: psutil.Process) -> str:
    """The server's address, once it says that it is ready."""
    give_up = asyncio.get_running_loop().time() + START_SECONDS
    while not (notes := _notes(home)) or notes[STATUS_LINE].strip() != "ready":
        if not _alive(server) or asyncio.get_running_loop().time() > give_up:
            raise CannotStart(f"The database did not start.\n{_tail(home.log.read_text(errors='replace'))}")
        await asyncio.sleep(POLL_SECONDS)
    password, folder = home.password.read_text().strip(), quote(notes[SOCKET_LINE], safe="")
    return f"postgresql://{USER}:{password}@/{DATABASE}?host={folder}"


def _notes(home: Home) -> list[str]:
    """What the server writes down about itself, or nothing while it is still writing."""
    try:
        lines = (home.cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    return lines if len(lines) > STATUS_LINE else []


def _noted_socket_dir(home: Home) -> Path | None:
    """The folder in which the server that runs has its socket."""
    return Path(notes[SOCKET_LINE].strip()) if (notes := _notes(home)) else None


async def _stop(home: Home, server: psutil.Process) -> None:
    """Stop the server after its running transactions were broken off; what was committed stays."""
    folder = _noted_socket_dir(home)
    with suppress(psutil.NoSuchProcess):
        server.send_signal(signal.SIGINT)
        try:
            await asyncio.to_thread(server.wait, STOP_SECONDS)
        except psutil.TimeoutExpired:
            log.warning("postgres_stopped_hard", pid=server.pid)
            server.send_signal(signal.SIGQUIT)
    if folder is not None and folder.parent != home.path:
        shutil.rmtree(folder, ignore_errors=True)
    log.info("postgres_stopped", pid=server.pid)


def _alive(server: psutil.Process) -> bool:
    try:
        return server.is_running() and server.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _tail(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines()[-LOG_TAIL_LINES:])
