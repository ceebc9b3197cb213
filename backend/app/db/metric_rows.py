"""Rows behind the figures, read a piece at a time: what each figure can be computed from by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.db.pool import Connection

ROWS_AT_ONCE: Final = 1_000  # held in memory while they are written

_INSIDE: Final = "conversation_facts f {join} WHERE f.started_at >= $1 AND f.started_at < $2"
_NEWEST: Final = "ORDER BY f.started_at DESC, f.thread_id DESC"


def _events(columns: str, condition: str, *, join: str = "") -> str:
    inside = _INSIDE.format(join=f"JOIN events e USING (thread_id) {join}")
    return (
        f"SELECT f.thread_id, f.started_at, e.seq, e.at, {columns} "  # noqa: S608  # only our own words stand in it
        f"FROM {inside} AND {condition} {_NEWEST}, e.seq"
    )


ROWS: Final = {
    "conversations": f"""
        SELECT f.thread_id, f.started_at, f.last_at, f.ended_at, f.status, f.outcome, f.staff, f.turns, f.messages,
               f.approvals, f.actions, f.unknown_actions, f.errors, f.tokens_in, f.tokens_out, f.cost_usd, f.rating,
               f.agents, f.tools, f.models, f.demo
          FROM {_INSIDE.format(join="")} {_NEWEST}
    """,  # noqa: S608  # only our own words stand in it
    "tool_calls": _events(
        "e.frame->>'tool' AS tool, coalesce(e.frame->>'outcome', 'succeeded') AS outcome, e.duration_ms",
        "e.type = 'tool_result' AND e.frame->>'tool' <> ALL ($3)",
    ),
    "model_calls": _events(
        """e.agent, e.frame->>'model' AS model, e.prompt_tokens, e.completion_tokens, e.cost_usd,
           (e.frame->>'time_to_first_token_ms')::bigint AS first_token_ms, e.duration_ms""",
        "e.type = 'model_called'",
    ),
    "decisions": _events(
        """e.frame->>'interrupt_id' AS interrupt_id, e.frame->>'decision' AS decision, e.frame->>'by' AS "by",
           asked.at AS asked_at, (extract(epoch FROM e.at - asked.at) * 1000)::float8 AS ms""",
        "e.type = 'interrupt_resolved'",
        join="""JOIN LATERAL (
            SELECT at FROM events WHERE thread_id = e.thread_id AND type = 'interrupt'
               AND frame->>'interrupt_id' = e.frame->>'interrupt_id' ORDER BY seq LIMIT 1) asked ON true""",
    ),
    "actions": _events(
        """e.frame->>'action_id' AS action_id, e.frame->>'tool' AS tool, e.frame->>'status' AS status,
           e.frame->>'by' AS "by\"""",
        "e.type = 'action_changed'",
    ),
}
"""By kind of row: what is read between two times, newest conversation first."""


async def read(
    connection: Connection, *, kind: str, start: datetime, end: datetime, controls: Sequence[str]
) -> AsyncIterator[Sequence[Any]]:
    """Yield the names of the columns, then row after row; the calls of `controls` are no tool calls."""
    values: list[object] = [start, end]
    if kind == "tool_calls":
        values.append(list(controls))
    async with connection.transaction(readonly=True):
        statement = await connection.prepare(ROWS[kind])
        yield [attribute.name for attribute in statement.get_attributes()]
        async for row in statement.cursor(*values, prefetch=ROWS_AT_ONCE):
            yield tuple(row)
