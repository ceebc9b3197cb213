"""Policy: whose consent an action needs, and who is asked next."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actions.ledger import Call
from app.actions.policy import Consent, Requirement, consented, next_to_ask, requirements, risk_of
from app.tools.base import Access, ConsentRule, ToolSpec
from tests.fakes import tool_spec

CALL = Call(thread_id="t1", run_id=uuid4(), call_id="c1", agent="orders", args={"order_id": "1042"})


def roles(spec: ToolSpec) -> tuple[str, ...]:
    return tuple(one.role for one in requirements(CALL, CALL.args, spec, {}))


@pytest.mark.parametrize(
    ("access", "audiences"),
    [(Access.READ, ()), (Access.WRITE, ("customer",)), (Access.UNKNOWN, ("operator",))],
)
def test_asks(access: Access, audiences: tuple[str, ...]) -> None:
    """A read asks nobody, a write the customer, and what is not known to be either an operator."""
    assert roles(tool_spec(access=access)) == audiences


@pytest.mark.parametrize("access", list(Access))
def test_covers_every_access(access: Access) -> None:
    """There is no kind of tool without an answer; only a read needs nobody."""
    assert bool(roles(tool_spec(access=access))) is (access is not Access.READ)


@pytest.mark.parametrize("words", ["get_order", "read only, safe", "GET"])
def test_words_change_nothing(words: str) -> None:
    """What a tool calls itself never lowers what it takes."""
    assert roles(tool_spec(words, title=words, description=words)) == ("customer",)


@pytest.mark.parametrize("rule", list(ConsentRule))
@pytest.mark.parametrize("access", list(Access))
def test_the_reviewed_rule_decides(rule: ConsentRule, access: Access) -> None:
    """What a person has reviewed goes before what the access would ask for."""
    asked = {"nobody": (), "customer": ("customer",), "operator": ("operator",), "both": ("customer", "operator")}
    assert roles(tool_spec(access=access, consent=rule)) == asked[rule]


AUDIENCES = st.sampled_from(["customer", "operator"])


@given(needed=st.lists(AUDIENCES, unique=True), given_=st.sets(AUDIENCES), edited_by=st.none() | AUDIENCES)
def test_who_is_asked_next(needed: list[Any], given_: set[Any], edited_by: Any) -> None:
    """Nobody is asked whose consent is there or not needed; nobody is left out; who edited is asked first."""
    required = [Requirement(role=role) for role in needed]
    consents = [Consent(role=role) for role in sorted(given_)]
    asked = next_to_ask(required, consents, edited_by=edited_by)
    missing = [one for one in needed if one not in given_]
    assert (asked is None) == (not missing)
    assert consented(required, consents) == [one for one in needed if one in given_]
    if asked is not None:
        assert asked in missing
        assert asked == (edited_by if edited_by in missing else missing[0])


TWO_OPERATORS = [Requirement(role="operator"), Requirement(role="operator", not_by=frozenset({0}))]


class TestTwoDifferentOperators:
    @pytest.mark.parametrize(
        ("by", "met"),
        [
            ([], 0),
            (["Ana"], 1),
            (["Ana", "Ana"], 1),
            (["Ana", "Ben"], 2),
            (["Ana", "Ana", "Ben"], 2),
            (["Ana", None], 1),
            ([None, "Ana"], 1),
            ([None, None], 1),
        ],
    )
    def test_one_person_is_never_both(self, by: list[str | None], met: int) -> None:
        """Two consents of one operator, or of one whose name is not known, are not those of two people."""
        given_ = [Consent(role="operator", by=name) for name in by]
        assert len(consented(TWO_OPERATORS, given_)) == met
        assert next_to_ask(TWO_OPERATORS, given_) == (None if met == 2 else "operator")

    def test_a_customer_is_no_operator(self) -> None:
        """A consent counts for its own role only, however many of them there are."""
        given_ = [Consent(role="customer"), Consent(role="customer"), Consent(role="operator", by="Ana")]
        assert consented(TWO_OPERATORS, given_) == ["operator"]


PLACES = st.frozensets(st.integers(min_value=0, max_value=9))


@given(role=AUDIENCES, not_by=PLACES)
def test_what_is_kept_is_read_back(role: Any, not_by: frozenset[int]) -> None:
    """A requirement kept with an action is the same when it is read back; one without conditions is only its role."""
    required = Requirement(role=role, not_by=not_by)
    assert Requirement.read(required.kept()) == required
    assert Requirement(role=role).kept() == role


def test_risks_rise_with_what_cannot_be_taken_back() -> None:
    """A read weighs least, a destruction most; what is not known is no harmless write."""
    order = [Access.READ, Access.WRITE, Access.UNKNOWN, Access.DESTRUCTIVE]
    assert [risk_of(access.value) for access in order] == [0, 1, 2, 3]
    assert risk_of(None) == risk_of("nonsense") == 1
