"""Reply check of a turn: what agents said is held against the record, and what nothing shows is corrected at once.

It runs when all has been said, in one question per turn, and not at all where no agent with writes on offer has said
anything but a question. Where it cannot be carried out the turn ends as it would without it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import structlog

from app.agents.claim_check import Brief, Evidence
from app.db import actions
from app.language.correction import correction
from app.language.detect import language_of
from app.protocol import SUPERVISOR, Token
from app.records import ClaimCorrected
from app.turns.receipts import doubtful

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.callbacks import BaseCallbackHandler

    from app.agents.claim_check import ClaimCheck
    from app.agents.runner import MessageEnded
    from app.agents.state import History
    from app.db.actions import Action
    from app.db.pool import Pool
    from app.db.turns import Turn, TurnLease
    from app.events.tracker import ConversationTracker
    from app.telemetry.metrics import Metrics
    from app.turns.receipts import Offers
    from app.turns.transcript import Transcript

log = structlog.get_logger(__name__)


class ReplyCheck:
    """Corrects what agents said in a turn and no record shows."""

    def __init__(self, check: ClaimCheck, *, pool: Pool, tracker: ConversationTracker, metrics: Metrics) -> None:
        """Judge by `check`, and record each correction."""
        self._check = check
        self._pool = pool
        self._tracker = tracker
        self._metrics = metrics

    async def run(
        self,
        turn: Turn,
        transcript: Transcript,
        offers: Offers,
        *,
        lease: TurnLease,
        history: History,
        callbacks: Sequence[BaseCallbackHandler],
    ) -> None:
        """Correct the messages of a turn; `history` is what the conversation held before it."""
        messages = doubtful(transcript, offers)
        if not messages:
            return
        async with self._pool.acquire() as connection:
            acted = await actions.of_run(connection, run_id=turn.run_id)
        evidence = Evidence(
            customer=turn.content or "",
            brief=_together([offers.brief_of(message.agent) for message in messages]),
            record=[_on_record(action) for action in acted],
            lookups=list(_lookups(transcript)),
            earlier=history.records,
        )
        reply = "\n\n".join(message.content for message in messages)
        false = await self._check.false_claims(reply, evidence, callbacks=callbacks)
        self._metrics.replies_checked.labels(outcome="corrected" if false else "passed").inc()
        for number, quote in enumerate(false):
            await self._correct(self._tracker.under(lease), turn, messages, quote, number)

    async def _correct(
        self, tracker: ConversationTracker, turn: Turn, messages: Sequence[MessageEnded], quote: str, number: int
    ) -> None:
        """Say so in the language of the message, once, also where the turn runs again."""
        about = next((one for one in messages if quote in one.content), messages[-1])
        log.warning("claim_corrected", agent=about.agent)
        text = correction(quote, language_of(about.content) or language_of(turn.content or ""))
        said = Token(
            thread_id=turn.thread_id, agent=SUPERVISOR, content=text, message_id=f"correction-{turn.id}-{number}"
        )
        if await tracker.record(said, turn_id=turn.id) is not None:
            record = ClaimCorrected(
                thread_id=turn.thread_id, agent=about.agent, message_id=about.message_id, quote=quote
            )
            await tracker.record(record, turn_id=turn.id)


def _together(briefs: Sequence[Brief]) -> Brief:
    """Join what several agents could have changed and know."""
    return Brief(
        writes=tuple(dict.fromkeys(title for brief in briefs for title in brief.writes)),
        knowledge="\n\n".join(dict.fromkeys(brief.knowledge for brief in briefs)),
        instructions="\n\n".join(dict.fromkeys(brief.instructions for brief in briefs)),
    )


def _on_record(action: Action) -> str:
    status = "waiting for consent, not done" if action.status in {"pending", "approved"} else action.status
    return f"{action.title} {_json(action.args)}: {status}{_result(action.outcome)}"


def _result(outcome: dict[str, Any] | None) -> str:
    """Add what the target answered to a change: an amount, a number, a date that the reply may name."""
    data, summary = (outcome or {}).get("data"), (outcome or {}).get("summary")
    return "".join(f". {part}" for part in (summary, _json(data) if data else "") if part)


def _lookups(transcript: Transcript) -> Iterator[str]:
    """Yield what each call has answered: the data where there is any, else the sentence about it."""
    for call_id, result in transcript.results.items():
        call, answer = transcript.calls.get(call_id), transcript.answers.get(call_id)
        about = f"{call.title or call.tool} {_json(call.args)}" if call else result.tool
        yield f"{about}: {result.outcome}. {_json(answer) if answer is not None else result.summary}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
