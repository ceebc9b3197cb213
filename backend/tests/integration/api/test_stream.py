"""Answers that go on: what is sent, when they end."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from app.api.middleware import install
from app.api.services import SERVICES
from app.api.stream import event_stream
from tests.api_client import MakeClient, Parts
from tests.fakes import PATIENCE_SECONDS

pytestmark = pytest.mark.integration


class Counting:
    """A route that counts whenever it is told to."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.left = asyncio.Event()
        self.count = 0

    async def count_up(self, request: web.Request) -> web.StreamResponse:
        try:
            async with event_stream(request) as stream:
                while stream.open:
                    self.count += 1
                    await stream.send(f"{self.count}", number=self.count)
                    await stream.rest(self.changed)
        finally:
            self.left.set()
        return stream.response


def application(handler: Counting) -> web.Application:
    app = web.Application()
    app[SERVICES] = Parts().services()
    install(app)
    app.router.add_get("/api/count", handler.count_up)
    return app


async def test_events_come_one_by_one(aiohttp_client: MakeClient) -> None:
    """Each event has its number and its data, and comes when it happens."""
    counting = Counting()
    client = await aiohttp_client(application(counting))
    async with client.get("/api/count") as response:
        assert response.content_type == "text/event-stream"
        assert await response.content.readuntil(b"\n\n") == b"id: 1\ndata: 1\n\n"
        counting.changed.set()
        assert await response.content.readuntil(b"\n\n") == b"id: 2\ndata: 2\n\n"


async def test_the_server_stops_without_waiting_for_readers(aiohttp_client: MakeClient) -> None:
    """A stream ends, and ends properly, when the server stops."""
    counting = Counting()
    client = await aiohttp_client(application(counting))
    async with client.get("/api/count") as response:
        await response.content.readuntil(b"\n\n")
        assert client.app is not None
        client.app[SERVICES].stopping.set()
        assert await response.content.read() == b""
    assert counting.left.is_set()


async def test_a_reader_that_leaves_is_noticed(aiohttp_client: MakeClient) -> None:
    """The next event finds nobody there, and that ends the stream quietly."""
    counting = Counting()
    client = await aiohttp_client(application(counting))
    async with client.get("/api/count") as response:
        await response.content.readuntil(b"\n\n")
        response.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not counting.left.is_set():
            counting.changed.set()
            await asyncio.sleep(0)
