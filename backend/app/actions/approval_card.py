"""Approval cards, and the log's records of the steps in an action's life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from app.actions.policy import risk_of
from app.db import approvals
from app.errors import ToolTooMany
from app.protocol import InterruptRequest
from app.records import ActionChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.db.actions import Action
    from app.db.approvals import Approval
    from app.db.pool import Connection
    from app.protocol import Audience
    from app.tools.base import ToolSpec

MAX_OPEN_PER_CONVERSATION: Final = 25  # more than a person answers; counted in the database, so for all replicas
MAX_OPEN_PER_VISITOR: Final = 50  # of all their conversations: whoever begins new ones gains little


def action_changed(action: Action, status: str, *, by: str = "", note: str = "", name: str = "") -> ActionChanged:
    """Build the log's record of a step in an action's life; `name` is a staff member's."""
    return ActionChanged(
        thread_id=action.thread_id,
        action_id=str(action.id),
        tool=action.tool,
        status=status,
        args=action.args,
        by=by,
        note=note,
        name=name,
    )


def approval_frame(
    action: Action,
    spec: ToolSpec,
    *,
    audience: Audience,
    expires_at: datetime,
    edited_from: dict[str, Any] | None = None,
    edited_by: Audience | None = None,
    given: Sequence[Audience] = (),
    unsaid: Sequence[str] = (),
) -> InterruptRequest:
    """Build the card that shows exactly what an action would do, and which of its values nobody has said."""
    return InterruptRequest(
        thread_id=action.thread_id,
        interrupt_id=str(uuid4()),
        action=action.tool,
        args=action.args,
        title=action.title,
        target=action.target,
        request=action.request,
        audience=audience,
        expires_at=expires_at,
        agent=action.agent,
        call_id=action.call_id,
        args_schema=dict(spec.parameters),
        edited_from=edited_from,
        edited_by=edited_by,
        given=list(given),
        access=spec.access.value,
        unsaid=list(unsaid),
    )


async def add_approval(connection: Connection, action: Action, frame: InterruptRequest) -> None:
    """Store an approval of the action that asks for what its card shows."""
    await approvals.add(
        connection,
        approval_id=UUID(frame.interrupt_id),
        action_id=action.id,
        thread_id=action.thread_id,
        audience=frame.audience,
        digest=action.digest,
        frame=frame.model_dump(mode="json", exclude={"seq", "at"}),
        expires_at=frame.expires_at,
        risk=risk_of(frame.access),
    )


async def check_room(connection: Connection, thread_id: str) -> None:
    """Return where one more card can be looked at; raise `ToolTooMany` where too many wait already."""
    here, all_of_visitor = await approvals.count_open(connection, thread_id=thread_id)
    if here >= MAX_OPEN_PER_CONVERSATION or all_of_visitor >= MAX_OPEN_PER_VISITOR:
        raise ToolTooMany("Too many approvals wait already, so this was not asked for. Answer some of them first.")


async def asked_anew(
    connection: Connection, action: Action, approval: Approval, *, expires_at: datetime
) -> InterruptRequest:
    """Store an approval that asks again for exactly what an earlier one has shown, and return its card."""
    shown = InterruptRequest.model_validate(approval.frame)
    frame = shown.model_copy(update={"interrupt_id": str(uuid4()), "expires_at": expires_at})
    await add_approval(connection, action, frame)
    return frame
