"""Routes of the replay, for staff: a conversation step by step, page by page or as it happens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from app.access.rights import Right
from app.api.route import Route
from app.api.services import SERVICES
from app.api.stream import STREAM_MEDIA, event_stream
from app.api.validation import Form, View, answer, read_query, read_thread_id
from app.db import conversation_list, conversations, event_pages
from app.db.conversation_list import ConversationRow
from app.db.event_pages import MarkKind
from app.errors import ConversationUnknown, TooManySockets
from app.records import LoggedFrame
from app.replay.steps import MAX_STEPS, page_to_json, read_page, to_json

PAGE_STEPS: Final = 200  # a few screens of a timeline
MAX_MARKS: Final = 10_000  # places to jump to: as many as a long replay has steps
LOOK_SECONDS: Final = 1.0  # how soon what customers do not see is seen here; what they see comes at once
MAX_NUMBER: Final = 2**53  # what a browser can count exactly


class MarkView(View):
    """A place in a replay that a reader jumps to."""

    seq: int
    kind: MarkKind


class Replay(View):
    """A conversation as a whole, before its steps are read."""

    conversation: ConversationRow
    last: int
    """The number of its newest step."""
    marks: list[MarkView]
    turns: int
    redacted_at: datetime | None
    """When a customer's words were taken out of it; none where that never happened."""


class StepsQuery(Form):
    """Which steps: those right after a number or, with `before`, those right before one."""

    after: Annotated[int, Field(ge=0, le=MAX_NUMBER)] = 0
    before: Annotated[int, Field(ge=1, le=MAX_NUMBER)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_STEPS)] = PAGE_STEPS


class StepView(View):
    """One event of the log, with what is summed and searched lifted out of its frame."""

    seq: int
    at: datetime
    type: str
    visible: bool
    """Whether the customer saw it."""
    agent: str | None
    turn_id: UUID | None
    duration_ms: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    frame: LoggedFrame


class Steps(View):
    """A page of steps, always oldest first."""

    items: list[StepView]
    next: int | None
    """Ask for `after` this number to go on; none where nothing follows yet."""
    previous: int | None
    """Ask for `before` this number to go back; none at the beginning."""


class LiveQuery(Form):
    """From where to watch."""

    after: Annotated[int, Field(ge=0, le=MAX_NUMBER)] = 0
    """The number of the last step that is known already."""


async def show(request: web.Request) -> web.Response:
    """Tell what is known of the conversation as a whole, and where its errors, approvals and ratings are."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    async with request.app[SERVICES].pool.acquire() as connection:
        row = await conversation_list.get(connection, thread_id=thread_id)
        if row is None:
            raise ConversationUnknown
        marks = await event_pages.marks(connection, thread_id=thread_id, limit=MAX_MARKS)
    return answer(
        Replay(
            conversation=row,
            last=row.last,
            marks=[MarkView(seq=mark.seq, kind=mark.kind) for mark in marks],
            turns=row.turns,
            redacted_at=row.redacted_at,
        )
    )


async def list_steps(request: web.Request) -> web.Response:
    """List steps in order; any page costs the same, wherever it is."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    query = read_query(request, StepsQuery)
    async with request.app[SERVICES].pool.acquire() as connection:
        page = await read_page(
            connection, thread_id=thread_id, after=query.after, before=query.before, limit=query.limit
        )
        if not page.rows and await conversations.get(connection, thread_id=thread_id) is None:
            raise ConversationUnknown
    return web.Response(text=page_to_json(page), content_type="application/json")


async def live(request: web.Request) -> web.StreamResponse:
    """Send every step after a number, then each that happens, whichever replica it happens on."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    seq = _seen(request, read_query(request, LiveQuery).after)
    pool = request.app[SERVICES].pool
    async with pool.acquire() as connection:
        if await conversations.get(connection, thread_id=thread_id) is None:
            raise ConversationUnknown
    with request.app[SERVICES].subscriptions.watching(thread_id) as changed:
        async with event_stream(request) as stream:
            while stream.open:
                async with pool.acquire() as connection:
                    rows = await event_pages.after(connection, thread_id=thread_id, seq=seq, limit=MAX_STEPS)
                for row in rows:
                    await stream.send(to_json(row), number=row.seq)
                    seq = row.seq
                if len(rows) < MAX_STEPS:
                    await stream.rest(changed, seconds=LOOK_SECONDS)
    return stream.response


def _seen(request: web.Request, after: int) -> int:
    """Return the last step that the reader has: a browser that connects again says it in a header."""
    again = request.headers.get("Last-Event-ID", "")
    known = int(again) if again.isascii() and again.isdigit() and len(again) <= len(str(MAX_NUMBER)) else 0
    return max(after, min(known, MAX_NUMBER))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/replay/{thread_id}",
        handler=show,
        right=Right.REPLAY,
        summary="A conversation as a whole, and the places in it to jump to.",
        area="replay",
        gives=Replay,
        errors=(ConversationUnknown,),
    ),
    Route(
        method="GET",
        path="/api/v1/replay/{thread_id}/steps",
        handler=list_steps,
        right=Right.REPLAY,
        summary="Everything that happened in a conversation, in order, in pages by number.",
        area="replay",
        query=StepsQuery,
        gives=Steps,
        errors=(ConversationUnknown,),
    ),
    Route(
        method="GET",
        path="/api/v1/replay/{thread_id}/live",
        handler=live,
        right=Right.REPLAY,
        summary="The steps after a number, then each as it happens, as server-sent events.",
        area="replay",
        query=LiveQuery,
        media=STREAM_MEDIA,
        errors=(ConversationUnknown, TooManySockets),
    ),
)
