import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, Generation, LLMResult

from app.callbacks import MAX_OPEN_CALLS, ModelCall, ModelFailure, TokenUsageCallbackHandler, estimate_tokens
from app.demo_model.model import DemoModel
from app.protocol import Usage


class FakeClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakePrices:
    def cost(self, model: str, *, prompt_tokens: int, completion_tokens: int) -> float | None:
        return None if model == "unknown" else prompt_tokens * 0.001 + completion_tokens * 0.002


def usage(read: int, written: int) -> UsageMetadata:
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)


def answer(text: str = "Hello there", **fields: Any) -> LLMResult:
    return LLMResult(generations=[[ChatGeneration(message=AIMessage(text, **fields))]])


async def begin(handler: TokenUsageCallbackHandler, *, model: str = "gpt-5", node: str = "general") -> UUID:
    run_id = uuid4()
    metadata = {"langgraph_node": node, "ls_model_name": model}
    await handler.on_chat_model_start({}, [[HumanMessage("x" * 40)]], run_id=run_id, metadata=metadata)
    return run_id


class TestCounting:
    async def test_what_the_provider_reports_is_counted(self) -> None:
        """Tokens are those that the provider reports; agent, model, time and cost stand beside them."""
        clock = FakeClock()
        handler = TokenUsageCallbackHandler(clock=clock, prices=FakePrices())
        run_id = await begin(handler)
        clock.now += 0.25
        await handler.on_llm_new_token("Hello", run_id=run_id)
        clock.now += 0.75
        await handler.on_llm_end(answer(usage_metadata=usage(11, 7)), run_id=run_id)
        assert handler.calls == [
            ModelCall(
                agent="general",
                model="gpt-5",
                prompt_tokens=11,
                completion_tokens=7,
                cost_usd=0.025,
                estimated=False,
                time_to_first_token_ms=250,
                duration_ms=1000,
            )
        ]

    @pytest.mark.parametrize("fields", [{}, {"usage_metadata": usage(0, 0)}])
    async def test_what_is_not_reported_is_estimated(self, fields: dict[str, Any]) -> None:
        """Without a report the tokens are estimated by length, and are marked so."""
        handler = TokenUsageCallbackHandler()
        run_id = await begin(handler)
        calls = [{"name": "get_order", "args": {"order_id": 1042}, "id": "1"}]
        await handler.on_llm_end(answer("x" * 20, tool_calls=calls, **fields), run_id=run_id)
        (call,) = handler.calls
        assert (call.prompt_tokens, call.estimated) == (10, True)
        assert call.completion_tokens == estimate_tokens("x" * 20 + "get_order{'order_id': 1042}")

    async def test_nothing_said_is_no_first_token(self) -> None:
        """An empty piece is not the first token; a piece of a call is."""
        clock = FakeClock()
        handler = TokenUsageCallbackHandler(clock=clock)
        run_id = await begin(handler)
        await handler.on_llm_new_token("", run_id=run_id, chunk=ChatGenerationChunk(message=AIMessageChunk(content="")))
        clock.now += 2
        fragment: Any = {"name": "a", "args": "", "id": None, "index": 0, "type": "tool_call_chunk"}
        piece = ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[fragment]))
        await handler.on_llm_new_token("", run_id=run_id, chunk=piece)
        await handler.on_llm_end(answer(), run_id=run_id)
        assert handler.calls[0].time_to_first_token_ms == 2000

    async def test_without_tokens_there_is_no_first_one(self) -> None:
        """An answer that came in one piece has no first token."""
        handler = TokenUsageCallbackHandler()
        await handler.on_llm_end(answer(), run_id=await begin(handler))
        assert handler.calls[0].time_to_first_token_ms is None

    async def test_a_call_that_breaks_off_is_counted(self) -> None:
        """What was written before a break has to be paid, so it is counted."""
        handler = TokenUsageCallbackHandler()
        run_id = await begin(handler)
        await handler.on_llm_new_token("x" * 8, run_id=run_id)
        await handler.on_llm_error(RuntimeError("cut"), run_id=run_id)
        assert [(one.completion_tokens, one.estimated) for one in handler.calls] == [(2, True)]

    async def test_a_call_that_never_answered_is_not(self) -> None:
        """A refused call costs nothing."""
        handler = TokenUsageCallbackHandler()
        await handler.on_llm_error(RuntimeError("refused"), run_id=await begin(handler))
        assert handler.calls == []

    async def test_a_failure_is_told_with_who_asked_whom(self) -> None:
        """Which model failed, for which agent, after how long, and what was raised."""
        told: list[ModelCall | ModelFailure] = []
        clock = FakeClock()
        handler = TokenUsageCallbackHandler(on_call=told.append, clock=clock)
        run_id, refused = await begin(handler), RuntimeError("refused")
        clock.now += 1.5
        await handler.on_llm_error(refused, run_id=run_id)
        assert told == [ModelFailure(agent="general", model="gpt-5", error=refused, duration_ms=1500)]

    async def test_what_broke_off_is_paid_and_has_failed(self) -> None:
        """First what it had written, then that it went no further; once, however often a library says so."""
        told: list[ModelCall | ModelFailure] = []
        handler = TokenUsageCallbackHandler(on_call=told.append)
        run_id = await begin(handler)
        await handler.on_llm_new_token("x" * 8, run_id=run_id)
        for _ in range(2):
            await handler.on_llm_error(RuntimeError("cut"), run_id=run_id)
        assert [type(one) for one in told] == [ModelCall, ModelFailure]

    @pytest.mark.parametrize("stopped", [asyncio.CancelledError(), GeneratorExit()])
    async def test_what_was_stopped_has_not_failed(self, stopped: BaseException) -> None:
        """A customer who stops an answer is no failure of the model."""
        told: list[ModelCall | ModelFailure] = []
        handler = TokenUsageCallbackHandler(on_call=told.append)
        await handler.on_llm_error(stopped, run_id=await begin(handler))
        assert told == []

    async def test_each_call_is_told_of(self) -> None:
        """Whoever asked is told of every call as it ends."""
        told: list[ModelCall | ModelFailure] = []
        handler = TokenUsageCallbackHandler(on_call=told.append)
        await handler.on_llm_end(answer(), run_id=await begin(handler, node="router"))
        await handler.on_llm_end(answer(), run_id=await begin(handler))
        assert [call.agent for call in told] == ["router", "general"]

    async def test_calls_at_the_same_time_stay_apart(self) -> None:
        """Two calls that overlap are counted each for itself."""
        handler = TokenUsageCallbackHandler()
        first, second = await begin(handler, model="a"), await begin(handler, model="b")
        await handler.on_llm_end(answer(usage_metadata=usage(2, 2)), run_id=second)
        await handler.on_llm_end(answer(usage_metadata=usage(1, 1)), run_id=first)
        assert [(call.model, call.prompt_tokens) for call in handler.calls] == [("b", 2), ("a", 1)]


class TestTotals:
    async def test_totals_are_sums(self) -> None:
        """A turn's totals are the sums of its calls."""
        handler = TokenUsageCallbackHandler(prices=FakePrices())
        for _ in range(2):
            await handler.on_llm_end(answer(usage_metadata=usage(10, 5)), run_id=await begin(handler))
        assert handler.totals() == Usage(prompt_tokens=20, completion_tokens=10, cost_usd=0.04, model_calls=2)

    async def test_one_unknown_price_makes_the_sum_unknown(self) -> None:
        """A sum that lacks a part is not given as if it were whole."""
        handler = TokenUsageCallbackHandler(prices=FakePrices())
        for model in ("gpt-5", "unknown"):
            await handler.on_llm_end(answer(usage_metadata=usage(10, 5)), run_id=await begin(handler, model=model))
        assert handler.totals().cost_usd is None

    async def test_without_prices_nothing_is_known_of_the_cost(self) -> None:
        """A handler made without anything counts tokens and no money."""
        handler = TokenUsageCallbackHandler()
        assert handler.totals() == Usage(prompt_tokens=0, completion_tokens=0, cost_usd=None, model_calls=0)
        await handler.on_llm_end(answer(), run_id=await begin(handler))
        assert handler.totals().cost_usd is None

    async def test_reset_forgets(self) -> None:
        """After a reset it is as new."""
        handler = TokenUsageCallbackHandler()
        open_call = await begin(handler)
        await handler.on_llm_end(answer(), run_id=await begin(handler))
        handler.reset()
        await handler.on_llm_end(answer(), run_id=open_call)
        assert handler.calls == []


class TestNeverInTheWay:
    async def test_strange_calls_do_no_harm(self) -> None:
        """Whatever a library hands over, the run goes on."""
        handler = TokenUsageCallbackHandler()
        run_id = uuid4()
        await handler.on_llm_new_token("x", run_id=run_id)
        await handler.on_llm_end(answer(), run_id=run_id)
        await handler.on_llm_error(RuntimeError(), run_id=run_id)
        await handler.on_chat_model_start({}, [["not a message"]], run_id=run_id)  # type: ignore[list-item]
        assert handler.calls == []

    async def test_a_listener_that_fails_does_no_harm(self) -> None:
        """A failing listener breaks neither the run nor the counting."""

        def broken(_: ModelCall | ModelFailure) -> None:
            raise RuntimeError

        handler = TokenUsageCallbackHandler(on_call=broken)
        await handler.on_llm_end(answer(), run_id=await begin(handler))
        assert len(handler.calls) == 1

    async def test_an_answer_that_is_no_chat_is_counted(self) -> None:
        """An answer in another form is counted by what was asked."""
        handler = TokenUsageCallbackHandler()
        run_id = await begin(handler)
        await handler.on_llm_end(LLMResult(generations=[[Generation(text="Hi")]]), run_id=run_id)
        assert handler.calls[0].completion_tokens == 0

    async def test_calls_that_never_end_do_not_pile_up(self) -> None:
        """Calls that were given up are forgotten in the end."""
        handler = TokenUsageCallbackHandler()
        first = await begin(handler)
        for _ in range(MAX_OPEN_CALLS):
            await begin(handler)
        await handler.on_llm_end(answer(), run_id=first)
        assert handler.calls == []

    async def test_without_metadata_the_options_name_the_model(self) -> None:
        """Outside a graph the model is known by its options, and the agent by a tag or not at all."""
        handler = TokenUsageCallbackHandler()
        run_id = uuid4()
        options = {"model": "qwen3", "tools": [{"name": "get_order"}]}
        await handler.on_chat_model_start({}, [[]], run_id=run_id, tags=["seq:step"], invocation_params=options)
        await handler.on_llm_end(answer(), run_id=run_id)
        assert (handler.calls[0].model, handler.calls[0].agent) == ("qwen3", "seq:step")
        assert handler.calls[0].prompt_tokens > 0


async def test_it_hears_a_model_that_streams() -> None:
    """In LangChain's own hands it counts a model's call, with the time of its first word."""
    handler = TokenUsageCallbackHandler()
    config: Any = {"callbacks": [handler], "metadata": {"langgraph_node": "general"}}
    async for _ in DemoModel().astream([HumanMessage("Hello")], config):
        pass
    (call,) = handler.calls
    assert (call.agent, call.model, call.estimated) == ("general", "demo model", False)
    assert call.time_to_first_token_ms is not None
    assert call.completion_tokens > 0


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_estimates_go_by_length(text: str, tokens: int) -> None:
    """Four characters are about one token, and what is there is never none."""
    assert estimate_tokens(text) == tokens
