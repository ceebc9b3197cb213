"""What a conversation has come to so far, folded from its events one by one: pure, small, and stored between folds.

A tally names tools, agents and models, never a customer or anything they said, so it may outlive the conversation.
Times are microseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from app.analytics.confirmation import confirms
from app.analytics.durations import bin_of
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
class AgentTally:
    """What one agent did."""

    messages: int = 0
    calls: int = 0
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_e8: int = 0
    unpriced: int = 0


@dataclass(slots=True)
class ModelTally:
    """What one model did; `first_token` counts the waits for it by bin."""

    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_e8: int = 0
    unpriced: int = 0
    first_token: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class ToolTally:
    """How the calls of one tool ended; `times` counts the durations of those carried out, by bin."""

    succeeded: int = 0
    failed: int = 0
    unknown: int = 0
    not_run: int = 0
    ms: int = 0
    times: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """One conversation. `waiting` holds the open approvals, `live` the actions that are not settled."""

    started_at: int = 0
    last_at: int = 0
    active_at: int = 0
    """When the customer last said something, or somebody last answered an approval: silence counts from here."""
    ended_at: int | None = None
    """When an agent ended it; None again once the customer goes on."""
    escalated: bool = False
    staff: bool = False
    """Whether a person on our side decided something in it, or was handed it."""
    thanked: bool = False
    """Whether the customer's last message says that it is done."""
    asked: bool = False
    """Whether a question to the customer is open."""
    missed: bool = False
    """Whether an approval of the customer's expired since they last said something."""
    rating: int | None = None
    turns: int = 0
    messages: int = 0
    errors: int = 0
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
    agents: dict[str, AgentTally] = field(default_factory=dict)
    models: dict[str, ModelTally] = field(default_factory=dict)
    tools: dict[str, ToolTally] = field(default_factory=dict)

    @property
    def unknown(self) -> int:
        """How many actions' outcomes are not known."""
        return sum(status == "unknown" for status, _, _ in self.live.values()) if self.live else 0

    def spent(self) -> tuple[int, int, int]:
        """Tokens read and written, and what they cost."""
        tokens_in = tokens_out = cost_e8 = 0
        for model in self.models.values():
            tokens_in += model.tokens_in
            tokens_out += model.tokens_out
            cost_e8 += model.cost_e8
        return tokens_in, tokens_out, cost_e8

    def agent(self, name: str) -> AgentTally:
        """The part of an agent, from now on if it had none."""
        found = self.agents.get(name)
        if found is None:
            found = self.agents[name] = AgentTally()
        return found

    def to_json(self) -> dict[str, Any]:
        """Write it down, without what still is as in the beginning."""
        values = zip(_PLAIN, _plain(self), _FRESH, strict=True)
        written = {name: value for name, value, fresh in values if value != fresh}
        for name in _PARTS:
            if parts := getattr(self, name):
                written[name] = {key: _slim(part) for key, part in parts.items()}
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> Tally:
        """Read it back."""
        plain = {name: value for name, value in written.items() if name not in _PARTS}
        tally = cls(**plain)
        tally.decisions = _bins(tally.decisions)
        tally.waiting = {key: (value[0], value[1]) for key, value in tally.waiting.items()}
        for name, kind in _PARTS.items():
            parts = {key: kind(**part) for key, part in written.get(name, {}).items()}
            setattr(tally, name, parts)
        for model in tally.models.values():
            model.first_token = _bins(model.first_token)
        for tool in tally.tools.values():
            tool.times = _bins(tool.times)
        return tally


_PARTS: Final[Mapping[str, Any]] = {"agents": AgentTally, "models": ModelTally, "tools": ToolTally}
_PLAIN: Final = tuple(one.name for one in fields(Tally) if one.name not in _PARTS)
_plain = attrgetter(*_PLAIN)
_FRESH: Final = _plain(Tally())


def _slim(part: AgentTally | ModelTally | ToolTally) -> dict[str, Any]:
    return {name: value for name in part.__slots__ if (value := getattr(part, name))}


def _bins(written: Mapping[Any, int]) -> dict[int, int]:
    return {int(number): times for number, times in written.items()}


def micros(at: datetime) -> int:
    """Count a time in microseconds since the epoch."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """Read microseconds since the epoch back."""
    return _EPOCH + timedelta(microseconds=at)


def fold(tally: Tally, events: Iterable[LoggedEvent]) -> Tally:
    """Add events to a tally, in the order of their numbers; returns the tally."""
    for event in events:
        at = event.at
        if at < tally.started_at or not tally.started_at:
            tally.started_at = at
        if at > tally.last_at:  # noqa: PLR1730  # asked of every event: `max` takes three times as long
            tally.last_at = at
        take = _TAKES.get(event.type)
        if take is not None:
            take(tally, event, at)
    return tally


def _message(tally: Tally, event: LoggedEvent, at: int) -> None:
    tally.messages += 1
    tally.turns += 1
    tally.active_at = max(tally.active_at, at)
    tally.ended_at = None
    tally.asked = tally.missed = False
    tally.thanked = confirms(event.frame.get("content", ""))


def _token(tally: Tally, event: LoggedEvent, _: int) -> None:
    tally.messages += 1
    if event.agent and event.agent != SUPERVISOR:
        tally.agent(event.agent).messages += 1


def _clarification(tally: Tally, _event: LoggedEvent, _: int) -> None:
    tally.messages += 1
    tally.asked = True


def _tool_call(tally: Tally, event: LoggedEvent, _: int) -> None:
    if event.agent and event.frame["tool"] not in CONTROLS:
        tally.agent(event.agent).calls += 1


def _tool_result(tally: Tally, event: LoggedEvent, _: int) -> None:
    name, outcome = event.frame["tool"], event.frame.get("outcome", "succeeded")
    if name in CONTROLS:
        return
    tool = tally.tools.get(name)
    if tool is None:
        tool = tally.tools[name] = ToolTally()
    if outcome not in RAN:
        tool.not_run += 1
        return
    setattr(tool, outcome, getattr(tool, outcome) + 1)
    ms = event.duration_ms or 0
    tool.ms += ms
    number = bin_of(ms)
    tool.times[number] = tool.times.get(number, 0) + 1


def _model_called(tally: Tally, event: LoggedEvent, _: int) -> None:
    frame = event.frame
    name = frame["model"]
    model = tally.models.get(name)
    if model is None:
        model = tally.models[name] = ModelTally()
    parts: list[ModelTally | AgentTally] = [model]
    if event.agent and event.agent != SUPERVISOR:
        parts.append(tally.agent(event.agent))
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


def _interrupt(tally: Tally, event: LoggedEvent, at: int) -> None:
    tally.approvals += 1
    tally.waiting[event.frame["interrupt_id"]] = (at, event.frame.get("audience", "customer"))


def _interrupt_resolved(tally: Tally, event: LoggedEvent, at: int) -> None:
    frame = event.frame
    asked = tally.waiting.pop(frame["interrupt_id"], None)
    if asked is not None:
        number = bin_of((at - asked[0]) / 1000)
        tally.decisions[number] = tally.decisions.get(number, 0) + 1
    if frame["decision"] != "edited" and frame.get("next") is None:
        tally.turns += 1  # otherwise somebody else is asked before anything goes on
    if frame["by"] == "operator":
        tally.staff = True
    else:
        tally.asked = tally.missed = False
    tally.active_at = max(tally.active_at, at)


def _interrupt_expired(tally: Tally, event: LoggedEvent, _: int) -> None:
    asked = tally.waiting.pop(event.frame["interrupt_id"], None)
    if asked is not None and asked[1] == "customer":
        tally.missed = True


def _escalated(tally: Tally, _event: LoggedEvent, _: int) -> None:
    tally.escalated = tally.staff = True


def _message_complete(tally: Tally, event: LoggedEvent, at: int) -> None:
    if event.frame.get("ended"):
        tally.ended_at = at


def _error(tally: Tally, _event: LoggedEvent, _: int) -> None:
    tally.errors += 1


def _feedback(tally: Tally, event: LoggedEvent, _: int) -> None:
    tally.rating = event.frame["rating"]


def _action_changed(tally: Tally, event: LoggedEvent, _: int) -> None:
    frame = event.frame
    status, action_id = frame["status"], frame["action_id"]
    if frame.get("by") == "operator":
        tally.staff = True
    if status == "proposed":
        tally.proposed += 1
        tally.live[action_id] = [status, False, False]
        return
    action = tally.live.get(action_id)
    if action is None:  # settled before: what was settled once stands
        return
    if status == "edited":
        tally.edited += not action[1]
        action[1] = True
    elif status == "approved":
        tally.approved += not action[2]
        action[2] = True
    if status in _SETTLED:
        setattr(tally, status, getattr(tally, status) + 1)
        del tally.live[action_id]
    else:
        action[0] = status


_TAKES: Final[Mapping[str, Callable[[Tally, LoggedEvent, int], None]]] = {
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
