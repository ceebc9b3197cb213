"""OAuth 2 client credentials: tokens asked for once, kept until shortly before they end."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
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
class _Token:
    value: str = field(repr=False)
    refresh_at: float


class TokenSource:
    """Gives the token of one client; however many ask at once, the server is asked one time.

    The request to the token server is not the request that waits for the token: whatever goes wrong here, that one
    was not sent, so every failure is a `NotSent`.
    """

    def __init__(self, client: Client, *, http: OutgoingClient, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the client and how requests are sent."""
        self._client = client
        self._http = http
        self._clock = clock
        self._token: _Token | None = None
        self._asking: asyncio.Task[_Token] | None = None
        self._in_body = False
        self._known: deque[str] = deque(maxlen=KNOWN_TOKENS)

    async def token(self, *, refused: str | None = None) -> str:
        """Return a token that is good for a while; never the one that was `refused`, unless the server insists."""
        token = self._token
        if token is None or token.value == refused or token.refresh_at <= self._clock():
            token = await self._ask_once()
        return token.value

    def known(self) -> tuple[str, ...]:
        """Return the tokens that must not be shown."""
        return tuple(self._known)

    async def _ask_once(self) -> _Token:
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(self._answered)
        return await asyncio.shield(self._asking)  # one of those who wait may be cancelled; the others are not

    def _answered(self, asking: asyncio.Task[_Token]) -> None:
        self._asking = None
        if not asking.cancelled() and asking.exception() is None:
            self._token = asking.result()
            self._known.append(self._token.value)

    async def _ask(self) -> _Token:
        answer = await self._post(in_body=self._in_body)
        if answer.status in {_BAD_REQUEST, _UNAUTHORIZED} and not self._in_body:
            # Every server has to take the client in a header; some know the body alone.
            second = await self._post(in_body=True)
            if second.status == _OK:
                self._in_body, answer = True, second
        return self._read(answer)

    async def _post(self, *, in_body: bool) -> HttpResponse:
        client = self._client
        form = {"grant_type": "client_credentials"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if client.scopes:
            form["scope"] = " ".join(client.scopes)
        if in_body:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
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

    def _read(self, answer: HttpResponse) -> _Token:
        content = _object(answer.body)
        if answer.status >= 500 or answer.status == 429:  # noqa: PLR2004  # not now, as HTTP says it
            raise NotSent(f"{self._server} answered {answer.status}, so nothing was sent. Try again later.")
        if answer.status != _OK:
            code = content.get("error")
            why = f" ({code})" if isinstance(code, str) and code in _KNOWN_ERRORS else ""
            raise NotAuthorised(
                f"{self._server} refused the stored client with {answer.status}{why}, so nothing was sent. "
                f"An admin can enter its credentials again."
            )
        value, kind = str(content.get("access_token", "")), str(content.get("token_type", "bearer"))
        if kind.lower() != "bearer" or len(value) > MAX_TOKEN_CHARS or not _TOKEN.fullmatch(value):
            raise NotAuthorised(f"{self._server} gave no bearer token, so nothing was sent. Check its address.")
        lifetime = _lifetime(content.get("expires_in"))
        return _Token(value=value, refresh_at=self._clock() + lifetime - min(REFRESH_SECONDS, lifetime / 2))


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
