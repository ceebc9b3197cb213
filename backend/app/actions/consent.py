"""Answers to requests for consent, on PostgreSQL: taken once, for exactly what was shown, or expired.

An answer, what it decides, the turn that goes on with it and the event that tells of it are one transaction, so
nothing is ever half answered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from app.actions.ledger import ask, changed, digest_of, interrupt_frame
from app.actions.policy import consents_for
from app.db import actions, interrupts, turns
from app.errors import (
    ArgumentsInvalid,
    ConsentNotYours,
    InterruptAmbiguous,
    InterruptAnswered,
    InterruptExpired,
    InterruptUnknown,
    NothingPending,
    ToolInvalidInput,
)
from app.interrupt_manager import expiry_message
from app.protocol import InterruptExpiredNotice, InterruptResolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.conversation_tracker import ConversationTracker, Recording
    from app.db.actions import Action
    from app.db.interrupts import Interrupt
    from app.db.pool import Connection, Pool
    from app.protocol import Audience, InterruptResponse
    from app.tools.base import Tool

EXPIRE_AT_ONCE: Final = 100  # interrupts expired in one sweep; the next follows at once


class Consent:
    """Takes the first answer to each request for consent, and lets the others expire."""

    def __init__(
        self,
        *,
        pool: Pool,
        tracker: ConversationTracker,
        find_tool: Callable[[str], Tool],
        interrupt_ttl_seconds: float,
    ) -> None:
        """`find_tool` raises `ToolUnknown` for a tool that is no longer there."""
        self._pool = pool
        self._tracker = tracker
        self._find_tool = find_tool
        self._ttl = timedelta(seconds=interrupt_ttl_seconds)

    async def answer(self, response: InterruptResponse, *, by: Audience) -> bool:
        """Take an answer; True where the run now goes on with a new turn.

        The same answer again is harmless: it tries a failed turn again, and otherwise raises `InterruptAnswered`.
        """
        async with self._tracker.recording() as recording:
            interrupt = await _find(recording.connection, response)
            if interrupt.audience != by:
                raise ConsentNotYours
            if await _tries_again(recording.connection, interrupt, response):
                return True
            action = await actions.get(recording.connection, action_id=interrupt.action_id)
            if action is None:
                raise InterruptUnknown
            if interrupt.status == "expired" or interrupt.expires_at <= datetime.now(UTC):
                raise InterruptExpired(expiry_message(action.tool, action.title), interrupt_id=str(interrupt.id))
            if interrupt.status != "pending":
                raise InterruptAnswered
            if response.approved and response.args is not None and response.args != action.args:
                await self._show_edited(recording, interrupt, action, response, response.args)
                return False
            await self._decide(recording, interrupt, action, response)
            return True

    async def expire_due(self) -> int:
        """Expire what was not answered in time, tell the customer, and let its run close. Returns how many."""
        async with self._pool.acquire() as connection:
            due = await interrupts.list_due(connection, limit=EXPIRE_AT_ONCE)
        for interrupt in due:
            await self._expire(interrupt, early=False)
        return len(due)

    async def withdraw(self, run_id: UUID) -> None:
        """Expire what a stopped run had asked for."""
        async with self._pool.acquire() as connection:
            asked = [
                await interrupts.newest_of_action(connection, action_id=action.id)
                for action in await actions.of_run(connection, run_id=run_id)
                if action.status == "pending"
            ]
        for interrupt in asked:
            if interrupt is not None:
                await self._expire(interrupt, early=True)

    async def _expire(self, interrupt: Interrupt, *, early: bool) -> None:
        async with self._tracker.recording() as recording:
            connection = recording.connection
            if not await interrupts.expire(connection, interrupt_id=interrupt.id, early=early):
                return
            action = await actions.get(connection, action_id=interrupt.action_id)
            if action is None:
                return
            await actions.decide(connection, action_id=action.id, digest=interrupt.digest, status="expired")
            await recording.append(changed(action, "expired"))
            await recording.append(
                InterruptExpiredNotice(
                    thread_id=interrupt.thread_id,
                    interrupt_id=str(interrupt.id),
                    message=expiry_message(action.tool, action.title),
                )
            )
            if not early:
                await turns.add_answer(
                    connection,
                    thread_id=action.thread_id,
                    run_id=action.run_id,
                    interrupt_id=interrupt.id,
                    kind="expiry",
                )

    async def _decide(
        self, recording: Recording, interrupt: Interrupt, action: Action, response: InterruptResponse
    ) -> None:
        """Approve or reject for good, and write down the turn that goes on with the run."""
        decision: Literal["approved", "rejected"] = "approved" if response.approved else "rejected"
        await _close(recording, interrupt, decision, response)
        if not await actions.decide(
            recording.connection, action_id=action.id, digest=interrupt.digest, status=decision
        ):
            raise InterruptAnswered
        await recording.append(changed(action, decision, by=interrupt.audience, note=response.comment or ""))
        await turns.add_answer(
            recording.connection,
            thread_id=action.thread_id,
            run_id=action.run_id,
            interrupt_id=interrupt.id,
            kind="answer",
        )

    async def _show_edited(
        self,
        recording: Recording,
        interrupt: Interrupt,
        action: Action,
        response: InterruptResponse,
        args: dict[str, Any],
    ) -> None:
        """Check edited arguments against schema and policy, and ask anew for exactly what they would send."""
        tool = self._find_tool(action.tool)
        args = await actions.as_stored(recording.connection, args)
        try:
            request = tool.preview(args)
        except ToolInvalidInput as error:
            raise ArgumentsInvalid(error.message, **error.details) from None
        shown = request.shown() if request else None
        edited = replace(
            action,
            args=args,
            request=shown,
            digest=digest_of(tool.spec, args, shown),
            title=tool.spec.title,
            target=tool.spec.target,
            tool_version=tool.spec.version,
        )
        await _close(recording, interrupt, "edited", response)
        if not await actions.edit(recording.connection, edited=edited):
            raise InterruptAnswered
        await recording.append(changed(edited, "edited", by=interrupt.audience))
        frame = interrupt_frame(
            edited,
            tool.spec,
            audience=consents_for(tool.spec)[0],
            expires_at=datetime.now(UTC) + self._ttl,
            edited_from=action.args,
        )
        await ask(recording.connection, edited, frame)
        await recording.append(frame)


async def _close(
    recording: Recording,
    interrupt: Interrupt,
    decision: Literal["approved", "rejected", "edited"],
    response: InterruptResponse,
) -> None:
    """Record the first answer to an interrupt; whoever comes second learns that."""
    if not await interrupts.answer(
        recording.connection,
        interrupt_id=interrupt.id,
        status=decision,
        by=interrupt.audience,
        comment=response.comment,
    ):
        raise InterruptAnswered
    await recording.append(
        InterruptResolved(
            thread_id=interrupt.thread_id,
            interrupt_id=str(interrupt.id),
            decision=decision,
            by=interrupt.audience,
            comment=response.comment,
        )
    )


async def _find(connection: Connection, response: InterruptResponse) -> Interrupt:
    """Find the interrupt that an answer is for: the one it names, or the only one that is pending."""
    if response.interrupt_id is not None:
        try:
            interrupt_id = UUID(response.interrupt_id)
        except ValueError:
            raise InterruptUnknown from None
        found = await interrupts.get(connection, interrupt_id=interrupt_id)
        if found is None or found.thread_id != response.thread_id:
            raise InterruptUnknown
        return found
    pending = await interrupts.list_of_thread(connection, thread_id=response.thread_id, status="pending")
    if not pending:
        raise NothingPending
    if len(pending) > 1:
        raise InterruptAmbiguous
    return pending[0]


async def _tries_again(connection: Connection, interrupt: Interrupt, response: InterruptResponse) -> bool:
    """Let the turn of the same answer run again where it had failed."""
    if interrupt.status != ("approved" if response.approved else "rejected"):
        return False
    turn = await turns.of_answer(connection, interrupt_id=interrupt.id)
    return turn is not None and await turns.requeue(connection, turn_id=turn.id)
