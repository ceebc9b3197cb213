"""Frame dispatcher: one text frame in, the one method of a conversation that it asks for, every failure out as a frame.

A frame is parsed once. Whatever goes wrong is answered with a code and a plain sentence, naming the conversation and
what can be sent again as far as they could be read; the connection stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from app.db.reach import away
from app.errors import AppError, ApprovalExpired, InternalError
from app.protocol import (
    Cancel,
    ErrorFrame,
    Feedback,
    InterruptExpiredNotice,
    InterruptResponse,
    Message,
    Resume,
)
from app.ws.parse import parse_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.protocol import ClientFrame, ServerFrame

log = structlog.get_logger(__name__)


class Turns(Protocol):
    """What can be done with a conversation; one method per client frame."""

    async def message(self, frame: Message, /) -> None:
        """Answer a message."""

    async def answer(self, frame: InterruptResponse, /) -> None:
        """Take an answer to an approval."""

    async def resume(self, frame: Resume, /) -> None:
        """Send what was missed, then everything live."""

    async def cancel(self, frame: Cancel, /) -> None:
        """Stop the running generation."""

    async def feedback(self, frame: Feedback, /) -> None:
        """Record a rating."""


def _admit_all(_: ClientFrame) -> None:
    pass


async def dispatch(raw: str, turns: Turns, *, admit: Callable[[ClientFrame], None] = _admit_all) -> ServerFrame | None:
    """Do what one text frame asks; `admit` raises where a limit is passed.

    Returns the frame that tells the sender of a failure; None where nothing failed.
    """
    frame = None
    try:
        frame = parse_frame(raw)
        admit(frame)
        await _hand_on(frame, turns)
    except AppError as error:
        refusal = failure(error, frame)
        log.info("frame_refused", code=error.code, thread_id=refusal.thread_id)
        return refusal
    except Exception as error:
        if (fact := away(error)) is not None:
            log.warning("frame_refused", code=fact.code, reason=str(error))
            return failure(fact, frame)
        refusal = failure(InternalError(), frame)
        log.exception("frame_broke", thread_id=refusal.thread_id)
        return refusal
    return None


async def _hand_on(frame: ClientFrame, turns: Turns) -> None:
    match frame:
        case Message():
            await turns.message(frame)
        case InterruptResponse():
            await turns.answer(frame)
        case Resume():
            await turns.resume(frame)
        case Cancel():
            await turns.cancel(frame)
        case Feedback():
            await turns.feedback(frame)


def failure(error: AppError, frame: ClientFrame | None = None) -> ServerFrame:
    """Build the frame of a failure; it names what can be sent again.

    Without a `frame`, one that could not be parsed is meant: the error may know its conversation all the same.
    """
    thread_id: str | None = frame.thread_id if frame else error.details.get("thread_id")
    if isinstance(error, ApprovalExpired) and thread_id:
        return InterruptExpiredNotice(
            thread_id=thread_id, interrupt_id=str(error.details.get("interrupt_id", "")), message=error.message
        )
    return ErrorFrame(
        thread_id=thread_id,
        code=error.code,
        message=error.message,
        retryable=error.retryable,
        message_id=frame.message_id if isinstance(frame, Message) else None,
        interrupt_id=frame.interrupt_id if isinstance(frame, InterruptResponse) else None,
        retry_after_seconds=error.details.get("retry_after_seconds"),
    )
