"""OAuth 2 tokens, of a client or of a person who signed in: asked for once, kept until shortly before they end.

Whatever a token server answers is checked here and told in our own words: it could echo a secret of ours.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from app.errors import ToolNotPermitted
from app.outgoing.client import OutgoingClient
from app.outgoing.message import HttpResponse, NoAnswer, NotSent, OutgoingRequest, TargetRefused

TOKEN_SECONDS: Final = 10.0  # a token server answers at once or is down
MAX_TOKEN_ANSWER_BYTES: Final = 64_000  # a token with a hundred claims has a tenth of it
MAX_TOKEN_CHARS: Final = 16_000  # what fits into a header of common servers, twice over
UNSAID_LIFETIME_SECONDS: Final = 300.0  # where the server does not say how long a token is good for
LONGEST_LIFETIME_SECONDS: Final = 86_400.0  # asked for anew at least daily, so that a withdrawn client is noticed
REFRESH_SECONDS: Final = 60.0  # before the end: longer than a request may take and clocks differ
KNOWN_TOKENS: Final = 5  # the last ones: an answer that comes late may still echo the one before

_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
# The codes of RFC 6749; anything else that a server writes there could be a secret of ours, echoed.
_KNOWN_ERRORS: Final = frozenset(
    {"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
     "invalid_scope"}
)  # fmt: skip
_OK: Final = 200
_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401


class NotAuthorised(ToolNotPermitted, NotSent):
    """A request that lacks a credential, so it was not sent; trying again would not change that."""

    retryable = False


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who asks for tokens, where, and for which scopes."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TokenAnswer:
    """A token that a server gave, for how many seconds, and what it is renewed with, where the server said so."""

    value: str = field(repr=False)
    lifetime: float
    refresh_token: str = field(default="", repr=False)


Renewal = Callable[[str, str, Callable[[str], Awaitable[TokenAnswer]]], Awaitable[Mapping[str, str]]]
"""Renews the tokens of a scheme for every replica: of whoever calls at once with the same `seen` token, one asks."""


class TokenEndpoint:
    """Asks one token server, as one client.

    The request to the token server is not the request that waits for the token: whatever goes wrong here, that one
    was not sent, so every failure is a `NotSent`.
    """

    def __init__(self, client: Client, *, http: OutgoingClient) -> None:
        """Take the client and how requests are sent."""
        self._client = client
        self._http = http
        self._in_body = False

    async def ask(self, grant: Mapping[str, str]) -> TokenAnswer:
        """Ask for a token by this grant; NotAuthorised where the server refuses it, another NotSent otherwise."""
        answer = await self._post(grant, in_body=self._in_body)
        if answer.status in {_BAD_REQUEST, _UNAUTHORIZED} and not self._in_body and _code(answer) != "invalid_grant":
            # Every server has to take the client in a header; some know the body alone.
            second = await self._post(grant, in_body=True)
            if second.status == _OK:
                self._in_body, answer = True, second
        return self._read(answer)

    async def _post(self, grant: Mapping[str, str], *, in_body: bool) -> HttpResponse:
        client = self._client
        form = dict(grant)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if in_body or not client.client_secret:  # a client without a secret has nothing to put into a header
            form |= {"client_id": client.client_id}
            form |= {"client_secret": client.client_secret} if client.client_secret else {}
        else:
            pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"  # as RFC 6749, 2.3.1, says
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        request = OutgoingRequest(
            method="POST", url=client.token_url, headers=headers, body=urlencode(form).encode("ascii")
        )
        try:
            return await self._http.send(request, timeout_seconds=TOKEN_SECONDS, max_bytes=MAX_TOKEN_ANSWER_BYTES)
        except TargetRefused as error:
            raise NotAuthorised(f"No access token can be asked for: {error.message}") from None
        except (NotSent, NoAnswer):
            raise NotSent(f"{self._server} gave no access token, so nothing was sent. Try again later.") from None

    @property
    def _server(self) -> str:
        return f"The token server {urlsplit(self._client.token_url).hostname}"

    def _read(self, answer: HttpResponse) -> TokenAnswer:
        content = _object(answer.body)
        if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004  # not now, as HTTP says it
            raise NotSent(f"{self._server} answered {answer.status}, so nothing was sent. Try again later.")
        if answer.status != _OK:
            code = _code(answer)
            why = f" ({code})" if code in _KNOWN_ERRORS else ""
            raise NotAuthorised(
                f"{self._server} refused the stored client with {answer.status}{why}, so nothing was sent. "
                f"An admin can enter its credentials again."
            )
        value, kind = str(content.get("access_token", "")), str(content.get("token_type", "bearer"))
        if kind.lower() != "bearer" or len(value) > MAX_TOKEN_CHARS or not _TOKEN.fullmatch(value):
            raise NotAuthorised(f"{self._server} gave no bearer token, so nothing was sent. Check its address.")
        refresh = content.get("refresh_token")
        usable = isinstance(refresh, str) and len(refresh) <= MAX_TOKEN_CHARS
        return TokenAnswer(
            value=value,
            lifetime=_lifetime(content.get("expires_in")),
            refresh_token=refresh if usable and isinstance(refresh, str) else "",
        )


class TokenSource:
    """Gives the token of one client; however many ask at once, the server is asked one time."""

    def __init__(self, client: Client, *, http: OutgoingClient, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the client and how requests are sent."""
        self._endpoint = TokenEndpoint(client, http=http)
        self._scopes = client.scopes
        self._clock = clock
        self._token: tuple[str, float] | None = None  # and when it is renewed
        self._asking: asyncio.Task[TokenAnswer] | None = None
        self._known: deque[str] = deque(maxlen=KNOWN_TOKENS)

    async def token(self, *, refused: str | None = None) -> str:
        """Return a token that is good for a while; never the one that was `refused`, unless the server insists."""
        if self._token is not None and self._token[0] != refused and self._token[1] > self._clock():
            return self._token[0]
        return (await self._ask_once()).value

    def known(self) -> tuple[str, ...]:
        """Return the tokens that must not be shown."""
        return tuple(self._known)

    async def _ask_once(self) -> TokenAnswer:
        if self._asking is None:
            grant = {"grant_type": "client_credentials"}
            if self._scopes:
                grant["scope"] = " ".join(self._scopes)
            self._asking = asyncio.create_task(self._endpoint.ask(grant))
            self._asking.add_done_callback(self._answered)
        return await asyncio.shield(self._asking)  # one of those who wait may be cancelled; the others are not

    def _answered(self, asking: asyncio.Task[TokenAnswer]) -> None:
        self._asking = None
        if not asking.cancelled() and asking.exception() is None:
            answer = asking.result()
            self._token = answer.value, self._clock() + answer.lifetime - _margin(answer.lifetime)
            self._known.append(answer.value)


class SignedIn:
    """Gives the token of a person who signed in at the provider, renewed by its refresh token.

    Tokens are kept in the database, because a provider may take each refresh token once: `renew` lets one replica ask
    and the others wait for what it got.
    """

    def __init__(
        self,
        scheme: str,
        values: Mapping[str, str],
        *,
        http: OutgoingClient,
        renew: Renewal | None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take what the sign-in gave: the client, `access_token`, `expires_at`, perhaps a `refresh_token`."""
        self._scheme = scheme
        self._values = values
        self._endpoint = TokenEndpoint(client_of(values), http=http)
        self._renew = renew
        self._now = now
        self._known: deque[str] = deque(maxlen=2 * KNOWN_TOKENS)
        self._asking: asyncio.Task[Mapping[str, str]] | None = None

    async def token(self, *, refused: str | None = None) -> str:
        """Return a token that is good for a while; NotAuthorised where the person has to sign in again."""
        seen = self._values["access_token"]
        if seen == refused or float(self._values["expires_at"]) <= self._now():
            self._values = await self._renewed_once(seen)
            self._known.extend(self._values[name] for name in ("access_token", "refresh_token") if name in self._values)
        return self._values["access_token"]

    def known(self) -> tuple[str, ...]:
        """Return the tokens that must not be shown."""
        return tuple(self._known)

    async def _renewed_once(self, seen: str) -> Mapping[str, str]:
        if self._renew is None or not self._values.get("refresh_token"):
            raise NotAuthorised(
                f"The sign-in for {self._scheme} has ended, so nothing was sent. An admin can sign in again."
            )
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._renew(self._scheme, seen, self._refresh))
            self._asking.add_done_callback(self._answered)
        return await asyncio.shield(self._asking)  # a refresh token that was used has to be replaced, whoever waits

    def _answered(self, asking: asyncio.Future[Mapping[str, str]]) -> None:
        self._asking = None
        if not asking.cancelled():
            asking.exception()  # whoever waits is told; where nobody does, it was told here

    async def _refresh(self, refresh_token: str) -> TokenAnswer:
        try:
            return await self._endpoint.ask({"grant_type": "refresh_token", "refresh_token": refresh_token})
        except NotAuthorised as error:
            raise NotAuthorised(f"{error.message.partition(' An admin')[0]} An admin can sign in again.") from None


def client_of(values: Mapping[str, str]) -> Client:
    """Return who asks for tokens, as it is sealed with the tokens of a sign-in."""
    return Client(
        token_url=values["token_url"], client_id=values["client_id"], client_secret=values.get("client_secret", "")
    )


def sealed_tokens(answer: TokenAnswer, *, now: float, before: Mapping[str, str]) -> dict[str, str]:
    """Return what is kept of an answer, with what was kept before: a server may not repeat the refresh token."""
    made = {**before, "access_token": answer.value, "expires_at": str(now + answer.lifetime - _margin(answer.lifetime))}
    return {**made, "refresh_token": answer.refresh_token} if answer.refresh_token else made


def _margin(lifetime: float) -> float:
    return min(REFRESH_SECONDS, lifetime / 2)


def _code(answer: HttpResponse) -> str:
    code = _object(answer.body).get("error")
    return code if isinstance(code, str) else ""


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _lifetime(said: Any) -> float:
    """Return how many seconds a token is good for; servers also write the number as a text."""
    try:
        seconds = float(said)
    except (TypeError, ValueError, OverflowError):
        return UNSAID_LIFETIME_SECONDS
    if not math.isfinite(seconds) or seconds <= 0:
        return UNSAID_LIFETIME_SECONDS
    return min(seconds, LONGEST_LIFETIME_SECONDS)
