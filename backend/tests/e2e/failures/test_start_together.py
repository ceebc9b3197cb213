"""Replicas that start at the same moment on a database in which nothing has been made yet."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest

from app.db.migrations import head
from tests.e2e.conftest import address_of
from tests.e2e.server import Backend

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.server import Demo, Prefork

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("replicas", [2, 3, 4])
async def test_all_of_them_start(prefork: Prefork, demo: Demo, server_url: str, tmp_path: Path, replicas: int) -> None:
    """Whoever comes first brings the database up to date, once; every replica serves."""
    name = f"e2e_{uuid4().hex}"
    admin = await asyncpg.connect(server_url)
    await admin.execute(f"CREATE DATABASE {name}")
    url = address_of(server_url, name)
    environment = {"DATABASE_URL": url, "DEMO_APIS_URL": demo.url, "SECRET_KEY": "a secret key that all share, here"}
    backends = [
        Backend(prefork=prefork, folder=tmp_path / str(number), environment=environment) for number in range(replicas)
    ]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(admin.close)
        stack.push_async_callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
        for backend in backends:
            stack.push_async_callback(backend.kill)
        await asyncio.gather(*(backend.start() for backend in backends))
        connection = await asyncpg.connect(url)
        assert await connection.fetch("SELECT version_num FROM alembic_version") == [(head(),)]
        await connection.close()
