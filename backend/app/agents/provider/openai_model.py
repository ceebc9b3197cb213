"""Client of OpenAI-compatible chat models, on LangChain's `ChatOpenAI`.

It waits longer for the first token than between tokens, mends what small servers leave out or repeat, and yields
only the answer: no reasoning, whole tool calls. A stream that ends without a finish reason raises `ModelUnavailable`,
one that does not begin in time `ModelTimeout`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr

from app.agents.provider.reasoning import ReasoningFilter
from app.agents.provider.text_tool_calls import TextToolCalls
from app.agents.provider.tool_call_chunks import ToolCallAssembler
from app.errors import ModelTimeout, ModelUnavailable

MAX_ANSWER_CHARS: Final = 20_000  # several pages; a small model that repeats itself would go on for ever


class StreamingModel(ChatOpenAI):
    """A model behind an OpenAI-compatible API.

    The first token may take `patience_seconds`, retries included; the parent's `stream_chunk_timeout` guards the
    gaps after it. A stream that ends without saying why it ended is broken, never a short answer.
    """

    patience_seconds: float = 60.0
    """How long to wait for the first chunk of an answer."""

    _reports_usage: bool = PrivateAttr(default=True)

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        inner = chunk.get("chunk") or chunk  # where a form was asked for, the library wraps what came
        chunk.setdefault("usage", inner.get("usage"))
        for choice in inner.get("choices") or ():
            for call in (choice.get("delta") or {}).get("tool_calls") or ():
                call.setdefault("index", None)  # some servers send whole calls without one
                call["function"] = call.get("function") or {}
        return super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        *,
        stream_usage: bool | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        wanted = self._reports_usage if stream_usage is None else stream_usage
        try:
            async for chunk in self._whole_stream(messages, stop, run_manager, stream_usage=wanted, **kwargs):
                yield chunk
        except openai.APIStatusError as error:
            if not wanted or "stream_options" not in str(error):
                raise
            self._reports_usage = False  # an older server: it does not know how to report usage
            async for chunk in self._whole_stream(messages, stop, run_manager, stream_usage=False, **kwargs):
                yield chunk

    async def _whole_stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        run_manager: AsyncCallbackManagerForLLMRun | None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        source = super()._astream(messages, stop, run_manager, **kwargs)
        answer = _AnswerFilter(kwargs.get("tools") or ())
        try:
            async for chunk in self._with_patience(source):
                for kept in answer.feed(chunk):
                    yield kept
                if answer.is_too_long:
                    break
        finally:
            await source.aclose()  # type: ignore[attr-defined]  # it is an async generator
        for kept in answer.flush():
            yield kept

    async def _with_patience(self, source: AsyncIterator[ChatGenerationChunk]) -> AsyncIterator[ChatGenerationChunk]:
        try:
            async with asyncio.timeout(self.patience_seconds):
                first = await anext(source, None)
        except TimeoutError:
            raise ModelTimeout from None
        if first is None:
            return
        yield first
        async for chunk in source:
            yield chunk


class _AnswerFilter:
    """Filter over one answer's chunks: drops reasoning and foreign ids, and puts tool calls together."""

    def __init__(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """Know the tools that a text may call."""
        self._texts = TextToolCalls(tools)
        self._fragments = ToolCallAssembler()
        self._reasoning = ReasoningFilter()
        self._finished = False
        self._chars = 0
        self._counted = False

    @property
    def is_too_long(self) -> bool:
        """Say whether the answer is as long as one may get."""
        return self._chars > MAX_ANSWER_CHARS

    def feed(self, chunk: ChatGenerationChunk) -> Iterator[ChatGenerationChunk]:
        """Yield what can be passed on, now that this chunk has come."""
        self._finished = self._finished or bool((chunk.generation_info or {}).get("finish_reason"))
        self._chars += len(chunk.text)
        if self.is_too_long:
            self._finished = True
            return
        self._count_once(chunk)
        chunk.message.id = None  # LangChain gives its own: small servers repeat theirs from answer to answer
        yield from self._texts.feed(_with_text(self._fragments.feed(chunk), self._reasoning))

    def _count_once(self, chunk: ChatGenerationChunk) -> None:
        """Keep the first report of usage: asked with a schema, LangChain repeats the whole answer's at its end."""
        if isinstance(chunk.message, AIMessageChunk) and chunk.message.usage_metadata:
            if self._counted:
                chunk.message.usage_metadata = None
            self._counted = True

    def flush(self) -> Iterator[ChatGenerationChunk]:
        """Yield what was held back to the end; raises `ModelUnavailable` where the end never came."""
        if not self._finished:
            raise ModelUnavailable("The assistant broke off in the middle of its answer. Please try again.")
        if left := self._reasoning.flush():
            yield from self._texts.feed(ChatGenerationChunk(message=AIMessageChunk(content=left)))
        whole = list(self._fragments.whole())
        yield from self._texts.flush(may_be_call=not whole)
        if whole:
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=whole))


def _with_text(chunk: ChatGenerationChunk, reasoning: ReasoningFilter) -> ChatGenerationChunk:
    """Return the chunk with only that part of its text which belongs to the answer."""
    text = reasoning.feed(chunk.text)
    if text == chunk.text or not isinstance(chunk.message, AIMessageChunk):
        return chunk
    message = chunk.message.model_copy(update={"content": text})
    return ChatGenerationChunk(message=message, generation_info=chunk.generation_info)
