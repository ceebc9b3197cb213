"""Everything that the figures' tables hold, to compare one time with another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.db.metric_rollups import Rollup

if TYPE_CHECKING:
    from app.db.pool import Pool


async def all_rollups(pool: Pool) -> dict[Any, Any]:
    """Every rollup and every bin that is not zero; rows that came to nothing again are as good as none."""
    rollups: dict[Any, Any] = {}
    for row in await pool.fetch(f"SELECT level, dimension, at, name, {', '.join(Rollup._fields)} FROM figures"):  # noqa: S608
        values = tuple(row)[4:]
        if any(values):
            rollups[tuple(row)[:4]] = values
    for row in await pool.fetch("SELECT level, measure, at, name, bin, times FROM figure_durations WHERE times <> 0"):
        rollups[tuple(row)[:5]] = row["times"]
    return rollups


async def all_facts(pool: Pool) -> list[dict[str, Any]]:
    """Every conversation's facts, by name."""
    rows = await pool.fetch("SELECT * FROM conversation_facts ORDER BY thread_id")
    return [dict(row) for row in rows]
