"""Erasure of people: nothing they said is left in any table, and the figures are what they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.analytics.rollup_worker import RollupWorker
from app.db import deliveries
from app.db.listener import ReplicaConnection
from app.errors import ConversationBusy, ConversationUnknown
from app.events.frame_row import REDACTED
from app.events.subscriptions import Subscriptions
from app.events.tracker import ConversationTracker
from app.language.confirmation import confirms
from app.replay import search_document
from app.replay.erasure import Erasure
from app.replay.retention import Retention
from tests.integration.replay.personal_conversation import WORD, mentions, store_run, talk

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

FIGURES = """
    SELECT status, outcome, turns, messages, agents, tools, models, approvals, errors, actions, tokens_in, tokens_out,
           cost_usd, rating, staff, started_at, ended_at FROM conversation_facts ORDER BY started_at
"""


@pytest.fixture
def worker(pool: Pool) -> RollupWorker:
    return RollupWorker(pool=pool, session_ttl_seconds=1_800, folds=(search_document.fold,))


@pytest.fixture
def tracker(pool: Pool) -> ConversationTracker:
    return ConversationTracker(pool=pool, subscriptions=Subscriptions(), replica=ReplicaConnection(), webhook=True)


@pytest.fixture
def erasure(tracker: ConversationTracker) -> Erasure:
    return Erasure(tracker=tracker, confirms=confirms)


class TestRedacting:
    async def test_no_table_holds_the_customers_words(
        self, pool: Pool, tracker: ConversationTracker, worker: RollupWorker, erasure: Erasure
    ) -> None:
        """After it, the customer's words and who they were stand nowhere; another customer's still do."""
        await talk(pool, tracker)
        await worker.catch_up()
        assert set(await mentions(pool, WORD)) >= {
            "events.frame",
            "turns.content",
            "turns.message_id",
            "actions.args",
            "actions.outcome",
            "actions.note",
            "interrupts.frame",
            "interrupts.comment",
            "deliveries.payload",
            "conversations.claims",
            "identities.claims",
            "conversation_text.doc",
            "conversation_text.title",
            "checkpoints.checkpoint",
            "checkpoint_blobs.channel",
            "checkpoint_writes.channel",
        }
        done = await erasure.redact_person(customer="customer-v1", by="ada", reason="asked by letter 17")
        await worker.catch_up()
        assert (done.conversations, done.busy) == (1, [])
        assert done.events > 10
        assert await mentions(pool, WORD, "customer-v1") == []
        assert await pool.fetchval("SELECT count(*) FROM conversations WHERE visitor_id = 'v1'") == 0

    async def test_the_figures_stay_and_can_be_made_anew(
        self, pool: Pool, tracker: ConversationTracker, worker: RollupWorker, erasure: Erasure
    ) -> None:
        """What the conversation came to is the same, also when it is counted again from the redacted log."""
        await talk(pool, tracker)
        await worker.catch_up()
        before = await pool.fetch(FIGURES)
        sums = await pool.fetch("SELECT * FROM figures ORDER BY level, dimension, at, name")
        await erasure.redact("t1", by="ada", reason="")
        await worker.catch_up()
        assert await pool.fetch(FIGURES) == before
        await worker.rebuild()
        assert await pool.fetch(FIGURES) == before
        assert await pool.fetch("SELECT * FROM figures ORDER BY level, dimension, at, name") == sums
        assert await mentions(pool, WORD) == ["identities.claims"]

    async def test_it_is_said_that_it_was_done(
        self, pool: Pool, tracker: ConversationTracker, erasure: Erasure
    ) -> None:
        """The log ends with who did it, when, and why."""
        await talk(pool, tracker)
        done = await erasure.redact("t1", by="ada", reason="asked by letter 17")
        last = await pool.fetchrow("SELECT type, visible, frame FROM events ORDER BY seq DESC LIMIT 1")
        assert last is not None
        assert (last["type"], last["visible"]) == ("redacted", False)
        assert (last["frame"]["by"], last["frame"]["reason"]) == ("ada", "asked by letter 17")
        assert last["frame"]["events"] == done.events
        assert await pool.fetchval("SELECT redacted_at FROM conversations") == done.redacted_at
        assert await pool.fetchval("SELECT frame->>'content' FROM events WHERE seq = 1") == REDACTED

    async def test_again_it_changes_nothing(self, pool: Pool, tracker: ConversationTracker, erasure: Erasure) -> None:
        """A second time there is nothing left to take out, and nothing more is recorded."""
        await talk(pool, tracker)
        first = await erasure.redact("t1", by="ada", reason="")
        log = await pool.fetch("SELECT * FROM events")
        again = await erasure.redact("t1", by="bob", reason="")
        assert (again.events, again.redacted_at) == (0, first.redacted_at)
        assert await pool.fetch("SELECT * FROM events") == log
        assert (await erasure.redact_person(visitor_id="v1", by="ada", reason="")).conversations == 0

    async def test_only_theirs(self, pool: Pool, tracker: ConversationTracker, erasure: Erasure) -> None:
        """A visitor's conversations, all of them, and nobody else's."""
        for thread_id, visitor in (("a", "v1"), ("b", "v1"), ("c", "v2")):
            await talk(pool, tracker, thread_id, visitor)
        assert (await erasure.redact_person(visitor_id="v1", by="ada", reason="")).conversations == 2
        left = await pool.fetch("SELECT DISTINCT thread_id FROM events WHERE frame::text LIKE $1", f"%{WORD}%")
        assert [row["thread_id"] for row in left] == ["c"]
        assert await pool.fetchval("SELECT count(*) FROM checkpoints") == 1

    @pytest.mark.parametrize(
        "busy",
        [
            "UPDATE turns SET status = 'running'",
            "UPDATE turns SET status = 'queued'",
            "UPDATE actions SET status = 'pending'",
            "UPDATE actions SET status = 'executing'",
        ],
    )
    async def test_what_is_going_on_is_waited_for(
        self, pool: Pool, tracker: ConversationTracker, erasure: Erasure, busy: str
    ) -> None:
        """A conversation that is being worked on is refused, whole, and named."""
        await talk(pool, tracker)
        await pool.execute(busy)
        before = await pool.fetch("SELECT * FROM events")
        with pytest.raises(ConversationBusy):
            await erasure.redact("t1", by="ada", reason="")
        with pytest.raises(ConversationBusy):
            await erasure.delete("t1", by="ada")
        done = await erasure.redact_person(visitor_id="v1", by="ada", reason="")
        assert (done.conversations, done.busy) == (0, ["t1"])
        assert await pool.fetch("SELECT * FROM events") == before

    async def test_what_is_not_there(self, erasure: Erasure) -> None:
        """Nobody's conversation is unknown."""
        with pytest.raises(ConversationUnknown):
            await erasure.redact("t9", by="ada", reason="")
        with pytest.raises(ConversationUnknown):
            await erasure.delete("t9", by="ada")


class TestDeleting:
    async def test_everything_goes_and_the_figures_keep_what_it_came_to(
        self, pool: Pool, tracker: ConversationTracker, worker: RollupWorker, erasure: Erasure
    ) -> None:
        """No table names the conversation any more; the sums are what they were, also when made anew."""
        await talk(pool, tracker, "to-be-deleted")
        await pool.execute("DELETE FROM identities")
        await worker.catch_up()
        sums = await pool.fetch("SELECT * FROM figures ORDER BY level, dimension, at, name")
        await erasure.delete("to-be-deleted", by="ada")
        assert await mentions(pool, WORD, "to-be-deleted", "v1") == []
        await worker.rebuild()
        assert await pool.fetch("SELECT * FROM figures ORDER BY level, dimension, at, name") == sums


class TestRetention:
    def retention(self, pool: Pool, *, in_days: float) -> Retention:
        return Retention(pool=pool, days=400, now=lambda: datetime.now(UTC) + timedelta(days=in_days))

    async def test_what_is_old_goes(self, pool: Pool, tracker: ConversationTracker, worker: RollupWorker) -> None:
        """After the days, and not before, a conversation is deleted with everything in it."""
        await talk(pool, tracker)
        await worker.catch_up()
        assert await self.retention(pool, in_days=399).enforce() == (0, 1)
        assert await self.retention(pool, in_days=401).enforce() == (1, 0)
        assert await mentions(pool, WORD) == ["identities.claims"]
        assert await pool.fetchval("SELECT deleted_at IS NOT NULL FROM conversation_facts")

    async def test_more_than_a_batch(self, pool: Pool) -> None:
        """However many are due, all of them go."""
        await pool.execute(
            "INSERT INTO conversations (thread_id, visitor_id) SELECT 'c' || n, 'v' FROM generate_series(1, 250) n"
        )
        assert await self.retention(pool, in_days=401).enforce() == (250, 0)

    async def test_what_is_going_on_stays(self, pool: Pool, tracker: ConversationTracker) -> None:
        """A turn that still waits is not pulled away from under its worker."""
        await talk(pool, tracker)
        await pool.execute("UPDATE turns SET status = 'queued'")
        assert await self.retention(pool, in_days=401).enforce() == (0, 0)

    @pytest.mark.parametrize(("status", "days", "kept"), [("done", 8, 0), ("failed", 8, 0), ("failed", 6, 1)])
    async def test_runs_that_nobody_goes_on_with(
        self, pool: Pool, tracker: ConversationTracker, status: str, days: int, kept: int
    ) -> None:
        """A week after its last turn what is kept of a run goes, also where that failed."""
        await talk(pool, tracker)
        await pool.execute("UPDATE turns SET status = $1", status)
        await self.retention(pool, in_days=days).enforce()
        assert await pool.fetchval("SELECT count(*) FROM checkpoints") == kept

    async def test_a_run_that_waits_for_consent_stays(self, pool: Pool, tracker: ConversationTracker) -> None:
        """What an approval will go on with is kept as long as it waits."""
        await talk(pool, tracker)
        await pool.execute("UPDATE actions SET status = 'pending', run_id = (SELECT run_id FROM turns)")
        await self.retention(pool, in_days=30).enforce()
        assert await pool.fetchval("SELECT count(*) FROM checkpoints") == 1

    async def test_what_belongs_to_no_turn_goes(self, pool: Pool) -> None:
        """A run whose conversation is gone is nobody's; what is not ours is left alone."""
        for run in (str(uuid4()), "somebody-elses"):
            await store_run(pool, run)
        assert await self.retention(pool, in_days=0).enforce() == (0, 1)
        assert await pool.fetchval("SELECT thread_id FROM checkpoints") == "somebody-elses"


async def test_a_delivery_that_waits_is_sent_without_words(
    pool: Pool, tracker: ConversationTracker, erasure: Erasure
) -> None:
    """What has not reached its receiver yet reaches it redacted."""
    await talk(pool, tracker)
    await erasure.redact("t1", by="ada", reason="")
    async with pool.acquire() as connection:
        waiting = await deliveries.of_threads(connection, thread_ids=["t1"])
    payload: dict[str, Any] = waiting[0].payload
    assert (payload["reason"], payload["thread_id"]) == (REDACTED, "t1")
