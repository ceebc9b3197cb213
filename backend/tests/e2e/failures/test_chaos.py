"""Chaos: two replicas are killed, frozen and cut off from their database while customers get things done.

What arrived at the shop is counted. `SEED` chooses another order of events, `MINUTES` lets it go on for so long.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp
import pytest

from tests.e2e.server import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.e2e.client import Chat, Frame, Visitor
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

SEED = int(os.environ.get("SEED", "20261201"))  # noqa: TID251 - of the test, not of the product
MINUTES = float(os.environ.get("MINUTES", "0"))  # noqa: TID251 - as SEED
ROUNDS = 8  # without MINUTES
LEASE_SECONDS = 2
IMPATIENCE = 6.0  # seconds after which a customer tries the other replica
REQUESTS = (
    *(f"Cancel order {number}" for number in (1042, 1043, 1047, 1050)),
    "Give me a 10% coupon",
    "Cancel order 1047 and give me a 15% coupon",
)
DROP_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    "pg_backend_pid()"
)
UNSAFE = """
    SELECT count(*) FROM actions a
     WHERE status IN ('executing', 'succeeded', 'unknown')
       AND NOT EXISTS (SELECT 1 FROM interrupts i WHERE i.action_id = a.id AND i.status = 'approved')
"""


@dataclass(kw_only=True)
class Customer:
    """Somebody who sends and clicks everything twice, and comes back until it is settled."""

    visitor: Visitor
    request: str
    approves: bool
    urls: list[str]
    thread_id: str = field(default_factory=lambda: uuid4().hex)

    async def insist(self) -> None:
        """Try one replica after the other until everything is settled."""
        async with asyncio.timeout(4 * PATIENCE):
            while True:
                self.urls.append(self.urls.pop(0))
                try:
                    async with (
                        asyncio.timeout(IMPATIENCE),
                        self.visitor.chat(self.thread_id, url=self.urls[0]) as chat,
                    ):
                        await self._go_on(chat)
                        return
                except (aiohttp.ClientError, OSError, AssertionError, TimeoutError):
                    await asyncio.sleep(0.05)

    async def _go_on(self, chat: Chat) -> None:
        for _ in range(2):
            await chat.say(self.request, message_id="the one")
        await chat.resumed()
        while not self._settled(chat.frames):
            for card in self._open_cards(chat.frames):
                for _ in range(2):
                    await chat.answer(card, approved=self.approves)
            last = await chat.until("interrupt", "message_complete", "error")
            if last["type"] == "error" and last["retryable"]:
                await chat.say(self.request, message_id="the one")

    def _open_cards(self, frames: list[Frame]) -> list[Frame]:
        closed = {frame["interrupt_id"] for frame in frames if frame["type"] == "interrupt_resolved"}
        return [frame for frame in frames if frame["type"] == "interrupt" and frame["interrupt_id"] not in closed]

    def _settled(self, frames: list[Frame]) -> bool:
        stored = [frame for frame in frames if "seq" in frame]
        return bool(stored) and stored[-1]["type"] == "message_complete" and not self._open_cards(frames)


async def kill(deployment: Deployment, chance: random.Random) -> None:
    """Kill one replica, and start it again."""
    await chance.choice(deployment.backends).restart()


async def freeze(deployment: Deployment, chance: random.Random) -> None:
    """Freeze one replica for longer than a lease, and let it go on with what it was about to do."""
    frozen = chance.choice(deployment.backends)
    frozen.pause()
    await asyncio.sleep(LEASE_SECONDS * 1.5)
    frozen.resume()


async def drop_connections(deployment: Deployment, chance: random.Random) -> None:
    """End every connection to the database, as its restart does."""
    await deployment.database.execute(DROP_CONNECTIONS)


EVENTS: tuple[Callable[[Deployment, random.Random], Awaitable[None]], ...] = (kill, freeze, drop_connections)


async def test_two_replicas_in_chaos(empty_deployment: Deployment) -> None:
    """Never two effects for one consent, none without; each message ends; shop, ledger and log agree."""
    deployment, chance = empty_deployment, random.Random(SEED)  # noqa: S311 - it has to be the same every time
    for _ in range(2):
        await deployment.add_backend(TURN_LEASE_SECONDS=str(LEASE_SECONDS))
    until, number = time.monotonic() + MINUTES * 60, 0
    while number < ROUNDS or time.monotonic() < until:
        event = EVENTS[number % len(EVENTS)]
        number += 1
        here = [
            Customer(
                visitor=await arrives(deployment),
                request=chance.choice(REQUESTS),
                approves=chance.random() < 0.75,
                urls=chance.sample([backend.url for backend in deployment.backends], k=2),
            )
            for _ in range(3)
        ]
        await asyncio.gather(*(customer.insist() for customer in here), happen(event, deployment, chance))
    await deployment.database.at_rest()
    await check(deployment)
    print(number, await deployment.database.rows("SELECT status, count(*) FROM actions GROUP BY 1"))  # noqa: T201 - `make chaos` shows it


async def arrives(deployment: Deployment) -> Visitor:
    """Let a customer come, who tries again while the database is away: the page does too."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(AssertionError):  # 503, as from the round before
                return await deployment.visitor()
            await asyncio.sleep(0.05)


async def happen(
    event: Callable[[Deployment, random.Random], Awaitable[None]], deployment: Deployment, chance: random.Random
) -> None:
    """Let something happen at any moment."""
    await asyncio.sleep(chance.uniform(0, 0.35))
    await event(deployment, chance)


async def check(deployment: Deployment) -> None:
    """Compare what the shop has seen with the ledger and the log."""
    arrived: dict[str, list[bool]] = {}
    for write in await deployment.demo.writes():
        arrived.setdefault(write["idempotency_key"].removeprefix("smart-support-"), []).append(write["applied"])
    actions = await deployment.database.rows("SELECT id::text, status, outcome->>'error' AS error FROM actions")
    assert set(arrived) <= {action["id"] for action in actions}
    for action in actions:
        applied = arrived.get(action["id"], [])
        assert applied.count(True) <= 1, action
        match action["status"]:
            case "succeeded":
                assert applied == [True], action
            case "rejected" | "expired":
                assert applied == [], action
            case "failed":
                assert True not in applied, action
            case status:
                assert status == "unknown", action
    assert await deployment.database.value(UNSAFE) == 0
    logged = await deployment.database.value(
        "SELECT count(*) FROM actions a WHERE status <> (SELECT frame->>'status' FROM events e WHERE "
        "e.thread_id = a.thread_id AND type = 'action_changed' AND frame->>'action_id' = a.id::text "
        "ORDER BY seq DESC LIMIT 1)"
    )
    assert logged == 0
    assert await deployment.database.value("SELECT count(*) FROM turns WHERE status IN ('queued', 'running')") == 0
