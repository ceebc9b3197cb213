"""Which credentials a request gets, where they go, and where they never go; nothing is sent here."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.openapi.api import SecurityScheme
from app.openapi.operation import SecurityNeed
from app.outgoing.client import OutgoingClient
from app.outgoing.message import NotSent, OutgoingRequest, TargetRefused
from app.tools.credentials import Authoriser, complete
from app.tools.oauth2 import NotAuthorised

API = "https://api.example/v1"


def scheme(name: str, kind: str, place: str = "", parameter: str = "", token_url: str = "") -> SecurityScheme:
    return SecurityScheme(name=name, kind=kind, place=place, parameter=parameter, token_url=token_url)


KEY = scheme("key", "apiKey", "header", "X-Api-Key")
QUERY = scheme("query", "apiKey", "query", "api key")
COOKIE = scheme("cookie", "apiKey", "cookie", "sid")
BASIC = scheme("basic", "basic")
BEARER = scheme("bearer", "bearer")
STRANGE = scheme("strange", "unsupported")
SCHEMES = {one.name: one for one in (KEY, QUERY, COOKIE, BASIC, BEARER, STRANGE)}
VALUES = {
    "key": {"value": "k-123456"},
    "query": {"value": "q 1/2&3"},
    "cookie": {"value": "c-123456"},
    "basic": {"username": "desk", "password": "pässword"},
    "bearer": {"token": "b-123456"},
}
PAIR = base64.b64encode("desk:pässword".encode()).decode()


def authoriser(values: dict[str, dict[str, str]] | None = None, api: str = API, **options: Any) -> Authoriser:
    return Authoriser(SCHEMES, VALUES if values is None else values, OutgoingClient(**options), api_url=api)


def request(url: str = f"{API}/orders?state=open", **headers: str) -> OutgoingRequest:
    return OutgoingRequest(method="GET", url=url, headers=headers)


def needs(*alternatives: str) -> list[list[SecurityNeed]]:
    """Read `a+b` as both together, each text as an alternative."""
    return [[SecurityNeed(scheme=name) for name in names.split("+") if name] for names in alternatives]


async def authorised(*alternatives: str, only: str = "", **headers: str) -> OutgoingRequest:
    values = {name: VALUES[name] for name in only.split()} if only else VALUES
    return await authoriser(values).authorise(request(**headers), needs(*alternatives))


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("key", {"X-Api-Key": "k-123456"}),
        ("cookie", {"Cookie": "sid=c-123456"}),
        ("basic", {"Authorization": f"Basic {PAIR}"}),
        ("bearer", {"Authorization": "Bearer b-123456"}),
    ],
)
async def test_each_kind_goes_to_its_place(name: str, headers: dict[str, str]) -> None:
    """A header, a cookie, a name with a password, a token."""
    made = await authorised(name)
    assert (made.headers, made.url) == (headers, f"{API}/orders?state=open")


async def test_a_key_in_the_address_is_encoded() -> None:
    """It cannot become a second parameter."""
    assert (await authorised("query")).url == f"{API}/orders?state=open&api%20key=q%201%2F2%263"
    bare = await authoriser().authorise(request(f"{API}/x"), needs("query"))
    assert bare.url == f"{API}/x?api%20key=q%201%2F2%263"


async def test_what_people_see_holds_no_credential() -> None:
    """The request before is the one that is shown; it is not changed."""
    before = request()
    after = await authoriser().authorise(before, needs("key+query+basic"))
    assert before == request()
    assert after != before
    assert "k-123456" not in str(before.shown())


async def test_an_argument_cannot_stand_in_for_a_credential() -> None:
    """What came from the model under the same name is replaced, however it is written."""
    headers = {"x-api-KEY": "mine", "Cookie": "sid=mine; theme=dark", "authorization": "Bearer mine"}
    mine = request(f"{API}/x?api+key=mine&api%20key=mine&a=1", **headers)
    made = await authoriser().authorise(mine, needs("key+cookie+bearer+query"))
    assert "mine" not in str(made)
    assert made.url == f"{API}/x?a=1&api%20key=q%201%2F2%263"
    assert made.headers == {
        "X-Api-Key": "k-123456", "Cookie": "theme=dark; sid=c-123456", "Authorization": "Bearer b-123456",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("alternatives", "entered", "header"),
    [
        (["key", "bearer"], "bearer key", "X-Api-Key"),
        (["key", "bearer"], "bearer", "Authorization"),
        (["key+bearer", "bearer"], "bearer", "Authorization"),
        (["strange", "key"], "key", "X-Api-Key"),
        (["unknown", "key"], "key", "X-Api-Key"),
        (["", "key"], "key", "X-Api-Key"),
        (["", "key"], "bearer", ""),
    ],
)
async def test_the_first_alternative_that_can_be_met_is_taken(
    alternatives: list[str], entered: str, header: str
) -> None:
    """With whatever was entered; none at all only where the document says that this is enough."""
    assert list((await authorised(*alternatives, only=entered)).headers) == ([header] if header else [])


async def test_an_operation_that_needs_nothing_gets_nothing() -> None:
    """A public operation does not learn the key."""
    assert await authoriser().authorise(request(), ()) == request()


@pytest.mark.parametrize("alternatives", [["key"], ["key+bearer"], ["strange"], ["unknown"]])
async def test_what_nobody_entered_is_named(alternatives: list[str]) -> None:
    """Nothing is sent, and an admin knows what to enter."""
    with pytest.raises(NotAuthorised, match=alternatives[0].split("+")[0]) as caught:
        await authorised(*alternatives, only="bearer")
    assert (caught.value.code, caught.value.retryable) == ("tool_not_permitted", False)
    assert isinstance(caught.value, NotSent)
    assert "nothing was sent" in caught.value.message


async def test_where_nothing_at_all_was_entered_the_target_decides() -> None:
    """Many documents ask for a key that their API does not; where it does, it says so."""
    assert await authoriser({}).authorise(request(), needs("key")) == request()


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/v1/orders", "https://api.example:8443/v1", "https://api.example.evil.example/v1",
     "http://api.example/v1", "https://v1.api.example/"],
)  # fmt: skip
async def test_a_credential_never_leaves_its_origin(url: str) -> None:
    """Another host, port or scheme gets nothing at all."""
    with pytest.raises(NotSent):
        await authoriser().authorise(request(url), needs("key"))


async def test_an_address_that_can_be_read_in_two_ways_gets_nothing() -> None:
    """A name before the host is not the host."""
    with pytest.raises(TargetRefused):
        await authoriser().authorise(request("https://api.example@evil.example/"), needs("key"))


async def test_without_tls_a_credential_goes_only_where_an_admin_said() -> None:
    """Inside one's own network, by name."""
    plain = request("http://shop.internal/x")
    with pytest.raises(NotAuthorised, match="https only"):
        await authoriser(api="http://shop.internal").authorise(plain, needs("key"))
    allowed = authoriser(api="http://shop.internal", allow=["shop.internal"])
    assert (await allowed.authorise(plain, needs("key"))).headers == {"X-Api-Key": "k-123456"}


def test_everything_that_must_not_be_shown_is_known() -> None:
    """What was entered, and the pair as it travels; a user's name is no secret."""
    secrets = authoriser().secrets()
    assert set(secrets) == {"k-123456", "q 1/2&3", "c-123456", "pässword", "b-123456", PAIR}


# --- what a person enters --------------------------------------------------------------------------------------

OAUTH = scheme("oauth", "oauth2", token_url="https://auth.example/token")


def test_what_is_entered_is_trimmed() -> None:
    """A line break that was copied along is no part of a key."""
    assert complete(KEY, {"value": " k-123456\n"}) == {"value": "k-123456"}


def test_the_address_of_the_token_is_kept_with_the_secret() -> None:
    """Another version of the document cannot lead the secret to another server."""
    entered = {"client_id": "desk", "client_secret": "x" * 9}
    assert complete(OAUTH, entered)["token_url"] == "https://auth.example/token"
    assert complete(OAUTH, {**entered, "token_url": "https://b.example/t"})["token_url"] == "https://b.example/t"


@pytest.mark.parametrize(
    ("kind", "entered", "field"),
    [
        (KEY, {}, "value"),
        (KEY, {"value": "  "}, "value"),
        (KEY, {"value": "a\nb"}, "value"),
        (KEY, {"value": "ü"}, "value"),
        (KEY, {"value": "x" * 9_000}, "value"),
        (KEY, {"value": "x", "token": "y"}, "token"),
        (COOKIE, {"value": "a;b"}, "value"),
        (BASIC, {"username": "desk"}, "password"),
        (BASIC, {"username": "a:b", "password": "x"}, "username"),
        (BEARER, {"token": "tok\x00en"}, "token"),
        (OAUTH, {"client_id": "desk"}, "client_secret"),
        (OAUTH, {"client_id": "a", "client_secret": "b", "token_url": "ftp://x"}, "token_url"),
        (scheme("oauth", "oauth2"), {"client_id": "a", "client_secret": "b"}, "token_url"),
    ],
)
def test_what_cannot_be_sent_is_said_when_it_is_entered(
    kind: SecurityScheme, entered: dict[str, str], field: str
) -> None:
    """The field is named, its value is not repeated."""
    with pytest.raises(InvalidRequest) as caught:
        complete(kind, entered)
    assert caught.value.details["field"] == field
    assert entered.get(field, "").strip() not in caught.value.message or len(entered.get(field, "")) < 4


def test_a_kind_that_is_not_supported_is_said() -> None:
    """Nobody enters a secret that cannot be used."""
    with pytest.raises(InvalidRequest, match="not supported"):
        complete(STRANGE, {"value": "x"})


async def test_a_ready_token_for_oauth2() -> None:
    """Whoever has a token already enters it alone; a client beside it is refused by name."""
    oauth = scheme("oauth", "oauth2", token_url="https://tokens.example/token")
    values = complete(oauth, {"token": " t-123456 "})
    assert values == {"token": "t-123456"}
    made = await Authoriser({"oauth": oauth}, {"oauth": values}, OutgoingClient(), api_url=API).authorise(
        request(), needs("oauth")
    )
    assert made.headers["Authorization"] == "Bearer t-123456"
    with pytest.raises(InvalidRequest, match="client_id"):
        complete(oauth, {"token": "t-123456", "client_id": "desk"})
