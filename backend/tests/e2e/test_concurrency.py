"""Many at once on a real server: nothing twice, nothing mixed up, and everybody sees the same."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from tests.e2e.client import results

if TYPE_CHECKING:
    from tests.e2e.client import Chat, Visitor
    from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

THREADS = 100
QUESTIONS = {f"Where is order {number}?": str(number) for number in range(1041, 1051)}


async def test_twenty_approvals_of_one_card(deployment: Deployment) -> None:
    """Twenty sockets approve the same card at the same time: one execution, and nineteen are told it is answered."""
    visitor = await deployment.visitor()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(visitor.chat())
        card = await first.card("Cancel order 1042")
        others = [await stack.enter_async_context(visitor.chat(first.thread_id)) for _ in range(19)]
        everybody = [first, *others]
        await asyncio.gather(*(chat.answer(card, approved=True) for chat in everybody))
        refusals = await asyncio.gather(*(verdict(chat) for chat in everybody))
        assert sorted(refusals) == [""] + ["interrupt_answered"] * 19
    assert len(await deployment.demo.writes()) == 1
    assert await deployment.database.statuses() == ["succeeded"]


async def verdict(chat: Chat) -> str:
    """Wait for the end of the turn and return the code of the error that this socket got, if any."""
    await chat.until("message_complete")
    return "".join(frame["code"] for frame in chat.of("error"))


async def test_an_approval_and_a_rejection_at_once(deployment: Deployment) -> None:
    """Ten approve and ten decline at the same time: the first answer holds, and what happens is what it says."""
    visitor = await deployment.visitor()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(visitor.chat())
        card = await first.card("Cancel order 1042")
        others = [await stack.enter_async_context(visitor.chat(first.thread_id)) for _ in range(19)]
        await asyncio.gather(
            *(chat.answer(card, approved=number % 2 == 0) for number, chat in enumerate([first, *others]))
        )
        decision = (await first.until("interrupt_resolved"))["decision"]
        await first.until("message_complete")
    sent = len(await deployment.demo.writes())
    assert (decision, sent) in {("approved", 1), ("rejected", 0)}


async def test_a_hundred_conversations(deployment: Deployment) -> None:
    """A hundred customers ask at once, each something else: each gets the answer to its own question."""
    visitors = await asyncio.gather(*(deployment.visitor() for _ in range(THREADS)))
    questions = list(QUESTIONS) * (THREADS // len(QUESTIONS))
    answers = await asyncio.gather(*(ask(*pair) for pair in zip(visitors, questions, strict=True)))
    for question, (text, threads) in zip(questions, answers, strict=True):
        mine = QUESTIONS[question]
        assert mine in text
        assert not any(other in text for other in QUESTIONS.values() if other != mine), (question, text)
        assert len(threads) == 1
    await deployment.database.until("SELECT count(*) = $1 FROM turns WHERE status = 'done'", THREADS)


async def ask(visitor: Visitor, question: str) -> tuple[str, set[str]]:
    """Ask, and return what was said and which conversations were spoken of."""
    async with visitor.chat() as chat:
        last = await chat.ask(question)
        assert last["type"] == "message_complete", last
        return chat.text(), {frame["thread_id"] for frame in chat.frames}


async def test_two_sockets_see_the_same(deployment: Deployment) -> None:
    """Two pages of one conversation are told the same things in the same order."""
    visitor = await deployment.visitor()
    async with visitor.chat() as one, visitor.chat(one.thread_id) as two:
        await one.say("Cancel order 1042", message_id="first")
        card = await one.until("interrupt")
        await two.resumed()
        await two.answer(card, approved=True)
        for chat in (one, two):
            await chat.until("message_complete")
        await two.say("Where is order 1043?", message_id="second")
        for chat in (one, two):
            await chat.until("message_complete")
        log = [frame for frame in await visitor.log(one.thread_id) if "seq" in frame]
        for chat in (one, two):
            assert [frame for frame in chat.frames if "seq" in frame] == log


async def test_messages_of_one_conversation_are_answered_in_order(deployment: Deployment) -> None:
    """Five messages sent at once are five turns, one after the other, in the order in which they came."""
    visitor = await deployment.visitor()
    numbers = ["1042", "1043", "1044", "1047", "1050"]
    async with visitor.chat() as chat:
        for number in numbers:
            await chat.say(f"Where is order {number}?")
        for number in numbers:
            assert (await chat.until("tool_call"))["args"] == {"order_id": int(number)}
            await chat.until("message_complete")


class TestTwoReplicas:
    async def test_a_card_of_one_is_answered_at_the_other(self, deployment: Deployment) -> None:
        """Asked at one replica, approved at both at once: it acts once, and both pages are told everything."""
        other = await deployment.add_backend()
        visitor = await deployment.visitor()
        async with visitor.chat() as here, visitor.chat(here.thread_id, url=other.url) as there:
            card = await here.card("Cancel order 1042", message_id="one")
            await there.resumed()
            await asyncio.gather(*(chat.answer(card, approved=True) for chat in (here, there)))
            for chat in (here, there):
                await chat.until("message_complete")
            await there.say("Where is order 1043?", message_id="two")
            for chat in (here, there):
                await chat.until("message_complete")
            log = [frame for frame in await visitor.log(here.thread_id) if "seq" in frame]
            for chat in (here, there):
                seen = [frame for frame in chat.frames if "seq" in frame and frame["type"] != "error"]
                assert sorted(seen, key=lambda frame: frame["seq"]) == log
        assert len(await deployment.demo.writes()) == 1

    async def test_one_takes_over_from_the_other(self, empty_deployment: Deployment) -> None:
        """A replica is killed in the middle of a turn: the other goes on at once, long before the lease ends."""
        deployment = empty_deployment
        await deployment.add_backend(TURN_LEASE_SECONDS="600")
        await deployment.demo.switch(hold=True, only=["get_order"])
        visitor = await deployment.visitor()
        async with visitor.chat() as chat:
            await chat.say("Where is order 1042?", message_id="one")
            await deployment.demo.holding()
            other = await deployment.add_backend()
            async with visitor.chat(chat.thread_id, url=other.url) as there:
                await there.resumed()
                await deployment.backend.kill()
                await deployment.demo.switch(hold=False)
                await there.until("message_complete")
                assert results(there.frames) == ["succeeded"]
                assert "1042" in "".join(frame["content"] for frame in there.of("token") if "seq" in frame)

    async def test_a_frozen_one_acts_once(self, deployment: Deployment) -> None:
        """A replica that freezes while it sends loses its turn: unknown, and what it finds when it thaws is told."""
        await deployment.demo.switch(hold=True, only=["cancel_order"])
        visitor = await deployment.visitor()
        async with visitor.chat() as chat:
            card = await chat.card("Cancel order 1042")
            await chat.answer(card, approved=True)
            await deployment.demo.holding()
            deployment.backend.pause()
            other = await deployment.add_backend()
            await deployment.database.execute("UPDATE turns SET lease_until = now() WHERE status = 'running'")
            async with visitor.chat(chat.thread_id, url=other.url) as there:
                await there.resumed()
                if "unknown" not in results(there.frames):
                    assert (await there.until("tool_result"))["outcome"] == "unknown"
                await deployment.demo.switch(hold=False)
                deployment.backend.resume()
                said = await there.until("token", fact=lambda frame: "after all" in frame["content"])
                assert "done" in said["content"]
        assert await deployment.database.statuses() == ["succeeded"]
        assert len(await deployment.demo.writes()) == 1
