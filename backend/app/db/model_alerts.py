"""The table `model_alerts`: why a model does not answer, one row per model and cause, so it cannot grow.

An alert is *raised*, which means that staff see it, after so many failures in a row as its cause asks for. It ends when
the model answers; a failure after that begins it anew in the same row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.db.pool import Connection

_COLUMNS: Final = "model, code, advice, http_status, failures, first_at, last_at, raised_at, sent_at, ended_at"


@dataclass(frozen=True, kw_only=True)
class ModelAlert:
    """One cause for which one model fails. `failures` are in a row, since the model last answered."""

    model: str
    code: str
    advice: str
    http_status: int | None
    failures: int
    first_at: datetime
    last_at: datetime
    raised_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None


async def add_failure(
    connection: Connection,
    *,
    model: str,
    code: str,
    advice: str,
    http_status: int | None,
    raise_after: int,
    now: datetime,
) -> ModelAlert:
    """Count a failure; with the `raise_after`th in a row the alert is raised. Returns the alert as it stands now."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO model_alerts AS a (model, code, advice, http_status, failures, first_at, last_at, raised_at)
        VALUES ($1, $2, $3, $4, 1, $6, $6, CASE WHEN $5::int <= 1 THEN $6::timestamptz END)
        ON CONFLICT (model, code) DO UPDATE SET
            advice = excluded.advice,
            http_status = excluded.http_status,
            last_at = greatest(a.last_at, excluded.last_at),
            failures = CASE WHEN a.ended_at IS NULL THEN a.failures + 1 ELSE 1 END,
            first_at = CASE WHEN a.ended_at IS NULL THEN a.first_at ELSE excluded.first_at END,
            raised_at = CASE WHEN a.ended_at IS NULL AND a.raised_at IS NOT NULL THEN a.raised_at
                             WHEN $5 <= CASE WHEN a.ended_at IS NULL THEN a.failures + 1 ELSE 1 END
                             THEN excluded.last_at END,
            ended_at = NULL
        RETURNING {_COLUMNS}
        """,  # noqa: S608  # only our own constant stands in the text
        model,
        code,
        advice,
        http_status,
        raise_after,
        now,
    )
    return ModelAlert(**row)


async def claim_sending(
    connection: Connection, *, model: str, code: str, now: datetime, pause: timedelta
) -> ModelAlert | None:
    """Claim to send a raised alert; None where it is not raised, or was sent within the pause, by whichever replica."""
    row = await connection.fetchrow(
        f"""
        UPDATE model_alerts SET sent_at = $3::timestamptz
         WHERE model = $1 AND code = $2 AND raised_at IS NOT NULL AND ended_at IS NULL
           AND (sent_at IS NULL OR sent_at <= $3::timestamptz - $4::interval)
        RETURNING {_COLUMNS}
        """,  # noqa: S608  # the same
        model,
        code,
        now,
        pause,
    )
    return ModelAlert(**row) if row else None


async def end(connection: Connection, *, model: str, now: datetime, code: str | None = None) -> list[ModelAlert]:
    """End a model's alerts, or the one of a cause; returns those that had been raised."""
    rows = await connection.fetch(
        f"""
        UPDATE model_alerts SET ended_at = $2::timestamptz
         WHERE model = $1 AND ended_at IS NULL AND ($3::text IS NULL OR code = $3) RETURNING {_COLUMNS}
        """,  # noqa: S608  # the same
        model,
        now,
        code,
    )
    return [ModelAlert(**row) for row in rows if row["raised_at"] is not None]


async def list_raised(connection: Connection) -> list[ModelAlert]:
    """Read the alerts that staff are to see, the newest failure first."""
    rows = await connection.fetch(
        f"""
        SELECT {_COLUMNS} FROM model_alerts WHERE raised_at IS NOT NULL AND ended_at IS NULL
         ORDER BY last_at DESC, model, code
        """  # noqa: S608  # the same
    )
    return [ModelAlert(**row) for row in rows]
