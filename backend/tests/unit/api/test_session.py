"""Which examples an empty chat shows."""

from __future__ import annotations

from app.agents.config import AgentSpec
from app.api.session import EXAMPLES, examples_of


def agent(*examples: str) -> AgentSpec:
    return AgentSpec(name="a", description="", permission="read", tools=("*",), examples=examples)


class TestExamplesOf:
    def test_takes_turns(self) -> None:
        """Each agent's first example comes before anybody's second."""
        assert examples_of([agent("a1", "a2"), agent("b1"), agent("c1", "c2")]) == ["a1", "b1", "c1", "a2", "c2"]

    def test_shows_none_twice(self) -> None:
        """An example that two agents share is shown once."""
        assert examples_of([agent("same", "a2"), agent("same")]) == ["same", "a2"]

    def test_shows_a_few(self) -> None:
        """There are never more than fit."""
        assert len(examples_of([agent(*(f"example {n}" for n in range(50)))])) == EXAMPLES

    def test_there_may_be_none(self) -> None:
        """Agents without examples, or no agents, give none."""
        assert examples_of([]) == []
        assert examples_of([agent(), agent()]) == []
