"""Consent of several people to one action: one after another, to exactly the same, and never sent before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.actions.ledger import Call
from app.db import actions, approvals
from app.errors import ApprovalAnswered, ApprovalExpired, ConsentNotYours
from app.events.tracker import frame_of
from app.protocol import InterruptExpiredNotice, InterruptRequest, InterruptResolved
from app.records import ActionChanged
from app.tools.base import Access, ConsentRule
from tests.fakes import tool_spec
from tests.integration.replica import Replica, no_to, yes_to

if TYPE_CHECKING:
    from app.db.actions import Action
    from app.db.pool import Pool

TOO_LATE = "UPDATE interrupts SET expires_at = now() - interval '1 second' WHERE status = 'pending'"


async def last_card(replica: Replica) -> InterruptRequest:
    """The newest request for consent, as the conversation's log has it."""
    cards = [event for event in await replica.log(visible_only=True) if event.type == "interrupt"]
    shown = frame_of(cards[-1])
    assert isinstance(shown, InterruptRequest)
    return shown


async def records(replica: Replica) -> list[ActionChanged]:
    """Each step of actions' lives, as staff read it."""
    log = await replica.log()
    return [ActionChanged.model_validate(event.frame) for event in log if event.type == "action_changed"]


async def turns_of(pool: Pool) -> list[str]:
    return [row["kind"] for row in await pool.fetch("SELECT kind FROM turns ORDER BY position")]


@pytest.fixture
def both(replica: Replica) -> Replica:
    """A replica whose tool needs the customer and an operator."""
    replica.tool.spec = tool_spec(access=Access.DESTRUCTIVE, consent=ConsentRule.BOTH)
    return replica


class TestOneAfterAnother:
    async def test_the_customer_first_then_an_operator(self, both: Replica) -> None:
        """After the customer's consent the same action is shown to staff, and only after theirs does the run go on."""
        action, frame = await both.propose()
        assert frame.audience == "customer"
        assert not await both.consent.answer(yes_to(frame), by="customer")
        second = await last_card(both)
        assert (second.audience, second.given) == ("operator", ["customer"])
        assert second.interrupt_id != frame.interrupt_id
        assert (second.args, second.request, second.call_id) == (frame.args, frame.request, frame.call_id)
        assert (await both.ledger.get(action.id)).status == "pending"
        assert await turns_of(both.pool) == []
        assert await both.consent.answer(yes_to(second), by="operator", name="ana")
        assert (await both.ledger.get(action.id)).status == "approved"
        assert await turns_of(both.pool) == ["answer"]
        assert (await both.ledger.execute(action.id, both.tool)).ok
        assert len(both.tool.runs) == 1

    async def test_it_is_told_who_is_asked_next(self, both: Replica) -> None:
        """The customer's chat learns that the support team is looking now."""
        _, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        resolved = next(frame_of(event) for event in await both.log(visible_only=True))
        assert isinstance(resolved, InterruptResolved)
        assert (resolved.decision, resolved.by, resolved.next) == ("approved", "customer", "operator")

    async def test_nothing_is_sent_between_the_two(self, both: Replica) -> None:
        """With one consent of two, an execution is refused, whoever asks for it."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        await both.ledger.execute(action.id, both.tool)
        assert both.tool.runs == []
        assert (await both.ledger.get(action.id)).status == "pending"

    async def test_the_claim_asks_for_every_consent_again(self, both: Replica) -> None:
        """An action that was marked as approved without an operator's consent is refused when it is claimed."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        await both.pool.execute("UPDATE actions SET status = 'approved'")
        assert not (await both.ledger.execute(action.id, both.tool)).ok
        assert both.tool.runs == []
        assert (await both.ledger.get(action.id)).status == "failed"

    async def test_a_policy_that_became_stricter_holds(self, replica: Replica) -> None:
        """Consent of the customer alone is not enough once the tool has been reviewed as needing an operator."""
        action = await replica.approved()
        replica.tool.spec = tool_spec(consent=ConsentRule.BOTH)
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert not outcome.ok
        assert "changed since it was approved" in outcome.summary
        assert replica.tool.runs == []

    async def test_each_answers_only_what_they_were_asked(self, both: Replica) -> None:
        """Neither consents in the other's name."""
        _, frame = await both.propose()
        with pytest.raises(ConsentNotYours):
            await both.consent.answer(yes_to(frame), by="operator")
        await both.consent.answer(yes_to(frame), by="customer")
        with pytest.raises(ConsentNotYours):
            await both.consent.answer(yes_to(await last_card(both)), by="customer")

    async def test_the_first_card_is_answered_for_good(self, both: Replica) -> None:
        """Clicking the first card again asks nobody twice."""
        _, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        with pytest.raises(ApprovalAnswered):
            await both.consent.answer(yes_to(frame), by="customer")
        assert await both.pool.fetchval("SELECT count(*) FROM interrupts") == 2

    async def test_twenty_customers_and_twenty_operators_are_one_each(self, both: Replica) -> None:
        """However often both click at once, each consents once, one turn follows, and it is sent once."""
        action, frame = await both.propose()
        first = await asyncio.gather(
            *(both.consent.answer(yes_to(frame), by="customer") for _ in range(20)), return_exceptions=True
        )
        assert len([one for one in first if one is False]) == 1
        second = await last_card(both)
        replies = [yes_to(second), no_to(second)] * 10
        answers = await asyncio.gather(
            *(both.consent.answer(reply, by="operator") for reply in replies), return_exceptions=True
        )
        assert len([one for one in answers if one is True]) == 1
        assert len([one for one in answers if isinstance(one, ApprovalAnswered)]) == 19
        assert await turns_of(both.pool) == ["answer"]
        await asyncio.gather(*(both.ledger.execute(action.id, both.tool) for _ in range(20)))
        approved = (await both.pool.fetchval("SELECT status FROM interrupts ORDER BY created_at DESC LIMIT 1")) == (
            "approved"
        )
        assert len(both.tool.runs) == int(approved)


class TestRejected:
    async def test_by_the_customer_asks_no_operator(self, both: Replica) -> None:
        """Whoever rejects ends it; nobody else is bothered."""
        action, frame = await both.propose()
        assert await both.consent.answer(no_to(frame), by="customer")
        assert (await both.ledger.get(action.id)).status == "rejected"
        assert await both.pool.fetchval("SELECT count(*) FROM interrupts") == 1

    async def test_by_the_operator_ends_it(self, both: Replica) -> None:
        """The customer's consent does not outweigh an operator's no, and the reason is known."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        assert await both.consent.answer(no_to(await last_card(both), comment="Too old."), by="operator", name="ana")
        assert (await both.ledger.get(action.id)).status == "rejected"
        assert await both.ledger.refusal_of(action.id) == ("operator", "Too old.")
        await both.ledger.execute(action.id, both.tool)
        assert both.tool.runs == []

    async def test_the_customer_takes_back_what_waits_for_staff(self, both: Replica) -> None:
        """While the support team looks, the customer can still say no; never yes."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        second = await last_card(both)
        assert await both.consent.answer(no_to(second), by="customer")
        assert (await both.ledger.get(action.id)).status == "rejected"
        assert (await both.ledger.refusal_of(action.id))[0] == "customer"
        with pytest.raises(ApprovalAnswered):
            await both.consent.answer(yes_to(second), by="operator")


class TestEdited:
    async def edit(self, replica: Replica, frame: InterruptRequest, order: str, by: Any) -> InterruptRequest:
        assert not await replica.consent.answer(yes_to(frame, args={"order_id": order}), by=by)
        return await last_card(replica)

    async def test_by_the_customer_is_shown_to_both(self, both: Replica) -> None:
        """The customer sees what they changed, then the operator sees the same."""
        _, frame = await both.propose()
        mine = await self.edit(both, frame, "2", "customer")
        assert (mine.audience, mine.edited_by, mine.given) == ("customer", "customer", [])
        await both.consent.answer(yes_to(mine), by="customer")
        theirs = await last_card(both)
        assert (theirs.audience, theirs.args, theirs.given) == ("operator", {"order_id": "2"}, ["customer"])

    async def test_by_the_operator_needs_the_customer_again(self, both: Replica) -> None:
        """What the customer agreed to is not what the operator made of it, so they are asked for that."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        mine = await self.edit(both, await last_card(both), "2", "operator")
        assert (mine.audience, mine.edited_by, mine.given) == ("operator", "operator", [])
        assert not await both.consent.answer(yes_to(mine), by="operator")
        theirs = await last_card(both)
        assert (theirs.audience, theirs.given) == ("customer", ["operator"])
        assert (theirs.args, theirs.edited_from, theirs.edited_by) == (
            {"order_id": "2"},
            {"order_id": "1042"},
            "operator",
        )
        await both.ledger.execute(action.id, both.tool)
        assert both.tool.runs == []
        assert await both.consent.answer(yes_to(theirs), by="customer")
        assert (await both.ledger.execute(action.id, both.tool)).ok
        assert [args for args, _ in both.tool.runs] == [{"order_id": "2"}]

    async def test_by_one_after_the_other_never_meets_in_the_middle(self, both: Replica) -> None:
        """Consents to different values never add up to one action."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        theirs = await self.edit(both, await last_card(both), "2", "operator")
        await both.consent.answer(yes_to(theirs), by="operator")
        mine = await self.edit(both, await last_card(both), "3", "customer")
        assert not await both.consent.answer(yes_to(mine), by="customer")
        asked = await last_card(both)
        assert (asked.audience, asked.args, asked.given) == ("operator", {"order_id": "3"}, ["customer"])
        async with both.pool.acquire() as connection:
            row = await both.ledger.get(action.id)
            given = await approvals.list_approved(connection, action_id=action.id, digest=row.digest)
        assert [one.audience for one in given] == ["customer"]

    async def test_back_to_what_the_customer_agreed_to(self, both: Replica) -> None:
        """Their consent was given to exactly this, so it stands; the operator sees it again all the same."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        other = await self.edit(both, await last_card(both), "2", "operator")
        back = await self.edit(both, other, "1042", "operator")
        assert (back.audience, back.given) == ("operator", ["customer"])
        assert await both.consent.answer(yes_to(back), by="operator")
        assert (await both.ledger.execute(action.id, both.tool)).ok

    async def test_by_an_operator_alone(self, replica: Replica) -> None:
        """Where only an operator consents, their edit is shown to them again, and to nobody else."""
        replica.tool.spec = tool_spec(consent=ConsentRule.OPERATOR)
        action, frame = await replica.propose()
        mine = await self.edit(replica, frame, "2", "operator")
        assert mine.audience == "operator"
        assert await replica.consent.answer(yes_to(mine), by="operator")
        assert (await replica.ledger.get(action.id)).status == "approved"


class TestExpiry:
    async def test_of_the_second_ends_it(self, both: Replica) -> None:
        """An operator who never answers lets the action expire, and the customer is told."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        await both.pool.execute(TOO_LATE)
        assert await both.consent.expire_due() == 1
        assert (await both.ledger.get(action.id)).status == "expired"
        assert isinstance(frame_of((await both.log(visible_only=True))[-1]), InterruptExpiredNotice)
        assert await turns_of(both.pool) == ["expiry"]
        await both.ledger.execute(action.id, both.tool)
        assert both.tool.runs == []

    async def test_the_second_has_its_own_time(self, both: Replica) -> None:
        """However late the customer answered, the operator has the whole time."""
        _, frame = await both.propose()
        await both.pool.execute("UPDATE interrupts SET expires_at = now() + interval '5 seconds'")
        await both.consent.answer(yes_to(frame), by="customer")
        assert (await last_card(both)).expires_at > frame.expires_at

    async def test_of_a_tool_that_changed(self, both: Replica) -> None:
        """What waits for a tool that was changed expires at once, is told why, and its run goes on."""
        action, frame = await both.propose()
        assert await both.consent.expire_of_tools({"another_tool"}) == 0
        assert await both.consent.expire_of_tools({"cancel_order"}) == 1
        assert (await both.ledger.get(action.id)).status == "expired"
        told = frame_of((await both.log(visible_only=True))[-1])
        assert isinstance(told, InterruptExpiredNotice)
        assert "has changed since it was shown" in told.message
        assert await turns_of(both.pool) == ["expiry"]
        with pytest.raises(ApprovalExpired):
            await both.consent.answer(yes_to(frame), by="customer")
        assert await both.consent.expire_of_tools({"cancel_order"}) == 0

    async def test_of_a_tool_leaves_what_was_decided(self, both: Replica) -> None:
        """What all have consented to is judged by its digest when it is claimed, not expired."""
        action, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        await both.consent.answer(yes_to(await last_card(both)), by="operator")
        assert await both.consent.expire_of_tools({"cancel_order"}) == 0
        assert (await both.ledger.get(action.id)).status == "approved"


class TestOnRecord:
    async def test_who_decided_is_for_staff(self, both: Replica) -> None:
        """Records for staff name the operator; what the customer sees speaks of the support team only."""
        _, frame = await both.propose()
        await both.consent.answer(yes_to(frame), by="customer")
        await both.consent.answer(yes_to(await last_card(both), comment="Fine."), by="operator", name="ana")
        steps = [(one.status, one.by, one.name) for one in await records(both)]
        assert steps == [("proposed", "", ""), ("consented", "customer", ""), ("approved", "operator", "ana")]
        assert "ana" not in str([event.frame for event in await both.log(visible_only=True)])
        row = await both.pool.fetchrow(
            "SELECT decided_by, decided_name, comment FROM interrupts WHERE audience = 'operator'"
        )
        assert row is not None
        assert tuple(row) == ("operator", "ana", "Fine.")

    @pytest.mark.parametrize(
        ("access", "risk"), [(Access.DESTRUCTIVE, 3), (Access.UNKNOWN, 2), (Access.WRITE, 1), (Access.READ, 0)]
    )
    async def test_how_risky_it_is(self, replica: Replica, access: Access, risk: int) -> None:
        """The queue knows what cannot be taken back."""
        replica.tool.spec = tool_spec(access=access, consent=ConsentRule.OPERATOR)
        _, frame = await replica.propose()
        assert frame.access == access.value
        assert await replica.pool.fetchval("SELECT risk FROM interrupts") == risk

    async def test_an_action_from_before_needs_whom_it_asked(self, replica: Replica) -> None:
        """An action proposed before consents were kept is decided by the one who was asked."""
        action, frame = await replica.propose()
        await replica.pool.execute("UPDATE actions SET consents = NULL")
        assert await replica.consent.answer(yes_to(frame), by="customer")
        assert (await replica.ledger.execute(action.id, replica.tool)).ok

    async def test_what_nobody_must_consent_to_is_still_claimed_once(self, replica: Replica) -> None:
        """A write without consent goes through the ledger all the same: at most once."""
        replica.tool.spec = tool_spec(consent=ConsentRule.NOBODY)
        action = await proposed(replica)
        await asyncio.gather(*(replica.ledger.execute(action.id, replica.tool) for _ in range(10)))
        assert len(replica.tool.runs) == 1
        async with replica.pool.acquire() as connection:
            assert not await actions.claim(connection, action_id=action.id, digest=action.digest)


async def proposed(replica: Replica) -> Action:
    """Propose what needs nobody's consent."""
    await replica.conversation()
    call = Call(thread_id="t1", run_id=uuid4(), call_id="c1", agent="orders", args={"order_id": "1042"})
    action, frame = await replica.ledger.propose(call, replica.tool)
    assert frame is None
    return action
