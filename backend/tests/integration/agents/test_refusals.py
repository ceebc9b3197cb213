"""What a provider has refused is remembered per address and model: after a restart, and by every replica."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import HumanMessage

from app.agents.models import Models
from app.agents.provider.adaptations import ADAPTATIONS, NOTED
from app.agents.refusals import EXPLANATIONS, ModelRefusals
from app.agents.structured_output import request_structured
from app.db.listener import ReplicaConnection
from app.db.model_refusals import REFUSALS_CHANNEL
from app.jobs.poll_loop import running
from tests.fakes import PATIENCE_SECONDS
from tests.openai_server import MODEL, OpenAIServer, Reply, failure, text

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

TOOL = {"type": "function", "function": {"name": "get_order", "description": "", "parameters": {"type": "object"}}}
NO_TOOLS = failure(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
FORM: dict[str, Any] = {"type": "object", "description": "A form.", "properties": {"agent": {"type": "string"}}}


def old_server(request: dict[str, Any]) -> Reply:
    """Refuse reports of usage, and forms."""
    if "stream_options" in request:
        return failure(400, "('body', 'stream_options'): extra fields not permitted")
    if "response_format" in request:
        return failure(422, "response_format: json_schema is not supported")
    return text('{"agent": "orders"}', words=False)


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server of an older kind."""
    async with OpenAIServer() as opened:
        opened.otherwise(old_server)
        yield opened


class Process:
    """A replica, as far as it talks to a model."""

    def __init__(self, pool: Pool, server: OpenAIServer, *, model: str = MODEL) -> None:
        self.refusals = ModelRefusals(pool=pool, address=server.base_url)
        self.models = Models(
            api_key="key",
            base_url=server.base_url,
            default_model=model,
            timeout_seconds=PATIENCE_SECONDS,
            refused=self.refusals.of,
        )

    async def ask(self) -> str:
        return (await self.models.get(None).bind_tools([TOOL]).ainvoke([HumanMessage("Where is order 1042?")])).text

    async def knows(self, features: list[str]) -> None:
        """Wait until this is what it knows: it hears of it by way of the database."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while list(self.refusals.of(MODEL).features) != features:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0)

    async def fill_in(self) -> str:
        answers = request_structured(
            self.models.get(None), [HumanMessage("Who?")], name="route", schema=FORM, config=None
        )
        return (await anext(answers)).text


@asynccontextmanager
async def started(pool: Pool, server: OpenAIServer, *, model: str = MODEL) -> AsyncIterator[Process]:
    """Start a replica, and stop it."""
    process = Process(pool, server, model=model)
    await process.refusals.begin(model, None)
    yield process
    await process.models.aclose()


async def test_a_restart_costs_no_refused_request(pool: Pool, server: OpenAIServer) -> None:
    """Begun anew, the first request goes without what was refused before."""
    async with started(pool, server) as process:
        await process.ask()
        assert [("stream_options" in request) for request in server.requests] == [True, False]
    server.requests.clear()
    async with started(pool, server) as process:
        await process.ask()
        assert [("stream_options" in request) for request in server.requests] == [False]


async def test_a_form_that_was_refused_is_asked_for_otherwise(pool: Pool, server: OpenAIServer) -> None:
    """Once refused, a form is not asked for as one again: not by this process, and not by the next."""
    async with started(pool, server) as process:
        await process.fill_in()
    server.requests.clear()
    async with started(pool, server) as process:
        assert await process.fill_in() == '{"agent": "orders"}'
        assert len(server.requests) == 1


async def test_other_replicas_hear_of_it(pool: Pool, server: OpenAIServer, pg_url: str) -> None:
    """What one has learned, or staff have it forget, the others know without meeting it."""
    async with started(pool, server) as one, started(pool, server) as other:
        channels = {REFUSALS_CHANNEL: other.refusals.on_notify}
        async with ReplicaConnection().connected(pg_url, channels), running(other.refusals.work()):
            await one.ask()
            await other.knows(["usage"])
            assert await one.refusals.forget(MODEL, "usage") == 1
            await other.knows([])


async def test_another_model_or_address_begins_anew(pool: Pool, server: OpenAIServer) -> None:
    """What they refused is forgotten with them, and not asked of the new one's memory."""
    async with started(pool, server) as process:
        await process.ask()
        assert len(await process.refusals.list_known()) == 1
    async with started(pool, server, model="another") as process:
        assert await process.refusals.list_known() == []
    async with started(pool, server) as process:
        await process.ask()
    async with OpenAIServer() as moved, started(pool, moved):
        assert await pool.fetch("SELECT * FROM model_refusals") == []


async def test_a_server_that_takes_no_tools_is_remembered_until_it_does(pool: Pool, server: OpenAIServer) -> None:
    """Nothing can be left out, so each request asks; started with the right options, it is right at once."""
    server.script(NO_TOOLS)
    async with started(pool, server) as process:
        with pytest.raises(Exception, match="enable-auto-tool-choice"):
            await process.ask()
        (known,) = await process.refusals.list_known()
        assert (known.model, known.feature) == (MODEL, "tools")
        await process.ask()
        assert "tools" not in [one.feature for one in await process.refusals.list_known()]


async def test_a_database_that_is_gone_costs_no_answer(pool: Pool, server: OpenAIServer) -> None:
    """It is known in this process all the same."""
    async with started(pool, server) as process:
        await pool.close()
        assert await process.ask()
        assert "usage" in process.refusals.of(MODEL).features


async def test_an_addresss_password_is_not_stored(pool: Pool) -> None:
    """Neither is the name before it."""
    refusals = ModelRefusals(pool=pool, address="https://me:geheim@models.example:8443/v1")
    await refusals.of("large").add("usage")
    assert await pool.fetchval("SELECT address FROM model_refusals") == "https://models.example:8443/v1"


def test_every_refusal_is_explained() -> None:
    """In a sentence or more, with what to do."""
    assert set(EXPLANATIONS) == {*(one.name for one in ADAPTATIONS), *NOTED}
