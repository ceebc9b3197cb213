"""Outcomes of conversations, case by case, from the events that happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.analytics.conversation_fold import ConversationFold, fold, micros
from app.analytics.outcome import Verdict, judge
from tests.event_log import BEGIN, EventLog

HALF_AN_HOUR = 30 * 60 * 1_000_000


def judged(story: EventLog, *, after: timedelta = timedelta(days=1)) -> Verdict:
    """What the story has come to a while after its last event."""
    now = micros(story.clock + after)
    return judge(fold(ConversationFold(), story.events()), now=now, ttl=HALF_AN_HOUR)


def outcome(story: EventLog, *, after: timedelta = timedelta(days=1)) -> str:
    return judged(story, after=after).outcome


class TestOpen:
    def test_while_the_customer_may_still_write(self) -> None:
        """Before half an hour of silence nothing is decided, whatever has been done."""
        story = EventLog().asks().uses().answers().completes()
        assert outcome(story, after=timedelta(minutes=29)) == "open"

    def test_while_an_approval_waits_however_long(self) -> None:
        """Silence does not count while an approval is pending."""
        verdict = judged(EventLog().asks().proposes(), after=timedelta(days=30))
        assert (verdict.outcome, verdict.ended_at, verdict.settle_at) == ("open", None, None)

    def test_it_says_when_silence_will_end_it(self) -> None:
        """Half an hour after the customer's last word."""
        story = EventLog().asks().answers().completes()
        verdict = judged(story, after=timedelta(minutes=1))
        assert verdict.settle_at == micros(BEGIN + timedelta(minutes=30))

    def test_an_answer_to_an_approval_counts_as_activity(self) -> None:
        """The session's silence begins anew when an approval is answered."""
        story = EventLog().asks().proposes().later(minutes=25).decides().carries_out().completes()
        assert outcome(story, after=timedelta(minutes=20)) == "open"


class TestResolved:
    def test_assumed_after_a_tool_succeeded_and_nothing_more_came(self) -> None:
        assert outcome(EventLog().asks().uses().answers().completes()) == "resolved_assumed"

    def test_assumed_after_an_action_succeeded(self) -> None:
        """An action whose outcome was unknown and that a person found done counts as done."""
        story = EventLog().asks().proposes().decides().carries_out("unknown").uses(outcome="unknown")
        assert outcome(story) == "unresolved"
        assert outcome(story.action("succeeded", by="operator")) == "resolved_assumed"

    def test_confirmed_by_a_good_rating(self) -> None:
        """Also where no tool was needed."""
        assert outcome(EventLog().asks().answers().completes().rates(4)) == "resolved_confirmed"

    def test_the_last_rating_counts(self) -> None:
        assert outcome(EventLog().asks().uses().completes().rates(5).rates(2)) == "resolved_assumed"

    def test_a_middling_rating_confirms_nothing(self) -> None:
        assert outcome(EventLog().asks().answers().completes().rates(3)) == "unresolved"

    def test_confirmed_by_thanks(self) -> None:
        """A last message that thanks, whether an agent then ends the conversation or silence does."""
        story = EventLog().asks().answers().completes().asks("Thanks, that's all!").answers("Goodbye!")
        assert outcome(story) == "resolved_confirmed"
        assert outcome(story.completes(ended=True), after=timedelta()) == "resolved_confirmed"

    def test_thanks_that_were_not_understood_are_thanks(self) -> None:
        """A question that only came because the thanks were not understood was not left open."""
        story = EventLog().asks().uses().answers().completes().asks("thanks, you're great!").wonders().completes()
        assert outcome(story) == "resolved_confirmed"

    def test_thanks_in_the_middle_confirm_nothing(self) -> None:
        """Only the last message tells."""
        story = (
            EventLog().asks().answers().asks("Thanks!").answers().asks("And where is order 7?").answers().completes()
        )
        assert outcome(story) == "unresolved"

    def test_over_at_once_where_an_agent_ended_it(self) -> None:
        """Its end is the moment that the agent ended it."""
        story = EventLog().asks().uses().later(minutes=1).completes(ended=True)
        verdict = judged(story, after=timedelta())
        assert verdict == Verdict("resolved_assumed", micros(BEGIN + timedelta(minutes=1, seconds=3)), None)

    def test_reopened_takes_its_resolution_back(self) -> None:
        """The customer goes on: it is open again, and comes to what it comes to then."""
        story = EventLog().asks().uses().completes(ended=True)
        assert outcome(story, after=timedelta()) == "resolved_assumed"
        story.later(minutes=5).asks("No, it is still not there")
        assert outcome(story, after=timedelta()) == "open"
        assert outcome(story.hands_over().completes()) == "escalated"

    def test_going_on_after_silence_reopens_too(self) -> None:
        story = EventLog().asks().uses().completes()
        assert outcome(story, after=timedelta(hours=1)) == "resolved_assumed"
        assert outcome(story.later(hours=2).asks("One more thing"), after=timedelta()) == "open"

    @pytest.mark.parametrize("tool", ["hand_over", "end_conversation"])
    def test_steering_the_conversation_resolves_nothing(self, tool: str) -> None:
        """That handing over or ending "succeeded" is not what the customer came for."""
        assert outcome(EventLog().asks().uses(tool).answers().completes()) == "unresolved"


class TestEscalated:
    def test_at_once(self) -> None:
        assert outcome(EventLog().asks().hands_over(), after=timedelta()) == "escalated"

    def test_after_it_was_resolved(self) -> None:
        """Escalation outweighs what was done and said before."""
        story = EventLog().asks().uses().completes(ended=True).rates(5).hands_over()
        assert outcome(story) == "escalated"

    def test_and_confirmed_stays_escalated(self) -> None:
        assert outcome(EventLog().asks().hands_over().rates(5)) == "escalated"


class TestAbandoned:
    def test_with_an_approval_that_expired(self) -> None:
        """The customer left while it was pending."""
        story = EventLog().asks().proposes().later(minutes=30).expires().answers("It was not sent.").completes()
        assert outcome(story) == "abandoned"

    def test_also_where_a_read_had_succeeded_before(self) -> None:
        story = EventLog().asks().uses().proposes().later(minutes=30).expires().completes()
        assert outcome(story) == "abandoned"

    def test_not_where_they_came_back(self) -> None:
        story = EventLog().asks().uses().proposes().later(minutes=30).expires().asks("Never mind").answers().completes()
        assert outcome(story) == "resolved_assumed"

    def test_not_where_an_operator_did_not_answer(self) -> None:
        """That the customer waited in vain is no leaving."""
        story = EventLog().asks().proposes(audience="operator").later(minutes=30).expires().completes()
        assert outcome(story) == "unresolved"

    def test_with_an_open_question(self) -> None:
        assert outcome(EventLog().asks().wonders().completes()) == "abandoned"

    def test_not_once_the_question_is_answered(self) -> None:
        assert outcome(EventLog().asks().wonders().completes().asks("1042").uses().completes()) == "resolved_assumed"

    def test_with_an_approval_pending_when_an_agent_ends_it(self) -> None:
        assert outcome(EventLog().asks().uses().proposes().asks("Thanks!").completes(ended=True)) == "abandoned"

    def test_a_good_rating_outweighs_it(self) -> None:
        """Who says that it is done did not leave it undone."""
        assert outcome(EventLog().asks().wonders().completes().rates(5)) == "resolved_confirmed"


class TestUnresolved:
    def test_where_nothing_succeeded(self) -> None:
        assert outcome(EventLog().asks().uses(outcome="failed").answers().completes()) == "unresolved"

    def test_where_the_outcome_is_unknown(self) -> None:
        """What nobody knows is not taken for done."""
        assert outcome(EventLog().asks().uses(outcome="unknown").answers().completes()) == "unresolved"

    def test_where_a_turn_broke(self) -> None:
        assert outcome(EventLog().asks().breaks()) == "unresolved"

    def test_where_the_last_word_was_an_error_whatever_had_been_done(self) -> None:
        """A tool that succeeded in that turn, or in one before, resolved nothing that the customer knows of."""
        assert outcome(EventLog().asks().uses().breaks()) == "unresolved"
        assert outcome(EventLog().asks().uses().answers().completes().asks("And 1043?").breaks()) == "unresolved"

    def test_not_once_the_failed_turn_was_tried_again(self) -> None:
        assert outcome(EventLog().asks().uses().breaks().answers().completes()) == "resolved_assumed"

    def test_not_once_the_customer_went_on(self) -> None:
        story = EventLog().asks().uses().breaks().asks("Order 1043, then").uses().answers().completes()
        assert outcome(story) == "resolved_assumed"

    def test_thanks_and_ratings_outweigh_it(self) -> None:
        """Who says that it is done knows better."""
        assert outcome(EventLog().asks().uses().answers().asks("Thanks, that's all").breaks()) == "resolved_confirmed"
        assert outcome(EventLog().asks().uses().breaks().rates(5)) == "resolved_confirmed"

    def test_where_the_customer_said_no(self) -> None:
        """A rejected action is an answer; what was asked for was not done."""
        assert outcome(EventLog().asks().proposes().decides("rejected").uses(outcome="rejected")) == "unresolved"
