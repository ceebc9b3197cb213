"""Actions over REST: those of one status, and the settling of one whose outcome is unknown."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import StringConstraints

from app.api.cursor import BY_MOMENT
from app.api.request_keys import CALLER
from app.api.services import SERVICES
from app.api.validation import Form, PageQuery, View, answer, read_body, read_id, read_query
from app.db import actions
from app.db.actions import Status
from app.errors import ActionSettled, NotFound
from app.protocol import MAX_COMMENT_CHARS

log = structlog.get_logger(__name__)


class ActionsQuery(PageQuery):
    """Which actions."""

    status: Status = "unknown"


class ActionView(View):
    """One write by a tool, from its proposal to its outcome."""

    id: UUID
    thread_id: str
    agent: str
    tool: str
    title: str
    target: str
    args: dict[str, Any]
    request: dict[str, Any] | None
    """Exactly what was sent, or would be."""
    status: Status
    outcome: dict[str, Any] | None
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    note: str | None
    """What the person who settled it found out."""


class Actions(View):
    """A page of actions, oldest first."""

    items: list[ActionView]
    next: str | None
    """The cursor of the next page; none where this is the last."""


class SettleForm(Form):
    """What a person found out about an action whose outcome was unknown."""

    outcome: Literal["succeeded", "failed"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_COMMENT_CHARS)]
    """How it was found out. The customer sees it."""


async def list_actions(request: web.Request) -> web.Response:
    """List the actions of one status, oldest first; without a status those whose outcome is unknown."""
    query = read_query(request, ActionsQuery)
    (after,) = BY_MOMENT.read(query.cursor) or (None,)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await actions.list_by_status(connection, status=query.status, limit=query.limit + 1, after=after)
    shown = [_view(row) for row in rows[: query.limit]]
    return answer(Actions(items=shown, next=BY_MOMENT.write(shown[-1].created_at) if len(rows) > query.limit else None))


async def settle(request: web.Request) -> web.Response:
    """Record what a person found out about an unknown outcome; raises `ActionSettled` where it is not unknown."""
    action_id = read_id(request, "action_id", unknown=NotFound)
    form = await read_body(request, SettleForm)
    action = await request.app[SERVICES].ledger.settle_by_person(
        action_id, succeeded=form.outcome == "succeeded", note=form.note
    )
    if action is None:
        async with request.app[SERVICES].pool.acquire() as connection:
            action = await actions.get(connection, action_id=action_id)
        if action is None:
            raise NotFound("There is no such action.")
        raise ActionSettled(_why_not(action.status), status=action.status)
    log.info("action_settled", action_id=str(action_id), outcome=form.outcome, staff=request[CALLER].staff_name)
    return answer(_view(action))


def _why_not(status: Status) -> str | None:
    """Say why there is nothing to settle; None where the usual sentence says it."""
    if status in {"pending", "approved", "executing"}:
        return "This action is not over yet, so there is nothing to settle. Look again in a moment."
    return None


def _view(action: actions.Action) -> ActionView:
    return ActionView.model_validate(asdict(action))
