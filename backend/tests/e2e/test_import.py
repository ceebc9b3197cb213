"""From a document to a chat message that uses its tools, through kills and beside a second server."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import psutil
import pytest

from tests.e2e.client import Visitor, results
from tests.e2e.conftest import Deployment
from tests.e2e.server import Backend

pytestmark = pytest.mark.integration

IN_REVIEW = "SELECT status = 'review' FROM imports"


async def bank(deployment: Deployment) -> dict[str, Any]:
    """The bank's document."""
    async with aiohttp.ClientSession() as client, client.get(f"{deployment.demo.url}/bank/openapi.json") as answer:
        document: dict[str, Any] = await answer.json()
        return document


async def begin(deployment: Deployment, staff: Visitor, **more: Any) -> dict[str, Any]:
    """Begin to import the bank by its address."""
    given = {"url": f"{deployment.proxy.url}/bank/openapi.json", **more}
    job: dict[str, Any] = await staff.post("/api/v1/openapi/import", given, status=202)
    return job


async def approve(deployment: Deployment, staff: Visitor, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for the review, and let the import be live."""
    await deployment.database.until("SELECT status = 'review' FROM imports WHERE id = $1::uuid", job["id"])
    path = f"/api/v1/openapi/jobs/{job['id']}"
    seen = await staff.get(path)
    approved: dict[str, Any] = await staff.post(f"{path}/approve", {"revision": seen["revision"]})
    return approved


async def asked(visitor: Visitor, content: str) -> list[str]:
    """Ask something in a conversation of its own; return how each call of a tool ended."""
    async with visitor.chat() as chat:
        await chat.ask(content)
        return results(chat.frames)


async def test_from_a_document_to_the_next_message(deployment: Deployment) -> None:
    """What is approved is used in the next message of a conversation that was there before; the shop's go on."""
    staff, visitor = await deployment.staff(), await deployment.visitor()
    async with visitor.chat() as chat:
        await chat.ask("Where is order 1042?")
        assert results(chat.frames) == ["succeeded"]
        job = await approve(deployment, staff, await begin(deployment, staff))
        assert (job["status"], job["approved_by"]) == ("approved", "admin")
        await chat.ask("What is my account balance?")
        assert results(chat.frames) == ["succeeded", "succeeded"]
        assert [frame["tool"] for frame in chat.of("tool_call")] == ["get_order", "list_accounts"]
    assert "agents" in await visitor.get("/api/v1/session")


async def test_the_progress_is_told_as_it_happens(deployment: Deployment) -> None:
    """A page that watches sees every step in order, up to the review."""
    staff = await deployment.staff()
    deployment.proxy.hold()
    job = await begin(deployment, staff)
    seen: list[str] = []
    url = f"{deployment.backend.url}/api/v1/openapi/jobs/{job['id']}/progress"
    async with staff.session.get(url) as stream:
        assert stream.content_type == "text/event-stream"
        async for line in stream.content:
            if line.startswith(b"data: "):
                seen.append(json.loads(line[6:])["status"])
                deployment.proxy.release()
            if seen and seen[-1] == "review":
                break
    order = ["pending", "fetching", "parsing", "classifying", "review"]
    assert seen == sorted(seen, key=order.index)
    assert {"fetching", "classifying"} <= set(seen)


async def test_killed_while_it_fetches(deployment: Deployment) -> None:
    """Killed before the document has come, the server fetches it in its next life."""
    staff = await deployment.staff()
    deployment.proxy.hold()
    await begin(deployment, staff)
    await deployment.proxy.waiting()
    await deployment.backend.kill()
    deployment.proxy.release()
    await deployment.backend.start()
    await deployment.database.until(IN_REVIEW)
    assert await deployment.database.value("SELECT attempt FROM imports") == 2


async def test_killed_while_it_stores(deployment: Deployment) -> None:
    """Killed while it stores what it has read, it reads again from what was kept, and everything is there once."""
    staff = await deployment.staff()
    async with deployment.database.locked("LOCK TABLE operations IN EXCLUSIVE MODE"):
        await begin(deployment, staff)
        await deployment.database.until("SELECT status = 'classifying' FROM imports")
        await deployment.database.blocked()
        await deployment.backend.kill()
    await deployment.backend.start()
    await deployment.database.until(IN_REVIEW)
    assert await deployment.database.value("SELECT count(*) = count(DISTINCT key) AND count(*) > 5 FROM operations")


async def test_another_server_takes_it_up(deployment: Deployment) -> None:
    """Killed for good, its import is carried on by the server beside it, which also lets it be live."""
    other = await deployment.add_backend()
    staff = await deployment.staff()
    deployment.proxy.hold()
    job = await begin(deployment, staff)
    await deployment.proxy.waiting()
    owner = await _worker_of(deployment)
    survivor, victim = (other, deployment.backend) if owner is deployment.backend else (deployment.backend, other)
    await victim.kill()
    deployment.proxy.release()
    staff.url = survivor.url
    await approve(deployment, staff, job)
    visitor = await deployment.stack.enter_async_context(Visitor.opened(survivor.url))
    assert await asked(visitor, "What is my account balance?") == ["succeeded"]


async def _worker_of(deployment: Deployment) -> Backend:
    """Say which server fetches: the one whose process has the connection to the proxy."""
    for backend in deployment.backends:
        connections = psutil.Process(backend.pid).net_connections("tcp")
        if deployment.proxy.port in {getattr(one.raddr, "port", 0) for one in connections}:
            return backend
    raise AssertionError("nobody fetches")


async def test_approved_here_and_used_there(deployment: Deployment) -> None:
    """A server that did not take the approval has the tools a moment later, and after a restart."""
    other = await deployment.add_backend()
    staff = await deployment.staff()
    await approve(deployment, staff, await begin(deployment, staff))
    there = await deployment.stack.enter_async_context(Visitor.opened(other.url))
    await there.sign_in()
    async for agents in _polled(there, "/api/v1/agents"):
        if any(agent["source"] == "review" for agent in agents["items"]):
            break
    assert await asked(there, "What is my account balance?") == ["succeeded"]
    await other.restart()
    assert await asked(there, "What is my account balance?") == ["succeeded"]


async def _polled(visitor: Visitor, path: str) -> Any:
    while True:
        yield await visitor.get(path)


async def test_an_api_that_goes_while_a_conversation_waits(deployment: Deployment) -> None:
    """What waits for consent to a deleted API's tool expires, the customer is told, and the conversation goes on."""
    staff, visitor = await deployment.staff(), await deployment.visitor()
    job = await approve(deployment, staff, await begin(deployment, staff))
    async with visitor.chat() as chat:
        await chat.card("Freeze the card 4821")
        async with staff.session.delete(f"{deployment.backend.url}/api/v1/apis/{job['api']['id']}") as answer:
            assert answer.status == 200
        expired = await chat.until("interrupt_expired")
        assert "nothing was sent" in expired["message"]
        assert (await chat.until("tool_result"))["outcome"] == "failed"
        await chat.ask("Where is order 1042?")
        assert results(chat.frames)[-1] == "succeeded"
    assert await deployment.demo.writes("bank") == []


async def test_a_changed_tool_and_what_waits_for_it(deployment: Deployment) -> None:
    """Imported again, what waits on a changed tool expires when that is approved; what did not change still waits."""
    staff, visitor = await deployment.staff(), await deployment.visitor()
    job = await approve(deployment, staff, await begin(deployment, staff))
    document = await bank(deployment)
    changed = document["paths"]["/cards/{card}/freeze"]["post"]
    changed["summary"] = "Freeze a card at once"
    async with visitor.chat() as waiting, visitor.chat() as unchanged:
        card = await waiting.card("Freeze the card 4821")
        other = await unchanged.card("Unfreeze the card 4821")
        again = {"text": json.dumps(document), "api_id": job["api"]["id"], "base_url": f"{deployment.proxy.url}/bank"}
        job = await staff.post("/api/v1/openapi/import", again, status=202)
        assert waiting.of("interrupt_expired") == []
        job = await approve(deployment, staff, job)
        assert job["counts"]["changed"] + job["counts"]["riskier"] == 1
        expired = await waiting.until("interrupt_expired")
        assert expired["interrupt_id"] == card["interrupt_id"]
        await unchanged.answer(other, approved=True)
        if other["audience"] == "customer":
            await unchanged.until("interrupt_resolved")
        assert unchanged.of("interrupt_expired") == []
