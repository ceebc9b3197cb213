"""The figures as they are defined."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.analytics.definitions import BY_KEY, FEW, FIGURES, FUNNEL, change, evaluate
from app.db.metric_rollups import Rollup

PAGE = Path(__file__).parents[4] / "docs" / "analytics.md"


def test_keys_are_unique() -> None:
    assert len(BY_KEY) == len(FIGURES)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_every_figure_says_what_it_is(figure: object) -> None:
    """In words, from columns that are kept, or from durations that are."""
    assert figure.formula.endswith((".", "%."))  # type: ignore[attr-defined]
    assert set(figure.of) | set(figure.over) <= set(Rollup._fields)  # type: ignore[attr-defined]
    assert bool(figure.of) != bool(figure.measure)  # type: ignore[attr-defined]


def test_the_funnel_is_made_of_figures() -> None:
    assert {f"actions_{name}" for name in FUNNEL} <= set(BY_KEY)


def test_the_page_says_the_same() -> None:
    """docs/analytics.md lists every figure with the very formula that the dashboard shows."""
    told = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|[^|]*\| ([^|]+) \|", PAGE.read_text(), re.MULTILINE))
    assert {key: formula.strip() for key, formula in told.items()} == {figure.key: figure.formula for figure in FIGURES}


def test_the_page_says_where_each_leads() -> None:
    """By the filter that the dashboard's link has."""
    told = dict(re.findall(r"^\| `(\w+)` \|.*\| (?:`([^`]+)`|all) \|$", PAGE.read_text(), re.MULTILINE))
    assert told == {figure.key: figure.filter for figure in FIGURES}


class TestEvaluate:
    def test_a_share(self) -> None:
        value = evaluate(BY_KEY["escalation_rate"], Rollup(escalated=3, conversations=12))
        assert (value.value, value.numerator, value.denominator, value.few) == (25.0, 3, 12, False)

    def test_of_nothing(self) -> None:
        """There is no share of nothing, and it is not called few."""
        value = evaluate(BY_KEY["escalation_rate"], Rollup())
        assert (value.value, value.denominator, value.few) == (None, 0, False)

    def test_of_few_it_says_so(self) -> None:
        assert evaluate(BY_KEY["escalation_rate"], Rollup(conversations=FEW - 1)).few
        assert not evaluate(BY_KEY["escalation_rate"], Rollup(conversations=FEW)).few

    def test_a_number_is_never_few(self) -> None:
        """Three conversations are exactly three."""
        value = evaluate(BY_KEY["conversations"], Rollup(conversations=3))
        assert (value.value, value.few) == (3, False)

    def test_money_is_in_dollars(self) -> None:
        rollup = Rollup(cost_e8=250_000_000, conversations=10, resolved_confirmed=1, resolved_assumed=1)
        assert evaluate(BY_KEY["cost"], rollup).value == pytest.approx(2.5)
        per = evaluate(BY_KEY["cost_per_resolution"], rollup)
        assert per.value == pytest.approx(1.25)
        assert (per.numerator, per.denominator, per.few) == (2.5, 2, True)

    def test_a_percentile(self) -> None:
        value = evaluate(BY_KEY["tool_p95"], Rollup(), {"tool": {50: 19}})
        assert value.value == pytest.approx(1.1**49.5)
        assert (value.denominator, value.few) == (19, True)
        assert not evaluate(BY_KEY["tool_p50"], Rollup(), {"tool": {50: 19}}).few
        assert evaluate(BY_KEY["tool_p50"], Rollup(), {}).value is None


class TestChange:
    def test_percent_in_points(self) -> None:
        assert change(45.0, 40.0, "percent") == 5.0

    def test_anything_else_as_a_share(self) -> None:
        assert change(150.0, 100.0, "count") == 0.5
        assert change(50.0, 100.0, "usd") == -0.5

    def test_of_nothing_there_is_none(self) -> None:
        assert change(None, 1.0, "count") is None
        assert change(1.0, None, "count") is None
        assert change(1.0, 0.0, "count") is None
