"""The table `conversation_facts`: what each conversation has come to, kept beside the log and made from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from app.db.uncounted import LONG_SECONDS

if TYPE_CHECKING:
    from app.db.pool import Connection


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One conversation in figures. `tally` is what the fold goes on from; `settle_at` when silence ends it."""

    thread_id: str
    visitor_id: str | None
    customer: str | None
    started_at: datetime
    last_at: datetime
    ended_at: datetime | None
    status: str
    outcome: str
    turns: int
    messages: int
    agents: list[str]
    tools: list[str]
    models: list[str]
    approvals: int
    errors: int
    actions: int
    unknown_actions: int
    tokens_in: int
    tokens_out: int
    cost_e8: int
    rating: int | None
    staff: bool
    demo: bool
    settle_at: datetime | None
    tally: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the fold needs to know of what is stored already."""

    thread_id: str
    visitor_id: str | None
    customer: str | None
    demo: bool
    outcome: str
    ended: bool
    tally: dict[str, Any]


_TYPES: Final = {
    "thread_id": "text",
    "visitor_id": "text",
    "customer": "text",
    "started_at": "timestamptz",
    "last_at": "timestamptz",
    "ended_at": "timestamptz",
    "status": "text",
    "outcome": "text",
    "turns": "integer",
    "messages": "integer",
    "agents": "text[]",
    "tools": "text[]",
    "models": "text[]",
    "approvals": "integer",
    "errors": "integer",
    "actions": "integer",
    "unknown_actions": "integer",
    "tokens_in": "bigint",
    "tokens_out": "bigint",
    "cost_e8": "bigint",
    "rating": "smallint",
    "staff": "boolean",
    "demo": "boolean",
    "settle_at": "timestamptz",
    "tally": "jsonb",
}
_COLUMNS: Final = tuple("cost_usd" if name == "cost_e8" else name for name in _TYPES)
_VALUES: Final = ", ".join("cost_e8::numeric / 100000000" if name == "cost_e8" else name for name in _TYPES)
_NEW: Final = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
_SAVE: Final = f"""
    INSERT INTO conversation_facts ({", ".join(_COLUMNS)})
    SELECT {_VALUES} FROM jsonb_to_recordset($1::text::jsonb) AS new ({_NEW})
    ON CONFLICT (thread_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""  # noqa: S608  # only our own constants stand in the text
_KEPT: Final = "thread_id, f.visitor_id, f.customer, f.demo, outcome, f.ended_at IS NOT NULL AS ended, tally"


async def save(connection: Connection, *, facts: Iterable[Facts]) -> None:
    """Write what conversations have come to, over what stood there before."""
    await connection.execute(_SAVE, json.dumps([vars(one) for one in facts], default=datetime.isoformat))


async def kept(connection: Connection, *, thread_ids: Sequence[str]) -> list[Kept]:
    """Read what is stored of these conversations."""
    rows = await connection.fetch(
        f"SELECT {_KEPT} FROM conversation_facts f WHERE thread_id = ANY($1)",  # noqa: S608  # our own constant
        thread_ids,
    )
    return [Kept(**row) for row in rows]


async def due(connection: Connection, *, now: datetime, limit: int) -> list[Kept]:
    """Read conversations that silence has ended by now, and keep others from settling them meanwhile.

    Those whose conversation is being written to are left for later: the row there is locked first, as in a fold.
    """
    rows = await connection.fetch(
        f"""
        SELECT {_KEPT} FROM conversation_facts f JOIN conversations c USING (thread_id)
         WHERE settle_at <= $1 ORDER BY settle_at LIMIT $2 FOR NO KEY UPDATE OF c SKIP LOCKED
        """,  # noqa: S608  # our own constant
        now,
        limit,
    )
    return [Kept(**row) for row in rows]


async def take_demo(connection: Connection, *, limit: int) -> list[Kept]:
    """Delete some of the demo's conversations, with everything that hangs on them, and return what they had come to."""
    rows = await connection.fetch(
        f"""
        DELETE FROM conversation_facts f WHERE thread_id IN (
            SELECT thread_id FROM conversation_facts WHERE demo LIMIT $1
        ) RETURNING {_KEPT}
        """,  # noqa: S608  # our own constant
        limit,
    )
    await connection.execute("DELETE FROM conversations WHERE thread_id = ANY($1)", [row["thread_id"] for row in rows])
    return [Kept(**row) for row in rows]


async def drop_living(connection: Connection) -> None:
    """Forget the facts of every conversation that can be counted again.

    What stays is of conversations that were deleted, or that customers' words were taken out of: their log no longer
    says what it said.
    """
    await connection.execute(
        """
        DELETE FROM conversation_facts f WHERE deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM conversations c WHERE c.thread_id = f.thread_id AND c.redacted_at IS NOT NULL)
        """,
        timeout=LONG_SECONDS,
    )


async def page(connection: Connection, *, after: str, limit: int) -> list[Kept]:
    """Read what is stored of all conversations, in pages by name."""
    rows = await connection.fetch(
        f"SELECT {_KEPT} FROM conversation_facts f WHERE thread_id > $1 ORDER BY thread_id LIMIT $2",  # noqa: S608
        after,
        limit,
    )
    return [Kept(**row) for row in rows]


async def bury(connection: Connection, *, thread_ids: Sequence[str]) -> None:
    """Take every name out of the facts of conversations that are being deleted; what they came to stays counted."""
    await connection.execute(
        """
        UPDATE conversation_facts
           SET thread_id = 'deleted-' || gen_random_uuid(), visitor_id = NULL, customer = NULL, settle_at = NULL,
               deleted_at = now(), demo = false
         WHERE thread_id = ANY($1)
        """,
        thread_ids,
    )


async def any_demo(connection: Connection) -> bool:
    """Say whether there is demo data."""
    found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM conversation_facts WHERE demo)")
    return found


async def first_at(connection: Connection) -> datetime | None:
    """Return when the first conversation began; None where there is none."""
    at: datetime | None = await connection.fetchval(
        "SELECT started_at FROM conversation_facts ORDER BY started_at LIMIT 1"
    )
    return at
