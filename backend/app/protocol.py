"""The one definition of what travels on the socket and what the event log stores.

`ClientFrame` is everything a client may send, `ServerFrame` everything it may receive, `Record` what is logged
for staff and never sent to a customer. The frontend's types and `docs/protocol.md` are generated from here.
"""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, TypeAdapter, ValidationError

from app.errors import ContentTooLong, FrameTooLarge, InvalidFrame, InvalidJson, UnknownFrameType

# --- limits, each with its reason ------------------------------------------------------------------------------

MAX_FRAME_BYTES: Final = 32 * 1024  # the longest content in any common script, plus the envelope
MAX_CONTENT_CHARS: Final = 10_000  # several pages: longer text is a document, not a chat message
MAX_COMMENT_CHARS: Final = 2_000  # a reason or a remark, not a letter
MAX_ID_CHARS: Final = 128  # room for any client's own ids, short enough to index and to log
MESSAGES_PER_WINDOW: Final = 10  # a fast typist with short messages stays under it
WINDOW_SECONDS: Final = 10.0
MAX_WAITING_TURNS: Final = 10  # more than a person can read answers to; protects the queue
SEND_QUEUE_FRAMES: Final = 2_000  # a whole long answer, token by token; beyond it the peer does not read
FIRST_FRAME_SECONDS: Final = 10.0  # a client that connects has something to say; silent sockets cost memory
HEARTBEAT_SECONDS: Final = 20.0  # under the idle limits of common proxies and phone networks
MAX_SOCKETS_PER_VISITOR: Final = 20  # many tabs, yet one visitor cannot take all file descriptors
RESUME_PAGE_EVENTS: Final = 500  # events sent at a time on a resume, so that a long log never fills memory

SUPERVISOR: Final = "supervisor"  # who speaks where no agent does: the product itself

ThreadId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_CHARS)]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


# --- client to server ------------------------------------------------------------------------------------------


class Message(_Frame):
    """The customer says something."""

    type: Literal["message"] = "message"
    thread_id: ThreadId
    content: Annotated[str, StringConstraints(min_length=1, max_length=MAX_CONTENT_CHARS)]
    """1 to 10,000 characters, not blank."""
    message_id: Identifier | None = None
    """The client's own id. Sent again, the same message is never taken twice; a failed turn is tried again. A
    client that sends one also follows the conversation, as after `resume`."""


class InterruptResponse(_Frame):
    """Somebody answers an approval."""

    type: Literal["interrupt_response"] = "interrupt_response"
    thread_id: ThreadId
    approved: StrictBool  # consent is `true`, nothing that looks like it
    interrupt_id: Identifier | None = None
    """Which approval; may be left out while exactly one is pending."""
    args: dict[str, Any] | None = None
    """Edited arguments, whole. They are checked and shown again as a new approval; nothing is sent yet."""
    comment: Annotated[str, StringConstraints(max_length=MAX_COMMENT_CHARS)] | None = None


class Resume(_Frame):
    """Follow a conversation: what was missed after event `after`, then everything live."""

    type: Literal["resume"] = "resume"
    thread_id: ThreadId
    after: Annotated[int, Field(strict=True, ge=0, le=2**53)] = 0


class Cancel(_Frame):
    """Stop the running generation; what was said so far is kept."""

    type: Literal["cancel"] = "cancel"
    thread_id: ThreadId


class Feedback(_Frame):
    """The customer's satisfaction."""

    type: Literal["feedback"] = "feedback"
    thread_id: ThreadId
    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    """1 (bad) to 5 (very good)."""
    comment: Annotated[str, StringConstraints(max_length=MAX_COMMENT_CHARS)] | None = None


ClientFrame = Annotated[Message | InterruptResponse | Resume | Cancel | Feedback, Field(discriminator="type")]


# --- server to client ------------------------------------------------------------------------------------------


class _Event(_Frame):
    thread_id: str
    seq: int | None = None
    """The event's number in its conversation: rising, not without gaps (staff's records are numbered too). None
    while the frame is live only."""
    at: datetime | None = None
    """When it was stored."""


class CustomerMessage(_Event):
    """What the customer said, as stored. Sent to followers only."""

    type: Literal["message"] = "message"
    content: str
    message_id: str | None = None


class CustomerFeedback(_Event):
    """The customer's rating, as stored. Sent to followers only."""

    type: Literal["feedback"] = "feedback"
    rating: int
    comment: str | None = None


class Token(_Event):
    """A piece of an answer. With a number it is the whole text of a finished message, for followers."""

    type: Literal["token"] = "token"
    agent: str
    content: str
    message_id: str = ""
    """Which message the piece belongs to."""
    offset: int = 0
    """Where the piece starts in its message, in UTF-16 code units, as browsers count characters."""


class ToolCall(_Event):
    """A tool is called, with its complete arguments; once a call."""

    type: Literal["tool_call"] = "tool_call"
    agent: str
    tool: str
    args: dict[str, Any]
    call_id: str
    title: str = ""
    """What the tool does, in words for people."""


Outcome = Literal["succeeded", "failed", "rejected", "expired", "unknown"]


class ToolResult(_Event):
    """How a call of a tool ended."""

    type: Literal["tool_result"] = "tool_result"
    tool: str
    call_id: str
    ok: bool
    summary: str
    duration_ms: int
    outcome: Outcome = "succeeded"
    """`unknown`: the request was sent and no answer came; a person looks into it."""


Audience = Literal["customer", "operator"]


class InterruptRequest(_Event):
    """An action waits for consent; one frame an action."""

    type: Literal["interrupt"] = "interrupt"
    interrupt_id: str
    action: str
    """The tool that will run."""
    args: dict[str, Any]
    title: str = ""
    """What will happen, in one sentence."""
    target: str = ""
    """Where it will happen."""
    request: dict[str, Any] | None = None
    """Exactly what will be sent: method, url, headers, body."""
    audience: Audience = "customer"
    """Who may answer."""
    expires_at: datetime
    agent: str = ""
    call_id: str = ""
    args_schema: dict[str, Any] | None = None
    """The JSON schema of `args`, for editing."""
    edited_from: dict[str, Any] | None = None
    """The arguments before a person edited them; none where nobody did."""
    edited_by: Audience | None = None
    """Who edited them."""
    given: list[Audience] = Field(default_factory=list)
    """Who has consented to exactly this already."""
    access: str = ""
    """What the action may do: write, destructive (it cannot be taken back) or unknown."""


Decision = Literal["approved", "rejected", "edited"]


class InterruptResolved(_Event):
    """An approval was answered. `edited`: a new approval with the edited arguments follows."""

    type: Literal["interrupt_resolved"] = "interrupt_resolved"
    interrupt_id: str
    decision: Decision
    by: Audience
    comment: str | None = None
    next: Audience | None = None
    """Who is asked now; none where nobody has to be asked any more."""


class InterruptExpiredNotice(_Event):
    """An approval was not answered in time; nothing was sent."""

    type: Literal["interrupt_expired"] = "interrupt_expired"
    interrupt_id: str
    message: str


class Clarification(_Event):
    """The product asks what the customer means."""

    type: Literal["clarification"] = "clarification"
    message: str
    options: list[str] = Field(default_factory=list)


class Escalated(_Event):
    """The conversation was handed to a person."""

    type: Literal["escalated"] = "escalated"
    reason: str
    message: str


class Usage(_Frame):
    """Tokens and cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    """None where the model's price is not known."""
    model_calls: int = 0


class MessageComplete(_Event):
    """The turn is over and nothing in it asks for an answer."""

    type: Literal["message_complete"] = "message_complete"
    usage: Usage = Field(default_factory=Usage)
    """Totals of this turn."""
    cancelled: bool = False
    """The customer stopped it."""
    ended: bool = False
    """The conversation has ended; a rating is welcome."""


class ErrorFrame(_Event):
    """What went wrong, and what to do next."""

    type: Literal["error"] = "error"
    thread_id: str | None = None  # type: ignore[assignment]  # a frame that could not be read names no conversation
    code: str
    message: str
    retryable: bool
    message_id: str | None = None
    """The message that failed; send it again, unchanged, to try again."""
    interrupt_id: str | None = None
    """The answered approval whose turn failed; answer it again, the same way, to try again."""
    retry_after_seconds: float | None = None


class Resumed(_Event):
    """Everything missed has been sent; what follows is live. Sent to followers only."""

    type: Literal["resumed"] = "resumed"
    last: int
    """The number of the newest event."""
    running: bool
    """Whether a turn is running or waiting to run."""
    ended: bool = False
    """Whether the conversation is over: ended or expired."""


ServerFrame = Annotated[
    CustomerMessage
    | CustomerFeedback
    | Token
    | ToolCall
    | ToolResult
    | InterruptRequest
    | InterruptResolved
    | InterruptExpiredNotice
    | Clarification
    | Escalated
    | MessageComplete
    | ErrorFrame
    | Resumed,
    Field(discriminator="type"),
]


# --- logged for staff, never sent to a customer ----------------------------------------------------------------


class TurnStarted(_Event):
    """A turn began, or began again after a crash or a retry."""

    type: Literal["turn_started"] = "turn_started"
    turn_id: str
    kind: Literal["message", "answer", "expiry"]
    attempt: int
    model: str


class Candidate(_Frame):
    """One agent that the router considered."""

    agent: str
    confidence: float
    request: str = ""
    reason: str = ""


class Routed(_Event):
    """Who answers, and why."""

    type: Literal["routed"] = "routed"
    intents: list[Candidate]
    candidates: list[Candidate] = Field(default_factory=list)
    by: str
    """`model` or `words`."""
    duration_ms: int = 0


class ModelCalled(_Event):
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


class ModelFailed(_Event):
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


class FailedAttempt(_Frame):
    """An attempt that failed and was followed by another."""

    http_status: int | None = None
    """What the target answered, where it did."""
    error: str | None = None
    """What went wrong where no answer came: one of the error codes."""
    duration_ms: int


class ToolRan(_Event):
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


class EvidenceShown(_Event):
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


class ActionChanged(_Event):
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


class Redacted(_Event):
    """What the customer had said and shown was taken out of this conversation; the figures stay."""

    type: Literal["redacted"] = "redacted"
    by: str
    """Who did it: the name that staff signed in under."""
    reason: str = ""
    events: int = 0
    """How many events lost words by it."""


Record = TurnStarted | Routed | ModelCalled | ModelFailed | ToolRan | EvidenceShown | ActionChanged | Redacted

LoggedFrame = Annotated[
    CustomerMessage
    | CustomerFeedback
    | Token
    | ToolCall
    | ToolResult
    | InterruptRequest
    | InterruptResolved
    | InterruptExpiredNotice
    | Clarification
    | Escalated
    | MessageComplete
    | ErrorFrame
    | TurnStarted
    | Routed
    | ModelCalled
    | ModelFailed
    | ToolRan
    | EvidenceShown
    | ActionChanged
    | Redacted,
    Field(discriminator="type"),
]
"""Whatever the event log can hold: what customers saw, and the records for staff."""

CLIENT_FRAMES: Final[TypeAdapter[ClientFrame]] = TypeAdapter(ClientFrame)
SERVER_FRAMES: Final[TypeAdapter[ServerFrame]] = TypeAdapter(ServerFrame)
LOGGED_FRAMES: Final[TypeAdapter[LoggedFrame]] = TypeAdapter(LoggedFrame)

CLIENT_TYPES: Final = frozenset({"message", "interrupt_response", "resume", "cancel", "feedback"})


def utf16_length(text: str) -> int:
    """Count a text as browsers do, so that both sides mean the same offset beyond the first 65,536 characters."""
    return len(text.encode("utf-16-le")) // 2


# --- the door --------------------------------------------------------------------------------------------------


def parse_frame(raw: str) -> ClientFrame:
    """Turn one text frame into a typed client frame, or raise the `InvalidFrame` that says what is wrong."""
    if len(raw) > MAX_FRAME_BYTES or len(raw.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise FrameTooLarge(f"That frame is too large: at most {MAX_FRAME_BYTES // 1024} KB. Please shorten it.")
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidJson from None
    if not isinstance(value, dict):
        raise InvalidJson
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in CLIENT_TYPES:
        known = ", ".join(sorted(CLIENT_TYPES))
        raise UnknownFrameType(f"Unknown message type. Use one of: {known}.")
    _refuse_unstorable(value)
    try:
        frame = CLIENT_FRAMES.validate_python(value)
    except ValidationError as error:
        raise _explain(error) from None
    if isinstance(frame, Message) and not frame.content.strip():
        raise InvalidFrame("content: it is blank. Write something and send it again.", field="content")
    return frame


def thread_id_of(raw: str) -> str | None:
    """Name the conversation that a refused frame speaks of, where it can be told at all."""
    try:
        value = json.loads(raw) if len(raw) <= MAX_FRAME_BYTES else None
        thread_id = value.get("thread_id") if isinstance(value, dict) else None
        return _THREAD_ID.validate_python(thread_id)
    except (ValueError, RecursionError):
        return None


_THREAD_ID: Final[TypeAdapter[str]] = TypeAdapter(ThreadId)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_unstorable(value: object) -> None:
    """Refuse what neither PostgreSQL nor UTF-8 can hold: NUL, lone surrogates, numbers beyond all bounds."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if "\x00" in item or any("\ud800" <= char <= "\udfff" for char in item):
                raise InvalidFrame("The text contains characters that cannot be stored. Remove them and send again.")
        elif isinstance(item, float) and not math.isfinite(item):
            raise InvalidFrame("A number is too large to be stored. Correct it and send again.")
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def _explain(error: ValidationError) -> InvalidFrame:
    """Name the first field that is wrong and what it takes."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "frame"
    if field == "content" and first["type"] == "string_too_long":
        return ContentTooLong(f"That message is too long: at most {MAX_CONTENT_CHARS:,} characters.", field=field)
    if field == "thread_id" and first["type"] == "string_pattern_mismatch":
        return InvalidFrame("thread_id: use 1 to 128 letters, digits, '-' or '_'.", field=field)
    return InvalidFrame(f"{field}: {first['msg']}.", field=field)
