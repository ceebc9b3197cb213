"""Cursor of the rollups over the log: claims conversations with uncounted events, reads these, marks them counted."""

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
    """Of most events only what a fold reads: the whole would take as long as everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A conversation that has events above `counted_seq`; its row is locked by whoever claimed it."""

    thread_id: str
    visitor_id: str
    customer: str | None
    demo: bool
    counted_seq: int
    last_seq: int


READ_AT_ONCE: Final = 50  # conversations: rows that are gone soon cost Python's collector nothing
LONG_SECONDS: Final = 3_600.0  # a statement over every conversation, asked for by a person who waits for it

PICKED_AT_MOST: Final = 2  # fields of a frame that are cheaper to pick than the whole is to send and to read

Fields = Mapping[str, Sequence[str]]
"""By type of event: the fields of its frame that any fold reads."""


def _frame(fields: Fields) -> str:
    """Write what is read of each type's frame: nothing, a few fields or the whole; the whole of a type not named."""
    cases = "".join(
        f"WHEN '{kind}' THEN {_picked(names)} " for kind, names in fields.items() if len(names) <= PICKED_AT_MOST
    )
    return f"CASE e.type {cases} ELSE e.frame::text END"


def _picked(names: Sequence[str]) -> str:
    pairs = ", ".join(f"'{name}', e.frame->'{name}'" for name in names)
    return f"jsonb_build_object({pairs})::text" if names else "'{}'"


def _read(fields: Fields) -> str:
    return f"""
        SELECT e.thread_id, e.seq, e.type, (date_part('epoch', e.at) * 1000000)::bigint, e.agent, e.duration_ms,
               e.prompt_tokens, e.completion_tokens, (e.cost_usd * 100000000)::bigint, {_frame(fields)}
          FROM unnest($1::text[], $2::bigint[]) AS wanted (thread_id, seq) CROSS JOIN LATERAL (
              SELECT * FROM events WHERE thread_id = wanted.thread_id AND seq > wanted.seq ORDER BY seq LIMIT $3
          ) e
    """  # noqa: S608  # only the names of our own types and fields stand in the text


async def claim(connection: Connection, *, limit: int, but: Collection[str] = ()) -> list[Claimed]:
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
    return [Claimed(**row) for row in rows]


async def read(connection: Connection, *, after: Mapping[str, int], limit: int, fields: Fields) -> list[LoggedEvent]:
    """Read up to `limit` events of each conversation, numbered above the given number, in order.

    Of a frame that has only a few of the `fields` nothing else is read.
    """
    statement = _read(fields)
    events: list[LoggedEvent] = []
    wanted = list(after.items())
    for start in range(0, len(wanted), READ_AT_ONCE):
        thread_ids, seqs = zip(*wanted[start : start + READ_AT_ONCE], strict=True)
        rows = await connection.fetch(statement, thread_ids, seqs, limit)
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


async def reset(connection: Connection) -> None:
    """Let every conversation be counted again from its first event, but for those whose words were taken out."""
    await connection.execute(
        "UPDATE conversations SET counted_seq = 0, uncounted = true WHERE redacted_at IS NULL", timeout=LONG_SECONDS
    )


def by_thread(events: Sequence[LoggedEvent]) -> dict[str, list[LoggedEvent]]:
    """Sort events by conversation; each one's stay in order."""
    found: dict[str, list[LoggedEvent]] = {}
    for event in events:
        found.setdefault(event.thread_id, []).append(event)
    return found
