"""Answers to requests for consent: taken once, in time, from the right person, for exactly what was shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.errors import (
    AppError,
    ApprovalAmbiguous,
    ApprovalAnswered,
    ApprovalExpired,
    ApprovalUnknown,
    ArgumentsInvalid,
    ConsentNotYours,
    NothingPending,
    ToolUnknown,
)
from app.events.tracker import frame_of
from app.protocol import InterruptExpiredNotice, InterruptRequest, InterruptResolved, InterruptResponse
from app.tools.base import Access
from tests.fakes import tool_spec
from tests.integration.replica import Replica, no_to, yes_to

if TYPE_CHECKING:
    from app.db.pool import Pool

TOO_LATE = "UPDATE interrupts SET expires_at = now() - interval '1 second' WHERE status = 'pending'"


async def kinds(pool: Pool) -> list[str]:
    """The turns written down, by kind."""
    return [row["kind"] for row in await pool.fetch("SELECT kind FROM turns ORDER BY position")]


class TestDecision:
    @pytest.mark.parametrize(("approved", "decision"), [(True, "approved"), (False, "rejected")])
    async def test_is_one_with_its_event_and_its_turn(self, replica: Replica, approved: bool, decision: str) -> None:
        """An answer decides the action, tells the customer, and writes the turn that goes on with the run."""
        action, frame = await replica.propose()
        reply = yes_to(frame, comment="Go") if approved else no_to(frame, comment="Go")
        assert await replica.consent.answer(reply, by="customer")
        assert (await replica.ledger.get(action.id)).status == decision
        [event] = await replica.log(visible_only=True)
        told = frame_of(event)
        assert isinstance(told, InterruptResolved)
        assert (told.decision, told.by, told.comment, told.interrupt_id) == (
            decision,
            "customer",
            "Go",
            frame.interrupt_id,
        )
        row = await replica.pool.fetchrow("SELECT kind, run_id, interrupt_id::text FROM turns")
        assert row is not None
        assert tuple(row) == ("answer", action.run_id, frame.interrupt_id)

    async def test_twenty_approvals_at_once_are_one(self, replica: Replica) -> None:
        """Whoever clicks first decides; everybody else learns that it was answered, and it runs once."""
        action, frame = await replica.propose()
        answers = await asyncio.gather(
            *(replica.consent.answer(yes_to(frame), by="customer") for _ in range(20)), return_exceptions=True
        )
        assert [one for one in answers if one is True] == [True]
        assert len([one for one in answers if isinstance(one, ApprovalAnswered)]) == 19
        assert await kinds(replica.pool) == ["answer"]
        await asyncio.gather(*(replica.ledger.execute(action.id, replica.tool) for _ in range(20)))
        assert len(replica.tool.runs) == 1

    async def test_yes_and_no_at_once_are_one(self, replica: Replica) -> None:
        """Of opposite answers one stands, and what is on record is what was told."""
        action, frame = await replica.propose()
        replies = [yes_to(frame), no_to(frame)] * 5
        answers = await asyncio.gather(
            *(replica.consent.answer(reply, by="customer") for reply in replies), return_exceptions=True
        )
        assert len([one for one in answers if one is True]) == 1
        [event] = await replica.log(visible_only=True)
        assert (await replica.ledger.get(action.id)).status == event.frame["decision"]

    async def test_the_second_answer_is_told(self, replica: Replica) -> None:
        """The first answer stands, also against its opposite."""
        action, frame = await replica.propose()
        await replica.consent.answer(no_to(frame), by="customer")
        with pytest.raises(ApprovalAnswered):
            await replica.consent.answer(yes_to(frame), by="customer")
        assert (await replica.ledger.get(action.id)).status == "rejected"

    async def test_a_refused_answer_leaves_no_trace(self, replica: Replica) -> None:
        """What is refused is neither stored nor told."""
        _, frame = await replica.propose()
        await replica.consent.answer(yes_to(frame), by="customer")
        before = await replica.log()
        with pytest.raises(AppError):
            await replica.consent.answer(no_to(frame), by="customer")
        assert await replica.log() == before


class TestWhich:
    async def test_the_only_one_needs_no_name(self, replica: Replica) -> None:
        """An answer without an id means the one that is pending."""
        action, _ = await replica.propose()
        assert await replica.consent.answer(InterruptResponse(thread_id="t1", approved=True), by="customer")
        assert (await replica.ledger.get(action.id)).status == "approved"

    async def test_among_several_a_name_is_needed(self, replica: Replica) -> None:
        """Nothing is decided by guessing; each is answered by its id, in any order."""
        first, one = await replica.propose(call_id="c1")
        second, two = await replica.propose(call_id="c2", order_id="1043")
        with pytest.raises(ApprovalAmbiguous):
            await replica.consent.answer(InterruptResponse(thread_id="t1", approved=True), by="customer")
        await replica.consent.answer(no_to(two), by="customer")
        await replica.consent.answer(yes_to(one), by="customer")
        assert (await replica.ledger.get(first.id)).status == "approved"
        assert (await replica.ledger.get(second.id)).status == "rejected"

    async def test_nothing_pending(self, replica: Replica) -> None:
        """Where nothing waits, an answer without an id has nothing to decide."""
        await replica.conversation()
        with pytest.raises(NothingPending):
            await replica.consent.answer(InterruptResponse(thread_id="t1", approved=True), by="customer")

    @pytest.mark.parametrize("name", ["", "x", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
    async def test_a_name_that_is_none(self, replica: Replica, name: str) -> None:
        """Whatever a client names, it is unknown or refused, never an error of ours."""
        await replica.propose()
        reply = InterruptResponse.model_construct(
            type="interrupt_response", thread_id="t1", interrupt_id=name, approved=True, args=None, comment=None
        )
        with pytest.raises(ApprovalUnknown):
            await replica.consent.answer(reply, by="customer")

    async def test_another_conversations_is_unknown(self, replica: Replica) -> None:
        """An approval is answered in its own conversation only."""
        action, frame = await replica.propose()
        await replica.conversation("t2")
        reply = InterruptResponse(thread_id="t2", interrupt_id=frame.interrupt_id, approved=True)
        with pytest.raises(ApprovalUnknown):
            await replica.consent.answer(reply, by="customer")
        assert (await replica.ledger.get(action.id)).status == "pending"

    async def test_an_operators_is_not_the_customers(self, replica: Replica) -> None:
        """Each decides what they were asked, and only that."""
        replica.tool.spec = tool_spec(access=Access.UNKNOWN)
        action, frame = await replica.propose()
        with pytest.raises(ConsentNotYours):
            await replica.consent.answer(yes_to(frame), by="customer")
        assert (await replica.ledger.get(action.id)).status == "pending"
        assert await replica.consent.answer(yes_to(frame), by="operator")

    async def test_a_customers_is_not_an_operators(self, replica: Replica) -> None:
        """An operator can't consent in the customer's name."""
        _, frame = await replica.propose()
        with pytest.raises(ConsentNotYours):
            await replica.consent.answer(yes_to(frame), by="operator")


class TestExpiry:
    async def test_too_late_decides_nothing(self, replica: Replica, pool: Pool) -> None:
        """An answer after its time is told which action it was and that it may be asked again."""
        action, frame = await replica.propose()
        await pool.execute(TOO_LATE)
        with pytest.raises(ApprovalExpired) as caught:
            await replica.consent.answer(yes_to(frame), by="customer")
        assert "Cancel an order" in caught.value.message
        assert (await replica.ledger.get(action.id)).status == "pending"
        assert await kinds(pool) == []

    async def test_is_noticed_told_and_gone_on_with(self, replica: Replica, pool: Pool) -> None:
        """What expires is over: action, event, and a turn that lets the run close."""
        action, frame = await replica.propose()
        await pool.execute(TOO_LATE)
        assert await replica.consent.expire_due() == 1
        assert (await replica.ledger.get(action.id)).status == "expired"
        [event] = await replica.log(visible_only=True)
        told = frame_of(event)
        assert isinstance(told, InterruptExpiredNotice)
        assert told.interrupt_id == frame.interrupt_id
        assert "ask again" in told.message
        assert await kinds(pool) == ["expiry"]

    async def test_happens_once(self, replica: Replica, pool: Pool) -> None:
        """Several replicas that notice it together tell it once."""
        await replica.propose()
        await pool.execute(TOO_LATE)
        await asyncio.gather(*(replica.consent.expire_due() for _ in range(5)))
        assert await replica.types() == ["interrupt_expired"]
        assert await kinds(pool) == ["expiry"]

    async def test_not_before_its_time(self, replica: Replica) -> None:
        """What can still be answered is left alone."""
        await replica.propose()
        assert await replica.consent.expire_due() == 0

    async def test_not_what_was_answered(self, replica: Replica, pool: Pool) -> None:
        """An answered approval does not expire."""
        action = await replica.approved()
        await pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 day'")
        assert await replica.consent.expire_due() == 0
        assert (await replica.ledger.get(action.id)).status == "approved"

    async def test_an_expired_action_is_not_sent(self, replica: Replica, pool: Pool) -> None:
        """Nothing is sent for what expired."""
        action, frame = await replica.propose()
        await pool.execute(TOO_LATE)
        await replica.consent.expire_due()
        with pytest.raises(ApprovalExpired):
            await replica.consent.answer(yes_to(frame), by="customer")
        assert not (await replica.ledger.execute(action.id, replica.tool)).ok
        assert replica.tool.runs == []

    async def test_a_run_that_was_stopped_asks_no_more(self, replica: Replica, pool: Pool) -> None:
        """What a stopped run had asked for is withdrawn, told, and needs no further turn."""
        run_id = uuid4()
        first, frame = await replica.propose(run_id=run_id, call_id="c1")
        second, done = await replica.propose(run_id=run_id, call_id="c2")
        other, _ = await replica.propose(call_id="c3", order_id="1043")
        await replica.consent.answer(yes_to(done), by="customer")
        await replica.consent.withdraw(run_id)
        statuses = [(await replica.ledger.get(one.id)).status for one in (first, second, other)]
        assert statuses == ["expired", "approved", "pending"]
        assert await kinds(pool) == ["answer"]
        with pytest.raises(ApprovalExpired):
            await replica.consent.answer(yes_to(frame), by="customer")


class TestEdited:
    async def edit(self, replica: Replica, frame: InterruptRequest, args: dict[str, Any]) -> InterruptRequest:
        assert not await replica.consent.answer(yes_to(frame, args=args), by="customer")
        shown = frame_of((await replica.log(visible_only=True))[-1])
        assert isinstance(shown, InterruptRequest)
        return shown

    async def test_values_are_shown_anew_before_anything_is_sent(self, replica: Replica) -> None:
        """An edit is no consent: a new approval shows exactly what the new values would send."""
        action, frame = await replica.propose()
        shown = await self.edit(replica, frame, {"order_id": "2077"})
        assert shown.interrupt_id != frame.interrupt_id
        assert (shown.args, shown.edited_from) == ({"order_id": "2077"}, {"order_id": "1042"})
        assert shown.request is not None
        assert shown.request["url"].endswith("order_id=2077")
        assert shown.expires_at > datetime.now(UTC)
        assert await replica.types() == ["interrupt_resolved", "interrupt"]
        assert (await replica.ledger.get(action.id)).status == "pending"
        assert await kinds(replica.pool) == []

    async def test_what_a_person_wrote_has_been_said(self, replica: Replica) -> None:
        """A value that nobody has said is marked on the card and in the log, until a person changes it."""
        _, frame = await replica.propose(unsaid=["order_id"])
        assert frame.unsaid == ["order_id"]
        assert (await self.edit(replica, frame, {"order_id": "2077"})).unsaid == []

    async def test_values_are_what_is_sent(self, replica: Replica) -> None:
        """After consent to the edit, the edit is sent, once."""
        action, frame = await replica.propose()
        shown = await self.edit(replica, frame, {"order_id": "2077"})
        await replica.consent.answer(yes_to(shown), by="customer")
        assert (await replica.ledger.execute(action.id, replica.tool)).ok
        assert [args for args, _ in replica.tool.runs] == [{"order_id": "2077"}]

    async def test_the_old_card_is_answered(self, replica: Replica) -> None:
        """What was shown before can't be approved any more."""
        action, frame = await replica.propose()
        await self.edit(replica, frame, {"order_id": "2077"})
        for reply in (yes_to(frame), no_to(frame), yes_to(frame, args={"order_id": "3"})):
            with pytest.raises(ApprovalAnswered):
                await replica.consent.answer(reply, by="customer")
        assert (await replica.ledger.get(action.id)).args == {"order_id": "2077"}
        assert await replica.pool.fetchval("SELECT count(*) FROM interrupts WHERE status = 'edited'") == 1

    async def test_can_be_edited_again_and_rejected(self, replica: Replica) -> None:
        """An edit can be edited; a rejection at the end changes nothing."""
        action, frame = await replica.propose()
        second = await self.edit(replica, frame, {"order_id": "2"})
        third = await self.edit(replica, second, {"order_id": "3"})
        assert third.edited_from == {"order_id": "2"}
        await replica.consent.answer(no_to(third), by="customer")
        await replica.ledger.execute(action.id, replica.tool)
        assert replica.tool.runs == []

    async def test_values_that_do_not_fit_change_nothing(self, replica: Replica) -> None:
        """What the schema refuses leaves the approval as it was."""
        action, frame = await replica.propose()
        with pytest.raises(ArgumentsInvalid) as caught:
            await replica.consent.answer(yes_to(frame, args={"order_id": 7}), by="customer")
        assert "order_id" in caught.value.message
        assert (await replica.ledger.get(action.id)).args == {"order_id": "1042"}
        assert await replica.consent.answer(yes_to(frame), by="customer")

    async def test_the_same_values_are_a_plain_yes(self, replica: Replica) -> None:
        """Sending the values back unchanged is consent to them."""
        action, frame = await replica.propose()
        assert await replica.consent.answer(yes_to(frame, args={"order_id": "1042"}), by="customer")
        assert (await replica.ledger.get(action.id)).status == "approved"

    async def test_a_no_with_values_is_a_no(self, replica: Replica) -> None:
        """Whoever declines declines, whatever else they wrote."""
        action, frame = await replica.propose()
        assert await replica.consent.answer(no_to(frame, args={"order_id": "2"}), by="customer")
        assert (await replica.ledger.get(action.id)).status == "rejected"

    async def test_of_a_tool_that_is_gone_is_refused(self, replica: Replica) -> None:
        """What was withdrawn can't be edited."""
        _, frame = await replica.propose()
        replica.tools.tools.clear()
        with pytest.raises(ToolUnknown):
            await replica.consent.answer(yes_to(frame, args={"order_id": "2"}), by="customer")

    async def test_asks_as_the_policy_now_says(self, replica: Replica) -> None:
        """An edit is checked against the policy anew."""
        _, frame = await replica.propose()
        replica.tool.spec = tool_spec(access=Access.UNKNOWN)
        shown = await self.edit(replica, frame, {"order_id": "2"})
        assert shown.audience == "operator"

    async def test_with_the_tool_changed_meanwhile_sends_what_was_shown(self, replica: Replica) -> None:
        """Consent to an edit covers the tool as it was when the edit was shown."""
        action, frame = await replica.propose()
        replica.tool.spec = tool_spec(version="2", target="the new shop")
        shown = await self.edit(replica, frame, {"order_id": "2"})
        assert shown.target == "the new shop"
        await replica.consent.answer(yes_to(shown), by="customer")
        assert (await replica.ledger.execute(action.id, replica.tool)).ok

    async def test_two_edits_at_once_are_one(self, replica: Replica) -> None:
        """Two people who edit at once: one edit is shown, the other learns that it was answered."""
        _, frame = await replica.propose()
        answers = await asyncio.gather(
            *(replica.consent.answer(yes_to(frame, args={"order_id": str(n)}), by="customer") for n in range(6)),
            return_exceptions=True,
        )
        assert len([one for one in answers if one is False]) == 1
        assert await replica.pool.fetchval("SELECT count(*) FROM interrupts WHERE status = 'pending'") == 1


class TestAgain:
    async def test_runs_a_failed_turn_once_more(self, replica: Replica, pool: Pool) -> None:
        """The same answer again tries a failed turn again, and nothing else."""
        _, frame = await replica.propose()
        await replica.consent.answer(yes_to(frame), by="customer")
        await pool.execute("UPDATE turns SET status = 'failed'")
        before = await replica.log()
        assert await replica.consent.answer(yes_to(frame), by="customer")
        assert await pool.fetchval("SELECT status FROM turns") == "queued"
        assert await replica.log() == before
        assert await kinds(pool) == ["answer"]

    async def test_the_opposite_does_not(self, replica: Replica, pool: Pool) -> None:
        """A failed turn is no chance to change one's mind."""
        _, frame = await replica.propose()
        await replica.consent.answer(yes_to(frame), by="customer")
        await pool.execute("UPDATE turns SET status = 'failed'")
        with pytest.raises(ApprovalAnswered):
            await replica.consent.answer(no_to(frame), by="customer")
        assert await pool.fetchval("SELECT status FROM turns") == "failed"
