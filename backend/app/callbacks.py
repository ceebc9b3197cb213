"""Token usage callback: counts what language models cost per turn, call by call, by agent and by model.

Tokens come from the provider, or are estimated where it reports none; a model without a price costs None, not 0.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from app.protocol import Usage

# OpenAI's own rule of thumb for English: "one token generally corresponds to ~4 characters of text"
# (platform.openai.com/tokenizer). tiktoken would be exact but downloads its tables at run time.
CHARS_PER_TOKEN: Final = 4.0
MAX_OPEN_CALLS: Final = 1_000  # calls that never ended (a cancelled turn) must not pile up

log = structlog.get_logger(__name__)


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text by its length; no text is no token."""
    return math.ceil(len(text) / CHARS_PER_TOKEN)


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """One call of a language model; `estimated` where the provider did not report the tokens."""

    agent: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    estimated: bool
    time_to_first_token_ms: int | None
    duration_ms: int


@dataclass(frozen=True, kw_only=True)
class ModelFailure:
    """One call of a language model that was refused or broke off, and what the provider's library raised."""

    agent: str
    model: str
    error: Exception
    duration_ms: int


class PriceList(Protocol):
    """Where prices come from."""

    def cost(self, model: str, *, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return the cost in dollars; None where the model's price is not known."""


@dataclass(kw_only=True)
class _Open:
    """A call that has begun."""

    agent: str
    model: str
    began: float
    prompt_chars: int
    first_token_at: float | None = None
    written: list[str] = field(default_factory=list)


class TokenUsageCallbackHandler(AsyncCallbackHandler):
    """Notes every call of a model in a run, also one that fails half-way; it never disturbs the run itself."""

    run_inline = True  # in the order in which things happen
    ignore_chain = True  # each step of the graph would tell of its beginning and its end

    def __init__(
        self,
        *,
        prices: PriceList | None = None,
        on_call: Callable[[ModelCall | ModelFailure], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Price calls by `prices` (unknown without), and tell `on_call` of each as it ends or fails."""
        self.calls: list[ModelCall] = []
        self._prices = prices
        self._on_call = on_call
        self._clock = clock
        self._open: dict[UUID, _Open] = {}

    def totals(self) -> Usage:
        """Sum the calls up; the cost is None as soon as one call's cost is not known."""
        costs = [call.cost_usd for call in self.calls]
        known = [cost for cost in costs if cost is not None]
        return Usage(
            prompt_tokens=sum(call.prompt_tokens for call in self.calls),
            completion_tokens=sum(call.completion_tokens for call in self.calls),
            cost_usd=math.fsum(known) if costs and len(known) == len(costs) else None,
            model_calls=len(self.calls),
        )

    def reset(self) -> None:
        """Forget everything counted so far."""
        self.calls.clear()
        self._open.clear()

    async def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        tags: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Note that a call has begun, for whom and how much it was given to read."""
        del serialized  # how the model is made says nothing about the call
        try:
            if len(self._open) >= MAX_OPEN_CALLS:
                self._open.pop(next(iter(self._open)))
            about = metadata or {}
            options = kwargs.get("invocation_params") or {}
            model = about.get("ls_model_name") or options.get("model") or options.get("model_name") or "unknown"
            self._open[run_id] = _Open(
                agent=str(about.get("langgraph_node") or next(iter(tags or ()), "")),
                model=str(model),
                began=self._clock(),
                prompt_chars=_chars(messages) + len(str(options.get("tools") or "")),
            )
        except Exception:
            log.exception("model_call_not_counted")

    async def on_llm_new_token(self, token: Any, *, run_id: UUID, chunk: Any = None, **_kwargs: Any) -> None:
        """Note when the first piece that says something came, and what has been written so far."""
        call = self._open.get(run_id)
        if call is None or not (token or getattr(getattr(chunk, "message", None), "tool_call_chunks", None)):
            return
        if call.first_token_at is None:
            call.first_token_at = self._clock()
        if isinstance(token, str) and token:
            call.written.append(token)

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_kwargs: Any) -> None:
        """Count a call that came to its end."""
        try:
            self._count(run_id, _message_of(response))
        except Exception:
            log.exception("model_call_not_counted")

    async def on_llm_error(self, error: BaseException, *, run_id: UUID, **_kwargs: Any) -> None:
        """Tell of a call that broke off, and count it where it had begun to answer: what was written has to be paid.

        A call that was stopped from outside, with its turn, has not failed.
        """
        try:
            call = self._open.get(run_id)
            if call is None:
                return
            if call.first_token_at is not None:
                self._count(run_id, None)
            self._open.pop(run_id, None)
            if isinstance(error, Exception) and self._on_call is not None:
                ms = self._ms_since(call)
                self._on_call(ModelFailure(agent=call.agent, model=call.model, error=error, duration_ms=ms))
        except Exception:
            log.exception("model_call_not_counted")

    def _count(self, run_id: UUID, message: AIMessage | None) -> None:
        call = self._open.pop(run_id, None)
        if call is None:
            return
        usage = message.usage_metadata if message is not None else None
        reported = bool(usage and (usage["input_tokens"] or usage["output_tokens"]))
        prompt = usage["input_tokens"] if usage and reported else math.ceil(call.prompt_chars / CHARS_PER_TOKEN)
        completion = usage["output_tokens"] if usage and reported else _estimated(message, call)
        first = call.first_token_at
        cost = (
            self._prices.cost(call.model, prompt_tokens=prompt, completion_tokens=completion) if self._prices else None
        )
        counted = ModelCall(
            agent=call.agent,
            model=call.model,
            prompt_tokens=prompt,
            completion_tokens=completion,
            cost_usd=cost,
            estimated=not reported,
            time_to_first_token_ms=None if first is None else round((first - call.began) * 1000),
            duration_ms=self._ms_since(call),
        )
        self.calls.append(counted)
        if self._on_call is not None:
            self._on_call(counted)

    def _ms_since(self, call: _Open) -> int:
        return round((self._clock() - call.began) * 1000)


def _estimated(message: AIMessage | None, call: _Open) -> int:
    if message is None:
        return estimate_tokens("".join(call.written))
    calls = "".join(f"{one['name']}{one['args']}" for one in message.tool_calls)
    return estimate_tokens(message.text + calls)


def _message_of(response: LLMResult) -> AIMessage | None:
    for generations in response.generations:
        for generation in generations:
            if isinstance(generation, ChatGeneration) and isinstance(generation.message, AIMessage):
                return generation.message
    return None


def _chars(messages: Sequence[Sequence[BaseMessage]]) -> int:
    return sum(len(message.text) for batch in messages for message in batch)
