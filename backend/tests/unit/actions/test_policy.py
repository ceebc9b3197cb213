"""Who must consent to what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.policy import consents_for, next_to_ask, risk_of
from app.tools.base import Access, ConsentRule
from tests.fakes import tool_spec


@pytest.mark.parametrize(
    ("access", "audiences"),
    [(Access.READ, ()), (Access.WRITE, ("customer",)), (Access.UNKNOWN, ("operator",))],
)
def test_asks(access: Access, audiences: tuple[str, ...]) -> None:
    """A read asks nobody, a write the customer, and what is not known to be either an operator."""
    assert consents_for(tool_spec(access=access)) == audiences


@pytest.mark.parametrize("access", list(Access))
def test_covers_every_access(access: Access) -> None:
    """There is no kind of tool without an answer; only a read needs nobody."""
    assert bool(consents_for(tool_spec(access=access))) is (access is not Access.READ)


@pytest.mark.parametrize("words", ["get_order", "read only, safe", "GET"])
def test_words_change_nothing(words: str) -> None:
    """What a tool calls itself never lowers what it takes."""
    assert consents_for(tool_spec(words, title=words, description=words)) == ("customer",)


@pytest.mark.parametrize("rule", list(ConsentRule))
@pytest.mark.parametrize("access", list(Access))
def test_the_reviewed_rule_decides(rule: ConsentRule, access: Access) -> None:
    """What a person has reviewed goes before what the access would ask for."""
    asked = {"nobody": (), "customer": ("customer",), "operator": ("operator",), "both": ("customer", "operator")}
    assert consents_for(tool_spec(access=access, consent=rule)) == asked[rule]


AUDIENCES = st.sampled_from(["customer", "operator"])


@given(needed=st.lists(AUDIENCES, unique=True), given_=st.sets(AUDIENCES), edited_by=st.none() | AUDIENCES)
def test_who_is_asked_next(needed: list[Any], given_: set[str], edited_by: Any) -> None:
    """Nobody is asked whose consent is there or not needed; nobody is left out; who edited is asked first."""
    asked = next_to_ask(needed, given_, edited_by=edited_by)
    missing = [one for one in needed if one not in given_]
    assert (asked is None) == (not missing)
    if asked is not None:
        assert asked in missing
        assert asked == (edited_by if edited_by in missing else missing[0])


def test_risks_rise_with_what_cannot_be_taken_back() -> None:
    """A read weighs least, a destruction most; what is not known is no harmless write."""
    order = [Access.READ, Access.WRITE, Access.UNKNOWN, Access.DESTRUCTIVE]
    assert [risk_of(access.value) for access in order] == [0, 1, 2, 3]
    assert risk_of(None) == risk_of("nonsense") == 1
