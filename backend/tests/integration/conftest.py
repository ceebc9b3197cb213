"""One replica's services on a real PostgreSQL, and imports with a way out that reaches this machine alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from app.outgoing.client import SafeHttp
from tests.integration.openapi_import.workshop import Workshop
from tests.integration.replica import Replica

if TYPE_CHECKING:
    from app.db.pool import Pool


@pytest.fixture
def replica(pool: Pool, pg_url: str) -> Replica:
    """The services of one replica; its worker runs inside `replica.working()`."""
    return Replica(pool, pg_url)


@pytest.fixture
async def http() -> AsyncIterator[SafeHttp]:
    """A way out that may reach this machine."""
    async with SafeHttp(allow=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def shop(pool: Pool, http: SafeHttp) -> Workshop:
    """One replica."""
    return Workshop(pool, http)
