"""What is left of an event once a customer's words are taken out: its shape, its figures, and nothing they said.

Every kind of event names what it keeps. What is not named is gone, so a field that is added later is forgotten
unless somebody decides that it may stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

REDACTED: Final = "[redacted]"
REDACTED_THANKS: Final = "[redacted] Thank you."
"""In the place of a message that said that all is done: the outcome of the conversation depends on it."""

Frame = Mapping[str, Any]
_ALWAYS: Final = ("type", "thread_id", "seq", "at")
_KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "message": (),
    "feedback": ("rating",),
    "token": ("agent", "message_id"),
    "tool_call": ("agent", "tool", "call_id", "title"),
    "tool_result": ("tool", "call_id", "ok", "duration_ms", "outcome"),
    "interrupt": (
        "interrupt_id",
        "action",
        "target",
        "audience",
        "expires_at",
        "agent",
        "call_id",
        "edited_by",
        "given",
        "access",
    ),
    "interrupt_resolved": ("interrupt_id", "decision", "by", "next"),
    "interrupt_expired": ("interrupt_id",),
    "clarification": (),
    "escalated": (),
    "message_complete": ("usage", "cancelled", "ended"),
    "error": ("code", "retryable", "interrupt_id", "retry_after_seconds"),
    "turn_started": ("turn_id", "kind", "attempt", "model"),
    "routed": ("by", "duration_ms"),
    "model_called": (
        "agent",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
        "estimated",
        "time_to_first_token_ms",
        "duration_ms",
    ),
    "model_failed": ("agent", "model", "code", "http_status", "duration_ms"),
    "tool_ran": ("tool", "call_id", "agent", "http_status", "error", "retries", "failed_attempts", "duration_ms"),
    "evidence_shown": ("interrupt_id", "tool", "title", "ok", "by"),
    "action_changed": ("action_id", "tool", "status", "by", "name"),
    "redacted": ("by", "reason", "events"),
}
_INSTEAD: Final[Mapping[str, Mapping[str, Any]]] = {
    "token": {"content": REDACTED},
    "tool_call": {"args": {}},
    "tool_result": {"summary": REDACTED},
    "interrupt": {"args": {}},
    "interrupt_expired": {"message": REDACTED},
    "clarification": {"message": REDACTED},
    "escalated": {"reason": REDACTED, "message": REDACTED},
    "error": {"message": REDACTED},
    "tool_ran": {"request": None},
    "evidence_shown": {"args": {}, "summary": REDACTED},
    "action_changed": {"args": {}},
}
"""What a frame of a kind cannot do without."""


def redact(frame: Frame, *, confirms: Callable[[str], bool]) -> dict[str, Any]:
    """Return the frame without anything that was said, shown, sent or answered in it; again, it changes nothing.

    `confirms` says whether a customer's message says that all is done.
    """
    kind = frame["type"]
    left = {name: frame[name] for name in (*_ALWAYS, *_KEPT.get(kind, ())) if name in frame}
    left |= _INSTEAD.get(kind, {})
    if kind == "message":
        left["content"] = REDACTED_THANKS if confirms(frame.get("content", "")) else REDACTED
    elif kind == "routed":
        for name in ("intents", "candidates"):
            left[name] = [{"agent": one["agent"], "confidence": one["confidence"]} for one in frame.get(name, ())]
    elif kind in {"feedback", "interrupt_resolved"} and frame.get("comment"):
        left["comment"] = REDACTED
    return left
