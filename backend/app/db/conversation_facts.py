"""Facts, table `conversation_facts`: what each conversation has come to, folded from its events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.db.arrays import numbers, texts
from app.db.event_cursor import LONG_SECONDS

if TYPE_CHECKING:
    from app.db.pool import Connection


class Facts(NamedTuple):
    """One conversation in figures. Times are microseconds since the epoch; `settle_at` is when silence ends it."""

    thread_id: str
    visitor_id: str | None
    customer: str | None
    started_at: int
    last_at: int
    ended_at: int | None
    status: str
    outcome: str
    turns: int
    messages: int
    agents: Sequence[str]
    tools: Sequence[str]
    models: Sequence[str]
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
    settle_at: int | None
    folded: Mapping[str, Any]
    """The stored `ConversationFold`, which the next fold goes on from; its column is `tally`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFacts:
    """What the fold needs to know of what is stored already."""

    thread_id: str
    visitor_id: str | None
    customer: str | None
    demo: bool
    outcome: str
    ended: bool
    folded: dict[str, Any]


_TIMES: Final = ("started_at", "last_at", "ended_at", "settle_at")
_NAMES: Final = ("agents", "tools", "models")


def _lists(values: Iterable[Iterable[str]]) -> str:
    return texts(map(texts, values))


_TEXTS: Final = ("text::text[]", texts)
_TEXTS_OR_NONE: Final = ("text[]", list)
_LISTS: Final = ("text::text[]", _lists)
_TRUTHS: Final = ("text::boolean[]", numbers)
_NUMBERS: Final = ("text::bigint[]", numbers)
_SENT: Final[Mapping[str, tuple[str, Callable[[Sequence[Any]], object]]]] = {
    **dict.fromkeys(Facts._fields[:-1], _NUMBERS),
    **dict.fromkeys(("thread_id", "status", "outcome"), _TEXTS),
    **dict.fromkeys(("visitor_id", "customer"), _TEXTS_OR_NONE),
    **dict.fromkeys(_NAMES, _LISTS),
    **dict.fromkeys(("staff", "demo"), _TRUTHS),
}
"""As what a column is sent, and who writes it; the folds, which are last, are sent as one text of JSON."""
_READ: Final = {
    **{name: f"to_timestamp({name} / 1000000.0::float8)" for name in _TIMES},
    **{name: f"{name}::text[]" for name in _NAMES},
    "cost_e8": "cost_e8::numeric / 100000000",
}
"""Expressions for columns that are not stored as they are sent."""
_COLUMNS: Final = tuple({"cost_e8": "cost_usd", "folded": "tally"}.get(name, name) for name in Facts._fields)
_SAVE: Final = f"""
    INSERT INTO conversation_facts ({", ".join(_COLUMNS)})
    SELECT {", ".join(_READ.get(name, name) for name in Facts._fields)}
      FROM ROWS FROM (unnest({", ".join(f"${number}::{kind}" for number, (kind, _) in enumerate(_SENT.values(), 1))}),
                      jsonb_array_elements(${len(Facts._fields)}::text::jsonb)) AS new ({", ".join(Facts._fields)})
    ON CONFLICT (thread_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
"""  # noqa: S608  # only our own constants stand in the text
_STORED: Final = (
    "thread_id, f.visitor_id, f.customer, f.demo, outcome, f.ended_at IS NOT NULL AS ended, tally AS folded"
)


async def save(connection: Connection, *, facts: Sequence[Facts]) -> None:
    """Write what conversations have come to, over what stood there before."""
    *columns, folded = zip(*facts, strict=True)
    sent = [write(column) for (_, write), column in zip(_SENT.values(), columns, strict=True)]
    await connection.execute(_SAVE, *sent, json.dumps(folded))


async def stored(connection: Connection, *, thread_ids: Sequence[str]) -> list[StoredFacts]:
    """Read what is stored of these conversations."""
    rows = await connection.fetch(
        f"SELECT {_STORED} FROM conversation_facts f WHERE thread_id = ANY($1)",  # noqa: S608  # our own constant
        thread_ids,
    )
    return [StoredFacts(**row) for row in rows]


async def due(connection: Connection, *, now: datetime, limit: int) -> list[StoredFacts]:
    """Read conversations that silence has ended by now, and keep others from settling them meanwhile.

    Those whose conversation is being written to are left for later: the row there is locked first, as in a fold.
    """
    rows = await connection.fetch(
        f"""
        SELECT {_STORED} FROM conversation_facts f JOIN conversations c USING (thread_id)
         WHERE settle_at <= $1 ORDER BY settle_at LIMIT $2 FOR NO KEY UPDATE OF c SKIP LOCKED
        """,  # noqa: S608  # our own constant
        now,
        limit,
    )
    return [StoredFacts(**row) for row in rows]


async def delete_demo(connection: Connection, *, limit: int) -> list[StoredFacts]:
    """Delete some of the demo's conversations, with everything that hangs on them, and return what they had come to."""
    rows = await connection.fetch(
        f"""
        DELETE FROM conversation_facts f WHERE thread_id IN (
            SELECT thread_id FROM conversation_facts WHERE demo LIMIT $1
        ) RETURNING {_STORED}
        """,  # noqa: S608  # our own constant
        limit,
    )
    await connection.execute("DELETE FROM conversations WHERE thread_id = ANY($1)", [row["thread_id"] for row in rows])
    return [StoredFacts(**row) for row in rows]


async def delete_countable(connection: Connection) -> None:
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


async def page(connection: Connection, *, after: str, limit: int) -> list[StoredFacts]:
    """Read what is stored of all conversations, in pages by name."""
    rows = await connection.fetch(
        f"SELECT {_STORED} FROM conversation_facts f WHERE thread_id > $1 ORDER BY thread_id LIMIT $2",  # noqa: S608
        after,
        limit,
    )
    return [StoredFacts(**row) for row in rows]


async def anonymize(connection: Connection, *, thread_ids: Sequence[str]) -> None:
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
