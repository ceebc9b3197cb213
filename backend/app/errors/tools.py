"""Taxonomy of tool failures: what a model or a person may do next follows from the class alone."""

from __future__ import annotations

from app.errors.base import AppError


class ToolError(AppError):
    """A tool could not do what was asked. The subclass is its place in the taxonomy.

    transient: trying again may help (`ToolTransient`); invalid input: other values may help
    (`ToolInvalidInput`); not permitted: nobody should try again (`ToolNotPermitted`); unavailable: later
    (`ToolUnavailable`); unknown: the effect cannot be known (`ToolOutcomeUnknown`).
    """

    code = "tool_failed"
    status = 502
    sentence = "The system behind this could not do it."


class ToolTransient(ToolError):
    """The target failed in a way that usually passes."""

    code = "tool_transient"
    retryable = True


class ToolInvalidInput(ToolError):
    """The target, or the tool's schema, refuses the values."""

    code = "tool_invalid_input"
    status = 422


class ToolNotPermitted(ToolError):
    """The target, or our rules, do not allow it."""

    code = "tool_not_permitted"
    status = 403


class ToolUnavailable(ToolError):
    """The target cannot be reached."""

    code = "tool_unavailable"
    status = 503
    retryable = True


class ToolRepeated(ToolError):
    """Exactly this action waits already, is being carried out, is not settled yet, or was just declined."""

    code = "tool_repeated"
    status = 409


class ToolTooMany(ToolError):
    """More calls in one message, or more open approvals, than anybody can look at."""

    code = "tool_too_many"
    status = 429


class ToolOutcomeUnknown(ToolError):
    """The request was sent and no answer came: whether it took effect cannot be known."""

    code = "tool_outcome_unknown"
    status = 504


class ToolUnknown(ToolError):
    """No tool of that name: it was never there, or it was withdrawn."""

    code = "tool_unknown"
    status = 404


class IdentityRequired(ToolNotPermitted):
    """The tool acts for a customer, and who that is has not been verified."""

    code = "identity_required"
    sentence = (
        "For this I have to know who you are. Please sign in on the page that this chat belongs to, then ask again."
    )


class ToolPaused(ToolNotPermitted):
    """Staff have paused all actions, the API, the tool or the agent, so nothing was sent."""

    code = "tool_paused"
    status = 409
    sentence = "This is paused by the support team at the moment, so nothing was sent. Please ask again later."


class AddressRefused(ToolNotPermitted):
    """An outgoing request to an address that nobody allowed."""

    code = "address_refused"
