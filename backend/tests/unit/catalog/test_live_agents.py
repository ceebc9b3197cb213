from __future__ import annotations

from app.agents.config import AgentConfig, AgentSpec
from app.catalog.live_agents import AgentOverride, merged, with_override
from app.tools.base import Access
from tests.fakes import tool_spec

CLERK = AgentSpec(name="clerk", description="Files.", permission="read", tools=("get_file",))
BASE = AgentConfig(agents=(CLERK,), apis=(), fallback="clerk")
READ = tool_spec(name="get_bill", access=Access.READ)
WRITE = tool_spec(name="pay_bill", access=Access.WRITE)


def test_nothing_approved_changes_nothing() -> None:
    """Without approved tools and changes the agents are those of the file."""
    assert merged(BASE, tools={"bills": []}, overrides={}, new=AgentSpec) == BASE


def test_a_new_agent_has_its_tools_and_can_hand_over() -> None:
    """An agent that no file knows reads or writes as its tools do, and finds a person."""
    config = merged(BASE, tools={"bills": [READ]}, overrides={}, new=AgentSpec)
    bills = config.agent("bills")
    assert (bills.permission, bills.tools) == ("read", ("hand_over", "get_bill"))
    assert (
        merged(BASE, tools={"bills": [READ, WRITE]}, overrides={}, new=AgentSpec).agent("bills").permission == "write"
    )


def test_an_agent_of_the_file_keeps_what_it_has() -> None:
    """Tools are added to it; with a write among them it may write."""
    clerk = merged(BASE, tools={"clerk": [READ, WRITE]}, overrides={}, new=AgentSpec).agent("clerk")
    assert (clerk.tools, clerk.permission) == (("get_file", "get_bill", "pay_bill"), "write")


def test_what_people_set_lies_over_it() -> None:
    """Voice, instructions and steps are as set; what is left empty stays as it was."""
    spec = {"tone": "dry", "instructions": "Be exact.", "max_steps": 3, "description": "", "title": "The clerk"}
    clerk = with_override(CLERK, AgentOverride(spec=spec, version=2))
    assert (clerk.personality.tone, clerk.instructions, clerk.max_steps) == ("dry", "Be exact.", 3)
    assert clerk.description == "Files."


def test_what_is_set_of_an_agent_that_is_not_there_waits() -> None:
    """A version of an agent without tools brings no agent into being."""
    config = merged(BASE, tools={}, overrides={"bills": AgentOverride(spec={"tone": "dry"}, version=1)}, new=AgentSpec)
    assert [agent.name for agent in config.agents] == ["clerk"]
