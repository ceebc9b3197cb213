"""Turn claims: one at a time per conversation, in order, and never two workers the same."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from app.db import conversations, events, turns
from app.db.turns import Turn, TurnLease

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.db.pool import Connection, Pool

DEAD, CUT_OFF, NEW = 11, 22, 33


@pytest.fixture
async def db(pool: Pool) -> AsyncIterator[Connection]:
    """A connection to empty tables."""
    async with pool.acquire() as connection:
        yield connection


@pytest.fixture
async def alive(pg_url: str) -> AsyncIterator[int]:
    """A worker that lives, as its lock shows."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(pg_url)
    assert await turns.hold_worker_lock(connection, worker=CUT_OFF)
    yield CUT_OFF
    await connection.close()


async def add(db: Connection, content: str = "Hello", *, thread_id: str = "t1", message_id: str | None = None) -> Turn:
    await conversations.start(db, thread_id=thread_id, visitor_id="v")
    return await turns.add_message(db, thread_id=thread_id, content=content, message_id=message_id)


async def claim(db: Connection, worker: int = NEW, *, lease: float = 60) -> Turn | None:
    return await turns.claim(db, worker=worker, lease_seconds=lease)


def lease_of(turn: Turn, worker: int) -> TurnLease:
    """The lease of a turn's first claim."""
    return TurnLease(turn_id=turn.id, worker=worker, attempt=1)


async def claim_on(pool: Pool, worker: int) -> Turn | None:
    async with pool.acquire() as connection:
        return await claim(connection, worker)


class TestClaim:
    async def test_nothing(self, db: Connection) -> None:
        """Where nothing waits there is nothing to take."""
        assert await claim(db) is None

    async def test_takes_the_oldest(self, db: Connection, alive: int) -> None:
        """Whoever waits longest is first, whichever conversation."""
        first, second = await add(db, thread_id="t2"), await add(db, thread_id="t1")
        taken = [await claim(db, alive), await claim(db, alive)]
        assert [turn.id for turn in taken if turn] == [first.id, second.id]
        assert taken[0] is not None
        assert (taken[0].status, taken[0].attempt) == ("running", 1)

    @pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
    async def test_one_at_a_time_a_conversation(self, db: Connection, alive: int, end: turns.Status) -> None:
        """The next turn begins when the one before it has ended, however it ended."""
        first, second = await add(db, "1"), await add(db, "2")
        assert await claim(db, alive)
        assert await claim(db, alive) is None
        assert await turns.finish(db, lease=lease_of(first, alive), status=end)
        following = await claim(db, alive)
        assert following is not None
        assert following.id == second.id

    async def test_twenty_that_claim_at_once_take_different_turns(self, db: Connection, pool: Pool, alive: int) -> None:
        """However many claim at once, no turn is taken twice and none is left."""
        for number in range(20):
            await add(db, thread_id=f"t{number}")
        taken = await asyncio.gather(*(claim_on(pool, alive) for _ in range(20)))
        while late := await claim(db, alive):
            taken.append(late)
        ids = [turn.id for turn in taken if turn]
        assert len(ids) == len(set(ids)) == 20

    async def test_twenty_that_claim_one_conversation_get_its_first_turn_once(
        self, db: Connection, pool: Pool, alive: int
    ) -> None:
        """Of many that want the same conversation one gets its first turn."""
        first = await add(db, "1")
        await add(db, "2")
        taken = await asyncio.gather(*(claim_on(pool, alive) for _ in range(20)))
        assert [turn.id for turn in taken if turn] == [first.id]

    async def test_a_turn_tried_again_holds_no_other_conversation_back(self, db: Connection, alive: int) -> None:
        """While a later turn runs, an earlier one that is tried again waits, and others go on."""
        first, _ = await add(db, "1"), await add(db, "2")
        await claim(db, alive)
        await turns.finish(db, lease=lease_of(first, alive), status="failed")
        assert await claim(db, alive)
        assert await turns.requeue(db, turn_id=first.id)
        other = await add(db, thread_id="t2")
        taken = await claim(db, alive)
        assert taken is not None
        assert taken.id == other.id
        assert await claim(db, alive) is None

    async def test_a_dead_workers_turn_is_taken_before_one_tried_again(self, db: Connection) -> None:
        """A crash while an earlier turn waits to be tried again does not block the conversation for ever."""
        first, second = await add(db, "1"), await add(db, "2")
        await claim(db, DEAD)
        await turns.finish(db, lease=lease_of(first, DEAD), status="failed")
        await claim(db, DEAD)
        await turns.requeue(db, turn_id=first.id)
        taken = await claim(db)
        assert taken is not None
        assert (taken.id, taken.attempt) == (second.id, 2)


class TestTakeOver:
    async def test_of_a_dead_worker_is_at_once(self, db: Connection) -> None:
        """Where no lock shows that the owner lives, its lease does not matter."""
        await add(db)
        await claim(db, DEAD, lease=3_600)
        taken = await claim(db)
        assert taken is not None
        assert taken.attempt == 2

    async def test_of_a_living_worker_never(self, db: Connection, alive: int) -> None:
        """A worker that lives and renews its lease keeps its turn."""
        await add(db)
        await claim(db, alive)
        assert await claim(db) is None

    async def test_of_a_worker_that_is_cut_off_after_its_lease(self, db: Connection, alive: int) -> None:
        """A worker that does not renew loses its turn, though its lock is still there."""
        turn = await add(db)
        await claim(db, alive, lease=-1)
        taken = await claim(db)
        assert taken is not None
        assert not await turns.finish(db, lease=lease_of(turn, alive), status="done")
        assert await turns.renew(db, worker=alive, turn_ids=[turn.id], lease_seconds=60) == set()

    async def test_an_earlier_lease_of_the_same_worker_holds_no_more(self, db: Connection, alive: int) -> None:
        """Whoever was frozen and claims its own turn anew cannot end it, or append to it, under the old lease."""
        turn = await add(db)
        await claim(db, alive, lease=-1)
        await claim(db, alive)
        assert not await turns.is_held(db, lease_of(turn, alive))
        assert not await turns.finish(db, lease=lease_of(turn, alive), status="done")
        event = events.NewEvent(type="token", visible=True, frame={})
        assert await events.append(db, thread_id="t1", event=event, lease=lease_of(turn, alive)) is None

    async def test_of_one_that_gave_it_back_is_at_once(self, db: Connection, alive: int) -> None:
        """A worker that stops hands over what it has not ended."""
        await add(db)
        await claim(db, alive)
        await turns.release(db, worker=alive)
        assert await claim(db) is not None

    async def test_renewing_keeps_only_what_really_runs(self, db: Connection, alive: int) -> None:
        """A turn that its worker has lost from sight runs again when its lease is over."""
        await add(db)
        await claim(db, alive, lease=-1)
        assert await turns.renew(db, worker=alive, turn_ids=[], lease_seconds=60) == set()
        assert await claim(db) is not None


class TestAgain:
    @pytest.mark.parametrize("status", ["queued", "running", "done", "cancelled"])
    async def test_only_what_failed(self, db: Connection, status: str) -> None:
        """A turn that has not failed is not run again."""
        turn = await add(db)
        await db.execute("UPDATE turns SET status = $1", status)
        assert not await turns.requeue(db, turn_id=turn.id)

    async def test_what_failed(self, db: Connection) -> None:
        """A failed turn waits again, as if nothing had been."""
        turn = await add(db, message_id="a")
        await db.execute("UPDATE turns SET status = 'failed', error_code = 'x'")
        assert await turns.requeue(db, turn_id=turn.id)
        found = await turns.of_message(db, thread_id="t1", message_id="a")
        assert found is not None
        assert found.status == "queued"


class TestCancel:
    async def test_takes_back_waiting_messages_only(self, db: Connection) -> None:
        """What runs is stopped elsewhere, and an answer that was given stays."""
        first, second = await add(db, "1"), await add(db, "2")
        await claim(db, DEAD)
        await turns.add_answer(db, thread_id="t1", run_id=first.id, approval_id=first.id, kind="answer")
        assert [turn.id for turn in await turns.cancel_waiting(db, thread_id="t1")] == [second.id]
        assert await turns.waiting(db, thread_id="t1") == 2


class TestHistory:
    async def test_is_in_the_order_in_which_turns_ran(self, db: Connection) -> None:
        """A message that waited in the queue stands behind the answer before it, and a turn sees none of its own."""
        first, second = await add(db, "1"), await add(db, "2")
        for turn, content in ((first, "1"), (second, "2"), (first, "answer to 1"), (second, "answer to 2")):
            event = events.NewEvent(type="message", visible=True, frame={"content": content}, turn_id=turn.id)
            await events.append(db, thread_id="t1", event=event)
        third = await add(db, "3")

        async def before(turn: Turn, limit: int = 10) -> list[str]:
            frames = await events.before_turn(db, thread_id="t1", turn_id=turn.id, types=["message"], limit=limit)
            return [frame["content"] for frame in frames]

        assert await before(third) == ["1", "answer to 1", "2", "answer to 2"]
        assert await before(second) == ["1", "answer to 1"]
        assert await before(first) == []
        assert await before(third, limit=3) == ["answer to 1", "2", "answer to 2"]

    async def test_pages_end_where_the_log_ends(self, db: Connection) -> None:
        """Pages follow each other without a gap or a repetition."""
        await add(db)
        for number in range(7):
            event = events.NewEvent(type="message", visible=number % 2 == 0, frame={"n": number})
            await events.append(db, thread_id="t1", event=event)
        seen: list[int] = []
        while page := await events.page(db, thread_id="t1", after=seen[-1] if seen else 0, limit=2):
            seen += [event.seq for event in page]
        assert seen == [1, 3, 5, 7]
        everything = await events.page(db, thread_id="t1", after=0, limit=10, visible_only=False)
        assert [event.seq for event in everything] == list(range(1, 8))
