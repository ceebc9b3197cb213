"""Transcript of a turn: what was said and called in it, as far as its receipt and its check need it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.actions.receipt import Attempt
from app.agents.runner import MessageEnded
from app.protocol import SUPERVISOR, InterruptRequest, ToolCall, ToolResult
from app.records import ToolRan
from app.tools.base import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    AccessOf = Callable[[str], Access | None]

TYPES: Final = ["token", "tool_call", "tool_result", "tool_ran", "interrupt", "error"]
"""The events of a turn from which it is told again after a crash."""


@dataclass(kw_only=True)
class Transcript:
    """What an agent said and called, each once, in order; results and answers by call."""

    messages: dict[str, MessageEnded] = field(default_factory=dict)
    calls: dict[str, ToolCall] = field(default_factory=dict)
    results: dict[str, ToolResult] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    asked: bool = False
    """Whether consent was asked for."""
    language: str = ""
    """The language that the customer writes in; empty where it is not known."""

    def note(self, output: Any) -> None:
        """Take down what a run has put out; what is of no use here is passed over."""
        match output:
            case MessageEnded():
                if output.agent != SUPERVISOR:  # the product itself speaks from the record
                    self.messages[output.message_id] = output
            case ToolCall():
                self.calls[output.call_id] = output
            case ToolResult():
                self.results[output.call_id] = output
            case InterruptRequest():
                self.asked = True
            case ToolRan():
                self.answers[output.call_id] = output.response
            case _:
                pass

    def note_stored(self, frame: Mapping[str, Any]) -> None:
        """Take down an event that an earlier attempt at the turn has logged."""
        match frame["type"]:
            case "token":
                said = {name: frame[name] for name in ("agent", "message_id", "content")}
                self.note(MessageEnded(**said))
            case "tool_call":
                self.note(ToolCall.model_validate(frame))
            case "tool_result":
                self.note(ToolResult.model_validate(frame))
            case "tool_ran":
                self.note(ToolRan.model_validate(frame))
            case "interrupt":
                self.asked = True
            case _:
                pass

    def acted(self, access_of: AccessOf) -> bool:
        """Say whether something was called that may stand in the ledger: a write, or a read that needs consent."""
        return self.asked or any(access_of(call.tool) is not Access.READ for call in self.calls.values())

    def attempts(self, access_of: AccessOf) -> Iterator[Attempt]:
        """Yield the calls of writes that failed, whether or not they became actions."""
        for call_id, result in self.results.items():
            if result.outcome == "failed" and access_of(result.tool) not in {None, Access.READ}:
                call = self.calls.get(call_id)
                title, args = (call.title, call.args) if call else ("", {})
                yield Attempt(call_id=call_id, tool=result.tool, title=title, args=args)
