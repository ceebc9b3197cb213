"""Servers that refuse a part of the request: it is left out, the request is sent again, and from then on without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from app.agents.models import Models, explain_model_error
from app.errors import ModelRefused, ModelTakesNoTools
from tests.openai_server import OpenAIServer, Reply, failure, text

Request = dict[str, Any]
TOOL = {
    "type": "function",
    "function": {
        "name": "get_order",
        "description": "Look up an order.",
        "parameters": {
            "type": "object",
            "properties": {
                "order_id": {"type": ["integer", "null"], "minimum": 1, "description": "Its number."},
                "codes": {"type": "array", "items": {"type": "string", "pattern": "^A"}, "maxItems": 3},
                "note": {"anyOf": [{"type": "null"}, {"type": "string", "format": "uri"}]},
            },
            "required": ["order_id"],
            "additionalProperties": False,
        },
    },
}


async def asked(models: Models, **options: Any) -> AIMessage:
    """Ask with instructions and a tool."""
    model = models.get(None).bind_tools([TOOL], **options)
    return await model.ainvoke([SystemMessage("Be kind."), HumanMessage("Where is order 1042?")])


def has_schema_keyword(request: Request) -> bool:
    return "additionalProperties" in json.dumps(request.get("tools"))


def has_system(request: Request) -> bool:
    return any(message["role"] == "system" for message in request["messages"])


REFUSALS: dict[str, tuple[Callable[[Request], bool], int, str]] = {
    "usage, an old vLLM": (
        lambda r: "stream_options" in r,
        400,
        "('body', 'stream_options'): extra fields",
    ),
    "usage, Mistral": (lambda r: "stream_options" in r, 422, "Extra inputs are not permitted: stream_options"),
    "tool_choice": (lambda r: "tool_choice" in r, 400, "tool_choice 'required' is not supported by this model"),
    "schema, Gemini": (
        has_schema_keyword,
        400,
        "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters': Cannot find field.",
    ),
    "schema, OpenAI": (has_schema_keyword, 400, "Invalid schema for function 'get_order': 'pattern' is not permitted."),
    "schema, llama.cpp": (has_schema_keyword, 500, "failed to parse grammar: Unrecognized schema"),
    "system, a template": (has_system, 400, "System role not supported"),
    "system, Gemma": (has_system, 400, "Developer instruction is not enabled for models/gemma-3"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_what_a_server_refuses_is_left_out_from_then_on(server: OpenAIServer, models: Models, name: str) -> None:
    """The customer gets the answer, the next request is right at once, and all else is sent as before."""
    holds, status, message = REFUSALS[name]
    server.otherwise(lambda request: failure(status, message) if holds(request) else text("On its way."))
    for _ in range(2):
        answer = await asked(models, tool_choice="required")
        assert answer.text == "On its way."
    refused = [holds(request) for request in server.requests]
    assert refused[0]
    assert refused[-1] is False
    assert refused.count(True) == 1  # a refusal that is understood is not tried again, whatever its status
    assert server.requests[-1]["tools"][0]["function"]["name"] == "get_order"
    assert "Be kind." in json.dumps(server.requests[-1]["messages"])


async def test_a_plain_schema_says_the_same_in_fewer_words(server: OpenAIServer, models: Models) -> None:
    """Kinds, names, choices and descriptions stay; what checks values does not, since they are checked here."""
    server.otherwise(lambda request: failure(400, "Invalid schema") if has_schema_keyword(request) else text("Yes."))
    await asked(models)
    assert server.requests[-1]["tools"][0]["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "order_id": {"type": "integer", "description": "Its number."},
            "codes": {"type": "array", "items": {"type": "string"}},
            "note": {"type": "string"},
        },
        "required": ["order_id"],
    }


async def test_several_refusals_are_learned_one_after_the_other(server: OpenAIServer, models: Models) -> None:
    """A server may take none of it."""

    def answer(request: Request) -> Reply:
        for holds, status, message in REFUSALS.values():
            if status < 500 and holds(request):
                return failure(status, message)
        return text("At last.")

    server.otherwise(answer)
    assert (await asked(models, tool_choice="required")).text == "At last."
    count = len(server.requests)
    assert (await asked(models, tool_choice="required")).text == "At last."
    assert len(server.requests) == count + 1


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (400, "registry.ollama.ai/library/gemma:2b does not support tools"),
        (404, "No endpoints found that support tool use."),
        (400, "tools param requires --jinja flag"),
    ],
    ids=["vLLM", "Ollama", "OpenRouter", "llama.cpp"],
)
async def test_a_server_without_tools_is_a_plain_cause(
    server: OpenAIServer, models: Models, status: int, message: str
) -> None:
    """Without tools an agent can do nothing, so nothing is left out; staff are told how to start the server."""
    server.otherwise(lambda _: failure(status, message))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the library raises
        await asked(models)
    fact = explain_model_error(caught.value)
    assert isinstance(fact, ModelTakesNoTools)
    assert "--enable-auto-tool-choice" in fact.for_staff
    assert len(server.requests) == 1


async def test_a_refusal_that_nothing_explains_is_raised(server: OpenAIServer, models: Models) -> None:
    """What is not understood is not tried again."""
    server.otherwise(lambda _: failure(400, "No."))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the library raises
        await asked(models)
    assert type(explain_model_error(caught.value)) is ModelRefused
    assert len(server.requests) == 1
