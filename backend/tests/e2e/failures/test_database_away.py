"""The database dies, is away or can only be read: nothing accepted is lost, and every door says the truth."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.e2e.client import Visitor, results
from tests.e2e.postgres_proxy import PostgresProxy
from tests.e2e.server import PATIENCE, Backend

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.e2e.conftest import Deployment
    from tests.e2e.server import Prefork

pytestmark = pytest.mark.integration

POLL_SECONDS = 0.05  # a server tells nobody when it has noticed, so it is asked
DROP_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    "pg_backend_pid()"
)


async def until(fact: Callable[[], bool]) -> None:
    """Wait until something is true of another process."""
    async with asyncio.timeout(PATIENCE):
        while not fact():  # noqa: ASYNC110 - it is another process that makes it true
            await asyncio.sleep(POLL_SECONDS)


async def readiness(url: str, *, status: int) -> dict[str, bool]:
    """Wait until a server says so of itself, and return its checks."""
    async with aiohttp.ClientSession() as client, asyncio.timeout(PATIENCE):
        while True:
            async with client.get(f"{url}/api/health/ready") as answer:
                told = await answer.json()
            if answer.status == status:
                return dict((told["data"] or told["error"]["details"])["checks"])
            await asyncio.sleep(POLL_SECONDS)


@pytest.fixture
async def line(empty_deployment: Deployment) -> AsyncIterator[PostgresProxy]:
    """The line between a server and its database."""
    async with PostgresProxy(empty_deployment.database.url).listening() as proxy:
        await empty_deployment.add_backend(DATABASE_URL=proxy.url)
        yield proxy


async def test_a_killed_embedded_database_is_started_again(prefork: Prefork, tmp_path: Path) -> None:
    """With its postmaster killed, the server starts it again by itself; the open card is approved and acts once."""
    backend = await Backend(prefork=prefork, folder=tmp_path, environment={}).start()
    try:
        async with Visitor.opened(backend.url) as visitor, visitor.chat() as chat:
            card = await chat.card("Cancel order 1042", message_id="one")
            os.kill(backend.logged("postgres_started")[-1]["pid"], signal.SIGKILL)
            await until(lambda: len(backend.logged("postgres_started")) > 1)
            await readiness(backend.url, status=200)
            await chat.answer(card, approved=True)
            await chat.until("message_complete")
            assert results(chat.frames) == ["succeeded"]
    finally:
        await backend.stop()


async def test_every_door_says_that_it_is_away(empty_deployment: Deployment, line: PostgresProxy) -> None:
    """Routes answer 503 with a code and when to try again, a socket an error frame; afterwards all is answered."""
    visitor = await empty_deployment.visitor()
    async with visitor.chat() as chat:
        await chat.ask("Where is order 1042?", message_id="one")
        line.cut()
        checks = await readiness(visitor.url, status=503)
        assert not checks["database"]
        assert not checks["replica"]
        for path in ("/api/v1/session", f"/api/v1/conversations/{chat.thread_id}/events"):
            async with visitor.session.get(visitor.url + path) as answer:
                told = await answer.json()
            assert (answer.status, told["error"]["code"]) == (503, "database_away")
            assert int(answer.headers["Retry-After"]) > 0
        await chat.say("Where is order 1043?", message_id="two")
        refusal = await chat.until("error")
        assert (refusal["code"], refusal["retryable"], refusal["message_id"]) == ("database_away", True, "two")
        line.restore()
        await readiness(visitor.url, status=200)
        await chat.ask("Where is order 1043?", message_id="two")
        assert "1043" in chat.text()


async def test_what_is_known_stays_known(empty_deployment: Deployment, line: PostgresProxy) -> None:
    """The shop answers while the database is away: the outcome is stored when it is back, and was never unknown."""
    visitor, demo = await empty_deployment.visitor(), empty_deployment.demo
    await demo.switch(hold=True, hold_when="after", only=["cancel_order"])
    async with visitor.chat() as chat:
        card = await chat.card("Cancel order 1042", message_id="one")
        await chat.answer(card, approved=True)
        await demo.holding()
        line.cut()
        await demo.switch(hold=False)
        await until(lambda: bool(empty_deployment.backend.logged("action_not_settled_yet")))
        line.restore()
        await chat.until("message_complete")
        assert results(chat.frames) == ["succeeded"]
    told = "SELECT frame->>'status' AS status FROM events WHERE type = 'action_changed' ORDER BY seq"
    statuses = [row["status"] for row in await empty_deployment.database.rows(told)]
    assert statuses == ["proposed", "approved", "executing", "succeeded"]
    assert len(await demo.writes()) == 1


async def test_a_turn_goes_on_where_the_line_was_cut(empty_deployment: Deployment, line: PostgresProxy) -> None:
    """Cut three times while one turn runs, it is answered all the same: the line is at fault, not the turn."""
    visitor, demo = await empty_deployment.visitor(), empty_deployment.demo
    await demo.switch(hold=True, only=["get_order"])
    async with visitor.chat() as chat:
        await chat.say("Where is order 1042?", message_id="one")
        for _ in range(3):
            await demo.holding()
            line.cut()
            line.restore()
            await demo.switch(hold=False)
            await demo.switch(hold=True, only=["get_order"])
        await demo.switch(hold=False)
        last = await chat.until("message_complete", "error")
        assert last["type"] == "message_complete"


async def test_one_that_can_only_be_read_is_not_ready(deployment: Deployment) -> None:
    """On a standby a server is not ready, and says which check fails; once it can be written to, all is well again."""
    name = await deployment.database.value("SELECT current_database()")
    await deployment.database.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await deployment.database.execute(DROP_CONNECTIONS)
    assert not (await readiness(deployment.backend.url, status=503))["database"]
    await deployment.database.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await deployment.database.execute(DROP_CONNECTIONS)
    await readiness(deployment.backend.url, status=200)
    async with (await deployment.visitor()).chat() as chat:
        await chat.ask("Where is order 1042?")
        assert "1042" in chat.text()
