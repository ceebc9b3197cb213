"""The ledger on a real PostgreSQL: proposed once, sent at most once, and its outcome is on record."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.actions.approval_card import MAX_OPEN_PER_CONVERSATION
from app.actions.ledger import Call, Ledger, digest_of, outcome_of
from app.db import actions
from app.errors import ToolInvalidInput, ToolNotPermitted, ToolOutcomeUnknown, ToolTooMany
from app.tools.base import Access, OutcomeStatus, ToolOutcome
from tests.fakes import PATIENCE_SECONDS, FakeTool, succeeded, tool_spec
from tests.integration.replica import Replica, no_to, says, yes_to

if TYPE_CHECKING:
    from app.db.actions import Action
    from app.db.pool import Pool

UNKNOWN = OutcomeStatus.UNKNOWN


def call_of(**changes: Any) -> Call:
    call = Call(thread_id="t1", run_id=uuid4(), call_id="c1", agent="orders", args={"order_id": "1042"})
    return replace(call, **changes)


async def statuses(replica: Replica) -> list[str]:
    """What the log says of actions, in order."""
    return [event.frame["status"] for event in await replica.log() if event.type == "action_changed"]


class TestPropose:
    async def test_writes_down_what_would_be_sent(self, replica: Replica) -> None:
        """The card shows tool, values, target and the very request, and says until when."""
        action, frame = await replica.propose()
        assert (frame.action, frame.args, frame.target) == ("cancel_order", {"order_id": "1042"}, "the shop")
        assert frame.request == {
            "method": "POST",
            "url": "http://shop.test/orders?order_id=1042",
            "body": {"order_id": "1042"},
        }
        assert action.status == "pending"
        assert frame.expires_at.tzinfo is not None
        assert await statuses(replica) == ["proposed"]

    async def test_the_same_call_again_finds_the_same_row(self, replica: Replica) -> None:
        """A node that runs again proposes nothing new."""
        run_id = uuid4()
        first, frame = await replica.propose(run_id=run_id)
        second, again = await replica.propose(run_id=run_id)
        assert second.id == first.id
        assert again.interrupt_id == frame.interrupt_id
        assert await replica.pool.fetchval("SELECT count(*) FROM interrupts") == 1
        assert await statuses(replica) == ["proposed"]

    async def test_the_same_call_at_the_same_time_finds_the_same_row(self, replica: Replica) -> None:
        """Ten workers that propose one call write one action and ask once."""
        await replica.conversation()
        call = call_of()
        found = await asyncio.gather(*(replica.ledger.propose(call, replica.tool) for _ in range(10)))
        assert len({action.id for action, _ in found}) == 1
        assert await replica.pool.fetchval("SELECT count(*) FROM interrupts") == 1

    async def test_another_call_is_another_action(self, replica: Replica) -> None:
        """The same tool with the same values, called again, is asked for again."""
        run_id = uuid4()
        first, _ = await replica.propose(run_id=run_id, call_id="c1")
        second, _ = await replica.propose(run_id=run_id, call_id="c2")
        assert first.id != second.id

    async def test_values_that_do_not_fit_write_nothing(self, replica: Replica) -> None:
        """A call that the schema refuses is refused before anything is written."""
        await replica.conversation()
        with pytest.raises(ToolInvalidInput):
            await replica.ledger.propose(call_of(args={"order_id": 7}), replica.tool)
        assert await replica.log() == []
        assert await replica.pool.fetchval("SELECT count(*) FROM actions") == 0

    async def test_a_conversation_has_so_many_open_cards_and_no_more(self, replica: Replica) -> None:
        """One message that asks for hundreds of things makes no more cards than a person can answer."""
        run_id = uuid4()
        for number in range(MAX_OPEN_PER_CONVERSATION):
            await replica.propose(run_id=run_id, call_id=f"c{number}")
        with pytest.raises(ToolTooMany, match="wait already"):
            await replica.propose(run_id=run_id, call_id="one more")
        assert await replica.pool.fetchval("SELECT count(*) FROM actions") == MAX_OPEN_PER_CONVERSATION

    async def test_what_is_not_known_asks_an_operator(self, replica: Replica) -> None:
        """A tool that may be a write waits for staff."""
        replica.tool.spec = tool_spec(access=Access.UNKNOWN)
        _, frame = await replica.propose()
        assert frame.audience == "operator"

    async def test_what_needs_nobody_is_approved_at_once(self, replica: Replica) -> None:
        """Where the policy asks nobody, no card is made."""
        await replica.conversation()
        replica.tool.spec = tool_spec(access=Access.READ)
        action, frame = await replica.ledger.propose(call_of(), replica.tool)
        assert (action.status, frame) == ("approved", None)
        assert await replica.pool.fetchval("SELECT count(*) FROM interrupts") == 0

    async def test_of_two_at_once_does_not_wait_for_a_message_between_them(self, replica: Replica, pool: Pool) -> None:
        """A message that comes while two writes are proposed in parallel neither blocks nor breaks them."""
        run_id = uuid4()
        await replica.conversation()
        socket, _ = replica.socket()
        async with asyncio.timeout(PATIENCE_SECONDS):
            for number in range(8):
                proposals = [
                    replica.ledger.propose(call_of(run_id=run_id, call_id=f"{number}-{one}"), replica.tool)
                    for one in range(3)
                ]
                await asyncio.gather(*proposals, socket.message(says("Hello?", message_id=str(number))))
        assert await pool.fetchval("SELECT count(*) FROM actions") == 24


class TestExecute:
    async def test_sends_what_was_approved_once(self, replica: Replica) -> None:
        """An approved action runs with its own idempotency key, and its outcome is stored."""
        action = await replica.approved()
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert outcome.ok
        assert replica.tool.runs == [({"order_id": "1042"}, f"smart-support-{action.id}")]
        assert (await replica.ledger.get(action.id)).status == "succeeded"
        assert await statuses(replica) == ["proposed", "approved", "executing", "succeeded"]

    async def test_again_returns_what_is_on_record(self, replica: Replica) -> None:
        """A second execution sends nothing and returns the first one's outcome."""
        action = await replica.approved()
        first = await replica.ledger.execute(action.id, replica.tool)
        second = await replica.ledger.execute(action.id, replica.tool)
        assert second == first
        assert len(replica.tool.runs) == 1

    async def test_twenty_at_once_send_once(self, replica: Replica) -> None:
        """Whatever comes together, the target is reached once."""
        action = await replica.approved()
        replica.tool.gate = asyncio.Event()
        executions = [asyncio.create_task(replica.ledger.execute(action.id, replica.tool)) for _ in range(20)]
        await replica.tool.started.wait()
        replica.tool.gate.set()
        outcomes = await asyncio.gather(*executions)
        assert len(replica.tool.runs) == 1
        assert {outcome.status for outcome in outcomes} <= {OutcomeStatus.SUCCEEDED, UNKNOWN}
        assert (await replica.ledger.get(action.id)).status == "succeeded"

    @pytest.mark.parametrize("access", [Access.WRITE, Access.UNKNOWN])
    async def test_what_nobody_approved_is_not_sent(self, replica: Replica, access: Access) -> None:
        """A pending action is not executed, and stays pending."""
        replica.tool.spec = tool_spec(access=access)
        action, _ = await replica.propose()
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert not outcome.ok
        assert replica.tool.runs == []
        assert (await replica.ledger.get(action.id)).status == "pending"

    async def test_what_was_rejected_is_not_sent(self, replica: Replica) -> None:
        """A rejected action changes nothing."""
        action, frame = await replica.propose()
        await replica.consent.answer(no_to(frame), by="customer")
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert (outcome.status, replica.tool.runs) == (OutcomeStatus.FAILED, [])
        assert (await replica.ledger.get(action.id)).status == "rejected"

    async def test_what_was_never_proposed_is_refused(self, replica: Replica) -> None:
        """An action that is not on record cannot be executed."""
        with pytest.raises(ToolNotPermitted):
            await replica.ledger.execute(uuid4(), replica.tool)

    async def test_failure_is_stored_as_it_was(self, replica: Replica) -> None:
        """A target's refusal is an outcome, with its code and status."""
        replica.tool.outcomes = [
            ToolOutcome(status=OutcomeStatus.FAILED, summary="Too late.", error="tool_invalid_input", http_status=409)
        ]
        action = await replica.approved()
        await replica.ledger.execute(action.id, replica.tool)
        again = await replica.ledger.execute(action.id, replica.tool)
        assert (again.status, again.error, again.http_status) == (OutcomeStatus.FAILED, "tool_invalid_input", 409)

    async def test_a_tool_that_breaks_leaves_the_outcome_unknown(self, replica: Replica) -> None:
        """An exception says nothing about whether the request arrived."""
        replica.tool.outcomes = [RuntimeError("half-way")]
        action = await replica.approved()
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert (outcome.status, outcome.error) == (UNKNOWN, ToolOutcomeUnknown.code)
        assert (await replica.ledger.get(action.id)).status == "unknown"

    async def test_an_answer_with_odd_characters_is_settled_all_the_same(self, replica: Replica) -> None:
        """NUL, half a character or a number that is none in a target's answer never hides that it answered."""
        odd = {"text": "a\x00b", "half": "\ud83d", "none": float("nan"), "\x00key": [float("inf")], "emoji": "😀"}
        replica.tool.outcomes = [succeeded("Done\x00.", data=odd)]
        action = await replica.approved()
        assert (await replica.ledger.execute(action.id, replica.tool)).ok
        settled = await replica.ledger.get(action.id)
        assert settled.status == "succeeded"
        assert settled.outcome is not None
        assert settled.outcome["data"] == {
            "text": "a\ufffdb",
            "half": "\ufffd",
            "none": None,
            "\ufffdkey": [None],
            "emoji": "😀",
        }


class TestCancelled:
    async def test_what_is_being_sent_is_carried_to_its_end(self, replica: Replica) -> None:
        """Whoever waited may give up; the request is sent and settled all the same."""
        action = await replica.approved()
        replica.tool.gate = asyncio.Event()
        waiting = asyncio.create_task(replica.ledger.execute(action.id, replica.tool))
        await replica.tool.started.wait()
        assert replica.ledger.is_sending(action.run_id)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        replica.tool.gate.set()
        await replica.ledger.drain()
        assert (await replica.ledger.get(action.id)).status == "succeeded"
        assert not replica.ledger.is_sending(action.run_id)

    async def test_nothing_to_drain_is_done_at_once(self, replica: Replica) -> None:
        """Stopping waits for nothing where nothing is under way."""
        await replica.ledger.drain()


class TestFoundExecuting:
    async def stranded(self, replica: Replica) -> Action:
        """Claim an action and never settle it, as a process that was killed does."""
        action = await replica.approved()
        async with replica.pool.acquire() as connection:
            assert await actions.claim(connection, action_id=action.id, digest=action.digest)
        return action

    async def test_is_unknown_and_never_sent_again(self, replica: Replica) -> None:
        """What another has begun and not settled is not tried again, ever."""
        action = await self.stranded(replica)
        for _ in range(3):
            outcome = await replica.ledger.execute(action.id, replica.tool)
            assert outcome.status is UNKNOWN
        assert replica.tool.runs == []
        assert (await replica.ledger.get(action.id)).status == "unknown"
        assert (await statuses(replica)).count("unknown") == 1

    async def test_a_late_answer_replaces_unknown(self, replica: Replica) -> None:
        """An answer that comes after all is better than none."""
        action = await replica.approved()
        replica.tool.gate = asyncio.Event()
        slow = asyncio.create_task(replica.ledger.execute(action.id, replica.tool))
        await replica.tool.started.wait()
        other = Ledger(pool=replica.pool, tracker=replica.tracker, approval_ttl_seconds=60)
        assert (await other.execute(action.id, replica.tool)).status is UNKNOWN
        replica.tool.gate.set()
        assert (await slow).ok
        assert (await replica.ledger.get(action.id)).status == "succeeded"
        assert len(replica.tool.runs) == 1

    async def test_a_late_answer_never_replaces_what_a_person_found(self, replica: Replica) -> None:
        """What a person has settled stands."""
        action = await replica.approved()
        replica.tool.gate = asyncio.Event()
        slow = asyncio.create_task(replica.ledger.execute(action.id, replica.tool))
        await replica.tool.started.wait()
        other = Ledger(pool=replica.pool, tracker=replica.tracker, approval_ttl_seconds=60)
        await other.execute(action.id, replica.tool)
        settled = await other.settle_by_person(action.id, succeeded=False, note="The shop shows no cancellation.")
        assert settled is not None
        replica.tool.gate.set()
        await slow
        found = await replica.ledger.get(action.id)
        assert (found.status, found.settled_by, found.note) == (
            "failed",
            "operator",
            "The shop shows no cancellation.",
        )

    async def test_a_person_settles_once(self, replica: Replica) -> None:
        """The second person is told that it is settled, and the first finding stands."""
        action = await self.stranded(replica)
        await replica.ledger.execute(action.id, replica.tool)
        found = await asyncio.gather(
            *(replica.ledger.settle_by_person(action.id, succeeded=True, note="Seen.") for _ in range(5))
        )
        assert len([one for one in found if one is not None]) == 1

    async def test_a_person_tells_the_customer(self, replica: Replica) -> None:
        """What staff found out is said in the conversation, once."""
        action = await self.stranded(replica)
        await replica.ledger.execute(action.id, replica.tool)
        await replica.ledger.settle_by_person(action.id, succeeded=True, note="Seen in the shop.")
        [said] = [event.frame for event in await replica.log() if event.type == "token"]
        assert said["content"].endswith("it was done. Seen in the shop.")

    async def test_a_person_cannot_settle_what_is_known(self, replica: Replica) -> None:
        """Only an unknown outcome waits for a person."""
        action = await replica.approved()
        assert await replica.ledger.settle_by_person(action.id, succeeded=True, note="") is None
        await replica.ledger.execute(action.id, replica.tool)
        assert await replica.ledger.settle_by_person(action.id, succeeded=False, note="") is None
        assert (await replica.ledger.get(action.id)).status == "succeeded"


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("version", {"version": "2"}),
    ("target", {"target": "another shop"}),
    ("name", {"name": "delete_order"}),
]


class TestDigest:
    @pytest.mark.parametrize(("what", "change"), CHANGES, ids=[what for what, _ in CHANGES])
    async def test_covers_the_tool(self, replica: Replica, what: str, change: dict[str, Any]) -> None:
        """Consent for one tool, version and target never covers another: nothing is sent."""
        action = await replica.approved()
        outcome = await replica.ledger.execute(action.id, FakeTool(spec=tool_spec(**change), runs=replica.tool.runs))
        assert (outcome.status, replica.tool.runs) == (OutcomeStatus.FAILED, [])
        assert "changed" in outcome.summary
        assert (await replica.ledger.get(action.id)).status == "failed"

    async def test_covers_the_arguments(self, replica: Replica, pool: Pool) -> None:
        """Arguments that were changed behind everybody's back are not sent."""
        action = await replica.approved()
        await pool.execute("UPDATE actions SET args = jsonb_build_object('order_id', '9999')")
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert (outcome.status, replica.tool.runs) == (OutcomeStatus.FAILED, [])

    async def test_covers_the_request(self, replica: Replica) -> None:
        """Where the same arguments would now make another request, it is not sent."""

        class Moved(FakeTool):
            def preview(self, args: Any) -> Any:
                return replace(super().preview(args), url="http://elsewhere.test/")

        action = await replica.approved()
        outcome = await replica.ledger.execute(action.id, Moved(runs=replica.tool.runs))
        assert (outcome.status, replica.tool.runs) == (OutcomeStatus.FAILED, [])

    async def test_a_tool_that_no_longer_takes_the_values_sends_nothing(self, replica: Replica) -> None:
        """An action whose tool has become stricter is failed, not left approved for ever."""

        class Stricter(FakeTool):
            def preview(self, args: Any) -> Any:
                raise ToolInvalidInput("order_id: no longer taken.")

        action = await replica.approved()
        outcome = await replica.ledger.execute(action.id, Stricter(runs=replica.tool.runs))
        assert (outcome.status, replica.tool.runs) == (OutcomeStatus.FAILED, [])
        assert (await replica.ledger.get(action.id)).status == "failed"

    @pytest.mark.parametrize(
        "extra",
        [
            {"zebra": 1, "a": 2},
            {"filter": {"zebra": 1, "ab": 2, "c": 3}},
            {"amount": 1e22},
            {"amount": -0.0},
            {"amount": 10.50},
            {"amount": 123456789012345678901234567890},
            {"note": "Zoë 😀 “quoted”"},
        ],
        ids=str,
    )
    async def test_survives_the_way_through_the_table(self, replica: Replica, extra: dict[str, Any]) -> None:
        """However the model wrote the arguments, what was approved is what is sent."""
        await replica.conversation()
        _, frame = await replica.ledger.propose(call_of(args={"order_id": "1", **extra}), replica.tool)
        assert frame is not None
        await replica.consent.answer(yes_to(frame), by="customer")
        action_id = await replica.pool.fetchval("SELECT id FROM actions")
        assert (await replica.ledger.execute(action_id, replica.tool)).ok
        assert replica.tool.runs[0][0] == frame.args

    def test_tells_everything_apart(self) -> None:
        """Each part of what is shown changes the digest; the order of keys does not."""
        spec, args, request = tool_spec(), {"a": 1, "b": 2}, {"method": "POST", "url": "http://shop.test/"}
        base = digest_of(spec, args, request)
        assert digest_of(spec, {"b": 2, "a": 1}, request) == base
        others = [
            digest_of(tool_spec("x"), args, request),
            digest_of(tool_spec(version="2"), args, request),
            digest_of(tool_spec(target="x"), args, request),
            digest_of(spec, {"a": 1, "b": 3}, request),
            digest_of(spec, {"a": 1, "b": "2"}, request),
            digest_of(spec, args, {**request, "url": "http://shop.test/x"}),
            digest_of(spec, args, None),
        ]
        assert len({base, *others}) == 8


class TestOutcomeOf:
    async def test_nothing_sent_is_said_so(self, replica: Replica) -> None:
        """An action without an outcome failed, as far as the model needs to know."""
        action, _ = await replica.propose()
        outcome = outcome_of(action)
        assert (outcome.status, outcome.summary) == (OutcomeStatus.FAILED, "Cancel an order: nothing was sent.")
