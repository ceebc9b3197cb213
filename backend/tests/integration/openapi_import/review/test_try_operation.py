from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.db import credentials
from app.errors import BaseUrlMissing, ImportUnknown, OnlyReadsCanBeTried, OperationUnknown
from tests.api_client import unknown_id
from tests.integration.openapi_import.import_pipeline import ImportPipeline, document

pytestmark = pytest.mark.integration
SECRET = "a-key-that-nobody-sees"
KEY: dict[str, Any] = {
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "security": [{"key": []}],
}


class Target:
    """An API that keeps what it is asked, and answers with the key that it got."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        return web.json_response({"id": 7, "echo": request.headers.get("X-Key", "none")})

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.server.make_url("/")).rstrip("/")


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """An API of the test's own."""
    made = Target()
    await made.server.start_server()
    yield made
    await made.server.close()


async def test_a_read_is_carried_out(pipeline: ImportPipeline, target: Target) -> None:
    """A try shows what was sent and what came back, as the agents would send it."""
    job = await pipeline.imported(document(), base_url=target.url)
    row = (await pipeline.rows(job.id))["get_order"]
    outcome = await pipeline.operation_tester.run(job.id, row.idx, {"id": "7"}, by="ann")
    assert (outcome.ok, outcome.http_status) == (True, 200)
    assert outcome.request is not None
    assert outcome.request["url"] == f"{target.url}/orders/7"
    assert [request.path for request in target.asked] == ["/orders/7"]


async def test_credentials_are_sent_and_not_shown(pipeline: ImportPipeline, target: Target) -> None:
    """The stored key goes along, and stands neither in the request that is shown nor in an answer that repeats it."""
    job = await pipeline.imported(document(**KEY), base_url=target.url)
    await pipeline.keyring.keep(job.api_id, "key", {"value": SECRET}, by="ann")
    row = (await pipeline.rows(job.id))["get_order"]
    outcome = await pipeline.operation_tester.run(job.id, row.idx, {"id": "7"}, by="ann")
    assert target.asked[0].headers["X-Key"] == SECRET
    assert SECRET not in str(outcome)


async def test_live_tools_have_them_too(pipeline: ImportPipeline, target: Target) -> None:
    """Once approved, the tool sends the key; entered anew, the new one from then on."""
    job = await pipeline.approved(document(**KEY), base_url=target.url)
    await pipeline.keyring.keep(job.api_id, "key", {"value": SECRET}, by="ann")
    await pipeline.live.reload()
    await pipeline.tools.get("get_order").run({"id": "7"})
    await pipeline.keyring.keep(job.api_id, "key", {"value": "another-key"}, by="ann")
    await pipeline.live.reload()
    await pipeline.tools.get("get_order").run({"id": "7"})
    await pipeline.keyring.forget(job.api_id, "key", by="ann")
    await pipeline.live.reload()
    await pipeline.tools.get("get_order").run({"id": "7"})
    assert [request.headers.get("X-Key") for request in target.asked] == [SECRET, "another-key", None]


async def test_bound_arguments_are_given_by_hand(pipeline: ImportPipeline, target: Target) -> None:
    """There is no customer in a review, so whoever tries fills in what a customer's identity would."""
    job = await pipeline.imported(document(), base_url=target.url)
    row = await pipeline.set(job, "get_order", bound={"id": "sub"})
    await pipeline.operation_tester.run(job.id, row.idx, {"id": "7"}, by="ann")
    assert target.asked[0].path == "/orders/7"


async def test_nothing_but_reads(pipeline: ImportPipeline, target: Target) -> None:
    """Whatever is no read, as it was reviewed, is never sent."""
    job = await pipeline.imported(document(), base_url=target.url)
    await pipeline.set(job, "get_order", access="write")
    for row in (await pipeline.rows(job.id)).values():
        if row.name != "list_orders":
            with pytest.raises(OnlyReadsCanBeTried):
                await pipeline.operation_tester.run(job.id, row.idx, {"id": "7"}, by="ann")
    assert target.asked == []


async def test_arguments_are_checked(pipeline: ImportPipeline, target: Target) -> None:
    """Arguments that do not fit are an outcome in words, and nothing is sent."""
    job = await pipeline.imported(document(), base_url=target.url)
    row = (await pipeline.rows(job.id))["get_order"]
    outcome = await pipeline.operation_tester.run(job.id, row.idx, {}, by="ann")
    assert (outcome.ok, outcome.error) == (False, "tool_invalid_input")
    assert target.asked == []


async def test_what_is_not_there(pipeline: ImportPipeline) -> None:
    """An import, an operation or an address that is not there is said."""
    job = await pipeline.imported(document(servers=[]))
    row = (await pipeline.rows(job.id))["get_order"]
    with pytest.raises(BaseUrlMissing):
        await pipeline.operation_tester.run(job.id, row.idx, {"id": "7"}, by="ann")
    with pytest.raises(OperationUnknown):
        await pipeline.operation_tester.run(job.id, 99, {}, by="ann")
    with pytest.raises(ImportUnknown):
        await pipeline.operation_tester.run(unknown_id(), 0, {}, by="ann")


async def test_an_api_is_never_forgotten_by_half(pipeline: ImportPipeline) -> None:
    """Credentials go with their API."""
    job = await pipeline.approved(document(**KEY))
    await pipeline.keyring.keep(job.api_id, "key", {"value": SECRET}, by="ann")
    await pipeline.approval.delete_api(job.api_id, by="ann")
    async with pipeline.pool.acquire() as connection:
        assert await credentials.list_all(connection) == []
