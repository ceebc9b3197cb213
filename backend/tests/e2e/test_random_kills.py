"""The server is killed at random moments while customers get things done and do not give up."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp
import pytest

from tests.e2e.client import results

if TYPE_CHECKING:
    from tests.e2e.client import Chat, Frame, Visitor
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

SEED = 20_261_122
ROUNDS = 15
LATEST_KILL = 0.35  # seconds after the customers began; most are done within that time
REQUESTS = (
    *(f"Cancel order {number}" for number in (1042, 1043, 1047, 1050)),
    "Give me a 10% coupon",
    "Cancel order 1047 and give me a 15% coupon",
)


@dataclass(kw_only=True)
class Customer:
    """Somebody who wants one thing, and comes back until it is settled."""

    visitor: Visitor
    request: str
    approves: bool
    thread_id: str

    async def insist(self, up: asyncio.Event) -> list[Frame]:
        """Come back until everything is settled; returns the conversation."""
        while True:
            await up.wait()
            try:
                async with self.visitor.chat(self.thread_id) as chat:
                    await self._go_on(chat)
                    return chat.frames
            except (aiohttp.ClientError, OSError, AssertionError):  # the line broke: the server was killed
                await asyncio.sleep(0)

    async def _go_on(self, chat: Chat) -> None:
        await chat.say(self.request, message_id="the one")
        await chat.resumed()
        while not self._settled(chat.frames):
            for card in self._open_cards(chat.frames):
                await chat.answer(card, approved=self.approves)
            await chat.until("interrupt", "message_complete", "error")

    def _open_cards(self, frames: list[Frame]) -> list[Frame]:
        closed = {frame["interrupt_id"] for frame in frames if frame["type"] == "interrupt_resolved"}
        return [frame for frame in frames if frame["type"] == "interrupt" and frame["interrupt_id"] not in closed]

    def _settled(self, frames: list[Frame]) -> bool:
        """Whether the last turn is over and nothing is asked."""
        stored = [frame for frame in frames if "seq" in frame]
        ended = bool(stored) and stored[-1]["type"] == "message_complete"
        return ended and not self._open_cards(frames)


async def kill_and_restart(deployment: Deployment, up: asyncio.Event, moment: float) -> None:
    """Kill the server at that moment, and start it again."""
    await asyncio.sleep(moment)  # the one sleep in these tests: any moment will do
    up.clear()
    await deployment.backend.restart()
    up.set()


async def test_effects_are_counted(deployment: Deployment) -> None:
    """Whatever the moment: at most one request for each approved action, none for a rejected one, each told once."""
    chance = random.Random(SEED)  # noqa: S311 - it has to be the same every time
    up = asyncio.Event()
    up.set()
    customers: list[Customer] = []
    logs: list[list[Frame]] = []
    for _ in range(ROUNDS):
        here = [
            Customer(
                visitor=await deployment.visitor(),
                request=chance.choice(REQUESTS),
                approves=chance.random() < 0.75,
                thread_id=uuid4().hex,
            )
            for _ in range(3)
        ]
        customers += here
        killing = kill_and_restart(deployment, up, chance.uniform(0, LATEST_KILL))
        *_, killed = await asyncio.gather(*(customer.insist(up) for customer in here), killing)
        assert killed is None
        logs += [await customer.visitor.log(customer.thread_id) for customer in here]
    await check_effects(deployment)
    for customer, log in zip(customers, logs, strict=True):
        check_log(customer, log)


async def check_effects(deployment: Deployment) -> None:
    """Compare what the shop has seen with what the ledger says."""
    arrived: dict[str, list[bool]] = {}
    for write in await deployment.demo.writes():
        arrived.setdefault(write["idempotency_key"].removeprefix("smart-support-"), []).append(write["applied"])
    actions = await deployment.database.rows("SELECT id::text, tool, status FROM actions")
    statuses = {action["id"]: action["status"] for action in actions}
    assert set(arrived) <= set(statuses)
    for action_id, status in statuses.items():
        applied = arrived.get(action_id, [])
        assert len(applied) <= 1, f"{status}: {len(applied)} requests"
        match status:
            case "succeeded":
                assert applied == [True]
            case "rejected" | "expired":
                assert applied == []
            case "failed":
                assert applied == [False]  # the shop refused, because somebody else had cancelled the order
            case _:
                assert status == "unknown"
    assert {"succeeded", "rejected"} <= set(statuses.values())


def check_log(customer: Customer, log: list[Frame]) -> None:
    """The conversation is whole: numbered in order, every call and every result once, and the end at the end."""
    numbers = [frame["seq"] for frame in log if "seq" in frame]
    assert numbers == sorted(set(numbers))
    for kind in ("tool_call", "tool_result"):
        calls = [frame["call_id"] for frame in log if frame["type"] == kind]
        assert len(calls) == len(set(calls)), customer.request
    assert len([frame for frame in log if frame["type"] == "message"]) == 1
    called = {frame["call_id"] for frame in log if frame["type"] == "tool_call"}
    assert called == {frame["call_id"] for frame in log if frame["type"] == "tool_result"}
    texts = [frame["content"] for frame in log if frame["type"] == "token"]
    assert len(texts) == len(set(texts)), texts
    if not customer.approves:
        assert set(results(log)) == {"rejected"}
    assert log[-2]["type"] == "message_complete"
