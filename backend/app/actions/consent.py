"""Consent service. Takes the answers to approvals, once and for exactly what was shown, and lets the others expire.

An answer, what it decides, the turn that goes on with it and its events are one transaction, so nothing is ever half
answered: whoever loses the race gets `ApprovalAnswered`, whoever is late `ApprovalExpired`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID, uuid4

from app.actions import pauses
from app.actions.approval_card import action_changed, add_approval, approval_frame, asked_anew
from app.actions.ledger import consents_to, digest_of
from app.actions.policy import Consent, Requirement, consented, next_to_ask, requirements
from app.actions.provenance import still_unsaid
from app.db import actions, approvals, turns
from app.errors import (
    ActionPaused,
    ApprovalAmbiguous,
    ApprovalAnswered,
    ApprovalExpired,
    ApprovalUnknown,
    ArgumentsInvalid,
    ConsentNotYours,
    NothingPending,
    ToolInvalidInput,
    ToolUnknown,
    expiry_message,
)
from app.protocol import InterruptExpiredNotice, InterruptRequest, InterruptResolved
from app.tools.identity import as_customer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from app.db.actions import Action
    from app.db.approvals import Approval
    from app.db.pool import Connection, Pool
    from app.events.tracker import ConversationTracker, Recording
    from app.protocol import Audience, InterruptResponse
    from app.records import ActionChanged
    from app.tools.base import Tool

CHANGED: Final = (
    "what this would do has changed since it was shown, so this approval is no longer valid and nothing was sent. "
    "If you still want it, just ask again."
)
HELD: Final = "it was paused while this waited. It goes on now: please look at it again below."
HELD_SECONDS: Final = 30.0  # how soon after the end of a pause the customer is asked anew
EXPIRE_AT_ONCE: Final = 100  # approvals expired in one sweep; the next follows at once


class ConsentService:
    """Takes the first answer to each approval; one without an answer in time expires."""

    def __init__(
        self,
        *,
        pool: Pool,
        tracker: ConversationTracker,
        find_tool: Callable[[str], Tool],
        approval_ttl_seconds: float,
    ) -> None:
        """`find_tool` raises `ToolUnknown` for a tool that is no longer there."""
        self._pool = pool
        self._tracker = tracker
        self._find_tool = find_tool
        self._ttl = timedelta(seconds=approval_ttl_seconds)

    async def answer(self, response: InterruptResponse, *, by: Audience, name: str | None = None) -> bool:
        """Take an answer; returns whether the run now goes on with a new turn.

        `name` says which member of staff answers. A customer may take back what waits for staff, never approve it.
        The same answer again is harmless: it tries a failed turn again, and otherwise raises `ApprovalAnswered`.
        Raises `ApprovalUnknown`, `ApprovalAmbiguous` or `NothingPending` where no approval is meant, `ConsentNotYours`
        where another role is asked, `ApprovalExpired` after its time, `ActionPaused` for a yes to what is paused,
        `ArgumentsInvalid` for an edit that does not fit.
        """
        async with self._tracker.recording() as recording:
            approval = await _find(recording.connection, response)
            if await _tries_again(recording.connection, approval, response):
                return True
            if approval.audience != by and (by == "operator" or response.approved):
                raise ConsentNotYours
            action = await actions.get(recording.connection, action_id=approval.action_id)
            if action is None:
                raise ApprovalUnknown
            if approval.status == "expired" or approval.expires_at <= datetime.now(UTC):
                raise ApprovalExpired(expiry_message(action.tool, action.title), interrupt_id=str(approval.id))
            if approval.status != "pending":
                raise ApprovalAnswered
            if response.approved and await self._is_paused(recording.connection, action):
                raise ActionPaused
            taken = _Answer(approval=approval, action=action, response=response, by=by, name=name)
            if response.approved and response.args is not None and response.args != action.args:
                await self._show_edited(recording, taken, response.args)
                return False
            return await self._decide(recording, taken)

    async def expire_due(self) -> int:
        """Expire what was not answered in time, tell the customer, and let its run close; returns how many."""
        async with self._pool.acquire() as connection:
            due = await approvals.list_due(connection, limit=EXPIRE_AT_ONCE)
        for approval in due:
            if not await self._held(approval):
                await self._expire(approval, early=False)
        return len(due)

    async def _is_paused(self, connection: Connection, action: Action) -> bool:
        try:
            spec = self._find_tool(action.tool).spec
        except ToolUnknown:
            return False  # nothing is sent by a tool that is gone
        return await pauses.pause_of(connection, spec, action.agent) is not None

    async def _held(self, approval: Approval) -> bool:
        """Keep what is paused waiting, and ask anew for what has waited so; False where its time is simply over."""
        now = datetime.now(UTC)
        async with self._tracker.recording() as recording:
            connection = recording.connection
            action = await actions.get(connection, action_id=approval.action_id)
            if action is None:
                return False
            if await self._is_paused(connection, action):
                await approvals.hold(connection, approval_id=approval.id, until=now + timedelta(seconds=HELD_SECONDS))
                return True
            if InterruptRequest.model_validate(approval.frame).expires_at >= approval.expires_at:
                return False
            if await approvals.expire(connection, approval_id=approval.id):
                notice = InterruptExpiredNotice(
                    thread_id=approval.thread_id, interrupt_id=str(approval.id), message=f"{action.title}: {HELD}"
                )
                await recording.append(notice)
                await recording.append(await asked_anew(connection, action, approval, expires_at=now + self._ttl))
            return True

    async def withdraw(self, run_id: UUID) -> None:
        """Expire the pending approvals of a stopped run."""
        async with self._pool.acquire() as connection:
            asked = [
                await approvals.newest_of_action(connection, action_id=action.id)
                for action in await actions.of_run(connection, run_id=run_id)
                if action.status == "pending"
            ]
        for approval in asked:
            if approval is not None:
                await self._expire(approval, early=True, goes_on=False)

    async def expire_of_tools(self, names: Collection[str]) -> int:
        """Expire the pending approvals of calls of these tools, because the tools have changed; returns how many.

        The customer is told, and each run goes on without its action.
        """
        async with self._pool.acquire() as connection:
            asked = await approvals.pending_of_tools(connection, tools=names)
        for approval in asked:
            await self._expire(approval, early=True, why=CHANGED)
        return len(asked)

    async def _expire(self, approval: Approval, *, early: bool, goes_on: bool = True, why: str = "") -> None:
        async with self._tracker.recording() as recording:
            connection = recording.connection
            if not await approvals.expire(connection, approval_id=approval.id, early=early):
                return
            action = await actions.get(connection, action_id=approval.action_id)
            if action is None:
                return
            await actions.decide(connection, action_id=action.id, digest=approval.digest, status="expired")
            await recording.append(action_changed(action, "expired"))
            await recording.append(
                InterruptExpiredNotice(
                    thread_id=approval.thread_id,
                    interrupt_id=str(approval.id),
                    message=f"{action.title}: {why}" if why else expiry_message(action.tool, action.title),
                )
            )
            if goes_on:
                await turns.add_answer(
                    connection,
                    thread_id=action.thread_id,
                    run_id=action.run_id,
                    approval_id=approval.id,
                    kind="expiry",
                )

    async def _decide(self, recording: Recording, taken: _Answer) -> bool:
        """Approve or reject; after the last consent, or the first rejection, write down the turn that goes on."""
        action, approval = taken.action, taken.approval
        decision: Literal["approved", "rejected"] = "approved" if taken.response.approved else "rejected"
        given: list[Consent] = []
        waits_for: Audience | None = None
        if taken.response.approved:
            before = await consents_to(recording.connection, action)
            given = [*before, Consent(role=approval.audience, by=taken.name)]
            waits_for = next_to_ask(_needed(action, approval), given)
        await _close(recording, taken, decision, waits_for=waits_for)
        if waits_for is not None:
            await recording.append(taken.changed(action, "consented"))
            await self._ask_next(recording, taken, waits_for, given)
            return False
        if not await actions.decide(recording.connection, action_id=action.id, digest=approval.digest, status=decision):
            raise ApprovalAnswered
        await recording.append(taken.changed(action, decision))
        await turns.add_answer(
            recording.connection,
            thread_id=action.thread_id,
            run_id=action.run_id,
            approval_id=approval.id,
            kind="answer",
        )
        return True

    async def _ask_next(self, recording: Recording, taken: _Answer, audience: Audience, given: list[Consent]) -> None:
        """Ask the next person for consent to exactly what the one before has consented to."""
        shown = InterruptRequest.model_validate(taken.approval.frame)
        frame = shown.model_copy(
            update={
                "interrupt_id": str(uuid4()),
                "audience": audience,
                "expires_at": datetime.now(UTC) + self._ttl,
                "given": consented(_needed(taken.action, taken.approval), given),
            }
        )
        await add_approval(recording.connection, taken.action, frame)
        await recording.append(frame)

    async def _show_edited(self, recording: Recording, taken: _Answer, args: dict[str, Any]) -> None:
        """Check edited arguments against schema and policy, and ask anew for exactly what they would send.

        Whoever edited is shown first; consent given before covers only what was shown then.
        """
        action, connection = taken.action, recording.connection
        claims = await turns.claims_of_run(connection, run_id=action.run_id)
        tool = as_customer(self._find_tool(action.tool), claims)
        args = await actions.as_stored(connection, args)
        try:
            request = tool.preview(args)
        except ToolInvalidInput as error:
            raise ArgumentsInvalid(error.message, **error.details) from None
        shown = request.shown() if request else None
        needed = requirements(action, args, tool.spec, claims) or [Requirement(role=taken.by)]
        edited = replace(
            action,
            args=args,
            request=shown,
            digest=digest_of(tool.spec, args, shown),
            title=tool.spec.title,
            target=tool.spec.target,
            tool_version=tool.spec.version,
            consents=[one.kept() for one in needed],
            access=tool.spec.access.value,
        )
        given = [one for one in await consents_to(connection, edited) if one.role != taken.by]
        audience = next_to_ask(needed, given, edited_by=taken.by) or taken.by
        await _close(recording, taken, "edited", waits_for=audience)
        if not await actions.edit(connection, edited=edited):
            raise ApprovalAnswered
        await recording.append(taken.changed(edited, "edited"))
        frame = approval_frame(
            edited,
            tool.spec,
            audience=audience,
            expires_at=datetime.now(UTC) + self._ttl,
            edited_from=action.args,
            edited_by=taken.by,
            given=consented(needed, given),
            unsaid=still_unsaid(taken.approval.frame.get("unsaid", ()), action.args, args),
        )
        await add_approval(connection, edited, frame)
        await recording.append(frame)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """An answer to an approval, and who gave it."""

    approval: Approval
    action: Action
    response: InterruptResponse
    by: Audience
    name: str | None

    def changed(self, action: Action, status: str) -> ActionChanged:
        """Build the log's record of what the answer did to the action; only staff read it."""
        return action_changed(action, status, by=self.by, note=self.response.comment or "", name=self.name or "")


def _needed(action: Action, approval: Approval) -> list[Requirement]:
    """List what the action needs, as kept with it; of one older than that knowledge, the role that was asked."""
    return [Requirement.read(one) for one in action.consents or ()] or [Requirement(role=approval.audience)]


async def _close(
    recording: Recording,
    taken: _Answer,
    decision: Literal["approved", "rejected", "edited"],
    *,
    waits_for: Audience | None,
) -> None:
    """Record the first answer to an approval; whoever comes second learns that."""
    approval = taken.approval
    if not await approvals.answer(
        recording.connection,
        approval_id=approval.id,
        status=decision,
        by=taken.by,
        name=taken.name,
        comment=taken.response.comment,
    ):
        raise ApprovalAnswered
    await recording.append(
        InterruptResolved(
            thread_id=approval.thread_id,
            interrupt_id=str(approval.id),
            decision=decision,
            by=taken.by,
            comment=taken.response.comment,
            next=waits_for,
        )
    )


async def _find(connection: Connection, response: InterruptResponse) -> Approval:
    """Find the approval that an answer is for: the one it names, or the only one that is pending."""
    if response.interrupt_id is not None:
        try:
            approval_id = UUID(response.interrupt_id)
        except ValueError:
            raise ApprovalUnknown from None
        found = await approvals.get(connection, approval_id=approval_id)
        if found is None or found.thread_id != response.thread_id:
            raise ApprovalUnknown
        return found
    pending = await approvals.list_of_thread(connection, thread_id=response.thread_id, status="pending")
    if not pending:
        raise NothingPending
    if len(pending) > 1:
        raise ApprovalAmbiguous
    return pending[0]


async def _tries_again(connection: Connection, approval: Approval, response: InterruptResponse) -> bool:
    """Let the turn of the same answer run again where it had failed."""
    if approval.status != ("approved" if response.approved else "rejected"):
        return False
    turn = await turns.of_answer(connection, approval_id=approval.id)
    return turn is not None and await turns.requeue(connection, turn_id=turn.id)
