"""Credentials of connected APIs, in `api_credentials` and `sign_ins`: sealed, and opened only to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from app.db.pool import Connection


@dataclass(frozen=True, kw_only=True)
class CredentialRow:
    """The sealed values of one security scheme, who set them when, and the origin that they were entered for."""

    api_id: UUID
    scheme: str
    sealed: bytes
    set_at: datetime
    set_by: str
    origin: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignInRow:
    """A sign-in that has begun and was not finished: for which scheme, what waits sealed, and who began it."""

    api_id: UUID
    scheme: str
    sealed: bytes
    begun_by: str


async def seal(connection: Connection, *, api_id: UUID, scheme: str, sealed: bytes, origin: str, by: str) -> bool:
    """Store the sealed values of a scheme; False where the API is gone."""
    try:
        await connection.execute(
            """
            INSERT INTO api_credentials (api_id, scheme, sealed, origin, set_by) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (api_id, scheme) DO UPDATE
               SET sealed = excluded.sealed, origin = excluded.origin, set_by = excluded.set_by, set_at = now(),
                   renewing_until = NULL
            """,
            api_id,
            scheme,
            sealed,
            origin,
            by,
        )
    except asyncpg.ForeignKeyViolationError:
        return False
    return True


async def forget(connection: Connection, *, api_id: UUID, scheme: str) -> bool:
    """Remove the values of a scheme; False where there were none."""
    done = await connection.execute("DELETE FROM api_credentials WHERE api_id = $1 AND scheme = $2", api_id, scheme)
    return bool(done == "DELETE 1")


async def list_all(connection: Connection, *, api_id: UUID | None = None) -> list[CredentialRow]:
    """List the sealed credentials, of one API or of all."""
    rows = await connection.fetch(
        """
        SELECT api_id, scheme, sealed, set_at, set_by, origin FROM api_credentials
         WHERE $1::uuid IS NULL OR api_id = $1 ORDER BY api_id, scheme
        """,
        api_id,
    )
    return [CredentialRow(**row) for row in rows]


async def claim_renewal(connection: Connection, *, api_id: UUID, scheme: str, seconds: float) -> bool:
    """Take the right to renew a scheme's tokens for a while; False where another replica has it."""
    done = await connection.execute(
        """
        UPDATE api_credentials SET renewing_until = now() + make_interval(secs => $3)
         WHERE api_id = $1 AND scheme = $2 AND (renewing_until IS NULL OR renewing_until < now())
        """,
        api_id,
        scheme,
        seconds,
    )
    return bool(done == "UPDATE 1")


async def end_renewal(
    connection: Connection, *, api_id: UUID, scheme: str, was: bytes, sealed: bytes | None = None
) -> None:
    """Give the right back, and store what was renewed unless somebody entered something else meanwhile.

    Who set the credentials when stays as it is: nobody did anything.
    """
    await connection.execute(
        """
        UPDATE api_credentials SET renewing_until = NULL, sealed = coalesce($4, sealed)
         WHERE api_id = $1 AND scheme = $2 AND sealed = $3
        """,
        api_id,
        scheme,
        was,
        sealed,
    )


async def begin_sign_in(
    connection: Connection, *, state: bytes, api_id: UUID, scheme: str, sealed: bytes, by: str, seconds: float
) -> None:
    """Let a sign-in wait for its code; those that nobody finished are forgotten."""
    await connection.execute("DELETE FROM sign_ins WHERE expires_at < now()")
    await connection.execute(
        """
        INSERT INTO sign_ins (state, api_id, scheme, sealed, begun_by, expires_at)
        VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
        """,
        state,
        api_id,
        scheme,
        sealed,
        by,
        seconds,
    )


async def take_sign_in(connection: Connection, *, state: bytes, by: str) -> SignInRow | None:
    """Take a sign-in that this person began, once; None where there is none, or it has waited too long."""
    row = await connection.fetchrow(
        """
        DELETE FROM sign_ins WHERE state = $1 AND begun_by = $2 AND expires_at > now()
        RETURNING api_id, scheme, sealed, begun_by
        """,
        state,
        by,
    )
    return SignInRow(**row) if row else None
