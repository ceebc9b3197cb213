"""Sign-in at a provider, OAuth 2's authorization code with PKCE: the address to go to, and the code that comes back.

What waits between the two is sealed like credentials, and good once and for a short while.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.errors import InvalidRequest
from app.openapi.api import SecurityScheme
from app.outgoing.client import OutgoingClient
from app.tools.credentials import check_value
from app.tools.oauth2 import TokenEndpoint, client_of, sealed_tokens

SIGN_IN_SECONDS: Final = 900.0  # a person finds a password and a second factor in it
RANDOM_BYTES: Final = 32  # nobody guesses it, and RFC 7636 asks for as much
_FIELDS: Final = ("client_id", "client_secret", "authorization_url", "token_url", "scopes")
_OPTIONAL: Final = frozenset({"client_secret", "scopes"})


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A sign-in that has begun: where the browser goes, the `state` that it comes back with, and what waits sealed."""

    address: str
    state: str
    waiting: Mapping[str, str] = field(repr=False)


def begin(scheme: SecurityScheme, entered: Mapping[str, str], *, redirect_uri: str) -> SignIn:
    """Begin a sign-in with the client that was entered; InvalidRequest names the field that is missing or wrong."""
    if scheme.kind != "oauth2":
        raise InvalidRequest(f"'{scheme.name}' is not an OAuth 2 scheme, so nobody signs in for it.")
    values = {name: text.strip() for name, text in entered.items() if text.strip()}
    known = {"authorization_url": scheme.authorization_url, "token_url": scheme.token_url}
    values = {**{name: url for name, url in known.items() if url}, **values}
    for name in values:
        if name not in _FIELDS:
            raise InvalidRequest(f"A sign-in has no field {name!r}; it has {', '.join(_FIELDS)}.", field=name)
    for name in _FIELDS:
        if name not in values and name not in _OPTIONAL:
            raise InvalidRequest(f"'{scheme.name}' needs {name}.", field=name)
    for name, text in values.items():
        check_value(scheme, name, text)
    state, verifier = secrets.token_urlsafe(RANDOM_BYTES), secrets.token_urlsafe(RANDOM_BYTES)
    scopes = values.pop("scopes", "").replace(",", " ").split() or list(scheme.scopes)
    query = {
        "response_type": "code",
        "client_id": values["client_id"],
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
        **({"scope": " ".join(scopes)} if scopes else {}),
    }
    return SignIn(
        address=_with_query(values.pop("authorization_url"), query),
        state=state,
        waiting={**values, "verifier": verifier, "redirect_uri": redirect_uri},
    )


async def finish(waiting: Mapping[str, str], code: str, *, http: OutgoingClient, now: float) -> dict[str, str]:
    """Exchange the code for tokens and return what is sealed; NotSent where the provider gives none."""
    kept = {name: text for name, text in waiting.items() if name not in {"verifier", "redirect_uri"}}
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": waiting["redirect_uri"],
        "code_verifier": waiting["verifier"],
    }
    return sealed_tokens(await TokenEndpoint(client_of(kept), http=http).ask(grant), now=now, before=kept)


def digest(state: str) -> bytes:
    """Return what a state is stored as, so that the table alone finishes nothing."""
    return hashlib.sha256(state.encode()).digest()


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _with_query(url: str, added: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in added]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*kept, *added.items()]), ""))
