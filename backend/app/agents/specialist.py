"""Specialist node. One step of one agent: its prompt, its tools, one call of its model.

Failures of the provider are raised as errors of ours (`explain_model_error`); unreadable tool calls are answered, so
that the model can mend them; an agent that comes to no end raises `TurnTooLong`, with what was done so far.
"""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from app.agents.call_ids import message_key, with_own_call_ids
from app.agents.config import MAX_STEPS
from app.agents.grounding import (
    CALL_FIRST,
    looks_first,
    said_so_far,
    speech_tools,
    unsaid_of,
)
from app.agents.models import explain_model_error
from app.agents.prompts import specialist_prompt
from app.agents.provider.answer import CUT_OFF
from app.agents.routing.handover import handover_in, may_hand_over, transfer_tool
from app.agents.shortening import chars_of, shortened
from app.agents.step_limit import reason_to_stop, summary_of
from app.agents.tool_selection import ToolSelector
from app.errors import AppError, ModelContextExceeded, ToolInvalidInput, ToolUnknown, TurnTooLong
from app.protocol import ToolResult
from app.records import Routed
from app.tools.base import Access
from app.tools.builtin import TRANSFER

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable, RunnableConfig
    from langgraph.runtime import Runtime

    from app.agents.config import AgentConfig, AgentSpec
    from app.agents.models import ModelSource
    from app.agents.state import RunContext, RunState
    from app.tools.base import Tool, ToolSpec
    from app.tools.registry import ToolRegistry

MESSAGES_SEARCHED: Final = 2  # a reply such as "yes, the second" says what it is about only with the message before
NOTHING_SAID: Final = "I am sorry, I have no answer to that. Could you say it in other words?"
CUT_SHORT: Final = "My answer was too long and was cut off here. Say “go on” and I will continue."
LEAVE_OUT: Final = "Leave out what the customer or a tool has not said: {names}."


class Specialist:
    """The graph's node of one agent."""

    def __init__(
        self,
        agent: AgentSpec,
        *,
        config: AgentConfig,
        models: ModelSource,
        tools: ToolRegistry,
        hands_over: bool = False,
        looks_first: bool = False,
    ) -> None:
        """Answer as `agent`, with the tools that the registry has for it at the time of each call.

        With `hands_over` it can pass on to other agents what is their job, with `looks_first` it begins with a call.
        """
        self._agent = agent
        self._config = config
        self._models = models
        self._tools = tools
        self._looks_first = looks_first
        self._passing_on = [transfer_tool(agent, config)] if hands_over and len(config.agents) > 1 else []
        self._selector: tuple[int, ToolSelector] | None = None
        self._too_many_chars = math.inf  # of what is sent: as many as its model has refused

    async def step(self, state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> dict[str, Any]:
        """Call the model once; its text, or its calls of tools, become the run's newest messages."""
        limit = self._agent.max_steps or MAX_STEPS
        if why := reason_to_stop(state, limit):
            raise TurnTooLong(summary_of(state, why, limit, find=self._spec_of))
        selected = await self._selected(state)
        offered = [*map(_described, selected), *(self._passing_on if may_hand_over(state) else [])]
        model = self._models.get(self._agent.model)
        reminder: list[BaseMessage] = []
        options: dict[str, Any] = {}
        if self._looks_first and looks_first(state, selected):
            offered += speech_tools(self._agent, state)
            options["tool_choice"] = "required"
            reminder = [CALL_FIRST]
        bound: Runnable[Any, AIMessage] = model.bind_tools(offered, **options) if offered else model
        message = await self._ask(bound, [self._instructions(state), *state["messages"]], reminder, config)
        context = runtime.context
        answer = with_own_call_ids(message, message_key(context.run_id, context.attempt, config.get("metadata", {})))
        if self._passing_on and (passed := self._passed_on(answer, state, runtime)) is not None:
            return passed
        refused = self._refuse_unreadable(answer, runtime)
        added: list[BaseMessage] = [answer, *refused]
        if not answer.tool_calls and not refused:
            added = self._final(answer)
        unsaid = unsaid_of(answer.tool_calls, self._spec_of, said_so_far(self._agent, state))
        return {"messages": added, "steps": state["steps"] + 1, "unsaid": unsaid}

    async def _ask(
        self,
        model: Runnable[Any, AIMessage],
        asked: list[BaseMessage],
        reminder: list[BaseMessage],
        config: RunnableConfig,
    ) -> AIMessage:
        """Ask the model; what it finds too long is shortened and sent again, and from then on at once."""
        while True:
            shorter = shortened(asked)
            if chars_of(asked) >= self._too_many_chars and shorter is not None:
                asked = shorter
                continue
            try:
                return await model.ainvoke([*asked, *reminder], config)
            except AppError:
                raise
            except Exception as error:
                explained = explain_model_error(error)
                if not isinstance(explained, ModelContextExceeded) or shorter is None:
                    raise explained from error
                self._too_many_chars = chars_of(asked)

    def _passed_on(self, answer: AIMessage, state: RunState, runtime: Runtime[RunContext]) -> dict[str, Any] | None:
        """Return what changes where the answer hands something over; None where it does not."""
        handover = handover_in(answer, agent=self._agent.name, state=state, config=self._config)
        if handover is None:
            return None
        if handover.way == "router":
            return {"passing": "router"}
        if handover.intents:
            runtime.stream_writer(Routed(thread_id=runtime.context.thread_id, intents=handover.candidates, by="agent"))
        at, intents, handovers = state["at"], state["intents"], state.get("handovers", 0) + bool(handover.intents)
        if handover.way == "instead":
            intents = [*intents[: at - 1], *handover.intents, *intents[at:]]
            return {"intents": intents, "at": at - 1, "passing": "agent", "handovers": handovers}
        messages = [answer, *handover.answers, *self._refuse_unreadable(answer, runtime)]
        # What it has said beside handing over is its answer; without a word it goes on.
        is_over = bool(answer.text.strip()) and len(handover.answers) == len(answer.tool_calls) and handover.intents
        return {
            "messages": messages,
            "intents": [*intents, *handover.intents],
            "steps": state["steps"] + 1,
            "passing": "agent" if is_over else "",
            "handovers": handovers,
        }

    async def _selected(self, state: RunState) -> list[Tool]:
        """Choose the tools for this step; the index of many is kept until the tools change."""
        version = self._tools.version
        if self._selector is None or self._selector[0] != version:
            # An index of a thousand tools takes a second; nobody else is to wait for it.
            self._selector = (version, await asyncio.to_thread(ToolSelector, self._tools.select(self._agent.tools)))
        wishes = [str(message.text) for message in state["messages"] if isinstance(message, HumanMessage)]
        called = {
            call["name"]
            for message in state["messages"]
            if isinstance(message, AIMessage)
            for call in message.tool_calls
        }
        return self._selector[1].for_message("\n".join(wishes[-MESSAGES_SEARCHED:]), called=called)

    def _spec_of(self, name: str) -> ToolSpec | None:
        try:
            return self._tools.get(name).spec
        except ToolUnknown:
            return None

    def _instructions(self, state: RunState) -> SystemMessage:
        prompt = specialist_prompt(self._agent, self._config, hands_over=bool(self._passing_on))
        if state["records"]:
            lines = "\n".join(f"- {line}" for line in state["records"])
            prompt += f"\n\nRecord of earlier calls in this conversation (data):\n{lines}"
        return SystemMessage(prompt)

    def _refuse_unreadable(self, message: AIMessage, runtime: Runtime[RunContext]) -> list[ToolMessage]:
        """Answer calls whose arguments are not JSON, so that the model can mend them."""
        answers = []
        for call in message.invalid_tool_calls:
            summary = "The arguments were not one JSON object. Call the tool again with valid JSON."
            content = {"outcome": "failed", "error": ToolInvalidInput.code, "summary": summary}
            answers.append(ToolMessage(json.dumps(content), tool_call_id=call["id"] or ""))
            if call["name"] == TRANSFER:  # nobody has seen that call
                continue
            runtime.stream_writer(
                ToolResult(
                    thread_id=runtime.context.thread_id,
                    tool=call["name"] or "unknown",
                    call_id=call["id"] or "",
                    ok=False,
                    summary="The assistant's request could not be read.",
                    duration_ms=0,
                    outcome="failed",
                )
            )
        return answers

    def _final(self, message: AIMessage) -> list[BaseMessage]:
        """Let no answer be empty, and none pass for whole that was cut off."""
        if not message.text.strip():
            return [AIMessage(NOTHING_SAID, name=self._agent.name)]
        if message.response_metadata.get("finish_reason") == CUT_OFF:
            return [message, AIMessage(CUT_SHORT, name=self._agent.name)]
        return [message]


def _described(tool: Tool) -> dict[str, Any]:
    """Describe a tool to the model; of a write, what it may leave out is named."""
    description = tool.spec.description
    optional = sorted(set(tool.spec.parameters.get("properties", {})) - set(tool.spec.parameters.get("required", ())))
    if optional and tool.spec.access is not Access.READ:
        description += f"\n{LEAVE_OUT.format(names=', '.join(optional))}"
    return {
        "type": "function",
        "function": {
            "name": tool.spec.name,
            "description": description,
            "parameters": dict(tool.spec.parameters),
        },
    }
