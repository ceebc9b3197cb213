"""The embedded PostgreSQL, for real: as whoever runs the tests, root included."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psutil
import pytest

from app.db.embedded.account import ACCOUNT, SYSTEM_DIR
from app.db.embedded.server import MAX_SOCKET_PATH, SOCKET_FILE, embedded_postgres
from app.errors import CannotStart
from app.settings import clock_environment

pytestmark = pytest.mark.integration
IS_ROOT = os.geteuid() == 0

KEEP_RUNNING = """
import asyncio, os, signal, sys
from pathlib import Path
from app.db.embedded.server import embedded_postgres

async def main():
    async with embedded_postgres(Path(sys.argv[1])):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that every account can enter."""
    with tempfile.TemporaryDirectory(prefix="ss-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


async def ask(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def socket_dir(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


def postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres/cluster/postmaster.pid").read_text().split()[0]))


async def test_data_outlives_the_server(data_dir: Path) -> None:
    """What one start writes the next one reads, over the same address, and nothing runs in between."""
    async with embedded_postgres(data_dir) as first:
        await ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
        server = postmaster(data_dir)
    assert not server.is_running()
    async with embedded_postgres(data_dir) as second:
        assert await ask(second, "SELECT answer FROM kept") == 42
    assert first == second


async def test_its_clock_is_ours(server_url: str) -> None:
    """What the database calls now is what we call now, also where tests shift our clock; it gets no more of ours."""
    theirs = await ask(server_url, "SELECT extract(epoch FROM clock_timestamp())::float8")
    assert theirs == pytest.approx(time.time(), abs=60)
    assert all(name.startswith(("FAKETIME", "LD_PRELOAD")) for name in clock_environment())


async def test_it_is_postgresql_18_in_utf8(data_dir: Path) -> None:
    """Whatever the machine's own language is."""
    async with embedded_postgres(data_dir) as dsn:
        assert await ask(dsn, "SHOW server_encoding") == "UTF8"
        assert await ask(dsn, "SELECT current_setting('server_version_num')::int / 10000") == 18


async def test_nobody_else_can_connect(data_dir: Path) -> None:
    """There is no network port, the socket's folder is closed, and a wrong password is refused even to us."""
    async with embedded_postgres(data_dir) as dsn:
        assert await ask(dsn, "SHOW listen_addresses") == ""
        folder = socket_dir(dsn)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
        password = urlsplit(dsn).password
        assert password
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(dsn.replace(password, "guessed"), "SELECT 1")


async def test_no_mode_of_a_parent_is_changed(data_dir: Path) -> None:
    """Above the data folder everything stays as it was."""
    parent = data_dir.parent
    before = parent.stat()
    async with embedded_postgres(data_dir):
        pass
    assert (parent.stat().st_mode, parent.stat().st_uid) == (before.st_mode, before.st_uid)


async def test_a_server_left_by_a_killed_process_is_taken_over(data_dir: Path) -> None:
    """After kill -9 the next start uses the server that still runs, and stops it in the end."""
    killed = subprocess.run([sys.executable, "-c", KEEP_RUNNING, data_dir], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = postmaster(data_dir)
    async with embedded_postgres(data_dir) as dsn:
        assert postmaster(data_dir).pid == left.pid
        assert await ask(dsn, "SELECT 1") == 1
    assert not left.is_running()


async def test_a_number_that_belongs_to_somebody_else_is_no_server(data_dir: Path) -> None:
    """A leftover postmaster.pid whose process is another program by now does not stop the start."""
    async with embedded_postgres(data_dir):
        cluster = data_dir / "postgres/cluster"
        note = (cluster / "postmaster.pid").read_text()
    (cluster / "postmaster.pid").write_text(note.replace(note.split()[0], str(os.getpid()), 1))
    async with embedded_postgres(data_dir) as dsn:
        assert await ask(dsn, "SELECT 1") == 1


async def test_ctrl_c_does_not_reach_it(data_dir: Path) -> None:
    """It runs in a session of its own, so that the terminal's Ctrl-C leaves it to us to stop it."""
    async with embedded_postgres(data_dir):
        server = postmaster(data_dir).pid
        assert os.getsid(server) == server != os.getsid(0)


async def test_it_sees_none_of_our_environment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our secrets are not handed on."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-the-database")
    async with embedded_postgres(data_dir):
        assert "OPENAI_API_KEY" not in postmaster(data_dir).environ()


async def test_a_data_folder_has_one_user_at_a_time(data_dir: Path) -> None:
    """A second start on the same data folder is refused, and the first one's database goes on."""
    async with embedded_postgres(data_dir) as dsn:
        with pytest.raises(CannotStart, match="Another Smart Support"):
            async with embedded_postgres(data_dir):
                pass
        assert await ask(dsn, "SELECT 1") == 1


async def test_two_data_folders_do_not_meet(data_dir: Path) -> None:
    """Two copies run side by side."""
    async with embedded_postgres(data_dir) as one, embedded_postgres(data_dir.parent / "other") as other:
        await ask(one, "CREATE TABLE mine ()")
        assert await ask(other, "SELECT to_regclass('mine')") is None


async def test_a_long_path_gets_its_socket_elsewhere(data_dir: Path) -> None:
    """Where the socket's path would be too long it is put into a private temporary folder, which goes with it."""
    deep = data_dir / ("d" * 100)
    async with embedded_postgres(deep) as dsn:
        folder = socket_dir(dsn)
        assert len(f"{folder}{SOCKET_FILE}") <= MAX_SOCKET_PATH
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert await ask(dsn, "SELECT 1") == 1
    assert not folder.exists()


async def test_a_failure_shows_the_end_of_the_log(data_dir: Path) -> None:
    """When PostgreSQL does not start, the message holds PostgreSQL's own last words."""
    async with embedded_postgres(data_dir):
        pass
    with (data_dir / "postgres/cluster/postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match="no_such_setting"):
        async with embedded_postgres(data_dir):
            pass


async def test_an_unfinished_creation_is_begun_anew(data_dir: Path) -> None:
    """A start that died while creating the database does not hinder the next."""
    (data_dir / "postgres/cluster.new/base").mkdir(parents=True)
    async with embedded_postgres(data_dir) as dsn:
        assert await ask(dsn, "SELECT 1") == 1


async def test_a_data_folder_that_cannot_be_made_is_named(data_dir: Path) -> None:
    """A file in the place of the data folder is a sentence, not a traceback."""
    data_dir.touch()
    with pytest.raises(CannotStart, match="DATA_DIR"):
        async with embedded_postgres(data_dir):
            pass


async def test_it_never_runs_as_root(data_dir: Path) -> None:
    """Started by root, it runs as an account of its own, from binaries that this account cannot change."""
    async with embedded_postgres(data_dir):
        server = postmaster(data_dir)
        assert server.uids().effective != 0
        assert server.gids().effective != 0
        if IS_ROOT:
            binary = Path(server.cmdline()[0])
            assert server.username() == ACCOUNT
            assert binary.is_relative_to(SYSTEM_DIR)
            assert (binary.stat().st_uid, stat.S_IMODE(binary.stat().st_mode)) == (0, 0o755)


async def test_a_closed_home_stays_closed(data_dir: Path) -> None:
    """A data folder in a closed home works and leaves the home closed, whoever has to run PostgreSQL."""
    closed = data_dir.parent / "home"
    closed.mkdir(mode=0o700)
    async with embedded_postgres(closed / "data") as first:
        await ask(first, "CREATE TABLE kept ()")
    note = closed / "data/postgres.location"
    place = Path(note.read_text().strip()) if note.exists() else closed / "data/postgres"
    try:
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert place.is_relative_to(SYSTEM_DIR) == IS_ROOT
        async with embedded_postgres(closed / "data") as second:
            assert await ask(second, "SELECT to_regclass('kept')") == "kept"
    finally:
        shutil.rmtree(place)


async def test_a_lost_database_is_not_silently_replaced(data_dir: Path) -> None:
    """If the noted place is gone, the start stops instead of beginning with an empty database."""
    data_dir.mkdir()
    (data_dir / "postgres.location").write_text("/nowhere/at/all\n")
    with pytest.raises(CannotStart, match="Restore it"):
        async with embedded_postgres(data_dir):
            pass
