"""Accounts: visitors by a signed cookie, staff by a one-time code or the admin key.

Nothing is stored: a cookie says who its browser is until it is too old. Failed sign-ins are counted per address, and
too many are refused, whatever is sent then. Stored accounts and single sign-on will live here.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

from app.access.rate_limit import RateLimit
from app.access.rights import Caller
from app.access.sign_in_codes import SignInCodes, digest
from app.access.signed_cookies import Cookie, CookieSigner
from app.errors import RateLimited, SignInFailed

DAY: Final = 24 * 60 * 60
VISITOR_SECONDS: Final = 400 * DAY  # as long as browsers keep a cookie at all
STAFF_SECONDS: Final = 12 * 60 * 60  # a long shift; signing in again is quick
FAILED_SIGN_INS: Final = 5  # a person mistypes a few times; a program that guesses is stopped
FAILED_SIGN_IN_SECONDS: Final = 15 * 60
ID_BYTES: Final = 18  # 144 bits: never guessed, never the same twice

VISITOR_COOKIE: Final = "ss_visitor"
STAFF_COOKIE: Final = "ss_staff"


class Accounts:
    """Recognises callers by their cookies, and makes cookies for visitors and for staff.

    Two servers on one host share a browser's cookies, whatever their ports, so the names carry a mark of the secret.
    """

    def __init__(self, *, secret: bytes, codes: SignInCodes, admin_key: str | None = None) -> None:
        """Take the server's secret, its sign-in codes and, where one is set, the admin key."""
        mark = hashlib.sha256(b"smart-support:cookies:" + secret).hexdigest()[:8]
        self.visitor_cookie = f"{VISITOR_COOKIE}_{mark}"
        self.staff_cookie = f"{STAFF_COOKIE}_{mark}"
        self._codes = codes
        self._admin_key = admin_key
        self._failures = RateLimit(FAILED_SIGN_INS, FAILED_SIGN_IN_SECONDS)
        self._visitors = CookieSigner(secret, purpose="visitor", lives=VISITOR_SECONDS)
        # A changed admin key signs everybody out.
        key_mark = hmac.new(secret, (admin_key or "").encode(), hashlib.sha256).hexdigest()
        self._staff = CookieSigner(secret, purpose=f"staff:{key_mark}", lives=STAFF_SECONDS)

    def recognise(self, cookies: Mapping[str, str], now: float) -> Caller:
        """Tell who sends these cookies; what is forged or too old counts as absent."""
        visitor = self._visitors.read(cookies.get(self.visitor_cookie), now=now)
        staff = self._staff.read(cookies.get(self.staff_cookie), now=now)
        return Caller(visitor_id=visitor[0] if visitor else None, staff=staff[0] if staff else None)

    def admit(
        self, cookies: Mapping[str, str], now: float, *, secure: bool, cross_site: bool = False
    ) -> tuple[Caller, Cookie | None]:
        """Tell who sends these cookies, as a new visitor where nobody is known, and the cookie to set if any.

        With `cross_site` browsers send it from pages of other sites too; they take such a cookie over https alone.
        """
        caller = self.recognise(cookies, now)
        known = self._visitors.read(cookies.get(self.visitor_cookie), now=now)
        if known is not None and known[1] < VISITOR_SECONDS / 2:
            return caller, None
        visitor_id = known[0] if known else secrets.token_urlsafe(ID_BYTES)
        return Caller(visitor_id=visitor_id, staff=caller.staff), Cookie(
            name=self.visitor_cookie,
            value=self._visitors.sign(visitor_id, now=now),
            max_age=VISITOR_SECONDS,
            samesite="None" if cross_site and secure else "Lax",
            secure=secure,
        )

    def sign_in(
        self,
        *,
        code: str | None = None,
        key: str | None = None,
        name: str | None = None,
        address: str,
        now: float,
        secure: bool,
    ) -> Cookie:
        """Return the staff cookie for a good code or key, under the name that they gave, if they gave one.

        Raises `SignInFailed`, and `RateLimited` after too many failures from one address, whatever is sent then.
        """
        wait = self._failures.wait(address, now)
        if wait is not None:
            raise RateLimited(
                "There were too many failed sign-ins from your address. Please try again later.",
                retry_after_seconds=round(wait),
            )
        signed_in = self._name_of(code=code, key=key, now=now)
        if signed_in is None:
            self._failures.hit(address, now)
            raise SignInFailed
        self._failures.forget(address)
        return self._staff_cookie(self._staff.sign(name or signed_in, now=now), max_age=STAFF_SECONDS, secure=secure)

    def sign_out(self, *, secure: bool) -> Cookie:
        """Return the cookie that takes the staff session back from the browser."""
        return self._staff_cookie("", max_age=0, secure=secure)

    def _name_of(self, *, code: str | None, key: str | None, now: float) -> str | None:
        if code is not None and self._codes.redeem(code, now):
            return "local"
        if (
            key is not None
            and self._admin_key is not None
            and hmac.compare_digest(digest(key), digest(self._admin_key))
        ):
            return "admin"
        return None

    def _staff_cookie(self, value: str, *, max_age: int, secure: bool) -> Cookie:
        return Cookie(name=self.staff_cookie, value=value, max_age=max_age, samesite="Strict", secure=secure)
