"""Receipts and corrections of turns: stored before they are shown, right after late answers, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.agents.claim_check import Brief, Evidence
from app.protocol import InterruptRequest, Receipt, Resume, Resumed, Token, ToolCall, ToolResult
from app.tools.base import OutcomeStatus
from app.turns.reply_check import ReplyCheck
from tests.fakes import FakeSink, piece, succeeded
from tests.integration.replica import Replica, no_to, says, yes_to
from tests.integration.turns.graph_scripts import ActionScript, ended

if TYPE_CHECKING:
    from app.agents.state import RunContext

OFFERS = Brief(writes=("Cancel an order",))


class Judge:
    """A check that finds what it is told to find."""

    def __init__(self, *false: str) -> None:
        self.false = list(false)
        self.asked: list[tuple[str, Evidence]] = []

    async def false_claims(self, reply: str, evidence: Evidence, **_: Any) -> list[str]:
        self.asked.append((reply, evidence))
        return self.false


def judged(replica: Replica, *false: str) -> Judge:
    """Let the replica's turns be judged."""
    judge, executor = Judge(*false), replica.executor
    executor._reply_check = ReplyCheck(judge, pool=replica.pool, tracker=replica.tracker, metrics=executor._metrics)  # type: ignore[arg-type]
    return judge


async def liar(text: str, context: RunContext) -> AsyncIterator[Any]:
    """Claim a cancellation without having called anything."""
    del text
    yield piece("Ich habe Ihre Bestellung storniert.", message=f"m-{context.run_id}")


def receipts(sink: FakeSink) -> list[tuple[str, list[str]]]:
    """What each receipt came to, and the states of its lines."""
    return [(one.changed, [line.state for line in one.lines]) for one in sink.of(Receipt)]


async def answered(replica: Replica, answer: Any) -> FakeSink:
    """Ask for a cancellation, answer its approval, and wait for the end."""
    replica.graph.script = ActionScript(replica)
    turns_of, sink = replica.socket()
    async with replica.working():
        await turns_of.message(says("Cancel it", message_id="a"))
        asked = await sink.next_of(InterruptRequest)
        await replica.at_rest()
        await turns_of.answer(answer(asked))
        await sink.until(ended())
        await replica.at_rest()
    return sink


class TestReceipt:
    async def test_says_what_waits_and_then_what_was_done(self, replica: Replica) -> None:
        """One at the end of each turn of the run, under the same run."""
        sink = await answered(replica, yes_to)
        assert receipts(sink) == [("not_yet", ["waiting"]), ("yes", ["succeeded"])]
        assert len({one.run_id for one in sink.of(Receipt)}) == 1

    async def test_corrects_itself_when_an_unknown_outcome_is_settled(self, replica: Replica) -> None:
        """The last receipt is what a person has found out."""
        replica.tool.outcomes = [replace(succeeded(), status=OutcomeStatus.UNKNOWN)]
        sink = await answered(replica, yes_to)
        assert receipts(sink)[-1] == ("unknown", ["unknown"])
        action_id = await replica.pool.fetchval("SELECT id FROM actions")
        await replica.ledger.settle_by_person(action_id, succeeded=True, note="")
        assert receipts(sink)[-1] == ("yes", ["succeeded"])

    async def test_stands_beside_words_that_nothing_shows(self, replica: Replica) -> None:
        """An agent that could have changed something and called nothing: nothing was changed."""
        replica.graph.script, replica.graph.brief = liar, OFFERS
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Bitte stornieren Sie meine Bestellung"))
            await sink.until(ended())
        assert receipts(sink) == [("no", [])]
        assert sink.of(Receipt)[0].language == "de"
        assert (await replica.types())[-2:] == ["receipt", "message_complete"]

    async def test_is_not_written_for_an_agent_that_only_reads(self, replica: Replica) -> None:
        """It cannot have changed anything, whatever it says."""
        replica.graph.script = liar
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Hallo"))
            await sink.until(ended())
        assert sink.of(Receipt) == []

    async def test_names_a_call_that_was_refused(self, replica: Replica) -> None:
        """A write whose arguments did not fit never became an action, and was asked for all the same."""

        async def refused(text: str, context: RunContext) -> AsyncIterator[Any]:
            about: dict[str, Any] = {"thread_id": context.thread_id, "tool": "cancel_order", "call_id": "c1"}
            yield ToolCall(**about, agent="orders", args={"order": "1042"}, title="Cancel an order")
            yield ToolResult(**about, ok=False, summary="order_id is missing.", duration_ms=1, outcome="failed")
            yield piece(f"Done. {text}", message=f"m-{context.run_id}")

        replica.graph.script = refused
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it"))
            await sink.until(ended())
        assert receipts(sink) == [("no", ["failed"])]

    async def test_comes_again_after_a_reload(self, replica: Replica) -> None:
        """It is in the log like anything else that was shown."""
        await answered(replica, no_to)
        turns_of, sink = replica.socket()
        await turns_of.resume(Resume(thread_id="t1"))
        await sink.until(lambda seen: bool(seen.of(Resumed)))
        assert receipts(sink) == [("not_yet", ["waiting"]), ("no", ["rejected"])]


class TestCorrection:
    async def test_follows_in_the_language_of_the_message_and_is_on_record(self, replica: Replica) -> None:
        """Said by the product before the turn ends; staff find it in the log."""
        replica.graph.script, replica.graph.brief = liar, OFFERS
        judge = judged(replica, "Ich habe Ihre Bestellung storniert")
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Bitte stornieren"))
            await sink.until(ended())
        assert sink.of(Token)[-1].content.startswith("Korrektur: „Ich habe Ihre Bestellung storniert“")
        assert (await replica.types(visible_only=False))[-4:] == [
            "token", "claim_corrected", "receipt", "message_complete",
        ]  # fmt: skip
        assert [reply for reply, _ in judge.asked] == ["Ich habe Ihre Bestellung storniert."]

    async def test_words_beside_a_call_are_judged_too(self, replica: Replica) -> None:
        """Also where the turn ends by asking, with the record as it stands."""

        async def beside(text: str, context: RunContext) -> AsyncIterator[Any]:
            del text
            yield piece("I have cancelled it.", message=f"m-{context.run_id}")
            _, frame = await replica.propose(run_id=context.run_id, thread_id=context.thread_id)
            yield frame

        replica.graph.script, replica.graph.brief = beside, OFFERS
        judge = judged(replica, "I have cancelled it")
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it"))
            await sink.until(lambda seen: bool(seen.of(Receipt)))
        assert "waiting for consent" in judge.asked[0][1].record[0]
        assert sink.of(Token)[-1].content.startswith("Correction: “I have cancelled it”")

    async def test_nobody_is_asked_where_nothing_can_be_claimed(self, replica: Replica) -> None:
        """An agent that only reads, or that asks one plain question."""

        async def asks(text: str, context: RunContext) -> AsyncIterator[Any]:
            del text
            yield piece("Which order do you mean?", message=f"m-{context.run_id}")

        judge = judged(replica)
        turns_of, sink = replica.socket()
        async with replica.working():
            await turns_of.message(says("Cancel it"))
            await sink.until(ended())
            replica.graph.script, replica.graph.brief = asks, OFFERS
            await turns_of.message(says("Cancel it"))
            await sink.until(ended(2))
        assert judge.asked == []
