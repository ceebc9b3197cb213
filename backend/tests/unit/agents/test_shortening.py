"""Shortening of a conversation: what is oldest goes first, and what belongs together stays together."""

from __future__ import annotations

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from app.agents.shortening import RESULT_CHARS, chars_of, shortened

RULES = SystemMessage("Be kind.")
CALL = AIMessage("", tool_calls=[{"name": "get_order", "args": {}, "id": "c1"}])


def result(chars: int) -> ToolMessage:
    return ToolMessage("x" * chars, tool_call_id="c1")


def turn(number: int) -> list[BaseMessage]:
    return [HumanMessage(f"Question {number}"), AIMessage(f"Answer {number}")]


def test_the_older_half_of_the_turns_goes() -> None:
    """Instructions stay, the newest turns stay, and so down to the last."""
    first = shortened([RULES, *turn(1), *turn(2), *turn(3), HumanMessage("Now?")])
    assert first == [RULES, *turn(3), HumanMessage("Now?")]
    assert shortened(first or []) == [RULES, HumanMessage("Now?")]


def test_what_an_agent_said_before_the_customer_goes_too() -> None:
    """A conversation that begins in the middle of a turn loses that beginning."""
    assert shortened([RULES, AIMessage("Earlier."), HumanMessage("Now?")]) == [RULES, HumanMessage("Now?")]


def test_then_results_are_cut() -> None:
    """A call keeps its result, shorter each time, and says that it was cut."""
    asked: list[BaseMessage] = [RULES, HumanMessage("Where?"), CALL, result(100_000)]
    lengths = [chars_of(asked)]
    while (shorter := shortened(asked)) is not None:
        asked = shorter
        lengths.append(chars_of(asked))
    assert len(lengths) == len(RESULT_CHARS) + 1
    assert lengths == sorted(lengths, reverse=True)
    assert asked[:3] == [RULES, HumanMessage("Where?"), CALL]
    assert asked[3].text.endswith("(cut: it was too long)")


def test_where_nothing_can_go_it_says_so() -> None:
    """One question alone is as short as it gets."""
    assert shortened([RULES, HumanMessage("Now?")]) is None
