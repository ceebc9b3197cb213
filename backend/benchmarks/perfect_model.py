"""Scripted model that always decides rightly: what the agents' graph makes of it is the graph's own doing.

As the router it names the agents that a message is for. As an agent it does its own part and hands over the rest, in
the order asked. It is told the right answer with each message, and knows nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.tool import ToolCall, tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from app.callbacks import estimate_tokens
from app.tools.builtin import TRANSFER


class PerfectModel(BaseChatModel):
    """A model that knows which agents a message is for."""

    wants: list[list[str]] = Field(default_factory=list)
    """By wish, in order: the agents that are right for it."""
    settled: bool = False
    """Whether each wish has been given to its agent."""

    @property
    def _llm_type(self) -> str:
        return "perfect"

    def ask_for(self, wants: Sequence[Sequence[str]]) -> None:
        """Begin with a new message."""
        self.wants, self.settled = [sorted(want) for want in wants], False

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        """Return the model with these tools."""
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del messages, stop, run_manager, kwargs
        raise TypeError("The graph asks its models with ainvoke.")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop
        metadata = (run_manager.metadata if run_manager else None) or {}
        answer = self._routes() if "response_format" in kwargs else self._acts(metadata["langgraph_node"], kwargs)
        read = estimate_tokens("".join(message.text for message in messages) + json.dumps(kwargs.get("tools", [])))
        answer.usage_metadata = {"input_tokens": read, "output_tokens": 1, "total_tokens": read + 1}
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def _routes(self) -> AIMessage:
        """Name an agent for each wish."""
        self.settled = True
        chosen = [{"agent": want[0], "request": "", "confidence": 1.0, "reason": "right"} for want in self.wants]
        return AIMessage(json.dumps({"intents": chosen}))

    def _acts(self, agent: str, offered: dict[str, Any]) -> AIMessage:
        """Do the own part of a message, and hand over the rest; later on, only speak."""
        if self.settled or self.wants in ([], [[agent]]):
            return AIMessage("Done.")
        self.settled = True
        own = next(tool["function"]["name"] for tool in offered["tools"])
        calls: list[ToolCall] = []
        for number, want in enumerate(self.wants):
            passed = {"agent": want[0], "request": f"Wish {number}"}
            name, args = (own, cast("dict[str, Any]", {})) if agent in want else (TRANSFER, passed)
            calls.append(tool_call(name=name, args=args, id=f"call_{number}"))
        return AIMessage("", tool_calls=calls)
