"""Steps of a replay: each event as the JSON that is sent, without reading what is inside its frame."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.db import event_pages
from app.db.event_pages import StepRow

if TYPE_CHECKING:
    from app.db.pool import Connection

MAX_STEPS: Final = 500  # a page that is quick to send and to draw; a timeline shows a tenth of it at once


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some steps in order. `next` and `previous` are the numbers to go on after, and before, where there is more."""

    rows: Sequence[StepRow]
    next: int | None
    previous: int | None


async def read_page(connection: Connection, *, thread_id: str, after: int, before: int | None, limit: int) -> Page:
    """Read the steps right before `before` or, without one, right after `after`; the cost is that of the page alone."""
    if before is not None:
        found = await event_pages.before(connection, thread_id=thread_id, seq=before, limit=limit + 1)
        rows = found[-limit:]
        later = await event_pages.after(connection, thread_id=thread_id, seq=before - 1, limit=1)
        more, earlier = bool(later), len(found) > limit
    else:
        found = await event_pages.after(connection, thread_id=thread_id, seq=after, limit=limit + 1)
        rows, more = found[:limit], len(found) > limit
        earlier = after > 0 and bool(await event_pages.before(connection, thread_id=thread_id, seq=after + 1, limit=1))
    return Page(
        rows=rows,
        next=(rows[-1].seq if rows else after) if more else None,
        previous=(rows[0].seq if rows else after + 1) if earlier else None,
    )


def to_json(row: StepRow) -> str:
    """Write one step; its frame is passed on as it is stored."""
    turn_id = f'"{row.turn_id}"' if row.turn_id else "null"
    agent = json.dumps(row.agent) if row.agent is not None else "null"
    cost = "null" if row.cost_usd is None else repr(row.cost_usd)
    return (
        f'{{"seq":{row.seq},"at":"{row.at.isoformat()}","type":"{row.type}","visible":{_bool(row.visible)},'
        f'"agent":{agent},"turn_id":{turn_id},"duration_ms":{_number(row.duration_ms)},'
        f'"prompt_tokens":{_number(row.prompt_tokens)},"completion_tokens":{_number(row.completion_tokens)},'
        f'"cost_usd":{cost},"frame":{row.frame}}}'
    )


def page_to_json(page: Page) -> str:
    """Write a page in the envelope that every answer has."""
    items = ",".join(to_json(row) for row in page.rows)
    return (
        f'{{"success":true,"data":{{"items":[{items}],"next":{_number(page.next)},'
        f'"previous":{_number(page.previous)}}},"error":null}}'
    )


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)
