"""Credentials of one API: which a request needs, and how they are put into it after everybody has seen it.

What people see and what is recorded is the request before this. A credential goes to the origin that it was entered
for and nowhere else, over https unless an admin allowed the host by name.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote_plus

from yarl import URL

from app.errors import InvalidRequest
from app.openapi.api import SecurityScheme
from app.openapi.operation import SecurityNeed
from app.outgoing.client import OutgoingClient
from app.outgoing.message import OutgoingRequest
from app.outgoing.ssrf import origin
from app.tools.oauth2 import Client, NotAuthorised, Renewal, SignedIn, TokenSource

MAX_VALUE_CHARS: Final = 8_000  # a long signed token has half of it

# What each kind of credential consists of; the secret ones are masked wherever they come back.
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "apiKey": ("value",),
    "basic": ("username", "password"),
    "bearer": ("token",),
    "oauth2": ("client_id", "client_secret"),
}
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {"oauth2": ("token_url", "scopes")}
SECRET: Final = frozenset({"value", "password", "token", "client_secret", "access_token", "refresh_token"})
ORIGIN: Final = "origin"  # sealed with what was entered: the only origin that it is sent to

_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_COOKIE_VALUE: Final = re.compile(r'[^\s",;\\]+')

CredentialValues = Mapping[str, str]


Needs = Sequence[Sequence[SecurityNeed]]  # alternatives of combinations; empty: none is needed


def complete(scheme: SecurityScheme, entered: Mapping[str, str]) -> dict[str, str]:
    """Return what a person entered as it is sealed: checked, trimmed, with the address that a token comes from.

    That address is kept with the secret, so that another version of the document cannot lead the secret elsewhere.
    OAuth 2 takes a ready token instead of a client. InvalidRequest names the field that is missing or cannot be sent;
    its value is never repeated.
    """
    required = REQUIRED.get(scheme.kind)
    if required is None:
        raise InvalidRequest(f"'{scheme.name}' is a kind of sign-in that is not supported.")
    values = {name: text.strip() for name, text in entered.items() if text.strip()}
    if scheme.kind == "oauth2" and "token" in values:
        known = needed = REQUIRED["bearer"]
    else:
        if scheme.kind == "oauth2" and scheme.token_url:
            values.setdefault("token_url", scheme.token_url)
        known = (*required, *OPTIONAL.get(scheme.kind, ()))
        needed = (*required, "token_url") if scheme.kind == "oauth2" else required
    for name in values:
        if name not in known:
            raise InvalidRequest(f"'{scheme.name}' has no field {name!r}; it has {', '.join(known)}.", field=name)
    for name in needed:
        if name not in values:
            raise InvalidRequest(f"'{scheme.name}' needs {name}.", field=name)
    for name, text in values.items():
        check_value(scheme, name, text)
    return values


def check_value(scheme: SecurityScheme, name: str, text: str) -> None:
    """Check one field of what was entered; InvalidRequest names it, and never repeats what it holds."""
    in_header = name == "token" or (scheme.kind == "apiKey" and scheme.place != "query")
    if len(text) > MAX_VALUE_CHARS or (in_header and not _PRINTABLE.fullmatch(text)):
        raise InvalidRequest(f"{name} holds characters that cannot be sent, or too many.", field=name)
    if scheme.place == "cookie" and scheme.kind == "apiKey" and not _COOKIE_VALUE.fullmatch(text):
        raise InvalidRequest(f"{name} holds characters that a cookie cannot carry.", field=name)
    if name == "username" and ":" in text:
        raise InvalidRequest("A username holds no colon.", field=name)
    if name.endswith("_url") and not text.startswith(("https://", "http://")):
        raise InvalidRequest(f"{name} is a full https:// address.", field=name)


def is_entered(scheme: SecurityScheme, values: CredentialValues) -> bool:
    """Say whether what was entered is enough for the scheme."""
    if scheme.kind == "oauth2" and (values.get("token") or values.get("access_token")):
        return True
    return all(values.get(name) for name in REQUIRED.get(scheme.kind, ("unsupported",)))


def origin_of(url: str) -> str:
    """Write the origin of an API's address, as it is sealed with credentials."""
    scheme, host, port = origin(URL(url, encoded=True))
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port == {"https": 443, "http": 80}.get(scheme) else f"{scheme}://{name}:{port}"


class Authoriser:
    """Puts an API's credentials into requests to that API."""

    def __init__(
        self,
        schemes: Mapping[str, SecurityScheme],
        values: Mapping[str, CredentialValues],
        http: OutgoingClient,
        *,
        api_url: str,
        first: Sequence[SecurityNeed] = (),
        renew: Renewal | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the API's schemes, what was entered for them, and the address that all of it is for.

        `first` is the way that a person chose for every request, whatever its operation declares. `renew` stores the
        tokens of a sign-in that are renewed.
        """
        self._schemes = schemes
        self._first = tuple(first)
        self._renew = renew
        self._values = {name: entered for name, entered in values.items() if name in schemes}
        self._http = http
        self._origin = origin(URL(api_url, encoded=True))
        self._written_origin = origin_of(api_url)
        self._clock = clock
        self._sources: dict[Client, TokenSource] = {}
        self._signed_in: dict[str, SignedIn] = {}

    async def authorise(
        self, request: OutgoingRequest, needs: Needs, *, refused: OutgoingRequest | None = None
    ) -> OutgoingRequest:
        """Return the request with the credentials of the first alternative that can be met.

        `refused` is the same request as it was sent and answered with 401: the result is equal to it where there is
        no other token. NotAuthorised where a credential is missing or would go elsewhere; another NotSent where no
        token can be had right now. Where nothing was entered for the API, the request stays as it is.
        """
        if self._first and all(self._can_meet(need) for need in self._first):
            needs = [self._first]
        chosen = self._chosen(needs) if self._values else ()
        if not chosen:
            return request
        self._check_destination(request)
        self._check_entered_for(chosen)
        for need in chosen:
            request = await self._with(request, need, refused)
        return request

    def secrets(self) -> tuple[str, ...]:
        """Return everything that must not be shown: what was entered, and the tokens that came for it."""
        entered = [text for values in self._values.values() for name, text in values.items() if name in SECRET]
        pairs = [_pair(values) for values in self._values.values() if "password" in values]
        sources: tuple[TokenSource | SignedIn, ...] = (*self._sources.values(), *self._signed_in.values())
        return (*entered, *pairs, *(token for source in sources for token in source.known()))

    def _chosen(self, needs: Needs) -> Sequence[SecurityNeed]:
        for alternative in needs:
            if alternative and all(self._can_meet(need) for need in alternative):
                return alternative
        if not needs or any(not alternative for alternative in needs):
            return ()
        names = " or ".join(dict.fromkeys(" with ".join(need.scheme for need in one) for one in needs))
        raise NotAuthorised(
            f"This needs the credentials of {names}, which nobody has entered, so nothing was sent. "
            f"An admin can enter them with the API."
        )

    def _can_meet(self, need: SecurityNeed) -> bool:
        scheme = self._schemes.get(need.scheme)
        values = self._values.get(need.scheme, {})
        return scheme is not None and is_entered(scheme, values)

    def _check_entered_for(self, chosen: Sequence[SecurityNeed]) -> None:
        """Refuse credentials that were entered while the API was at another origin."""
        for need in chosen:
            there = self._values[need.scheme].get(ORIGIN)
            if there is not None and there != self._written_origin:
                raise NotAuthorised(
                    f"The credentials of {need.scheme} were entered for {there}, and the API is at "
                    f"{self._written_origin} now, so nothing was sent. An admin can enter them again."
                )

    def _check_destination(self, request: OutgoingRequest) -> None:
        allowed = self._http.allows(request.url)  # refuses an address that can be read in two ways
        if origin(URL(request.url, encoded=True)) != self._origin:
            raise NotAuthorised("This request leads to another address than the API's, so nothing was sent.")
        if not (request.url.startswith("https:") or allowed):
            raise NotAuthorised(
                "Credentials are sent over https only, so nothing was sent. "
                "An admin can correct the API's address, or allow its host by name in OUTGOING_ALLOW."
            )

    async def _with(
        self, request: OutgoingRequest, need: SecurityNeed, refused: OutgoingRequest | None
    ) -> OutgoingRequest:
        scheme, values = self._schemes[need.scheme], self._values[need.scheme]
        match scheme.kind:
            case "basic":
                return _with_header(request, "Authorization", f"Basic {_pair(values)}")
            case "bearer":
                return _with_header(request, "Authorization", f"Bearer {values['token']}")
            case "oauth2" if "token" in values:
                return _with_header(request, "Authorization", f"Bearer {values['token']}")
            case "oauth2":
                bearer = _header(refused, "Authorization") if refused else None
                source = self._source(scheme, values, need.scopes)
                token = await source.token(refused=bearer.removeprefix("Bearer ") if bearer else None)
                return _with_header(request, "Authorization", f"Bearer {token}")
            case _:
                return _with_key(request, scheme, values["value"])

    def _source(
        self, scheme: SecurityScheme, values: CredentialValues, scopes: Iterable[str]
    ) -> TokenSource | SignedIn:
        if "access_token" in values:
            if scheme.name not in self._signed_in:
                self._check_token_url(values["token_url"])
                self._signed_in[scheme.name] = SignedIn(scheme.name, values, http=self._http, renew=self._renew)
            return self._signed_in[scheme.name]
        client = Client(
            token_url=self._token_url(scheme, values),
            client_id=values["client_id"],
            client_secret=values["client_secret"],
            scopes=tuple(values.get("scopes", "").replace(",", " ").split()) or tuple(sorted(set(scopes))),
        )
        if client not in self._sources:
            self._sources[client] = TokenSource(client, http=self._http, clock=self._clock)
        return self._sources[client]

    def _token_url(self, scheme: SecurityScheme, values: CredentialValues) -> str:
        """Return where the secret goes: where it was entered for, or within the API's own origin."""
        kept = values.get("token_url", "")
        url = kept or scheme.token_url
        self._check_token_url(url)
        if not kept and origin(URL(url, encoded=True)) != self._origin:
            raise NotAuthorised("The token server is not the one that the credentials were entered for. Enter them.")
        return url

    def _check_token_url(self, url: str) -> None:
        if not (self._http.allows(url) or url.startswith("https:")):
            raise NotAuthorised("Tokens are asked for over https only, so nothing was sent. Correct token_url.")


def _pair(values: CredentialValues) -> str:
    return base64.b64encode(f"{values['username']}:{values['password']}".encode()).decode()


def _with_key(request: OutgoingRequest, scheme: SecurityScheme, value: str) -> OutgoingRequest:
    match scheme.place:
        case "query":
            return _with_query(request, scheme.parameter, value)
        case "cookie":
            kept = [pair for pair in _cookies(request) if pair.partition("=")[0] != scheme.parameter]
            return _with_header(request, "Cookie", "; ".join([*kept, f"{scheme.parameter}={value}"]))
        case _:
            return _with_header(request, scheme.parameter, value)


def _header(request: OutgoingRequest, name: str) -> str | None:
    return next((value for key, value in request.headers.items() if key.lower() == name.lower()), None)


def _cookies(request: OutgoingRequest) -> list[str]:
    return [pair.strip() for pair in (_header(request, "Cookie") or "").split(";") if pair.strip()]


def _with_header(request: OutgoingRequest, name: str, value: str) -> OutgoingRequest:
    """Set the header; one of the same name that stood there came from arguments, and does not count."""
    others = {key: other for key, other in request.headers.items() if key.lower() != name.lower()}
    return replace(request, headers={**others, name: value})


def _with_query(request: OutgoingRequest, name: str, value: str) -> OutgoingRequest:
    """Set the query parameter; one of the same name that stood there came from arguments, and does not count."""
    path, _, query = request.url.partition("?")
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) != name]
    kept.append(f"{quote(name, safe='')}={quote(value, safe='')}")
    return replace(request, url=f"{path}?{'&'.join(kept)}")
