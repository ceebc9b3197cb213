"""A conversation is handed to a person, and another system hears of it, whatever happens in between."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from app.escalation.outbox import DELIVERY_HEADER, SIGNATURE_HEADER, verify
from tests.e2e.conftest import Deployment
from tests.e2e.webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.integration

SECRET = "shared with the receiver"
DUE_NOW = "UPDATE deliveries SET next_attempt_at = now() WHERE status = 'waiting'"


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    """The other system."""
    async with WebhookReceiver().listening() as receiver:
        yield receiver


@pytest.fixture
async def telling(empty_deployment: Deployment, receiver: WebhookReceiver) -> Deployment:
    """A deployment whose server tells that system."""
    empty_deployment.environment |= {
        "WEBHOOK_URL": receiver.url,
        "WEBHOOK_SECRET": SECRET,
        "OUTGOING_ALLOW": f"127.0.0.1:{receiver.port}",
    }
    await empty_deployment.add_backend()
    return empty_deployment


async def hand_over(deployment: Deployment) -> str:
    """Ask for a person, and return the conversation."""
    visitor = await deployment.visitor()
    async with visitor.chat() as chat:
        await chat.say("I want to talk to a person")
        escalated = await chat.until("escalated")
        assert escalated["message"]
        await chat.until("message_complete")
        return chat.thread_id


async def test_is_told_to_the_customer_and_the_other_system(telling: Deployment, receiver: WebhookReceiver) -> None:
    """The customer is told, the conversation is marked, and one signed request says which it is."""
    thread_id = await hand_over(telling)
    [request] = await receiver.arrived(1)
    assert json.loads(request.body)["thread_id"] == thread_id
    assert verify(SECRET, request.headers[SIGNATURE_HEADER], request.body, now=time.time())
    assert not verify("another secret", request.headers[SIGNATURE_HEADER], request.body, now=time.time())
    await telling.database.until("SELECT bool_and(status = 'delivered') FROM deliveries")
    staff = await telling.staff()
    [escalation] = (await staff.get("/api/v1/escalations"))["items"]
    assert escalation["thread_id"] == thread_id
    assert [delivery["status"] for delivery in escalation["deliveries"]] == ["delivered"]


async def test_a_dead_letter_is_seen_and_sent_again(telling: Deployment, receiver: WebhookReceiver) -> None:
    """After the last failed attempt it is dead and visible; staff send it again, and it arrives under the same id."""
    receiver.status = web.HTTPInternalServerError.status_code
    await hand_over(telling)
    await receiver.arrived(1)
    await telling.database.until("SELECT bool_and(last_status = 500) FROM deliveries")
    # Every attempt but the last has failed, as days pass.
    await telling.database.execute("UPDATE deliveries SET attempts = 7, next_attempt_at = now()")
    await telling.backend.restart()
    staff = await telling.staff()
    await telling.database.until("SELECT bool_and(status = 'dead') FROM deliveries")
    [dead] = (await staff.get("/api/v1/escalations"))["dead_letters"]
    assert (dead["last_status"], dead["attempts"]) == (500, 8)
    receiver.status = web.HTTPOk.status_code
    await staff.post(f"/api/v1/escalations/deliveries/{dead['id']}/retry")
    await telling.database.until("SELECT bool_and(status = 'delivered') FROM deliveries")
    assert {request.headers[DELIVERY_HEADER] for request in await receiver.arrived(3)} == {dead["id"]}


async def test_killed_while_it_is_being_told(telling: Deployment, receiver: WebhookReceiver) -> None:
    """Killed before the receiver has answered: the next life delivers it, under the same id."""
    receiver.gate.clear()
    await hand_over(telling)
    await receiver.arrived(1)
    await telling.backend.kill()
    receiver.gate.set()
    await telling.database.execute(DUE_NOW)  # a minute later
    await telling.backend.start()
    first, second = await receiver.arrived(2)
    assert first.headers[DELIVERY_HEADER] == second.headers[DELIVERY_HEADER]
    await telling.database.until("SELECT bool_and(status = 'delivered') FROM deliveries")


async def test_killed_before_it_is_told(telling: Deployment, receiver: WebhookReceiver) -> None:
    """Killed as soon as the customer was told: the delivery was written down with the event, and goes out."""
    visitor = await telling.visitor()
    async with visitor.chat() as chat:
        await chat.say("I want to talk to a person", message_id="one")
        await chat.until("escalated")
        await telling.backend.kill()
    await telling.database.execute(DUE_NOW)
    await telling.backend.start()
    assert await receiver.arrived(1)
    await telling.database.until("SELECT bool_and(status = 'delivered') FROM deliveries")
    assert await telling.database.value("SELECT count(*) FROM deliveries") == 1
