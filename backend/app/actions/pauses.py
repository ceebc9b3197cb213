"""Kill switch: staff pause all actions, or one API, tool or agent, and let it go on; the log says who, when and why.

A pause of all actions stops writes; one of an API, a tool or an agent stops its look-ups too. What waits stays waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.actions.approval_card import action_changed, asked_anew
from app.db import actions, approvals, pauses, review_log
from app.errors import NotFound, ToolPaused
from app.protocol import SUPERVISOR, Token
from app.tools.base import Access, OutcomeStatus, ToolOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from app.db.actions import Action
    from app.db.pauses import Pause, PauseKind
    from app.db.pool import Connection, Pool
    from app.events.tracker import Recording
    from app.protocol import InterruptRequest
    from app.tools.base import ToolSpec

BUILTIN: Final = "builtin"  # the source of tools that leave the process by no request: a person can always be asked for


async def pause_of(connection: Connection, spec: ToolSpec, agent: str) -> Pause | None:
    """Return the pause that keeps this agent's call of a tool from being sent; None where none does."""
    if spec.source == BUILTIN:
        return None
    writes = spec.access is not Access.READ
    return await pauses.covering(connection, tool=spec.name, api=spec.source, agent=agent, writes=writes)


async def check(connection: Connection, spec: ToolSpec, agent: str) -> None:
    """Return where nothing is paused; raise `ToolPaused`, in a sentence for the customer, otherwise."""
    if await pause_of(connection, spec, agent):
        raise ToolPaused(f"{spec.title}: {ToolPaused.sentence}")


async def hold_back(recording: Recording, action: Action, *, expires_at: datetime) -> InterruptRequest | None:
    """Let a paused action wait for consent anew: by the time it goes on, the customer may want it no longer.

    None where it is not (or no longer) approved, or where nobody was asked.
    """
    connection = recording.connection
    newest = await approvals.newest_of_action(connection, action_id=action.id)
    if newest is None or not await actions.ask_anew(connection, action_id=action.id):
        return None
    asked = await asked_anew(connection, action, newest, expires_at=expires_at)
    await recording.append(action_changed(action, "paused"))
    text = f"“{action.title}” is paused by the support team, so it was not sent. It waits: approve it again below."
    token = Token(thread_id=action.thread_id, agent=SUPERVISOR, content=text, message_id=f"paused-{asked.interrupt_id}")
    await recording.append(token)
    return asked


def refusal_of(action: Action) -> ToolOutcome:
    """Say that a paused action that nobody was asked about was not sent."""
    summary = f"{action.title}: {ToolPaused.sentence}"
    return ToolOutcome(status=OutcomeStatus.FAILED, summary=summary, error=ToolPaused.code)


class KillSwitch:
    """Pauses, and ends pauses; each is in the review log."""

    def __init__(self, *, pool: Pool) -> None:
        """Keep them in the database, where every replica reads them."""
        self._pool = pool

    async def list_all(self) -> list[Pause]:
        """List what is paused, the widest first."""
        async with self._pool.acquire() as connection:
            return await pauses.list_all(connection)

    async def pause(self, kind: PauseKind, name: str, *, by: str, why: str) -> int:
        """Send nothing of it from now on, and return how many actions were claimed before and have no outcome yet.

        What is paused already stays as it was.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            if await pauses.begin(connection, kind=kind, name=name, by=by, why=why):
                await _record(connection, "paused", kind, name, by=by, why=why)
            return await pauses.count_under_way(connection)

    async def resume(self, kind: PauseKind, name: str, *, by: str, why: str) -> None:
        """Let it go on; raises `NotFound` where it is not paused."""
        async with self._pool.acquire() as connection, connection.transaction():
            if not await pauses.end(connection, kind=kind, name=name):
                raise NotFound("That is not paused. Somebody may have let it go on already.")
            await _record(connection, "resumed", kind, name, by=by, why=why)


async def _record(
    connection: Connection, what: review_log.What, kind: PauseKind, name: str, *, by: str, why: str
) -> None:
    await review_log.record(
        connection,
        by=by,
        what=what,
        api_name=name if kind == "api" else "",
        details={"kind": kind, "name": name, "why": why},
    )
