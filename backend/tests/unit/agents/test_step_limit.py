"""The step limit: repetition ends a turn, work does not, and the summary is the record's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call

from app.agents.state import CallOutcome, History, RunState, begin
from app.agents.step_limit import idle_steps, reason_to_stop, summary_of
from app.tools.base import Access
from tests.fakes import tool_spec

if TYPE_CHECKING:
    from app.tools.base import ToolSpec

TOOLS = {
    "get_order": tool_spec("get_order", title="Look up an order", access=Access.READ),
    "cancel_order": tool_spec("cancel_order", title="Cancel an order"),
}


def find(name: str) -> ToolSpec | None:
    return TOOLS.get(name)


def steps(*calls: tuple[str, str]) -> list[BaseMessage]:
    """One step per pair of an order and what was answered about it."""
    messages: list[BaseMessage] = [HumanMessage("Do it")]
    for number, (order, answer) in enumerate(calls):
        call = tool_call(name="get_order", args={"order_id": order}, id=str(number))
        messages += [AIMessage("", tool_calls=[call]), ToolMessage(answer, tool_call_id=str(number), name="get_order")]
    return messages


def state_of(messages: list[BaseMessage], **other: Any) -> RunState:
    return cast("RunState", begin("Do it", History()) | {"messages": messages, "at": 1} | other)


def outcome(tool: str, ended: str = "succeeded", **args: str) -> CallOutcome:
    return {"intent": 1, "tool": tool, "args": args, "outcome": ended, "text": "{}"}


class TestIdleSteps:
    def test_another_call_is_work(self) -> None:
        """Calls with other arguments are new, however many there are and whatever they answer."""
        assert idle_steps(steps(*[(str(number), "not found") for number in range(40)])) == 0

    def test_another_answer_is_work(self) -> None:
        """Reading again after a change brings something new."""
        assert idle_steps(steps(("1", "open"), ("1", "cancelled"))) == 0

    def test_the_same_again(self) -> None:
        """The same call with the same answer brings nothing."""
        assert idle_steps(steps(("1", "open"), ("1", "open"), ("1", "open"))) == 2

    def test_a_cycle(self) -> None:
        """A way that leads back to where it began brings nothing either."""
        assert idle_steps(steps(("1", "a"), ("2", "b"), ("1", "a"), ("2", "b"))) == 2

    def test_news_begins_the_count_anew(self) -> None:
        """A call that was made twice on the way to the next one is no circle."""
        assert idle_steps(steps(("1", "a"), ("1", "a"), ("2", "b"), ("2", "b"))) == 1

    def test_an_order_of_keys_is_no_difference(self) -> None:
        """The same arguments in another order are the same call."""
        messages: list[BaseMessage] = [HumanMessage("Do it")]
        for number, args in enumerate([{"a": 1, "b": 2}, {"b": 2, "a": 1}]):
            call = tool_call(name="t", args=args, id=str(number))
            messages += [AIMessage("", tool_calls=[call]), ToolMessage("x", tool_call_id=str(number))]
        assert idle_steps(messages) == 1

    def test_what_cannot_be_read_is_never_new(self) -> None:
        """Calls that are no JSON bring nothing, whatever stands in them."""
        broken = [
            AIMessage("", invalid_tool_calls=[invalid_tool_call(name="t", args=f"{{{n}", id=str(n), error="")])
            for n in range(2)
        ]
        assert idle_steps([HumanMessage("Do it"), *broken]) == 2

    def test_only_the_present_wish_counts(self) -> None:
        """What was called for the wish before is not held against this one."""
        assert idle_steps([*steps(("1", "a"), ("1", "a"), ("1", "a")), *steps(("1", "a"))]) == 0


class TestReason:
    def test_there_is_none_at_first(self) -> None:
        """Twelve steps that all bring something are no reason to stop."""
        state = state_of(steps(*[(str(number), "ok") for number in range(12)]), steps=12)
        assert reason_to_stop(state, 30) == ""

    def test_the_cap(self) -> None:
        """The number of steps is bounded in any case."""
        assert reason_to_stop(state_of([], steps=3), 3) == "too_many"

    def test_a_circle(self) -> None:
        """Repetition is a reason long before the cap."""
        state = state_of(steps(("1", "a"), ("1", "a"), ("1", "a")), steps=3)
        assert reason_to_stop(state, 30) == "repeated"


class TestSummary:
    def test_it_says_what_the_record_shows(self) -> None:
        """What succeeded, what failed, what was declined and what was read stand apart, each with its values."""
        outcomes = [
            outcome("get_order", order_id="1042"),
            outcome("get_order", order_id="1042"),
            outcome("cancel_order", order_id="1042"),
            outcome("cancel_order", "failed", order_id="1043"),
            outcome("cancel_order", "rejected", order_id="1044"),
            outcome("cancel_order", "unknown", order_id="1045"),
        ]
        assert summary_of(state_of([], outcomes=outcomes), "repeated", 30, find=find).splitlines() == [
            "I have stopped here, because I was only repeating the same steps.",
            "Done: Cancel an order (1042).",
            "Not confirmed: Cancel an order (1045).",
            "Did not work: Cancel an order (1043).",
            "Not done: Cancel an order (1044).",
            "Looked up: Look up an order (1042) 2×.",  # noqa: RUF001 - times
            "Please tell me what is still missing, or ask for a person.",
        ]

    def test_nothing_was_changed(self) -> None:
        """Where only reads succeeded, that nothing was changed is said."""
        told = summary_of(state_of([], outcomes=[outcome("get_order")]), "repeated", 30, find=find)
        assert "Nothing was changed." in told

    def test_the_rest_of_the_message_is_named(self) -> None:
        """What was asked for beside, and not begun, is not lost silently."""
        intents = [{"agent": "a", "request": "Cancel it"}, {"agent": "b", "request": "a coupon"}]
        assert "Not begun: “a coupon”." in summary_of(state_of([], intents=intents), "repeated", 30, find=find)

    def test_a_tool_that_is_gone_keeps_its_name(self) -> None:
        """A tool that was withdrawn meanwhile is named as it was called, and may have changed something."""
        told = summary_of(state_of([], outcomes=[outcome("old_tool")]), "repeated", 30, find=find)
        assert "Done: old_tool." in told
        assert "Nothing was changed." not in told

    def test_it_is_bounded(self) -> None:
        """Of many calls the first are named, and the rest counted."""
        outcomes = [outcome("cancel_order", order_id=str(number)) for number in range(25)]
        assert "; + 5." in summary_of(state_of([], outcomes=outcomes), "repeated", 30, find=find)

    def test_it_is_in_the_customers_language(self) -> None:
        """What the product itself says is said as the customer writes; the limit is named."""
        state = state_of([], text="Bitte storniere meine Bestellung", outcomes=[outcome("get_order", order_id="1")])
        told = summary_of(state, "too_many", 7, find=find).splitlines()
        assert told[1:3] == ["Nachgesehen: Look up an order (1).", "Es wurde nichts geändert."]
        assert "7 Schritte" in told[0]
