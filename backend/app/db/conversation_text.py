"""Search index, table `conversation_text`: the words and marks that each conversation is found by, in one index.

A mark is a word that begins with '=', which no word of a text does: `=outcome:escalated`, `=tool:cancel_order`. So
words and filters together are one query of one GIN index, which cuts its lists with each other inside.

Before each stands the week in which the conversation began, and the week stands alone, too: `2969order`,
`2969=tool:cancel_order`, `2969`. The index knows no order, but whoever asks it week by week gets the newest first, and
a week that has nothing costs a look.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.db.pool import Connection

MAX_WORDS: Final = 6_000  # of one fold, and kept of those before: twice that, at 64 bytes, fits a tsvector's 1 MB
COST_STEPS: Final = (
    *("0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"),
    *("1", "2", "5", "10", "20", "50", "100"),
)
"""US dollars: a conversation has the mark of each step that it has cost, so the index narrows a search by cost."""
STEPS: Final = ("approved", "edited", "rejected", "expired", "succeeded", "failed")
"""Outcomes of actions, as the fold counts it; it leaves out what never happened."""
ENDS: Final = ("succeeded", "failed", "unknown")
"""Ends of tool calls that were carried out, as the fold counts it."""

_MARKS: Final = f"""
    ARRAY['=status:' || f.status, '=outcome:' || f.outcome]
    || ARRAY(SELECT '=agent:' || name FROM unnest(f.agents) AS name)
    || ARRAY(SELECT '=tool:' || name FROM unnest(f.tools) AS name)
    || CASE WHEN f.approvals > 0 THEN ARRAY['=approval'] ELSE '{{}}' END
    || CASE WHEN f.errors > 0 THEN ARRAY['=error'] ELSE '{{}}' END
    || ARRAY(SELECT '=error:' || code FROM jsonb_object_keys(f.tally->'causes') AS code)
    || CASE WHEN f.actions > 0 THEN ARRAY['=action', '=action:proposed'] ELSE '{{}}' END
    || CASE WHEN f.unknown_actions > 0 THEN ARRAY['=action:unknown'] ELSE '{{}}' END
    || ARRAY(SELECT '=action:' || step FROM unnest(ARRAY{list(STEPS)}) AS step WHERE f.tally ? step)
    || ARRAY(SELECT unnest(ARRAY['=call:' || ended, '=call:' || ended || ':' || name])
               FROM jsonb_each(f.tally->'tools') AS tool (name, calls), unnest(ARRAY{list(ENDS)}) AS ended
              WHERE calls ? ended)
    || ARRAY(SELECT unnest(ARRAY['=model', '=model:' || name]) FROM unnest(f.models) AS name)
    || ARRAY(SELECT unnest(ARRAY['=first_token', '=first_token:' || name])
               FROM jsonb_each(f.tally->'models') AS model (name, calls) WHERE calls ? 'first_token')
    || CASE WHEN f.tally ? 'decisions' THEN ARRAY['=decision'] ELSE '{{}}' END
    || CASE WHEN f.staff THEN ARRAY['=staff'] ELSE '{{}}' END
    || CASE WHEN f.rating IS NOT NULL THEN ARRAY['=rating', '=rating:' || f.rating] ELSE '{{}}' END
    || ARRAY(SELECT '=cost:' || step FROM unnest(ARRAY{list(COST_STEPS)}) AS step WHERE f.cost_usd >= step::numeric)
"""  # noqa: S608

WEEK_SECONDS: Final = 7 * 24 * 60 * 60  # a year is 53 looks at most; a week of a million conversations a year is 20,000
WEEK_CHARS: Final = 4  # until the year 2161
_WEEK: Final = f"to_char(floor(extract(epoch FROM f.started_at) / {WEEK_SECONDS}), 'FM0000')"
_IS_MARK: Final = f"substr(word, {WEEK_CHARS + 1}, 1) = '='"


def weeks(since: datetime, until: datetime) -> list[str]:
    """Name the weeks from one moment to another, newest first, as they stand before the words."""
    first, last = (int(at.timestamp() // WEEK_SECONDS) for at in (since, until))
    return [f"{week:0{WEEK_CHARS}}" for week in range(last, first - 1, -1)]


@dataclass(frozen=True, kw_only=True)
class NewWords:
    """What a conversation can be found by from now on, besides what it could be before; `replace`: instead of that."""

    thread_id: str
    title: str = ""
    words: Collection[str] = ()
    replace: bool = False


async def add(connection: Connection, *, new: Sequence[NewWords]) -> None:
    """Add words to conversations, and bring their marks up to date with `conversation_facts`.

    The first title that is not empty stays. A conversation without facts is left out.
    """
    await connection.execute(
        f"""
        INSERT INTO conversation_text AS t (thread_id, started_at, week, cost_usd, title, doc)
        SELECT thread_id, started_at, week, cost_usd, title, array_to_tsvector(string_to_array(
                   week || replace(E'\\n' || array_to_string(found_by, E'\\n'), E'\\n', E'\\n' || week), E'\\n'))
          FROM (SELECT f.thread_id, f.started_at, {_WEEK} AS week, f.cost_usd, n.title,
                       {_MARKS} || string_to_array(n.words, ' ') AS found_by
                  FROM unnest($1::text[], $2::text[], $3::text[]) AS n (thread_id, title, words)
                  JOIN conversation_facts f ON f.thread_id = n.thread_id
                  JOIN conversations c ON c.thread_id = n.thread_id) x
        ON CONFLICT (thread_id) DO UPDATE
           SET started_at = EXCLUDED.started_at,
               week = EXCLUDED.week,
               cost_usd = EXCLUDED.cost_usd,
               title = CASE WHEN t.title = '' OR t.thread_id = ANY($4) THEN EXCLUDED.title ELSE t.title END,
               doc = CASE WHEN t.thread_id = ANY($4) THEN EXCLUDED.doc ELSE array_to_tsvector(
                   ARRAY(SELECT EXCLUDED.week || substr(word, {WEEK_CHARS + 1})
                           FROM unnest(tsvector_to_array(t.doc)) AS word WHERE NOT {_IS_MARK} LIMIT {MAX_WORDS})
                   || tsvector_to_array(EXCLUDED.doc)) END
        """,  # noqa: S608  # only our own constants stand in the text
        [item.thread_id for item in new],
        [item.title for item in new],
        [" ".join(sorted(item.words)[:MAX_WORDS]) for item in new],
        [item.thread_id for item in new if item.replace],
    )


async def redact_words(connection: Connection, *, thread_ids: Sequence[str], title: str) -> None:
    """Leave of these conversations only their marks, and `title` in the place of what was said first."""
    await connection.execute(
        f"""
        UPDATE conversation_text
           SET title = $2,
               doc = array_to_tsvector(ARRAY[week] || ARRAY(
                   SELECT word FROM unnest(tsvector_to_array(doc)) AS word WHERE {_IS_MARK}))
         WHERE thread_id = ANY($1)
        """,  # noqa: S608  # only our own constant stands in the text
        list(thread_ids),
        title,
    )


# --- finding ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Span:
    """Between which moments, and after which place of the list, to look; the list goes from new to old."""

    before: datetime
    before_id: str = ""
    since: datetime
    cost_min: float | None = None
    cost_max: float | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A conversation's place in the list."""

    thread_id: str
    started_at: datetime


_INSIDE: Final = "(started_at, thread_id) < ($1, $2) AND started_at >= $3"
_COST: Final = "($4::float8 IS NULL OR cost_usd >= $4) AND ($5::float8 IS NULL OR cost_usd <= $5)"


async def newest(connection: Connection, *, span: Span, limit: int) -> list[Place]:
    """List the newest `limit` conversations of the span, whatever they hold."""
    rows = await connection.fetch(
        f"""
        SELECT thread_id, started_at FROM conversation_text WHERE {_INSIDE} AND {_COST}
         ORDER BY started_at DESC, thread_id DESC LIMIT $6
        """,  # noqa: S608  # only our own constants stand in the text
        *_values(span),
        limit,
    )
    return [Place(**row) for row in rows]


async def among_newest(
    connection: Connection, *, queries: Mapping[str, str], span: Span, limit: int, scan: int
) -> list[Place]:
    """Look through the newest `scan` conversations of the span, one by one, until `limit` are found.

    `queries` holds a tsquery for each week.
    """
    rows = await connection.fetch(
        f"""
        SELECT thread_id, started_at FROM (
            SELECT * FROM conversation_text WHERE {_INSIDE} ORDER BY started_at DESC, thread_id DESC LIMIT $6) t
          JOIN (SELECT week, query::tsquery FROM unnest($7::text[], $8::text[]) AS w (week, query) OFFSET 0) w
         USING (week)
         WHERE doc @@ query AND {_COST} ORDER BY started_at DESC, thread_id DESC LIMIT $9
        """,  # noqa: S608  # only our own constants stand in the text
        *_values(span),
        scan,
        list(queries),
        list(queries.values()),
        limit,
    )
    return [Place(**row) for row in rows]


async def week_by_week(connection: Connection, *, queries: Mapping[str, str], span: Span, limit: int) -> list[Place]:
    """Ask the index for one week after the other, in the order of `queries`, until `limit` are found."""
    # The innermost SELECT has no other condition and OFFSET 0, so that nothing but the index of words can answer it:
    # together with the time, PostgreSQL would like to read through the index of all moments, too.
    rows = await connection.fetch(
        f"""
        WITH RECURSIVE walk AS (
            SELECT 0 AS week, 0::bigint AS total, NULL::text[] AS thread_ids, NULL::timestamptz[] AS moments
             UNION ALL
            SELECT walk.week + 1, walk.total + found.number, found.thread_ids, found.moments
              FROM walk CROSS JOIN LATERAL (
                SELECT count(*) AS number, array_agg(thread_id) AS thread_ids, array_agg(started_at) AS moments
                  FROM (SELECT thread_id, started_at FROM (
                            SELECT thread_id, started_at, cost_usd FROM conversation_text
                             WHERE doc @@ ($6::text[])[walk.week + 1]::tsquery OFFSET 0) matching
                         WHERE {_INSIDE} AND {_COST} ORDER BY started_at DESC, thread_id DESC LIMIT $7) newest) found
             WHERE walk.week < cardinality($6) AND walk.total < $7)
        SELECT thread_id, started_at FROM walk, unnest(thread_ids, moments) AS found (thread_id, started_at)
         ORDER BY started_at DESC, thread_id DESC LIMIT $7
        """,  # noqa: S608  # only our own constants stand in the text
        *_values(span),
        list(queries.values()),
        limit,
    )
    return [Place(**row) for row in rows]


async def bounds(connection: Connection) -> tuple[datetime, datetime] | None:
    """When the oldest and the newest conversation began; None where there is none."""
    row = await connection.fetchrow(
        "SELECT min(started_at) AS oldest, max(started_at) AS newest FROM conversation_text"
    )
    return (row["oldest"], row["newest"]) if row and row["oldest"] else None


def _values(span: Span) -> tuple[object, ...]:
    return (span.before, span.before_id, span.since, span.cost_min, span.cost_max)
