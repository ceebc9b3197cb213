"""Erasure of people, as staff ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api_client import ApiClient, seed_action
from tests.integration.replay.stored_conversations import store_conversation

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration


async def delete(api: ApiClient, thread_id: str) -> tuple[int, dict[str, Any]]:
    response = await api.client.delete(f"/api/v1/conversations/{thread_id}")
    return response.status, await response.json()


async def test_a_conversation_is_redacted(api: ApiClient, pool: Pool) -> None:
    """What was said is gone, from replay, from the list and from the search; who did it and why is on record."""
    await store_conversation(pool, "My name is Erdbeere")
    await api.sign_in()
    done = await api.post("/api/v1/replay/t1/redact", {"reason": "letter 17"})
    assert (done["thread_id"], done["events"]) == ("t1", 1)
    steps = (await api.get("/api/v1/replay/t1/steps"))["items"]
    assert [step["type"] for step in steps] == ["message", "redacted"]
    assert (steps[0]["frame"]["content"], steps[1]["frame"]["by"]) == ("[redacted]", "admin")
    assert (await api.get("/api/v1/replay/t1"))["redacted_at"] == done["redacted_at"]
    assert (await api.get("/api/v1/conversations?text=erdbeere"))["items"] == []
    row = (await api.get("/api/v1/conversations"))["items"][0]
    assert (row["title"], row["redacted_at"]) == ("[redacted]", done["redacted_at"])


async def test_a_visitor_is_forgotten(api: ApiClient, pool: Pool) -> None:
    """All conversations of one visitor at once."""
    await store_conversation(pool, "Hello", "a")
    await store_conversation(pool, "Hello", "b")
    await api.sign_in()
    done = await api.post("/api/v1/customers/redact", {"visitor_id": "somebody"})
    assert done == {"conversations": 2, "events": 2, "busy": []}
    assert (await api.post("/api/v1/customers/redact", {"customer": "nobody"}))["conversations"] == 0


async def test_a_conversation_is_deleted(api: ApiClient, pool: Pool) -> None:
    """It is gone, and a second time there is none."""
    await store_conversation(pool, "Hello")
    await api.sign_in()
    assert (await delete(api, "t1"))[0] == 200
    status, body = await delete(api, "t1")
    assert (status, body["error"]["code"]) == (404, "conversation_unknown")


async def test_what_is_going_on_is_refused(api: ApiClient, pool: Pool) -> None:
    """The answer says to wait, and that it can be tried again."""
    await store_conversation(pool, "Hello")
    await seed_action(pool)
    await api.sign_in()
    assert (await api.post("/api/v1/replay/t1/redact", {}, status=409))["code"] == "conversation_busy"
    assert (await delete(api, "t1"))[0] == 409


@pytest.mark.parametrize("body", [{}, {"visitor_id": "a", "customer": "b"}, {"visitor_id": ""}, {"name": "x"}])
async def test_it_has_to_be_clear_who_is_meant(api: ApiClient, body: dict[str, str]) -> None:
    """A visitor or a customer, one of both."""
    await api.sign_in()
    assert (await api.post("/api/v1/customers/redact", body, status=422))["code"] == "invalid_request"


async def test_only_staff_can(api: ApiClient, pool: Pool) -> None:
    """A visitor cannot, not even with their own conversation."""
    await store_conversation(pool, "Hello")
    await api.visitor()
    assert (await delete(api, "t1"))[0] == 401
    for path in ("replay/t1/redact", "customers/redact"):
        assert (await api.post(f"/api/v1/{path}", {}, status=401))["code"] == "sign_in_required"
