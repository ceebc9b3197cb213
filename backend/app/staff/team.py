"""Staff team: who has an account, which role each has, and the links by which people join or get a new password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog

from app.access.rights import Role, Staff
from app.db import staff
from app.errors import LastAdmin, NotFound, SignInFailed
from app.staff.links import make_link
from app.staff.sign_in import SESSION_IDLES

if TYPE_CHECKING:
    from app.access.passwords import Passwords
    from app.db.pool import Connection, Pool

INVITATION_LIVES: Final = timedelta(days=7)  # it is sent to somebody who may be away for some days

log = structlog.get_logger(__name__)


class Team:
    """Reads and changes the accounts of staff; what ends a right ends it with the next request."""

    def __init__(self, *, pool: Pool, passwords: Passwords) -> None:
        """Change accounts in the database behind `pool`."""
        self._pool = pool
        self._passwords = passwords

    async def accounts(self) -> list[staff.Account]:
        """Return every account, by name."""
        async with self._pool.acquire() as connection:
            return await staff.accounts(connection)

    async def invite(self, role: Role, *, by: Staff, now: datetime) -> tuple[str, datetime]:
        """Return the token of a one-time link that makes an account of this role, and until when it works."""
        link = staff.Link(purpose="join", account_id=None, role=role, created_by=by.name)
        log.info("staff_invited", role=role.value, by=by.name)
        return await make_link(self._pool, link, now=now, lives=INVITATION_LIVES), now + INVITATION_LIVES

    async def new_password_link(self, account_id: UUID, *, by: Staff, now: datetime) -> tuple[str, datetime]:
        """Return the token of a one-time link by which the account's owner sets a password. Raises `NotFound`."""
        async with self._pool.acquire() as connection, connection.transaction():
            await _existing(connection, account_id)
        link = staff.Link(purpose="new_password", account_id=account_id, role=None, created_by=by.name)
        log.info("staff_password_link_made", account=str(account_id), by=by.name)
        return await make_link(self._pool, link, now=now, lives=INVITATION_LIVES), now + INVITATION_LIVES

    async def set_role(self, account_id: UUID, role: Role, *, by: Staff) -> None:
        """Give an account another role. Raises `NotFound`, and `LastAdmin` where no admin would be left."""
        async with self._pool.acquire() as connection, connection.transaction():
            account = await _existing(connection, account_id)
            if account.role is Role.ADMIN and role is not Role.ADMIN:
                await _require_another_admin(connection, account)
            await staff.set_role(connection, account_id, role)
        log.info("staff_role_set", account=str(account_id), role=role.value, by=by.name)

    async def set_disabled(self, account_id: UUID, disabled: bool, *, by: Staff, now: datetime) -> None:
        """Keep an account out and end its sessions, or let it in again. Raises `NotFound` and `LastAdmin`."""
        async with self._pool.acquire() as connection, connection.transaction():
            account = await _existing(connection, account_id)
            if disabled:
                if account.role is Role.ADMIN:
                    await _require_another_admin(connection, account)
                await staff.end_sessions(connection, account_id)
            await staff.set_disabled(connection, account_id, now if disabled else None)
        log.info("staff_account_switched", account=str(account_id), disabled=disabled, by=by.name)

    async def sessions(self, account_id: UUID, *, now: datetime) -> list[staff.Session]:
        """Return the open sessions of an account, the last used one first."""
        async with self._pool.acquire() as connection:
            return await staff.sessions_of(connection, account_id, seen_since=now - SESSION_IDLES, now=now)

    async def end_session(self, session_id: UUID, *, member: Staff) -> None:
        """End one of the member's own sessions. Raises `NotFound` where it is over already, or is another's."""
        async with self._pool.acquire() as connection:
            if not await staff.end_session(connection, session_id, account_id=member.account_id):
                raise NotFound("That session is over already.")

    async def end_other_sessions(self, member: Staff) -> int:
        """End the member's sessions in all other browsers; returns how many."""
        async with self._pool.acquire() as connection:
            return await staff.end_sessions(connection, member.account_id, but=member.session_id)

    async def has_password(self, member: Staff) -> bool:
        """Say whether the member's account has a password."""
        async with self._pool.acquire() as connection, connection.transaction():
            return (await _existing(connection, member.account_id)).password_hash is not None

    async def change_password(self, current: str | None, new: str, *, member: Staff) -> None:
        """Set the member's password, for whoever knows the present one, and end the sessions in all other browsers.

        Raises `SignInFailed` where the present one is another, and `PasswordRefused`.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            account = await _existing(connection, member.account_id)
        # Hashes are computed outside of any transaction: on a busy machine they take longer than one may stand idle.
        if account.password_hash is not None and not await self._passwords.matches(
            current or "", account.password_hash
        ):
            raise SignInFailed("That is not your present password.")
        hashed = await self._passwords.hash(new, name=account.name)
        async with self._pool.acquire() as connection, connection.transaction():
            await staff.set_password(connection, account.id, hashed)
            await staff.end_sessions(connection, account.id, but=member.session_id)
        log.info("staff_password_changed", account=str(member.account_id))


async def _existing(connection: Connection, account_id: UUID) -> staff.Account:
    account = await staff.account(connection, account_id)
    if account is None:
        raise NotFound("There is no such account.")
    return account


async def _require_another_admin(connection: Connection, account: staff.Account) -> None:
    if account.disabled_at is None and not await staff.admins_left(connection, without=account.id):
        raise LastAdmin
