"""A scripted server that speaks OpenAI's protocol, and the models behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.agents.models import Models
from tests.openai_server import MODEL, OpenAIServer


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server that answers as the test says."""
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def models(server: OpenAIServer) -> AsyncIterator[Models]:
    """The models of that server."""
    models = Models(api_key="key", base_url=server.base_url, default_model=MODEL, timeout_seconds=20)
    yield models
    await models.aclose()
