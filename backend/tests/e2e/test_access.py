"""Access on the real server: who is not let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

STAFF_ONLY = ("/api/v1/actions", "/api/v1/approvals", "/api/v1/escalations", "/api/v1/agents")


async def test_somebody_elses_conversation_does_not_exist(deployment: Deployment) -> None:
    """With another cookie every frame about a conversation is answered as if there were none, and changes nothing."""
    owner, stranger = await deployment.visitor(), await deployment.visitor()
    async with owner.chat() as chat:
        card = await chat.card("Cancel order 1042")
    frames: list[tuple[str, dict[str, Any]]] = [
        ("message", {"content": "Hello"}),
        ("interrupt_response", {"approved": True, "interrupt_id": card["interrupt_id"]}),
        ("interrupt_response", {"approved": True}),
        ("resume", {"after": 0}),
        ("cancel", {}),
        ("feedback", {"rating": 1}),
    ]
    async with stranger.chat(chat.thread_id) as prying:
        for kind, fields in frames:
            await prying.send(kind, **fields)
            refused = await prying.until("error")
            assert refused["code"] == "conversation_unknown"
        assert {frame["type"] for frame in prying.frames} == {"error"}
        never_was = await prying.until_about("no-such-conversation", "cancel")
        assert {**never_was, "thread_id": chat.thread_id} == refused
    assert await deployment.database.statuses() == ["pending"]
    assert await deployment.demo.writes() == []


async def test_a_page_of_another_site_is_refused_before_the_upgrade(deployment: Deployment) -> None:
    """The socket of a foreign origin is never opened."""
    visitor = await deployment.visitor()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await visitor.session.ws_connect(f"{visitor.url}/ws", headers={"Origin": "https://evil.example"})
    assert refused.value.status == 403


async def test_our_own_page_is_let_in(deployment: Deployment) -> None:
    """The socket of our own origin is opened."""
    visitor = await deployment.visitor()
    async with visitor.session.ws_connect(f"{visitor.url}/ws", headers={"Origin": visitor.url}) as ws:
        assert not ws.closed


@pytest.mark.parametrize("path", STAFF_ONLY)
async def test_staffs_routes_are_closed(deployment: Deployment, path: str) -> None:
    """A customer, or nobody, gets 401 from what is staff's."""
    visitor = await deployment.visitor()
    assert (await visitor.get(path, status=401))["code"] == "sign_in_required"


async def test_a_broken_frame_keeps_the_connection(deployment: Deployment) -> None:
    """Whatever is sent is answered with an error, and the next message is taken."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        for raw in ("{", "[]", "null", '{"type": "teleport"}', '{"type": "message"}', "x" * 40_000):
            await chat.send_raw(raw)
            assert (await chat.until("error"))["message"]
        assert (await chat.ask("Where is order 1042?"))["type"] == "message_complete"
