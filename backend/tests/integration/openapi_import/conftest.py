"""Imports on a real PostgreSQL, with a way out that reaches this machine alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from app.safe_http import SafeHttp
from tests.integration.openapi_import.workshop import Workshop

if TYPE_CHECKING:
    from app.db.pool import Pool


@pytest.fixture
async def http() -> AsyncIterator[SafeHttp]:
    """A way out that may reach this machine."""
    async with SafeHttp(allow=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def shop(pool: Pool, http: SafeHttp) -> Workshop:
    """One replica."""
    return Workshop(pool, http)
