"""Answers that have to be a call: what a call says is the text, and servers that know nothing of it are not asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage

from app.agents.models import Models
from app.tools.builtin import ANSWER, ASK
from tests.openai_server import OpenAIServer, call, calls, paused, text

TOOLS: list[dict[str, Any]] = [
    {"type": "function", "function": {"name": name, "description": "", "parameters": {"type": "object"}}}
    for name in ("get_order", ASK, ANSWER)
]
QUESTION = call(ASK, question="Which order do you mean?")


def asked(models: Models) -> AsyncIterator[AIMessage]:
    return models.get(None).bind_tools(TOOLS, tool_choice="required").astream([HumanMessage("Where is it?")])


async def ask(models: Models) -> AIMessage:
    answer = await models.get(None).bind_tools(TOOLS, tool_choice="required").ainvoke([HumanMessage("Where is it?")])
    assert isinstance(answer, AIMessage)
    return answer


async def test_what_a_call_says_is_the_answer(server: OpenAIServer, models: Models) -> None:
    """Nobody after the reader sees that it was a call; it comes in several pieces."""
    server.script(calls(QUESTION))
    answer = await ask(models)
    assert (answer.text, answer.tool_calls, answer.invalid_tool_calls) == ("Which order do you mean?", [], [])
    gate = asyncio.Event()
    server.script(paused(calls(QUESTION), gate, after=6))
    said = []
    async for piece in asked(models):
        said.append(piece.text)
        gate.set()  # the rest comes when the first words have been passed on
    assert "Which order do you mean?".startswith(said[0])
    assert "".join(said) == "Which order do you mean?"
    assert len([text for text in said if text]) > 1


async def test_other_calls_stay_calls(server: OpenAIServer, models: Models) -> None:
    """A look-up beside it is carried out."""
    server.script(calls(call(ANSWER, text="One moment."), call("get_order", order_id=1042)))
    answer = await ask(models)
    assert answer.text == "One moment."
    assert [(one["name"], one["args"]) for one in answer.tool_calls] == [("get_order", {"order_id": 1042})]


async def test_two_things_said_stand_apart(server: OpenAIServer, models: Models) -> None:
    """What two calls say is two paragraphs."""
    server.script(calls(call(ANSWER, text="Hello!"), QUESTION))
    assert (await ask(models)).text == "Hello!\n\nWhich order do you mean?"


async def test_a_call_that_is_written_as_text(server: OpenAIServer, models: Models) -> None:
    """Small models write such calls as text, too."""
    server.script(text('{"name": "ask_customer", "arguments": {"question": "Which one?"}}', words=False))
    answer = await ask(models)
    assert (answer.text, answer.tool_calls) == ("Which one?", [])


async def test_a_text_under_another_name(server: OpenAIServer, models: Models) -> None:
    """A model that does not know its own argument is understood all the same."""
    server.script(calls(call(ASK, message="Which one?")))
    assert (await ask(models)).text == "Which one?"


async def test_a_server_that_refuses_to_require(server: OpenAIServer, models: Models) -> None:
    """It is asked again without, and never again with it; its reports of usage stay."""
    server.script(*[replace(calls(QUESTION), refuses=("tool_choice",))] * 2, calls(QUESTION))
    assert (await ask(models)).usage_metadata is not None
    assert ["tool_choice" in request for request in server.requests] == [True, False]
    await ask(models)
    assert "tool_choice" not in server.requests[2]


async def test_a_server_that_refuses_more(server: OpenAIServer, models: Models) -> None:
    """One that knows neither is asked without both."""
    reply = replace(calls(QUESTION), refuses=("stream_options", "tool_choice"))
    server.script(reply, reply, reply)
    assert (await ask(models)).text == "Which order do you mean?"


async def test_a_server_that_does_not_enforce_it(server: OpenAIServer, models: Models) -> None:
    """Its text is the answer, as it comes; it is not asked to require anything again."""
    server.script(text("It is on its way."), text("It is on its way."))
    assert "".join([piece.text async for piece in asked(models)]) == "It is on its way."
    await ask(models)
    assert ["tool_choice" in request for request in server.requests] == [True, False]
