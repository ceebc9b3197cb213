"""Fence around the ledger: whoever has lost its turn's lease neither claims nor sends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from app.actions.ledger import Call
from app.db import conversations, turns
from app.db.turns import TurnLease
from app.errors import TurnLost
from app.tools.base import OutcomeStatus
from tests.integration.replica import VISITOR, Replica

OTHER_CALL = Call(thread_id="t1", run_id=uuid4(), call_id="c1", agent="orders", args={"order_id": "1043"})


async def lease_of_a_turn(replica: Replica) -> TurnLease:
    """Let a turn run, and return what it runs under."""
    async with replica.pool.acquire() as connection:
        await conversations.start(connection, thread_id="t1", visitor_id=VISITOR)
        turn = await turns.add_message(connection, thread_id="t1", content="Hello", message_id=None)
        await turns.claim(connection, worker=11, lease_seconds=60)
    return TurnLease(turn_id=turn.id, worker=11, attempt=1)


async def test_while_it_holds(replica: Replica) -> None:
    """What was approved is sent."""
    lease, action = await lease_of_a_turn(replica), await replica.approved()
    assert (await replica.ledger.execute(action.id, replica.tool, lease=lease)).ok


async def test_once_it_is_lost(replica: Replica) -> None:
    """Nothing is claimed and nothing is proposed; the action stays for whoever has the turn."""
    lease, action = await lease_of_a_turn(replica), await replica.approved()
    await replica.pool.execute("UPDATE turns SET attempt = attempt + 1")
    with pytest.raises(TurnLost):
        await replica.ledger.execute(action.id, replica.tool, lease=lease)
    with pytest.raises(TurnLost):
        await replica.ledger.propose(replace(OTHER_CALL, lease=lease), replica.tool)
    assert (await replica.ledger.get(action.id)).status == "approved"
    assert replica.tool.runs == []
    assert await replica.pool.fetchval("SELECT count(*) FROM actions") == 1


async def test_lost_while_another_sends(replica: Replica) -> None:
    """What the turn's new owner is sending is not given up as unknown by the old one."""
    lease, action = await lease_of_a_turn(replica), await replica.approved()
    await replica.pool.execute("UPDATE actions SET status = 'executing'")
    await replica.pool.execute("UPDATE turns SET attempt = attempt + 1")
    with pytest.raises(TurnLost):
        await replica.ledger.execute(action.id, replica.tool, lease=lease)
    assert (await replica.ledger.get(action.id)).status == "executing"


async def test_lost_between_the_claim_and_the_request(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frozen after the claim, it sends nothing, and that nothing was sent is on record: it is known."""
    lease, action = await lease_of_a_turn(replica), await replica.approved()
    claim = replica.ledger._claim

    async def frozen_after_it(*given: Any) -> bool:
        claimed = await claim(*given)
        await replica.pool.execute("UPDATE turns SET attempt = attempt + 1")
        return claimed

    monkeypatch.setattr(replica.ledger, "_claim", frozen_after_it)
    outcome = await replica.ledger.execute(action.id, replica.tool, lease=lease)
    assert (outcome.status, outcome.error) == (OutcomeStatus.FAILED, "turn_lost")
    assert replica.tool.runs == []
    assert (await replica.ledger.get(action.id)).status == "failed"
