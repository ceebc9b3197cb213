"""Routes of conversations: found by staff, and read by the customer whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

from aiohttp import web
from pydantic import Field, StringConstraints, field_validator

from app.access.rights import Caller, Right, allows
from app.analytics.definitions import FUNNEL
from app.api.cursor import CursorCodec, key, moment
from app.api.request_keys import CALLER
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, PageQuery, View, answer, read_query, read_thread_id
from app.db import conversation_list, conversations, events
from app.db.conversation_list import ConversationRow, Outcome
from app.db.conversation_text import ENDS, Place
from app.errors import ConversationUnknown
from app.events.tracker import frame_of
from app.protocol import RESUME_PAGE_EVENTS, ServerFrame
from app.replay.search import Wanted, find

if TYPE_CHECKING:
    from app.db.pool import Connection

PAGE_EVENTS: Final = 100  # a long conversation's worth
MAX_TEXT_CHARS: Final = 200  # a few words and numbers; a whole message is not searched for

PLACES: Final = CursorCodec(moment, key)  # when it began, which
GROUPS: Final = {"resolved": ("resolved_confirmed", "resolved_assumed")}  # outcomes that go by one name
FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}


def _any_of(values: Iterable[str]) -> str:
    """Write the pattern of one or several of these values, separated by commas."""
    one = "|".join(values)
    return rf"^(?:(?:{one})(?:,(?:{one}))*)?$"


Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class FindQuery(PageQuery):
    """Which conversations: all that is given has to be true of them. Newest first."""

    status: Literal["open", "ended"] | None = None
    outcome: Annotated[str, StringConstraints(pattern=_any_of([*get_args(Outcome), *GROUPS]))] = ""
    """One outcome, or several separated by commas: any of them. `resolved` is both ways of being that."""
    agent: Name | None = None
    """An agent that spoke."""
    tool: Name | None = None
    """A tool that was called."""
    call: Annotated[str, StringConstraints(pattern=rf"{_any_of(ENDS)}|^any$")] = ""
    """How a call of a tool that was carried out ended, or several such ends separated by commas. `any`: however it
    ended. Together with `tool`: a call of that tool."""
    model: Name | None = None
    """A model that was called. `any`: whichever."""
    first_token: bool | None = None
    """Whether the time to a model's first token is known. Together with `model`: to that model's."""
    approval: bool | None = None
    """Whether consent was asked for."""
    decision: bool | None = None
    """Whether an approval was answered, by whomever."""
    staff: bool | None = None
    """Whether staff took part: decided an approval, settled an action, or were handed the conversation."""
    error: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$|^[01]$")] = ""
    """What failed, by its code. `1` or `0`: whether something failed."""
    action: Annotated[str, StringConstraints(pattern=rf"{_any_of(FUNNEL)}|^(?:{'|'.join(FLAGS)})$")] = ""
    """What became of a write that an agent proposed, or several such steps separated by commas: any of them. `1` or
    `0`: whether any was proposed."""
    since: Annotated[datetime | None, Field(alias="from")] = None
    """Begun at this moment or later; with the offset of its time zone."""
    until: Annotated[datetime | None, Field(alias="to")] = None
    """Begun before this moment."""
    cost_min: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = None
    """US dollars."""
    cost_max: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None = None
    rating: Annotated[str, StringConstraints(pattern=rf"{_any_of('12345')}|^any$")] = ""
    """One rating from 1 to 5, or several separated by commas: any of them. `any`: whatever the rating."""
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)] = ""
    """Words, numbers, names of tools, identifiers: each has to stand in the conversation. What has a digit or a sign in
    it is also found by its beginning, plain words with a star: `refund*`."""

    @field_validator("since", "until")
    @classmethod
    def _zoned(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("add the offset of its time zone, such as Z")
        return value


class ConversationRows(View):
    """A page of conversations, newest first."""

    items: list[ConversationRow]
    next: str | None
    """The cursor of the next page; none where this is the last."""


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


async def list_found(request: web.Request) -> web.Response:
    """List the conversations that were asked for, newest first."""
    query = read_query(request, FindQuery)
    wanted = Wanted(
        text=query.text,
        status=query.status,
        outcomes=tuple(name for part in _parts(query.outcome) for name in GROUPS.get(part, (part,))),
        agent=query.agent,
        tool=query.tool,
        calls=ENDS if query.call == "any" else _parts(query.call),
        model=query.model if query.model != "any" else None,
        any_model=True if query.model == "any" else None,
        first_token=query.first_token,
        approval=query.approval,
        decision=query.decision,
        staff=query.staff,
        error=FLAGS.get(query.error),
        cause=query.error if query.error and query.error not in FLAGS else None,
        action=FLAGS.get(query.action),
        actions=_parts(query.action) if query.action not in FLAGS else (),
        rated=True if query.rating == "any" else None,
        ratings=_parts(query.rating) if query.rating != "any" else (),
        since=query.since,
        until=query.until,
        cost_min=query.cost_min,
        cost_max=query.cost_max,
    )
    place = PLACES.read(query.cursor)
    after = Place(started_at=place[0], thread_id=place[1]) if place else None
    async with request.app[SERVICES].pool.acquire() as connection:
        places = await find(connection, wanted, after=after, limit=query.limit + 1)
        shown = places[: query.limit]
        rows = await conversation_list.of_threads(connection, thread_ids=[place.thread_id for place in shown])
    more = len(places) > query.limit
    return answer(
        ConversationRows(
            items=rows,
            next=PLACES.write(shown[-1].started_at, shown[-1].thread_id) if more else None,
        )
    )


def _parts(listed: str) -> tuple[str, ...]:
    return tuple(listed.split(",")) if listed else ()


async def list_events(request: web.Request) -> web.Response:
    """List what happened in a conversation, to the visitor whose it is and to staff; to others it is unknown."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    query = read_query(request, EventsQuery)
    async with request.app[SERVICES].pool.acquire() as connection:
        if not await _may_read(connection, request[CALLER], thread_id):
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


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/conversations",
        handler=list_found,
        right=Right.REPLAY,
        summary="Conversations by filters and by what was said in them, newest first.",
        area="conversations",
        query=FindQuery,
        gives=ConversationRows,
    ),
)
