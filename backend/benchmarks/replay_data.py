"""Data that the demo's generator lacks and replay is worst at: words of other times, a very long replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.db import conversation_text
from app.db.conversation_text import NewWords
from app.db.stored_json import to_jsonb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.db.pool import Pool

AT_ONCE: Final = 1_000
SPRINKLED: Final = {
    "heirloom": "hashtext(thread_id) % 20000 = 0",
    "christmas": "started_at BETWEEN now() - interval '320 days' AND now() - interval '300 days'"
    " AND hashtext(thread_id) % 2 = 0",
    "telegram": "started_at < now() - interval '200 days' AND hashtext(thread_id) % 4 = 0",
}
"""Words, and in which conversations: a rare one, one of a season long over, and one that was common only long ago."""


async def add_words(pool: Pool) -> None:
    """Let the words be said where they are not yet."""
    for word, condition in SPRINKLED.items():
        rows = await pool.fetch(
            f"SELECT thread_id FROM conversation_text WHERE {condition} AND NOT doc @@ (week || $1)::tsquery",  # noqa: S608
            word,
            timeout=600,
        )
        names = [row["thread_id"] for row in rows]
        for start in range(0, len(names), AT_ONCE):
            await _say(pool, word, names[start : start + AT_ONCE])
        if names:
            await pool.execute("VACUUM ANALYZE conversation_text", timeout=3_600)


async def _say(pool: Pool, word: str, thread_ids: Sequence[str]) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await conversation_text.add(connection, new=[NewWords(thread_id=name, words=(word,)) for name in thread_ids])


async def write_long_conversation(pool: Pool, thread_id: str, steps: int) -> None:
    """Write one long conversation, unless it is there; its frames have every size that they have in practice."""
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
