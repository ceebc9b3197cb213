"""Approvals over REST: the queue of the pending ones, its evidence, an operator's decision, and the history.

The first decision in time stands; whoever comes second gets `ApprovalAnswered` with the name of the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import StringConstraints

from app.access.rights import Right
from app.actions.preview import evidence_of
from app.api.cursor import CursorCodec, moment, number
from app.api.request_keys import CALLER
from app.api.route import Route
from app.api.services import SERVICES
from app.api.stream import STREAM_MEDIA, event_stream
from app.api.validation import Form, PageQuery, View, answer, read_body, read_id, read_query
from app.db import actions, approvals, conversations, turns
from app.db.conversations import Brief
from app.errors import (
    ApprovalAnswered,
    ApprovalExpired,
    ApprovalUnknown,
    ArgumentsInvalid,
    ConsentNotYours,
    TooManySockets,
)
from app.protocol import MAX_COMMENT_CHARS, Audience, InterruptRequest, InterruptResponse
from app.records import EvidenceShown

PLACES: Final = CursorCodec(number(2**31 - 1), moment, UUID)  # risk, when, which

log = structlog.get_logger(__name__)


class PendingQuery(PageQuery):
    """Which pending approvals."""

    audience: Audience | None = None
    """Only those that this side answers."""


class Approval(View):
    """One request for consent, and what became of it."""

    interrupt_id: UUID
    action_id: UUID
    thread_id: str
    audience: Audience
    created_at: datetime
    expires_at: datetime
    card: InterruptRequest
    """What was shown: the frame, whole."""
    risk: int
    """3 cannot be taken back, 2 is of unknown effect, 1 is a write, 0 a read."""
    customer: str | None
    """The customer, where a signed token said who it is."""
    last_seq: int
    """The number of the conversation's newest event."""
    status: Literal["pending", "approved", "rejected", "edited", "expired"]
    decided_at: datetime | None
    decided_by: Audience | None
    decided_name: str | None
    """Which member of staff decided."""
    comment: str | None


class Approvals(View):
    """A page of approvals."""

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


class EvidenceView(View):
    """What the target says now, by the read that shows what the action would change."""

    tool: str | None
    """The read; none where there is none that fits."""
    title: str
    args: dict[str, Any] | None
    ok: bool
    summary: str
    data: Any
    at: datetime


class Queue(View):
    """How much waits for staff."""

    waiting: int


async def list_pending(request: web.Request) -> web.Response:
    """List the pending approvals, the riskiest first, then the oldest."""
    query = read_query(request, PendingQuery)
    after = PLACES.read(query.cursor)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await approvals.list_pending(connection, audience=query.audience, limit=query.limit + 1, after=after)
        known = await conversations.briefs(connection, thread_ids=[row.thread_id for row in rows])
    return answer(_page(rows, query.limit, known, of=lambda row: row.created_at))


async def list_decided(request: web.Request) -> web.Response:
    """List what was decided or has expired, the newest first."""
    query = read_query(request, PageQuery)
    before = PLACES.read(query.cursor)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await approvals.list_decided(connection, limit=query.limit + 1, before=before)
        known = await conversations.briefs(connection, thread_ids=[row.thread_id for row in rows])
    return answer(_page(rows, query.limit, known, of=lambda row: row.decided_at or row.created_at))


async def show(request: web.Request) -> web.Response:
    """Show one approval, decided or not."""
    row = await _find(request)
    async with request.app[SERVICES].pool.acquire() as connection:
        known = await conversations.briefs(connection, thread_ids=[row.thread_id])
    return answer(_approval(row, known.get(row.thread_id)))


async def live(request: web.Request) -> web.StreamResponse:
    """Stream how many approvals wait for staff, now and whenever that changes."""
    with request.app[SERVICES].approvals_changed.watching() as changed:
        async with event_stream(request) as stream:
            while stream.open:
                async with request.app[SERVICES].pool.acquire() as connection:
                    queue = Queue(waiting=await approvals.count_pending(connection, audience="operator"))
                await stream.send(queue.model_dump_json())
                await stream.rest(changed)
    return stream.response


async def evidence(request: web.Request) -> web.Response:
    """Run the read that shows what the action would change; what staff saw while it was pending is recorded."""
    row = await _find(request)
    async with request.app[SERVICES].pool.acquire() as connection:
        action = await actions.get(connection, action_id=row.action_id)
        if action is None:
            raise ApprovalUnknown
        claims = await turns.claims_of_run(connection, run_id=action.run_id)
    tools = request.app[SERVICES].tools
    found = await evidence_of(action, find_tool=tools.get, names=tools.names, claims=claims)
    log.info("evidence_read", approval_id=str(row.id), tool=found.tool, staff=request[CALLER].staff_name)
    outcome = found.outcome
    shown = EvidenceView(
        tool=found.tool,
        title=found.title,
        args=dict(found.args) if found.args is not None else None,
        ok=outcome is not None and outcome.ok,
        summary=outcome.summary if outcome else "",
        data=outcome.data if outcome else None,
        at=request.app[SERVICES].now(),
    )
    if row.status == "pending":
        await _record(request, row, shown)
    return answer(shown)


async def _record(request: web.Request, row: approvals.Approval, shown: EvidenceView) -> None:
    """Record what was shown to whoever decides, so that the ground of a decision can be seen later."""
    staff = request[CALLER].staff_name
    if shown.tool is None or not staff:
        return
    record = EvidenceShown(
        thread_id=row.thread_id,
        interrupt_id=str(row.id),
        tool=shown.tool,
        title=shown.title,
        args=shown.args or {},
        ok=shown.ok,
        summary=shown.summary,
        data=shown.data,
        by=staff,
    )
    once = hashlib.sha256(
        record.model_dump_json().encode()
    ).hexdigest()  # who looks again sees the same, or something new
    await request.app[SERVICES].tracker.record(record, scope=once)


async def decide(request: web.Request) -> web.Response:
    """Take an operator's decision; raises `ApprovalAnswered`, with who was first, where one stands already."""
    form = await read_body(request, DecisionForm)
    row = await _find(request)
    staff = request[CALLER].staff_name
    response = InterruptResponse(
        thread_id=row.thread_id,
        interrupt_id=str(row.id),
        approved=form.approved,
        args=form.args,
        comment=form.comment,
    )
    try:
        await request.app[SERVICES].consent.answer(response, by="operator", name=staff)
    except ApprovalAnswered:
        raise _answered(await _find(request)) from None
    decision = (await _find(request)).status
    log.info("approval_decided", approval_id=str(row.id), decision=decision, staff=staff)
    return answer(Decided.model_validate({"interrupt_id": row.id, "decision": decision}))


async def _find(request: web.Request) -> approvals.Approval:
    approval_id = read_id(request, "approval_id", unknown=ApprovalUnknown)
    async with request.app[SERVICES].pool.acquire() as connection:
        row = await approvals.get(connection, approval_id=approval_id)
    if row is None:
        raise ApprovalUnknown
    return row


def _answered(row: approvals.Approval) -> ApprovalAnswered:
    """Say who was first, and what they decided."""
    who = "The customer" if row.decided_by == "customer" else row.decided_name or "A colleague"
    did = {"approved": "approved this", "rejected": "rejected this", "edited": "changed the values"}.get(
        row.status, "answered this"
    )
    return ApprovalAnswered(
        f"{who} has already {did}. The first answer stands.",
        decision=row.status,
        name=row.decided_name,
        at=row.decided_at.isoformat() if row.decided_at else None,
    )


def _page(
    rows: Sequence[approvals.Approval],
    limit: int,
    known: dict[str, Brief],
    *,
    of: Callable[[approvals.Approval], datetime],
) -> Approvals:
    shown = rows[:limit]
    more = len(rows) > limit
    return Approvals(
        items=[_approval(row, known.get(row.thread_id)) for row in shown],
        next=PLACES.write(shown[-1].risk, of(shown[-1]), shown[-1].id) if more else None,
    )


def _approval(row: approvals.Approval, brief: Brief | None) -> Approval:
    return Approval.model_validate(
        {
            "interrupt_id": row.id,
            "action_id": row.action_id,
            "thread_id": row.thread_id,
            "audience": row.audience,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "card": InterruptRequest.model_validate(row.frame),
            "risk": row.risk,
            "customer": brief.customer if brief else None,
            "last_seq": brief.last_seq if brief else 0,
            "status": row.status,
            "decided_at": row.decided_at,
            "decided_by": row.decided_by,
            "decided_name": row.decided_name,
            "comment": row.comment,
        }
    )


_ONE: Final = "/api/v1/approvals/{approval_id}"

ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/approvals",
        handler=list_pending,
        right=Right.SEE_APPROVALS,
        summary="Everything that waits for consent, the riskiest first, then the oldest.",
        area="approvals",
        query=PendingQuery,
        gives=Approvals,
    ),
    Route(
        method="GET",
        path="/api/v1/approvals/history",
        handler=list_decided,
        right=Right.SEE_APPROVALS,
        summary="What was decided or has expired, the newest first: who, when, what, and why.",
        area="approvals",
        query=PageQuery,
        gives=Approvals,
    ),
    Route(
        method="GET",
        path="/api/v1/approvals/live",
        handler=live,
        right=Right.SEE_APPROVALS,
        summary="Server-sent events: how much waits, whenever it changes.",
        area="approvals",
        media=STREAM_MEDIA,
        errors=(TooManySockets,),
    ),
    Route(
        method="GET",
        path=_ONE,
        handler=show,
        right=Right.SEE_APPROVALS,
        summary="One approval, decided or not.",
        area="approvals",
        gives=Approval,
        errors=(ApprovalUnknown,),
    ),
    Route(
        method="GET",
        path=f"{_ONE}/evidence",
        handler=evidence,
        right=Right.SEE_APPROVALS,
        summary="What the target says now, by the read that shows what the action would change.",
        area="approvals",
        gives=EvidenceView,
        errors=(ApprovalUnknown,),
    ),
    Route(
        method="POST",
        path=f"{_ONE}/decision",
        handler=decide,
        right=Right.DECIDE_APPROVALS,
        summary="Approve, edit or reject as an operator; the first decision in time stands.",
        area="approvals",
        body=DecisionForm,
        gives=Decided,
        errors=(ApprovalUnknown, ApprovalAnswered, ApprovalExpired, ConsentNotYours, ArgumentsInvalid),
    ),
)
