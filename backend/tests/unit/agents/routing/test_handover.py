"""What an agent's calls of `transfer_to_agent` come to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call

from app.agents.routing.handover import MAX_HANDOVERS, Handover, handover_in, transfer_tool
from app.agents.state import History, RunState, begin
from app.tools.builtin import TRANSFER
from tests.unit.agents.routing.test_active import THREE

CANCEL = tool_call(name="cancel_order", args={"order_id": 1042}, id="own")
WISH = {"agent": "orders", "request": "Cancel 1042 and give me a coupon"}


def to(agent: Any, request: str = "Give me a coupon") -> Any:
    """A call that passes something on."""
    return tool_call(name=TRANSFER, args={"agent": agent, "request": request}, id=f"to_{agent}")


def at(**changes: Any) -> RunState:
    """A run in which `orders` works on its first wish, and has done nothing yet."""
    state: Any = begin(WISH["request"], History()) | {"intents": [WISH], "at": 1, "active": "orders"}
    return state | changes  # type: ignore[no-any-return]


def passed(*calls: Any, invalid: bool = False, **changes: Any) -> Handover:
    unreadable = [invalid_tool_call(name="cancel_order", args="{", id="bad", error=None)] if invalid else []
    answer = AIMessage("", tool_calls=list(calls), invalid_tool_calls=unreadable)
    handover = handover_in(answer, agent="orders", state=at(**changes), config=THREE)
    assert handover is not None
    return handover


def wishes(handover: Handover) -> list[tuple[str, str]]:
    return [(intent["agent"], intent["request"]) for intent in handover.intents]


def told(handover: Handover) -> list[tuple[str, str]]:
    """What the agent is told of each call."""
    read = [json.loads(str(answer.content)) for answer in handover.answers]
    return [(one["outcome"], one["summary"]) for one in read]


class TestInsteadOfIt:
    def test_all_of_it_goes_as_the_customer_wrote_it(self) -> None:
        """A message that is handed over whole keeps the customer's own words, whatever the model made of them."""
        handover = passed(to("coupons", "the customer wants something"))
        assert handover.way == "instead"
        assert wishes(handover) == [("coupons", WISH["request"])]
        [candidate] = handover.candidates
        assert (candidate.reason, candidate.confidence) == ("handed over by orders", 0.7)

    def test_several_wishes_go_in_order(self) -> None:
        """Several calls are several wishes, each in its own words; one for itself keeps its place among them."""
        handover = passed(to("coupons"), to("orders", "Cancel 1042"), to("general", "When are you open?"))
        assert handover.way == "instead"
        assert wishes(handover) == [
            ("coupons", "Give me a coupon"),
            ("orders", "Cancel 1042"),
            ("general", "When are you open?"),
        ]

    def test_neighbours_for_one_colleague_are_one_wish(self) -> None:
        """Two things for the same colleague are done together."""
        handover = passed(to("coupons"), to("coupons", "Is WELCOME15 valid?"), to("general", "When are you open?"))
        assert wishes(handover)[0] == ("coupons", "Give me a coupon and is WELCOME15 valid?")

    def test_the_present_wish_of_several_keeps_its_words(self) -> None:
        """Of a message with several wishes only the present one is handed over."""
        two = [WISH, {"agent": "coupons", "request": "Is it valid?"}]
        assert wishes(passed(to("general"), intents=two, at=2)) == [("general", "Is it valid?")]

    @pytest.mark.parametrize("name", ["Coupons", " coupons ", "COUPONS"])
    def test_a_name_is_read_as_people_write_it(self, name: str) -> None:
        """Capitals and spaces are no mistake."""
        assert wishes(passed(to(name)))[0][0] == "coupons"


class TestAfterIt:
    def test_own_work_comes_first(self) -> None:
        """What is passed on beside a call of its own comes after it; the agent is told so."""
        handover = passed(CANCEL, to("coupons"))
        assert handover.way == "after"
        assert wishes(handover) == [("coupons", "Give me a coupon")]
        assert told(handover)[0][0] == "succeeded"

    def test_after_the_first_step(self) -> None:
        """What is passed on once a tool has answered comes after the present wish, also without a call beside it."""
        worked = [HumanMessage(WISH["request"]), ToolMessage("{}", tool_call_id="own", name="cancel_order")]
        assert passed(to("coupons"), steps=1, messages=worked).way == "after"

    def test_a_call_that_came_to_nothing_is_no_work(self) -> None:
        """After an unreadable call, or a hand-over that was refused, the wish can still go as a whole."""
        mended = [HumanMessage(WISH["request"]), ToolMessage("{}", tool_call_id="x")]
        assert passed(to("coupons"), steps=1, messages=mended).way == "instead"

    def test_an_unreadable_call_is_own_work_too(self) -> None:
        """A call that the agent has to mend is not thrown away by handing over beside it."""
        assert passed(to("coupons"), invalid=True).way == "after"

    def test_without_words_the_message_itself_is_the_wish(self) -> None:
        """A call that says nothing of what is wanted passes the whole message on."""
        assert wishes(passed(CANCEL, to("coupons", " "))) == [("coupons", WISH["request"])]


class TestForTheRouter:
    @pytest.mark.parametrize("calls", [(to("nobody"),), (to(None),), (to("coupons"), CANCEL)])
    def test_what_cannot_be_done_as_it_was_called(self, calls: tuple[Any, ...]) -> None:
        """A colleague that does not exist, and a colleague's part before its own, are for the router."""
        assert passed(*calls).way == "router"

    def test_it_is_asked_once_per_message(self) -> None:
        """After that the agent is told who there is, and what it can do is done."""
        handover = passed(to("nobody"), routed_again=True)
        assert handover.way == "refused"
        assert told(handover) == [
            ("failed", "There is no such colleague. Use exactly one of: orders, coupons, general.")
        ]
        assert passed(to("coupons"), CANCEL, routed_again=True).way == "after"


class TestRefused:
    def test_never_back_to_whoever_passed_it_on(self) -> None:
        """Two agents that both think it is the other's job do not play ball."""
        handover = passed(to("coupons"), intents=[{**WISH, "tried": ["coupons"]}])
        assert handover.way == "refused"
        assert "coupons has just passed this on to you" in told(handover)[0][1]

    def test_a_part_may_go_back(self) -> None:
        """What is passed on beside own work is another wish: it may be that agent's."""
        assert passed(CANCEL, to("coupons"), intents=[{**WISH, "tried": ["coupons"]}]).way == "after"

    def test_not_to_itself(self) -> None:
        """An agent that passes something on to itself is told to do it."""
        assert "your own job" in told(passed(to("orders")))[0][1]

    def test_only_so_often(self) -> None:
        """After a few times the agent has to answer."""
        assert passed(to("coupons"), handovers=MAX_HANDOVERS - 1).way == "instead"
        handover = passed(to("coupons"), handovers=MAX_HANDOVERS)
        assert handover.way == "refused"
        assert "passed on often enough" in told(handover)[0][1]


def test_without_a_call_nothing_is_handed_over() -> None:
    """An answer, and a call of a tool, are the agent's own."""
    for answer in (AIMessage("It is on its way."), AIMessage("", tool_calls=[CANCEL])):
        assert handover_in(answer, agent="orders", state=at(), config=THREE) is None


def test_the_tool_names_the_others() -> None:
    """The model sees who else there is and what for, and never itself."""
    function = transfer_tool(THREE.agent("orders"), THREE)["function"]
    assert function["parameters"]["properties"]["agent"]["enum"] == ["coupons", "general"]
    assert "- coupons: Does coupons." in function["description"]
    assert "Does orders" not in function["description"]
