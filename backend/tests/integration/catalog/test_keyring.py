"""Credentials of an API: signed in for at a real provider, renewed once for all replicas, sent to one origin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from app.db import credentials
from app.errors import BaseUrlMissing, SchemeTaken, SchemeUnknown, SignInEnded, SignInRefused
from app.openapi.operation import SecurityScheme
from app.tools.oauth2 import NotAuthorised, TokenAnswer
from tests.integration.openapi_import.import_pipeline import ImportPipeline, document
from tests.oauth_provider import CLIENT, Provider, oauth_provider, signed_in_at

if TYPE_CHECKING:
    from app.db.imports import ImportRow

pytestmark = pytest.mark.integration

HERE = "https://desk.example/apis/signed-in"
KEY: dict[str, Any] = {
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "security": [{"key": []}],
}


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with oauth_provider() as opened:
        yield opened


def oauth(provider: Provider) -> dict[str, Any]:
    """What a document says of the provider."""
    flow = {"authorizationUrl": f"{provider.url}/authorize", "tokenUrl": f"{provider.url}/token", "scopes": {"r": ""}}
    return {
        "servers": [{"url": provider.url}],
        "components": {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {"authorizationCode": flow}}}},
        "security": [{"oauth": ["r"]}],
    }


async def signed_in(pipeline: ImportPipeline, provider: Provider) -> ImportRow:
    """Import the provider's API, let it be live, and sign in for it."""
    job = await pipeline.approved(document(**oauth(provider)))
    address = await begun(pipeline, job.api_id)
    back = await signed_in_at(address)
    await pipeline.keyring.finish_sign_in(back["state"], back["code"], by="ann")
    await pipeline.live.reload()
    return job


async def begun(pipeline: ImportPipeline, api_id: UUID) -> str:
    entered = {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
    return await pipeline.keyring.begin_sign_in(api_id, "oauth", entered, redirect_uri=HERE, by="ann")


async def status(pipeline: ImportPipeline) -> tuple[bool, str | None]:
    """Look an order up, and say whether that worked."""
    outcome = await pipeline.tools.get("get_order").run({"id": "7"})
    return outcome.ok, outcome.error


class TestSignIn:
    """A person signs in at the provider; the code that comes back becomes tokens."""

    async def test_the_whole_way(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """Start, consent, callback: from then on the API is called with the token, and the tokens are sealed."""
        await signed_in(pipeline, provider)
        assert await status(pipeline) == (True, None)
        async with pipeline.pool.acquire() as connection:
            (row,) = await credentials.list_all(connection)
        assert b"access-1" not in row.sealed
        assert (row.set_by, row.origin) == ("ann", provider.url)

    async def test_a_state_is_good_once_and_for_its_own_person(
        self, pipeline: ImportPipeline, provider: Provider
    ) -> None:
        """Neither a repeated callback nor one that somebody else brings finishes anything."""
        job = await pipeline.approved(document(**oauth(provider)))
        back = await signed_in_at(await begun(pipeline, job.api_id))
        with pytest.raises(SignInEnded):
            await pipeline.keyring.finish_sign_in(back["state"], back["code"], by="eve")
        await pipeline.keyring.finish_sign_in(back["state"], back["code"], by="ann")
        with pytest.raises(SignInEnded):
            await pipeline.keyring.finish_sign_in(back["state"], back["code"], by="ann")

    async def test_a_code_of_another_sign_in(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """PKCE: a code that was given for another sign-in buys nothing, and nothing is stored."""
        job = await pipeline.approved(document(**oauth(provider)))
        other = await signed_in_at(await begun(pipeline, job.api_id))
        back = await signed_in_at(await begun(pipeline, job.api_id))
        with pytest.raises(SignInRefused, match="sign in again"):
            await pipeline.keyring.finish_sign_in(back["state"], other["code"], by="ann")
        async with pipeline.pool.acquire() as connection:
            assert await credentials.list_all(connection) == []


class TestRenewal:
    """A token that ends is replaced with the refresh token, which a provider may take once."""

    async def test_a_refused_token_is_renewed(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """A 401 gets one new token, and the read is sent once more; what is new is stored for the next start."""
        await signed_in(pipeline, provider)
        provider.tokens = set()
        assert await status(pipeline) == (True, None)
        again = ImportPipeline(pipeline.pool, pipeline.http)
        await again.live.reload()
        assert (await status(again), provider.given) == ((True, None), 2)

    async def test_two_replicas_renew_once(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """Both find the token refused; one asks, the other takes what it got, and no refresh token is used twice."""
        await signed_in(pipeline, provider)
        other = ImportPipeline(pipeline.pool, pipeline.http)
        await other.live.reload()
        provider.tokens = set()
        assert await asyncio.gather(*(status(one) for one in (pipeline, other, pipeline, other))) == [(True, None)] * 4
        assert (provider.given, provider.refused) == (2, 0)

    async def test_a_sign_in_that_was_withdrawn(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """A refresh token that the provider refuses is said plainly, with what to do; the next one may try again."""
        await signed_in(pipeline, provider)
        provider.tokens, provider.refresh = set(), "another"
        assert await status(pipeline) == (False, "tool_not_permitted")
        async with pipeline.pool.acquire() as connection:
            assert await connection.fetchval("SELECT renewing_until FROM api_credentials") is None

    async def test_what_was_entered_meanwhile_stays(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """Credentials that a person enters while tokens are renewed are not overwritten by them."""
        job = await signed_in(pipeline, provider)

        async def ask(_: str) -> TokenAnswer:
            await pipeline.keyring.keep(job.api_id, "oauth", {"token": "mine"}, by="bob")
            return TokenAnswer(value="late", lifetime=60)

        await pipeline.keyring.renewal(job.api_id)("oauth", "access-1", ask)
        async with pipeline.pool.acquire() as connection:
            rows = await credentials.list_all(connection)
        assert pipeline.keyring.opened(rows)["oauth"]["token"] == "mine"
        with pytest.raises(NotAuthorised):
            await pipeline.keyring.renewal(job.api_id)("oauth", "access-1", ask)


class TestOrigin:
    """Credentials go to the origin that they were entered for, and to no other."""

    async def test_they_do_not_follow_a_changed_address(self, pipeline: ImportPipeline) -> None:
        """The API says that they are needed again, and a request is not sent; the old address brings them back."""
        job = await pipeline.approved(document(**KEY), base_url="http://127.0.0.1:9/v1")
        await pipeline.keyring.keep(job.api_id, "key", {"value": "k-123456"}, by="ann")
        await self.moved(pipeline, job, "https://evil.example/v1")
        assert "entered for http://127.0.0.1:9" in await self.fault(pipeline)
        outcome = await pipeline.tools.get("get_order").run({"id": "7"})
        assert "were entered for http://127.0.0.1:9" in outcome.summary
        await self.moved(pipeline, job, "http://127.0.0.1:9/v2")
        assert await self.fault(pipeline) == ""

    async def test_a_row_that_is_changed_in_the_database(self, pipeline: ImportPipeline) -> None:
        """The sealed origin counts, whatever the column beside it says."""
        job = await pipeline.approved(document(**KEY))
        await pipeline.keyring.keep(job.api_id, "key", {"value": "k-123456"}, by="ann")
        async with pipeline.pool.acquire() as connection:
            await connection.execute("UPDATE api_credentials SET origin = 'https://evil.example'")
            rows = await credentials.list_all(connection)
        assert pipeline.keyring.opened(rows)["key"]["origin"] == "https://api.acme.example"

    async def test_an_api_without_an_address(self, pipeline: ImportPipeline) -> None:
        """Nothing is entered for an address that nobody knows yet."""
        job = await pipeline.imported(document(servers=[], **KEY))
        with pytest.raises(BaseUrlMissing):
            await pipeline.keyring.keep(job.api_id, "key", {"value": "k-123456"}, by="ann")

    @staticmethod
    async def moved(pipeline: ImportPipeline, job: ImportRow, base_url: str) -> None:
        async with pipeline.pool.acquire() as connection:
            await connection.execute("UPDATE apis SET base_url = $1, updated_at = now()", base_url)
            await connection.execute("UPDATE live_set SET version = version + 1")
        await pipeline.live.reload()

    @staticmethod
    async def fault(pipeline: ImportPipeline) -> str:
        async with pipeline.pool.acquire() as connection:
            return await connection.fetchval("SELECT coalesce(fault, '') FROM apis") or ""


class TestAddedSchemes:
    """An API whose document declares no way to sign in gets one from a person."""

    KEY = SecurityScheme(name="X-API-Key", kind="apiKey", place="header", parameter="X-API-Key")

    async def test_it_is_sent_with_every_request(self, pipeline: ImportPipeline, provider: Provider) -> None:
        """Also with operations that declare no need of it."""
        job = await pipeline.approved(document(servers=[{"url": provider.url}]))
        bearer = SecurityScheme(name="Bearer token", kind="bearer", place="header", parameter="Authorization")
        provider.tokens = {"t-123456"}
        await pipeline.keyring.add_scheme(job.api_id, bearer, by="ann")
        await pipeline.live.reload()
        assert await status(pipeline) == (False, "tool_not_permitted")
        await pipeline.keyring.keep(job.api_id, "Bearer token", {"token": "t-123456"}, by="ann")
        await pipeline.live.reload()
        assert await status(pipeline) == (True, None)

    async def test_a_name_is_taken_once(self, pipeline: ImportPipeline) -> None:
        """A second one of the same name is refused; what people added they can remove, with what was entered."""
        job = await pipeline.approved()
        await pipeline.keyring.add_scheme(job.api_id, self.KEY, by="ann")
        with pytest.raises(SchemeTaken):
            await pipeline.keyring.add_scheme(job.api_id, self.KEY, by="ann")
        await pipeline.keyring.keep(job.api_id, "X-API-Key", {"value": "k-123456"}, by="ann")
        await pipeline.keyring.remove_scheme(job.api_id, "X-API-Key", by="ann")
        with pytest.raises(SchemeUnknown):
            await pipeline.keyring.remove_scheme(job.api_id, "X-API-Key", by="ann")
        async with pipeline.pool.acquire() as connection:
            assert await credentials.list_all(connection) == []
