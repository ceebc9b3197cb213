"""A turn runs as the customer who was verified when its message came, whatever becomes of the session meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from app.access.identity_tokens import Identity
from app.actions.ledger import Call
from app.db import identities, turns
from app.errors import ArgumentsInvalid, ConversationUnknown
from app.events.tracker import frame_of
from app.protocol import InterruptRequest, MessageComplete, Resume, Resumed, Token
from app.tools.identity import as_customer
from tests.fakes import PATIENCE_SECONDS, ScriptedGraph, piece, tool_spec
from tests.integration.replica import VISITOR, Replica, says, yes_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.agents.state import RunContext
    from app.db.pool import Pool

WORDS = [(0, "Good "), (5, "day")]
SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "customer_id": {"type": "string"}},
    "required": ["order_id", "customer_id"],
}


async def whoami(_text: str, context: RunContext) -> AsyncIterator[Any]:
    """Say as whom the run acts."""
    yield piece(f"sub={context.claims.get('sub')}", message=f"who-{context.run_id}")


async def identify(replica: Replica, customer: str, visitor: str = VISITOR) -> None:
    identity = Identity(
        customer=customer, claims={"sub": customer}, expires_at=datetime.now(UTC) + timedelta(minutes=5)
    )
    async with replica.pool.acquire() as connection:
        await identities.bind(connection, visitor_id=visitor, identity=identity)


async def sign_out(replica: Replica, visitor: str = VISITOR) -> None:
    async with replica.pool.acquire() as connection:
        await identities.release(connection, visitor_id=visitor)


@pytest.fixture
def asking(pool: Pool, pg_url: str) -> Replica:
    """A replica whose agent says as whom it acts."""
    return Replica(pool, pg_url, graph=ScriptedGraph(whoami))


class TestTurns:
    async def test_run_as_the_customer(self, asking: Replica) -> None:
        """The claims reach the run, and a stranger has none."""
        async with asking.working():
            socket, sink = asking.socket()
            await socket.message(says("Who am I?", "stranger"))
            await sink.next_of(MessageComplete)
            await identify(asking, "c-7")
            await socket.message(says("Who am I?", "known"))
            await sink.next_of(MessageComplete, count=2)
            await asking.at_rest()
        assert "sub=None" in sink.text()
        assert "sub=c-7" in sink.text()
        rows = await asking.pool.fetch("SELECT thread_id, customer FROM conversations ORDER BY thread_id")
        assert [tuple(row) for row in rows] == [("known", "c-7"), ("stranger", None)]

    async def test_that_wait_stay_the_customers(self, asking: Replica) -> None:
        """A message that was taken as one customer's runs as theirs, also after they have signed out."""
        await identify(asking, "c-7")
        socket, _ = asking.socket()
        await socket.message(says("Who am I?"))
        await sign_out(asking)
        async with asking.working():
            async with asking.pool.acquire() as connection:
                [row] = await connection.fetch("SELECT claims FROM turns")
            assert row["claims"] == {"sub": "c-7"}
            await identify(asking, "c-7")
            watching, seen = asking.socket()
            await watching.resume(Resume(thread_id="t1"))
            await seen.next_of(MessageComplete)
            await asking.at_rest()
        assert "sub=c-7" in seen.text()

    async def test_after_an_answer_have_the_claims_of_their_run(self, replica: Replica) -> None:
        """The turn that follows an approval, however late, acts as the customer who asked."""
        await identify(replica, "c-7")
        socket, _ = replica.socket()
        await socket.message(says("Cancel order 1042"))
        run_id = await replica.pool.fetchval("SELECT id FROM turns")
        _, frame = await replica.propose(run_id=run_id)
        await sign_out(replica)
        await replica.consent.answer(yes_to(frame), by="customer")
        rows = await replica.pool.fetch("SELECT kind, claims FROM turns ORDER BY position")
        assert [tuple(row) for row in rows] == [("message", {"sub": "c-7"}), ("answer", {"sub": "c-7"})]
        async with replica.pool.acquire() as connection:
            assert await turns.claims_of_run(connection, run_id=run_id) == {"sub": "c-7"}
            assert await turns.claims_of_run(connection, run_id=uuid4()) == {}


class TestConversations:
    async def test_of_another_customer_cannot_be_used(self, replica: Replica) -> None:
        """On the same browser, another customer reads, writes and answers nothing of the former's."""
        await identify(replica, "c-7")
        socket, _ = replica.socket()
        await socket.message(says("Hello"))
        for other in ("c-8", None):
            await (identify(replica, other) if other else sign_out(replica))
            again, sink = replica.socket()
            with pytest.raises(ConversationUnknown):
                await again.message(says("Hello again"))
            with pytest.raises(ConversationUnknown):
                await again.resume(Resume(thread_id="t1"))
            assert sink.frames == []
        await identify(replica, "c-7")
        again, sink = replica.socket()
        await again.resume(Resume(thread_id="t1"))
        assert sink.of(Resumed)

    async def test_of_a_stranger_become_the_customers(self, replica: Replica) -> None:
        """Who signs in goes on with what they began, and from then on it is theirs."""
        socket, _ = replica.socket()
        await socket.message(says("Hello"))
        await identify(replica, "c-7")
        await socket.message(says("It is me"))
        assert await replica.pool.fetchval("SELECT customer FROM conversations") == "c-7"
        await sign_out(replica)
        with pytest.raises(ConversationUnknown):
            await socket.message(says("Who was that?"))

    async def test_are_let_go_by_open_sockets(self, replica: Replica) -> None:
        """When the customer changes, what happens in the former one's conversations is not sent to open pages."""
        await identify(replica, "c-7")
        socket, sink = replica.socket()
        await socket.message(says("Hello", message_id="a"))
        other, theirs = replica.socket("visitor-2")
        await other.message(says("Hello", "t2", message_id="b"))
        before = len(sink.frames)
        await identify(replica, "c-8")
        replica.service.identity_changed(VISITOR)
        replica.service.identity_changed("nobody")
        for thread_id in ("t1", "t2"):
            await replica.tracker.record(MessageComplete(thread_id=thread_id))
        await replica.rechecked()
        await replica.tracker.record(MessageComplete(thread_id="t1", cancelled=True))
        assert len(sink.frames) == before
        assert theirs.of(MessageComplete)
        socket.close()
        socket.close()

    async def test_go_on_for_the_customer_who_has_just_signed_in(self, replica: Replica) -> None:
        """The change is heard late, in the middle of an answer: nothing of the answer is lost, and its order stays."""
        await identify(replica, "c-7")
        socket, sink = replica.socket()
        await socket.message(says("Hello"))
        before = len(sink.frames)
        said = [Token(thread_id="t1", agent="orders", content=word, message_id="m", offset=at) for at, word in WORDS]
        replica.subscriptions.publish(said[0])
        replica.service.identity_changed(VISITOR)
        replica.subscriptions.publish(said[1])
        assert sink.frames[before:] == said[:1]
        await replica.tracker.record(MessageComplete(thread_id="t1"))
        await replica.rechecked()
        assert [frame.type for frame in sink.frames[before:]] == ["token", "token", "message_complete"]
        assert sink.frames[before : before + 2] == said

    async def test_begun_while_the_change_is_heard(self, replica: Replica) -> None:
        """A message that is being accepted when the change is heard is answered here like any other."""
        socket, sink = replica.socket()
        accepting = asyncio.ensure_future(socket.message(says("Hello")))
        await asyncio.sleep(0)
        assert socket._subscriptions
        replica.service.identity_changed(VISITOR)
        await accepting
        await replica.rechecked()
        await replica.tracker.record(MessageComplete(thread_id="t1"))
        assert sink.of(MessageComplete)

    async def test_are_let_go_on_every_replica(self, replica: Replica, pg_url: str) -> None:
        """The change is told through the database, so that every replica hears of it."""
        heard: asyncio.Queue[str] = asyncio.Queue()
        async with replica.connection.connected(pg_url, {identities.IDENTITY_CHANNEL: heard.put_nowait}):
            await identify(replica, "c-7")
            await sign_out(replica)
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert [await heard.get(), await heard.get()] == [VISITOR, VISITOR]


class TestEdited:
    async def propose(self, replica: Replica) -> InterruptRequest:
        """Propose, as a verified customer, what is bound to them."""
        replica.tool.spec = tool_spec(schema=SCHEMA, bound={"customer_id": "sub"})
        await identify(replica, "c-7")
        socket, _ = replica.socket()
        await socket.message(says("Cancel order 1042"))
        run_id = await replica.pool.fetchval("SELECT id FROM turns")
        call = Call(thread_id="t1", run_id=run_id, call_id="c1", agent="orders", args={"order_id": "1042"})
        _, frame = await replica.ledger.propose(call, as_customer(replica.tool, {"sub": "c-7"}))
        assert frame is not None
        assert frame.request is not None
        assert "customer_id=c-7" in frame.request["url"]
        assert frame.args == {"order_id": "1042"}
        return frame

    async def test_values_stay_the_customers(self, replica: Replica) -> None:
        """An edit is previewed for the customer whose run it is, whoever is signed in by then."""
        frame = await self.propose(replica)
        await identify(replica, "c-8")
        await replica.consent.answer(yes_to(frame, args={"order_id": "2"}), by="customer")
        shown = frame_of((await replica.log(visible_only=True))[-1])
        assert isinstance(shown, InterruptRequest)
        assert shown.request is not None
        assert "customer_id=c-7" in shown.request["url"]
        await replica.consent.answer(yes_to(shown), by="customer")
        action_id = await replica.pool.fetchval("SELECT id FROM actions")
        assert (await replica.ledger.execute(action_id, as_customer(replica.tool, {"sub": "c-7"}))).ok
        assert replica.tool.runs[0][0] == {"order_id": "2", "customer_id": "c-7"}

    async def test_values_cannot_name_another_customer(self, replica: Replica) -> None:
        """Who the customer is cannot be edited."""
        frame = await self.propose(replica)
        with pytest.raises(ArgumentsInvalid, match="customer_id"):
            await replica.consent.answer(yes_to(frame, args={"order_id": "2", "customer_id": "c-8"}), by="customer")

    async def test_consent_is_not_another_customers(self, replica: Replica) -> None:
        """An action that one customer consented to is never sent as another."""
        frame = await self.propose(replica)
        await replica.consent.answer(yes_to(frame), by="customer")
        action_id = await replica.pool.fetchval("SELECT id FROM actions")
        outcome = await replica.ledger.execute(action_id, as_customer(replica.tool, {"sub": "c-8"}))
        assert not outcome.ok
        assert replica.tool.runs == []
