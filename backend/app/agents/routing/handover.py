"""Handover: an agent passes a wish on to the colleague whose job it is, by a tool that the graph carries out. Pure.

What an agent passes on before it has done anything goes to the colleague at once; what it passes on beside its own work
comes after that. A colleague that does not exist, or an order that its calls turn around, is for the router to settle.
A message is passed on a bounded number of times; then, and where it would only go back, the agent is told why not.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from app.agents.routing.by_model import SILENT_CONFIDENCE
from app.agents.routing.router import MAX_INTENTS, Guess, merged
from app.records import Candidate
from app.tools.builtin import TRANSFER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.messages.tool import ToolCall

    from app.agents.config import AgentConfig, AgentSpec
    from app.agents.state import IntentState, RunState

MAX_HANDOVERS: Final = 3  # of one message: to a wrong colleague, to the right one, and once more for a second wish
MAX_REQUEST_CHARS: Final = 1_000  # of one wish; the customer's own words are kept where there is only one

NO_MORE: Final = "This message has been passed on often enough. Answer it, or say plainly that you cannot help."
ITSELF: Final = "That is your own job: do it yourself, with your own tools."
BACK: Final = "{name} has just passed this on to you. Answer it, or say plainly that you cannot help."
UNKNOWN: Final = "There is no such colleague. Use exactly one of: {names}."
PASSED: Final = "{name} takes this over as soon as you are done. Do your own part only, and do not speak of this one."


@dataclass(frozen=True, kw_only=True)
class Handover:
    """What comes of an agent's calls of the tool.

    `way` is `instead`: `intents` take the place of the present one; `after`: they come after it; `router`: the router
    is to decide; `refused`: nothing is passed on. `answers` belong to the calls, for the agent that goes on.
    """

    way: Literal["instead", "after", "router", "refused"]
    intents: tuple[IntentState, ...] = ()
    answers: tuple[ToolMessage, ...] = ()

    @property
    def candidates(self) -> list[Candidate]:
        """Return what is passed on, for the log."""
        return [
            Candidate(
                agent=intent["agent"],
                confidence=SILENT_CONFIDENCE,
                request=intent["request"],
                reason=f"handed over by {intent['tried'][-1]}",
            )
            for intent in self.intents
        ]


def transfer_tool(agent: AgentSpec, config: AgentConfig) -> dict[str, Any]:
    """Describe the tool to the model of `agent`: it names the other agents and what each is for."""
    others = [one for one in config.agents if one.name != agent.name]
    roster = "\n".join(f"- {one.name}: {one.description}" for one in others)
    return {
        "type": "function",
        "function": {
            "name": TRANSFER,
            "description": "Pass on to a colleague, at once and without a word, what is not your job but theirs. "
            f"Several things for colleagues: one call each.\nColleagues:\n{roster}",
            "parameters": {
                "type": "object",
                "properties": {
                    "agent": {"type": "string", "enum": [one.name for one in others]},
                    "request": {
                        "type": "string",
                        "description": "What the customer wants of them, in the customer's language: one whole "
                        "sentence, with the numbers and names that it refers to.",
                    },
                },
                "required": ["agent", "request"],
                "additionalProperties": False,
            },
        },
    }


def may_hand_over(state: RunState) -> bool:
    """Say whether an agent is offered the tool: not once it was refused, and not after `MAX_HANDOVERS`."""
    newest = state["messages"][-1] if state["messages"] else None
    refused = isinstance(newest, ToolMessage) and newest.name == TRANSFER and newest.status == "error"
    return not refused and state.get("handovers", 0) < MAX_HANDOVERS


def handover_in(answer: AIMessage, *, agent: str, state: RunState, config: AgentConfig) -> Handover | None:
    """Return what an agent's answer passes on; None where it calls the tool not at all."""
    calls = [call for call in answer.tool_calls if call["name"] == TRANSFER]
    if not calls:
        return None
    names = [one.name for one in config.agents]
    named = [_named(call, names) for call in calls]
    if state.get("handovers", 0) >= MAX_HANDOVERS:
        return Handover(way="refused", answers=_answers(calls, [NO_MORE] * len(calls)))
    untouched = not _has_worked(state["messages"])
    if untouched and not state.get("routed_again") and (None in named or _turns_around(answer.tool_calls)):
        return Handover(way="router")
    at_once = untouched and len(calls) == len(answer.tool_calls) and not answer.invalid_tool_calls
    present = _present(state)
    if at_once and len(set(named) - {None, agent}) > 1:
        refusals = ["" if name else UNKNOWN for name in named]  # a list of wishes: its own is one of them
    else:
        tried = present.get("tried", []) if at_once else []
        refusals = [_refusal(name, agent=agent, tried=tried) for name in named]
    taken = [call for call, refusal in zip(calls, refusals, strict=True) if not refusal]
    said = _wishes(taken, names, agent=agent, text=state["text"])
    if not said:
        return Handover(way="refused", answers=_answers(calls, refusals, names=names))
    intents: list[IntentState] = [
        {"agent": wish.agent, "request": wish.request, "tried": [*present.get("tried", []), agent]} for wish in said
    ]
    if not at_once:
        return Handover(way="after", intents=tuple(intents), answers=_answers(calls, refusals, names=names))
    if len(intents) == 1:  # all that was asked: the colleague reads it as the customer wrote it
        intents[0]["request"] = present.get("request", state["text"])
    return Handover(way="instead", intents=tuple(intents))


def _named(call: ToolCall, names: Sequence[str]) -> str | None:
    """Return the agent that a call names, also as people would write it: `Order lookup`."""
    wanted = re.sub(r"[\s-]+", "_", str(call["args"].get("agent", "")).strip().lower())
    return wanted if wanted in names else None


def _turns_around(calls: Sequence[ToolCall]) -> bool:
    """Say whether a colleague's part comes before the agent's own, which it cannot do in that order."""
    own = [place for place, call in enumerate(calls) if call["name"] != TRANSFER]
    first = next(place for place, call in enumerate(calls) if call["name"] == TRANSFER)
    return bool(own) and first < own[-1]


def _has_worked(messages: Sequence[BaseMessage]) -> bool:
    """Say whether a tool has been called for the present wish; one that could not be read was not."""
    since = itertools.takewhile(lambda message: not isinstance(message, HumanMessage), reversed(messages))
    return any(isinstance(message, ToolMessage) and message.name not in {None, TRANSFER} for message in since)


def _refusal(name: str | None, *, agent: str, tried: Sequence[str]) -> str:
    """Say why a call passes nothing on; empty where it does."""
    if name is None:
        return UNKNOWN
    if name == agent:
        return ITSELF
    return BACK.format(name=name) if name in tried else ""


def _present(state: RunState) -> Mapping[str, Any]:
    """Return the intent that the agent works on."""
    at = state["at"] - 1
    return state["intents"][at] if 0 <= at < len(state["intents"]) else {}


def _wishes(calls: Sequence[ToolCall], names: Sequence[str], *, agent: str, text: str) -> list[Guess]:
    """Return what is passed on, in order; neighbours for one colleague are one wish."""
    guesses = [
        Guess(
            agent=_named(call, names) or agent,
            request=str(call["args"].get("request") or "").strip()[:MAX_REQUEST_CHARS] or text,
            confidence=SILENT_CONFIDENCE,
            reason="",
        )
        for call in calls
    ]
    return merged(guesses)[:MAX_INTENTS]


def _answers(
    calls: Sequence[ToolCall], refusals: Sequence[str], *, names: Sequence[str] = ()
) -> tuple[ToolMessage, ...]:
    """Tell the agent what became of each of its calls."""
    answers = []
    for call, refusal in zip(calls, refusals, strict=True):
        summary = refusal.format(names=", ".join(names)) if refusal else PASSED.format(name=call["args"]["agent"])
        content = json.dumps({"outcome": "failed" if refusal else "succeeded", "summary": summary})
        status: Literal["success", "error"] = "error" if refusal else "success"
        answers.append(ToolMessage(content, tool_call_id=call["id"] or "", name=TRANSFER, status=status))
    return tuple(answers)
