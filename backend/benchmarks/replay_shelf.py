"""Fills a database with conversations to be found: what the list needs of them, by COPY's speed, and no log.

The words are drawn as people use them: a few of them everywhere, most of them hardly ever.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from app.db import conversation_text
from app.db.conversation_text import NewWords
from app.db.stored_json import to_jsonb
from app.replay.words import words_of

if TYPE_CHECKING:
    from app.db.pool import Connection, Pool

VOCABULARY: Final = 30_000
WORDS: Final = 45  # of a conversation; with its identifiers and marks about 60 are indexed
AT_ONCE: Final = 5_000

_FILL: Final = """
    INSERT INTO conversations (thread_id, visitor_id, status, created_at, last_activity_at, last_seq, uncounted)
    SELECT 'b' || n, 'v' || n, 'ended', at, at, 10, false
      FROM (SELECT n, now() - n * interval '32 seconds' AS at FROM generate_series($1::int, $2::int) n) x
"""
_FACTS: Final = """
    INSERT INTO conversation_facts
           (thread_id, visitor_id, started_at, last_at, status, outcome, turns, messages, agents, tools, models,
            approvals, errors, actions, unknown_actions, tokens_in, tokens_out, cost_usd, rating, staff, tally)
    SELECT thread_id, visitor_id, created_at, created_at, CASE WHEN a < 0.97 THEN 'ended' ELSE 'open' END,
           CASE WHEN b < 0.55 THEN 'resolved_assumed' WHEN b < 0.8 THEN 'resolved_confirmed'
                WHEN b < 0.9 THEN 'escalated' WHEN b < 0.9999 THEN 'abandoned' ELSE 'unresolved' END,
           3, 8, ARRAY[CASE WHEN c < 0.7 THEN 'orders' WHEN c < 0.999 THEN 'billing' ELSE 'fraud' END],
           ARRAY[CASE WHEN created_at < now() - interval '200 days' AND d < 0.3 THEN 'cancel_order_old'
                      WHEN d < 0.6 THEN 'get_order' WHEN d < 0.9 THEN 'cancel_order' WHEN d < 0.9999 THEN 'refund'
                      ELSE 'close_account' END],
           '{m}', (e < 0.3)::int, (e > 0.95)::int, 1, 0, 900, 200, (0.002 + f * f * f * 0.05)::numeric,
           CASE WHEN g < 0.2 THEN 1 + (g * 25)::int END, false, '{}'
      FROM (SELECT *, random() a, random() b, random() c, random() d, random() e, random() f, random() g
              FROM conversations WHERE thread_id = ANY($1)) x
"""


async def fill(pool: Pool, count: int) -> None:
    """Bring the number of conversations to `count`."""
    dice = random.Random(count)  # noqa: S311  # the same conversations every time
    words = [f"{_SYLLABLES[n % 40]}{_SYLLABLES[n // 40 % 40]}{_SYLLABLES[n // 1600 % 40]}" for n in range(VOCABULARY)]
    words[:6] = ["order", "please", "thanks", "refund", "late", "invoice"]
    async with pool.acquire() as connection:
        there = await connection.fetchval("SELECT count(*) FROM conversation_text WHERE thread_id LIKE 'b%'")
        if there >= count:
            return
        await connection.execute("DROP INDEX IF EXISTS conversation_text_doc", timeout=600)
        for first in range(there + 1, count + 1, AT_ONCE):
            await _fill(connection, first, min(count, first + AT_ONCE - 1), words, dice)
        await connection.execute("SET maintenance_work_mem = '1GB'")
        await connection.execute(
            "CREATE INDEX conversation_text_doc ON conversation_text USING gin (doc)"
            " WITH (gin_pending_list_limit = 256)",
            timeout=3_600,
        )
        await connection.execute("VACUUM ANALYZE conversation_text", timeout=3_600)
        await connection.execute("VACUUM ANALYZE conversation_facts", timeout=3_600)
        await connection.execute("VACUUM ANALYZE conversations", timeout=3_600)


async def _fill(connection: Connection, first: int, last: int, words: list[str], dice: random.Random) -> None:
    names = [f"b{n}" for n in range(first, last + 1)]
    async with connection.transaction():
        await connection.execute(_FILL, first, last)
        await connection.execute(_FACTS, names)
        new = [
            NewWords(thread_id=name, title=f"Where is order {n}?", words=words_of([_text(n, words, dice)]))
            for n, name in enumerate(names, start=first)
        ]
        await conversation_text.add(connection, new=new)


def _text(number: int, words: list[str], dice: random.Random) -> str:
    said = " ".join(words[int(VOCABULARY * dice.random() ** 4)] for _ in range(WORDS))
    season = "christmas" if 300 * 2_700 < number < 320 * 2_700 and number % 2 else ""
    return f"{said} {season} {number} ord_{number:x} user{number % 90_000}@shop.example"


_SYLLABLES: Final = tuple(a + b for a in "bdfgklmnpr" for b in "aeio")


async def fill_long(pool: Pool, thread_id: str, steps: int) -> None:
    """Write one long conversation, its frames of every size that they have in practice."""
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval("SELECT last_seq FROM conversations WHERE thread_id = $1", thread_id) == steps:
            return
        await connection.execute("DELETE FROM conversations WHERE thread_id = $1", thread_id)
        await connection.execute(
            "INSERT INTO conversations (thread_id, visitor_id, last_seq, uncounted) VALUES ($1, 'v', $2, false)",
            thread_id,
            steps,
        )
        frames = [to_jsonb(_frame(thread_id, seq)) for seq in range(1, steps + 1)]
        await connection.execute(
            """
            INSERT INTO events (thread_id, seq, type, visible, agent, duration_ms, prompt_tokens, completion_tokens,
                                cost_usd, frame)
            SELECT $1, n, frame->>'type', frame->>'type' NOT IN ('model_called', 'tool_ran', 'routed'),
                   frame->>'agent', (frame->>'duration_ms')::int, (frame->>'prompt_tokens')::int,
                   (frame->>'completion_tokens')::int, (frame->>'cost_usd')::numeric, frame
              FROM (SELECT n, frame::jsonb AS frame FROM unnest($2::text[]) WITH ORDINALITY AS x (frame, n)) y
            """,
            thread_id,
            frames,
        )
    await pool.execute("ANALYZE events")


def _frame(thread_id: str, seq: int) -> dict[str, Any]:
    said = "Your order 1042 is on its way and will be with you on Thursday. " * (1 + seq % 7)
    order = {"id": f"ord_{seq:x}", "status": "shipped", "items": [{"sku": f"A-{n}", "price": 19.9} for n in range(5)]}
    call = {"tool": "get_order", "call_id": f"c{seq // 7}", "agent": "orders"}
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "message", "content": said[:120], "message_id": f"m{seq}"},
        {
            "type": "routed",
            "intents": [],
            "by": "model",
            "duration_ms": 12,
            "candidates": [
                {"agent": "orders", "confidence": 0.93, "request": said[:60], "reason": "It names an order."}
            ],
        },
        {
            "type": "model_called",
            "agent": "orders",
            "model": "m",
            "prompt_tokens": 900,
            "completion_tokens": 80,
            "cost_usd": 0.0005,
            "estimated": False,
            "time_to_first_token_ms": 300,
            "duration_ms": 1_200,
        },
        {"type": "tool_call", "args": {"order_id": order["id"]}, "title": "Look an order up", **call},
        {
            "type": "tool_ran",
            "request": {"method": "GET", "url": f"https://shop.example/orders/{order['id']}"},
            "http_status": 200,
            "response": order,
            "error": None,
            "retries": 0,
            "duration_ms": 45,
            **call,
        },
        {
            "type": "tool_result",
            "tool": "get_order",
            "call_id": call["call_id"],
            "ok": True,
            "summary": said[:90],
            "duration_ms": 45,
            "outcome": "succeeded",
        },
        {"type": "token", "agent": "orders", "content": said, "message_id": f"a{seq}", "offset": 0},
    )
    return {"thread_id": thread_id, "seq": seq, "at": "2026-01-01T00:00:00+00:00", **kinds[seq % len(kinds)]}
