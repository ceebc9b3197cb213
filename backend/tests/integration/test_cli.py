"""The commands, as a person or a supervisor starts them: real processes on real ports."""

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

import aiohttp
import asyncpg
import psutil
import pytest

from app.access.identity_tokens import identity_tokens
from app.cli import main
from app.commands.command import EXIT_MISTAKE, EXIT_NO_ADDRESS, EXIT_NOT_STARTED, EXIT_STOPPED
from app.db.migrations import migrate
from app.settings import BACKEND, load_settings
from demo_data.__main__ import main as write_demo

pytestmark = pytest.mark.integration
SECONDS = 60  # for a start on a busy machine; three are usual


@dataclass
class Server:
    process: Process
    address: str
    link: str

    async def get(self, path: str) -> int:
        async with aiohttp.ClientSession() as client, client.get(f"{self.address}{path}") as answer:
            return answer.status

    async def ready(self) -> None:
        """Wait until it can work: its own connection to the database comes up beside the first requests."""
        async with asyncio.timeout(SECONDS):
            while await self.get("/api/health/ready") != 200:  # noqa: ASYNC110 - another process makes it true
                await asyncio.sleep(0.05)

    async def post(self, path: str, body: dict[str, str]) -> int:
        async with aiohttp.ClientSession() as client, client.post(f"{self.address}{path}", json=body) as answer:
            return answer.status

    async def stop(self, number: int = signal.SIGTERM) -> tuple[int | None, str, str]:
        """Send the signal; return the exit code and what else was said on stdout and stderr."""
        self.process.send_signal(number)
        out, log = await self.process.communicate()
        return self.process.returncode, out.decode(), log.decode()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that also the database's account can reach."""
    with tempfile.TemporaryDirectory(prefix="ss-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def launch(*arguments: str, **settings: object) -> Process:
    return await start("app.cli", *arguments, **settings)


async def start(program: str, *arguments: str, **settings: object) -> Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI")}  # noqa: TID251 - for coverage and PATH
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", program, *arguments),
        cwd=BACKEND,
        env=environment | {name: str(value) for name, value in settings.items()},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )


async def said_by(process: Process) -> tuple[int | None, str, str]:
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def served(data_dir: Path, **settings: object) -> AsyncIterator[Server]:
    """A server that says it is there; killed in the end if the test has not stopped it."""
    process = await launch("serve", **{"DATA_DIR": data_dir, "PORT": free_port(), **settings})
    assert process.stdout
    try:
        async with asyncio.timeout(SECONDS):
            lines = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
        yield Server(process, lines[0].rpartition(" ")[2], lines[1])
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


def left_in(data_dir: Path) -> list[str]:
    """The processes that still have to do with the data folder."""
    # Asked for in this way, one that ends just now has no command line instead of raising.
    lines = (" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    return [line for line in lines if str(data_dir) in line]


async def test_it_says_where_it_is_and_stops_what_it_started(data_dir: Path) -> None:
    """Two lines on stdout and what agents.yaml is less strict with; the log on stderr; health is true.

    After Ctrl-C nothing is left but the data.
    """
    async with served(data_dir) as server:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.address)
        assert re.search(rf"{server.address}/sign-in#code=\S{{20,}}$", server.link)
        assert await server.get("/api/health") == 200
        await server.ready()
        assert left_in(data_dir)
        code, out, log = await server.stop(signal.SIGINT)
    assert code == EXIT_STOPPED
    assert re.fullmatch(r"agents\.yaml is less strict with shop [^\n]+\n", out)
    assert "postgres_stopped" in log
    assert "Traceback" not in log
    assert not left_in(data_dir)
    assert (data_dir / "secret.key").exists()


async def test_a_new_sign_in_link_can_be_asked_for(data_dir: Path) -> None:
    """Whoever has the server's shell gets another link while it runs; each signs in once."""
    async with served(data_dir) as server:
        port = server.address.rpartition(":")[2]
        code, out, _ = await said_by(await launch("sign-in-link", DATA_DIR=data_dir, PORT=port))
        assert code == EXIT_STOPPED
        found = re.fullmatch(rf"{server.address}/sign-in#code=(\S+)\n", out)
        assert found
        signs_in = [await server.post("/api/v1/staff/sign-in", {"code": found[1]}) for _ in range(2)]
    assert signs_in == [200, 401]


async def test_after_kill_9_it_starts_again(data_dir: Path) -> None:
    """The next start takes over the database that still runs, and serves the demo at the address it had."""
    async with served(data_dir) as server:
        server.process.kill()
        await server.process.communicate()
    demo = (data_dir / "demo/port").read_text()
    async with served(data_dir) as server:
        await server.ready()
        code, _, log = await server.stop()
    assert code == EXIT_STOPPED
    assert "postgres_adopted" in log
    assert (data_dir / "demo/port").read_text() == demo
    assert not left_in(data_dir)


async def test_two_copies_run_side_by_side(data_dir: Path) -> None:
    """Other port, other data folder: neither notices the other."""
    async with served(data_dir) as one, served(data_dir.parent / "other") as other:
        assert one.address != other.address
        await one.ready()
        await other.ready()


async def test_a_stop_while_starting_leaves_nothing_behind(data_dir: Path) -> None:
    """SIGTERM in the middle of the start stops what was started so far."""
    process = await launch("serve", DATA_DIR=data_dir, PORT=free_port())
    assert process.stderr
    async with asyncio.timeout(SECONDS):
        await process.stderr.readuntil(b"postgres_started")
    process.send_signal(signal.SIGTERM)
    code, out, _ = await said_by(process)
    assert (code, out) == (EXIT_STOPPED, "")
    assert not left_in(data_dir)


async def test_a_taken_port_is_a_sentence(data_dir: Path) -> None:
    """If the port is taken nothing is started, and the message says what to do."""
    with closing(create_server(("127.0.0.1", 0))) as stranger:
        port = stranger.getsockname()[1]
        code, out, err = await said_by(await launch("serve", DATA_DIR=data_dir, PORT=port))
    assert (code, out) == (EXIT_NO_ADDRESS, "")
    assert f"port {port}" in err
    assert "another PORT" in err
    assert not data_dir.exists()


async def test_others_cannot_connect_without_an_admin_key(data_dir: Path) -> None:
    """Away from loopback the server refuses to start unprotected."""
    code, out, err = await said_by(await launch("serve", DATA_DIR=data_dir, HOST="0.0.0.0"))
    assert (code, out) == (EXIT_MISTAKE, "")
    assert "ADMIN_KEY" in err


async def test_away_from_loopback_no_sign_in_link_is_given(data_dir: Path) -> None:
    """Where others can connect, staff sign in with the admin key; the address stands alone."""
    process = await launch(
        "serve", DATA_DIR=data_dir, HOST="0.0.0.0", PORT=free_port(), ADMIN_KEY="a key of some length"
    )
    assert process.stdout
    async with asyncio.timeout(SECONDS):
        assert b"Smart Support is at http://0.0.0.0:" in await process.stdout.readline()
    process.terminate()
    code, out, _ = await said_by(process)
    assert code == EXIT_STOPPED
    assert "sign-in" not in out


async def test_an_unreachable_database_is_a_sentence(data_dir: Path) -> None:
    """A database that does not answer stops the start; its password is not repeated."""
    url = f"postgresql://me:geheim-geheim@127.0.0.1:{free_port()}/support"
    code, out, err = await said_by(await launch("serve", DATA_DIR=data_dir, PORT=free_port(), DATABASE_URL=url))
    assert (code, out) == (EXIT_NOT_STARTED, "")
    assert "DATABASE_URL" in err
    assert "geheim" not in err
    assert "Traceback" not in err


async def test_a_wrong_password_is_a_sentence(data_dir: Path, server_url: str) -> None:
    """Whatever characters a password has, none of it is printed, and the user's own name is not taken for a host."""
    password = "ge@heim/geheim#ge?heim[%geheim:"
    login, _, place = server_url.partition("://")[2].rpartition("@")
    url = f"postgresql://{login.partition(':')[0]}:{password}@{place}"
    code, out, err = await said_by(await launch("serve", DATA_DIR=data_dir, PORT=free_port(), DATABASE_URL=url))
    assert (code, out) == (EXIT_NOT_STARTED, "")
    assert "refuses the user or the password of DATABASE_URL" in err
    assert "heim" not in err


async def test_an_older_version_says_that_the_database_is_newer(empty_url: str) -> None:
    """After a roll-back nothing is changed; the sentence names the step, and the two ways on."""
    await migrate(empty_url)
    connection = await asyncpg.connect(empty_url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    code, out, err = await said_by(await launch("serve", DATABASE_URL=empty_url, PORT=free_port()))
    assert (code, out) == (EXIT_NOT_STARTED, "")
    assert "at step 9999_of_tomorrow, which a newer version has made" in err
    assert "Start that version again, or restore the backup" in err
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "9999_of_tomorrow"
    await connection.close()


async def test_a_model_that_is_away_is_a_sentence(data_dir: Path) -> None:
    """The server starts all the same, since what customers write is kept; it says how to find out why."""
    model = f"http://127.0.0.1:{free_port()}/v1"
    async with served(data_dir, OPENAI_BASE_URL=model) as server:
        assert await server.get("/api/health") == 200
        _, out, _ = await server.stop()
    assert "The model does not answer, so chats will fail until it does" in out
    assert "app.cli doctor" in out


async def test_a_mistake_in_the_agents_stops_the_start(data_dir: Path) -> None:
    """A mistake in agents.yaml is named with its file, and everything started so far is stopped."""
    agents = data_dir.parent / "agents.yaml"
    agents.write_text("agents: [nonsense\n")
    code, out, err = await said_by(await launch("serve", DATA_DIR=data_dir, PORT=free_port(), AGENTS_FILE=agents))
    assert (code, out) == (EXIT_MISTAKE, "")
    assert "agents.yaml" in err
    assert not left_in(data_dir)


async def test_migrate_can_be_repeated(server_url: str) -> None:
    """`migrate` brings a database up to date and has nothing to do the second time."""
    for _ in range(2):
        code, out, err = await said_by(await launch("migrate", DATABASE_URL=server_url))
        assert (code, out) == (EXIT_STOPPED, "")
        assert "database_up_to_date" in err


def test_keys_are_good_enough(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What `keys` prints can be put into .env as it is, and is different every time."""
    assert main(["keys"]) == EXIT_STOPPED
    first = capsys.readouterr().out
    (tmp_path / ".env").write_text(first)
    settings = load_settings(tmp_path / ".env")
    assert settings.admin_key
    assert settings.secret_key
    main(["keys"])
    assert capsys.readouterr().out != first


def test_an_unknown_command_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command we know, the usage is shown and the exit code says so."""
    with pytest.raises(SystemExit) as stopped:
        main(["fly"])
    assert stopped.value.code == EXIT_MISTAKE
    assert "serve" in capsys.readouterr().err


def test_a_customers_token_can_be_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`keys --identity` prints a token that the server with the same settings believes, and needs a customer."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "a secret key that is long enough for it")
    assert main(["keys", "--identity", "sub=c-7", "--identity", "plan=gold"]) == EXIT_STOPPED
    token = capsys.readouterr().out.strip()
    identity = identity_tokens(load_settings(None)).verify(token, now=time.time())
    assert identity.claims == {"sub": "c-7", "plan": "gold"}
    assert main(["keys", "--identity", "plan=gold"]) == EXIT_MISTAKE
    assert "sub=1042" in capsys.readouterr().err


async def test_the_demo_can_be_written_beside_a_running_server(data_dir: Path) -> None:
    """Both use one database; removed, it leaves the server as it was; and the figures can be made anew."""
    async with served(data_dir) as server:
        said = [
            await said_by(await start(*program, DATA_DIR=data_dir))
            for program in (
                ("demo_data", "--conversations", "20", "--days", "3"),
                ("app.cli", "analytics", "rebuild"),
                ("demo_data", "--remove"),
            )
        ]
        assert [code for code, _, _ in said] == [EXIT_STOPPED] * 3, said
        written = re.match(r"(\d+) conversations of the demo written in", said[0][1])
        assert written
        assert re.match(r"The figures are made anew from \d+ events", said[1][1])
        assert said[2][1] == f"{written[1]} conversations of the demo removed.\n"
        await server.ready()


async def test_the_demo_can_be_written_while_nothing_runs(data_dir: Path) -> None:
    """Without a server it starts the database for itself, and stops it again."""
    code, out, _ = await said_by(await start("demo_data", "--conversations", "9", "--days", "2", DATA_DIR=data_dir))
    assert code == EXIT_STOPPED
    assert "conversations of the demo written" in out
    assert not left_in(data_dir)


def test_a_number_that_is_none_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """An argument that can't be used is named."""
    with pytest.raises(SystemExit):
        write_demo(["--conversations", "0"])
    assert "whole number from 1 on" in capsys.readouterr().err
