"""The log of a conversation: numbered, stored before it is seen, and never told twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.db import conversations
from app.events.subscriptions import Subscription
from app.events.tracker import ESCALATED_DELIVERY, ConversationTracker, frame_of
from app.protocol import (
    CustomerMessage,
    ErrorFrame,
    Escalated,
    InterruptExpiredNotice,
    InterruptRequest,
    InterruptResolved,
    MessageComplete,
    ServerFrame,
    Token,
    ToolCall,
    ToolResult,
)
from app.records import ActionChanged, ModelCalled
from tests.fakes import FakeSink

if TYPE_CHECKING:
    from app.db.pool import Pool
    from tests.integration.replica import Replica


def said(content: str, thread_id: str = "t1") -> CustomerMessage:
    return CustomerMessage(thread_id=thread_id, content=content)


def called(**changes: Any) -> ModelCalled:
    fields: dict[str, Any] = {
        "thread_id": "t1",
        "agent": "orders",
        "model": "m",
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "cost_usd": 0.00012345,
        "estimated": False,
        "time_to_first_token_ms": 12,
        "duration_ms": 34,
    }
    return ModelCalled(**{**fields, **changes})


class Stop(Exception):
    """Something broke inside the transaction."""


async def broken_off(replica: Replica) -> None:
    """Store an event in a transaction that fails."""
    async with replica.tracker.recording() as recording:
        await recording.append(said("lost"))
        raise Stop


@pytest.fixture
async def sink(replica: Replica) -> FakeSink:
    """A follower of the conversation `t1`, from its beginning."""
    await replica.conversation()
    sink = FakeSink()
    replica.subscriptions.subscribe(Subscription(thread_id="t1", sink=sink, follower=True))
    return sink


class TestNumbers:
    async def test_rise_without_a_gap(self, replica: Replica) -> None:
        """Fifty events at once are numbered 1 to 50, in the order of their times."""
        await replica.conversation()
        await asyncio.gather(*(replica.tracker.record(said(str(number))) for number in range(50)))
        log = await replica.log()
        assert [event.seq for event in log] == list(range(1, 51))
        assert all(earlier.at <= later.at for earlier, later in pairwise(log))

    async def test_are_told_in_order(self, replica: Replica, sink: FakeSink) -> None:
        """Whoever watches sees each number once, rising."""
        await asyncio.gather(*(replica.tracker.record(said(str(number))) for number in range(50)))
        assert [frame.seq for frame in sink.frames] == list(range(1, 51))

    async def test_are_each_conversations_own(self, replica: Replica) -> None:
        """One conversation's events say nothing about another's numbers."""
        await replica.conversation("t1")
        await replica.conversation("t2")
        for thread_id in ("t1", "t2", "t1"):
            await replica.tracker.record(said("x", thread_id))
        assert [event.seq for event in await replica.log("t1")] == [1, 2]
        assert [event.seq for event in await replica.log("t2")] == [1]

    async def test_are_in_the_frame(self, replica: Replica, sink: FakeSink) -> None:
        """What travels carries number and time, and is what is stored."""
        before = datetime.now(UTC)
        event = await replica.tracker.record(said("Hello"))
        assert event is not None
        [frame] = sink.frames
        assert frame == frame_of(event) == frame_of((await replica.log())[0])
        assert frame.seq == 1
        assert frame.at is not None
        assert abs((frame.at - before).total_seconds()) < 60

    async def test_taken_back_with_their_transaction(self, replica: Replica) -> None:
        """A number of an event that was never stored is given to the next one."""
        await replica.conversation()
        with pytest.raises(Stop):
            await broken_off(replica)
        await replica.tracker.record(said("kept"))
        assert [(event.seq, event.frame["content"]) for event in await replica.log()] == [(1, "kept")]


class TestSeen:
    async def test_only_after_it_is_stored(self, replica: Replica, sink: FakeSink) -> None:
        """Inside the transaction nobody sees anything; after it everything, in order."""
        async with replica.tracker.recording() as recording:
            await recording.append(said("one"))
            await recording.append(said("two"))
            assert sink.frames == []
        assert [frame.content for frame in sink.of(CustomerMessage)] == ["one", "two"]

    async def test_never_where_the_transaction_failed(self, replica: Replica, sink: FakeSink) -> None:
        """What was rolled back was never said."""
        with pytest.raises(Stop):
            await broken_off(replica)
        assert sink.frames == []
        assert await replica.log() == []

    async def test_not_what_is_for_staff(self, replica: Replica, sink: FakeSink) -> None:
        """Records are numbered and stored, and stay in the log."""
        await replica.tracker.record(called())
        await replica.tracker.record(
            ActionChanged(thread_id="t1", action_id="a", tool="cancel", status="proposed", args={})
        )
        assert sink.frames == []
        assert await replica.types() == []
        assert await replica.types(visible_only=False) == ["model_called", "action_changed"]


RUN = str(uuid4())
ONCE: list[ServerFrame] = [
    ToolCall(thread_id="t1", agent="orders", tool="cancel", args={}, call_id="c1"),
    ToolResult(thread_id="t1", tool="cancel", call_id="c1", ok=True, summary="Done.", duration_ms=1),
    InterruptRequest(thread_id="t1", interrupt_id="i1", action="cancel", args={}, expires_at=datetime.now(UTC)),
    InterruptExpiredNotice(thread_id="t1", interrupt_id="i1", message="Expired."),
    Token(thread_id="t1", agent="orders", content="Hello", message_id="m1"),
    Escalated(thread_id="t1", reason="Asked.", message="A person will come."),
    MessageComplete(thread_id="t1"),
]


class TestOnce:
    @pytest.mark.parametrize("frame", ONCE, ids=lambda frame: frame.type)
    async def test_what_a_turn_tells_again_after_a_crash(self, replica: Replica, sink: FakeSink, frame: Any) -> None:
        """A turn that runs again tells nothing twice: neither stored nor seen, and no number is used up."""
        turn_id = uuid4()
        assert await replica.tracker.record(frame, turn_id=turn_id, scope=RUN) is not None
        assert await replica.tracker.record(frame, turn_id=turn_id, scope=RUN) is None
        assert len(sink.frames) == 1
        later = await replica.tracker.record(said("next"))
        assert later is not None
        assert later.seq == 2

    @pytest.mark.parametrize("frame", ONCE, ids=lambda frame: frame.type)
    async def test_at_the_same_time(self, replica: Replica, sink: FakeSink, frame: Any) -> None:
        """Two workers that believe they run the same turn tell it once."""
        turn_id = uuid4()
        stored = await asyncio.gather(*(replica.tracker.record(frame, turn_id=turn_id, scope=RUN) for _ in range(5)))
        assert len([event for event in stored if event is not None]) == 1
        assert len(sink.frames) == 1

    async def test_a_models_call_ids_may_repeat_in_another_run(self, replica: Replica, sink: FakeSink) -> None:
        """Call ids are unique in their run only."""
        for scope in ("run-1", "run-2"):
            assert await replica.tracker.record(ONCE[0], scope=scope) is not None

    async def test_errors_may_repeat(self, replica: Replica, sink: FakeSink) -> None:
        """A turn that fails again says so again."""
        error = ErrorFrame(thread_id="t1", code="model_error", message="Try again.", retryable=True)
        for _ in range(2):
            assert await replica.tracker.record(error, turn_id=uuid4()) is not None


class TestConversation:
    async def test_is_escalated_once(self, replica: Replica, pool: Pool) -> None:
        """Handing over marks the conversation; the first time stands."""
        await replica.conversation()
        await replica.tracker.record(ONCE[5], scope="run-1")
        first = await pool.fetchval("SELECT escalated_at FROM conversations")
        await replica.tracker.record(ONCE[5], scope="run-2")
        assert first is not None
        assert await pool.fetchval("SELECT escalated_at FROM conversations") == first

    async def test_escalation_is_put_into_the_outbox(self, replica: Replica, pool: Pool) -> None:
        """With a webhook, the delivery is written with the event that causes it, and the outbox is woken."""
        await replica.conversation()
        woken: list[bool] = []
        tracker = ConversationTracker(
            pool=pool,
            subscriptions=replica.subscriptions,
            replica=replica.connection,
            webhook=True,
            delivery_waiting=lambda: woken.append(True),
        )
        await tracker.record(ONCE[5], scope=RUN)
        await tracker.record(ONCE[5], scope=RUN)
        [row] = await pool.fetch("SELECT kind, payload FROM deliveries")
        assert row["kind"] == ESCALATED_DELIVERY
        assert row["payload"]["thread_id"] == "t1"
        assert row["payload"]["reason"] == "Asked."
        assert woken == [True]

    async def test_without_a_webhook_nothing_waits(self, replica: Replica, pool: Pool) -> None:
        """Where nobody receives, nothing is queued."""
        await replica.conversation()
        await replica.tracker.record(ONCE[5], scope=RUN)
        assert await pool.fetchval("SELECT count(*) FROM deliveries") == 0

    async def test_ends_where_a_turn_ends_it(self, replica: Replica, pool: Pool) -> None:
        """Only a turn that says so ends the conversation."""
        await replica.conversation()
        await replica.tracker.record(MessageComplete(thread_id="t1"), turn_id=uuid4())
        assert await pool.fetchval("SELECT status FROM conversations") == "open"
        await replica.tracker.record(MessageComplete(thread_id="t1", ended=True), turn_id=uuid4())
        assert await pool.fetchval("SELECT status FROM conversations") == "ended"

    @pytest.mark.parametrize(
        ("frame", "active"),
        [
            (said("Hello"), True),
            (InterruptResolved(thread_id="t1", interrupt_id="i", decision="approved", by="customer"), True),
            (Token(thread_id="t1", agent="orders", content="Hello", message_id="m"), False),
            (called(), False),
        ],
        ids=lambda value: getattr(value, "type", ""),
    )
    async def test_is_active_while_the_customer_is(
        self, replica: Replica, pool: Pool, frame: Any, active: bool
    ) -> None:
        """What the customer does counts as activity, what we do does not."""
        await replica.conversation()
        await pool.execute("UPDATE conversations SET last_activity_at = now() - interval '1 hour'")
        await replica.tracker.record(frame)
        async with pool.acquire() as connection:
            conversation = await conversations.get(connection, thread_id="t1")
        assert conversation is not None
        assert ((datetime.now(UTC) - conversation.last_activity_at).total_seconds() < 60) is active


class TestColumns:
    async def test_only_model_calls_carry_tokens(self, replica: Replica, pool: Pool) -> None:
        """Tokens summed over the log are counted once."""
        await replica.conversation()
        await replica.tracker.record(called())
        await replica.tracker.record(MessageComplete(thread_id="t1"), turn_id=uuid4())
        row = await pool.fetchrow(
            "SELECT sum(prompt_tokens) AS p, sum(completion_tokens) AS c, sum(cost_usd)::float8 AS cost FROM events"
        )
        assert row is not None
        assert (row["p"], row["c"], row["cost"]) == (10, 5, 0.00012345)

    async def test_an_unknown_price_is_null(self, replica: Replica, pool: Pool) -> None:
        """What is not known is not nothing."""
        await replica.conversation()
        await replica.tracker.record(called(cost_usd=None))
        assert await pool.fetchval("SELECT cost_usd FROM events") is None

    async def test_agent_and_time_are_lifted(self, replica: Replica, pool: Pool) -> None:
        """What is searched by stands in a column."""
        await replica.conversation()
        await replica.tracker.record(called())
        row = await pool.fetchrow("SELECT agent, duration_ms, type FROM events")
        assert row is not None
        assert tuple(row) == ("orders", 34, "model_called")

    async def test_any_text_can_be_stored(self, replica: Replica) -> None:
        """NUL or half a character in a model's answer does not break the turn."""
        await replica.conversation()
        token = Token.model_construct(
            type="token", thread_id="t1", agent="a", content="x\x00y\\u0000\ud83d", message_id="m", offset=0
        )
        await replica.tracker.record(token)
        assert (await replica.log())[0].frame["content"] == "x\ufffdy\\u0000\ufffd"
