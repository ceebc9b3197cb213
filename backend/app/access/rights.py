"""The one place for access: who is calling, and what they may do.

Visitors own their conversations by a signed cookie; staff sign in with a one-time code or the admin key. Accounts,
roles and single sign-on will live here too: `Caller` gains what they know, `RIGHTS` gains who may.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from itsdangerous import BadData, URLSafeSerializer

from app.access.rate_limit import RateLimit
from app.errors import RateLimited, SignInFailed, SignInRequired

DAY: Final = 24 * 60 * 60
VISITOR_SECONDS: Final = 400 * DAY  # as long as browsers keep a cookie at all
STAFF_SECONDS: Final = 12 * 60 * 60  # a long shift; signing in again is quick
CODE_SECONDS: Final = 15 * 60  # time to find the link in the terminal, too short to be found later
MAX_CODES: Final = 100  # codes are made by people who start servers, a few at a time
FAILED_SIGN_INS: Final = 5  # a person mistypes a few times; a program that guesses is stopped
FAILED_SIGN_IN_SECONDS: Final = 15 * 60
ID_BYTES: Final = 18  # 144 bits: never guessed, never the same twice
CODE_BYTES: Final = 24  # 192 bits: not to be guessed in a code's short life
CLOCK_GRACE_SECONDS: Final = 60  # replicas' clocks differ a little
MAX_COOKIE_CHARS: Final = 512  # ours are a quarter of it; a longer one is not ours

VISITOR_COOKIE: Final = "ss_visitor"
STAFF_COOKIE: Final = "ss_staff"


# --- rights ----------------------------------------------------------------------------------------------------


class Who(StrEnum):
    """The kinds of caller that a right can be given to."""

    ANYBODY = "anybody"
    VISITOR = "visitor"
    STAFF = "staff"


class Right(StrEnum):
    """One thing that a route lets a caller do."""

    SEE_HEALTH = "see_health"
    SEE_API_DESCRIPTION = "see_api_description"
    OPEN_SESSION = "open_session"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    CHAT = "chat"
    BIND_IDENTITY = "bind_identity"
    READ_OWN_CONVERSATION = "read_own_conversation"
    READ_ANY_CONVERSATION = "read_any_conversation"
    SEE_METRICS = "see_metrics"
    SEE_AGENTS = "see_agents"
    SEE_APPROVALS = "see_approvals"
    DECIDE_APPROVALS = "decide_approvals"
    SEE_ACTIONS = "see_actions"
    SETTLE_ACTIONS = "settle_actions"
    SEE_ESCALATIONS = "see_escalations"
    RETRY_DELIVERIES = "retry_deliveries"
    SEE_FIGURES = "see_figures"
    SEE_APIS = "see_apis"
    EDIT_APIS = "edit_apis"
    APPROVE_APIS = "approve_apis"
    EDIT_AGENTS = "edit_agents"
    REPLAY = "replay"
    FORGET = "forget"


RIGHTS: Final[Mapping[Right, frozenset[Who]]] = {
    Right.SEE_HEALTH: frozenset({Who.ANYBODY}),
    Right.SEE_API_DESCRIPTION: frozenset({Who.ANYBODY}),
    Right.OPEN_SESSION: frozenset({Who.ANYBODY}),
    Right.SIGN_IN: frozenset({Who.ANYBODY}),
    Right.SIGN_OUT: frozenset({Who.ANYBODY}),
    Right.CHAT: frozenset({Who.VISITOR}),
    Right.BIND_IDENTITY: frozenset({Who.VISITOR}),
    Right.READ_OWN_CONVERSATION: frozenset({Who.VISITOR, Who.STAFF}),
    Right.READ_ANY_CONVERSATION: frozenset({Who.STAFF}),
    Right.SEE_METRICS: frozenset({Who.STAFF}),
    Right.SEE_AGENTS: frozenset({Who.STAFF}),
    Right.SEE_APPROVALS: frozenset({Who.STAFF}),
    Right.DECIDE_APPROVALS: frozenset({Who.STAFF}),
    Right.SEE_ACTIONS: frozenset({Who.STAFF}),
    Right.SETTLE_ACTIONS: frozenset({Who.STAFF}),
    Right.SEE_ESCALATIONS: frozenset({Who.STAFF}),
    Right.RETRY_DELIVERIES: frozenset({Who.STAFF}),
    Right.SEE_FIGURES: frozenset({Who.STAFF}),
    Right.SEE_APIS: frozenset({Who.STAFF}),
    Right.EDIT_APIS: frozenset({Who.STAFF}),
    Right.APPROVE_APIS: frozenset({Who.STAFF}),
    Right.EDIT_AGENTS: frozenset({Who.STAFF}),
    Right.REPLAY: frozenset({Who.STAFF}),
    Right.FORGET: frozenset({Who.STAFF}),
}
"""The one table of rights: who may do what. A right that is missing here is nobody's."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is calling: a visitor by their cookie, and staff by the name they signed in under."""

    visitor_id: str | None = None
    staff: str | None = None

    @property
    def kinds(self) -> frozenset[Who]:
        """Every kind of caller that this one is."""
        known = {Who.VISITOR: self.visitor_id, Who.STAFF: self.staff}
        return frozenset({Who.ANYBODY, *(kind for kind, name in known.items() if name is not None)})


NOBODY: Final = Caller()


def allows(caller: Caller, right: Right) -> bool:
    """Say whether the table gives the right to this caller."""
    return not RIGHTS.get(right, frozenset()).isdisjoint(caller.kinds)


def require(caller: Caller, right: Right) -> None:
    """Return when the caller has the right; raise `SignInRequired` otherwise."""
    if allows(caller, right):
        return
    if Who.VISITOR in RIGHTS.get(right, frozenset()):
        raise SignInRequired("You are not known here yet. Open the chat page first, or sign in as staff.")
    raise SignInRequired


# --- cookies ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """A cookie to set, HttpOnly and for every path; `max_age` 0 takes it back."""

    name: str
    value: str = field(repr=False)
    max_age: int
    samesite: Literal["Lax", "Strict"]
    secure: bool


class _Seal:
    """Signs `[subject, issued_at]` for one purpose, so that no cookie is good for another."""

    def __init__(self, secret: bytes, *, purpose: str, lives: int) -> None:
        self._lives = lives
        self._signer = URLSafeSerializer(
            secret, salt=f"smart-support:{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def close(self, subject: str, now: float) -> str:
        """Return the signed text."""
        return str(self._signer.dumps([subject, int(now)]))

    def open(self, text: str | None, now: float) -> tuple[str, float] | None:
        """Return the subject and its age in seconds; None where it is forged, too old or from the future."""
        if text is None or len(text) > MAX_COOKIE_CHARS:
            return None
        try:
            subject, issued = self._signer.loads(text)
            age = now - int(issued)
        except (BadData, TypeError, ValueError):
            return None
        return (str(subject), age) if -CLOCK_GRACE_SECONDS <= age < self._lives else None


class SignInCodes:
    """One-time sign-in codes, in memory; what is kept of them is a hash."""

    def __init__(self) -> None:
        self._until: dict[bytes, float] = {}

    def issue(self, now: float) -> str:
        """Return a new code, good once within a quarter of an hour; the oldest goes when there are too many."""
        self._until = {code: until for code, until in self._until.items() if until > now}
        while len(self._until) >= MAX_CODES:
            del self._until[next(iter(self._until))]
        code = secrets.token_urlsafe(CODE_BYTES)
        self._until[_hashed(code)] = now + CODE_SECONDS
        return code

    def redeem(self, code: str, now: float) -> bool:
        """Say whether the code is good, and use it up."""
        until = self._until.pop(_hashed(code), None)
        return until is not None and now < until


class Access:
    """Recognises callers by their cookies and makes cookies for visitors and for staff.

    Two servers on one host share a browser's cookies, whatever their ports, so the names carry a mark of the secret.
    """

    def __init__(self, *, secret: bytes, codes: SignInCodes, admin_key: str | None = None) -> None:
        mark = hashlib.sha256(b"smart-support:cookies:" + secret).hexdigest()[:8]
        self.visitor_cookie = f"{VISITOR_COOKIE}_{mark}"
        self.staff_cookie = f"{STAFF_COOKIE}_{mark}"
        self._codes = codes
        self._admin_key = admin_key
        self._failures = RateLimit(FAILED_SIGN_INS, FAILED_SIGN_IN_SECONDS)
        self._visitors = _Seal(secret, purpose="visitor", lives=VISITOR_SECONDS)
        # A changed admin key signs everybody out.
        key_mark = hmac.new(secret, (admin_key or "").encode(), hashlib.sha256).hexdigest()
        self._staff = _Seal(secret, purpose=f"staff:{key_mark}", lives=STAFF_SECONDS)

    def recognise(self, cookies: Mapping[str, str], now: float) -> Caller:
        """Tell who sends these cookies; what is forged or too old counts as absent."""
        visitor = self._visitors.open(cookies.get(self.visitor_cookie), now)
        staff = self._staff.open(cookies.get(self.staff_cookie), now)
        return Caller(visitor_id=visitor[0] if visitor else None, staff=staff[0] if staff else None)

    def admit(self, cookies: Mapping[str, str], now: float, *, secure: bool) -> tuple[Caller, Cookie | None]:
        """Tell who sends these cookies, as a new visitor where nobody is known, and the cookie to set if any."""
        caller = self.recognise(cookies, now)
        known = self._visitors.open(cookies.get(self.visitor_cookie), now)
        if known is not None and known[1] < VISITOR_SECONDS / 2:
            return caller, None
        visitor_id = known[0] if known else secrets.token_urlsafe(ID_BYTES)
        return Caller(visitor_id=visitor_id, staff=caller.staff), Cookie(
            name=self.visitor_cookie,
            value=self._visitors.close(visitor_id, now),
            max_age=VISITOR_SECONDS,
            samesite="Lax",
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
        return self._staff_cookie(self._staff.close(name or signed_in, now), max_age=STAFF_SECONDS, secure=secure)

    def sign_out(self, *, secure: bool) -> Cookie:
        """Return the cookie that takes the staff session back from the browser."""
        return self._staff_cookie("", max_age=0, secure=secure)

    def _name_of(self, *, code: str | None, key: str | None, now: float) -> str | None:
        if code is not None and self._codes.redeem(code, now):
            return "local"
        if (
            key is not None
            and self._admin_key is not None
            and hmac.compare_digest(_hashed(key), _hashed(self._admin_key))
        ):
            return "admin"
        return None

    def _staff_cookie(self, value: str, *, max_age: int, secure: bool) -> Cookie:
        return Cookie(name=self.staff_cookie, value=value, max_age=max_age, samesite="Strict", secure=secure)


def _hashed(text: str) -> bytes:
    """Make secrets comparable in constant time, whatever their lengths."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
