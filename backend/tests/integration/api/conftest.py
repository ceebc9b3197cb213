"""The API with nothing behind it, and the API on a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.outgoing.client import OutgoingClient
from tests.api_client import ApiClient, MakeClient, Parts, seed_conversation
from tests.integration.api.import_client import ImportClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.db.pool import Pool


@pytest.fixture
def parts() -> Parts:
    """What the application is made of; a test may change it before it asks for the API."""
    return Parts()


@pytest.fixture
async def bare(parts: Parts, aiohttp_client: MakeClient) -> ApiClient:
    """The API without a database."""
    return ApiClient(client=await aiohttp_client(parts.application()), parts=parts)


@pytest.fixture
async def api(parts: Parts, pool: Pool, aiohttp_client: MakeClient) -> ApiClient:
    """The API on a real PostgreSQL."""
    parts.pool = pool
    return ApiClient(client=await aiohttp_client(parts.application()), parts=parts)


@pytest.fixture
async def staff(api: ApiClient, pool: Pool) -> ApiClient:
    """Staff, signed in, and one conversation of a visitor."""
    await api.sign_in()
    await seed_conversation(pool)
    return api


@pytest.fixture
async def importer(pool: Pool, aiohttp_client: MakeClient) -> AsyncIterator[ImportClient]:
    """Staff, signed in where APIs are imported."""
    async with OutgoingClient(allow=["127.0.0.1"]) as http:
        yield await ImportClient.opened(Parts(pool=pool), http, aiohttp_client)
