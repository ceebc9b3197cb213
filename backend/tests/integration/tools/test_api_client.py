"""Requests to one API: with its credentials, one renewal after a 401, and within its limits; on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.openapi.api import SecurityScheme
from app.openapi.operation import SecurityNeed
from app.outgoing.client import OutgoingClient
from app.outgoing.message import HttpResponse, NoAnswer, NotSent, OutgoingRequest
from app.tools.api_client import ApiClient, ApiLimits, refuses_token
from app.tools.credentials import Authoriser
from tests.raw_http_server import RawServer, Reader, Script, Writer, answers, closes, ok, raw_server
from tests.token_server import TokenServer, bearer_of, token_server

pytestmark = pytest.mark.integration

NEEDS = [[SecurityNeed(scheme="oauth", scopes=("orders",))]]
REFUSED = answers('401 No\r\nWWW-Authenticate: Bearer realm="x", error="invalid_token"')
DONE = ok(b'{"done": true}')


@pytest.fixture
async def http() -> AsyncIterator[OutgoingClient]:
    async with OutgoingClient(allow=["127.0.0.1"]) as safe:
        yield safe


def read(server: RawServer) -> OutgoingRequest:
    return OutgoingRequest(method="GET", url=f"{server.url}/orders/1")


def write(server: RawServer) -> OutgoingRequest:
    return OutgoingRequest(method="POST", url=f"{server.url}/orders/1/cancel", body={"reason": "late"})


def guarded(http: OutgoingClient, api: RawServer, tokens: TokenServer, **options: Any) -> ApiClient:
    scheme = SecurityScheme(name="oauth", kind="oauth2", token_url=tokens.url)
    values = {"oauth": {"client_id": "desk", "client_secret": tokens.secret, "token_url": tokens.url}}
    return ApiClient(
        name="shop", http=http, authoriser=Authoriser({"oauth": scheme}, values, http, api_url=api.url), **options
    )


def until(good: str, otherwise: Script = REFUSED) -> Any:
    """Take one token alone; `server` is told to the script afterwards."""

    class Api:
        server: RawServer

        async def __call__(self, reader: Reader, writer: Writer) -> None:
            script = DONE if bearer_of(self.server.requests[-1]) == good else otherwise
            await script(reader, writer)

    return Api()


# --- credentials -----------------------------------------------------------------------------------------------


async def test_a_request_carries_its_token(http: OutgoingClient) -> None:
    """Asked for once, with the scopes that the operation needs."""
    async with token_server() as tokens, raw_server(DONE) as api:
        there = guarded(http, api, tokens)
        assert (await there.send(read(api), needs=NEEDS, is_write=False)).status == 200
        await there.send(write(api), needs=NEEDS, is_write=True)
    assert [bearer_of(request) for request in api.requests] == ["token-1", "token-1"]
    assert tokens.forms == [{"grant_type": ["client_credentials"], "scope": ["orders"]}]


@pytest.mark.parametrize("is_write", [True, False])
async def test_a_refused_token_is_renewed_and_the_request_sent_once_more(http: OutgoingClient, is_write: bool) -> None:
    """The target says that it refused the token itself, so it has done nothing: also a write may be sent again."""
    script = until("token-2")
    async with token_server() as tokens, raw_server(script) as api:
        script.server = api
        there = guarded(http, api, tokens)
        request = write(api) if is_write else read(api)
        answer = await there.send(request, needs=NEEDS, is_write=is_write)
    assert answer.status == 200
    assert [bearer_of(request) for request in api.requests] == ["token-1", "token-2"]


@pytest.mark.parametrize(
    "refusal",
    [
        "401 No",
        "401 No\r\nWWW-Authenticate: Bearer",
        '401 No\r\nWWW-Authenticate: Basic realm="error=invalid_token"',
        '401 No\r\nWWW-Authenticate: Bearer error="insufficient_scope"',
    ],
)
async def test_any_other_401_sends_a_write_once_only(http: OutgoingClient, refusal: str) -> None:
    """Nobody says that nothing was done, so it is not done twice; the next request has a new token."""
    script = until("token-2", answers(refusal))
    async with token_server() as tokens, raw_server(script) as api:
        script.server = api
        there = guarded(http, api, tokens)
        assert (await there.send(write(api), needs=NEEDS, is_write=True)).status == 401
        assert len(api.requests) == 1
        assert (await there.send(write(api), needs=NEEDS, is_write=True)).status == 200
    assert [bearer_of(request) for request in api.requests] == ["token-1", "token-2"]


async def test_a_read_and_a_write_with_its_key_are_sent_again_after_any_401(http: OutgoingClient) -> None:
    """Twice is as good as once."""
    for is_write in (True, False):
        script = until("token-2", answers("401 No"))
        async with token_server() as tokens, raw_server(script) as api:
            script.server = api
            there = guarded(http, api, tokens)
            answer = await there.send(write(api), needs=NEEDS, is_write=is_write, repeatable=True)
        assert (answer.status, len(api.requests)) == (200, 2)


async def test_a_target_that_always_refuses_is_asked_twice_and_no_more(http: OutgoingClient) -> None:
    """One new token a request."""
    async with token_server() as tokens, raw_server(REFUSED) as api:
        answer = await guarded(http, api, tokens).send(read(api), needs=NEEDS, is_write=False)
    assert (answer.status, len(api.requests), len(tokens.given)) == (401, 2, 2)


async def test_without_a_new_token_the_refusal_stands(http: OutgoingClient) -> None:
    """The token server went down meanwhile: the request was sent, so nobody may say that it was not."""
    async with token_server() as tokens, raw_server(REFUSED) as api:
        there = guarded(http, api, tokens)

        async def refuses_and_breaks(reader: Reader, writer: Writer) -> None:
            tokens.status, tokens.reply = "503 Later", b""
            await REFUSED(reader, writer)

        api.script = refuses_and_breaks
        answer = await there.send(write(api), needs=NEEDS, is_write=True)
    assert (answer.status, len(api.requests)) == (401, 1)


async def test_a_key_that_is_refused_is_not_sent_again(http: OutgoingClient) -> None:
    """There is no other one."""
    async with raw_server(REFUSED) as api:
        authoriser = Authoriser(
            {"oauth": SecurityScheme(name="oauth", kind="bearer")},
            {"oauth": {"token": "b-123456"}},
            http,
            api_url=api.url,
        )
        answer = await ApiClient(name="shop", http=http, authoriser=authoriser).send(
            read(api), needs=NEEDS, is_write=False
        )
    assert (answer.status, len(api.requests)) == (401, 1)


async def test_a_second_request_that_gets_no_answer_is_unknown(http: OutgoingClient) -> None:
    """The first was refused; what became of the second nobody knows."""
    script = until("none")
    async with token_server() as tokens, raw_server(script) as api:

        async def then_closes(reader: Reader, writer: Writer) -> None:
            await (REFUSED if len(api.requests) == 1 else closes)(reader, writer)

        api.script = then_closes
        with pytest.raises(NoAnswer):
            await guarded(http, api, tokens).send(write(api), needs=NEEDS, is_write=True)


async def test_without_a_token_nothing_is_sent(http: OutgoingClient) -> None:
    """The target hears nothing of a request that could not be authorised."""
    async with token_server(status="401 No", reply=b"") as tokens, raw_server(DONE) as api:
        with pytest.raises(NotSent):
            await guarded(http, api, tokens).send(write(api), needs=NEEDS, is_write=True)
    assert api.connections == 0


async def test_a_token_is_not_sent_after_a_redirect(http: OutgoingClient) -> None:
    """A redirect is an answer; nobody follows it with the token."""
    async with (
        token_server() as tokens,
        raw_server(DONE) as away,
        raw_server(answers(f"307 Go\r\nLocation: {away.url}/")) as api,
    ):
        answer = await guarded(http, api, tokens).send(write(api), needs=NEEDS, is_write=True)
    assert (answer.status, away.connections) == (307, 0)


@pytest.mark.parametrize(
    ("challenge", "says_so"),
    [
        ('Bearer error="invalid_token"', True),
        ('bearer realm="a", error=invalid_token, error_description="expired"', True),
        ('Bearer error="invalid_token_type"', False),
        ('Bearer error_description="error=invalid_token"', False),
        ('Bearer error_description="no, error=invalid_token", error="invalid_request"', False),
        ('Basic realm="x"', False),
        ("", False),
    ],
)
def test_only_the_standards_words_say_that_the_token_was_refused(challenge: str, says_so: bool) -> None:
    """RFC 6750, section 3.1."""
    answer = HttpResponse(status=401, headers={"WWW-Authenticate": challenge}, body=b"", content_type="", duration_ms=1)
    assert refuses_token(answer) is says_so


# --- limits ----------------------------------------------------------------------------------------------------


async def test_no_more_than_so_many_run_at_once(http: OutgoingClient) -> None:
    """The others wait for their turn, and all get their answer."""
    running, most = 0, 0
    let_go = asyncio.Event()

    async def counts(reader: Reader, writer: Writer) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 3:
            let_go.set()
        await let_go.wait()
        running -= 1
        await DONE(reader, writer)

    async with raw_server(counts) as api:
        there = ApiClient(name="shop", http=http, limits=ApiLimits(concurrency=3, per_second=1000))
        found = await asyncio.gather(*(there.send(read(api), is_write=False) for _ in range(12)))
    assert (most, len(found)) == (3, 12)


async def test_whoever_waits_too_long_for_a_turn_is_told(http: OutgoingClient) -> None:
    """Nothing was sent, and later may be better; the place is free again afterwards."""
    arrived, let_go = asyncio.Event(), asyncio.Event()

    async def slow(reader: Reader, writer: Writer) -> None:
        arrived.set()
        await let_go.wait()
        await DONE(reader, writer)

    async with raw_server(slow) as api:
        there = ApiClient(name="shop", http=http, limits=ApiLimits(concurrency=1, per_second=1000), queue_seconds=0.05)
        first = asyncio.create_task(there.send(read(api), is_write=False))
        await arrived.wait()
        with pytest.raises(NotSent, match="shop wait already"):
            await there.send(read(api), is_write=False)
        let_go.set()
        assert (await first).status == 200
        assert (await there.send(read(api), is_write=False)).status == 200
    assert len(api.requests) == 2


async def test_requests_are_spread_over_time(http: OutgoingClient) -> None:
    """Two a second: two now, the third in half a second, the fourth in one."""
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    async with raw_server(DONE) as api:
        there = ApiClient(name="shop", http=http, limits=ApiLimits(per_second=2), clock=lambda: 100.0, sleep=note)
        for _ in range(4):
            await there.send(read(api), is_write=False)
    assert pauses == [0.5, 1.0]


async def test_a_queue_that_would_last_too_long_refuses(http: OutgoingClient) -> None:
    """Whoever stands in a chat is told now."""
    async with raw_server(DONE) as api:
        there = ApiClient(name="shop", http=http, limits=ApiLimits(per_second=0.01), clock=lambda: 100.0)
        await there.send(read(api), is_write=False)
        with pytest.raises(NotSent, match="was not sent"):
            await there.send(read(api), is_write=False)
    assert api.connections == 1


@pytest.mark.parametrize("is_write", [True, False])
async def test_reads_and_writes_have_their_own_time(http: OutgoingClient, is_write: bool) -> None:
    """A read may give up sooner than a write."""

    async def silent(reader: Reader, _: Writer) -> None:
        await reader.read()

    limits = ApiLimits(read_seconds=0.1 if not is_write else 60, write_seconds=0.1 if is_write else 60)
    async with raw_server(silent) as api:
        with pytest.raises(NoAnswer, match="in time"):
            await ApiClient(name="shop", http=http, limits=limits).send(read(api), is_write=is_write)
