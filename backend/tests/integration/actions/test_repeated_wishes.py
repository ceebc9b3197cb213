"""The same action again: what waits, is under way or is not settled is not proposed a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.actions.ledger import Call
from app.errors import ToolRepeated

if TYPE_CHECKING:
    from tests.integration.replica import Replica

pytestmark = pytest.mark.integration


def call_of(**changes: Any) -> Call:
    """A later message's call of the same tool."""
    call: dict[str, Any] = {
        "thread_id": "t1",
        "run_id": uuid4(),
        "call_id": "c1",
        "agent": "orders",
        "args": {"order_id": "1042"},
    }
    return Call(**call | changes)


@pytest.mark.parametrize("status", ["pending", "approved", "executing", "unknown"])
async def test_the_same_wish_again_is_not_a_second_action(replica: Replica, status: str) -> None:
    """What waits, is under way or is not settled is not begun again by a later message; nothing is written."""
    await replica.propose()
    await replica.pool.execute("UPDATE actions SET status = $1", status)
    with pytest.raises(ToolRepeated, match="exactly this"):
        await replica.ledger.propose(call_of(), replica.tool)
    other, _ = await replica.ledger.propose(call_of(args={"order_id": "1043"}), replica.tool)
    assert other.status == "pending"
    assert await replica.pool.fetchval("SELECT count(*) FROM actions") == 2


@pytest.mark.parametrize("status", ["succeeded", "failed", "rejected", "expired"])
async def test_what_is_over_can_be_wished_for_again(replica: Replica, status: str) -> None:
    """A new message may ask for it anew."""
    await replica.propose()
    await replica.pool.execute("UPDATE actions SET status = $1", status)
    again, _ = await replica.ledger.propose(call_of(), replica.tool)
    assert again.status == "pending"


async def test_a_no_holds_for_the_rest_of_its_message(replica: Replica) -> None:
    """A model that asks again for what was just declined is told so; the customer sees no second card."""
    first, _ = await replica.propose()
    await replica.pool.execute("UPDATE actions SET status = 'rejected'")
    with pytest.raises(ToolRepeated, match="declined a moment ago"):
        await replica.ledger.propose(call_of(run_id=first.run_id, call_id="c2"), replica.tool)
