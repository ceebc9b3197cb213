"""Identities, in the table `identities`: which customer a visitor's session is bound to, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.access.identity_tokens import Identity

if TYPE_CHECKING:
    from app.db.pool import Connection

IDENTITY_CHANNEL: Final = "smart_support_identity"  # tells every replica that a visitor is another customer now

ROTATED: Final = "rotated"  # behind a visitor's id in a notice: it is nobody's any more


async def bind(connection: Connection, *, visitor_id: str, identity: Identity) -> None:
    """Let the visitor's session be this customer's until the identity expires."""
    await connection.execute(
        """
        INSERT INTO identities (visitor_id, customer, claims, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (visitor_id) DO UPDATE
           SET customer = excluded.customer, claims = excluded.claims, expires_at = excluded.expires_at,
               bound_at = now()
        """,
        visitor_id,
        identity.customer,
        identity.claims,
        identity.expires_at,
    )
    await _notify(connection, visitor_id)


async def rotate(connection: Connection, *, visitor_id: str, new_id: str) -> None:
    """Let everything of a visitor be a new one's, so that whoever knows the old cookie is a stranger with nothing."""
    await connection.execute("UPDATE conversations SET visitor_id = $2 WHERE visitor_id = $1", visitor_id, new_id)
    await connection.execute("DELETE FROM identities WHERE visitor_id = $1", visitor_id)
    await _notify(connection, f"{visitor_id} {ROTATED}")


async def release(connection: Connection, *, visitor_id: str) -> bool:
    """Let the visitor's session be nobody's; False where it was already."""
    done = await connection.execute("DELETE FROM identities WHERE visitor_id = $1", visitor_id)
    await _notify(connection, visitor_id)
    return bool(done == "DELETE 1")


async def current(connection: Connection, *, visitor_id: str) -> Identity | None:
    """Read which customer the visitor's session is now; None for a stranger, and after the identity has expired."""
    row = await connection.fetchrow(
        "SELECT customer, claims, expires_at FROM identities WHERE visitor_id = $1 AND expires_at > now()", visitor_id
    )
    return Identity(**row) if row else None


async def forget_expired(connection: Connection) -> int:
    """Delete what has expired; returns how many."""
    rows = await connection.fetch("DELETE FROM identities WHERE expires_at <= now() RETURNING visitor_id")
    return len(rows)


async def _notify(connection: Connection, visitor_id: str) -> None:
    await connection.execute("SELECT pg_notify($1, $2)", IDENTITY_CHANNEL, visitor_id)
