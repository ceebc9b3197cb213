"""Event log of a conversation, built event by event at times that a test chooses, of the frames that are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from app.analytics.conversation_fold import micros
from app.db import bulk_load
from app.db.bulk_load import NewConversation
from app.db.event_cursor import LoggedEvent
from app.events.tracker import event_of
from app.protocol import (
    Clarification,
    CustomerFeedback,
    CustomerMessage,
    ErrorFrame,
    Escalated,
    InterruptExpiredNotice,
    InterruptRequest,
    InterruptResolved,
    MessageComplete,
    Token,
    ToolCall,
    ToolResult,
)
from app.records import ActionChanged, ModelCalled

if TYPE_CHECKING:
    from app.db.events import NewEvent
    from app.db.pool import Pool
    from app.protocol import Audience, Decision, Outcome, ServerFrame
    from app.records import Record

BEGIN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday, in no time zone near a change of clocks


@dataclass
class EventLog:
    """What happens in one conversation; `clock` is the time of the next event."""

    thread_id: str = "t1"
    clock: datetime = BEGIN
    visitor_id: str = "somebody"
    demo: bool = False
    happened: list[tuple[datetime, NewEvent]] = field(default_factory=list)
    numbered: int = 0

    def tell(self, frame: ServerFrame | Record, *, turn_id: UUID | None = None) -> EventLog:
        """Let any event happen; the next one comes a second later."""
        self.happened.append((self.clock, event_of(frame, turn_id=turn_id, scope=str(len(self.happened)))))
        return self.later(seconds=1)

    def later(self, **time: float) -> EventLog:
        """Let time pass."""
        self.clock += timedelta(**time)
        return self

    def asks(self, content: str = "Where is order 1042?") -> EventLog:
        """The customer says something."""
        return self.tell(CustomerMessage(thread_id=self.thread_id, content=content))

    def answers(self, content: str = "It is on its way.", agent: str = "orders") -> EventLog:
        """An agent says something."""
        return self.tell(
            Token(thread_id=self.thread_id, agent=agent, content=content, message_id=f"m{len(self.happened)}")
        )

    def models(
        self,
        agent: str = "orders",
        model: str = "gpt-4.1-mini",
        tokens: tuple[int, int] = (100, 10),
        cost: float | None = 0.001,
        first_token_ms: int | None = 400,
    ) -> EventLog:
        """A model is called."""
        return self.tell(
            ModelCalled(
                thread_id=self.thread_id,
                agent=agent,
                model=model,
                prompt_tokens=tokens[0],
                completion_tokens=tokens[1],
                cost_usd=cost,
                estimated=False,
                time_to_first_token_ms=first_token_ms,
                duration_ms=900,
            )
        )

    def uses(
        self, tool: str = "get_order", outcome: Outcome = "succeeded", ms: int = 120, agent: str = "orders"
    ) -> EventLog:
        """An agent calls a tool, and the call ends."""
        call_id = f"c{len(self.happened)}"
        self.tell(ToolCall(thread_id=self.thread_id, agent=agent, tool=tool, args={"order_id": 1042}, call_id=call_id))
        return self.tell(
            ToolResult(
                thread_id=self.thread_id,
                tool=tool,
                call_id=call_id,
                ok=outcome == "succeeded",
                summary="Done.",
                duration_ms=ms,
                outcome=outcome,
            )
        )

    def action(self, status: str, *, action_id: str = "a1", by: str = "") -> EventLog:
        """An action moves on."""
        return self.tell(
            ActionChanged(
                thread_id=self.thread_id, action_id=action_id, tool="cancel_order", status=status, args={}, by=by
            )
        )

    def proposes(self, *, number: int = 1, audience: Audience = "customer") -> EventLog:
        """An agent proposes an action, and consent is asked for."""
        self.action("proposed", action_id=f"a{number}")
        return self.tell(
            InterruptRequest(
                thread_id=self.thread_id,
                interrupt_id=f"i{number}",
                action="cancel_order",
                args={"order_id": 1042},
                audience=audience,
                expires_at=self.clock + timedelta(minutes=30),
                agent="orders",
            )
        )

    def decides(self, decision: Decision = "approved", *, number: int = 1, by: Audience = "customer") -> EventLog:
        """Somebody answers an approval."""
        self.tell(InterruptResolved(thread_id=self.thread_id, interrupt_id=f"i{number}", decision=decision, by=by))
        return self.action(decision, action_id=f"a{number}", by=by)

    def carries_out(self, outcome: str = "succeeded", *, number: int = 1) -> EventLog:
        """An approved action is sent, and ends."""
        self.action("executing", action_id=f"a{number}")
        return self.action(outcome, action_id=f"a{number}")

    def expires(self, *, number: int = 1) -> EventLog:
        """Nobody answered in time."""
        self.action("expired", action_id=f"a{number}")
        return self.tell(
            InterruptExpiredNotice(thread_id=self.thread_id, interrupt_id=f"i{number}", message="Not answered in time.")
        )

    def wonders(self) -> EventLog:
        """The product asks what the customer means."""
        return self.tell(Clarification(thread_id=self.thread_id, message="Which order?"))

    def hands_over(self) -> EventLog:
        """The conversation goes to a person."""
        return self.tell(Escalated(thread_id=self.thread_id, reason="Asked for a person.", message="One moment."))

    def rates(self, rating: int) -> EventLog:
        """The customer rates."""
        return self.tell(CustomerFeedback(thread_id=self.thread_id, rating=rating))

    def breaks(self, code: str = "internal_error") -> EventLog:
        """A turn fails."""
        return self.tell(ErrorFrame(thread_id=self.thread_id, code=code, message="Please try again.", retryable=True))

    def completes(self, *, ended: bool = False) -> EventLog:
        """A turn is over."""
        return self.tell(MessageComplete(thread_id=self.thread_id, ended=ended), turn_id=uuid4())

    def events(self) -> list[LoggedEvent]:
        """What the log holds of it."""
        return [
            LoggedEvent(
                thread_id=self.thread_id,
                seq=seq,
                type=event.type,
                at=micros(at),
                agent=event.agent,
                duration_ms=event.duration_ms,
                prompt_tokens=event.prompt_tokens,
                completion_tokens=event.completion_tokens,
                cost_e8=None if event.cost_usd is None else round(event.cost_usd * 1e8),
                frame=event.frame,
            )
            for seq, (at, event) in enumerate(self.happened, start=1)
        ]


async def store(pool: Pool, *stories: EventLog) -> None:
    """Write whole stories into the log."""
    async with pool.acquire() as connection, connection.transaction():
        await bulk_load.copy(
            connection,
            conversations=[
                NewConversation(
                    thread_id=story.thread_id,
                    visitor_id=story.visitor_id,
                    demo=story.demo,
                    ended_at=None,
                    escalated_at=None,
                    events=story.happened,
                )
                for story in stories
            ],
        )


async def go_on(pool: Pool, story: EventLog, since: int) -> None:
    """Add to the log what has happened since the story had `since` events."""
    async with pool.acquire() as connection:
        for seq, (at, event) in enumerate(story.happened[since:], start=since + 1):
            await connection.execute(
                """
                WITH numbered AS (
                    UPDATE conversations SET last_seq = $2, uncounted = true WHERE thread_id = $1
                )
                INSERT INTO events (thread_id, seq, type, visible, at, agent, duration_ms, prompt_tokens,
                                    completion_tokens, cost_usd, frame)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::float8::numeric, $11)
                """,
                *_values(story, seq, at, event),
            )


def _values(story: EventLog, seq: int, at: datetime, event: NewEvent) -> tuple[Any, ...]:
    return (
        story.thread_id,
        seq,
        event.type,
        event.visible,
        at,
        event.agent,
        event.duration_ms,
        event.prompt_tokens,
        event.completion_tokens,
        event.cost_usd,
        event.frame,
    )
