"""The kill switch: what is paused is not sent, and what waits stays waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from app.actions.ledger import Call
from app.actions.pauses import KillSwitch
from app.db import pauses, review_log
from app.errors import ActionPaused, NotFound, ToolPaused
from app.protocol import InterruptRequest
from app.tools.base import Access
from tests.fakes import PATIENCE_SECONDS, tool_spec
from tests.integration.replica import Replica, no_to, yes_to

if TYPE_CHECKING:
    from app.db.pauses import PauseKind
    from app.db.pool import Pool

KINDS: list[tuple[PauseKind, str]] = [
    ("actions", ""),
    ("api", "shop"),
    ("tool", "cancel_order"),
    ("agent", "orders"),
]


@pytest.fixture
def switch(pool: Pool) -> KillSwitch:
    """The kill switch."""
    return KillSwitch(pool=pool)


async def cards(replica: Replica) -> int:
    """How many approvals wait."""
    return int(await replica.pool.fetchval("SELECT count(*) FROM interrupts WHERE status = 'pending'"))


class TestPaused:
    @pytest.mark.parametrize(("kind", "name"), KINDS)
    async def test_an_approved_action_is_not_sent_and_waits_for_a_new_yes(
        self, replica: Replica, switch: KillSwitch, kind: PauseKind, name: str
    ) -> None:
        """What was approved before the pause reaches nothing; after it, a new yes sends it once."""
        action = await replica.approved()
        await switch.pause(kind, name, by="Ada", why="The shop is down.")
        with pytest.raises(ToolPaused) as held:
            await replica.ledger.execute(action.id, replica.tool)
        assert replica.tool.runs == []
        assert (await replica.ledger.get(action.id)).status == "pending"
        asked: InterruptRequest = held.value.details["asked"]
        with pytest.raises(ActionPaused):
            await replica.consent.answer(yes_to(asked), by="customer")
        await switch.resume(kind, name, by="Ada", why="It is back.")
        await replica.consent.answer(yes_to(asked), by="customer")
        assert (await replica.ledger.execute(action.id, replica.tool)).ok
        assert len(replica.tool.runs) == 1

    @pytest.mark.parametrize(("kind", "name"), KINDS)
    async def test_nothing_new_is_asked_for(
        self, replica: Replica, switch: KillSwitch, kind: PauseKind, name: str
    ) -> None:
        """A write that is wanted during a pause is refused in a plain sentence, and no card is made."""
        await switch.pause(kind, name, by="Ada", why="")
        with pytest.raises(ToolPaused, match="paused by the support team"):
            await replica.propose()
        assert await cards(replica) == 0

    async def test_the_customer_is_told_why_it_waits(self, replica: Replica, switch: KillSwitch) -> None:
        """The chat says that the action was paused and not sent."""
        action = await replica.approved()
        await switch.pause("actions", "", by="Ada", why="")
        with pytest.raises(ToolPaused):
            await replica.ledger.execute(action.id, replica.tool)
        said = [event.frame["content"] for event in await replica.log() if event.type == "token"]
        (sentence,) = said
        assert sentence.startswith("“Cancel an order” is paused by the support team, so it was not sent.")

    async def test_a_no_is_taken(self, replica: Replica, switch: KillSwitch) -> None:
        """Whoever no longer wants it need not wait for the end of the pause."""
        action, frame = await replica.propose()
        await switch.pause("actions", "", by="Ada", why="")
        await replica.consent.answer(no_to(frame), by="customer")
        assert (await replica.ledger.get(action.id)).status == "rejected"

    async def test_another_api_tool_or_agent_goes_on(self, replica: Replica, switch: KillSwitch) -> None:
        """A pause reaches what it names, and nothing else."""
        for kind in ("api", "tool", "agent"):
            await switch.pause(kind, "another", by="Ada", why="")
        action = await replica.approved()
        assert (await replica.ledger.execute(action.id, replica.tool)).ok

    async def test_a_look_up_stops_with_its_api_and_not_with_all_actions(
        self, replica: Replica, switch: KillSwitch
    ) -> None:
        """A pause of all actions lets customers look things up; one of an API does not."""
        spec = tool_spec(access=Access.READ)
        await switch.pause("actions", "", by="Ada", why="")
        await replica.ledger.check_not_paused(spec, "orders")
        await switch.pause("api", "shop", by="Ada", why="")
        with pytest.raises(ToolPaused, match="ask again later"):
            await replica.ledger.check_not_paused(spec, "orders")

    async def test_a_person_can_still_be_asked_for(self, replica: Replica, switch: KillSwitch) -> None:
        """What is built in leaves the process by no request, so no pause stops it."""
        await switch.pause("agent", "orders", by="Ada", why="")
        await replica.ledger.check_not_paused(tool_spec(source="builtin", access=Access.READ), "orders")

    async def test_what_asked_nobody_fails_plainly(self, replica: Replica, switch: KillSwitch) -> None:
        """An action without a card has nothing to wait with: it fails, and was not sent."""
        replica.tool.spec = tool_spec(access=Access.READ)
        await replica.conversation()
        call = Call(thread_id="t1", run_id=uuid4(), call_id="c1", agent="orders", args={"order_id": "1042"})
        action, _ = await replica.ledger.propose(call, replica.tool)
        await switch.pause("api", "shop", by="Ada", why="")
        outcome = await replica.ledger.execute(action.id, replica.tool)
        assert (outcome.ok, outcome.error) == (False, "tool_paused")
        assert replica.tool.runs == []


class TestWaiting:
    async def test_a_card_does_not_expire_while_it_is_paused(self, replica: Replica, switch: KillSwitch) -> None:
        """Its time passes during the pause; after it the customer is asked anew, once."""
        action, frame = await replica.propose()
        await switch.pause("actions", "", by="Ada", why="")
        await replica.pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 second'")
        assert await replica.consent.expire_due() == 1
        assert (await replica.ledger.get(action.id)).status == "pending"
        assert await cards(replica) == 1
        await switch.resume("actions", "", by="Ada", why="")
        past = (frame.expires_at - timedelta(days=1)).isoformat()
        await replica.pool.execute(
            "UPDATE interrupts SET expires_at = now() - interval '1 second', "
            "frame = jsonb_set(frame, '{expires_at}', to_jsonb($1::text))",
            past,
        )
        await replica.consent.expire_due()
        assert (await replica.ledger.get(action.id)).status == "pending"
        assert await cards(replica) == 1
        kinds = [event.type for event in await replica.log(visible_only=True)]
        assert kinds[-2:] == ["interrupt_expired", "interrupt"]

    async def test_without_a_pause_a_card_expires(self, replica: Replica) -> None:
        """What simply was not answered in time expires as ever."""
        action, _ = await replica.propose()
        await replica.pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 second'")
        await replica.consent.expire_due()
        assert (await replica.ledger.get(action.id)).status == "expired"


class TestSwitch:
    async def test_who_what_and_why_are_in_the_review_log(self, switch: KillSwitch, pool: Pool) -> None:
        """Both ends of a pause are recorded, once each."""
        await switch.pause("api", "shop", by="Ada", why="Refunds go wrong.")
        await switch.pause("api", "shop", by="Bob", why="Me too.")
        await switch.resume("api", "shop", by="Bob", why="Mended.")
        async with pool.acquire() as connection:
            entries = await review_log.page(connection, limit=10)
        assert [(one.by, one.what, one.details["why"]) for one in reversed(entries)] == [
            ("Ada", "paused", "Refunds go wrong."),
            ("Bob", "resumed", "Mended."),
        ]

    async def test_what_is_not_paused_cannot_be_resumed(self, switch: KillSwitch) -> None:
        """A slip of the pen is told."""
        with pytest.raises(NotFound):
            await switch.resume("api", "shop", by="Ada", why="")

    async def test_a_pause_waits_for_a_claim_that_has_begun_and_says_so(
        self, replica: Replica, switch: KillSwitch
    ) -> None:
        """A pause returns when no claim is half done, and counts what was claimed before it."""
        action = await replica.approved()
        async with replica.pool.acquire() as connection, connection.transaction():
            await pauses.hold_for_claim(connection)
            pausing = asyncio.create_task(switch.pause("actions", "", by="Ada", why=""))
            while not await replica.pool.fetchval(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
            ):
                assert not pausing.done()
            await connection.execute("UPDATE actions SET status = 'executing' WHERE id = $1", action.id)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await pausing == 1
