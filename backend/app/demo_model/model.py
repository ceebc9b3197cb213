"""Demo model: answers without any language model, always the same way, by its script and the words of its tools.

It runs where neither a key nor an address of a provider is set, so that the product can be tried, tested and measured
anywhere. It needs no network and fails only where its script cannot be read (`ConfigMistake`).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Final
from uuid import uuid4

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from app.agents.prompts import section
from app.agents.routing.router import Turn
from app.callbacks import estimate_tokens
from app.demo_model.describe import Result, read_result
from app.demo_model.plan import decide
from app.demo_model.scene import Decision, Scene
from app.demo_model.tools import Offer, offer_of
from app.demo_model.understand import corrected, readable
from app.language.tokens import words_of

NAME: Final = "demo model"
HEADINGS: Final = (
    "Rules",
    "When you hand over, say",
    "When greeted, say",
    "Customers can ask for example",
    "Knowledge",
    "Record of earlier calls in this conversation (data)",
)
WORD: Final = re.compile(r"\S+\s*|\s+")


class DemoModel(BaseChatModel):
    """A chat model that needs no provider: it does what `plan.decide` says and streams it word by word."""

    delay_ms: int = 0
    """The pause between two words, so that a stream can be seen."""

    @property
    def _llm_type(self) -> str:
        return "demo"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": NAME}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_model_name"] = NAME
        return params

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model with these tools to choose from."""
        del tool_choice  # it always chooses by itself
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop, run_manager  # the parent's to give; nothing here needs them
        chunks = list(self._chunks(messages, kwargs.get("tools") or []))
        whole = chunks[0]
        for chunk in chunks[1:]:
            whole += chunk
        message = AIMessage(
            content=whole.content, tool_calls=whole.tool_calls, id=whole.id, usage_metadata=whole.usage_metadata
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        del stop, run_manager  # the parent tells the callbacks
        for place, chunk in enumerate(self._chunks(messages, kwargs.get("tools") or [])):
            if place and chunk.text and self.delay_ms:
                await asyncio.sleep(self.delay_ms / 1000)
            yield ChatGenerationChunk(message=chunk)

    def _chunks(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> Iterator[AIMessageChunk]:
        """Yield the answer in pieces: words, or whole calls, and at the end an estimate of the tokens used."""
        decision = decide(scene_of(messages, tools))
        message_id = f"demo-{uuid4().hex}"
        for word in WORD.findall(decision.text):
            yield AIMessageChunk(content=word, id=message_id)
        if decision.calls:
            yield AIMessageChunk(content="", id=message_id, tool_call_chunks=_call_chunks(decision))
        said = decision.text + "".join(json.dumps(dict(call.args)) + call.name for call in decision.calls)
        read = sum(estimate_tokens(message.text) for message in messages) + estimate_tokens(json.dumps(list(tools)))
        written = estimate_tokens(said)
        yield AIMessageChunk(
            content="",
            id=message_id,
            chunk_position="last",
            response_metadata={"model_name": NAME, "finish_reason": "tool_calls" if decision.calls else "stop"},
            usage_metadata=UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written),
        )


def _call_chunks(decision: Decision) -> list[Any]:
    return [
        tool_call_chunk(
            name=call.name,
            args=json.dumps(dict(call.args), ensure_ascii=False),
            id=f"call_{uuid4().hex[:12]}",
            index=index,
        )
        for index, call in enumerate(decision.calls)
    ]


def scene_of(messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> Scene:
    """Return all that the demo model looks at, read from messages and tools; typing mistakes are mended."""
    system = "\n".join(message.text for message in messages if isinstance(message, SystemMessage))
    last = max((place for place, message in enumerate(messages) if isinstance(message, HumanMessage)), default=-1)
    known = {word for tool in tools for word in words_of(tool.get("function", tool).get("description", ""))}
    known.update(words_of(system))

    def lines(heading: str) -> tuple[str, ...]:
        found = section(system, heading, HEADINGS).splitlines()
        return tuple(line.removeprefix("- ") for line in found if not line.startswith("- ("))

    def said(message: BaseMessage) -> str:
        text = readable(message.text)
        return corrected(text, known) if isinstance(message, HumanMessage) else text

    return Scene(
        request=said(messages[last]) if last >= 0 else "",
        before=tuple(
            Turn(customer=isinstance(message, HumanMessage), text=said(message))
            for message in messages[: max(last, 0)]
            if isinstance(message, HumanMessage | AIMessage) and message.text.strip()
        ),
        results=tuple(_results(messages[last + 1 :])),
        offers=tuple(_offer(tool) for tool in tools),
        knowledge=section(system, "Knowledge", HEADINGS),
        greeting=section(system, HEADINGS[2], HEADINGS),
        examples=lines(HEADINGS[3]),
        records=lines(HEADINGS[5]),
    )


def _results(messages: Sequence[BaseMessage]) -> Iterator[Result]:
    """Pair each call since the customer's last words with its result."""
    calls: dict[str, tuple[str, dict[str, Any]]] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            calls.update({call["id"] or "": (call["name"], call["args"]) for call in message.tool_calls})
        elif isinstance(message, ToolMessage):
            name, args = calls.get(message.tool_call_id, (message.name or "tool", {}))
            yield read_result(name, args, message.text)


def _offer(tool: dict[str, Any]) -> Offer:
    function = tool.get("function", tool)
    return offer_of(function["name"], function.get("description", ""), function.get("parameters") or {})
