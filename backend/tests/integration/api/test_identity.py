"""A customer's identity, as the page that the chat belongs to states it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from app.db import conversations, identities
from tests.api_client import ApiClient, seed_conversation

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

PATH = "/api/v1/session/identity"


def token_of(api: ApiClient, customer: str, **claims: Any) -> str:
    return api.parts.identity_tokens.sign({"sub": customer, **claims}, now=time.time(), seconds=600)


async def identify(api: ApiClient, customer: str, **claims: Any) -> None:
    await api.post(PATH, {"token": token_of(api, customer, **claims)})


class TestBind:
    async def test_a_token_makes_the_session_the_customers(self, api: ApiClient, pool: Pool) -> None:
        """After a good token the chat knows its customer; the claims themselves are not told to the browser."""
        await api.visitor()
        assert (await api.get("/api/v1/session"))["identified"] is False
        told = await api.post(PATH, {"token": token_of(api, "c-7", plan="gold")})
        assert set(told) == {"identified", "expires_at"}
        assert told["identified"] is True
        assert (await api.get("/api/v1/session"))["identified"] is True
        visitor = await api.visitor()
        async with pool.acquire() as connection:
            identity = await identities.current(connection, visitor_id=visitor)
        assert identity is not None
        assert (identity.customer, identity.claims) == ("c-7", {"sub": "c-7", "plan": "gold"})

    async def test_a_bad_token_changes_nothing(self, api: ApiClient) -> None:
        """Whoever was the customer before stays it."""
        await api.visitor()
        await identify(api, "c-7")
        error = await api.post(PATH, {"token": "no token"}, status=401)
        assert error["code"] == "identity_refused"
        assert (await api.get("/api/v1/session"))["identified"] is True

    async def test_signing_out(self, api: ApiClient) -> None:
        """The customer can be signed out, twice too."""
        await api.visitor()
        await identify(api, "c-7")
        for _ in range(2):
            response = await api.client.delete(PATH)
            assert response.status == 200
        assert (await api.get("/api/v1/session"))["identified"] is False

    async def test_needs_a_visitor(self, api: ApiClient) -> None:
        """Without a session there is nothing to bind."""
        await api.post(PATH, {"token": token_of(api, "c-7")}, status=401)

    async def test_ends_with_the_token(self, api: ApiClient, pool: Pool) -> None:
        """When the token has expired, the visitor is a stranger again."""
        await api.visitor()
        await identify(api, "c-7")
        await pool.execute("UPDATE identities SET expires_at = now() - interval '1 second'")
        assert (await api.get("/api/v1/session"))["identified"] is False


class TestFixation:
    async def test_whoever_knew_the_cookie_before_reads_nothing(self, api: ApiClient, pool: Pool) -> None:
        """With the customer comes a new cookie, and the chat with it; the old cookie is a stranger's, with nothing."""
        planted = await api.visitor()
        await seed_conversation(pool, visitor_id=planted)
        await identify(api, "c-7")
        own = await api.visitor()
        assert own != planted
        async with pool.acquire() as connection:
            assert await conversations.own(connection, thread_id="t1", visitor_id=own) is not None
            assert await conversations.own(connection, thread_id="t1", visitor_id=planted) is None
            assert await identities.current(connection, visitor_id=planted) is None

    async def test_a_token_that_is_renewed_keeps_the_cookie(self, api: ApiClient) -> None:
        """The same customer again is no new visitor, so no socket is cut off."""
        await api.visitor()
        await identify(api, "c-7")
        before = await api.visitor()
        await identify(api, "c-7")
        assert await api.visitor() == before


class TestConversations:
    async def test_belong_to_their_customer(self, api: ApiClient, pool: Pool) -> None:
        """On one browser, another customer cannot read what the first one said."""
        visitor = await api.visitor()
        await seed_conversation(pool, visitor_id=visitor)
        path = "/api/v1/conversations/t1/events"
        await api.get(path)
        async with pool.acquire() as connection:
            await conversations.adopt(connection, thread_id="t1", customer="c-7", claims={"sub": "c-7"})
        assert (await api.get(path, status=404))["code"] == "conversation_unknown"
        await identify(api, "c-8")
        await api.get(path, status=404)
        await identify(api, "c-7")
        await api.get(path)
        await api.client.delete(PATH)
        await api.get(path, status=404)

    async def test_are_adopted_once(self, api: ApiClient, pool: Pool) -> None:
        """A conversation that is one customer's never becomes another's."""
        await seed_conversation(pool, visitor_id=await api.visitor())
        async with pool.acquire() as connection:
            for customer in ("c-7", "c-8"):
                await conversations.adopt(connection, thread_id="t1", customer=customer, claims={"sub": customer})
        assert await pool.fetchval("SELECT customer FROM conversations") == "c-7"

    async def test_staff_read_them_all(self, api: ApiClient, pool: Pool) -> None:
        """Staff are no customer, and read what every customer said."""
        await seed_conversation(pool)
        await pool.execute("UPDATE conversations SET customer = 'c-7'")
        await api.sign_in()
        await api.get("/api/v1/conversations/t1/events")

    async def test_what_has_expired_is_forgotten(self, api: ApiClient, pool: Pool) -> None:
        """Expired identities do not gather."""
        await api.visitor()
        await identify(api, "c-7")
        async with pool.acquire() as connection:
            assert await identities.forget_expired(connection) == 0
            await pool.execute("UPDATE identities SET expires_at = now()")
            assert await identities.forget_expired(connection) == 1
