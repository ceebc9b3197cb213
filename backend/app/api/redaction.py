"""Routes of the erasure of people, for staff: their words in one conversation, or in every one of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from aiohttp import web
from pydantic import StringConstraints, model_validator

from app.access.rights import Right
from app.api.request_keys import CALLER
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body, read_thread_id
from app.errors import ConversationBusy, ConversationUnknown

MAX_REASON_CHARS: Final = 500  # which request it follows, not the request itself

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON_CHARS)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class RedactForm(Form):
    """Why a conversation is redacted."""

    reason: Reason = ""
    """Stays on record; don't name the customer in it."""


class ConversationRedacted(View):
    """What was taken out of a conversation."""

    thread_id: str
    events: int
    """How many events lost words; 0 where there was nothing left to take out."""
    redacted_at: datetime


class RedactPersonForm(Form):
    """Whose words are taken out: a visitor's, or those of a customer who was identified."""

    visitor_id: Key | None = None
    customer: Key | None = None
    reason: Reason = ""
    """Stays on record in each conversation; don't name the customer in it."""

    @model_validator(mode="after")
    def _one_of_both(self) -> RedactPersonForm:
        if (self.visitor_id is None) == (self.customer is None):
            raise ValueError("give either visitor_id or customer")
        return self


class PersonRedacted(View):
    """What was taken out of a person's conversations."""

    conversations: int
    events: int
    busy: list[str]
    """Conversations in which something still goes on; they were left as they are. Ask again when it is over."""


class ConversationDeleted(View):
    """Which conversation is gone."""

    thread_id: str


async def redact_conversation(request: web.Request) -> web.Response:
    """Take everything that was said, shown, sent and answered out of a conversation; its figures stay."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    form = await read_body(request, RedactForm)
    done = await request.app[SERVICES].erasure.redact(thread_id, by=_name(request), reason=form.reason)
    return answer(ConversationRedacted(thread_id=thread_id, events=done.events, redacted_at=done.redacted_at))


async def redact_person(request: web.Request) -> web.Response:
    """Do so with every conversation of one visitor or customer."""
    form = await read_body(request, RedactPersonForm)
    done = await request.app[SERVICES].erasure.redact_person(
        visitor_id=form.visitor_id, customer=form.customer, by=_name(request), reason=form.reason
    )
    return answer(PersonRedacted(conversations=done.conversations, events=done.events, busy=done.busy))


async def delete_conversation(request: web.Request) -> web.Response:
    """Delete a conversation with everything in it; what it came to stays in the figures, without its name."""
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    await request.app[SERVICES].erasure.delete(thread_id, by=_name(request))
    return answer(ConversationDeleted(thread_id=thread_id))


def _name(request: web.Request) -> str:
    return request[CALLER].staff_name


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/replay/{thread_id}/redact",
        handler=redact_conversation,
        right=Right.FORGET,
        summary="Take a customer's words out of a conversation, everywhere; the figures stay.",
        area="erasure",
        body=RedactForm,
        gives=ConversationRedacted,
        errors=(ConversationUnknown, ConversationBusy),
    ),
    Route(
        method="POST",
        path="/api/v1/customers/redact",
        handler=redact_person,
        right=Right.FORGET,
        summary="Take one visitor's or customer's words out of all their conversations.",
        area="erasure",
        body=RedactPersonForm,
        gives=PersonRedacted,
    ),
    Route(
        method="DELETE",
        path="/api/v1/conversations/{thread_id}",
        handler=delete_conversation,
        right=Right.FORGET,
        summary="Delete a conversation with everything in it; the figures keep what it came to.",
        area="erasure",
        gives=ConversationDeleted,
        errors=(ConversationUnknown, ConversationBusy),
    ),
)
