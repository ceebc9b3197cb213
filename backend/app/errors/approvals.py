"""Failures of an approval or its action. The codes keep the wire's word, interrupt."""

from __future__ import annotations

from app.errors.base import AppError


class NothingPending(AppError):
    """An answer came although nothing waits for consent."""

    code = "nothing_pending"
    status = 409
    sentence = "Nothing is waiting for your approval in this conversation."


class ApprovalUnknown(AppError):
    """No such approval in this conversation."""

    code = "interrupt_unknown"
    status = 404
    sentence = "There is no such approval in this conversation."


class ApprovalAmbiguous(AppError):
    """Several approvals wait and the answer names none."""

    code = "interrupt_ambiguous"
    status = 409
    sentence = "Several approvals are waiting. Please say which one you mean by its interrupt_id."


class ApprovalAnswered(AppError):
    """The approval was already answered; the first answer stands."""

    code = "interrupt_answered"
    status = 409
    sentence = "This approval has already been answered. The first answer stands."


class ApprovalExpired(AppError):
    """The approval was answered too late; nothing was sent."""

    code = "interrupt_expired"
    status = 410
    sentence = "This approval has expired, so nothing was sent. Ask again if you still want it."


def expiry_message(action: str, title: str) -> str:
    """Say which action expired and offer to try again."""
    what = f"{title} ({action})" if title and title != action else action
    return f"The approval for {what} has expired, so nothing was sent. If you still want it, just ask again."


class ConsentNotYours(AppError):
    """The approval waits for somebody else."""

    code = "consent_not_yours"
    status = 403
    sentence = "A member of the support team decides this one. There is nothing you need to do."


class ActionPaused(AppError):
    """A yes to an action that staff have paused; the approval goes on waiting."""

    code = "action_paused"
    status = 409
    sentence = (
        "This is paused by the support team at the moment, so nothing was sent. It keeps waiting for your answer."
    )


class ArgumentsInvalid(AppError):
    """Arguments that the tool's schema refuses."""

    code = "invalid_arguments"
    status = 422
    sentence = "These values do not fit what the operation accepts."


class ActionSettled(AppError):
    """The action's outcome is already known; the first record stands."""

    code = "action_settled"
    status = 409
    sentence = "This action's outcome has already been recorded."
