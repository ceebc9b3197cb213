"""The one enumeration of consent rules, and everything that has to agree with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from app.tools.consent_rule import ConsentRule

STEPS = Path(__file__).parents[3] / "alembic" / "versions"


@pytest.mark.parametrize("rule", list(ConsentRule))
def test_each_says_whom_it_asks_and_what_that_means(rule: ConsentRule) -> None:
    """No rule is without its words; nobody is asked twice."""
    assert all((rule.kind.word, rule.kind.whom, rule.kind.means, rule.kind.fact, rule.kind.count))
    assert len(set(rule.asks)) == len(rule.asks)


def test_they_are_told_apart_by_whom_they_ask() -> None:
    """No two rules ask the same people, so a rule can be found by them."""
    assert len({frozenset(rule.asks) for rule in ConsentRule}) == len(ConsentRule)


def test_a_stricter_one_asks_no_fewer() -> None:
    """In the order of the enumeration each rule asks as many people as the one before, or more."""
    counts = [len(rule.asks) for rule in sorted(ConsentRule, key=lambda rule: rule.strictness)]
    assert counts == sorted(counts)
    assert counts[0] == 0


def test_the_database_takes_the_same() -> None:
    """The newest check on a column of consent rules names exactly these."""
    checks = [
        set(re.findall(r"'(\w+)'", found))
        for step in sorted(STEPS.glob("*.py"))
        for found in re.findall(r"CHECK \(consent IN \(([^)]*)\)", step.read_text())
    ]
    assert checks
    assert checks[-1] == set(ConsentRule)


def test_anything_else_is_refused_in_words() -> None:
    """YAML and REST bodies name the rules that there are."""
    with pytest.raises(ValueError, match="'nobody', 'customer', 'operator' or 'both'"):
        TypeAdapter(ConsentRule).validate_python("anybody")


APP = Path(__file__).parents[3] / "app"
CHOOSES = "openapi_import/classify/proposals.py"  # it proposes each rule for its reason


def test_nobody_else_lists_them() -> None:
    """A module that names every rule is a second enumeration; the one that proposes rules is none."""
    members = {f"ConsentRule.{rule.name}" for rule in ConsentRule}
    lists = {
        str(path.relative_to(APP)) for path in APP.rglob("*.py") if all(name in path.read_text() for name in members)
    }
    assert lists == {"tools/consent_rule.py", CHOOSES}
