"""Identity tokens: JWTs that say who the customer is, signed by the page that the chat belongs to.

A token is checked and reduced to claims. Which algorithm counts follows from the key that is set, never from the
token; one that is forged, too old or not for us is refused, and the session stays as it was.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from app.errors import ConfigMistake, IdentityRefused
from app.settings import Settings, secret_key

MAX_TOKEN_CHARS: Final = 8_192  # a token with dozens of claims; what is longer carries something else
MAX_CUSTOMER_CHARS: Final = 200  # longer than any id or e-mail address that names a customer
MAX_CLAIMS: Final = 50  # what a tool is bound to is a handful; bounds what each turn stores
MAX_CLAIM_CHARS: Final = 500  # an id, a name, an address
MIN_RSA_BITS: Final = 2_048  # shorter keys can be broken
CLOCK_GRACE_SECONDS: Final = 60  # the other server's clock differs a little
OF_THE_TOKEN: Final = frozenset({"aud", "exp", "iat", "iss", "jti", "nbf"})  # about the token, not about the customer


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A customer, as a signed token said. `customer` is its claim `sub`."""

    customer: str
    claims: dict[str, Any]
    expires_at: datetime


class IdentityTokens:
    """Checks tokens with one key: a shared secret (HS256), or a public key (RS256 or ES256, as the key is)."""

    def __init__(
        self,
        *,
        secret: bytes | None = None,
        public_key: str | None = None,
        audience: str | None = None,
        issuer: str | None = None,
        max_age_seconds: int,
    ) -> None:
        """Take exactly one key. Raises `ConfigMistake` for a public key that cannot be used."""
        if (secret is None) == (public_key is None):
            raise ConfigMistake("Set either IDENTITY_SECRET or IDENTITY_PUBLIC_KEY, not both.")
        self._key: Any = secret
        self._algorithm = "HS256"
        if public_key is not None:
            self._key, self._algorithm = _public_key(public_key)
        self._audience = audience
        self._issuer = issuer
        self._max_age = max_age_seconds

    def verify(self, token: str, *, now: float) -> Identity:
        """Return who the token speaks of; raises `IdentityRefused` where it is not to be believed, and says why."""
        if len(token) > MAX_TOKEN_CHARS:
            raise IdentityRefused("That token is too long to be one.", reason="too_long")
        try:
            payload = jwt.decode(
                token,
                self._key,
                algorithms=[self._algorithm],
                audience=self._audience,
                issuer=self._issuer,
                options={
                    "require": ["exp", "sub", *(["aud"] if self._audience else []), *(["iss"] if self._issuer else [])],
                    "verify_exp": False,  # below, with the clock that is passed in
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise IdentityRefused(reason=type(error).__name__) from None
        expires = self._check_times(payload, now)
        return Identity(
            customer=_customer(payload["sub"]),
            claims=_claims(payload),
            expires_at=datetime.fromtimestamp(expires, UTC),
        )

    def sign(self, claims: Mapping[str, Any], *, now: float, seconds: int) -> str:
        """Make a token, to try it out; raises `ConfigMistake` where only a public key is set."""
        if self._algorithm != "HS256":
            raise ConfigMistake("Only IDENTITY_PUBLIC_KEY is set, and with a public key nothing can be signed.")
        own = {"iat": int(now), "exp": int(now) + min(seconds, self._max_age)}
        known = {"aud": self._audience, "iss": self._issuer}
        return jwt.encode(
            {**claims, **own, **{name: value for name, value in known.items() if value}}, self._key, algorithm="HS256"
        )

    def _check_times(self, payload: Mapping[str, Any], now: float) -> float:
        expires, begins = _moment(payload.get("exp")), _moment(payload.get("nbf", 0))
        if expires is None or begins is None:
            raise IdentityRefused("exp and nbf have to be times in seconds.", reason="no_time")
        if expires <= now:
            raise IdentityRefused("That token has expired. Get a new one and send it again.", reason="expired")
        if begins > now + CLOCK_GRACE_SECONDS:
            raise IdentityRefused("That token is not valid yet.", reason="too_early")
        if expires > now + self._max_age + CLOCK_GRACE_SECONDS:
            raise IdentityRefused(
                f"That token lives too long: at most {self._max_age} seconds are accepted.", reason="lives_too_long"
            )
        return expires


def identity_tokens(settings: Settings) -> IdentityTokens:
    """Check tokens as the settings say; where no key is set, with one derived from the secret key, to try it out."""
    secret: bytes | None = None
    if settings.identity_secret is not None:
        secret = settings.identity_secret.get_secret_value().encode()
    elif settings.identity_public_key is None:
        own = secret_key(settings).get_secret_value().encode()
        secret = hmac.new(own, b"smart-support:identity", hashlib.sha256).digest()
    return IdentityTokens(
        secret=secret,
        public_key=settings.identity_public_key,
        audience=settings.identity_audience,
        issuer=settings.identity_issuer,
        max_age_seconds=settings.identity_max_age_seconds,
    )


def _public_key(text: str) -> tuple[Any, str]:
    """Read a public key and say which algorithm it is for."""
    try:
        key = load_pem_public_key(text.replace("\\n", "\n").encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigMistake("IDENTITY_PUBLIC_KEY is not a public key in PEM form.") from None
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
        return key, "RS256"
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key, "ES256"
    raise ConfigMistake(
        f"IDENTITY_PUBLIC_KEY cannot be used: write an RSA key of at least {MIN_RSA_BITS} bits or an EC key on P-256."
    )


def _moment(value: Any) -> float | None:
    """Read a time in seconds; None for what is none, or lies beyond any calendar."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        return None
    return float(value)


def _customer(sub: Any) -> str:
    if not isinstance(sub, str) or not sub.strip() or len(sub) > MAX_CUSTOMER_CHARS or not _storable(sub):
        raise IdentityRefused("sub has to name the customer, in at most 200 characters.", reason="no_customer")
    return sub


def _claims(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what can fill an argument: texts, numbers, true and false."""
    kept = {
        name: value
        for name, value in payload.items()
        if name not in OF_THE_TOKEN and len(name) <= MAX_CLAIM_CHARS and _storable(name) and _is_plain(value)
    }
    return dict(list(kept.items())[:MAX_CLAIMS]) | {"sub": payload["sub"]}


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_CLAIM_CHARS and _storable(value)
    return isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
