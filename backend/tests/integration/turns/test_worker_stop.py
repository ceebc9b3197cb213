"""Stopping a turn: what was said stays, what is being sent ends, and a second stop changes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.protocol import Cancel, InterruptRequest, MessageComplete, Token, ToolResult
from tests.integration.replica import Replica, echo, says, yes_to
from tests.integration.turns.graph_scripts import ActionScript, GatedScript, ended

if TYPE_CHECKING:
    from app.db.pool import Pool


class TestStop:
    async def test_keeps_what_was_said(self, replica: Replica) -> None:
        """A stopped answer stays as far as it came, and the turn says that it was stopped."""
        script = GatedScript()
        replica.graph.script = script
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await sink.next_of(Token)
            await turns_of.cancel(Cancel(thread_id="t1"))
            assert (await sink.next_of(MessageComplete)).cancelled
            await replica.at_rest()
        assert await replica.types() == ["message", "token", "message_complete"]
        assert sink.text() == "Your order "
        assert await replica.pool.fetchval("SELECT status FROM turns") == "cancelled"

    async def test_twice_is_once(self, replica: Replica, pool: Pool) -> None:
        """An impatient click on stop does not leave the turn hanging: the next message is answered."""
        script = GatedScript()
        replica.graph.script = script
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hello", message_id="a"))
            await script.spoke.wait()
            await asyncio.gather(*(turns_of.cancel(Cancel(thread_id="t1")) for _ in range(5)))
            await sink.until(ended())
            replica.graph.script = echo
            await turns_of.message(says("Still there?", message_id="b"))
            await sink.until(ended(2))
            await replica.at_rest()
        assert await pool.fetch("SELECT status FROM turns ORDER BY position") == [("cancelled",), ("done",)]

    async def test_too_late_changes_nothing(self, replica: Replica) -> None:
        """A stop that crosses the end of the turn leaves the turn done."""
        turns_of, sink = replica.socket()
        async with replica.working():
            for number in range(10):
                await turns_of.message(says("Hello", message_id=str(number)))
                await sink.until(ended(number + 1))
                await turns_of.cancel(Cancel(thread_id="t1"))
            await turns_of.message(says("Last", message_id="last"))
            await sink.until(ended(11))
        assert not any(frame.cancelled for frame in sink.of(MessageComplete))

    async def test_lets_what_is_being_sent_end_and_tells_it(self, replica: Replica) -> None:
        """A write that is under way is carried to its end, and its result is told."""
        replica.graph.script = ActionScript(replica)
        replica.tool.gate = asyncio.Event()
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it", message_id="a"))
            asked = await sink.next_of(InterruptRequest)
            await turns_of.answer(yes_to(asked))
            await replica.tool.started.wait()
            await turns_of.cancel(Cancel(thread_id="t1"))
            await replica.told_to_stop()
            replica.tool.gate.set()
            assert (await sink.next_of(ToolResult)).ok
            await sink.until(ended())
        assert len(replica.tool.runs) == 1
        assert sink.of(MessageComplete)[0].cancelled
