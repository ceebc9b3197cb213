"""An agent that can look things up begins with a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import tool_call

from app.agents.config import AgentSpec
from app.agents.grounding import CALL_FIRST, looks_first, said_so_far, speech_tools, unsaid_of
from app.agents.state import History, begin
from app.tools.base import Access, Effect, ToolSpec
from app.tools.builtin import ANSWER, ASK
from tests.fakes import FakeTool, tool_spec

READ = FakeTool(spec=tool_spec("get_order", access=Access.READ))
WRITE = FakeTool(spec=tool_spec("cancel_order"))
HAND_OVER = FakeTool(spec=replace(tool_spec("hand_over", access=Access.READ), effect=Effect.HAND_OVER))
AGENT = AgentSpec(name="orders", description="Orders.", permission="write", tools=("*",))


def state(**changes: Any) -> Any:
    return cast("Any", begin("Where is it?", History()) | changes)


def known(agent: AgentSpec, **changes: Any) -> str:
    """What an agent may answer from, as its model is told."""
    answer = next(one["function"] for one in speech_tools(agent, state(**changes)) if one["function"]["name"] == ANSWER)
    return str(answer["description"])


def test_the_first_step_of_an_agent_with_reads() -> None:
    """Whoever can look something up looks it up before answering."""
    assert looks_first(state(), [READ, WRITE])


def test_later_steps_are_free() -> None:
    """With results at hand it may answer."""
    assert not looks_first(state(steps=1), [READ])


def test_an_agent_that_cannot_look_anything_up() -> None:
    """Without reads there is nothing to begin with: handing over is none."""
    assert not looks_first(state(), [WRITE, HAND_OVER])


def test_what_may_be_answered_from() -> None:
    """Knowledge and earlier results are named only where there are any."""
    assert "knowledge" not in known(AGENT)
    assert "already answered" not in known(AGENT)
    assert "knowledge" in known(replace(AGENT, knowledge="Returns are free."))
    assert "already answered" in known(AGENT, records=["get_order {}: succeeded. Found."])


def test_there_is_always_a_way_to_ask() -> None:
    """What is missing is asked for."""
    assert ASK in [one["function"]["name"] for one in speech_tools(AGENT, state())]


def called(name: str = "get_order", **args: Any) -> AIMessage:
    return AIMessage("", tool_calls=[tool_call(name=name, args=args, id="c1")])


def find(name: str) -> ToolSpec | None:
    return {"get_order": READ.spec, "cancel_order": WRITE.spec}.get(name)


def test_where_values_can_come_from() -> None:
    """The customer, tools, earlier answers, what the agent knows; not what it says beside a call, nor our own line."""
    messages = [
        HumanMessage("Cancel it"),
        AIMessage("Because of rain.", tool_calls=called().tool_calls),
        ToolMessage("order 1042", tool_call_id="c1"),
        AIMessage("It is order 1042."),
        CALL_FIRST,
    ]
    agent = replace(AGENT, knowledge="Returns are free.")
    said = "\n".join(said_so_far(agent, state(messages=messages, records=["get_order: succeeded."])))
    for known in ("Returns are free.", "Cancel it", "order 1042", "get_order: succeeded.", "Where is it?"):
        assert known in said
    assert "rain" not in said
    assert CALL_FIRST.text not in said


def test_writes_are_marked() -> None:
    """What nobody has said of a write is named; a tool that is gone makes no card."""
    assert unsaid_of(called("cancel_order", order_id="1042").tool_calls, find, ["Cancel it"]) == {"c1": ["order_id"]}
    assert unsaid_of(called("cancel_order", order_id="1042").tool_calls, find, ["Cancel 1042"]) == {}
    assert unsaid_of(called("gone", order_id="1042").tool_calls, find, ["Where is it?"]) == {}


def test_of_a_read_only_what_names_something() -> None:
    """A page's length is nobody's concern; the number of an order that nobody has named is."""
    assert unsaid_of(called(order_id="1044").tool_calls, find, ["Where is my parcel?"]) == {"c1": ["order_id"]}
    assert unsaid_of(called(order_id="1044").tool_calls, find, ["Where is 1044?"]) == {}
    assert unsaid_of(called(limit=2050).tool_calls, find, ["Where is 1044?"]) == {}
