"""Staff in the database: accounts, open sessions and one-time links. What is secret is stored as its hash."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from app.access.rights import Role, Staff

if TYPE_CHECKING:
    from app.db.pool import Connection

MAX_ACCOUNTS: Final = 500  # a list that a page shows at once; larger companies sign in by another system


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person of the company, or a way in that no person has claimed yet."""

    id: UUID
    name: str
    role: Role
    password_hash: str | None = field(repr=False)
    failures: int
    locked_until: datetime | None
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    seen_at: datetime | None = None
    """When any of its open sessions was last used."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session that is open."""

    id: UUID
    signed_by: str
    address: str
    browser: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a one-time link was made for."""

    purpose: str
    account_id: UUID | None
    role: Role | None
    created_by: str


_ACCOUNT: Final = (
    "a.id, a.name, a.role, a.password_hash, a.failures, a.locked_until, a.created_at, a.created_by, a.disabled_at"
)


async def add_account(
    connection: Connection, *, account_id: UUID, name: str, name_key: str, role: Role, by: str, now: datetime
) -> bool:
    """Write an account down; False where there is one of that name."""
    done = await connection.execute(
        """
        INSERT INTO staff_accounts (id, name, name_key, role, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (name_key) DO NOTHING
        """,
        account_id,
        name,
        name_key,
        role.value,
        now,
        by,
    )
    return bool(done == "INSERT 0 1")


async def account_named(connection: Connection, name_key: str) -> Account | None:
    """Return the account of that name; None where there is none."""
    row = await connection.fetchrow(f"SELECT {_ACCOUNT} FROM staff_accounts a WHERE a.name_key = $1", name_key)  # noqa: S608
    return _account(row) if row else None


async def account(connection: Connection, account_id: UUID) -> Account | None:
    """Return an account, and keep others from changing it meanwhile; None where there is none."""
    row = await connection.fetchrow(f"SELECT {_ACCOUNT} FROM staff_accounts a WHERE a.id = $1 FOR UPDATE", account_id)  # noqa: S608
    return _account(row) if row else None


async def accounts(connection: Connection) -> list[Account]:
    """Return all accounts by name, those that may not sign in last."""
    rows = await connection.fetch(
        f"""
        SELECT {_ACCOUNT}, (SELECT max(s.seen_at) FROM staff_sessions s WHERE s.account_id = a.id) AS seen_at
          FROM staff_accounts a ORDER BY a.disabled_at IS NOT NULL, a.name_key LIMIT $1
        """,  # noqa: S608
        MAX_ACCOUNTS,
    )
    return [_account(row) for row in rows]


async def admins_left(connection: Connection, *, without: UUID) -> bool:
    """Say whether another admin who may sign in is left; concurrent changes wait for each other."""
    await connection.execute("LOCK TABLE staff_accounts IN SHARE ROW EXCLUSIVE MODE")
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM staff_accounts WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1)",
            without,
        )
    )


async def set_role(connection: Connection, account_id: UUID, role: Role) -> None:
    """Give an account another role; its sessions have it from the next request on."""
    await connection.execute("UPDATE staff_accounts SET role = $2 WHERE id = $1", account_id, role.value)


async def set_disabled(connection: Connection, account_id: UUID, at: datetime | None) -> None:
    """Keep an account out, or let it in again."""
    await connection.execute("UPDATE staff_accounts SET disabled_at = $2 WHERE id = $1", account_id, at)


async def set_password(connection: Connection, account_id: UUID, password_hash: str) -> None:
    """Store a password's hash; earlier failures are forgiven."""
    await connection.execute(
        "UPDATE staff_accounts SET password_hash = $2, failures = 0, locked_until = NULL WHERE id = $1",
        account_id,
        password_hash,
    )


async def count_failure(connection: Connection, account_id: UUID, *, locked_until: datetime | None) -> None:
    """Count a wrong password, and lock the account where it is one too many."""
    await connection.execute(
        "UPDATE staff_accounts SET failures = failures + 1, locked_until = coalesce($2, locked_until) WHERE id = $1",
        account_id,
        locked_until,
    )


async def forgive(connection: Connection, account_id: UUID) -> None:
    """Forget the wrong passwords before the right one."""
    await connection.execute(
        "UPDATE staff_accounts SET failures = 0, locked_until = NULL WHERE id = $1 AND failures > 0", account_id
    )


async def open_session(
    connection: Connection, *, session: Session, token: bytes, account_id: UUID, key_mark: bytes | None
) -> None:
    """Write a session down."""
    await connection.execute(
        """
        INSERT INTO staff_sessions
               (id, token, account_id, signed_by, key_mark, address, browser, started_at, seen_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        """,
        session.id,
        token,
        account_id,
        session.signed_by,
        key_mark,
        session.address,
        session.browser,
        session.started_at,
        session.ends_at,
    )


async def find_session(
    connection: Connection, *, token: bytes, key_mark: bytes, seen_since: datetime, now: datetime
) -> tuple[Staff, datetime] | None:
    """Return whose open session this is and when it was last used; None where it ended, idled or was signed out."""
    row = await connection.fetchrow(
        """
        SELECT a.id AS account_id, a.name, a.role, s.id AS session_id, s.seen_at
          FROM staff_sessions s JOIN staff_accounts a ON a.id = s.account_id
         WHERE s.token = $1 AND s.ends_at > $4 AND s.seen_at > $3 AND a.disabled_at IS NULL
           AND (s.key_mark IS NULL OR s.key_mark = $2)
        """,
        token,
        key_mark,
        seen_since,
        now,
    )
    if row is None:
        return None
    staff = Staff(account_id=row["account_id"], name=row["name"], role=Role(row["role"]), session_id=row["session_id"])
    return staff, row["seen_at"]


async def mark_seen(connection: Connection, session_id: UUID, now: datetime) -> None:
    """Note that a session was used."""
    await connection.execute("UPDATE staff_sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2", session_id, now)


async def sessions_of(
    connection: Connection, account_id: UUID, *, seen_since: datetime, now: datetime
) -> list[Session]:
    """Return an account's open sessions, the last used one first."""
    rows = await connection.fetch(
        """
        SELECT id, signed_by, address, browser, started_at, seen_at, ends_at FROM staff_sessions
         WHERE account_id = $1 AND ends_at > $3 AND seen_at > $2 ORDER BY seen_at DESC
        """,
        account_id,
        seen_since,
        now,
    )
    return [Session(**row) for row in rows]


async def end_session(connection: Connection, session_id: UUID, *, account_id: UUID) -> bool:
    """End one session of an account; False where it is over already."""
    done = await connection.execute(
        "DELETE FROM staff_sessions WHERE id = $1 AND account_id = $2", session_id, account_id
    )
    return bool(done == "DELETE 1")


async def end_sessions(connection: Connection, account_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of an account, one excepted where it is named; returns how many."""
    done = await connection.fetch(
        "DELETE FROM staff_sessions WHERE account_id = $1 AND id IS DISTINCT FROM $2 RETURNING id", account_id, but
    )
    return len(done)


async def add_link(connection: Connection, *, token: bytes, link: Link, now: datetime, ends_at: datetime) -> None:
    """Write a one-time link down, and forget those that are too old."""
    await connection.execute("DELETE FROM staff_links WHERE ends_at <= $1", now)
    await connection.execute(
        """
        INSERT INTO staff_links (token, purpose, account_id, role, created_by, created_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        token,
        link.purpose,
        link.account_id,
        link.role and link.role.value,
        link.created_by,
        now,
        ends_at,
    )


async def find_link(connection: Connection, *, token: bytes, now: datetime) -> Link | None:
    """Return what a link is for, and keep others from using it meanwhile; None where it was used or is too old."""
    row = await connection.fetchrow(
        "SELECT purpose, account_id, role, created_by FROM staff_links WHERE token = $1 AND ends_at > $2 FOR UPDATE",
        token,
        now,
    )
    return Link(**{**row, "role": Role(row["role"]) if row["role"] else None}) if row else None


async def use_link(connection: Connection, *, token: bytes) -> None:
    """Use a link up."""
    await connection.execute("DELETE FROM staff_links WHERE token = $1", token)


async def forget_sessions(connection: Connection, *, seen_since: datetime, now: datetime) -> None:
    """Delete the sessions that are over."""
    await connection.execute("DELETE FROM staff_sessions WHERE ends_at <= $2 OR seen_at <= $1", seen_since, now)


def _account(row: object) -> Account:
    values = dict(row)  # type: ignore[call-overload]
    return Account(**{**values, "role": Role(values["role"])})
