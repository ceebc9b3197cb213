"""The event log of a conversation, as its customer sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from aiohttp import web
from pydantic import Field

from app import keys
from app.api.validation import Form, View, answer, read_query, read_thread_id
from app.auth import Caller, Right, allows
from app.conversation_tracker import frame_of
from app.db import conversations, events
from app.errors import ConversationUnknown
from app.protocol import RESUME_PAGE_EVENTS, ServerFrame

if TYPE_CHECKING:
    from app.db.pool import Connection

PAGE_EVENTS: Final = 100  # a long conversation's worth


class EventsQuery(Form):
    """Which events."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    """The number of the last event that is known already."""
    limit: Annotated[int, Field(ge=1, le=RESUME_PAGE_EVENTS)] = PAGE_EVENTS


class Events(View):
    """A page of a conversation's events, in order: the frames that the socket sends to followers."""

    items: list[ServerFrame]
    last: int
    """The number to go on after."""
    more: bool
    """Whether more events follow."""


async def list_events(request: web.Request) -> web.Response:
    """List what happened in a conversation, to the visitor whose it is and to staff; to others it is unknown."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    query = read_query(request, EventsQuery)
    async with request.app[keys.POOL].acquire() as connection:
        if not await _may_read(connection, request[keys.CALLER], thread_id):
            raise ConversationUnknown
        rows = await events.page(connection, thread_id=thread_id, after=query.after, limit=query.limit + 1)
    shown = rows[: query.limit]
    return answer(
        Events(
            items=[frame_of(row) for row in shown],
            last=shown[-1].seq if shown else query.after,
            more=len(rows) > query.limit,
        ),
        exclude_none=True,
    )


async def _may_read(connection: Connection, caller: Caller, thread_id: str) -> bool:
    if allows(caller, Right.READ_ANY_CONVERSATION):
        return await conversations.get(connection, thread_id=thread_id) is not None
    return await conversations.own(connection, thread_id=thread_id, visitor_id=caller.visitor_id or "") is not None
