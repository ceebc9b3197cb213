"""Turn recorder: stores what happens in a turn as it happens, and publishes each thing once it is stored.

Only tokens are published first: they are stored as one message when it ends. What staff alone see is stored with the
next thing that the customer sees, in one transaction, or with the turn's end; its time stays its own. A turn that runs
again records nothing a second time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from app.agents.models import explain_model_error, status_of_model_error
from app.agents.runner import ConversationEnding, MessageEnded
from app.agents.state import HISTORY_EVENTS, history_of
from app.callbacks import ModelFailure
from app.db import events
from app.errors import ModelError
from app.events.frame_table import HISTORY_TYPES
from app.language.detect import language_of
from app.protocol import ErrorFrame, InterruptRequest, MessageComplete, Token, ToolResult
from app.records import ModelCalled, ModelFailed, Record, TurnStarted
from app.turns import transcript
from app.turns.transcript import Transcript

if TYPE_CHECKING:
    from app.agents.state import History
    from app.callbacks import ModelCall
    from app.db.events import Event
    from app.db.turns import Turn, TurnLease
    from app.errors import AppError
    from app.escalation.model_alerts import ModelAlerts
    from app.events.subscriptions import Subscriptions
    from app.events.tracker import ConversationTracker, Recording
    from app.protocol import ServerFrame, Usage
    from app.telemetry.metrics import Metrics

STAFF_TOLD: Final = "The support team has been told."  # said only where an alert stands on the staff's pages

_Failure = tuple[ModelError, int | None]  # and what the provider answered, where it did


class TurnRecorder:
    """One attempt at one turn, as it is stored and published.

    `failures` counts how often the turn has failed before. `calls` gathers the model's calls until they are recorded,
    `transcript` what was said and called.
    """

    def __init__(
        self,
        turn: Turn,
        *,
        lease: TurnLease,
        tracker: ConversationTracker,
        subscriptions: Subscriptions,
        metrics: Metrics,
        alerts: ModelAlerts,
    ) -> None:
        """Record `turn` for as long as its `lease` holds; `TurnLost` is raised where it does not."""
        self.lease = lease
        self.tracker = tracker.under(lease)
        self.failures = 0
        self.calls: list[ModelCall | ModelFailure] = []
        self.transcript = Transcript(language=language_of(turn.content or ""))
        self._turn = turn
        self._subscriptions = subscriptions
        self._metrics = metrics
        self._waiting: list[tuple[ServerFrame | Record, float]] = []
        self._alerts = alerts
        self._alerted: set[str] = set()
        self._last: dict[str, _Failure | None] = {}
        self._unfinished: dict[str, Token] = {}
        self._stored: set[str] = set()
        self._asked = False
        self._ended = False

    async def begin(self, model: str) -> History:
        """Record that the turn begins, and return what the conversation held before it.

        Where it began before, what has been recorded of it is read, too.
        """
        turn = self._turn
        async with self.tracker.recording() as recording:
            before = await events.before_turn(
                recording.connection,
                thread_id=turn.thread_id,
                turn_id=turn.id,
                types=HISTORY_TYPES,
                limit=HISTORY_EVENTS,
            )
            if turn.attempt > 1:
                for frame in await events.of_turn(
                    recording.connection, thread_id=turn.thread_id, turn_id=turn.id, types=transcript.TYPES
                ):
                    self.transcript.note_stored(frame)
                    if frame["type"] == "error":
                        self.failures += 1
                    elif frame["type"] == "token":
                        self._stored.add(frame["message_id"])
            started = TurnStarted(
                thread_id=turn.thread_id, turn_id=str(turn.id), kind=turn.kind, attempt=turn.attempt, model=model
            )
            await recording.append(started, turn_id=turn.id)
        return history_of(before)

    async def check_lease(self) -> None:
        """Raise `TurnLost` where the turn is another worker's by now."""
        async with self.tracker.recording() as recording:
            await recording.check_lease()

    async def record(self, output: Any) -> None:
        """Store what the run has put out, then publish it; tokens are published at once and stored as one message."""
        self.transcript.note(output)
        match output:
            case Token():
                self._stream(output)
            case ConversationEnding():
                self._ended = True
            case MessageEnded():
                self._gather_calls()
                await self._seal(output.message_id)
            case _ if isinstance(output, Record):
                self._gather_calls()
                self._wait(output)
            case _:
                self._gather_calls()
                await self._store(output)

    async def end(self, usage: Usage) -> ServerFrame | None:
        """Return the frame that says that the turn is over; None where it ends by asking, or nobody waits for it."""
        self._gather_calls()
        await self._tell_staff()
        if self._asked or self._turn.kind == "expiry":
            return None
        return MessageComplete(thread_id=self._turn.thread_id, usage=usage, ended=self._ended)

    async def seal(self) -> None:
        """Store what was streamed when the turn was stopped."""
        for message_id in list(self._unfinished):
            await self._seal(message_id)
        self._gather_calls()
        await self._tell_staff()

    def end_stopped(self) -> ServerFrame:
        """Return the frame that says that the turn was stopped."""
        return MessageComplete(thread_id=self._turn.thread_id, cancelled=True)

    async def fail(self, fact: AppError) -> ServerFrame:
        """Return the frame that says what went wrong, and what can be sent again."""
        turn = self._turn
        self._gather_calls()
        await self._tell_staff()
        return ErrorFrame(
            thread_id=turn.thread_id,
            code=fact.code,
            message=f"{fact.message} {STAFF_TOLD}" if fact.code in self._alerted else fact.message,
            retryable=fact.retryable,
            message_id=turn.message_id,
            interrupt_id=str(turn.interrupt_id) if turn.interrupt_id else None,
        )

    async def store_waiting(self, recording: Recording) -> None:
        """Store what has waited for something to be stored with."""
        waiting, self._waiting = self._waiting, []
        for frame, at in waiting:
            await self._append(recording, frame, age=time.monotonic() - at)

    def _wait(self, frame: ServerFrame | Record) -> None:
        self._waiting.append((frame, time.monotonic()))

    async def _append(self, recording: Recording, frame: ServerFrame | Record, *, age: float = 0.0) -> Event | None:
        turn = self._turn
        return await recording.append(frame, turn_id=turn.id, scope=str(turn.run_id), age=age)

    async def _store(self, output: Any) -> None:
        turn, scope = self._turn, str(self._turn.run_id)
        async with self.tracker.recording() as recording:
            await self.store_waiting(recording)
            event = await self._append(recording, output)
        if isinstance(output, ToolResult) and event is not None:
            self._metrics.tool_calls.labels(outcome=output.outcome).inc()
            self._metrics.tool_seconds.observe(output.duration_ms / 1000)
        if isinstance(output, InterruptRequest):
            # A card of an earlier turn may still be open; one of this turn was perhaps shown before a crash.
            ours = event is not None or await self.tracker.turn_of(output, scope=scope) == turn.id
            self._asked = self._asked or ours

    def _stream(self, token: Token) -> None:
        if token.message_id in self._stored:  # a crash came after it was stored, so it is streamed again
            return
        before = self._unfinished.get(token.message_id)
        text = (before.content if before else "") + token.content
        self._unfinished[token.message_id] = token.model_copy(update={"content": text, "offset": 0})
        self._subscriptions.publish(token)

    async def _seal(self, message_id: str) -> None:
        if whole := self._unfinished.pop(message_id, None):
            await self._store(whole)

    def _gather_calls(self) -> None:
        calls, self.calls[:] = list(self.calls), []
        broken = {call.model for call in calls if isinstance(call, ModelFailure)}
        for call in calls:
            if isinstance(call, ModelFailure):
                self._wait(self._failed(call))
            else:
                if call.model not in broken:  # one that broke off is counted, too, and has not answered
                    self._last[call.model] = None
                self._count(call)
                self._wait(self._called(call))

    async def _tell_staff(self) -> None:
        """Raise or end the alerts of the models that were called, by how each one's last call went."""
        last, self._last = self._last, {}
        for model, failure in last.items():
            if failure is None:
                await self._alerts.answered(model)
            elif await self._alerts.failed(model, failure[0], http_status=failure[1]):
                self._alerted.add(failure[0].code)

    def _called(self, call: ModelCall) -> ModelCalled:
        return ModelCalled(
            thread_id=self._turn.thread_id,
            agent=call.agent,
            model=call.model,
            prompt_tokens=call.prompt_tokens,
            completion_tokens=call.completion_tokens,
            cost_usd=call.cost_usd,
            estimated=call.estimated,
            time_to_first_token_ms=call.time_to_first_token_ms,
            duration_ms=call.duration_ms,
        )

    def _failed(self, call: ModelFailure) -> ModelFailed:
        """Name the failure as the product does: a provider's own words may hold a key or what the customer said."""
        fact, status = explain_model_error(call.error), status_of_model_error(call.error)
        self._metrics.model_failures.labels(model=call.model, code=fact.code).inc()
        if isinstance(fact, ModelError):
            self._last[call.model] = (fact, status)
        return ModelFailed(
            thread_id=self._turn.thread_id,
            agent=call.agent,
            model=call.model,
            code=fact.code,
            message=getattr(fact, "for_staff", "") or fact.message,
            http_status=status,
            duration_ms=call.duration_ms,
        )

    def _count(self, call: ModelCall) -> None:
        self._metrics.model_calls.labels(agent=call.agent, model=call.model).inc()
        self._metrics.model_tokens.labels(model=call.model, kind="prompt").inc(call.prompt_tokens)
        self._metrics.model_tokens.labels(model=call.model, kind="completion").inc(call.completion_tokens)
        if call.cost_usd is not None:
            self._metrics.model_cost.labels(model=call.model).inc(call.cost_usd)
        if call.time_to_first_token_ms is not None:
            seconds = call.time_to_first_token_ms / 1000
            self._metrics.first_token_seconds.labels(model=call.model).observe(seconds)
