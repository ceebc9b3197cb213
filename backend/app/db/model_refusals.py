"""The table `model_refusals`: what a provider has refused, one row per address, model and feature.

Every change notifies `REFUSALS_CHANNEL`, so that all replicas know it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.db.pool import Connection

REFUSALS_CHANNEL: Final = "smart_support_refusals"


@dataclass(frozen=True, kw_only=True)
class ModelRefusal:
    """One feature that one model's provider has refused, and when that was learned."""

    model: str
    feature: str
    learned_at: datetime


async def add(connection: Connection, *, address: str, model: str, feature: str, now: datetime) -> None:
    """Remember a refusal; what is known keeps its date."""
    added = await connection.execute(
        """
        INSERT INTO model_refusals (address, model, feature, learned_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        address,
        model,
        feature,
        now,
    )
    await _notify(connection, added)


async def forget(connection: Connection, *, address: str, model: str | None = None, feature: str | None = None) -> int:
    """Forget what an address has refused, of one model, or one thing; returns how many refusals that were."""
    gone = await connection.execute(
        """
        DELETE FROM model_refusals
         WHERE address = $1 AND ($2::text IS NULL OR model = $2) AND ($3::text IS NULL OR feature = $3)
        """,
        address,
        model,
        feature,
    )
    return await _notify(connection, gone)


async def forget_others(connection: Connection, *, address: str, models: Collection[str]) -> int:
    """Forget the refusals of every other address, and of every model but these; returns how many that were."""
    gone = await connection.execute(
        "DELETE FROM model_refusals WHERE address <> $1 OR model <> ALL($2)", address, list(models)
    )
    return await _notify(connection, gone)


async def list_known(connection: Connection, *, address: str) -> list[ModelRefusal]:
    """List what an address has refused, by model, the oldest first."""
    rows = await connection.fetch(
        "SELECT model, feature, learned_at FROM model_refusals WHERE address = $1 ORDER BY model, learned_at, feature",
        address,
    )
    return [ModelRefusal(**row) for row in rows]


async def _notify(connection: Connection, status: str) -> int:
    """Tell the replicas, where a statement has changed anything; returns how many rows."""
    changed = int(status.rpartition(" ")[2])
    if changed:
        await connection.execute("SELECT pg_notify($1, '')", REFUSALS_CHANNEL)
    return changed
