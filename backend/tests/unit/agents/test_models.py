import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.runnables import Runnable

from app.agents.call_ids import with_own_call_ids
from app.agents.models import READY_FOR_SECONDS, Models, explain_model_error
from app.agents.provider.answer import MAX_ANSWER_CHARS
from app.demo_model.model import DemoModel
from app.errors import (
    AppError,
    ModelBusy,
    ModelKeyRefused,
    ModelNotFound,
    ModelQuotaUsed,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from tests.openai_server import MODEL, OpenAIServer, call, calls, cut, failure, garbage, held, text, unreadable_call

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_order",
        "description": "Look up an order.",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
    },
}


@pytest.fixture
async def models(server: OpenAIServer) -> AsyncIterator[Models]:
    models = made(server.base_url)
    yield models
    await models.aclose()


def made(base_url: str | None, **changes: Any) -> Models:
    options: dict[str, Any] = {
        "api_key": "secret-key",
        "base_url": base_url,
        "default_model": MODEL,
        "timeout_seconds": 20,
        **changes,
    }
    return Models(**options)


async def ask(model: Runnable[Any, Any], *, tools: bool = False) -> AIMessage:
    bound = model.bind_tools([TOOL]) if tools else model  # type: ignore[attr-defined]
    answer = await bound.ainvoke([HumanMessage("Where is order 1042?")])
    assert isinstance(answer, AIMessage)
    return answer


async def failed(models: Models) -> AppError:
    """Ask, and return how the product names what went wrong."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the library raises
        await ask(models.get(None))
    return explain_model_error(caught.value)


class TestDemo:
    async def test_without_key_and_address_it_is_the_demo_model(self) -> None:
        """Without a key and an address every agent speaks with the demo model, and it is always ready."""
        demo = DemoModel()
        models = made(None, api_key=None, demo=demo)
        assert models.get("gpt-5") is demo
        assert models.is_demo
        assert models.label == "demo model"
        assert await models.ready()
        await models.aclose()

    async def test_without_any_model_the_cause_is_named(self) -> None:
        """Where there is neither a key nor a model that needs none, the failure says what is missing."""
        with pytest.raises(ModelRefused) as caught:
            made(None, api_key=None).get(None)
        assert "key" in str(caught.value.details["reason"])


class TestAnswers:
    async def test_a_text_streams(self, server: OpenAIServer, models: Models) -> None:
        """A text's first piece comes at once, the rest in windows, with the tokens that the provider reports."""
        server.script(text("It is on its way."))
        pieces = [piece async for piece in models.get(None).astream([HumanMessage("Hi")])]
        assert (pieces[0].text[:2], "".join(piece.text for piece in pieces)) == ("It", "It is on its way.")
        whole = pieces[0]
        for piece in pieces[1:]:
            whole += piece
        assert isinstance(whole, AIMessageChunk)
        assert whole.usage_metadata is not None
        assert (whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]) == (11, 7)

    async def test_the_request_carries_model_key_and_usage_wish(self, server: OpenAIServer, models: Models) -> None:
        """The provider is asked for the agent's model with our key, streaming, usage included."""
        server.script(text("Yes."))
        await ask(models.get("other-model"))
        assert server.requests[0]["model"] == "other-model"
        assert server.requests[0]["stream"] is True
        assert server.requests[0]["stream_options"] == {"include_usage": True}
        assert server.keys == ["Bearer secret-key"]

    async def test_an_address_without_a_key_is_enough(self, server: OpenAIServer) -> None:
        """A local server needs no key: one is made up, for some insist on it."""
        models = made(server.base_url, api_key=None)
        server.script(text("Hello"))
        assert (await ask(models.get(None))).text == "Hello"
        assert models.label == MODEL
        assert not models.is_demo
        assert server.keys == ["Bearer none"]
        await models.aclose()

    async def test_calls_in_fragments_are_put_together(self, server: OpenAIServer, models: Models) -> None:
        """Several calls whose arguments come in fragments arrive whole and apart."""
        server.script(calls(call("get_order", order_id=1042), call("get_order", order_id=1043), fragment_chars=3))
        answer = await ask(models.get(None), tools=True)
        assert [one["args"] for one in answer.tool_calls] == [{"order_id": 1042}, {"order_id": 1043}]
        assert server.requests[0]["tools"][0]["function"]["name"] == "get_order"

    @pytest.mark.parametrize("ids", ["missing", "own"])
    async def test_missing_ids_are_no_harm(self, server: OpenAIServer, models: Models, ids: Any) -> None:
        """Calls without ids of their own stay two calls, and are named by us."""
        server.script(calls(call("get_order", order_id=1), call("get_order", order_id=2), ids=ids))
        answer = with_own_call_ids(await ask(models.get(None), tools=True))
        assert [one["args"]["order_id"] for one in answer.tool_calls] == [1, 2]
        assert len({one["id"] for one in answer.tool_calls}) == 2

    async def test_repeated_ids_are_no_harm(self, server: OpenAIServer, models: Models) -> None:
        """Calls that carry the same id stay two calls."""
        server.script(calls(call("get_order", order_id=1), call("get_order", order_id=2), ids="same"))
        answer = with_own_call_ids(await ask(models.get(None), tools=True))
        assert [one["args"]["order_id"] for one in answer.tool_calls] == [1, 2]
        assert len({one["id"] for one in answer.tool_calls}) == 2

    async def test_whole_calls_without_an_index_are_kept(self, server: OpenAIServer, models: Models) -> None:
        """Servers that send a call whole leave its index out; it is a call all the same."""
        server.script(
            calls(call("get_order", order_id=1), call("get_order", order_id=2), fragment_chars=0, index=False)
        )
        answer = await ask(models.get(None), tools=True)
        assert [one["args"]["order_id"] for one in answer.tool_calls] == [1, 2]

    async def test_arguments_that_are_not_json_are_marked(self, server: OpenAIServer, models: Models) -> None:
        """A call whose arguments cannot be read is an invalid call, not an error and not a call."""
        server.script(calls(unreadable_call("get_order")))
        answer = await ask(models.get(None), tools=True)
        assert answer.tool_calls == []
        assert answer.invalid_tool_calls[0]["name"] == "get_order"

    async def test_an_invented_tool_comes_through(self, server: OpenAIServer, models: Models) -> None:
        """A call of a tool that nobody offered is passed on: who carries calls out refuses it."""
        server.script(calls(call("drop_tables", now=True)))
        answer = await ask(models.get(None), tools=True)
        assert answer.tool_calls[0]["name"] == "drop_tables"

    async def test_a_call_written_as_text_is_a_call(self, server: OpenAIServer, models: Models) -> None:
        """A small model that writes its call as JSON text has called, and the customer sees no JSON."""
        server.script(text('{"name": "get_order", "arguments": {"order_id": 1042}}'))
        answer = await ask(models.get(None), tools=True)
        assert answer.text == ""
        assert [(one["name"], one["args"]) for one in answer.tool_calls] == [("get_order", {"order_id": 1042})]

    async def test_thoughts_are_not_said(self, server: OpenAIServer, models: Models) -> None:
        """What a reasoning model thinks aloud is not part of its answer, nor does it hide a call."""
        server.script(text("<think>The customer wants to know.</think> It is on its way."))
        assert (await ask(models.get(None))).text == "It is on its way."
        server.script(text('<think>I call.</think>{"name": "get_order", "arguments": {"order_id": 7}}'))
        answer = await ask(models.get(None), tools=True)
        assert (answer.text, [one["args"] for one in answer.tool_calls]) == ("", [{"order_id": 7}])

    async def test_missing_usage_is_no_harm(self, server: OpenAIServer, models: Models) -> None:
        """A server that reports no tokens answers all the same."""
        server.script(text("Hello there", usage=None))
        answer = await ask(models.get(None))
        assert answer.text == "Hello there"
        assert answer.usage_metadata is None

    async def test_a_server_that_does_not_know_stream_options(self, server: OpenAIServer, models: Models) -> None:
        """A server that refuses the wish for usage is asked without it, from then on at once."""
        server.script(text("One", refuses=("stream_options",)))
        assert (await ask(models.get(None))).text == "One"
        server.script(text("Two", refuses=("stream_options",)))
        assert (await ask(models.get(None))).text == "Two"
        assert ["stream_options" in request for request in server.requests] == [True, False, False]


class TestFailures:
    async def test_a_wrong_key_is_refused(self, server: OpenAIServer, models: Models) -> None:
        """A wrong key is not tried again; its reason is for the log, its sentence for the customer."""
        server.script(failure(401, "Incorrect API key provided", code="invalid_api_key"))
        error = await failed(models)
        assert (type(error), error.retryable) == (ModelKeyRefused, False)
        assert "Incorrect API key" in error.details["reason"]
        assert "Incorrect" not in error.message
        assert len(server.requests) == 1

    async def test_an_unknown_model_is_refused(self, server: OpenAIServer, models: Models) -> None:
        """A model that the provider does not have is a mistake in the setup."""
        server.script(failure(404, "The model does not exist"))
        assert type(await failed(models)) is ModelNotFound

    async def test_a_limited_rate_is_waited_for(self, server: OpenAIServer, models: Models) -> None:
        """After 429 the request is sent again when Retry-After has passed."""
        server.script(failure(429, headers={"retry-after-ms": "1"}), text("Now."))
        assert (await ask(models.get(None))).text == "Now."
        assert len(server.requests) == 2

    async def test_a_limit_that_stays_is_busy(self, server: OpenAIServer, models: Models) -> None:
        """A rate that stays limited is given up after the third try."""
        server.script(*[failure(429, headers={"retry-after-ms": "1"})] * 3)
        error = await failed(models)
        assert type(error) is ModelBusy
        assert error.retryable
        assert len(server.requests) == 3

    async def test_an_empty_purse_is_no_matter_of_waiting(self, server: OpenAIServer, models: Models) -> None:
        """A used-up quota comes as 429 too, but is a matter of the setup."""
        server.script(*[failure(429, code="insufficient_quota", headers={"retry-after-ms": "1"})] * 3)
        assert type(await failed(models)) is ModelQuotaUsed

    async def test_a_failing_server_is_tried_again(self, server: OpenAIServer, models: Models) -> None:
        """A server's failure before the first token is tried again."""
        server.script(failure(500, headers={"retry-after-ms": "1"}), text("Better."))
        assert (await ask(models.get(None))).text == "Better."

    async def test_a_server_that_keeps_failing_is_unavailable(self, server: OpenAIServer, models: Models) -> None:
        """A server that fails three times is unavailable."""
        server.script(*[failure(500, headers={"retry-after-ms": "1"})] * 3)
        assert type(await failed(models)) is ModelUnavailable

    async def test_a_stream_that_is_cut_off_is_unavailable(self, server: OpenAIServer, models: Models) -> None:
        """A connection that dies in the middle of an answer is no short answer."""
        server.script(cut(text("It is on its way."), after=2))
        assert type(await failed(models)) is ModelUnavailable
        assert len(server.requests) == 1

    async def test_a_stream_that_just_ends_is_unavailable(self, server: OpenAIServer, models: Models) -> None:
        """A stream that ends without a reason to end has been broken off."""
        server.script(cut(text("It is on its way."), after=2, abort=False))
        error = await failed(models)
        assert type(error) is ModelUnavailable
        assert "broke off" in error.message

    async def test_what_came_before_the_cut_was_streamed(self, server: OpenAIServer, models: Models) -> None:
        """The words before the break have been passed on."""
        server.script(cut(text("It is on its way."), after=2))
        said = []
        with pytest.raises(Exception) as caught:  # noqa: PT011, PT012 - whatever the library raises
            async for piece in models.get(None).astream([HumanMessage("Hi")]):
                said.append(piece.text)  # noqa: PERF401 - what came before the break has to be kept
        assert isinstance(explain_model_error(caught.value), ModelUnavailable)
        assert "".join(said) == "It is"

    async def test_garbage_is_unavailable(self, server: OpenAIServer, models: Models) -> None:
        """A piece that is not JSON ends the answer as unavailable."""
        server.script(garbage(text("It is on its way.")))
        assert type(await failed(models)) is ModelUnavailable

    async def test_an_endless_answer_is_ended(self, server: OpenAIServer, models: Models) -> None:
        """A small model that repeats itself for ever is stopped after several pages."""
        server.script(text(" ".join(["again and again"] * 3_000)))
        answer = await ask(models.get(None))
        assert MAX_ANSWER_CHARS - 100 < len(answer.text) <= MAX_ANSWER_CHARS

    async def test_an_answer_without_anything_is_unavailable(self, server: OpenAIServer, models: Models) -> None:
        """An answer that has not even an end is no answer."""
        server.script(text("", words=False, finish=None, usage=None, pieces=()))
        assert type(await failed(models)) is ModelUnavailable

    async def test_a_slow_first_token_is_a_timeout(self, server: OpenAIServer) -> None:
        """A first token that does not come in time ends the wait once, not once for each retry."""
        models = made(server.base_url, timeout_seconds=0.2)
        gate = asyncio.Event()
        server.script(held(text("Too late."), gate))
        assert type(await failed(models)) is ModelTimeout
        assert len(server.requests) == 1
        gate.set()
        await models.aclose()

    async def test_a_slow_first_token_in_time_is_waited_for(self, server: OpenAIServer, models: Models) -> None:
        """A first token that is slow, yet in time, is an answer."""
        gate = asyncio.Event()
        server.script(held(text("At last."), gate))
        asking = asyncio.create_task(ask(models.get(None)))
        await server.arrived(1)
        assert not asking.done()
        gate.set()
        assert (await asking).text == "At last."

    async def test_an_unreachable_server_is_unavailable(self, server: OpenAIServer) -> None:
        """Where nobody listens the model is unavailable, and not ready."""
        async with OpenAIServer() as gone:
            address = gone.base_url
        models = made(address, timeout_seconds=5)
        assert type(await failed(models)) is ModelUnavailable
        assert not await models.ready()
        await models.aclose()


class TestReady:
    async def test_a_provider_that_answers_is_ready(self, server: OpenAIServer, models: Models) -> None:
        """A provider that lists its models is ready."""
        assert await models.ready()
        assert server.keys == ["Bearer secret-key"]

    @pytest.mark.parametrize(("status", "ready"), [(200, True), (404, True), (401, False), (403, False), (500, False)])
    async def test_what_counts_as_ready(self, server: OpenAIServer, models: Models, status: int, ready: bool) -> None:
        """A server without a list of models may be ready; one that refuses our key or fails is not."""
        server.models_status = status
        assert await models.ready() is ready

    async def test_the_answer_is_kept_for_some_seconds(self, server: OpenAIServer) -> None:
        """Probes in quick succession ask the provider once."""
        now = [100.0]
        models = made(server.base_url, clock=lambda: now[0])
        assert await models.ready()
        server.models_status = 500
        assert await models.ready()
        now[0] += READY_FOR_SECONDS
        assert not await models.ready()
        assert len(server.keys) == 2
        await models.aclose()
