"""The services in this process, on a real socket, on a day that never changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from demo_apis.app import create_app
from tests.demo_apis.document_client import DocumentClient

TODAY = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    """A client of fresh services with test switches."""
    app = create_app(data=tmp_path, control=True, clock=lambda: TODAY)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def api(client: TestClient[Any, Any]) -> DocumentClient:
    """The same, asked by operation id."""
    return DocumentClient(client)
