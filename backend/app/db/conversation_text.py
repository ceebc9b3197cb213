"""The table `conversation_text`: what each conversation can be found by, its words and its marks, in one index.

A mark is a word that begins with '=', which no word of a text does: `=outcome:escalated`, `=tool:cancel_order`. So
words and filters together are one query of one GIN index, which cuts its lists with each other inside.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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

_MARKS: Final = f"""
    ARRAY['=status:' || f.status, '=outcome:' || f.outcome,
          '=month:' || to_char(f.started_at AT TIME ZONE 'UTC', 'YYYY-MM')]
    || ARRAY(SELECT '=agent:' || name FROM unnest(f.agents) AS name)
    || ARRAY(SELECT '=tool:' || name FROM unnest(f.tools) AS name)
    || CASE WHEN f.approvals > 0 THEN ARRAY['=approval'] ELSE '{{}}' END
    || CASE WHEN f.errors > 0 THEN ARRAY['=error'] ELSE '{{}}' END
    || CASE WHEN f.actions > 0 THEN ARRAY['=action'] ELSE '{{}}' END
    || CASE WHEN f.rating IS NOT NULL THEN ARRAY['=rating', '=rating:' || f.rating] ELSE '{{}}' END
    || ARRAY(SELECT '=cost:' || step FROM unnest(ARRAY{list(COST_STEPS)}) AS step WHERE f.cost_usd >= step::numeric)
"""  # noqa: S608


@dataclass(frozen=True, kw_only=True)
class NewWords:
    """What a conversation can be found by from now on, besides what it could be before; `afresh`: instead of that."""

    thread_id: str
    title: str = ""
    words: Collection[str] = ()
    afresh: bool = False


async def add(connection: Connection, *, new: Sequence[NewWords]) -> None:
    """Add words to conversations, and bring their marks up to date with `conversation_facts`.

    The first title that is not empty stays. A conversation without facts is left out.
    """
    await connection.execute(
        f"""
        INSERT INTO conversation_text AS t (thread_id, started_at, cost_usd, title, doc)
        SELECT f.thread_id, f.started_at, f.cost_usd, n.title,
               array_to_tsvector(string_to_array(n.words, ' ') || {_MARKS})
          FROM unnest($1::text[], $2::text[], $3::text[]) AS n (thread_id, title, words)
          JOIN conversation_facts f ON f.thread_id = n.thread_id
          JOIN conversations c ON c.thread_id = n.thread_id
        ON CONFLICT (thread_id) DO UPDATE
           SET started_at = EXCLUDED.started_at,
               cost_usd = EXCLUDED.cost_usd,
               title = CASE WHEN t.title = '' OR t.thread_id = ANY($4) THEN EXCLUDED.title ELSE t.title END,
               doc = CASE WHEN t.thread_id = ANY($4) THEN EXCLUDED.doc ELSE array_to_tsvector(
                   ARRAY(SELECT word FROM unnest(tsvector_to_array(t.doc)) AS word
                          WHERE word NOT LIKE '=%' LIMIT {MAX_WORDS})
                   || tsvector_to_array(EXCLUDED.doc)) END
        """,  # noqa: S608  # only our own constants stand in the text
        [item.thread_id for item in new],
        [item.title for item in new],
        [" ".join(sorted(item.words)[:MAX_WORDS]) for item in new],
        [item.thread_id for item in new if item.afresh],
    )


async def forget_words(connection: Connection, *, thread_ids: Sequence[str], title: str) -> None:
    """Leave of these conversations only their marks, and `title` in the place of what was said first."""
    await connection.execute(
        """
        UPDATE conversation_text
           SET title = $2,
               doc = array_to_tsvector(ARRAY(SELECT word FROM unnest(tsvector_to_array(doc)) AS word
                                              WHERE word LIKE '=%'))
         WHERE thread_id = ANY($1)
        """,
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


_INSIDE: Final = """(started_at, thread_id) < ($2, $3) AND started_at >= $4"""
_COST: Final = "($5::float8 IS NULL OR cost_usd >= $5) AND ($6::float8 IS NULL OR cost_usd <= $6)"


async def among_newest(connection: Connection, *, query: str | None, span: Span, limit: int, scan: int) -> list[Place]:
    """Look through the newest `scan` conversations of the span, one by one, until `limit` are found."""
    rows = await connection.fetch(
        f"""
        SELECT thread_id, started_at FROM (
            SELECT thread_id, started_at, cost_usd, doc FROM conversation_text WHERE {_INSIDE}
             ORDER BY started_at DESC, thread_id DESC LIMIT $7) t
         WHERE ($1::text IS NULL OR doc @@ $1::text::tsquery) AND {_COST}
         ORDER BY started_at DESC, thread_id DESC LIMIT $8
        """,  # noqa: S608
        query,
        *_values(span),
        scan,
        limit,
    )
    return [Place(**row) for row in rows]


async def are_more_than(connection: Connection, *, span: Span, count: int) -> bool:
    """Say whether the span holds more than `count` conversations."""
    found = await connection.fetchval(
        """
        SELECT true FROM conversation_text WHERE (started_at, thread_id) < ($1, $2) AND started_at >= $3
         ORDER BY started_at DESC, thread_id DESC OFFSET $4 LIMIT 1
        """,
        span.before,
        span.before_id,
        span.since,
        count,
    )
    return bool(found)


async def by_index(connection: Connection, *, query: str, span: Span, limit: int, most: int) -> list[Place] | None:
    """Find the newest `limit` through the index of words; None where `most` or more match, in whatever order."""
    async with connection.transaction():
        # Whatever the statistics say: every other plan reads conversations that do not match.
        await connection.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off;"
            "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL max_parallel_workers_per_gather = 0"
        )
        rows = await connection.fetch(
            f"""
            SELECT thread_id, started_at, count(*) OVER () AS matching FROM (
                SELECT thread_id, started_at FROM conversation_text t
                 WHERE doc @@ $1::text::tsquery AND {_INSIDE} AND {_COST} LIMIT $7) t
             ORDER BY started_at DESC, thread_id DESC LIMIT $8
            """,  # noqa: S608
            query,
            *_values(span),
            most,
            limit,
        )
    if rows and rows[0]["matching"] >= most:
        return None
    return [Place(thread_id=row["thread_id"], started_at=row["started_at"]) for row in rows]


async def bounds(connection: Connection) -> tuple[datetime, datetime] | None:
    """When the oldest and the newest conversation began; None where there is none."""
    row = await connection.fetchrow(
        "SELECT min(started_at) AS oldest, max(started_at) AS newest FROM conversation_text"
    )
    return (row["oldest"], row["newest"]) if row and row["oldest"] else None


def _values(span: Span) -> tuple[object, ...]:
    return (span.before, span.before_id, span.since, span.cost_min, span.cost_max)
