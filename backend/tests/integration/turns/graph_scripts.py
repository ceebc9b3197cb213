"""Scripts for the graph of a replica, and the condition that its turns have ended, for the tests of the worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from app.protocol import MessageComplete, ToolResult
from app.records import ToolRan
from tests.fakes import piece
from tests.integration.replica import Replica

if TYPE_CHECKING:
    from app.agents.state import RunContext


def ended(count: int = 1) -> Any:
    """Whether so many turns have ended."""
    return lambda sink: len(sink.of(MessageComplete)) >= count


class GatedScript:
    """Says a first half, waits, then says the second."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.spoke = asyncio.Event()

    async def __call__(self, text: str, context: RunContext) -> AsyncIterator[Any]:
        yield piece("Your order ", message=f"m-{context.run_id}")
        self.spoke.set()
        await self.gate.wait()
        yield piece("is on its way.", message=f"m-{context.run_id}")


class ActionScript:
    """Cancels an order through the ledger: asks for consent, and goes on when it has been decided."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica

    async def __call__(self, text: str, context: RunContext) -> AsyncIterator[Any]:
        action, frame = await self.replica.propose(run_id=context.run_id, thread_id=context.thread_id)
        if action.status == "pending":
            yield frame
            return
        if action.status == "expired":
            return
        outcome = await self.replica.ledger.execute(action.id, self.replica.tool)
        about: dict[str, Any] = {"thread_id": context.thread_id, "tool": action.tool, "call_id": action.call_id}
        yield ToolRan(**about, agent="orders", request=None, http_status=200)
        yield ToolResult(**about, ok=outcome.ok, summary=outcome.summary, duration_ms=1, outcome=outcome.status.value)
        yield piece("Done.", message=f"m-{context.run_id}")
