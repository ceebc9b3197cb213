"""Tokens by client credentials, from a real token server: how often it is asked, and what its failures mean."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.outgoing.client import OutgoingClient
from app.outgoing.message import NotSent
from app.tools.oauth2 import Client, NotAuthorised, TokenSource
from tests.raw_http_server import Script, closes, raw_server, resets
from tests.token_server import TokenServer, token_server

pytestmark = pytest.mark.integration


class Clock:
    """A clock that a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    async with OutgoingClient(allow=["127.0.0.1"]) as safe:
        yield safe


def source(http: OutgoingClient, server: TokenServer, clock: Clock | None = None, **changes: Any) -> TokenSource:
    client = Client(
        token_url=server.url, client_id="desk", client_secret=changes.pop("secret", server.secret), **changes
    )
    return TokenSource(client, http=http, clock=clock or Clock())


async def test_a_token_is_asked_for_once_and_kept(http: OutgoingClient) -> None:
    """As the standard says: the client in a header, the grant and the scopes in a form."""
    async with token_server() as server:
        tokens = source(http, server, scopes=("orders:read", "orders:write"))
        assert [await tokens.token() for _ in range(3)] == ["token-1"] * 3
    assert server.forms == [{"grant_type": ["client_credentials"], "scope": ["orders:read orders:write"]}]
    assert tokens.known() == ("token-1",)


async def test_fifty_calls_at_once_ask_for_one_token(http: OutgoingClient) -> None:
    """Whoever comes while it is asked for waits for the same answer."""
    async with token_server() as server:
        server.held.clear()
        tokens = source(http, server)
        calls = [asyncio.create_task(tokens.token()) for _ in range(50)]
        await server.asked.wait()
        server.held.set()
        assert set(await asyncio.gather(*calls)) == {"token-1"}
    assert len(server.forms) == 1


async def test_whoever_asked_first_may_stop_waiting(http: OutgoingClient) -> None:
    """The others still get their token, without another request."""
    async with token_server() as server:
        server.held.clear()
        tokens = source(http, server)
        first, second = asyncio.create_task(tokens.token()), asyncio.create_task(tokens.token())
        await server.asked.wait()
        first.cancel()
        server.held.set()
        assert await second == "token-1"
    assert first.cancelled() or first.done()
    assert len(server.forms) == 1


@pytest.mark.parametrize(
    ("lifetime", "good_for"),
    [(3600, 3540), ("3600", 3540), (60, 30), (10, 5), (None, 240), (0, 240), (-5, 240), ("soon", 240), (1e12, 86_340)],
)
async def test_a_token_is_renewed_before_it_ends(http: OutgoingClient, lifetime: Any, good_for: float) -> None:
    """A minute before, or halfway where it lives shorter; what the server does not say is assumed."""
    clock = Clock()
    async with token_server(lifetime=lifetime) as server:
        tokens = source(http, server, clock)
        first = await tokens.token()
        clock.now += good_for - 0.5
        assert await tokens.token() == first
        clock.now += 1
        assert await tokens.token() == "token-2"


async def test_a_token_that_was_refused_is_renewed_once_for_all(http: OutgoingClient) -> None:
    """Whoever comes late with the old one gets the new one, without another request."""
    async with token_server() as server:
        tokens = source(http, server)
        old = await tokens.token()
        new = await asyncio.gather(*(tokens.token(refused=old) for _ in range(10)))
        assert set(new) == {"token-2"}
        assert await tokens.token(refused=old) == "token-2"
    assert len(server.forms) == 2
    assert tokens.known() == ("token-1", "token-2")


async def test_a_server_that_reads_the_form_alone_is_understood(http: OutgoingClient) -> None:
    """Asked once in the standard's way, from then on in its own."""
    async with token_server(only="body", lifetime=60) as server:
        clock = Clock()
        tokens = source(http, server, clock)
        assert await tokens.token() == "token-1"
        clock.now += 50
        assert await tokens.token() == "token-2"
    assert ["client_secret" in form for form in server.forms] == [False, True, True]


@pytest.mark.parametrize("lifetime", [3600, 0])
async def test_after_a_failure_it_is_asked_again(http: OutgoingClient, lifetime: int) -> None:
    """A failure is not kept."""
    async with token_server(lifetime=lifetime, status="503 Later", reply=b"") as server:
        tokens = source(http, server)
        with pytest.raises(NotSent):
            await tokens.token()
        server.reply = None
        assert await tokens.token() == "token-1"


@pytest.mark.parametrize("script", [closes, resets])
async def test_no_answer_from_the_token_server_leaves_nothing_unknown(http: OutgoingClient, script: Script) -> None:
    """The request that waited for the token was never sent: that is certain, and later may be better."""
    async with raw_server(script) as made:
        server = TokenServer(made=made)
        with pytest.raises(NotSent, match="nothing was sent") as caught:
            await source(http, server).token()
    assert (caught.value.code, caught.value.retryable) == ("tool_unavailable", True)


@pytest.mark.parametrize(
    ("status", "reply", "code", "says"),
    [
        ("400 Bad", b'{"error": "invalid_scope"}', "tool_not_permitted", "invalid_scope"),
        ("401 No", b'{"error": "invalid_client", "error_description": "s3cret&word"}', "tool_not_permitted", "401"),
        ("403 No", b'{"error": "s3cret&word"}', "tool_not_permitted", "403"),
        ("404 Not Found", b"<html>", "tool_not_permitted", "404"),
        ("302 Found\r\nLocation: http://169.254.169.254/", b"", "tool_not_permitted", "302"),
        ("500 Oops", b"s3cret&word", "tool_unavailable", "500"),
        ("429 Busy", b"", "tool_unavailable", "429"),
        ("200 OK", b"not json", "tool_not_permitted", "no bearer token"),
        ("200 OK", b"[]", "tool_not_permitted", "no bearer token"),
        ("200 OK", b'{"token_type": "bearer"}', "tool_not_permitted", "no bearer token"),
        ("200 OK", b'{"access_token": "a", "token_type": "mac"}', "tool_not_permitted", "no bearer token"),
        ("200 OK", b'{"access_token": "a\\r\\nX: y"}', "tool_not_permitted", "no bearer token"),
        ("200 OK", b'{"access_token": "' + b"x" * 20_000 + b'"}', "tool_not_permitted", "no bearer token"),
        ("200 OK", b'{"access_token": "' + b"x" * 90_000 + b'"}', "tool_not_permitted", "no bearer token"),
    ],
)
async def test_what_is_no_token_is_a_plain_failure(
    http: OutgoingClient, status: str, reply: bytes, code: str, says: str
) -> None:
    """Nothing was sent, the reason is said in our words, and what the server echoes is not repeated."""
    async with token_server(status=status, reply=reply) as server:
        with pytest.raises(NotSent, match=says) as caught:
            await source(http, server).token()
    assert caught.value.code == code
    assert "s3cret" not in str(caught.value) + repr(caught.value) + json.dumps(caught.value.details)
    assert caught.value.__cause__ is None


async def test_a_wrong_client_is_said(http: OutgoingClient) -> None:
    """An admin can enter it again."""
    async with token_server() as server:
        with pytest.raises(NotAuthorised, match="enter its credentials again"):
            await source(http, server, secret="wrong-secret").token()


async def test_the_token_server_is_guarded_like_every_target() -> None:
    """A document cannot name an internal address as its token server."""
    async with token_server() as server, OutgoingClient() as strict:
        with pytest.raises(NotAuthorised, match="loopback"):
            await source(strict, server).token()
    assert server.forms == []


def test_a_client_hides_its_secret() -> None:
    """Also where it is printed."""
    assert "s3cret" not in repr(Client(token_url="https://a.example", client_id="desk", client_secret="s3cret"))
