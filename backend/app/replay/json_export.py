"""JSON export of a conversation: one document, written page by page. `docs/replay.md` describes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from app.db import event_pages
from app.replay.steps import to_json

if TYPE_CHECKING:
    from app.db.event_pages import StepRow
    from app.db.pool import Pool

FORMAT: Final = "smart-support/conversation"
VERSION: Final = 1  # raised when a field changes its meaning or goes; new fields may come at any time
STEPS_AT_ONCE: Final = 250  # a few milliseconds of the event loop, and some hundred kilobytes on the way


async def pages(pool: Pool, *, thread_id: str, last: int) -> AsyncIterator[list[StepRow]]:
    """Read the steps up to number `last`, page by page, oldest first; the next is read while one is written.

    Between two pages no connection is held: a reader may be slow.
    """
    reading = asyncio.create_task(_read(pool, thread_id, after=0))
    try:
        while rows := await reading:
            seq = rows[-1].seq
            if seq < last:
                reading = asyncio.create_task(_read(pool, thread_id, after=seq))
            yield [row for row in rows if row.seq <= last]
            if seq >= last:
                return
    finally:
        reading.cancel()


async def _read(pool: Pool, thread_id: str, *, after: int) -> list[StepRow]:
    async with pool.acquire() as connection:
        return await event_pages.after(connection, thread_id=thread_id, seq=after, limit=STEPS_AT_ONCE)


async def document(pool: Pool, conversation: dict[str, Any], *, thread_id: str, last: int) -> AsyncIterator[bytes]:
    """Write the document piece by piece; `conversation` is its row of the list, ready to be written."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": datetime.now(UTC).isoformat(),
        "conversation": conversation,
    }
    yield (json.dumps(head, ensure_ascii=False)[:-1] + ', "steps": [').encode()
    between = "\n"
    async for rows in pages(pool, thread_id=thread_id, last=last):
        for_page = between + ",\n".join(to_json(row) for row in rows)
        yield for_page.encode()
        between = ",\n"
    yield b"\n]}\n"
