"""The API with nothing behind it, and the API on a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.outgoing.client import SafeHttp
from tests.api_door import Api, MakeClient, Parts
from tests.integration.api.import_desk import Desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.db.pool import Pool


@pytest.fixture
def parts() -> Parts:
    """What the application is made of; a test may change it before it asks for the API."""
    return Parts()


@pytest.fixture
async def bare(parts: Parts, aiohttp_client: MakeClient) -> Api:
    """The API without a database."""
    return Api(client=await aiohttp_client(parts.application()), parts=parts)


@pytest.fixture
async def api(parts: Parts, pool: Pool, aiohttp_client: MakeClient) -> Api:
    """The API on a real PostgreSQL."""
    parts.pool = pool
    return Api(client=await aiohttp_client(parts.application()), parts=parts)


@pytest.fixture
async def desk(pool: Pool, aiohttp_client: MakeClient) -> AsyncIterator[Desk]:
    """Staff, signed in where APIs are imported."""
    async with SafeHttp(allow=["127.0.0.1"]) as http:
        yield await Desk.opened(Parts(pool=pool), http, aiohttp_client)
