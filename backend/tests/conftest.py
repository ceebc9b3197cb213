"""Fixtures for every test: a real PostgreSQL, one database per worker, empty for each test."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from app.db.embedded.server import embedded_postgres
from app.db.migrations import migrate
from app.db.pool import open_pool

if TYPE_CHECKING:
    from app.db.pool import Pool


# Writes the statement that empties every table a test may fill, and those that refer to them. DELETE, because TRUNCATE
# makes new files for each table and index: twenty times as long for a few rows, thousands of times a run.
EMPTY_TABLES: Final = """
WITH RECURSIVE filled(id) AS (
    SELECT unnest('{conversations, identities, conversation_facts, figures, figure_durations, apis, agent_versions,
                    review_log, withdrawn_tools, pauses, model_alerts, model_refusals, checkpoints, checkpoint_blobs,
                    checkpoint_writes, staff_accounts, staff_links}'::regclass[])::oid
    UNION
    SELECT conrelid FROM pg_constraint JOIN filled ON confrelid = filled.id WHERE contype = 'f'
)
SELECT 'SET session_replication_role = replica; '
    || string_agg(format('DELETE FROM %s', id::regclass), '; ')
    || '; SET session_replication_role = DEFAULT'
FROM filled
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take a folder of OpenAPI documents that are kept beside the project, not in it."""
    parser.addoption("--specs", type=Path, help="a folder of OpenAPI documents, for the tests that read any number")


def pytest_configure() -> None:
    """Give invented examples time, since a busy machine is no mistake, and have every run clean up after itself."""
    patience = settings(settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("patient", patience)
    settings.load_profile("patient")
    # A run that is told to stop ends as after Ctrl-C, so that no database of its own is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server_url() -> AsyncIterator[str]:
    """The address of a PostgreSQL of this test process's own."""
    with TemporaryDirectory(prefix="ss-") as folder:
        Path(folder).chmod(0o711)  # so that root's tests, too, have their database in it, and it goes with it
        async with embedded_postgres(Path(folder) / "data") as url:
            yield url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pg_url(server_url: str) -> str:
    """The address of a database with every migration applied."""
    await migrate(server_url)
    return server_url


@pytest.fixture
async def empty_url(server_url: str) -> AsyncIterator[str]:
    """The address of a database without a table, dropped after the test."""
    name = f"empty_{uuid4().hex}"
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        base, _, query = server_url.partition("?")
        yield f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture
async def pool(pg_url: str) -> AsyncIterator[Pool]:
    """A pool on a database whose tables are empty."""
    async with await open_pool(pg_url, max_size=8) as opened:
        await opened.execute(await opened.fetchval(EMPTY_TABLES))
        yield opened
