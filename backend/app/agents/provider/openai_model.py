"""Chat model behind an OpenAI-compatible API: LangChain's `ChatOpenAI` over a transport and with a reader of our own.

The parent knows the parameters and how tools are described; the `openai` client behind it is never made.
What small servers leave out or repeat is mended, and only the answer is yielded: no reasoning, whole tool calls, text
in windows. What a server refuses (reports of usage, a call that is required) is not asked of it again. A request that
nothing has come of yet is sent again when its server wishes. A stream that ends without saying so raises
`ModelUnavailable`, one that does not begin in time `ModelTimeout`; a consumer that stops reading stops the server.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import ConfigDict, Field, PrivateAttr

from app.agents.provider.adaptations import TOOLS, Refused, adaptation_to, adapted, noted_refusal
from app.agents.provider.answer import Answer
from app.agents.provider.chunk_stream import ChunkStream
from app.agents.provider.history import as_provider_takes
from app.agents.provider.provider_error import ProviderError
from app.agents.provider.transport import Transport

WINDOW_SECONDS: Final = 0.05  # text within it is one piece: twenty a second read as a flow, and each costs a frame
MAX_RETRIES: Final = 2  # of a request of which nothing has come; more would outlast the customer's patience
FIRST_RETRY_SECONDS: Final = 0.5  # doubled each time, and up to a quarter shorter, so that many do not come at once
MAX_RETRY_SECONDS: Final = 8.0
QUOTA: Final = "insufficient_quota"  # comes as 429 too, but waiting does not help


class StreamingModel(ChatOpenAI):
    """A model behind an OpenAI-compatible API.

    The first piece of an answer may take `patience_seconds`, retries included, and each further one `gap_seconds`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    transport: Transport
    """The way to the server."""
    patience_seconds: float = 60.0
    """How long to wait for the first piece of an answer."""
    gap_seconds: float = 60.0
    """How long to wait for each further one."""

    refused: Refused = Field(default_factory=Refused, exclude=True)
    """What this model has refused before."""

    _only_speaks: bool = PrivateAttr(default=False)
    _starts_thinking: bool = PrivateAttr(default=False)

    def __init__(self, *, model: str, transport: Transport, **fields: Any) -> None:
        """Ask the model of this name at the server that `transport` leads to."""
        super().__init__(
            model=model,
            transport=transport,
            client=transport,  # where the parent would make the client library's own
            async_client=transport,
            streaming=True,
            stream_usage=True,
            use_responses_api=False,
            **fields,
        )

    def _get_invocation_params(self, stop: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
        return {"model": self.model_name, "stop": stop, **kwargs}  # the parent's dumps the whole object for each call

    def _should_stream(self, *, async_api: bool, **_options: Any) -> bool:
        return async_api

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del messages, stop, run_manager, kwargs  # the parent's to give
        raise RuntimeError("This model is asked by `ainvoke` and `astream` only: its connections belong to the loop.")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain reports what is yielded
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        # Messages are written by `history`, which knows what single servers insist on.
        asked = self._get_request_payload([], stop=stop, stream_options={"include_usage": True}, **kwargs)
        payload = {**asked, "messages": as_provider_takes(messages)}
        deadline, tries = _now() + self.patience_seconds, 0
        while True:
            refused = {*self.refused.features, *(["tool_choice"] if self._only_speaks else [])}
            sent, has_begun = adapted(payload, refused), False
            try:
                async for chunk in self._answer(sent, deadline):
                    has_begun = True
                    yield chunk
            except (ProviderError, aiohttp.ClientConnectionError) as error:
                if has_begun:
                    raise
                if isinstance(error, ProviderError) and (name := adaptation_to(error, sent)) is not None:
                    await self.refused.add(name)  # each is left out once, so this comes to an end
                    continue
                wait = _wait_before_retry(error, tries)
                if wait is None or _now() + wait >= deadline:
                    if isinstance(error, ProviderError) and (noted := noted_refusal(error, sent)) is not None:
                        await self.refused.add(noted)
                    raise
                tries += 1
                await asyncio.sleep(wait)
            else:
                if "tools" in sent:
                    await self.refused.discard(TOOLS)
                return

    async def _answer(self, payload: dict[str, Any], deadline: float) -> AsyncIterator[ChatGenerationChunk]:
        """Yield an answer as it comes: its first piece at once, text after it in windows, its calls at the end."""
        answer = Answer(payload.get("tools") or (), starts_thinking=self._starts_thinking)
        window_ends = 0.0
        stream = ChunkStream(self.transport.complete(payload), deadline=deadline, gap_seconds=self.gap_seconds)
        async with stream:
            while not (answer.is_too_long or stream.ended):
                try:
                    answer.add(await stream.read(until=window_ends if answer.has_text else None))
                except Exception:
                    if answer.has_text:  # what came before the break has been said
                        yield answer.take()
                    raise
                if answer.has_text and _now() >= window_ends:
                    window_ends = _now() + WINDOW_SECONDS
                    yield answer.take()
        if "tool_choice" in payload and not answer.has_called:
            # Told to call, it has only spoken. Some such servers let it speak until a call comes, which may be never.
            self._only_speaks = True
        self._starts_thinking = self._starts_thinking or answer.ended_unopened_thought
        yield answer.finish(done=stream.done)


def _wait_before_retry(error: ProviderError | aiohttp.ClientConnectionError, tries: int) -> float | None:
    """Return how long to wait before the request is sent again; None where it is not."""
    if tries >= MAX_RETRIES:
        return None
    if isinstance(error, ProviderError):
        if error.retry_after is None or error.code == QUOTA:
            return None
        if error.retry_after:
            return error.retry_after
    elif isinstance(error, aiohttp.ServerDisconnectedError) and not tries:
        return 0.0  # an idle connection that the server has closed meanwhile
    wait: float = min(FIRST_RETRY_SECONDS * 2**tries, MAX_RETRY_SECONDS)
    return wait * (1 - random.random() / 4)  # noqa: S311 - it spreads, it protects nothing


def _now() -> float:
    return asyncio.get_running_loop().time()
