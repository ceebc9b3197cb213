"""Receipts of turns: which turn has one, and what it is made of.

A turn has one where something was to be changed, and where an agent that could have changed something has said
something else than a question: nobody has to believe what it says of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from app.actions.receipt import newest_receipt, receipt_of
from app.agents.claim_check import can_claim
from app.db import actions

if TYPE_CHECKING:
    from app.agents.claim_check import Brief
    from app.agents.runner import MessageEnded
    from app.db.pool import Connection
    from app.db.turns import Turn
    from app.protocol import Receipt
    from app.tools.base import Access
    from app.turns.transcript import Transcript


class Offers(Protocol):
    """What agents and tools there are."""

    def access_of(self, tool: str) -> Access | None:
        """Say what a tool may do; None where it is gone."""

    def brief_of(self, agent: str) -> Brief:
        """Say what an agent could have changed, and what it knows."""


def doubtful(transcript: Transcript, offers: Offers) -> list[MessageEnded]:
    """List the messages that could say that something was done: by agents that had writes on offer."""
    return [
        message
        for message in transcript.messages.values()
        if can_claim(message.content) and offers.brief_of(message.agent).writes
    ]


async def receipt_of_turn(connection: Connection, turn: Turn, transcript: Transcript, offers: Offers) -> Receipt | None:
    """Write the receipt of a turn as its run stands now; None where it has none."""
    may_have_acted = turn.kind != "message" or transcript.acted(offers.access_of)
    if not may_have_acted and not doubtful(transcript, offers):
        return None
    first = turn.kind == "message" and turn.attempt == 1
    before = None if first else await newest_receipt(connection, thread_id=turn.thread_id, run_id=turn.run_id)
    return receipt_of(
        await actions.of_run(connection, run_id=turn.run_id) if may_have_acted else (),
        thread_id=turn.thread_id,
        run_id=turn.run_id,
        attempts=transcript.attempts(offers.access_of),
        before=before,
        language=transcript.language,
    )
