"""Signed cookies: who somebody is and since when, in a text that only this server's secret can make."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final, Literal

from itsdangerous import BadData, URLSafeSerializer

CLOCK_GRACE_SECONDS: Final = 60  # replicas' clocks differ a little
MAX_COOKIE_CHARS: Final = 512  # ours are a quarter of it; a longer one is not ours


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """A cookie to set, HttpOnly and for every path; `max_age` 0 takes it back."""

    name: str
    value: str = field(repr=False)
    max_age: int
    samesite: Literal["None", "Lax", "Strict"]
    secure: bool


class CookieSigner:
    """Signs `[subject, issued_at]` for one purpose, so that no cookie is good for another."""

    def __init__(self, secret: bytes, *, purpose: str, lives: int) -> None:
        """Take the secret and how many seconds a cookie is good for."""
        self._lives = lives
        self._signer = URLSafeSerializer(
            secret, salt=f"smart-support:{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def sign(self, subject: str, *, now: float) -> str:
        """Return the signed text."""
        return str(self._signer.dumps([subject, int(now)]))

    def read(self, text: str | None, *, now: float) -> tuple[str, float] | None:
        """Return the subject and its age in seconds; None where it is absent, forged, too old or from the future."""
        if text is None or len(text) > MAX_COOKIE_CHARS:
            return None
        try:
            subject, issued = self._signer.loads(text)
            age = now - int(issued)
        except (BadData, TypeError, ValueError):
            return None
        return (str(subject), age) if -CLOCK_GRACE_SECONDS <= age < self._lives else None
