"""Visitors: the customers' browsers, known by a signed cookie.

Nothing is stored: a cookie says who its browser is until it is too old.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Final

from app.access.signed_cookies import Cookie, CookieSigner

DAY: Final = 24 * 60 * 60
VISITOR_SECONDS: Final = 400 * DAY  # as long as browsers keep a cookie at all
ID_BYTES: Final = 18  # 144 bits: never guessed, never the same twice

VISITOR_COOKIE: Final = "ss_visitor"
HOST_PREFIX: Final = "__Host-"  # browsers take such a cookie from this very host alone, over https, for every path


class Visitors:
    """Recognises visitors by their cookie, and makes it.

    Two servers on one host share a browser's cookies, whatever their ports, so the name carries a mark of the secret.
    """

    def __init__(self, *, secret: bytes) -> None:
        """Take the server's secret."""
        self.cookie = f"{VISITOR_COOKIE}_{mark_of(secret)}"
        self._signer = CookieSigner(secret, purpose="visitor", lives=VISITOR_SECONDS)

    def name(self, *, secure: bool) -> str:
        """Return the cookie's name: over https one that no other host, and no page without https, can set."""
        return f"{HOST_PREFIX}{self.cookie}" if secure else self.cookie

    def recognise(self, cookies: Mapping[str, str], now: float, *, secure: bool = False) -> str | None:
        """Return which visitor sends these cookies; None where the cookie is absent, forged or too old."""
        known = self._signer.read(cookies.get(self.name(secure=secure)), now=now)
        return known[0] if known else None

    def admit(
        self, cookies: Mapping[str, str], now: float, *, secure: bool, cross_site: bool = False
    ) -> tuple[str, Cookie | None]:
        """Return which visitor sends these cookies, a new one where nobody is known, and the cookie to set if any.

        With `cross_site` browsers send it from pages of other sites too; they take such a cookie over https alone.
        """
        known = self._signer.read(cookies.get(self.name(secure=secure)), now=now)
        if known is not None and known[1] < VISITOR_SECONDS / 2:
            return known[0], None
        visitor_id = known[0] if known else new_visitor_id()
        return visitor_id, self.cookie_of(visitor_id, now, secure=secure, cross_site=cross_site)

    def cookie_of(self, visitor_id: str, now: float, *, secure: bool, cross_site: bool = False) -> Cookie:
        """Return the cookie that makes a browser this visitor's."""
        return Cookie(
            name=self.name(secure=secure),
            value=self._signer.sign(visitor_id, now=now),
            max_age=VISITOR_SECONDS,
            samesite="None" if cross_site and secure else "Lax",
            secure=secure,
        )


def new_visitor_id() -> str:
    """Return an id that nobody has and nobody guesses."""
    return secrets.token_urlsafe(ID_BYTES)


def mark_of(secret: bytes) -> str:
    """Return a mark of the server's secret for the names of its cookies."""
    return hashlib.sha256(b"smart-support:cookies:" + secret).hexdigest()[:8]
