"""Turns that ask for consent: they end by asking, and the answer's turn goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.protocol import InterruptExpiredNotice, InterruptRequest, MessageComplete
from tests.fakes import PATIENCE_SECONDS
from tests.integration.replica import Replica, says, yes_to
from tests.integration.turns.graph_scripts import ActionScript, ended

if TYPE_CHECKING:
    from app.db.pool import Pool


class TestConsent:
    async def test_a_turn_ends_by_asking(self, replica: Replica) -> None:
        """A turn that asks has no other end; the answer's turn completes it."""
        replica.graph.script = ActionScript(replica)
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            asked = await sink.next_of(InterruptRequest)
            await replica.at_rest()
            assert await replica.pool.fetchval("SELECT status FROM turns") == "done"
            assert sink.of(MessageComplete) == []
            await turns_of.answer(yes_to(asked))
            await sink.until(ended())
        assert await replica.types() == [
            "message",
            "interrupt",
            "receipt",
            "interrupt_resolved",
            "tool_result",
            "token",
            "receipt",
            "message_complete",
        ]
        assert len(replica.tool.runs) == 1

    async def test_what_expires_is_told_without_another_answer(self, replica: Replica, pool: Pool) -> None:
        """An approval that expired says so, and its run closes in silence."""
        replica.graph.script = ActionScript(replica)
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            await sink.next_of(InterruptRequest)
            await pool.execute("UPDATE interrupts SET expires_at = now() - interval '1 second'")
            await sink.next_of(InterruptExpiredNotice)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await replica.graph.forgot.wait()
        assert replica.tool.runs == []
        assert sink.of(MessageComplete) == []
