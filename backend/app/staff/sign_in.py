"""Staff sign-in: sessions in the database, opened by a password, a one-time link or the admin key.

The cookie holds a random token and the database its hash, so a session ends for everybody who has copied the cookie:
by signing out, by being ended from another browser, by idling, by its age, by a changed password, role or key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import structlog
from pydantic import SecretStr

from app.access.passwords import Passwords
from app.access.rate_limit import RateLimit
from app.access.rights import Role, Staff
from app.access.signed_cookies import Cookie
from app.access.staff_names import clean_name, name_key
from app.access.visitors import mark_of
from app.db import staff
from app.errors import LinkUsed, RateLimited, SignInFailed, StaffNameTaken
from app.staff.links import TOKEN_BYTES, digest

if TYPE_CHECKING:
    from app.db.pool import Connection, Pool

STAFF_COOKIE: Final = "ss_staff"
SESSION_LIVES: Final = timedelta(hours=12)  # a long shift; signing in again is quick
SESSION_IDLES: Final = timedelta(hours=2)  # longer than lunch, shorter than a forgotten browser
SEEN_EVERY: Final = timedelta(minutes=1)  # a page asks every few seconds; one write per minute is enough
FAILED_SIGN_INS: Final = 5  # per address: a person mistypes a few times; a program that guesses is stopped
FAILED_SIGN_IN_SECONDS: Final = 15 * 60
ACCOUNT_FAILURES: Final = 10  # per account, from any address; a link still signs its owner in meanwhile
ACCOUNT_LOCKED: Final = timedelta(minutes=15)
MAX_BROWSER_CHARS: Final = 200  # of the header that names the browser, for the list of sessions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """From where somebody signs in, and when."""

    address: str
    """By which failures are counted: the network of the client."""
    shown_address: str
    browser: str
    now: datetime
    secure: bool


class StaffSignIn:
    """Opens, recognises and ends the sessions of staff."""

    def __init__(self, *, pool: Pool, secret: bytes, passwords: Passwords, admin_key: SecretStr | None = None) -> None:
        """Keep the sessions in the database behind `pool`; an admin key, where one is set, signs in as well."""
        self.cookie = f"{STAFF_COOKIE}_{mark_of(secret)}"
        self._pool = pool
        self._passwords = passwords
        self._admin_key = key = admin_key.get_secret_value() if admin_key else ""
        self._key_mark = hmac.digest(secret, key.encode(), hashlib.sha256)  # another key ends its sessions
        self._failures = RateLimit(FAILED_SIGN_INS, FAILED_SIGN_IN_SECONDS)

    async def recognise(self, cookies: Mapping[str, str], now: datetime) -> Staff | None:
        """Return who sends these cookies; None where no session of staff is open under them."""
        token = cookies.get(self.cookie)
        if not token:
            return None
        async with self._pool.acquire() as connection:
            found = await staff.find_session(
                connection, token=digest(token), key_mark=self._key_mark, seen_since=now - SESSION_IDLES, now=now
            )
            if found is None:
                return None
            if now - found[1] > SEEN_EVERY:
                await staff.mark_seen(connection, found[0].session_id, now)
        return found[0]

    async def by_password(self, name: str, password: str, visit: Visit) -> Cookie:
        """Open a session for a name and its password.

        Raises `SignInFailed`, and `RateLimited` after too many failures of this account or from this address.
        """
        self._refuse_guesser(visit)
        async with self._pool.acquire() as connection:
            account = await staff.account_named(connection, name_key(name))
        if account is not None and account.locked_until is not None and account.locked_until > visit.now:
            raise RateLimited(
                "There were too many wrong passwords for this name. Wait, or sign in with a link from an admin.",
                retry_after_seconds=round((account.locked_until - visit.now).total_seconds()),
            )
        matches = await self._passwords.matches(password, account.password_hash if account else None)
        if account is None or not matches or account.disabled_at is not None:
            await self._fail(visit, account)
            raise SignInFailed
        self._failures.forget(visit.address)
        async with self._pool.acquire() as connection, connection.transaction():
            await staff.forgive(connection, account.id)
            return await self._open(connection, account.id, "password", visit)

    async def by_key(self, key: str, name: str | None, visit: Visit) -> Cookie:
        """Open an admin's session for the admin key, under a name that nobody has claimed by a password.

        Raises `SignInFailed` for another key or a claimed name, and `RateLimited` as passwords do.
        """
        self._refuse_guesser(visit)
        if not self._admin_key or not hmac.compare_digest(digest(key), digest(self._admin_key)):
            await self._fail(visit, None)
            raise SignInFailed
        self._failures.forget(visit.address)
        async with self._pool.acquire() as connection, connection.transaction():
            return await self._claim(connection, name or "admin", "key", visit)

    async def by_link(self, token: str, visit: Visit) -> Cookie:
        """Open an admin's session for a one-time link of this server. Raises `SignInFailed`, and `RateLimited`."""
        self._refuse_guesser(visit)
        async with self._pool.acquire() as connection, connection.transaction():
            link = await staff.find_link(connection, token=digest(token), now=visit.now)
            if link is not None and link.purpose == "sign_in":
                await staff.use_link(connection, token=digest(token))
                self._failures.forget(visit.address)
                return await self._claim(connection, "local", "link", visit)
        await self._fail(visit, None)
        raise SignInFailed

    async def join(self, token: str, name: str | None, password: str, visit: Visit) -> Cookie:
        """Use a link of an admin: make the account that it invites, or set the password that it renews; sign in.

        Raises `LinkUsed`, `StaffNameTaken`, `PasswordRefused`; the link is used up only where it worked.
        """
        self._refuse_guesser(visit)
        async with self._pool.acquire() as connection, connection.transaction():
            link = await staff.find_link(connection, token=digest(token), now=visit.now)
            known = await staff.account(connection, link.account_id) if link and link.account_id else None
        if link is None or link.purpose == "sign_in":
            await self._fail(visit, None)
            raise LinkUsed
        shown = known.name if known else clean_name(name or "")
        # Outside of any transaction: on a busy machine it takes longer than one may stand idle.
        hashed = await self._passwords.hash(password, name=shown)
        async with self._pool.acquire() as connection, connection.transaction():
            if await staff.find_link(connection, token=digest(token), now=visit.now) is None:
                raise LinkUsed
            account_id = known.id if known else uuid4()
            if known is None:
                await self._add(
                    connection, account_id, shown, link.role or Role.VIEWER, by=link.created_by, now=visit.now
                )
            await staff.use_link(connection, token=digest(token))
            await staff.set_password(connection, account_id, hashed)
            await staff.end_sessions(connection, account_id)
            return await self._open(connection, account_id, "password", visit)

    async def sign_out(self, member: Staff | None, *, secure: bool) -> Cookie:
        """End the session, for whoever has copied its cookie too, and return the cookie that takes it back."""
        if member is not None:
            async with self._pool.acquire() as connection:
                await staff.end_session(connection, member.session_id, account_id=member.account_id)
        return self._cookie("", max_age=0, secure=secure)

    def _refuse_guesser(self, visit: Visit) -> None:
        wait = self._failures.wait(visit.address, visit.now.timestamp())
        if wait is not None:
            raise RateLimited(
                "There were too many failed sign-ins from your address. Please try again later.",
                retry_after_seconds=round(wait),
            )

    async def _fail(self, visit: Visit, account: staff.Account | None) -> None:
        """Count a failure of the address, and of the account where there is one."""
        self._failures.hit(visit.address, visit.now.timestamp())
        log.info("staff_sign_in_failed", client=visit.shown_address, account=str(account.id) if account else None)
        if account is not None:
            locks = (account.failures + 1) % ACCOUNT_FAILURES == 0
            async with self._pool.acquire() as connection:
                await staff.count_failure(
                    connection, account.id, locked_until=visit.now + ACCOUNT_LOCKED if locks else None
                )

    async def _claim(self, connection: Connection, name: str, signed_by: str, visit: Visit) -> Cookie:
        """Open a session for a name that has no password; an account of that name is made where there is none."""
        shown = clean_name(name)
        key = name_key(shown)
        account = await staff.account_named(connection, key)
        if account is None:
            await self._add(connection, uuid4(), shown, Role.ADMIN, by=signed_by, now=visit.now)
            account = await staff.account_named(connection, key)
        if account is None or account.password_hash is not None or account.disabled_at is not None:
            raise SignInFailed(
                "This name belongs to a colleague's account. Sign in with its password, or take another name."
            )
        return await self._open(connection, account.id, signed_by, visit)

    async def _add(
        self, connection: Connection, account_id: UUID, name: str, role: Role, *, by: str, now: datetime
    ) -> None:
        if not await staff.add_account(
            connection, account_id=account_id, name=name, name_key=name_key(name), role=role, by=by, now=now
        ):
            raise StaffNameTaken

    async def _open(self, connection: Connection, account_id: UUID, signed_by: str, visit: Visit) -> Cookie:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = staff.Session(
            id=uuid4(),
            signed_by=signed_by,
            address=visit.shown_address,
            browser=visit.browser[:MAX_BROWSER_CHARS],
            started_at=visit.now,
            seen_at=visit.now,
            ends_at=visit.now + SESSION_LIVES,
        )
        await staff.forget_sessions(connection, seen_since=visit.now - SESSION_IDLES, now=visit.now)
        await staff.open_session(
            connection,
            session=session,
            token=digest(token),
            account_id=account_id,
            key_mark=self._key_mark if signed_by == "key" else None,
        )
        log.info("staff_signed_in", account=str(account_id), client=visit.shown_address, by=signed_by)
        return self._cookie(token, max_age=int(SESSION_LIVES.total_seconds()), secure=visit.secure)

    def _cookie(self, value: str, *, max_age: int, secure: bool) -> Cookie:
        return Cookie(name=self.cookie, value=value, max_age=max_age, samesite="Strict", secure=secure)
