"""Jump marks of a replay: the places that the frame table names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.db import conversations, event_pages, events
from app.db.event_pages import Mark
from app.events.frame_table import FRAMES
from app.events.tracker import event_of
from app.protocol import members
from app.records import LOGGED_FRAMES, LoggedFrame
from tests.frames import filled

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration
KINDS: list[Any] = list(members(LoggedFrame))


async def test_every_type_is_marked_as_the_table_says(pool: Pool) -> None:
    """Of results only those that failed, or whose outcome nobody knows."""
    async with pool.acquire() as connection:
        await conversations.start(connection, thread_id="t1", visitor_id="v1")
        wanted = []
        for kind in KINDS:
            for outcome in ("succeeded", "failed", "unknown") if "outcome" in kind.model_fields else ("",):
                frame = LOGGED_FRAMES.validate_python(filled(kind) | {"thread_id": "t1", "outcome": outcome})
                event = event_of(frame, turn_id=None, scope=f"{kind} {outcome}")
                stored = await events.append(connection, thread_id="t1", event=event)
                assert stored is not None
                mark = FRAMES[frame.type].mark
                if mark is not None and outcome != "succeeded":
                    wanted.append(Mark(seq=stored.seq, kind=mark))
        assert await event_pages.marks(connection, thread_id="t1", limit=100) == wanted
