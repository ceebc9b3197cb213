from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.routing.router import Turn
from app.demo_model.describe import Result
from app.demo_model.fill import MAX_CALLS
from app.demo_model.plan import decide, read_by_value
from app.demo_model.scene import ASKS, END, HAND_OVER, OFFERS, Scene, asked, help_text, offered, questioned
from app.demo_model.tools import Offer, offer_of
from app.demo_model.understand import is_general

ID = {"type": "integer", "description": "The order's number, such as 1042."}


def offer(name: str, description: str, *required: str, **properties: Any) -> Offer:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return offer_of(name, description, parameters)


GET = offer("get_order", "Look up an order.", "order_id", order_id=ID)
LIST = offer("list_orders", "List my orders.", status={"enum": ["shipped", "new"]})
CANCEL = offer("cancel_order", "Cancel an order.", "order_id", order_id=ID)
COUPON = offer(
    "create_coupon", "Give a coupon.", "percent", percent={"type": "integer", "description": "How much off."}
)
HAND = offer(HAND_OVER, "Hand over to a person.", "reason", reason={"type": "string"})
BYE = offer(END, "End the conversation.")
ALL = (GET, LIST, CANCEL, COUPON, HAND, BYE)


def scene(request: str, **changes: Any) -> Scene:
    return Scene(**{"request": request, "offers": ALL, **changes})


def called(request: str, **changes: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, dict(call.args)) for call in decide(scene(request, **changes)).calls]


def result(tool: str, outcome: str = "succeeded", data: Any = None, **args: Any) -> Result:
    return Result(tool=tool, args=args, asked=args, outcome=outcome, data=data)


FOUND = result("get_order", order_id=1042)


def said(*texts: str) -> tuple[Turn, ...]:
    """What was said before, customer and agent in turn."""
    return tuple(Turn(customer=not place % 2, text=text) for place, text in enumerate(texts))


class TestCalls:
    def test_reads_that_follow_each_other_run_together(self) -> None:
        """Two look-ups need not wait for each other."""
        assert called("where is order 1 and list my orders") == [("get_order", {"order_id": 1}), ("list_orders", {})]

    def test_changes_wait_for_each_other(self) -> None:
        """What was asked second begins when the first is done."""
        request = "cancel order 1042 and give me a 10% coupon"
        assert called(request, results=(FOUND,)) == [("cancel_order", {"order_id": 1042})]
        done = (FOUND, result("cancel_order", order_id=1042))
        assert called(request, results=done) == [("create_coupon", {"percent": 10})]

    def test_it_looks_before_it_asks_for_consent(self) -> None:
        """What is to be changed is looked up first, where a read shows it; else the change is begun at once."""
        assert called("cancel order 1042") == [("get_order", {"order_id": 1042})]
        assert called("cancel order 1042", results=(FOUND,)) == [("cancel_order", {"order_id": 1042})]
        assert called("cancel order 1042", offers=(CANCEL,)) == [("cancel_order", {"order_id": 1042})]

    def test_what_is_not_there_is_not_changed(self) -> None:
        """Where the look-up finds nothing, nobody is asked for consent, and the customer is told why."""
        missing = Result(
            tool="get_order",
            args={"order_id": 9999},
            asked={"order_id": 9999},
            outcome="failed",
            summary="There is no order 9999.",
        )
        decision = decide(scene("cancel order 9999", results=(missing,)))
        assert decision.calls == ()
        assert decision.text == "Sorry, I could not look that up: There is no order 9999. So nothing was changed."

    def test_of_two_the_one_that_is_there_is_changed(self) -> None:
        """Each of several changes depends on its own look-up."""
        results = (FOUND, result("get_order", "failed", order_id=9999))
        assert called("cancel orders 1042 and 9999", results=results) == [("cancel_order", {"order_id": 1042})]

    @pytest.mark.parametrize(
        "request_",
        ["don't cancel order 1042", "Do not cancel 1042, I changed my mind", "please never refund order 1042"],
    )
    def test_what_is_forbidden_is_not_done(self, request_: str) -> None:
        """Saying not to do something brings no call, and the customer is told that nothing was changed."""
        decision = decide(scene(request_))
        assert decision.calls == ()
        assert decision.text.startswith("All right, I have changed nothing.")

    def test_the_rest_of_what_is_forbidden_is_done(self) -> None:
        """What is asked beside it is answered, about the thing that was named."""
        assert called("don't cancel order 1042, just tell me where it is") == [("get_order", {"order_id": 1042})]

    def test_a_look_up_before_a_change_runs_first(self) -> None:
        """A look-up that was asked first is answered before a change is begun."""
        request = "where is order 1042, then cancel order 1042"
        assert called(request) == [("get_order", {"order_id": 1042})]
        assert called(request, results=(result("get_order", order_id=1042),)) == [("cancel_order", {"order_id": 1042})]

    @pytest.mark.parametrize("outcome", ["rejected", "expired", "unknown", "failed"])
    def test_nothing_is_begun_after_a_change_that_was_not_made(self, outcome: str) -> None:
        """A change that was declined or failed, or of which nobody knows, ends what was asked after it."""
        request = "cancel order 1042 and give me a 10% coupon"
        decision = decide(scene(request, results=(result("cancel_order", outcome, order_id=1042),)))
        assert decision.calls == ()
        assert "coupon was not created, because what came before it was not done" in decision.text

    def test_a_failed_look_up_holds_nothing_else_back(self) -> None:
        """A look-up that fails does not stop what was asked after it about something else."""
        request = "where is order 1042, then cancel order 1043"
        failed = (result("get_order", "failed", order_id=1042), result("get_order", order_id=1043))
        assert called(request, results=failed) == [("cancel_order", {"order_id": 1043})]

    def test_no_call_is_made_twice(self) -> None:
        """A call that has its result is not made again, whatever came of it."""
        for outcome in ("succeeded", "failed", "rejected", "unknown"):
            assert called("cancel order 1042", results=(result("cancel_order", outcome, order_id=1042),)) == []

    def test_edited_values_do_not_bring_it_back(self) -> None:
        """A call whose values a person edited has been made."""
        edited = Result(tool="cancel_order", args={"order_id": 7}, asked={"order_id": 1042}, outcome="succeeded")
        decision = decide(scene("cancel order 1042", results=(edited,)))
        assert (decision.calls, decision.text) == ((), "Order 7 has been cancelled.")

    def test_the_same_said_twice_is_done_once(self) -> None:
        """Saying it twice does not do it twice."""
        assert called("cancel order 1042. Please cancel order 1042", results=(FOUND,)) == [
            ("cancel_order", {"order_id": 1042})
        ]

    def test_not_more_calls_at_once_than_can_be_checked(self) -> None:
        """A long list is done in parts that a person can check."""
        numbers = ", ".join(str(number) for number in range(1001, 1021))
        assert len(called(f"cancel orders {numbers}")) == MAX_CALLS

    def test_a_question_between_is_answered_at_the_end(self) -> None:
        """What needs no tool is answered with the results."""
        request = "where is order 1042 and what is your refund policy?"
        found = (result("get_order", data={"order_id": 1042, "status": "new"}, order_id=1042),)
        decision = decide(scene(request, results=found, knowledge="Refund policy: 30 days."))
        assert decision.text == "Order 1042 is new. Refund policy: 30 days."


class TestWords:
    def test_a_person_is_called_with_the_reason(self) -> None:
        """Whoever asks for a person gets one who knows why."""
        assert called("let me talk to a human") == [
            (HAND_OVER, {"reason": "The customer asked for a person: let me talk to a human"})
        ]

    def test_after_the_hand_over_a_person_is_announced(self) -> None:
        """When the hand-over is done, it says who goes on."""
        decision = decide(scene("talk to a human", results=(result(HAND_OVER, reason="x"),)))
        assert decision.text == "A person will take it from here."

    def test_a_hand_over_that_failed_is_not_announced(self) -> None:
        """Where nobody was called nobody is announced."""
        failed = Result(tool=HAND_OVER, args={}, outcome="failed", summary="Say why.")
        assert decide(scene("talk to a human", results=(failed,))).text == "Sorry, that did not work: Say why."

    def test_a_goodbye_ends_the_conversation_once(self) -> None:
        """A goodbye ends the conversation and is answered."""
        assert called("bye") == [(END, {"reason": "The customer needs nothing more."})]
        assert decide(scene("bye", results=(result(END),))).text == "You are welcome. Goodbye!"
        assert decide(scene("bye", offers=())).text == "You are welcome. Goodbye!"

    @pytest.mark.parametrize(
        ("request_", "begins"),
        [
            ("thanks", "You are welcome."),
            ("hello", "Welcome! You can ask me for example: \u201cDo it\u201d."),
            ("help", "You can ask me for example: \u201cDo it\u201d."),
            ("no", "All right, I have changed nothing."),
            ("yes", "I am not sure what you agree to."),
            ("who are you really?", "I am sorry, that is something I do not know or cannot do."),
        ],
    )
    def test_courtesies(self, request_: str, begins: str) -> None:
        """Courtesies are answered in kind, and what is not known is said not to be."""
        decision = decide(scene(request_, greeting="Welcome!", examples=("Do it",)))
        assert decision.calls == ()
        assert decision.text.startswith(begins)

    def test_help_without_examples_names_the_tools(self) -> None:
        """Without examples it says what its tools are for; without tools it offers nothing it has not."""
        assert help_text(scene("", offers=(GET,))) == "Here is what I can do: Look up an order."
        assert help_text(scene("", offers=())) == ""

    def test_a_result_that_says_little_is_named(self) -> None:
        """A result with nothing but its number is at least named."""
        decision = decide(
            scene("where is order 1042?", results=(result("get_order", data={"order_id": 1042}, order_id=1042),))
        )
        assert decision.text == "Order 1042:"

    def test_a_question_about_a_change_may_be_known_and_offered(self) -> None:
        """What is known about a change is said, and the change is offered."""
        decision = decide(scene("can I cancel order 1042?", knowledge="An order can be cancelled until it is shipped."))
        assert decision.text.startswith(
            "An order can be cancelled until it is shipped. I can cancel order 1042 for you"
        )
        assert decision.text.endswith(OFFERS)

    def test_a_statement_with_an_answer_in_the_knowledge(self) -> None:
        """A statement that no tool is for may be answered by what is known."""
        decision = decide(scene("I have a question about gift wrapping", knowledge="Gift wrapping is free."))
        assert decision.text == "Gift wrapping is free."

    def test_missing_values_are_named_as_the_tool_names_them(self) -> None:
        """What is missing is named by its own description where that is short, else by its name."""
        assert "the order's number, such as 1042" in decide(scene("cancel my order")).text
        assert "Please tell me the percent." in decide(scene("give me a coupon")).text

    def test_no_list_is_begun_where_one_of_two_is_meant(self) -> None:
        """Where two things could be meant, a look-up asks which as well."""
        before = said("where are orders 1042 and 1043", "Order 1042 is new. Order 1043 is new.")
        decision = decide(scene("show me the order", before=before, offers=(GET,)))
        assert "(1042 or 1043)" in decision.text


class TestMemory:
    def test_questions_are_recognised(self) -> None:
        """An agent that waits for a value or a yes is recognised by its words."""
        assert asked(said("cancel it", f"{ASKS} the number."))
        assert offered(said("can I?", f"I can. {OFFERS}"))
        assert not asked(said("cancel it", "Done.", "1042"))
        assert not asked(())

    def test_a_question_behind_another_answer_is_recognised(self) -> None:
        """Several agents may have answered; one that asks is still waiting."""
        before = (*said("cancel it and more", f"{ASKS} the number."), Turn(customer=False, text="And more is done."))
        assert asked(before)
        assert questioned(before) == (["cancel it and more"], [])

    def test_replies_are_collected(self) -> None:
        """A request, and the replies that it has had, are found behind the questions."""
        before = said("hello", "hi", "refund it", f"{ASKS} the number.", "1042", f"{ASKS} the reason.")
        request, earlier = questioned(before)
        assert request == ["refund it", "1042"]
        assert [turn.text for turn in earlier] == ["hello", "hi"]

    def test_a_question_without_a_request_is_none(self) -> None:
        """A question to which no request belongs is not waited for."""
        assert questioned((Turn(customer=False, text=f"{ASKS} something."),)) == (
            [],
            [Turn(customer=False, text=f"{ASKS} something.")],
        )

    def test_records_are_remembered(self) -> None:
        """What the record shows of earlier calls tells what it is."""
        assert called(
            "cancel it", records=("get_order {'order_id': 1042}: succeeded. Look up an order: order id 1042",)
        ) == [("get_order", {"order_id": 1042})]


class TestHelpers:
    @pytest.mark.parametrize(
        ("text", "general"),
        [
            ("What is your refund policy?", True),
            ("how long does delivery take?", True),
            ("how do I cancel an order?", True),
            ("where is my order?", False),
            ("where is order 1042?", False),
            ("is WELCOME15 valid?", False),
            ("which plan am I on?", False),
            ("where is it?", False),
            ("cancel an order", False),
        ],
    )
    def test_general_questions(self, text: str, general: bool) -> None:
        """A general question names nothing of the customer's own."""
        assert is_general(text) is general

    def test_a_read_is_found_by_its_value(self) -> None:
        """A bare number finds the plainest read that it fits, never a write."""
        track = offer("track_order", "Track.", "order_id", order_id=ID)
        found = read_by_value("1042", [CANCEL, track, GET])
        assert found is not None
        assert found.name == "get_order"
        assert read_by_value("1042", [CANCEL]) is None
        assert read_by_value("hello", [GET]) is None


@given(st.text(max_size=120), st.lists(st.text(max_size=60), max_size=4))
def test_any_conversation_is_answered(request: str, before: list[str]) -> None:
    """Whatever was said, there are calls of tools that there are, or words."""
    decision = decide(scene(request, before=said(*before), knowledge="Returns are free."))
    assert decision.calls or decision.text
    assert {call.name for call in decision.calls} <= {one.name for one in ALL}
