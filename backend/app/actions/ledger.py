"""Ledger of actions: each write is proposed, consented to, claimed once, sent, and settled.

What keeps a write at most once is the claim, one conditional UPDATE that only one caller can win. Whoever comes
second, after a double click, a restart or a second replica, gets the stored outcome.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import structlog

from app.actions import pauses
from app.actions.approval_card import action_changed, add_approval, approval_frame, check_room
from app.actions.policy import Consent, next_to_ask, requirements
from app.actions.receipt import renewed_receipt
from app.actions.settling import cancelled, changed, settle, too_late
from app.db import actions, approvals, turns
from app.db.actions import Action
from app.db.pauses import hold_for_claim
from app.errors import ToolError, ToolNotPermitted, ToolOutcomeUnknown, ToolPaused, ToolRepeated
from app.protocol import SUPERVISOR, InterruptRequest, Token, ToolResult
from app.tools.base import OutcomeStatus, ToolOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.actions.policy import Requirement
    from app.db.pool import Connection, Pool
    from app.db.turns import TurnLease
    from app.events.tracker import ConversationTracker, Recording
    from app.tools.base import OutgoingRequest, Tool, ToolSpec

_NAMESPACE: Final = "smart-support"  # begins every idempotency key, so that a target's logs show whose it is

DRAIN_SECONDS: Final = 60.0  # a target answers in less; a server that stops without its database waits no longer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a tool by an agent, within a run.

    `identity` are the customer's verified claims, `unsaid` the paths of arguments that nobody has said, `lease` is what
    the turn runs under.
    """

    thread_id: str
    run_id: UUID
    call_id: str
    agent: str
    args: dict[str, Any]
    identity: Mapping[str, Any] = field(default_factory=dict)
    unsaid: Sequence[str] = ()
    lease: TurnLease | None = None


@dataclass(frozen=True, kw_only=True)
class _InFlight:
    """An action that this process is sending, and its run."""

    run_id: UUID
    task: asyncio.Task[ToolOutcome]


REPEATED: Final[Mapping[actions.Status, str]] = {
    "pending": "exactly this waits for an answer already, so it was not asked for again.",
    "approved": "exactly this is being carried out already, so it was not begun again.",
    "executing": "exactly this is being carried out already, so it was not begun again.",
    "unknown": "whether exactly this has been done is being checked, so it was not begun again.",
    "rejected": "exactly this was declined a moment ago. It is asked for again only when the customer wants it anew.",
}
"""Reasons not to propose an action, by the status of the one like it; read by the model, and by the customer."""


class Ledger:
    """Keeps every write on record, and lets each reach its target at most once."""

    def __init__(self, *, pool: Pool, tracker: ConversationTracker, approval_ttl_seconds: float) -> None:
        """Consent asked for here expires after `approval_ttl_seconds`."""
        self._pool = pool
        self._tracker = tracker
        self._ttl = timedelta(seconds=approval_ttl_seconds)
        self._in_flight: dict[UUID, _InFlight] = {}

    async def propose(self, call: Call, tool: Tool) -> tuple[Action, InterruptRequest | None]:
        """Write the action down and, where the policy asks for consent, the first approval of it.

        The same call again finds the same action and its newest approval; None where nobody is asked. Raises
        `ToolInvalidInput` where the arguments do not fit, and `ToolRepeated` where exactly this waits already, is not
        settled or was just declined, `ToolPaused` where staff have paused it; nothing is written then.
        """
        async with self._pool.acquire() as connection:
            call = replace(call, args=await actions.as_stored(connection, call.args))  # shown as it will be sent
        request = tool.preview(call.args)
        needed = requirements(call, call.args, tool.spec, call.identity)
        action = _new_action(call, tool.spec, request, needed)
        async with self._tracker.under(call.lease).recording() as recording:
            before = await actions.same_before(recording.connection, action=action)
            if before is not None:
                raise ToolRepeated(f"{action.title}: {REPEATED[before]}")
            action, new = await actions.propose(recording.connection, action=action)
            if not new:
                newest = await approvals.newest_of_action(recording.connection, action_id=action.id)
                return action, InterruptRequest.model_validate(newest.frame) if newest else None
            await pauses.check(recording.connection, tool.spec, call.agent)
            await recording.append(action_changed(action, "proposed"))
            if not needed:
                return action, None
            await check_room(recording.connection, call.thread_id)
            expires_at = datetime.now(UTC) + self._ttl
            frame = approval_frame(
                action, tool.spec, audience=needed[0].role, expires_at=expires_at, unsaid=call.unsaid
            )
            await add_approval(recording.connection, action, frame)
        return action, frame

    async def check_not_paused(self, spec: ToolSpec, agent: str) -> None:
        """Return where a look-up may be sent; raise `ToolPaused` where staff have paused it."""
        async with self._pool.acquire() as connection:
            await pauses.check(connection, spec, agent)

    async def refusal_of(self, action_id: UUID) -> tuple[str, str]:
        """Return who declined an action, `customer` or `operator`, and their reason, empty where they gave none."""
        async with self._pool.acquire() as connection:
            newest = await approvals.newest_of_action(connection, action_id=action_id)
        return (newest.decided_by or newest.audience, newest.comment or "") if newest else ("customer", "")

    async def get(self, action_id: UUID) -> Action:
        """Read an action; raises `ToolNotPermitted` where it is not on record."""
        async with self._pool.acquire() as connection:
            action = await actions.get(connection, action_id=action_id)
        if action is None:
            raise ToolNotPermitted("That action is not on record, so nothing was sent.")
        return action

    async def execute(
        self,
        action_id: UUID,
        tool: Tool,
        *,
        identity: Mapping[str, Any] = MappingProxyType({}),
        lease: TurnLease | None = None,
    ) -> ToolOutcome:
        """Send an approved action once and return its outcome; one that was sent before returns the stored one.

        `identity` are the customer's verified claims; without them a stranger's. Once begun it is carried to its end,
        also when the caller is cancelled meanwhile; whoever asks again while it is being sent from here waits for the
        same outcome. Raises `ToolPaused` where it is paused: it then waits for consent anew, as `asked` says; and
        `TurnLost`, with nothing sent, where the turn's `lease` is lost.
        """
        action = await self.get(action_id)
        sending = self._in_flight.get(action_id)  # nothing is awaited from here until it is noted
        if sending is None:
            task = asyncio.create_task(self._run(action, tool, identity, lease))
            sending = self._in_flight[action_id] = _InFlight(run_id=action.run_id, task=task)
            task.add_done_callback(lambda _: self._in_flight.pop(action_id, None))
        return await asyncio.shield(sending.task)

    def is_sending(self, run_id: UUID) -> bool:
        """Say whether this process is sending a write of the run."""
        return any(sending.run_id == run_id for sending in self._in_flight.values())

    async def drain(self) -> None:
        """Wait until everything that is being sent has its outcome; used when the server stops."""
        if self._in_flight:
            await asyncio.wait([sending.task for sending in self._in_flight.values()], timeout=DRAIN_SECONDS)

    async def cancel_run(self, run_id: UUID, *, turn_id: UUID) -> None:
        """Never send what a stopped run has consent for and has not begun, and record how the rest ended."""
        async with self._tracker.recording() as recording:
            for action in await actions.of_run(recording.connection, run_id=run_id):
                outcome = outcome_of(action)
                if action.status == "approved":
                    outcome = cancelled(action)
                    if not await actions.refuse(recording.connection, action_id=action.id, outcome=_stored(outcome)):
                        continue
                    await recording.append(action_changed(action, "failed", note=outcome.summary))
                elif action.status not in set(OutcomeStatus):
                    continue
                await recording.append(_result(action, outcome), turn_id=turn_id, scope=str(run_id))

    async def give_up(self, run_id: UUID, *, lease: TurnLease) -> None:
        """Record as *unknown* what a failed run had begun to send and nobody sends any more."""
        async with self._tracker.under(lease).recording() as recording:
            for action in await actions.of_run(recording.connection, run_id=run_id):
                if action.status == "executing" and action.id not in self._in_flight:
                    await self._give_up(recording, action)

    async def settle_by_person(self, action_id: UUID, *, succeeded: bool, note: str) -> Action | None:
        """Record what a person found out about an unknown outcome; None where it is not unknown."""
        async with self._tracker.recording() as recording:
            action = await actions.settle_by_person(
                recording.connection, action_id=action_id, status="succeeded" if succeeded else "failed", note=note
            )
            if action is not None:
                await recording.append(action_changed(action, action.status, by="operator", note=note))
                await recording.append(_finding(action))
                await _renew_receipt(recording, action)
        return action

    async def _run(
        self, action: Action, tool: Tool, identity: Mapping[str, Any], lease: TurnLease | None
    ) -> ToolOutcome:
        tracker = self._tracker.under(lease)
        if not await self._claim(tracker, action, tool, identity):
            return await self._on_record(tracker, action.id)
        outcome = await self._send(action, tool) if await self._still_ours(lease) else too_late(action)
        await settle(partial(self._record, action, outcome), action_id=str(action.id), status=outcome.status.value)
        return outcome

    async def _still_ours(self, lease: TurnLease | None) -> bool:
        """Look once more just before the request: whoever was frozen after the claim sends nothing."""
        if lease is None:
            return True
        try:
            async with self._pool.acquire() as connection:
                return await turns.is_held(connection, lease)
        except Exception as error:  # noqa: BLE001  # a driver has many words for a database that is gone
            log.warning("lease_not_checked", reason=str(error))
            return False

    async def _claim(
        self, tracker: ConversationTracker, action: Action, tool: Tool, identity: Mapping[str, Any]
    ) -> bool:
        """Win the right to send, for exactly what was consented to."""
        try:
            now_digest = digest_of(tool.spec, action.args, _shown(tool.preview(action.args)))
        except ToolError:
            now_digest = ""  # the tool no longer takes these arguments
        async with tracker.recording() as recording:
            connection = recording.connection
            await hold_for_claim(connection)
            if await pauses.pause_of(connection, tool.spec, action.agent):
                asked = await pauses.hold_back(recording, action, expires_at=datetime.now(UTC) + self._ttl)
                if asked is None:
                    await self._refuse(recording, action, pauses.refusal_of(action))
                    return False
            else:
                needed = requirements(action, action.args, tool.spec, identity)
                if now_digest != action.digest or next_to_ask(needed, await consents_to(connection, action)):
                    # Not what was shown, or the policy asks somebody who has not consented: nothing covers this.
                    await self._refuse(recording, action, changed())
                    return False
                roles = {one.role for one in needed}
                if not await actions.claim(
                    recording.connection, action_id=action.id, digest=action.digest, roles=roles
                ):
                    return False  # it was sent before
                await recording.append(action_changed(action, "executing"))
                return True
        raise ToolPaused(asked=asked)

    @staticmethod
    async def _refuse(recording: Recording, action: Action, outcome: ToolOutcome) -> None:
        if await actions.refuse(recording.connection, action_id=action.id, outcome=_stored(outcome)):
            await recording.append(action_changed(action, "failed", note=outcome.summary))

    async def _send(self, action: Action, tool: Tool) -> ToolOutcome:
        try:
            return await tool.run(action.args, idempotency_key=f"{_NAMESPACE}-{action.id}")
        except Exception:
            log.exception("action_broke", action_id=str(action.id), tool=action.tool)
            return unknown_outcome(action)

    async def _record(self, action: Action, outcome: ToolOutcome) -> None:
        async with self._tracker.recording() as recording:
            before = await actions.settle(
                recording.connection, action_id=action.id, status=outcome.status.value, outcome=_stored(outcome)
            )
            if before is None:
                return
            await recording.append(action_changed(action, outcome.status.value, note=outcome.summary))
            if before == "unknown" and outcome.status is not OutcomeStatus.UNKNOWN:
                await recording.append(_message(action, f"An answer has come after all. {outcome.summary}"))
                await _renew_receipt(recording, action)

    async def _on_record(self, tracker: ConversationTracker, action_id: UUID) -> ToolOutcome:
        """Return the stored outcome; an execution that nobody sends any more is *unknown*."""
        action = await self.get(action_id)
        if action.status == "executing":
            # Its thread runs one turn at a time and this is it: whoever claimed it before is gone.
            async with tracker.recording() as recording:
                await self._give_up(recording, action)
            action = await self.get(action_id)
        return outcome_of(action)

    async def _give_up(self, recording: Recording, action: Action) -> None:
        outcome = unknown_outcome(action)
        if await actions.give_up(recording.connection, action_id=action.id, outcome=_stored(outcome)):
            await recording.append(action_changed(action, "unknown", note=outcome.summary))


async def consents_to(connection: Connection, action: Action) -> list[Consent]:
    """List the consents to exactly what the action would do now, the oldest first."""
    given = await approvals.list_approved(connection, action_id=action.id, digest=action.digest)
    return [Consent(role=one.audience, by=one.decided_name) for one in given]


async def _renew_receipt(recording: Recording, action: Action) -> None:
    """Let the receipt that the customer has say what is known now."""
    receipt = await renewed_receipt(recording.connection, thread_id=action.thread_id, run_id=action.run_id)
    if receipt is not None:
        await recording.append(receipt)


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


def _new_action(call: Call, spec: ToolSpec, request: OutgoingRequest | None, needed: Sequence[Requirement]) -> Action:
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
        status="pending" if needed else "approved",
        consents=[one.kept() for one in needed],
        access=spec.access.value,
    )


def _shown(request: OutgoingRequest | None) -> dict[str, Any] | None:
    return request.shown() if request else None


def _finding(action: Action) -> Token:
    """Build the message that tells the customer what a person found out."""
    finding = "it was done" if action.status == "succeeded" else "it was not done"
    content = f"A member of the support team has checked “{action.title}”: {finding}."
    return _message(action, f"{content} {action.note}".strip() if action.note else content)


def _message(action: Action, content: str) -> Token:
    """Build the product's own message about an action that was unknown; stored once per action."""
    return Token(thread_id=action.thread_id, agent=SUPERVISOR, content=content, message_id=f"settled-{action.id}")


def _result(action: Action, outcome: ToolOutcome) -> ToolResult:
    """Build the frame of how an action ended."""
    return ToolResult(
        thread_id=action.thread_id,
        tool=action.tool,
        call_id=action.call_id,
        ok=outcome.ok,
        summary=outcome.summary,
        duration_ms=outcome.duration_ms,
        outcome=outcome.status.value,
    )


def _stored(outcome: ToolOutcome) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(json.dumps(asdict(outcome), default=str))
    return stored
