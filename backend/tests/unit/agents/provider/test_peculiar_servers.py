"""Servers that speak the protocol in their own way: each ends in the right answer, or in a plain error."""

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from app.agents.models import Models, explain_model_error
from app.errors import (
    ModelBusy,
    ModelContextExceeded,
    ModelError,
    ModelFiltered,
    ModelKeyRefused,
    ModelRefused,
    ModelUnavailable,
)
from tests.openai_server import OpenAIServer, raw, text

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_order",
        "description": "Look up an order.",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
    },
}
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def events(*chunks: Any, end: str = "data: [DONE]\n\n") -> str:
    return "".join(f"data: {one if isinstance(one, str) else json.dumps(one)}\n\n" for one in chunks) + end


def said(*contents: Any, finish: str | None = "stop", **delta: Any) -> list[dict[str, Any]]:
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {"content": one, **delta}}]} for one in contents]
    return [*chunks, *([{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}] if finish else [])]


def called(*pieces: dict[str, Any], finish: str | None = "tool_calls") -> list[dict[str, Any]]:
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {"tool_calls": [one]}}]} for one in pieces]
    return [*chunks, *([{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}] if finish else [])]


async def ask(models: Models, *, tools: bool = True) -> AIMessage:
    model = models.get(None)
    answer = await (model.bind_tools([TOOL]) if tools else model).ainvoke([HumanMessage("Where is order 1042?")])
    assert isinstance(answer, AIMessage)
    return answer


TEXTS = {
    "a delta of null": events({"choices": [{"index": 0, "delta": None}]}, *said("Hello", " there")),
    "a choice without a delta": events({"choices": [{"index": 0}]}, *said("Hello there")),
    "chunks without choices": events({"id": "x"}, {"choices": []}, {"choices": None}, *said("Hello there")),
    "content as parts": events(*said([{"type": "text", "text": "Hello"}], [{"type": "text", "text": " there"}])),
    "a part that is a thought": events(*said([{"type": "thinking", "thinking": "hm"}], "Hello there")),
    "content of null": events(*said(None, "Hello there")),
    "no space after data:": "".join(f"data:{json.dumps(one)}\n\n" for one in said("Hello there")),
    "keep-alive comments": ": ping\n\n" + events(*said("Hello there")).replace("\n\n", "\n\n: ping\n\n"),
    "only the mark of the end": events(*said("Hello there", finish=None)),
    "only a reason to end": events(*said("Hello there"), end=""),
    "a body that is no stream": json.dumps(
        {"choices": [{"message": {"role": "assistant", "content": "Hello there"}, "finish_reason": "stop"}]}
    ),
    "text from its beginning each time": events(*said("Hello", "Hello th", "Hello there")),
    "the whole text again at the end": events(
        *said("Hello", " there", finish=None),
        {"choices": [{"index": 0, "delta": {"content": "Hello there"}, "finish_reason": "stop"}]},
    ),
    "a refusal": events(*said(None, refusal="Hello there")),
    "<think>": events(*said("<think>", "hm", "</think>", "Hello there")),
    "<thinking>": events(*said("<thinking>hm</thinking>\n\nHello there")),
    "[THINK]": events(*said("[THINK]hm[/THINK]Hello there")),
    "two thoughts": events(*said("<think>a</think>\n<think>b</think>Hello there")),
    "harmony": events(
        *said(
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello",
            " there<|return|>",
        )
    ),
    "special tokens": events(*said("Hello there", "<|im_end|>", "</s>")),
    "reasoning beside the content": events(*said(None, reasoning_content="hm"), *said("Hello there")),
}


@pytest.mark.parametrize("body", TEXTS.values(), ids=TEXTS.keys())
async def test_a_text_is_read(server: OpenAIServer, models: Models, body: str) -> None:
    """However a server sends its answer, the customer reads the answer and nothing else."""
    server.script(raw(body, content_type="application/json" if body.startswith("{") else "text/event-stream"))
    answer = await ask(models)
    assert answer.text == "Hello there"
    assert answer.tool_calls == []


ARGS = '{"order_id": 1042}'
WHOLE = {"index": 0, "id": "c1", "type": "function", "function": {"name": "get_order", "arguments": ARGS}}
CALLS = {
    "in fragments, and whole once more at the end": events(
        *called(
            {"index": 0, "id": "c1", "function": {"name": "get_order", "arguments": ""}},
            {"index": 0, "function": {"arguments": '{"order_id"'}},
            {"index": 0, "function": {"arguments": ": 1042}"}},
            WHOLE,
        )
    ),
    "whole twice": events(*called(WHOLE, WHOLE)),
    "arguments as an object": events(
        *called({**WHOLE, "function": {"name": "get_order", "arguments": {"order_id": 1042}}})
    ),
    "a number for an id": events(*called({**WHOLE, "id": 7})),
    "no index": events(*called({"id": "c1", "function": {"name": "get_order", "arguments": ARGS}})),
    "the name in every fragment": events(
        *called(
            {"index": 0, "id": "c1", "function": {"name": "get_order", "arguments": '{"order_id"'}},
            {"index": 0, "id": "c1", "function": {"name": "get_order", "arguments": ": 1042}"}},
        )
    ),
    "arguments from the beginning each time": events(
        *called(
            {"index": 0, "id": "c1", "function": {"name": "get_order", "arguments": '{"order'}},
            {"index": 0, "function": {"arguments": '{"order_id": 10'}},
            {"index": 0, "function": {"arguments": ARGS}},
        )
    ),
    "the old function_call": events(
        {"choices": [{"delta": {"function_call": {"name": "get_order", "arguments": '{"order_id"'}}}]},
        {"choices": [{"delta": {"function_call": {"arguments": ": 1042}"}}}]},
        {"choices": [{"delta": {}, "finish_reason": "function_call"}]},
    ),
    "a body that is no stream": json.dumps(
        {"choices": [{"message": {"content": None, "tool_calls": [WHOLE]}, "finish_reason": "tool_calls"}]}
    ),
    "a reason to end that speaks of a text": events(*called(WHOLE, finish="stop")),
    "only the mark of the end": events(*called(WHOLE, finish=None)),
    "as text, in Hermes' form": events(*said(f'<tool_call>{{"name": "get_order", "arguments": {ARGS}}}</tool_call>')),
    "as text, in Qwen-Coder's form": events(
        *said("<tool_call><function=get_order><parameter=order_id>1042</parameter></function></tool_call>")
    ),
    "after a thought": events(*said(f'<think>I look.</think>{{"name": "get_order", "arguments": {ARGS}}}')),
    "harmony": events(
        *said(
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.get_order "
            f"<|constrain|>json<|message|>{ARGS}<|call|>"
        )
    ),
}


@pytest.mark.parametrize("body", CALLS.values(), ids=CALLS.keys())
async def test_a_call_is_made_once(server: OpenAIServer, models: Models, body: str) -> None:
    """However a server sends a call, it is one call, and nothing of it is read by the customer."""
    server.script(raw(body, content_type="application/json" if body.startswith("{") else "text/event-stream"))
    answer = await ask(models)
    assert [(one["name"], one["args"]) for one in answer.tool_calls] == [("get_order", {"order_id": 1042})]
    assert answer.text == ""
    assert answer.invalid_tool_calls == []


async def test_the_last_report_of_usage_counts(server: OpenAIServer, models: Models) -> None:
    """A server that reports tokens with every chunk starts at none; what counts is what it says last."""
    first, *rest = said("Hello", " there")
    server.script(
        raw(events({**first, "usage": {**USAGE, "completion_tokens": 1}}, *rest, {"choices": [], "usage": USAGE}))
    )
    usage = (await ask(models)).usage_metadata
    assert usage is not None
    assert (usage["input_tokens"], usage["output_tokens"]) == (11, 7)


async def test_a_thought_that_the_prompt_opened(server: OpenAIServer, models: Models) -> None:
    """A model whose answers begin inside a thought is known after the first: nothing of its thoughts is said then."""
    body = raw(events(*said("I should look.", "</think>", "Hello there")))
    server.script(body, body, text("No thought here"))
    assert "</think>" not in (await ask(models)).text
    assert (await ask(models)).text == "Hello there"
    assert (await ask(models)).text == "No thought here"


FAILURES = {
    "an error with status 200": (json.dumps({"error": {"message": "slow down", "code": 429}}), ModelBusy),
    "an error in the stream": (events(*said("Hel", finish=None), {"error": {"message": "GPU lost"}}), ModelUnavailable),
    "a wrong key with status 200": (
        json.dumps({"error": {"message": "no", "code": "invalid_api_key"}}),
        ModelKeyRefused,
    ),
    "too long": (
        json.dumps({"error": {"message": "maximum context length is 8192 tokens", "code": 400}}),
        ModelContextExceeded,
    ),
    "a web page": ("<!doctype html><title>Welcome</title>", ModelRefused),
    "the filter": (events(*said("Hel", finish="content_filter")), ModelFiltered),
    "an error as the reason to end": (events(*said("Hel", finish="error")), ModelUnavailable),
    "a stream that just ends": (events(*said("Hel", finish=None), end=""), ModelUnavailable),
    "nothing but the mark of the end": (events(), ModelUnavailable),
    "nothing at all": ("", ModelUnavailable),
}


@pytest.mark.parametrize(("body", "kind"), FAILURES.values(), ids=FAILURES.keys())
async def test_a_failure_has_its_cause(server: OpenAIServer, models: Models, body: str, kind: type[ModelError]) -> None:
    """What is no answer is never taken for one, and its cause is named."""
    server.script(raw(body))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the library raises
        await ask(models)
    assert type(explain_model_error(caught.value)) is kind


async def test_history_is_written_as_every_provider_takes_it(server: OpenAIServer, models: Models) -> None:
    """No names, no null, no unreadable arguments, no neighbours of one role, and never the assistant first."""
    server.script(text("Yes."))
    broken = {"name": "get_order", "args": '{"order', "id": "c2", "error": None, "type": "invalid_tool_call"}
    await models.get(None).ainvoke(
        [
            SystemMessage("Be kind."),
            AIMessage("Welcome.", name="general"),
            HumanMessage("Hi."),
            HumanMessage("Where is order 1042?"),
            AIMessage("", name="lookup", tool_calls=[{"name": "get_order", "args": {"order_id": 1042}, "id": "c1"}]),
            ToolMessage("{}", tool_call_id="c1"),
            AIMessage("", invalid_tool_calls=[broken]),
            ToolMessage("unreadable", tool_call_id="c2"),
            AIMessage("It is on its way.", name="lookup"),
            AIMessage("Anything else?", name="lookup"),
        ]
    )
    sent = server.requests[0]["messages"]
    assert [one["role"] for one in sent] == [
        "system", "user", "assistant", "user", "assistant", "tool", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert not any("name" in one for one in sent)
    assert all(isinstance(one["content"], str) for one in sent)
    assert sent[3]["content"] == "Hi.\n\nWhere is order 1042?"
    assert sent[6]["tool_calls"][0]["function"]["arguments"] == "{}"
    assert sent[8]["content"] == "It is on its way.\n\nAnything else?"


async def test_what_only_the_provider_understands_is_given_back(server: OpenAIServer, models: Models) -> None:
    """Signatures and reasoning of a message and its calls go back with it as they came, and nobody reads them."""
    signature = {"google": {"thought_signature": "abc"}}
    server.script(
        raw(
            events(
                *said(None, finish=None, reasoning_content="I look."), *called({**WHOLE, "extra_content": signature})
            )
        )
    )
    answer = await ask(models)
    server.script(text("On its way."))
    await models.get(None).ainvoke([HumanMessage("Hi"), answer, ToolMessage("{}", tool_call_id="c1")])
    sent = server.requests[1]["messages"][1]
    assert sent["reasoning_content"] == "I look."
    assert sent["tool_calls"][0]["extra_content"] == signature
    assert answer.text == ""
