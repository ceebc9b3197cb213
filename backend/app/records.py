"""Records: events that are logged for staff and never sent to a customer.

With what customers see they are all that the event log can hold; `events/frame_table.py` says how each is treated.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from app.protocol import CustomerEvent, EventFrame, Frame


class TurnStarted(EventFrame):
    """A turn began, or began again after a crash or a retry."""

    type: Literal["turn_started"] = "turn_started"
    turn_id: str
    kind: Literal["message", "answer", "expiry"]
    attempt: int
    model: str


class Candidate(Frame):
    """One agent that the router considered."""

    agent: str
    confidence: float
    request: str = ""
    reason: str = ""


class Routed(EventFrame):
    """Who answers, and why."""

    type: Literal["routed"] = "routed"
    intents: list[Candidate]
    candidates: list[Candidate] = Field(default_factory=list)
    by: str
    """How it was decided: `model` or `words` by a router, `active` as a follow-up for whoever has the conversation,
    `agent` by an agent that handed over, `single` since there is only one."""
    duration_ms: int = 0


class ModelCalled(EventFrame):
    """One call of a language model."""

    type: Literal["model_called"] = "model_called"
    agent: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    estimated: bool
    """Whether the tokens were estimated because the provider did not report them."""
    time_to_first_token_ms: int | None
    duration_ms: int


class ModelFailed(EventFrame):
    """A call of a language model that was refused or broke off. What it had written by then is a `model_called` too."""

    type: Literal["model_failed"] = "model_failed"
    agent: str
    model: str
    code: str
    """What went wrong: one of the error codes."""
    message: str = ""
    """The same, in plain words."""
    http_status: int | None = None
    """What the provider answered, where it did."""
    duration_ms: int


class ClaimCorrected(EventFrame):
    """An agent said that something was done which no record shows; the customer was told so at once."""

    type: Literal["claim_corrected"] = "claim_corrected"
    agent: str
    message_id: str
    """The message that said so."""
    quote: str
    """What it said."""


class FailedAttempt(Frame):
    """An attempt that failed and was followed by another."""

    http_status: int | None = None
    """What the target answered, where it did."""
    error: str | None = None
    """What went wrong where no answer came: one of the error codes."""
    duration_ms: int


class ToolRan(EventFrame):
    """A request as it was sent and what came back; secrets masked."""

    type: Literal["tool_ran"] = "tool_ran"
    tool: str
    call_id: str
    agent: str
    request: dict[str, Any] | None
    http_status: int | None
    response: Any = None
    full_response: Any = None  # the whole answer, where the model read a part of it
    error: str | None = None
    retries: int = 0
    failed_attempts: list[FailedAttempt] = Field(default_factory=list)
    """Each attempt before the last, in order: as many as `retries`."""
    duration_ms: int = 0


class EvidenceShown(EventFrame):
    """A member of staff who decides on an approval was shown what the target says; each answer once."""

    type: Literal["evidence_shown"] = "evidence_shown"
    interrupt_id: str
    tool: str
    """The read that was run."""
    title: str = ""
    args: dict[str, Any]
    ok: bool
    summary: str
    data: Any = None
    """What it answered."""
    by: str
    """Who looked."""


class ActionChanged(EventFrame):
    """An action moved on in its life."""

    type: Literal["action_changed"] = "action_changed"
    action_id: str
    tool: str
    status: str
    args: dict[str, Any]
    by: str = ""
    note: str = ""
    name: str = ""
    """Which member of staff it was."""


class Redacted(EventFrame):
    """What the customer had said and shown was taken out of this conversation; the figures stay."""

    type: Literal["redacted"] = "redacted"
    by: str
    """Who did it: the name that staff signed in under."""
    reason: str = ""
    events: int = 0
    """How many events lost words by it."""


Record = (
    TurnStarted
    | Routed
    | ModelCalled
    | ModelFailed
    | ClaimCorrected
    | ToolRan
    | EvidenceShown
    | ActionChanged
    | Redacted
)

LoggedFrame = Annotated[CustomerEvent | Record, Field(discriminator="type")]
"""Frames of the event log: what customers saw, and the records for staff."""

LOGGED_FRAMES: Final[TypeAdapter[LoggedFrame]] = TypeAdapter(LoggedFrame)
