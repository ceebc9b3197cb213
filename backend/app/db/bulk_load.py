"""Bulk load of whole conversations, by COPY: for the demo's data and for benchmarks, never for what happens live."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.db.events import NewEvent
    from app.db.pool import Connection

_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_EVENT_COLUMNS: Final = (
    "thread_id",
    "seq",
    "type",
    "visible",
    "key",
    "at",
    "turn_id",
    "agent",
    "duration_ms",
    "prompt_tokens",
    "completion_tokens",
    "cost_usd",
    "frame",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """A conversation that has happened, event by event, each with its time; numbers are given from 1 on."""

    thread_id: str
    visitor_id: str
    demo: bool
    ended_at: datetime | None
    escalated_at: datetime | None
    events: Sequence[tuple[datetime, NewEvent]]


_CONVERSATION_COLUMNS: Final = (
    "thread_id",
    "visitor_id",
    "status",
    "escalated_at",
    "ended_at",
    "created_at",
    "last_activity_at",
    "last_seq",
    "demo",
    "counted_seq",
    "uncounted",
)


async def copy(connection: Connection, *, conversations: Sequence[NewConversation], counted: bool = False) -> None:
    """Write conversations with their events.

    They wait to be counted, as any that has happened; `counted` where that is done in the same transaction.
    """
    heads, lines = io.StringIO(), io.StringIO()
    for one in conversations:
        heads.write(_line((*_head(one), len(one.events) if counted else 0, not counted)))
        for seq, (at, event) in enumerate(one.events, start=1):
            lines.write(_line(_event(one.thread_id, seq, at, event)))
    await _copy(connection, "conversations", _CONVERSATION_COLUMNS, heads)
    await _copy(connection, "events", _EVENT_COLUMNS, lines)


async def exist(connection: Connection, *, thread_ids: Sequence[str]) -> set[str]:
    """Name those of the conversations that are there already."""
    rows = await connection.fetch("SELECT thread_id FROM conversations WHERE thread_id = ANY($1)", thread_ids)
    return {row["thread_id"] for row in rows}


def _head(one: NewConversation) -> tuple[Any, ...]:
    began, last = one.events[0][0], one.events[-1][0]
    status = "open" if one.ended_at is None else "ended"
    return (
        one.thread_id,
        one.visitor_id,
        status,
        one.escalated_at,
        one.ended_at,
        began,
        last,
        len(one.events),
        one.demo,
    )


def _event(thread_id: str, seq: int, at: datetime, event: NewEvent) -> tuple[Any, ...]:
    frame = {**event.frame, "seq": seq, "at": at.isoformat()}
    return (
        thread_id,
        seq,
        event.type,
        event.visible,
        event.key,
        at,
        event.turn_id,
        event.agent,
        event.duration_ms,
        event.prompt_tokens,
        event.completion_tokens,
        event.cost_usd,
        frame,
    )


def _line(values: Iterable[Any]) -> str:
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return _NULL
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, dict):  # JSON has no other character that COPY takes for its own
        return json.dumps(value, ensure_ascii=False).replace("\\", "\\\\")
    return str(value)


async def _copy(connection: Connection, table: str, columns: Sequence[str], text: io.StringIO) -> None:
    source = io.BytesIO(text.getvalue().encode())
    await connection.copy_to_table(table, source=source, columns=columns, format="text")
