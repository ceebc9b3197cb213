"""Receipts: right for every outcome and every combination of outcomes, from the ledger's rows alone."""

from __future__ import annotations

from itertools import combinations_with_replacement, product
from typing import Any, get_args
from uuid import uuid4

import pytest

from app.actions.receipt import MAX_VALUE_CHARS, MAX_VALUES, Attempt, receipt_of
from app.db.actions import Action, Status
from app.protocol import Receipt

RUN = uuid4()
STATUSES: tuple[Status, ...] = get_args(Status)
SHOWN = {"pending": "waiting", "approved": "waiting", "executing": "unknown"}  # the others are shown as they are


def action(status: Status, call_id: str = "c1", **more: Any) -> Action:
    """A cancellation of that status."""
    values: dict[str, Any] = {
        "id": uuid4(), "thread_id": "t1", "run_id": RUN, "call_id": call_id, "agent": "orders", "tool": "cancel_order",
        "title": "Cancel an order", "target": "shop", "tool_version": "1", "args": {"order_id": "1042"},
        "request": None, "digest": "", "status": status, "access": "destructive",
    }  # fmt: skip
    return Action(**(values | more))


def receipt(*acted: Action, attempts: list[Attempt] | None = None, before: Receipt | None = None) -> Receipt:
    """The receipt of these actions."""
    return receipt_of(acted, thread_id="t1", run_id=RUN, attempts=attempts or (), before=before)


def attempt(call_id: str = "c9", **args: Any) -> Attempt:
    """A cancellation that was refused before it became an action."""
    return Attempt(call_id=call_id, tool="cancel_order", title="Cancel an order", args=args)


COMBINATIONS = [combination for count in (1, 2, 3) for combination in combinations_with_replacement(STATUSES, count)]


@pytest.mark.parametrize("statuses", COMBINATIONS)
def test_every_combination_of_outcomes_is_told_as_it_is(statuses: tuple[Status, ...]) -> None:
    """Each action has its line with its own state, and the sum claims no change that no action shows."""
    written = receipt(*(action(status, f"c{number}") for number, status in enumerate(statuses)))
    shown = [SHOWN.get(status, status) for status in statuses]
    assert [line.state for line in written.lines] == shown
    if "succeeded" in shown:
        assert written.changed == "yes"
    elif "unknown" in shown:
        assert written.changed == "unknown"
    elif "waiting" in shown:
        assert written.changed == "not_yet"
    else:
        assert written.changed == "no"


@pytest.mark.parametrize(("status", "refused"), list(product(STATUSES, (True, False))))
def test_a_refused_call_changes_no_sum(status: Status, refused: bool) -> None:
    """What never became an action is a line that failed, and no more."""
    alone = receipt(action(status))
    beside = receipt(action(status), attempts=[attempt(order_id="1043")] if refused else [])
    assert beside.changed == alone.changed
    assert [line.state for line in beside.lines[1:]] == ["failed"] * refused


def test_nothing_at_all_is_nothing_changed() -> None:
    """A turn without a write has a receipt that says so."""
    assert (receipt().lines, receipt().changed) == ([], "no")


def test_a_refused_call_alone_is_nothing_changed() -> None:
    """A write that could not be asked for was still asked for."""
    written = receipt(attempts=[attempt(order_id="1042")])
    assert (written.changed, [line.state for line in written.lines]) == ("no", ["failed"])


@pytest.mark.parametrize("args", [{}, {"order": "1042"}, {"order": 1042}])
def test_a_call_that_was_mended_is_not_told_twice(args: dict[str, Any]) -> None:
    """The model wrote the arguments wrongly first; what counts is the call that went through."""
    written = receipt(action("succeeded"), attempts=[attempt(**args)])
    assert [line.state for line in written.lines] == ["succeeded"]


def test_the_same_refusal_three_times_is_one_line() -> None:
    """A model that tries the same again and again asks for one thing."""
    assert len(receipt(attempts=[attempt(f"c{number}", order_id="1042") for number in range(3)]).lines) == 1


@pytest.mark.parametrize("status", STATUSES)
def test_a_read_that_needed_consent_changes_nothing(status: Status) -> None:
    """It has its line, because it was asked for; it is no change, also where it succeeded."""
    written = receipt(action(status, access="read"))
    assert (len(written.lines), written.changed) == (1, "no")


def test_an_action_of_unknown_access_counts_as_a_change() -> None:
    """What is not known to be a read is handled as a write."""
    assert receipt(action("succeeded", access=None)).changed == "yes"


def test_a_later_receipt_keeps_what_the_ledger_does_not_know() -> None:
    """Refused calls and the language stay; actions are read anew."""
    refused = [attempt(order_id="1050")]
    first = receipt_of([action("pending")], thread_id="t1", run_id=RUN, attempts=refused, language="de")
    later = receipt(action("rejected"), before=first)
    assert [(line.call_id, line.state) for line in later.lines] == [("c1", "rejected"), ("c9", "failed")]
    assert (later.language, later.changed) == ("de", "no")


def test_the_values_are_few_and_short() -> None:
    """A receipt is read at a glance; the card and the record hold everything."""
    args = {"note": "x" * (MAX_VALUE_CHARS + 1), "empty": "", "list": [1], "address": {"city": "Bern", "zip": "3000"}}
    many = {f"field_{number}": number for number in range(9)}
    assert receipt(action("pending", args=args)).lines[0].args == {"city": "Bern", "zip": "3000"}
    assert len(receipt(action("pending", args=many)).lines[0].args) == MAX_VALUES
