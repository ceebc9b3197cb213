"""The events that the figures do not hold yet: claimed by conversation, read in order, marked as counted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from app.db.pool import Connection


class LoggedEvent(NamedTuple):
    """One event as the log holds it, for folds.

    `at` is in microseconds since the epoch, `cost_e8` in hundred-millionths of a dollar; None: not known.
    """

    thread_id: str
    seq: int
    type: str
    at: int
    agent: str | None
    duration_ms: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_e8: int | None
    frame: dict[str, Any]
    """Of half of the events only what a fold reads (`_FRAME`): the whole would take as long as everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """A conversation that has events above `counted_seq`; its row is locked by whoever claimed it."""

    thread_id: str
    visitor_id: str
    customer: str | None
    demo: bool
    counted_seq: int
    last_seq: int


READ_AT_ONCE: Final = 50  # conversations: rows that are gone soon cost Python's collector nothing
LONG_SECONDS: Final = 3_600.0  # a statement over every conversation, asked for by a person who waits for it

_FRAME: Final = """CASE e.type
    WHEN 'routed' THEN '{}'
    WHEN 'turn_started' THEN '{}'
    WHEN 'evidence_shown' THEN '{}'
    WHEN 'message_complete' THEN CASE e.frame->>'ended' WHEN 'true' THEN '{"ended": true}' ELSE '{}' END
    WHEN 'tool_ran' THEN CASE WHEN e.frame->>'error' IS NULL THEN '{}' ELSE
                         jsonb_build_object('error', e.frame->'error')::text END
    WHEN 'model_called' THEN jsonb_build_object('model', e.frame->'model', 'time_to_first_token_ms',
                                                e.frame->'time_to_first_token_ms')::text
    ELSE e.frame::text END"""
_EVENT: Final = f"""e.thread_id, e.seq, e.type, (date_part('epoch', e.at) * 1000000)::bigint, e.agent, e.duration_ms,
    e.prompt_tokens, e.completion_tokens, (e.cost_usd * 100000000)::bigint, {_FRAME}"""
_READ: Final = f"""
    SELECT {_EVENT} FROM unnest($1::text[], $2::bigint[]) AS wanted (thread_id, seq) CROSS JOIN LATERAL (
        SELECT * FROM events WHERE thread_id = wanted.thread_id AND seq > wanted.seq ORDER BY seq LIMIT $3
    ) e
"""  # noqa: S608  # only our own constants stand in the text


async def claim(connection: Connection, *, limit: int, but: Collection[str] = ()) -> list[Uncounted]:
    """Lock up to `limit` conversations with uncounted events, the oldest first.

    Those that others hold are left out, and those named by `but`.

    Appending an event holds the conversation's row until it commits, so whatever is numbered by then can be read.
    """
    rows = await connection.fetch(
        """
        SELECT thread_id, visitor_id, customer, demo, counted_seq, last_seq FROM conversations
         WHERE uncounted AND thread_id <> ALL($2) ORDER BY created_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
        """,
        limit,
        list(but),
    )
    return [Uncounted(**row) for row in rows]


async def read(connection: Connection, *, after: Mapping[str, int], limit: int) -> list[LoggedEvent]:
    """Read up to `limit` events of each conversation, numbered above the given number, in order."""
    events: list[LoggedEvent] = []
    wanted = list(after.items())
    for start in range(0, len(wanted), READ_AT_ONCE):
        thread_ids, seqs = zip(*wanted[start : start + READ_AT_ONCE], strict=True)
        rows = await connection.fetch(_READ, thread_ids, seqs, limit)
        frames = json.loads("[" + ",".join([row[-1] for row in rows]) + "]")  # at once: half the time of one by one
        events += [LoggedEvent._make((*row[:-1], frame)) for row, frame in zip(rows, frames, strict=True)]
    return events


async def mark(connection: Connection, *, counted: Mapping[str, int]) -> None:
    """Note up to which event each conversation is counted."""
    await connection.execute(
        """
        UPDATE conversations c SET counted_seq = done.seq, uncounted = c.last_seq > done.seq
          FROM unnest($1::text[], $2::bigint[]) AS done (thread_id, seq) WHERE c.thread_id = done.thread_id
        """,
        list(counted),
        list(counted.values()),
    )


async def waiting(connection: Connection, *, at_most: int) -> int:
    """Count the conversations that wait to be counted, up to a number."""
    number: int = await connection.fetchval(
        "SELECT count(*) FROM (SELECT FROM conversations WHERE uncounted LIMIT $1) waiting", at_most
    )
    return number


async def oldest_age(connection: Connection) -> float:
    """Return for how many seconds the longest waiting conversation has been waiting to be counted; 0 where none is."""
    seconds: float = await connection.fetchval(
        """
        SELECT coalesce(extract(epoch FROM now() - min(e.at)), 0)::float8
          FROM (SELECT thread_id, counted_seq FROM conversations WHERE uncounted ORDER BY created_at LIMIT 100) c
          CROSS JOIN LATERAL (SELECT at FROM events WHERE thread_id = c.thread_id AND seq > c.counted_seq
                               ORDER BY seq LIMIT 1) e
        """
    )
    return max(0.0, seconds)


async def forget_all(connection: Connection) -> None:
    """Let every conversation be counted again from its first event, but for those whose words were taken out."""
    await connection.execute(
        "UPDATE conversations SET counted_seq = 0, uncounted = true WHERE redacted_at IS NULL", timeout=LONG_SECONDS
    )


def threads_of(events: Sequence[LoggedEvent]) -> dict[str, list[LoggedEvent]]:
    """Sort events by conversation; each one's stay in order."""
    found: dict[str, list[LoggedEvent]] = {}
    for event in events:
        found.setdefault(event.thread_id, []).append(event)
    return found
