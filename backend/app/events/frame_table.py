"""Frame table: how each type of event is logged once, searched, counted, redacted, shown and remembered.

One row per member of `LoggedFrame`. Tracker, search, fold, redaction, exports and the model's history read their part
of it, so a new type is declared here and nowhere else. A type without a row, or a row that names a field which its
type lacks, is an error at import.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.events.frame_row import (
    REDACTED,
    Data,
    FrameRow,
    action_status,
    agents_alone,
    asked,
    called,
    candidates,
    customer_text,
    everything,
    failed_model,
    lines_alone,
    receipt,
    remark,
    request,
    response,
)
from app.protocol import (
    Clarification,
    CustomerFeedback,
    CustomerMessage,
    ErrorFrame,
    Escalated,
    EventFrame,
    InterruptExpiredNotice,
    InterruptRequest,
    InterruptResolved,
    MessageComplete,
    Receipt,
    Token,
    ToolCall,
    ToolResult,
    members,
)
from app.records import (
    ActionChanged,
    ClaimCorrected,
    EvidenceShown,
    LoggedFrame,
    ModelCalled,
    ModelFailed,
    Redacted,
    Routed,
    ToolRan,
    TurnStarted,
)

ALL: Final = Data(label="All of it", of=everything)
ARGUMENTS: Final = Data(label="Arguments", of="args", opened=True)


# --- the table --------------------------------------------------------------------------------------------------

_TABLE: Final[Mapping[type[EventFrame], FrameRow]] = {
    CustomerMessage: FrameRow(
        label="Customer",
        shown=("content",),
        once=(),
        searched=("thread_id", "content"),
        counted=("content",),
        kept=(),
        rewritten={"content": customer_text},
        history=True,
        changes="activity",
    ),
    CustomerFeedback: FrameRow(
        label="Rating",
        shown=(lambda frame: [f"{frame['rating']} of 5"], "comment"),
        once=(),
        searched=("comment",),
        counted=("rating",),
        kept=("rating",),
        rewritten={"comment": remark},
        mark="feedback",
    ),
    Token: FrameRow(
        label="Agent",
        shown=("content",),
        once=("message_id",),
        columns=("agent",),
        searched=("content",),
        counted=(),
        kept=("agent", "message_id"),
        replaced={"content": REDACTED},
        history=True,
    ),
    ToolCall: FrameRow(
        label="Tool called",
        shown=(called("tool"), ARGUMENTS),
        once=("scope", "call_id"),
        columns=("agent",),
        searched=("tool", "title", "args", "call_id"),
        counted=("tool",),
        kept=("agent", "tool", "call_id", "title"),
        replaced={"args": {}},
        history=True,
    ),
    ToolResult: FrameRow(
        label="Tool's result",
        shown=("outcome", "summary"),
        once=("scope", "call_id"),
        columns=("duration_ms",),
        searched=("summary",),
        counted=("tool", "outcome"),
        kept=("tool", "call_id", "ok", "duration_ms", "outcome"),
        replaced={"summary": REDACTED},
        history=True,
        mark="error",
    ),
    InterruptRequest: FrameRow(
        label="Approval asked for",
        shown=(
            called("action"),
            asked,
            Data(label="Edited from", of="edited_from", opened=True),
            ARGUMENTS,
            Data(label="Request that would be sent", of="request"),
        ),
        once=("interrupt_id",),
        columns=("agent",),
        searched=("interrupt_id", "action", "title", "target", "args"),
        counted=("interrupt_id", "audience"),
        kept=(
            *("interrupt_id", "action", "target", "audience", "expires_at", "agent", "call_id", "edited_by", "given"),
            "access",
        ),
        replaced={"args": {}},
        history=True,
        mark="approval",
    ),
    InterruptResolved: FrameRow(
        label="Approval answered",
        shown=(lambda frame: [f"{frame['decision']} by {frame['by']}"], "comment"),
        once=(),
        searched=("comment",),
        counted=("interrupt_id", "decision", "next", "by"),
        kept=("interrupt_id", "decision", "by", "next"),
        rewritten={"comment": remark},
        history=True,
        changes="activity",
    ),
    InterruptExpiredNotice: FrameRow(
        label="Approval expired",
        shown=("message",),
        once=("interrupt_id",),
        searched=(),
        counted=("interrupt_id",),
        kept=("interrupt_id",),
        replaced={"message": REDACTED},
        history=True,
    ),
    Clarification: FrameRow(
        label="Question",
        shown=("message", "options"),
        once=(),
        searched=("message", "options"),
        counted=(),
        kept=(),
        replaced={"message": REDACTED},
        history=True,
    ),
    Escalated: FrameRow(
        label="Handed to a person",
        shown=("reason", "message"),
        once=("scope",),
        searched=("reason", "message"),
        counted=(),
        kept=(),
        replaced={"reason": REDACTED, "message": REDACTED},
        mark="escalation",
        changes="escalation",
    ),
    Receipt: FrameRow(
        label="Receipt",
        shown=(receipt,),
        once=(),  # a turn that is tried again has another one
        searched=(),  # its words stand in the calls
        counted=None,
        kept=("run_id", "changed", "language"),
        rewritten={"lines": lines_alone},
    ),
    MessageComplete: FrameRow(
        label="Turn over",
        shown=(ALL,),
        once=("turn_id",),
        searched=(),
        counted=("ended",),
        kept=("usage", "cancelled", "ended"),
        changes="end",
    ),
    ErrorFrame: FrameRow(
        label="Error",
        shown=("code", "message"),
        once=(),
        searched=("code", "message"),
        counted=("code",),
        kept=("code", "retryable", "interrupt_id", "retry_after_seconds"),
        replaced={"message": REDACTED},
        mark="error",
    ),
    TurnStarted: FrameRow(
        label="Turn began",
        shown=(ALL,),
        once=(),
        searched=(),
        counted=None,
        kept=("turn_id", "kind", "attempt", "model"),
    ),
    Routed: FrameRow(
        label="Routing",
        shown=(candidates,),
        once=(),
        columns=("duration_ms",),
        searched=(),
        counted=None,
        kept=("by", "duration_ms"),
        rewritten={"intents": agents_alone, "candidates": agents_alone},
    ),
    ModelCalled: FrameRow(
        label="Model called",
        shown=("model",),
        once=(),
        # Only the model's calls carry tokens: a turn's totals beside them would be counted twice in a sum.
        columns=("agent", "duration_ms", "prompt_tokens", "completion_tokens", "cost_usd"),
        searched=(),
        counted=("model", "time_to_first_token_ms"),
        kept=(
            *("agent", "model", "prompt_tokens", "completion_tokens", "cost_usd", "estimated"),
            *("time_to_first_token_ms", "duration_ms"),
        ),
    ),
    ModelFailed: FrameRow(
        label="Model failed",
        shown=(failed_model, "message"),
        once=(),
        columns=("agent", "duration_ms"),
        searched=(),
        counted=None,
        kept=("agent", "model", "code", "http_status", "duration_ms"),
    ),
    ClaimCorrected: FrameRow(
        label="Claim corrected",
        shown=("quote",),
        once=(),
        columns=("agent",),
        searched=(),  # its words stand in the message
        counted=None,
        kept=("agent",),
        replaced={"quote": REDACTED, "message_id": ""},
    ),
    ToolRan: FrameRow(
        label="Request and answer",
        shown=(
            request,
            Data(label="Request as it was sent", of="request"),
            Data(label="Answer", of=response),
        ),
        once=("scope", "call_id"),
        columns=("agent", "duration_ms"),
        searched=("error",),  # what a tool answered is found by what was said of it
        counted=None,
        kept=("tool", "call_id", "agent", "http_status", "error", "retries", "failed_attempts", "duration_ms"),
        replaced={"request": None},
    ),
    EvidenceShown: FrameRow(
        label="Evidence",
        shown=(
            lambda frame: [f"{frame.get('title') or frame['tool']} ({frame['tool']}), seen by {frame['by']}"],
            "summary",
            Data(label="What the target said", of="data"),
        ),
        once=("scope",),
        searched=(),
        counted=None,
        kept=("interrupt_id", "tool", "title", "ok", "by"),
        replaced={"args": {}, "summary": REDACTED},
    ),
    ActionChanged: FrameRow(
        label="Action",
        shown=(action_status, "note"),
        once=(),
        searched=("action_id", "args", "note", "name"),
        counted=("status", "action_id", "by"),
        kept=("action_id", "tool", "status", "by", "name"),
        replaced={"args": {}},
    ),
    Redacted: FrameRow(
        label="Redacted",
        shown=("by", "reason"),
        once=(),
        searched=(),
        counted=None,
        kept=("by", "reason", "events"),
    ),
}


# --- what is read of it -----------------------------------------------------------------------------------------


def _checked(table: Mapping[type[EventFrame], FrameRow]) -> dict[str, FrameRow]:
    """Return the rows by type; raises `TypeError` where the table and the union do not agree."""
    if wrong := set(table) ^ set(members(LoggedFrame)):
        raise TypeError(f"these are in the frame table or in LoggedFrame alone: {sorted(map(str, wrong))}")
    for kind, row in table.items():
        if unknown := set(row.fields()) - set(kind.model_fields):
            raise TypeError(f"the row of {kind.__name__} names fields that it lacks: {sorted(unknown)}")
    return {kind.model_fields["type"].default: row for kind, row in table.items()}


FRAMES: Final[Mapping[str, FrameRow]] = _checked(_TABLE)
"""Row by type."""
HISTORY_TYPES: Final = [name for name, row in FRAMES.items() if row.history]
READ_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(dict.fromkeys((*(row.counted or ()), *row.searched))) for name, row in FRAMES.items()
}
"""By type: what any fold reads of a frame."""
