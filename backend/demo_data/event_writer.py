"""Event writer: one conversation's events, each at its time, as the tracker would have stored them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from app.agents.prices import PER
from app.events.tracker import event_of
from app.protocol import (
    CustomerMessage,
    InterruptRequest,
    InterruptResolved,
    MessageComplete,
    Token,
    ToolCall,
    ToolResult,
    Usage,
)
from app.records import ActionChanged, Candidate, ModelCalled, Routed, ToolRan, TurnStarted
from demo_data.requests import Request, arguments

if TYPE_CHECKING:
    from app.agents.prices import Price, Prices
    from app.callbacks import PriceList
    from app.db.events import NewEvent
    from app.protocol import Audience, Decision, Outcome, ServerFrame
    from app.records import Record

SHOP: Final = "https://shop.example"
APPROVAL_MINUTES: Final = 30
STATUS: Final[Mapping[str, int]] = {"succeeded": 200, "failed": 503}


class KnownPrices:
    """The price list, each model looked up once: a million calls know a handful of models."""

    def __init__(self, prices: Prices) -> None:
        """Look up in `prices`."""
        self._prices = prices
        self._known: dict[str, Price | None] = {}

    def cost(self, model: str, *, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return what a call costs in dollars; None where the model's price is not known."""
        if model not in self._known:
            self._known[model] = self._prices.of(model)
        price = self._known[model]
        if price is None:
            return None
        return (prompt_tokens * price.prompt + completion_tokens * price.completion) / PER


@dataclass(kw_only=True)
class EventWriter:
    """One conversation as it goes on; `now` is the time of the next event."""

    thread_id: str
    now: datetime
    rng: Random
    prices: PriceList
    models: Mapping[str, str]
    values: dict[str, str]
    events: list[tuple[datetime, NewEvent]] = field(default_factory=list)
    _turn: UUID = field(init=False)
    _spent: list[ModelCalled] = field(default_factory=list)
    _count: int = 0

    def write(self, frame: ServerFrame | Record, *, turn: bool = True, ms: float = 15) -> None:
        """Store an event, and let a little time pass."""
        turn_id = self._turn if turn else None
        self.events.append((self.now, event_of(frame, turn_id=turn_id, scope=self.thread_id[-8:])))
        self.wait(ms / 1000)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def about(self, median: float, spread: float = 0.6) -> float:
        """Pick a length of time, in the unit of the median: most near it, some much longer."""
        return median * self.rng.lognormvariate(0, spread)

    def ask(self, text: str) -> None:
        """Log a message of the customer, which begins a turn."""
        self._begin()
        content = text.format(**self.values)
        self.write(CustomerMessage(thread_id=self.thread_id, content=content, message_id=self._id("m")), ms=40)
        self._starts("message")

    def resume(self) -> None:
        """Begin a turn that goes on with what was answered."""
        self._begin()
        self._starts("answer")

    def route(self, agent: str) -> None:
        """Log which agent answers."""
        ms = round(self.about(6))
        intents = [Candidate(agent=agent, confidence=round(0.75 + 0.24 * self.rng.random(), 2))]
        self.write(Routed(thread_id=self.thread_id, intents=intents, by="words", duration_ms=ms), ms=ms)

    def call_model(self, agent: str, *, prompt: int, completion: int) -> None:
        """Log a call of a model."""
        model = self.models.get(agent, self.models[""])
        first = round(self.about(420, 0.45))
        ms = first + completion * round(self.about(14, 0.2))
        read, written = round(self.about(prompt, 0.25)), max(1, round(self.about(completion, 0.35)))
        cost = self.prices.cost(model, prompt_tokens=read, completion_tokens=written)
        self.wait(ms / 1000)
        called = ModelCalled(
            thread_id=self.thread_id,
            agent=agent,
            model=model,
            prompt_tokens=read,
            completion_tokens=written,
            cost_usd=None if cost is None else round(cost, 8),
            estimated=False,
            time_to_first_token_ms=first,
            duration_ms=ms,
        )
        self._spent.append(called)
        self.write(called)

    def answer(self, agent: str, text: str) -> None:
        """Log a message of an agent."""
        content = text.format(**self.values)
        self.write(Token(thread_id=self.thread_id, agent=agent, content=content, message_id=self._id("t")))

    def call_tool(self, request: Request, tool: str) -> str:
        """Log a call of a tool; returns its id."""
        call_id = self._id("c")
        self.write(
            ToolCall(
                thread_id=self.thread_id,
                agent=request.agent,
                tool=tool,
                args=arguments(tool, self.values),
                call_id=call_id,
                title=request.title,
            )
        )
        return call_id

    def finish_call(self, request: Request, tool: str, call_id: str, outcome: Outcome, ms: int) -> None:
        """Log that a call was carried out, and how it ended."""
        self.wait(ms / 1000)
        method = request.method if tool == request.write else "GET"
        self.write(
            ToolRan(
                thread_id=self.thread_id,
                tool=tool,
                call_id=call_id,
                agent=request.agent,
                request={
                    "method": method,
                    "url": SHOP + request.path.format(**self.values),
                    "headers": {},
                    "body": None,
                },
                http_status=STATUS.get(outcome),
                response={"order_id": self.values["order"], "status": "ok"} if outcome == "succeeded" else None,
                error=None if outcome == "succeeded" else f"tool_{outcome}",
                duration_ms=ms,
            )
        )
        self.show_result(request, tool, call_id, outcome, ms)

    def show_result(self, request: Request, tool: str, call_id: str, outcome: Outcome, ms: int = 0) -> None:
        """Log what the customer sees of how a call ended."""
        self.write(
            ToolResult(
                thread_id=self.thread_id,
                tool=tool,
                call_id=call_id,
                ok=outcome == "succeeded",
                summary=f"{request.title}: {outcome}.",
                duration_ms=ms,
                outcome=outcome,
            )
        )

    def propose(self, request: Request, call_id: str, number: int, *, edited_from: dict[str, Any] | None = None) -> str:
        """Log that consent to a write is asked for; returns the approval's id."""
        interrupt_id = self._id("i")
        args = arguments(request.write, self.values)
        if edited_from is None:
            self.change_action(request, number, "proposed")
        self.write(
            InterruptRequest(
                thread_id=self.thread_id,
                interrupt_id=interrupt_id,
                action=request.write,
                args=args,
                title=request.title,
                target="shop",
                request={"method": request.method, "url": self._url(request), "body": args},
                audience=request.audience,
                expires_at=self.now + timedelta(minutes=APPROVAL_MINUTES),
                agent=request.agent,
                call_id=call_id,
                edited_from=edited_from,
            )
        )
        return interrupt_id

    def decide(self, request: Request, interrupt_id: str, decision: Decision, number: int) -> None:
        """Log that somebody answered an approval."""
        audience: Audience = request.audience
        self.write(
            InterruptResolved(thread_id=self.thread_id, interrupt_id=interrupt_id, decision=decision, by=audience),
            turn=False,
        )
        self.change_action(request, number, decision, by=audience)

    def change_action(self, request: Request, number: int, status: str, *, by: str = "") -> None:
        """Log that an action moved on in its life."""
        self.write(
            ActionChanged(
                thread_id=self.thread_id,
                action_id=f"{self.thread_id}-a{number}",
                tool=request.write,
                status=status,
                args=arguments(request.write, self.values),
                by=by,
            ),
            turn=False,
        )

    def complete(self, *, ended: bool = False) -> None:
        """Log that the turn is over."""
        usage = Usage(
            prompt_tokens=sum(call.prompt_tokens for call in self._spent),
            completion_tokens=sum(call.completion_tokens for call in self._spent),
            cost_usd=sum(call.cost_usd or 0.0 for call in self._spent),
            model_calls=len(self._spent),
        )
        self.write(MessageComplete(thread_id=self.thread_id, usage=usage, ended=ended))

    def _begin(self) -> None:
        self._turn = UUID(int=self.rng.getrandbits(128), version=4)
        self._spent.clear()

    def _starts(self, kind: Any) -> None:
        model = self.models[""]
        self.write(TurnStarted(thread_id=self.thread_id, turn_id=str(self._turn), kind=kind, attempt=1, model=model))

    def _url(self, request: Request) -> str:
        return SHOP + request.path.format(**self.values)

    def _id(self, kind: str) -> str:
        self._count += 1
        return f"{self.thread_id}-{kind}{self._count}"
