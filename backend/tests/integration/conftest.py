"""One replica's services on a real PostgreSQL, and imports with a way out that reaches this machine alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from app.outgoing.client import OutgoingClient
from tests.integration.openapi_import.import_pipeline import ImportPipeline
from tests.integration.replica import Replica

if TYPE_CHECKING:
    from app.db.pool import Pool


@pytest.fixture
def replica(pool: Pool, pg_url: str) -> Replica:
    """The services of one replica; its worker runs inside `replica.working()`."""
    return Replica(pool, pg_url)


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    """A way out that may reach this machine."""
    async with OutgoingClient(allow=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def pipeline(pool: Pool, http: OutgoingClient) -> ImportPipeline:
    """One replica."""
    return ImportPipeline(pool, http)
