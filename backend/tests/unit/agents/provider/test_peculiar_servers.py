"""Servers that speak the protocol in their own way: each ends in the right answer, or in a plain error."""

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from app.agents.models import Models, explain_model_error
from app.agents.provider import chunk_stream
from app.agents.provider.answer import CUT_OFF
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
from tests.raw_http_server import Reader, Writer, raw_server

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
    "lines that end in CR LF": events(*said("Hello", " there")).replace("\n", "\r\n"),
    "no blank line between events": events(*said("Hello", " there")).replace("\n\n", "\n"),
    "a mark of the byte order": "\ufeff" + events(*said("Hello there")),
    "events with names and ids": events(*said("Hello there")).replace("data:", "event: message\nid: 7\ndata:"),
    "a probability that is no number": events(
        '{"choices": [{"delta": {"content": "Hello there"}, "logprobs": {"content": [{"logprob": -Infinity}]}}]}',
        *said(),
    ),
    "a message instead of a delta": events(
        {"choices": [{"message": {"content": "Hello there"}, "finish_reason": "stop"}]}
    ),
    "a text instead of a delta": events({"choices": [{"text": "Hello"}]}, {"choices": [{"text": " there"}]}, STOP),
    "a reason to end with every chunk": events(
        *({"choices": [{"delta": {"content": one}, "finish_reason": "stop"}]} for one in ("Hello", " there"))
    ),
    "a reason to end that is empty": events(
        {"choices": [{"delta": {"content": "Hello"}, "finish_reason": ""}]}, *said(" there")
    ),
    "an error of null": events({"error": None, "choices": [{"delta": {"content": "Hello there"}}]}, STOP),
    "usage between the chunks": events(*said("Hello", finish=None), {"usage": USAGE}, *said(" there")),
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


@pytest.mark.parametrize("piece", [1, 2, 3, 1_000])
async def test_characters_arrive_whole(server: OpenAIServer, models: Models, piece: int) -> None:
    """Neither bytes that are torn anywhere, nor halves of a character in two chunks, break one."""
    content = "Grüße \U0001f600 日本"
    body = "".join(f"data: {json.dumps(one, ensure_ascii=False)}\n\n" for one in said(content, finish=None))
    halves = events(
        {"choices": [{"delta": {"content": "\ud83d"}}]}, {"choices": [{"delta": {"content": "\ude00"}}]}, STOP
    )
    server.script(raw(body + halves, raw_piece=piece))
    assert (await ask(models)).text == f"{content}\U0001f600"


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
    "an error without a name for it": (
        json.dumps({"object": "error", "message": "context window", "code": 400}),
        ModelContextExceeded,
    ),
    "an error event": ("event: error\n" + events({"error": {"message": "slow", "code": "429"}}), ModelBusy),
    "an error that is a word": (json.dumps({"error": "model requires more memory"}), ModelUnavailable),
    "a document that is no completion": (json.dumps({"success": False, "result": None}), ModelUnavailable),
    "plain words": ("upstream connect error", ModelUnavailable),
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
    "GLM's filter": (events(*said("Hel", finish="sensitive")), ModelFiltered),
    "Gemini's filter": (events(*said("Hel", finish="SAFETY")), ModelFiltered),
    "an error as the reason to end": (events(*said("Hel", finish="error")), ModelUnavailable),
    "SGLang's abort": (events(*said("Hel", finish="abort")), ModelUnavailable),
    "DeepSeek's overload": (events(*said("Hel", finish="insufficient_system_resource")), ModelUnavailable),
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


@pytest.mark.parametrize("body", ["upstream connect error", '{"success": false, "errors": ["no GPU"]}'])
async def test_what_is_no_completion_is_shown_to_staff(server: OpenAIServer, models: Models, body: str) -> None:
    """The log has a server's own words, whatever they are."""
    server.script(raw(body))
    with pytest.raises(ModelUnavailable) as caught:
        await ask(models)
    assert body in caught.value.details["reason"]


@pytest.mark.parametrize("finish", ["length", "model_length", "max_tokens", "MAX_TOKENS"])
async def test_an_answer_that_was_cut_is_known(server: OpenAIServer, models: Models, finish: str) -> None:
    """However a server calls its limit; who reads the answer says that it was cut off, and offers to go on."""
    server.script(raw(events(*said("Half of", finish=finish))))
    answer = await ask(models)
    assert (answer.text, answer.response_metadata["finish_reason"]) == ("Half of", CUT_OFF)


async def test_a_call_that_was_cut_is_not_made(server: OpenAIServer, models: Models) -> None:
    """Half of its arguments could be other arguments; the model is asked to mend it."""
    cut = {"index": 0, "id": "c1", "function": {"name": "get_order", "arguments": '{"order_id": 10'}}
    server.script(raw(events(*called(cut, finish="length"))))
    answer = await ask(models)
    assert (answer.tool_calls, len(answer.invalid_tool_calls)) == ([], 1)


@pytest.mark.parametrize("ending", [b"", b"8000\r\ndata: {"], ids=["held open", "broken off"])
async def test_what_comes_after_the_reason_to_end_is_not_needed(ending: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that then says nothing, or breaks off, has answered."""
    monkeypatch.setattr(chunk_stream, "AFTER_FINISH_SECONDS", 0.05)
    body = events(*said("Hello there"), end="").encode()

    async def answer(reader: Reader, writer: Writer) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head + b"%x\r\n%s\r\n" % (len(body), body) + ending)
        if not ending:
            await reader.read()

    async with raw_server(answer) as server:
        models = Models(api_key="key", base_url=f"{server.url}/v1", default_model="m", timeout_seconds=20)
        assert (await ask(models, tools=False)).text == "Hello there"
        await models.aclose()


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
