"""Protocol of the WebSocket: the one definition of its frames, and its limits.

`ClientFrame` is everything a client may send, `ServerFrame` everything it may receive; what is logged for staff alone
is in `records.py`. The frontend's types and `docs/protocol.md` are generated from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, TypeAdapter
from pydantic.fields import FieldInfo

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


class Frame(BaseModel):
    """What travels as one JSON object, or a part of it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


# --- client to server ------------------------------------------------------------------------------------------


class Message(Frame):
    """The customer says something."""

    type: Literal["message"] = "message"
    thread_id: ThreadId
    content: Annotated[str, StringConstraints(min_length=1, max_length=MAX_CONTENT_CHARS)]
    """1 to 10,000 characters, not blank."""
    message_id: Identifier | None = None
    """The client's own id. Sent again, the same message is never taken twice; a failed turn is tried again. A
    client that sends one also follows the conversation, as after `resume`."""


class InterruptResponse(Frame):
    """Somebody answers an approval."""

    type: Literal["interrupt_response"] = "interrupt_response"
    thread_id: ThreadId
    approved: StrictBool  # consent is `true`, nothing that looks like it
    interrupt_id: Identifier | None = None
    """Which approval; may be left out while exactly one is pending."""
    args: dict[str, Any] | None = None
    """Edited arguments, whole. They are checked and shown again as a new approval; nothing is sent yet."""
    comment: Annotated[str, StringConstraints(max_length=MAX_COMMENT_CHARS)] | None = None


class Resume(Frame):
    """Follow a conversation: what was missed after event `after`, then everything live."""

    type: Literal["resume"] = "resume"
    thread_id: ThreadId
    after: Annotated[int, Field(strict=True, ge=0, le=2**53)] = 0


class Cancel(Frame):
    """Stop the running generation; what was said so far is kept."""

    type: Literal["cancel"] = "cancel"
    thread_id: ThreadId


class Feedback(Frame):
    """The customer's satisfaction."""

    type: Literal["feedback"] = "feedback"
    thread_id: ThreadId
    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    """1 (bad) to 5 (very good)."""
    comment: Annotated[str, StringConstraints(max_length=MAX_COMMENT_CHARS)] | None = None


ClientFrame = Annotated[Message | InterruptResponse | Resume | Cancel | Feedback, Field(discriminator="type")]


# --- server to client ------------------------------------------------------------------------------------------


class EventFrame(Frame):
    """What is stored in a conversation, or could be."""

    thread_id: str
    seq: int | None = None
    """The event's number in its conversation: rising, not without gaps (staff's records are numbered too). None
    while the frame is live only."""
    at: datetime | None = None
    """When it was stored."""


class CustomerMessage(EventFrame):
    """What the customer said, as stored. Sent to followers only."""

    type: Literal["message"] = "message"
    content: str
    message_id: str | None = None


class CustomerFeedback(EventFrame):
    """The customer's rating, as stored. Sent to followers only."""

    type: Literal["feedback"] = "feedback"
    rating: int
    comment: str | None = None


class Token(EventFrame):
    """A piece of an answer. With a number it is the whole text of a finished message, for followers."""

    type: Literal["token"] = "token"
    agent: str
    content: str
    message_id: str = ""
    """Which message the piece belongs to."""
    offset: int = 0
    """Where the piece starts in its message, in UTF-16 code units, as browsers count characters."""


class ToolCall(EventFrame):
    """A tool is called, with its complete arguments; once a call."""

    type: Literal["tool_call"] = "tool_call"
    agent: str
    tool: str
    args: dict[str, Any]
    call_id: str
    title: str = ""
    """What the tool does, in words for people."""


Outcome = Literal["succeeded", "failed", "rejected", "expired", "unknown"]


class ToolResult(EventFrame):
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


class InterruptRequest(EventFrame):
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
    unsaid: list[str] = Field(default_factory=list)
    """Which of `args` (`reason`, `address.city`) neither the customer nor a tool has said: the model's own guess."""


Decision = Literal["approved", "rejected", "edited"]


class InterruptResolved(EventFrame):
    """An approval was answered. `edited`: a new approval with the edited arguments follows."""

    type: Literal["interrupt_resolved"] = "interrupt_resolved"
    interrupt_id: str
    decision: Decision
    by: Audience
    comment: str | None = None
    next: Audience | None = None
    """Who is asked now; none where nobody has to be asked any more."""


class InterruptExpiredNotice(EventFrame):
    """An approval was not answered in time; nothing was sent."""

    type: Literal["interrupt_expired"] = "interrupt_expired"
    interrupt_id: str
    message: str


class Clarification(EventFrame):
    """The product asks what the customer means."""

    type: Literal["clarification"] = "clarification"
    message: str
    options: list[str] = Field(default_factory=list)


class Escalated(EventFrame):
    """The conversation was handed to a person."""

    type: Literal["escalated"] = "escalated"
    reason: str
    message: str


ReceiptState = Literal["succeeded", "failed", "rejected", "expired", "unknown", "waiting"]
Changed = Literal["yes", "no", "not_yet", "unknown"]


class ReceiptLine(Frame):
    """One thing that was to be changed, and how that stands on record."""

    call_id: str
    tool: str
    title: str = ""
    """What was to be done, as reviewed."""
    args: dict[str, Any] = Field(default_factory=dict)
    """The short values that say what it is about."""
    state: ReceiptState
    """`unknown`: the request was sent and no answer came; `failed`: it was not done."""


class Receipt(EventFrame):
    """What the record says at the end of a turn: data for the page to put in words, beside what the model said.

    It is about everything that the run has changed or was to change. A later one of the same run takes its place.
    """

    type: Literal["receipt"] = "receipt"
    run_id: str
    """The customer's message, and all that followed from it."""
    lines: list[ReceiptLine] = Field(default_factory=list)
    """Empty where nothing was to be changed by any call, although the agent that answered could have."""
    changed: Changed
    """Whether anything was changed. `not_yet`: no, and something waits for consent."""
    language: str = ""
    """The language that the customer writes in, such as `de`; empty where their words do not tell."""


class Usage(Frame):
    """Tokens and cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    """None where the model's price is not known."""
    model_calls: int = 0


class MessageComplete(EventFrame):
    """The turn is over and nothing in it asks for an answer."""

    type: Literal["message_complete"] = "message_complete"
    usage: Usage = Field(default_factory=Usage)
    """Totals of this turn."""
    cancelled: bool = False
    """The customer stopped it."""
    ended: bool = False
    """The conversation has ended; a rating is welcome."""


class ErrorFrame(EventFrame):
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


class Resumed(EventFrame):
    """Everything missed has been sent; what follows is live. Sent to followers only."""

    type: Literal["resumed"] = "resumed"
    last: int
    """The number of the newest event."""
    running: bool
    """Whether a turn is running or waiting to run."""
    ended: bool = False
    """Whether the conversation is over: ended or expired."""


CustomerEvent = (
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
    | Receipt
    | MessageComplete
    | ErrorFrame
)
"""Frames that are logged and seen by customers."""

ServerFrame = Annotated[CustomerEvent | Resumed, Field(discriminator="type")]

CLIENT_FRAMES: Final[TypeAdapter[ClientFrame]] = TypeAdapter(ClientFrame)
SERVER_FRAMES: Final[TypeAdapter[ServerFrame]] = TypeAdapter(ServerFrame)


def members(union: Any) -> tuple[type[Any], ...]:
    """List the frames of a union, in its order."""
    kinds = get_args(union)
    return members(kinds[0]) if isinstance(kinds[-1], FieldInfo) else kinds


CLIENT_TYPES: Final = frozenset(kind.model_fields["type"].default for kind in members(ClientFrame))


def utf16_length(text: str) -> int:
    """Count a text as browsers do, so that both sides mean the same offset beyond the first 65,536 characters."""
    return len(text.encode("utf-16-le")) // 2
