"""Pages of the event log as replay reads them: whole events by number, their frames as the text they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from app.db.pool import Connection

MarkKind = Literal["error", "approval", "escalation", "feedback"]

_COLUMNS: Final = """seq, at, type, visible, agent, turn_id, duration_ms, prompt_tokens, completion_tokens,
    cost_usd::float8 AS cost_usd, frame::text AS frame"""


class StepRow(NamedTuple):
    """One event. `frame` is JSON that nobody has to read in order to pass it on."""

    seq: int
    at: datetime
    type: str
    visible: bool
    agent: str | None
    turn_id: UUID | None
    duration_ms: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    frame: str


async def after(connection: Connection, *, thread_id: str, seq: int, limit: int) -> list[StepRow]:
    """Read up to `limit` events numbered above `seq`, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM events WHERE thread_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",  # noqa: S608
        thread_id,
        seq,
        limit,
    )
    return [StepRow(*row) for row in rows]


async def before(connection: Connection, *, thread_id: str, seq: int, limit: int) -> list[StepRow]:
    """Read the `limit` events numbered right below `seq`, oldest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM events WHERE thread_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",  # noqa: S608
        thread_id,
        seq,
        limit,
    )
    return [StepRow(*row) for row in reversed(rows)]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place in a replay that a reader jumps to."""

    seq: int
    kind: MarkKind


async def marks(connection: Connection, *, thread_id: str, limit: int) -> list[Mark]:
    """Name the first `limit` errors, approvals, escalations and ratings of a conversation, in order."""
    rows = await connection.fetch(
        """
        SELECT seq, CASE type WHEN 'interrupt' THEN 'approval' WHEN 'escalated' THEN 'escalation'
                              WHEN 'feedback' THEN 'feedback' ELSE 'error' END AS kind
          FROM events
         WHERE thread_id = $1
           AND (type IN ('error', 'interrupt', 'escalated', 'feedback')
                OR type = 'tool_result' AND (frame->>'outcome') IN ('failed', 'unknown'))
         ORDER BY seq LIMIT $2
        """,
        thread_id,
        limit,
    )
    return [Mark(**row) for row in rows]
