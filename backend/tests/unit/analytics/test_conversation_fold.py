"""Conversation fold: the figures of one conversation, event by event."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.conversation_fold import CONTROLS, ConversationFold, fold, micros, moment
from app.analytics.rollup import RollupDelta
from app.tools.builtin import builtin_tools
from tests.event_log import BEGIN, EventLog


def fold_of(story: EventLog) -> ConversationFold:
    return fold(ConversationFold(), story.events())


def reread(folded: ConversationFold) -> ConversationFold:
    """Written to the database and read back."""
    return ConversationFold.from_json(json.loads(json.dumps(folded.to_json())))


class TestCounts:
    def test_turns_and_messages(self) -> None:
        """A message or an answered approval is a turn; what customers, agents and the product say is a message."""
        folded = fold_of(EventLog().asks().wonders().asks().proposes().decides().answers().completes())
        assert (folded.turns, folded.messages) == (3, 4)

    def test_an_edit_is_no_turn(self) -> None:
        """Nothing goes on before the edited one is answered."""
        folded = fold_of(EventLog().asks().proposes().decides("edited").proposes(number=2).decides(number=2))
        assert folded.turns == 2

    def test_two_agents_in_one_turn(self) -> None:
        """Each has its own calls, words and costs; the conversation has them once."""
        story = EventLog().asks().models("orders", tokens=(100, 10)).uses(agent="orders").answers(agent="orders")
        story.models("returns", tokens=(200, 20), model="gpt-4.1", cost=0.002).uses("refund", agent="returns")
        folded = fold_of(story.answers(agent="returns").completes())
        assert folded.turns == 1
        assert [(name, part.tokens_in, part.calls, part.messages) for name, part in folded.agents.items()] == [
            ("orders", 100, 1, 1),
            ("returns", 200, 1, 1),
        ]
        assert {name: part.cost_e8 for name, part in folded.models.items()} == {
            "gpt-4.1-mini": 100_000,
            "gpt-4.1": 200_000,
        }

    def test_what_the_product_says_itself_is_no_agents(self) -> None:
        folded = fold_of(EventLog().asks().answers(agent="supervisor").models(agent="supervisor"))
        assert not folded.agents
        assert folded.models["gpt-4.1-mini"].model_calls == 1

    def test_a_model_without_a_price(self) -> None:
        """Its calls are counted and said to be unpriced."""
        folded = fold_of(EventLog().asks().models(model="ours", cost=None).models(model="ours", cost=0.5))
        assert (folded.models["ours"].unpriced, folded.models["ours"].cost_e8) == (1, 50_000_000)

    def test_tools_by_how_their_calls_ended(self) -> None:
        """A call that was not carried out is neither a success nor a failure, and took no time."""
        story = EventLog().asks()
        for outcome in ("succeeded", "failed", "unknown", "rejected", "expired"):
            story.uses(outcome=outcome, ms=100)
        tool = fold_of(story).tools["get_order"]
        assert (tool.succeeded, tool.failed, tool.unknown, tool.not_run, tool.ms) == (1, 1, 1, 2, 300)
        assert sum(tool.times.values()) == 3

    def test_steering_tools_are_the_builtin_ones(self) -> None:
        """Every built-in tool, and none else, is left out."""
        assert {tool.spec.name for tool in builtin_tools()} == CONTROLS
        folded = fold_of(EventLog().asks().uses("hand_over").uses("end_conversation"))
        assert not folded.tools
        assert not folded.agents

    def test_time_is_the_log_s(self) -> None:
        """The first and the last moment, whatever order clocks of several machines give."""
        story = EventLog().asks()
        story.clock = BEGIN - timedelta(seconds=5)
        story.answers()
        folded = fold_of(story)
        assert (moment(folded.started_at), moment(folded.last_at)) == (BEGIN - timedelta(seconds=5), BEGIN)

    def test_microseconds_survive(self) -> None:
        odd = BEGIN + timedelta(microseconds=123_457)
        assert moment(micros(odd)) == odd


class TestActions:
    def test_one_from_proposal_to_success(self) -> None:
        folded = fold_of(EventLog().asks().proposes().decides().carries_out())
        assert (folded.proposed, folded.approved, folded.succeeded, folded.unknown, folded.live) == (1, 1, 1, 0, {})

    def test_unknown_until_a_person_settles_it(self) -> None:
        """Then it is what the person found, and a person took part."""
        story = EventLog().asks().proposes().decides().carries_out("unknown")
        folded = fold_of(story)
        assert (folded.unknown, folded.succeeded, folded.staff) == (1, 0, False)
        folded = fold_of(story.action("failed", by="operator"))
        assert (folded.unknown, folded.failed, folded.staff) == (0, 1, True)

    def test_what_was_settled_once_stands(self) -> None:
        """Nothing counts an action's end twice."""
        folded = fold_of(EventLog().asks().proposes().decides().carries_out().action("failed").action("executing"))
        assert (folded.succeeded, folded.failed, folded.live) == (1, 0, {})

    def test_edited_and_approved_count_once_each(self) -> None:
        """However often it is edited, and whoever else has to approve."""
        story = EventLog().asks().proposes().decides("edited").decides("edited").action("approved").action("approved")
        folded = fold_of(story)
        assert (folded.edited, folded.approved) == (1, 1)

    def test_rejected_and_expired(self) -> None:
        story = EventLog().asks().proposes().decides("rejected").proposes(number=2).expires(number=2)
        folded = fold_of(story)
        assert (folded.proposed, folded.rejected, folded.expired, folded.waiting) == (2, 1, 1, {})

    def test_a_decision_takes_from_the_question_to_the_answer(self) -> None:
        """In milliseconds; what expires was never decided."""
        story = EventLog().asks().proposes().later(seconds=59).decides()
        story.proposes(number=2).later(minutes=30).expires(number=2)
        ((number, times),) = fold_of(story).decisions.items()
        assert times == 1
        assert 1.1 ** (number - 1) < 60_000 <= 1.1**number

    def test_an_operator_s_answer_is_staff_s_work(self) -> None:
        assert not fold_of(EventLog().asks().proposes().decides()).staff
        assert fold_of(EventLog().asks().proposes(audience="operator").decides(by="operator")).staff

    def test_an_answer_to_what_was_never_asked(self) -> None:
        """As after an upgrade: it is not timed, and nothing breaks."""
        folded = fold_of(EventLog().asks().decides().action("executing").expires())
        assert (folded.decisions, folded.live, folded.approved) == ({}, {}, 0)


class TestWritten:
    def test_it_is_short_in_the_beginning(self) -> None:
        assert ConversationFold().to_json() == {}

    def test_it_names_no_customer(self) -> None:
        """Nothing that was said, and nobody's id, is in it."""
        story = EventLog(visitor_id="secret-visitor").asks("My name is Ada Secret").models().uses().rates(5)
        assert "ecret" not in json.dumps(fold_of(story).to_json())

    def test_read_back_it_is_the_same(self) -> None:
        story = (
            EventLog()
            .asks()
            .models()
            .uses()
            .wonders()
            .proposes()
            .decides("edited")
            .proposes(number=2)
            .breaks()
            .rates(3)
        )
        folded = fold_of(story)
        assert reread(folded) == folded


STEPS = st.sampled_from(
    [
        lambda story: story.asks("Thanks!"),
        lambda story: story.asks(),
        lambda story: story.answers(),
        lambda story: story.models(),
        lambda story: story.models(agent="returns", model="gpt-4.1", cost=None, first_token_ms=None),
        lambda story: story.uses(),
        lambda story: story.uses("refund", outcome="failed", ms=4_000, agent="returns"),
        lambda story: story.uses(outcome="rejected"),
        lambda story: story.proposes(),
        lambda story: story.proposes(number=2, audience="operator"),
        lambda story: story.decides(),
        lambda story: story.decides("edited"),
        lambda story: story.decides("rejected", number=2, by="operator"),
        lambda story: story.carries_out("unknown"),
        lambda story: story.carries_out("succeeded", number=2),
        lambda story: story.expires(),
        lambda story: story.wonders(),
        lambda story: story.hands_over(),
        lambda story: story.rates(2),
        lambda story: story.breaks(),
        lambda story: story.completes(),
        lambda story: story.completes(ended=True),
        lambda story: story.later(minutes=40),
    ]
)


@given(st.lists(STEPS, min_size=1, max_size=25), st.lists(st.integers(0, 60), max_size=5))
def test_in_pieces_as_in_one_go(steps: list[object], cuts: list[int]) -> None:
    """However the events are cut into batches, and however often it is written and read between, it is the same."""
    story = EventLog().asks()
    for step in steps:
        step(story)  # type: ignore[operator]
    events = story.events()
    places = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]
    folded = ConversationFold()
    for start, end in pairwise(places):
        folded = fold(reread(folded), events[start:end])
    assert folded == fold_of(story)


@given(st.lists(STEPS, min_size=1, max_size=15))
def test_taken_back_nothing_is_left(steps: list[object]) -> None:
    """What a conversation adds and takes back adds up to nothing, at every level."""
    story = EventLog().asks()
    for step in steps:
        step(story)  # type: ignore[operator]
    folded, delta = fold_of(story), RollupDelta()
    delta.add(folded, outcome="abandoned", ended=True)
    rollups, _ = delta.changes()
    assert {level for level, *_ in rollups} == {0, 1, 2}
    delta.add(reread(folded), outcome="abandoned", ended=True, sign=-1)
    assert delta.changes() == ({}, {})


@pytest.mark.parametrize("frame", ["turn_started", "routed", "resumed", "something_newer"])
def test_events_that_are_not_counted_are_passed_over(frame: str) -> None:
    """They only move the time."""
    story = EventLog().asks().answers()
    events = [event._replace(type=frame, frame={}) for event in story.events()]
    folded = fold(ConversationFold(), events)
    assert (folded.messages, moment(folded.last_at)) == (0, BEGIN + timedelta(seconds=1))
