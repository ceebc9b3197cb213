"""Settling: records what a target has answered, through a loss of the database, and says why nothing was sent.

What is known must not become unknown because it could not be stored at once.
"""

from __future__ import annotations

import asyncio
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

import structlog

from app.errors import ToolInvalidInput, ToolNotPermitted, TurnLost
from app.tools.base import OutcomeStatus, ToolOutcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from app.db.actions import Action

FIRST_WAITS: Final = (0.5, 1.0, 2.0, 4.0)  # seconds: a database that restarts is back by then
WAIT: Final = 5.0  # between later attempts
GIVE_UP_SECONDS: Final = 900.0  # a database that is away for longer is an incident; the log has kept the outcome

log = structlog.get_logger(__name__)


def waits() -> Iterator[float]:
    """Yield how long to wait before each further attempt, until it is given up."""
    waited = 0.0
    for seconds in chain(FIRST_WAITS, repeat(WAIT)):
        waited += seconds
        if waited > GIVE_UP_SECONDS:
            return
        yield seconds


async def settle(record: Callable[[], Awaitable[None]], *, action_id: str, status: str) -> None:
    """Record an outcome; raises the last failure where the database has been away for a quarter of an hour."""
    for seconds in waits():
        try:
            return await record()
        except Exception as error:  # noqa: BLE001  # a driver has many words for a database that is gone
            log.warning("action_not_settled_yet", action_id=action_id, status=status, reason=str(error))
            await asyncio.sleep(seconds)
    return await record()


def cancelled(action: Action) -> ToolOutcome:
    """Say that the customer stopped it before it was sent."""
    return ToolOutcome(
        status=OutcomeStatus.FAILED,
        summary=f"{action.title}: you stopped this before it was sent, so nothing was sent. Ask again if you want it.",
        error=ToolNotPermitted.code,
    )


def too_late(action: Action) -> ToolOutcome:
    """Say that another replica had taken the turn over before it was sent."""
    return ToolOutcome(
        status=OutcomeStatus.FAILED,
        summary=f"{action.title}: our system was interrupted before it was sent, so nothing was sent. Ask again.",
        error=TurnLost.code,
    )


def changed() -> ToolOutcome:
    """Say that consent does not cover what would be sent now."""
    return ToolOutcome(
        status=OutcomeStatus.FAILED,
        summary="What this would do has changed since it was approved, so nothing was sent. Please ask again.",
        error=ToolInvalidInput.code,
    )
