"""The ledger of actions: each write is proposed, consented to, claimed once, sent, and settled.

What keeps a write at most once is the claim, one conditional UPDATE that only one caller can win. Whoever comes
second, after a double click, a restart or a second replica, gets the stored outcome.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import structlog

from app.actions.policy import consents_for
from app.db import actions, interrupts
from app.db.actions import Action
from app.errors import ToolError, ToolInvalidInput, ToolNotPermitted, ToolOutcomeUnknown
from app.protocol import SUPERVISOR, ActionChanged, InterruptRequest, Token
from app.tools.base import OutcomeStatus, ToolOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.conversation_tracker import ConversationTracker
    from app.db.pool import Connection, Pool
    from app.protocol import Audience
    from app.tools.base import OutgoingRequest, Tool, ToolSpec

_NAMESPACE: Final = "smart-support"  # begins every idempotency key, so that a target's logs show whose it is

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a tool by an agent, within a run."""

    thread_id: str
    run_id: UUID
    call_id: str
    agent: str
    args: dict[str, Any]


class Ledger:
    """Keeps every write, and lets each reach its target at most once."""

    def __init__(self, *, pool: Pool, tracker: ConversationTracker, interrupt_ttl_seconds: float) -> None:
        """Consent asked for here expires after `interrupt_ttl_seconds`."""
        self._pool = pool
        self._tracker = tracker
        self._ttl = timedelta(seconds=interrupt_ttl_seconds)
        self._sending: dict[asyncio.Task[ToolOutcome], UUID] = {}

    async def propose(self, call: Call, tool: Tool) -> tuple[Action, InterruptRequest | None]:
        """Write the action down and, where its policy says so, the request for consent to it.

        The same call again finds the same action and its newest request. Raises `ToolInvalidInput` where the
        arguments do not fit, before anything is written.
        """
        request = tool.preview(call.args)
        audiences = consents_for(tool.spec)
        action = _new_action(call, tool.spec, request, approved=not audiences)
        async with self._tracker.recording() as recording:
            action, new = await actions.propose(recording.connection, action=action)
            if not new:
                return action, await self._asked(recording.connection, action)
            await recording.append(changed(action, "proposed"))
            if not audiences:
                return action, None
            frame = interrupt_frame(action, tool.spec, audience=audiences[0], expires_at=datetime.now(UTC) + self._ttl)
            await ask(recording.connection, action, frame)
        return action, frame

    async def get(self, action_id: UUID) -> Action:
        """Read an action that is known to be there."""
        async with self._pool.acquire() as connection:
            action = await actions.get(connection, action_id=action_id)
        if action is None:
            raise ToolNotPermitted("That action is not on record, so nothing was sent.")
        return action

    async def execute(self, action_id: UUID, tool: Tool) -> ToolOutcome:
        """Send an approved action once and return its outcome; one that was sent before returns what is on record.

        Once claimed it is carried to its end, also when the caller is cancelled meanwhile.
        """
        action = await self.get(action_id)
        if not await self._claim(action, tool):
            return await self._on_record(action_id)
        sending = asyncio.create_task(self._send(action, tool))
        self._sending[sending] = action.run_id
        sending.add_done_callback(self._sending.pop)
        return await asyncio.shield(sending)

    def is_sending(self, run_id: UUID) -> bool:
        """Say whether a write of this run is under way from here."""
        return run_id in self._sending.values()

    async def drain(self) -> None:
        """Wait for everything that is being sent; used when the server stops."""
        if self._sending:
            await asyncio.wait(list(self._sending))

    async def settle_by_person(self, action_id: UUID, *, succeeded: bool, note: str) -> Action | None:
        """Record what a person found out about an unknown outcome; None where it is not unknown."""
        async with self._tracker.recording() as recording:
            action = await actions.settle_by_person(
                recording.connection, action_id=action_id, status="succeeded" if succeeded else "failed", note=note
            )
            if action is not None:
                await recording.append(changed(action, action.status, by="operator", note=note))
                await recording.append(_said_by_staff(action))
        return action

    async def _asked(self, connection: Connection, action: Action) -> InterruptRequest | None:
        newest = await interrupts.newest_of_action(connection, action_id=action.id)
        return InterruptRequest.model_validate(newest.frame) if newest else None

    async def _claim(self, action: Action, tool: Tool) -> bool:
        """Win the right to send, for exactly what was consented to."""
        try:
            now_digest = digest_of(tool.spec, action.args, _shown(tool.preview(action.args)))
        except ToolError:
            now_digest = ""  # the tool no longer takes these arguments
        async with self._tracker.recording() as recording:
            if now_digest != action.digest:
                # The tool or its target is not the one that was shown: consent does not cover this.
                outcome = _outcome_of_a_change()
                if await actions.refuse(recording.connection, action_id=action.id, outcome=_stored(outcome)):
                    await recording.append(changed(action, "failed", note=outcome.summary))
                return False
            if not await actions.claim(recording.connection, action_id=action.id, digest=action.digest):
                return False
            await recording.append(changed(action, "executing"))
        return True

    async def _send(self, action: Action, tool: Tool) -> ToolOutcome:
        try:
            outcome = await tool.run(action.args, idempotency_key=f"{_NAMESPACE}-{action.id}")
        except Exception:
            log.exception("action_broke", action_id=str(action.id), tool=action.tool)
            outcome = unknown_outcome(action)
        await self._settle(action, outcome)
        return outcome

    async def _settle(self, action: Action, outcome: ToolOutcome) -> None:
        async with self._tracker.recording() as recording:
            if await actions.settle(
                recording.connection, action_id=action.id, status=outcome.status.value, outcome=_stored(outcome)
            ):
                await recording.append(changed(action, outcome.status.value, note=outcome.summary))

    async def _on_record(self, action_id: UUID) -> ToolOutcome:
        """Return the stored outcome; an execution that nobody carries any more is *unknown*."""
        action = await self.get(action_id)
        if action.status != "executing":
            return outcome_of(action)
        # Its thread runs one turn at a time and this is it: whoever claimed it before is gone.
        outcome = unknown_outcome(action)
        async with self._tracker.recording() as recording:
            if not await actions.give_up(recording.connection, action_id=action_id, outcome=_stored(outcome)):
                return outcome_of(await self.get(action_id))
            await recording.append(changed(action, "unknown", note=outcome.summary))
        return outcome


def digest_of(spec: ToolSpec, args: Mapping[str, Any], request: Mapping[str, Any] | None) -> str:
    """Fingerprint what consent is given for: tool, version, target, arguments and request. SHA-256, hexadecimal."""
    shown = {
        "tool": spec.name,
        "version": spec.version,
        "target": spec.target,
        "args": args,
        "request": request,
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def changed(action: Action, status: str, *, by: str = "", note: str = "") -> ActionChanged:
    """Build the log's record of a step in an action's life."""
    return ActionChanged(
        thread_id=action.thread_id,
        action_id=str(action.id),
        tool=action.tool,
        status=status,
        args=action.args,
        by=by,
        note=note,
    )


def interrupt_frame(
    action: Action,
    spec: ToolSpec,
    *,
    audience: Audience,
    expires_at: datetime,
    edited_from: dict[str, Any] | None = None,
) -> InterruptRequest:
    """Build the card that shows exactly what an action would do."""
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
    )


async def ask(connection: Connection, action: Action, frame: InterruptRequest) -> None:
    """Write a request for consent to an action down."""
    await interrupts.ask(
        connection,
        interrupt_id=UUID(frame.interrupt_id),
        action_id=action.id,
        thread_id=action.thread_id,
        audience=frame.audience,
        digest=action.digest,
        frame=frame.model_dump(mode="json", exclude={"seq", "at"}),
        expires_at=frame.expires_at,
    )


def unknown_outcome(action: Action) -> ToolOutcome:
    """Say that whether the action took effect cannot be known."""
    return ToolOutcome(
        status=OutcomeStatus.UNKNOWN,
        summary=f"{action.title}: it was sent, but no answer came. Whether it took effect is not known; "
        "a member of the support team will check.",
        error=ToolOutcomeUnknown.code,
        request=action.request,
    )


def outcome_of(action: Action) -> ToolOutcome:
    """Read a settled action's outcome back from its row."""
    stored = dict(action.outcome or {})
    status = OutcomeStatus(action.status) if action.status in set(OutcomeStatus) else OutcomeStatus.FAILED
    stored.setdefault("summary", f"{action.title}: nothing was sent.")
    return ToolOutcome(**{**stored, "status": status})


def _new_action(call: Call, spec: ToolSpec, request: OutgoingRequest | None, *, approved: bool) -> Action:
    shown = _shown(request)
    return Action(
        id=uuid4(),
        thread_id=call.thread_id,
        run_id=call.run_id,
        call_id=call.call_id,
        agent=call.agent,
        tool=spec.name,
        title=spec.title,
        target=spec.target,
        tool_version=spec.version,
        args=call.args,
        request=shown,
        digest=digest_of(spec, call.args, shown),
        status="approved" if approved else "pending",
    )


def _shown(request: OutgoingRequest | None) -> dict[str, Any] | None:
    return request.shown() if request else None


def _said_by_staff(action: Action) -> Token:
    """Tell the customer what a person found out."""
    finding = "it was done" if action.status == "succeeded" else "it was not done"
    content = f"A member of the support team has checked “{action.title}”: {finding}."
    return Token(
        thread_id=action.thread_id,
        agent=SUPERVISOR,
        content=f"{content} {action.note}".strip() if action.note else content,
        message_id=f"settled-{action.id}",
    )


def _stored(outcome: ToolOutcome) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(asdict(outcome), default=str))
    return stored


def _outcome_of_a_change() -> ToolOutcome:
    return ToolOutcome(
        status=OutcomeStatus.FAILED,
        summary="What this would do has changed since it was approved, so nothing was sent. Please ask again.",
        error=ToolInvalidInput.code,
    )
