"""An agent that can look things up begins with a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from app.agents.config import AgentSpec
from app.agents.grounding import looks_first, speech_tools
from app.agents.state import History, begin
from app.tools.base import Access, Effect
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
