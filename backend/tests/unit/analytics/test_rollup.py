"""Rollup: a conversation's figures stand in the columns that their names say."""

from __future__ import annotations

from app.analytics.conversation_fold import AgentCounts, ConversationFold, ModelCounts, ToolCounts, micros
from app.analytics.rollup import RollupDelta
from tests.event_log import BEGIN

FOLDED = ConversationFold(
    started_at=micros(BEGIN),
    rating=4,
    turns=11,
    messages=12,
    errors=13,
    causes={"model_unavailable": 9, "internal_error": 4},
    proposed=14,
    approved=15,
    edited=16,
    rejected=17,
    expired=18,
    succeeded=19,
    failed=20,
    live={"a1": ["unknown", False, False], "a2": ["executing", False, False]},
    agents={
        "orders": AgentCounts(messages=5, calls=3, model_calls=2, tokens_in=70, tokens_out=7, cost_e8=9, unpriced=1)
    },
    models={
        "small": ModelCounts(model_calls=2, tokens_in=70, tokens_out=7, cost_e8=9, unpriced=1, first_token={40: 2}),
        "large": ModelCounts(model_calls=1, tokens_in=30, tokens_out=3, cost_e8=1),
    },
    tools={
        "get_order": ToolCounts(succeeded=4, failed=2, unknown=1, not_run=8, ms=900, times={30: 6, 31: 1}),
        "refund": ToolCounts(succeeded=1, ms=100, times={30: 1}),
    },
)
ACTIONS = ("proposed", "approved", "edited", "rejected", "expired", "succeeded", "failed")
ENDED = {"conversations": 1, "ended": 1}
RATED = {"ratings": 1, "rating_sum": 4}


def added(outcome: str = "resolved_assumed", *, ended: bool = True) -> dict[tuple[str, str], dict[str, int]]:
    """What is not zero in each row of the quarter of an hour."""
    delta = RollupDelta()
    delta.add(FOLDED, outcome=outcome, ended=ended)
    rollups, _ = delta.changes()
    return {
        (dimension, name): {column: value for column, value in row._asdict().items() if value}
        for (level, dimension, _, name), row in rollups.items()
        if level == 0
    }


def test_failed_turns_stand_by_cause_too() -> None:
    """Each cause counts the conversation once, however often it came."""
    assert added()["cause", "model_unavailable"] == {"conversations": 1, "errors": 9}
    assert added()["cause", "internal_error"] == {"conversations": 1, "errors": 4}


def test_the_whole_has_everything() -> None:
    assert added()["all", ""] == {
        **ENDED,
        **RATED,
        "resolved_assumed": 1,
        "automated": 1,
        **{name: getattr(FOLDED, name) for name in ACTIONS},
        "turns": 11,
        "messages": 12,
        "errors": 13,
        "unknown": 1,
        "calls": 8,
        "calls_succeeded": 5,
        "calls_failed": 2,
        "calls_unknown": 1,
        "calls_ms": 1_000,
        "model_calls": 3,
        "tokens_in": 100,
        "tokens_out": 10,
        "cost_e8": 10,
        "unpriced": 1,
    }


def test_an_agent_has_the_end_and_its_own_work() -> None:
    assert added("abandoned")["agent", "orders"] == {
        **ENDED,
        **RATED,
        "abandoned": 1,
        "messages": 5,
        "calls": 3,
        "model_calls": 2,
        "tokens_in": 70,
        "tokens_out": 7,
        "cost_e8": 9,
        "unpriced": 1,
    }


def test_a_tool_and_a_model_have_the_conversation_and_their_own_work() -> None:
    rows = added("open", ended=False)
    assert rows["tool", "refund"] == {"conversations": 1, "calls": 1, "calls_succeeded": 1, "calls_ms": 100}
    assert rows["model", "large"] == {
        "conversations": 1,
        "model_calls": 1,
        "tokens_in": 30,
        "tokens_out": 3,
        "cost_e8": 1,
    }


def test_each_outcome_has_its_column() -> None:
    for outcome in ("resolved_confirmed", "resolved_assumed", "escalated", "abandoned", "unresolved"):
        assert added(outcome)["all", ""][outcome] == 1
    assert not set(added("open")["all", ""]) & {"resolved_assumed", "automated", "escalated", "abandoned", "unresolved"}


def test_durations_are_counted_by_name_and_over_all_names() -> None:
    """At every level; the bins of several tools in one come together."""
    delta = RollupDelta()
    delta.add(FOLDED, outcome="open", ended=False)
    _, durations = delta.changes()
    for level in (0, 1, 2):
        found = {(measure, name): bins for (at, measure, _, name), bins in durations.items() if at == level}
        assert found == {
            ("tool", "get_order"): {30: 6, 31: 1},
            ("tool", "refund"): {30: 1},
            ("tool", ""): {30: 7, 31: 1},
            ("first_token", "small"): {40: 2},
            ("first_token", ""): {40: 2},
        }
    assert FOLDED.tools["get_order"].times == {30: 6, 31: 1}
