"""Fakes, handed in where the real thing would be; each keeps what it was given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.messages import AIMessageChunk

from app.agents.claim_check import Brief
from app.errors import ToolInvalidInput, ToolUnknown
from app.outgoing.message import OutgoingRequest
from app.protocol import InterruptRequest, Token
from app.tools.base import Access, OutcomeStatus, ToolOutcome, ToolSpec

if TYPE_CHECKING:
    from app.agents.state import RunContext
    from app.protocol import ServerFrame

PATIENCE_SECONDS = 20.0  # how long a test waits for something that must happen; only a broken one waits so long

FrameT = TypeVar("FrameT")


class FakeSink:
    """A socket's writer that keeps what it is given and lets a test wait for it."""

    def __init__(self) -> None:
        self.frames: list[ServerFrame] = []
        self.dropped = False
        self._news = asyncio.Event()

    def put(self, frame: ServerFrame) -> None:
        self.frames.append(frame)
        self._news.set()

    async def send(self, frame: ServerFrame) -> None:
        self.put(frame)

    def drop(self) -> None:
        """Note that the peer is to connect anew."""
        self.dropped = True

    def of(self, kind: type[FrameT]) -> list[FrameT]:
        """Every frame of one kind."""
        return [frame for frame in self.frames if isinstance(frame, kind)]

    def text(self) -> str:
        """Everything said, message after message, as a client shows it: live pieces first, then the whole."""
        return "".join(texts_of(self.frames).values())

    async def until(self, enough: Callable[[FakeSink], Any]) -> None:
        """Wait until the frames are enough."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not enough(self):
                self._news.clear()
                await self._news.wait()

    async def next_of(self, kind: type[FrameT], *, count: int = 1) -> FrameT:
        """Wait until there are `count` frames of a kind and return the last of them."""
        await self.until(lambda sink: len(sink.of(kind)) >= count)
        return self.of(kind)[count - 1]


def texts_of(frames: Sequence[ServerFrame]) -> dict[str, str]:
    """Fold tokens as a client does: a piece goes to its offset, a numbered one is the whole."""
    texts: dict[str, str] = {}
    for frame in frames:
        if isinstance(frame, Token):
            before = "" if frame.seq is not None else utf16_cut(texts.get(frame.message_id, ""), frame.offset)
            texts[frame.message_id] = before + frame.content
    return texts


def utf16_cut(text: str, units: int) -> str:
    """Cut a text after so many UTF-16 code units, as a browser would."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le")


def tool_spec(name: str = "cancel_order", **changes: Any) -> ToolSpec:
    """Describe a write that takes an order number."""
    schema = {
        "type": "object",
        "properties": {"order_id": {"type": "string"}},
        "required": ["order_id"],
        "additionalProperties": False,
    }
    spec = ToolSpec(
        name=name,
        title="Cancel an order",
        description="Cancels an order that has not been shipped.",
        access=Access.WRITE,
        parameters=schema,
        schema=schema,
        source="shop",
        target="the shop",
        version="1",
    )
    return replace(spec, **changes)


def succeeded(summary: str = "Order cancelled.", **changes: Any) -> ToolOutcome:
    """What came of a call that worked."""
    outcome = ToolOutcome(status=OutcomeStatus.SUCCEEDED, summary=summary, data={"status": "cancelled"})
    return replace(outcome, **changes)


@dataclass(kw_only=True)
class FakeTool:
    """A tool whose outcomes are scripted. With a `gate` each run waits until it is opened."""

    spec: ToolSpec = field(default_factory=tool_spec)
    outcomes: list[ToolOutcome | Exception] = field(default_factory=list)
    gate: asyncio.Event | None = None
    runs: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest:
        """Send the arguments in the order in which they came, as a query does."""
        if not isinstance(args.get("order_id"), str):
            raise ToolInvalidInput("order_id: write it as text.", field="order_id")
        query = "&".join(f"{key}={value}" for key, value in args.items())
        return OutgoingRequest(method="POST", url=f"http://shop.test/orders?{query}", body=dict(args))

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        self.runs.append((dict(args), idempotency_key))
        self.started.set()
        if self.gate is not None:
            await self.gate.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else succeeded()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class FakeRegistry:
    """Tools by name."""

    def __init__(self, *tools: FakeTool) -> None:
        self.tools = {tool.spec.name: tool for tool in tools}

    def get(self, name: str) -> FakeTool:
        if name not in self.tools:
            raise ToolUnknown(f"There is no tool named {name}.")
        return self.tools[name]


Script = Callable[[str, "RunContext"], AsyncIterator[Any]]


@dataclass
class _Run:
    """Where a scripted run stands."""

    text: str
    open: bool = True
    asked: list[InterruptRequest] = field(default_factory=list)


class ScriptedGraph:
    """A graph that does what its script says: chunks of text, frames, or requests for consent on which it waits."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.forgotten: list[str] = []
        self.forgot = asyncio.Event()
        self.inputs: list[Any] = []
        self.brief = Brief()
        self._runs: dict[str, _Run] = {}

    async def astream(self, payload: Any, /, **options: Any) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
        run_id = options["config"]["configurable"]["thread_id"]
        self.inputs.append(payload)
        if payload is not None:
            self._runs[run_id] = _Run(text=payload["text"])
        run = self._runs[run_id]
        run.asked.clear()
        async for item in self.script(run.text, options["context"]):
            if isinstance(item, InterruptRequest):
                run.asked.append(item)
            else:
                yield item, {"langgraph_node": "orders"}
        run.open = bool(run.asked)

    async def aget_state(self, config: Any, /) -> Any:
        run = self._runs.get(config["configurable"]["thread_id"])
        if run is None:
            return SimpleNamespace(values={}, next=(), tasks=())
        asked = [SimpleNamespace(id=one.interrupt_id, value=one.model_dump(mode="json")) for one in run.asked]
        return SimpleNamespace(
            values={"text": run.text},
            next=("orders",) if run.open else (),
            tasks=(SimpleNamespace(interrupts=asked),),
        )

    def title_of(self, tool: str) -> str:
        return tool

    def access_of(self, tool: str) -> Access | None:
        """Only the fake tool, which cancels an order, changes anything."""
        return Access.WRITE if tool == tool_spec().name else Access.READ

    def brief_of(self, agent: str) -> Brief:
        del agent
        return self.brief

    async def forget(self, run_id: str, *, stored: bool) -> None:
        self.forgotten.append(run_id)
        self.forgot.set()
        self._runs.pop(run_id, None)


def piece(text: str, message: str = "m1", **more: Any) -> AIMessageChunk:
    """One streamed piece of a model's message."""
    return AIMessageChunk(content=text, id=message, **more)
