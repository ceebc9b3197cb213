"""Failures of a conversation: it has expired, it has ended, it is busy, or it is somebody else's."""

from __future__ import annotations

from app.errors.base import AppError


class SessionExpired(AppError):
    """The conversation had no message for longer than its time to live."""

    code = "session_expired"
    status = 410
    sentence = "This conversation has expired because nothing was said for a while. Please start a new one."


class ConversationEnded(AppError):
    """The conversation was ended on purpose."""

    code = "conversation_ended"
    status = 410
    sentence = "This conversation has ended. Please start a new one."


class ConversationUnknown(AppError):
    """No such conversation for this caller; somebody else's is as good as unknown."""

    code = "conversation_unknown"
    status = 404
    sentence = "There is no such conversation here. Please start a new one."


class ConversationBusy(AppError):
    """A conversation that cannot be forgotten while a turn runs or an approval waits in it."""

    code = "conversation_busy"
    status = 409
    retryable = True
    sentence = "Something is still going on in this conversation. Wait until it is over, or decide its approvals first."


class TurnCrashed(AppError):
    """A turn that took down whatever worked on it, more than once; what is in it does so, or about it."""

    code = "turn_crashed"
    status = 500
    sentence = "Working on this message stopped our system twice, so it is not tried again. Say it in other words."


class TurnLost(AppError):
    """A turn that another replica runs by now, or that is over: whoever still works on it has to stop."""

    code = "turn_lost"
    status = 500
    retryable = True
    sentence = "Another server has taken this over, so nothing more is done here."


class MessageConflict(AppError):
    """The same message_id came again with another text."""

    code = "message_conflict"
    status = 409
    sentence = "A different message was already sent with this message_id. Use a new one."
