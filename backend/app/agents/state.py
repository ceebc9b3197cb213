"""State of a run in the graph, and the history that it begins with, from the conversation's log. Pure."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NotRequired, TypedDict

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from app.protocol import SUPERVISOR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from uuid import UUID

    from app.db.turns import TurnLease

HISTORY_EVENTS: Final = 60  # some twenty exchanges: what a person would still have in mind
HISTORY_CHARS: Final = 12_000  # about 3,000 tokens: leaves room in the context of small local models

WAITS: Final = {
    "customer": "waits for the customer's answer on its card. Do not call it again.",
    "operator": "waits for the support team's answer. Do not call it again.",
}

ROUTER: Final = "router"
TOOLS: Final = "tools"


Passing = Literal["", "agent", "router"]


class IntentState(TypedDict):
    """One thing the customer wants, and the agent for it; `tried` names the agents that have handed it over."""

    agent: str
    request: str
    tried: NotRequired[list[str]]


class CallOutcome(TypedDict):
    """How a call of a tool ended, with which arguments, and which intent it served."""

    intent: int
    tool: str
    args: NotRequired[dict[str, Any]]
    outcome: str
    text: str


class RunState(TypedDict):
    """One run: a customer's message and everything that follows from it.

    `at` counts the intents that have begun, `steps` the model's calls for the present one, whose `request` becomes a
    message with the first of them. `active` names who works on it; at the beginning, who had the conversation.
    `passing` says where an intent goes that its agent has handed over, `handovers` how often one has.
    `unsaid` names, by call, the arguments of the newest calls that nobody has said.
    """

    messages: Annotated[list[BaseMessage], operator.add]
    text: str
    intents: list[IntentState]
    at: int
    active: str
    request: str
    steps: int
    passing: Passing
    handovers: int
    routed_again: bool
    outcomes: Annotated[list[CallOutcome], operator.add]
    records: list[str]
    handed_over: bool
    unsaid: NotRequired[dict[str, list[str]]]


async def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """Whose run it is; known to the server, never to the model. `attempt` counts the failures of its turn so far.

    `claims` say who the customer is, as verified; empty for a stranger. `lease` is what its turn runs under: what is
    written down or sent once it is lost is refused. `keep` makes durable where the run stands, so
    that what the ledger is about to write of it is found again after a crash.
    """

    thread_id: str
    run_id: UUID
    attempt: int = 0
    claims: Mapping[str, Any] = field(default_factory=dict)
    lease: TurnLease | None = None
    keep: Callable[[], Awaitable[None]] = _nothing


@dataclass(frozen=True, kw_only=True)
class History:
    """Earlier messages, what the record shows of the tools used, and who spoke or acted last.

    `active` is an agent, or the supervisor where it has asked something.
    """

    messages: list[BaseMessage] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    active: str = ""


def begin(text: str, history: History) -> dict[str, Any]:
    """Build the state in which a run begins."""
    return {
        "messages": list(history.messages),
        "text": text,
        "intents": [],
        "at": 0,
        "active": history.active,
        "request": "",
        "steps": 0,
        "passing": "",
        "handovers": 0,
        "routed_again": False,
        "outcomes": [],
        "records": list(history.records),
        "handed_over": False,
    }


def history_of(frames: Sequence[dict[str, Any]], *, limit: int = HISTORY_CHARS) -> History:
    """Turn the newest events of a conversation, oldest first, into what the model needs of them."""
    messages: list[BaseMessage] = []
    records: list[str] = []
    calls: dict[str, dict[str, Any]] = {}
    waiting: dict[str, str] = {}
    active = ""
    for frame in frames:
        match frame["type"]:
            case "message":
                messages.append(HumanMessage(frame["content"]))
            case "token":
                messages.append(AIMessage(frame["content"], name=frame["agent"]))
                active = frame["agent"]
            case "clarification":
                messages.append(AIMessage(frame["message"], name=SUPERVISOR))
                active = SUPERVISOR
            case "tool_call":
                calls[frame["call_id"]] = frame
                active = frame.get("agent", active)
            case "tool_result":
                args = calls.get(frame["call_id"], {}).get("args", {})
                records.append(f"{frame['tool']} {args}: {frame['outcome']}. {frame['summary']}")
            case "interrupt":
                waiting[frame["interrupt_id"]] = f"{frame['action']} {frame['args']}: {WAITS[frame['audience']]}"
            case "interrupt_resolved" | "interrupt_expired":
                waiting.pop(frame["interrupt_id"], None)
            case _:
                pass
    return History(
        messages=_newest(messages, limit), records=[*records[-HISTORY_EVENTS // 3 :], *waiting.values()], active=active
    )


def _newest(messages: list[BaseMessage], limit: int) -> list[BaseMessage]:
    """Keep the newest messages that fit; a single one over the limit is left out, not cut in half."""
    kept: list[BaseMessage] = []
    for message in reversed(messages):
        limit -= len(str(message.content))
        if limit < 0:
            break
        kept.append(message)
    return kept[::-1]
