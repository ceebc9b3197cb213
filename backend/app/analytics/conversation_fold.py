"""Fold of a conversation: what it has come to so far, event by event; pure, small, and stored between batches.

A fold names tools, agents and models, never a customer or anything they said, so it may outlive the conversation.
Times are microseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from app.analytics.durations import bin_of
from app.language.confirmation import confirms
from app.protocol import SUPERVISOR

if TYPE_CHECKING:
    from app.db.event_cursor import LoggedEvent

CONTROLS: Final = frozenset({"hand_over", "end_conversation"})
"""Built-in tools that steer the conversation; that one of them "succeeded" says nothing about the customer's wish."""
RAN: Final = frozenset({"succeeded", "failed", "unknown"})  # the outcomes of a call that was carried out
COST_UNIT: Final = 10**8  # dollars are counted in hundred-millionths, as exactly as the log stores them

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SETTLED: Final = frozenset({"rejected", "expired", "succeeded", "failed"})


@dataclass(slots=True)
class AgentCounts:
    """Counters of one agent."""

    messages: int = 0
    calls: int = 0
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_e8: int = 0
    unpriced: int = 0


@dataclass(slots=True)
class ModelCounts:
    """Counters of one model; `first_token` counts the waits for it by bin."""

    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_e8: int = 0
    unpriced: int = 0
    first_token: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class ToolCounts:
    """Counters of one tool's calls, by how they ended; `times` counts the durations of those carried out, by bin."""

    succeeded: int = 0
    failed: int = 0
    unknown: int = 0
    not_run: int = 0
    ms: int = 0
    times: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class ConversationFold:
    """Fold of one conversation. `waiting` holds the open approvals, `live` the actions that are not settled."""

    started_at: int = 0
    last_at: int = 0
    active_at: int = 0
    """When the customer last said something, or somebody last answered an approval: silence counts from here."""
    ended_at: int | None = None
    """When an agent ended it; None again once the customer goes on."""
    escalated: bool = False
    staff: bool = False
    """Whether staff decided something in it, or were handed it."""
    thanked: bool = False
    """Whether the customer's last message says that it is done."""
    asked: bool = False
    """Whether a question to the customer is open."""
    missed: bool = False
    """Whether an approval of the customer's expired since they last said something."""
    broke: bool = False
    """Whether the last that was said in it is that something failed."""
    rating: int | None = None
    turns: int = 0
    messages: int = 0
    errors: int = 0
    """Turns that ended with an error; one that was tried again and failed again counts twice."""
    approvals: int = 0
    proposed: int = 0
    approved: int = 0
    edited: int = 0
    rejected: int = 0
    expired: int = 0
    succeeded: int = 0
    failed: int = 0
    waiting: dict[str, tuple[int, str]] = field(default_factory=dict)
    live: dict[str, list[Any]] = field(default_factory=dict)
    """By action: its status, and whether it was edited and approved."""
    decisions: dict[int, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)
    """`errors` by their code."""
    agents: dict[str, AgentCounts] = field(default_factory=dict)
    models: dict[str, ModelCounts] = field(default_factory=dict)
    tools: dict[str, ToolCounts] = field(default_factory=dict)

    @property
    def unknown(self) -> int:
        """Count the actions whose outcome is not known."""
        return sum(status == "unknown" for status, _, _ in self.live.values()) if self.live else 0

    def spent(self) -> tuple[int, int, int]:
        """Return tokens read, tokens written, and their cost in hundred-millionths of a dollar."""
        tokens_in = tokens_out = cost_e8 = 0
        for model in self.models.values():
            tokens_in += model.tokens_in
            tokens_out += model.tokens_out
            cost_e8 += model.cost_e8
        return tokens_in, tokens_out, cost_e8

    def agent(self, name: str) -> AgentCounts:
        """Return the counters of an agent, new ones where it had none."""
        found = self.agents.get(name)
        if found is None:
            found = self.agents[name] = AgentCounts()
        return found

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, without what is still as in the beginning."""
        values = zip(_PLAIN, _plain(self), _FRESH, strict=True)
        written = {name: value for name, value, fresh in values if value != fresh}
        for name in _PARTS:
            if parts := getattr(self, name):
                written[name] = {key: _slim(part) for key, part in parts.items()}
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> ConversationFold:
        """Read it back from JSON."""
        plain = {name: value for name, value in written.items() if name not in _PARTS}
        folded = cls(**plain)
        folded.decisions = _bins(folded.decisions)
        folded.waiting = {key: (value[0], value[1]) for key, value in folded.waiting.items()}
        for name, kind in _PARTS.items():
            parts = {key: kind(**part) for key, part in written.get(name, {}).items()}
            setattr(folded, name, parts)
        for model in folded.models.values():
            model.first_token = _bins(model.first_token)
        for tool in folded.tools.values():
            tool.times = _bins(tool.times)
        return folded


_PARTS: Final[Mapping[str, Any]] = {"agents": AgentCounts, "models": ModelCounts, "tools": ToolCounts}
_PLAIN: Final = tuple(one.name for one in fields(ConversationFold) if one.name not in _PARTS)
_plain = attrgetter(*_PLAIN)
_FRESH: Final = _plain(ConversationFold())


def _slim(part: AgentCounts | ModelCounts | ToolCounts) -> dict[str, Any]:
    return {name: value for name in part.__slots__ if (value := getattr(part, name))}


def _bins(written: Mapping[Any, int]) -> dict[int, int]:
    return {int(number): times for number, times in written.items()}


def micros(at: datetime) -> int:
    """Count a time in microseconds since the epoch."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """Read microseconds since the epoch back."""
    return _EPOCH + timedelta(microseconds=at)


def fold(folded: ConversationFold, events: Iterable[LoggedEvent]) -> ConversationFold:
    """Add events to a fold, in the order of their numbers; returns the fold."""
    for event in events:
        at = event.at
        if at < folded.started_at or not folded.started_at:
            folded.started_at = at
        if at > folded.last_at:  # noqa: PLR1730  # asked of every event: `max` takes three times as long
            folded.last_at = at
        handle = HANDLERS.get(event.type)
        if handle is not None:
            handle(folded, event, at)
    return folded


def _message(folded: ConversationFold, event: LoggedEvent, at: int) -> None:
    folded.messages += 1
    folded.turns += 1
    folded.active_at = max(folded.active_at, at)
    folded.ended_at = None
    folded.asked = folded.missed = folded.broke = False
    folded.thanked = confirms(event.frame.get("content", ""))


def _token(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    folded.messages += 1
    folded.broke = False
    if event.agent and event.agent != SUPERVISOR:
        folded.agent(event.agent).messages += 1


def _clarification(folded: ConversationFold, _event: LoggedEvent, _: int) -> None:
    folded.messages += 1
    folded.asked = not folded.thanked  # who has thanked owes no answer to what was asked then
    folded.broke = False


def _tool_call(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    if event.agent and event.frame["tool"] not in CONTROLS:
        folded.agent(event.agent).calls += 1


def _tool_result(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    name, outcome = event.frame["tool"], event.frame.get("outcome", "succeeded")
    if name in CONTROLS:
        return
    tool = folded.tools.get(name)
    if tool is None:
        tool = folded.tools[name] = ToolCounts()
    if outcome not in RAN:
        tool.not_run += 1
        return
    setattr(tool, outcome, getattr(tool, outcome) + 1)
    ms = event.duration_ms or 0
    tool.ms += ms
    number = bin_of(ms)
    tool.times[number] = tool.times.get(number, 0) + 1


def _model_called(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    frame = event.frame
    name = frame["model"]
    model = folded.models.get(name)
    if model is None:
        model = folded.models[name] = ModelCounts()
    parts: list[ModelCounts | AgentCounts] = [model]
    if event.agent and event.agent != SUPERVISOR:
        parts.append(folded.agent(event.agent))
    for part in parts:
        part.model_calls += 1
        part.tokens_in += event.prompt_tokens or 0
        part.tokens_out += event.completion_tokens or 0
        if event.cost_e8 is None:
            part.unpriced += 1
        else:
            part.cost_e8 += event.cost_e8
    waited = frame.get("time_to_first_token_ms")
    if waited is not None:
        number = bin_of(waited)
        model.first_token[number] = model.first_token.get(number, 0) + 1


def _interrupt(folded: ConversationFold, event: LoggedEvent, at: int) -> None:
    folded.approvals += 1
    folded.waiting[event.frame["interrupt_id"]] = (at, event.frame.get("audience", "customer"))


def _interrupt_resolved(folded: ConversationFold, event: LoggedEvent, at: int) -> None:
    frame = event.frame
    asked = folded.waiting.pop(frame["interrupt_id"], None)
    if asked is not None:
        number = bin_of((at - asked[0]) / 1000)
        folded.decisions[number] = folded.decisions.get(number, 0) + 1
    if frame["decision"] != "edited" and frame.get("next") is None:
        folded.turns += 1  # otherwise somebody else is asked before anything goes on
    if frame["by"] == "operator":
        folded.staff = True
    else:
        folded.asked = folded.missed = False
    folded.active_at = max(folded.active_at, at)


def _interrupt_expired(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    asked = folded.waiting.pop(event.frame["interrupt_id"], None)
    if asked is not None and asked[1] == "customer":
        folded.missed = True


def _escalated(folded: ConversationFold, _event: LoggedEvent, _: int) -> None:
    folded.escalated = folded.staff = True


def _message_complete(folded: ConversationFold, event: LoggedEvent, at: int) -> None:
    if event.frame.get("ended"):
        folded.ended_at = at


def _error(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    code = event.frame["code"]
    folded.errors += 1
    folded.causes[code] = folded.causes.get(code, 0) + 1
    folded.broke = True


def _feedback(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    folded.rating = event.frame["rating"]


def _action_changed(folded: ConversationFold, event: LoggedEvent, _: int) -> None:
    frame = event.frame
    status, action_id = frame["status"], frame["action_id"]
    if frame.get("by") == "operator":
        folded.staff = True
    if status == "proposed":
        folded.proposed += 1
        folded.live[action_id] = [status, False, False]
        return
    action = folded.live.get(action_id)
    if action is None:  # settled before: what was settled once stands
        return
    if status == "edited":
        folded.edited += not action[1]
        action[1] = True
    elif status == "approved":
        folded.approved += not action[2]
        action[2] = True
    if status in _SETTLED:
        setattr(folded, status, getattr(folded, status) + 1)
        del folded.live[action_id]
    else:
        action[0] = status


HANDLERS: Final[Mapping[str, Callable[[ConversationFold, LoggedEvent, int], None]]] = {
    "message": _message,
    "token": _token,
    "clarification": _clarification,
    "tool_call": _tool_call,
    "tool_result": _tool_result,
    "model_called": _model_called,
    "interrupt": _interrupt,
    "interrupt_resolved": _interrupt_resolved,
    "interrupt_expired": _interrupt_expired,
    "escalated": _escalated,
    "message_complete": _message_complete,
    "error": _error,
    "feedback": _feedback,
    "action_changed": _action_changed,
}
