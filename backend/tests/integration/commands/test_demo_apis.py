"""The demo services as a real child process."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from socket import create_server

import aiohttp
import psutil
import pytest

from app.commands.demo_apis import demo_apis
from app.errors import CannotStart

pytestmark = pytest.mark.integration

DIE_WHILE_IT_RUNS = """
import asyncio, os, signal, sys
from pathlib import Path
from app.commands.demo_apis import demo_apis

async def main():
    async with demo_apis(data_dir=Path(sys.argv[1])):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def child_in(data_dir: Path) -> psutil.Process:
    """Our child that keeps its state in the folder."""
    (child,) = (child for child in psutil.Process().children() if str(data_dir / "demo") in child.cmdline())
    return child


async def status_of(url: str) -> int:
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return answer.status


def port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1])


async def test_the_services_answer_while_the_block_lasts(tmp_path: Path) -> None:
    """Inside the block all three services answer; after it nothing listens there and no child is left."""
    async with demo_apis(data_dir=tmp_path) as url:
        for service in ("shop", "saas", "bank"):
            assert await status_of(f"{url}/{service}/openapi.json") == 200
        child = child_in(tmp_path)
    assert not child.is_running()
    with pytest.raises(aiohttp.ClientConnectionError):
        await status_of(url)


async def test_the_address_stays(tmp_path: Path) -> None:
    """A restart serves at the same address, also when the server before it was killed."""
    async with demo_apis(data_dir=tmp_path) as first:
        pass
    killed = subprocess.run([sys.executable, "-c", DIE_WHILE_IT_RUNS, tmp_path], check=False)
    assert killed.returncode == -signal.SIGKILL
    async with demo_apis(data_dir=tmp_path) as second:
        assert second == first


async def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    """If a stranger has taken the port, another one is used and remembered."""
    with closing(create_server(("127.0.0.1", 0))) as stranger:
        taken = stranger.getsockname()[1]
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo/port").write_text(str(taken))
        async with demo_apis(data_dir=tmp_path) as url:
            assert port_of(url) != taken
            assert await status_of(f"{url}/healthz") == 200
    assert (tmp_path / "demo/port").read_text().strip() == str(port_of(url))


async def test_a_damaged_note_of_the_port_does_not_matter(tmp_path: Path) -> None:
    """A port file without a number is as good as none."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/port").write_text("eighty\n")
    async with demo_apis(data_dir=tmp_path) as url:
        assert await status_of(f"{url}/healthz") == 200


async def test_ctrl_c_does_not_reach_them(tmp_path: Path) -> None:
    """They run in a session of their own."""
    async with demo_apis(data_dir=tmp_path):
        child = child_in(tmp_path)
        assert os.getsid(child.pid) != os.getsid(0)


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A file in the place of the folder is a sentence."""
    (tmp_path / "demo").touch()
    with pytest.raises(CannotStart, match="demo"):
        async with demo_apis(data_dir=tmp_path):
            pass


async def test_services_that_cannot_start_are_a_sentence(tmp_path: Path) -> None:
    """When the child ends at once, the start ends with what to do."""
    (tmp_path / "demo/shop.sqlite3").mkdir(parents=True)
    with pytest.raises(CannotStart, match="DEMO_APIS=false"):
        async with demo_apis(data_dir=tmp_path):
            pass
