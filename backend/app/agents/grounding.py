"""Grounding: an agent that can look things up begins every turn with a call, so that it answers from what it has read.

What needs no look-up is a call too: to ask the customer, or to answer. Servers that can require a call are told to;
for the others, and for small models, one line after the customer's message does it. No language is read for this.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import AIMessage, HumanMessage

from app.actions.provenance import unsaid_arguments, unsaid_ids
from app.agents.provider.speech import SPEECH
from app.tools.base import Access
from app.tools.builtin import ANSWER, ASK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from langchain_core.messages.tool import ToolCall

    from app.agents.config import AgentSpec
    from app.agents.state import RunState
    from app.tools.base import Tool, ToolSpec

# Measured: at the end of the customer's message a small model follows it, among the rules it does not.
CALL_FIRST: Final = HumanMessage("[Reply with tool calls only, and no other text.]")


def looks_first(state: RunState, offered: Sequence[Tool]) -> bool:
    """Say whether the next step is to be a call: the first for a wish, of an agent that can look something up."""
    return not state["steps"] and any(one.spec.access is Access.READ and one.spec.effect is None for one in offered)


def speech_tools(agent: AgentSpec, state: RunState) -> list[dict[str, Any]]:
    """Describe the calls that look nothing up: to ask, and to answer from what is known already."""
    known = ["greetings, thanks and small talk"]
    if agent.knowledge:
        known.append("what your knowledge says")
    if state["records"]:
        known.append("what a tool has already answered in this conversation")
    return [
        _speech(
            ASK,
            "Ask the customer for what is missing to look it up, such as a number.",
            "One plain question, in the customer's language.",
        ),
        _speech(
            ANSWER,
            f"Answer without looking anything up. Only for {', and for '.join(known)}. "
            "Never for anything that another tool can look up.",
            "What you say, in the customer's language.",
        ),
    ]


def said_so_far(agent: AgentSpec, state: RunState) -> list[str]:
    """Return what an agent's values can come from: the customer, tools, earlier answers, and what the agent knows.

    What it says beside a call is no source of the call's values. Calls of earlier turns were seen by the customer.
    """
    messages = [one for one in state["messages"] if not (isinstance(one, AIMessage) and one.tool_calls)]
    own = [agent.knowledge, agent.instructions, *state["records"]]
    return [*own, state["text"], *(one.text for one in messages if one is not CALL_FIRST)]


def unsaid_of(
    calls: Iterable[ToolCall], find: Callable[[str], ToolSpec | None], said: Sequence[str]
) -> dict[str, list[str]]:
    """Return the paths of the arguments that nobody has said, by the id of each call that has any.

    Of a read only what names something counts: the rest of its arguments changes nothing for anybody.
    """
    found = {}
    for call in calls:
        spec = find(call["name"])
        if spec is not None and spec.access is Access.READ:
            found[call["id"] or ""] = unsaid_ids(call["args"], spec, said)
        elif spec is not None:
            found[call["id"] or ""] = unsaid_arguments(call["args"], spec, said, today=datetime.now(UTC).date())
    return {call_id: paths for call_id, paths in found.items() if paths}


def _speech(name: str, description: str, what: str) -> dict[str, Any]:
    argument = SPEECH[name]
    parameters = {
        "type": "object",
        "properties": {argument: {"type": "string", "description": what}},
        "required": [argument],
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}
