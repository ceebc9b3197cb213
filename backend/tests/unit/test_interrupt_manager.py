"""Approvals kept in this process: asked, answered once, expired."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import (
    ApprovalAmbiguous,
    ApprovalAnswered,
    ApprovalExpired,
    ApprovalUnknown,
    ArgumentsInvalid,
    ConsentNotYours,
    NothingPending,
    expiry_message,
)
from app.interrupt_manager import INTERRUPT_TTL_SECONDS, InterruptManager
from app.protocol import InterruptRequest, InterruptResponse


def request(interrupt_id: str = "i1", **changes: Any) -> InterruptRequest:
    fields: dict[str, Any] = {
        "thread_id": "t1",
        "interrupt_id": interrupt_id,
        "action": "cancel_order",
        "args": {"order_id": "1042"},
        "expires_at": datetime.now(UTC),
    }
    return InterruptRequest(**{**fields, **changes})


def response(interrupt_id: str | None = None, **changes: Any) -> InterruptResponse:
    return InterruptResponse(**{"thread_id": "t1", "approved": True, "interrupt_id": interrupt_id, **changes})


@pytest.fixture
def approvals() -> InterruptManager:
    manager = InterruptManager()
    manager.ask(request())
    return manager


def age(manager: InterruptManager, seconds: float, interrupt_id: str = "i1") -> None:
    """Let an approval have been asked for so long ago."""
    manager._interrupts["t1"].waiting[interrupt_id].created_at = time.time() - seconds


class TestAsk:
    def test_is_pending(self, approvals: InterruptManager) -> None:
        """What was asked for waits for an answer."""
        assert approvals.has_pending("t1")
        assert approvals.is_known("t1", "i1")

    def test_nothing_is_pending_elsewhere(self, approvals: InterruptManager) -> None:
        """Other conversations are not concerned."""
        assert not approvals.has_pending("t2")
        assert not approvals.is_known("t2", "i1")
        assert not approvals.is_known("t1", "i2")

    def test_again_changes_nothing(self, approvals: InterruptManager) -> None:
        """Asked a second time, neither its time nor its answer begins anew."""
        age(approvals, 60)
        before = approvals._interrupts["t1"].created_at
        approvals.ask(request())
        assert approvals._interrupts["t1"].created_at == before
        approvals.answer(response("i1"))
        approvals.ask(request())
        assert not approvals.has_pending("t1")

    def test_the_oldest_pending_one_counts(self, approvals: InterruptManager) -> None:
        """A conversation's approvals are as old as the oldest that waits."""
        approvals.ask(request("i2"))
        age(approvals, 100, "i1")
        thread = approvals._interrupts["t1"]
        assert thread.created_at == thread.waiting["i1"].created_at
        approvals.answer(response("i1"))
        assert thread.created_at == thread.waiting["i2"].created_at
        approvals.answer(response("i2"))
        assert thread.created_at == thread.waiting["i2"].created_at


class TestAnswer:
    @pytest.mark.parametrize("approved", [True, False])
    def test_gives_what_it_was_for(self, approvals: InterruptManager, approved: bool) -> None:
        """Whoever answers learns what was decided upon."""
        asked = approvals.answer(response("i1", approved=approved))
        assert (asked.action, asked.args) == ("cancel_order", {"order_id": "1042"})
        assert not approvals.has_pending("t1")

    def test_without_an_id_means_the_only_one(self, approvals: InterruptManager) -> None:
        """An id may be left out while one approval is pending."""
        assert approvals.answer(response()).interrupt_id == "i1"

    def test_without_an_id_means_the_one_left(self, approvals: InterruptManager) -> None:
        """Answered ones do not make it ambiguous."""
        approvals.ask(request("i2"))
        approvals.answer(response("i1"))
        assert approvals.answer(response()).interrupt_id == "i2"

    def test_without_an_id_is_ambiguous_among_several(self, approvals: InterruptManager) -> None:
        """Nothing is decided by guessing."""
        approvals.ask(request("i2"))
        with pytest.raises(ApprovalAmbiguous):
            approvals.answer(response())
        assert len(approvals._interrupts["t1"].pending) == 2

    def test_several_are_answered_each_by_its_id(self, approvals: InterruptManager) -> None:
        """In any order."""
        approvals.ask(request("i2", action="refund_order"))
        assert approvals.answer(response("i2")).action == "refund_order"
        assert approvals.answer(response("i1")).action == "cancel_order"

    def test_only_the_first_counts(self, approvals: InterruptManager) -> None:
        """A second answer is told that the first one stands, whatever it says."""
        approvals.answer(response("i1", approved=False))
        for approved in (True, False):
            with pytest.raises(ApprovalAnswered):
                approvals.answer(response("i1", approved=approved))

    def test_second_without_an_id_has_nothing_to_answer(self, approvals: InterruptManager) -> None:
        """After the only approval was answered nothing is pending."""
        approvals.answer(response())
        with pytest.raises(NothingPending):
            approvals.answer(response())

    def test_to_nothing(self) -> None:
        """Where nothing was asked nothing can be answered."""
        with pytest.raises(NothingPending):
            InterruptManager().answer(response())

    def test_to_an_unknown_one(self, approvals: InterruptManager) -> None:
        """An id that was never asked is unknown, also when it is another conversation's."""
        with pytest.raises(ApprovalUnknown):
            approvals.answer(response("i9"))
        approvals.ask(request("i5", thread_id="t2"))
        with pytest.raises(ApprovalUnknown):
            approvals.answer(response("i5"))
        assert approvals.has_pending("t2")

    def test_of_somebody_else_is_refused(self, approvals: InterruptManager) -> None:
        """A customer can't answer for an operator, nor the other way round."""
        approvals.ask(request("i2", audience="operator"))
        with pytest.raises(ConsentNotYours):
            approvals.answer(response("i2"))
        with pytest.raises(ConsentNotYours):
            approvals.answer(response("i1"), by="operator")
        assert approvals.answer(response("i2"), by="operator").interrupt_id == "i2"
        assert approvals.has_pending("t1")

    def test_with_other_values_is_refused_and_can_be_given_again(self, approvals: InterruptManager) -> None:
        """Edited values can't be checked here, so nothing is decided."""
        with pytest.raises(ArgumentsInvalid):
            approvals.answer(response("i1", args={"order_id": "1"}))
        assert approvals.answer(response("i1", args={"order_id": "1042"})).interrupt_id == "i1"


class TestExpiry:
    def test_after_its_time_it_is_told_and_over(self, approvals: InterruptManager) -> None:
        """A late answer decides nothing, names the action and offers to try again."""
        age(approvals, INTERRUPT_TTL_SECONDS)
        with pytest.raises(ApprovalExpired) as caught:
            approvals.answer(response("i1"))
        assert "cancel_order" in caught.value.message
        assert "ask again" in caught.value.message
        assert caught.value.details["interrupt_id"] == "i1"
        assert not approvals.has_pending("t1")

    def test_just_before_it_is_taken(self, approvals: InterruptManager) -> None:
        """An answer in time counts."""
        age(approvals, INTERRUPT_TTL_SECONDS - 60)
        assert approvals.answer(response()).interrupt_id == "i1"

    def test_no_time_to_live_expires_at_once(self) -> None:
        """A time to live of 0 leaves no time at all."""
        manager = InterruptManager(ttl_seconds=0)
        manager.ask(request())
        with pytest.raises(ApprovalExpired):
            manager.answer(response())

    def test_stays_expired(self, approvals: InterruptManager) -> None:
        """Asked about again, an expired approval was never answered, but has expired."""
        age(approvals, INTERRUPT_TTL_SECONDS)
        for _ in range(2):
            with pytest.raises(ApprovalExpired):
                approvals.answer(response("i1"))

    def test_an_answered_one_does_not_expire(self, approvals: InterruptManager) -> None:
        """What was answered in time stays answered."""
        approvals.answer(response("i1"))
        age(approvals, INTERRUPT_TTL_SECONDS)
        with pytest.raises(ApprovalAnswered):
            approvals.answer(response("i1"))


class TestMessage:
    @pytest.mark.parametrize(
        ("title", "words"),
        [("Cancel an order", "Cancel an order (cancel_order)"), ("", "cancel_order"), ("cancel_order", "cancel_order")],
    )
    def test_names_the_action_once(self, title: str, words: str) -> None:
        """In words for people and by its name, where the two differ."""
        assert f"The approval for {words} has expired, so nothing was sent." in expiry_message("cancel_order", title)
