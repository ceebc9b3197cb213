"""What waits for consent, and an operator's decision on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import StringConstraints

from app import keys
from app.api.validation import Form, PageQuery, View, answer, cursor_at, moment_of, read_body, read_id, read_query
from app.db import interrupts
from app.errors import InterruptUnknown
from app.protocol import MAX_COMMENT_CHARS, Audience, InterruptRequest, InterruptResponse

log = structlog.get_logger(__name__)


class PendingQuery(PageQuery):
    """Which pending approvals."""

    audience: Audience | None = None
    """Only those that this side answers."""


class Approval(View):
    """One request for consent that nobody has answered yet."""

    interrupt_id: UUID
    action_id: UUID
    thread_id: str
    audience: Audience
    created_at: datetime
    expires_at: datetime
    card: InterruptRequest
    """What was shown: the frame, whole."""


class Approvals(View):
    """A page of what waits for consent, oldest first."""

    items: list[Approval]
    next: str | None
    """The cursor of the next page; none where this is the last."""


class DecisionForm(Form):
    """An operator's answer."""

    approved: bool
    args: dict[str, Any] | None = None
    """Edited arguments, whole. They are checked and shown again as a new approval; nothing is sent yet."""
    comment: Annotated[str, StringConstraints(max_length=MAX_COMMENT_CHARS)] | None = None


class Decided(View):
    """What became of the approval."""

    interrupt_id: UUID
    decision: Literal["approved", "rejected", "edited"]
    """`edited`: a new approval with the edited arguments waits now."""


async def list_pending(request: web.Request) -> web.Response:
    """List what waits for consent, oldest first."""
    query = read_query(request, PendingQuery)
    async with request.app[keys.POOL].acquire() as connection:
        rows = await interrupts.list_pending(
            connection, audience=query.audience, limit=query.limit + 1, after=moment_of(query.cursor)
        )
    shown = rows[: query.limit]
    return answer(
        Approvals(
            items=[_approval(row) for row in shown],
            next=cursor_at(shown[-1].created_at) if len(rows) > query.limit else None,
        )
    )


async def decide(request: web.Request) -> web.Response:
    """Take an operator's decision; the first one in time stands."""
    interrupt_id = read_id(request, "interrupt_id", unknown=InterruptUnknown)
    form = await read_body(request, DecisionForm)
    pool = request.app[keys.POOL]
    async with pool.acquire() as connection:
        interrupt = await interrupts.get(connection, interrupt_id=interrupt_id)
    if interrupt is None:
        raise InterruptUnknown
    response = InterruptResponse(
        thread_id=interrupt.thread_id,
        interrupt_id=str(interrupt_id),
        approved=form.approved,
        args=form.args,
        comment=form.comment,
    )
    await request.app[keys.APPROVALS].answer(response, by="operator")
    async with pool.acquire() as connection:
        after = await interrupts.get(connection, interrupt_id=interrupt_id)
    decision = "edited" if after and after.status == "edited" else "approved" if form.approved else "rejected"
    log.info("approval_decided", interrupt_id=str(interrupt_id), decision=decision, staff=request[keys.CALLER].staff)
    return answer(Decided(interrupt_id=interrupt_id, decision=decision))


def _approval(row: interrupts.Interrupt) -> Approval:
    return Approval(
        interrupt_id=row.id,
        action_id=row.action_id,
        thread_id=row.thread_id,
        audience=row.audience,
        created_at=row.created_at,
        expires_at=row.expires_at,
        card=InterruptRequest.model_validate(row.frame),
    )
