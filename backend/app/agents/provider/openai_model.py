"""Client of OpenAI-compatible chat models: LangChain's `ChatOpenAI`, with a reader of its own for what comes back.

The client library sends the request, with its retries, its kinds of errors and Azure; the stream is read here, since
its typed object per token is half of what a turn costs. What small servers leave out or repeat is mended, and only the
answer is yielded: no reasoning, whole tool calls, text in windows. What a server does not know (reports of usage, a
call that is required) is not asked of it again. A stream that ends without saying so raises
`ModelUnavailable`, one that does not begin in time `ModelTimeout`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import openai
import structlog
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from pydantic import Field, PrivateAttr

from app.agents.provider.adaptations import TOOLS, Refused, adaptation_to, adapted, noted_refusal
from app.agents.provider.answer import Answer
from app.agents.provider.chunk_stream import ChunkStream
from app.agents.provider.history import as_provider_takes

WINDOW_SECONDS: Final = 0.03  # text within it is one piece: nobody sees single tokens, and each costs a frame

log = structlog.get_logger(__name__)


class StreamingModel(ChatOpenAI):
    """A model behind an OpenAI-compatible API.

    The first piece of an answer may take `patience_seconds`, retries included; `stream_chunk_timeout` guards the gaps
    after it.
    """

    patience_seconds: float = 60.0
    """How long to wait for the first chunk of an answer."""

    refused: Refused = Field(default_factory=Refused, exclude=True)
    """What this model has refused before."""

    _only_speaks: bool = PrivateAttr(default=False)
    _starts_thinking: bool = PrivateAttr(default=False)

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload = super()._get_request_payload(input_, stop=stop, **kwargs)
        payload["messages"] = as_provider_takes(payload["messages"], self._convert_input(input_).to_messages())
        return payload

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain reports what is yielded
        *,
        stream_usage: bool | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        payload = self._get_request_payload(messages, stop=stop, **{**kwargs, "stream": True})
        if stream_usage is not False:
            payload["stream_options"] = {"include_usage": True}
        while True:
            refused = {*self.refused.features, *(["tool_choice"] if self._only_speaks else [])}
            sent, has_begun = adapted(payload, refused), False
            try:
                async for chunk in self._answer(sent):
                    has_begun = True
                    yield chunk
            except openai.APIStatusError as error:
                name = None if has_begun else adaptation_to(error, sent)
                if name is None:
                    if noted := noted_refusal(error, sent):
                        await self.refused.add(noted)
                    raise
                await self.refused.add(name)  # each is left out once, so this comes to an end
            else:
                if "tools" in sent:
                    await self.refused.discard(TOOLS)
                return

    async def _answer(self, payload: dict[str, Any]) -> AsyncIterator[ChatGenerationChunk]:
        """Yield an answer as it comes: its first piece at once, text after it in windows, its calls at the end."""
        answer = Answer(payload.get("tools") or (), starts_thinking=self._starts_thinking)
        now = asyncio.get_running_loop().time
        window_ends = 0.0
        stream = ChunkStream(
            self.async_client.with_streaming_response.create(**payload),
            first_seconds=self.patience_seconds,
            gap_seconds=self.stream_chunk_timeout,
        )
        async with stream:
            while not (answer.is_too_long or stream.ended):
                try:
                    chunks = await stream.read(until=window_ends if answer.has_text else None)
                except Exception:
                    if answer.has_text:  # what came before the break has been said
                        yield answer.take()
                    raise
                for chunk in chunks:
                    answer.add(chunk)
                if answer.has_text and now() >= window_ends:
                    window_ends = now() + WINDOW_SECONDS
                    yield answer.take()
        if "tool_choice" in payload and not answer.has_called:
            # Told to call, it has only spoken. Some such servers let it speak until a call comes, which may be never.
            self._only_speaks = True
        self._starts_thinking = self._starts_thinking or answer.ended_unopened_thought
        yield answer.finish(done=stream.done)
