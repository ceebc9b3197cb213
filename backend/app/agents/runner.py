"""Runs a graph and yields what happens as frames: the one place where the graph's stream becomes the protocol's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langgraph.types import Command

from app.agents.calls import call_id_of
from app.protocol import InterruptRequest, Token, ToolCall, utf16_length

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from app.agents.state import RunContext
    from app.protocol import Record, ServerFrame


class Graph(Protocol):
    """What a run needs of a graph: LangGraph's own two methods."""

    def astream(self, payload: Any, /, **options: Any) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
        """Run, and yield pairs of a message, or a frame, and its metadata."""

    async def aget_state(self, config: Any, /) -> Any:
        """Return where a run stands."""


@dataclass(frozen=True, kw_only=True)
class MessageEnded:
    """An agent has finished a message; this is all of it."""

    agent: str
    message_id: str
    content: str


@dataclass(frozen=True)
class ConversationEnding:
    """An agent has ended the conversation; the turn still speaks its last words."""


Happening = "ServerFrame | Record | MessageEnded | ConversationEnding"


def answer_of(*, approved: bool, comment: str | None) -> Any:
    """Build the input that resumes a graph with an answer."""
    return Command(resume={"approved": approved, "comment": comment})


async def run(
    graph: Graph,
    payload: Any,
    *,
    thread_id: str,
    config: dict[str, Any],
    context: RunContext | None = None,
    title_of: Callable[[str], str] = str,
) -> AsyncIterator[ServerFrame | Record | MessageEnded | ConversationEnding]:
    """Run until the graph waits or ends; yield every frame as it happens, the open requests for consent last.

    What an agent had said when the stream breaks is still ended properly before the error goes on.
    """
    speech = _Speech(thread_id=thread_id, title_of=title_of)
    try:
        async for chunk, metadata in graph.astream(
            payload, config=config, context=context, stream_mode="messages", durability="sync"
        ):
            for happening in speech.hear(chunk, str(metadata.get("langgraph_node", ""))):
                yield happening
    except Exception:
        for happening in speech.end(broken=True):
            yield happening
        raise
    for happening in speech.end():
        yield happening
    state = await graph.aget_state(config)
    for task in state.tasks:
        for asked in task.interrupts:
            yield _request_of(asked, thread_id)


async def where(graph: Graph, config: dict[str, Any]) -> str:
    """Say where a run stands: `new`, `open` (something is left to do) or `over`."""
    state = await graph.aget_state(config)
    if not state.values:
        return "new"
    return "open" if state.next else "over"


@dataclass(kw_only=True)
class _Open:
    """A message that is being spoken."""

    agent: str
    message_id: str
    text: str = ""
    calls: AIMessageChunk | None = None


@dataclass(kw_only=True)
class _Speech:
    """Hears the graph's chunks and tells frames; providers stream a call's arguments in fragments."""

    thread_id: str
    title_of: Callable[[str], str]
    _open: dict[str, _Open] = field(default_factory=dict)

    def hear(self, chunk: Any, node: str) -> Iterator[Any]:
        """Tell what one chunk means."""
        if isinstance(chunk, AIMessageChunk):
            yield from self._hear_fragment(chunk, node)
            return
        yield from self.end()
        if isinstance(chunk, BaseMessage) and not isinstance(chunk, AIMessage):
            return
        if hasattr(chunk, "content") and hasattr(chunk, "tool_calls"):
            yield from self._hear_whole(chunk, node)
            return
        yield chunk

    def end(self, *, broken: bool = False) -> Iterator[Any]:
        """End every message that is being spoken; a broken one's calls are incomplete and are not told."""
        ended, self._open = self._open, {}
        for message_key, message in ended.items():
            if message.text:
                yield MessageEnded(agent=message.agent, message_id=message.message_id, content=message.text)
            if message.calls is not None and not broken:
                yield from self._calls(message.calls.tool_calls, message.agent, message_key)
                unreadable = message.calls.invalid_tool_calls
                first = len(message.calls.tool_calls)
                for index, call in enumerate(unreadable, start=first):
                    yield self._call(call["name"] or "unknown", {}, message.agent, call_id_of(message_key, index))

    def _hear_fragment(self, chunk: AIMessageChunk, node: str) -> Iterator[Any]:
        key = chunk.id or ""
        if self._open and key not in self._open:
            yield from self.end()
        message = self._open.setdefault(key, _Open(agent=node, message_id=uuid4().hex))
        if text := chunk.text:
            yield self._token(message, text)
        if chunk.tool_call_chunks:
            message.calls = chunk if message.calls is None else message.calls + chunk
        if chunk.chunk_position == "last":
            yield from self.end()

    def _hear_whole(self, chunk: Any, node: str) -> Iterator[Any]:
        """Tell a message that comes in one piece: from a graph's double, or from a node of ours."""
        if chunk.content:
            message = _Open(agent=node, message_id=uuid4().hex)
            yield self._token(message, chunk.text if isinstance(chunk, AIMessage) else chunk.content)
            yield MessageEnded(agent=node, message_id=message.message_id, content=message.text)
        key = chunk.id if isinstance(chunk, AIMessage) else uuid4().hex
        yield from self._calls(chunk.tool_calls, node, key)

    def _calls(self, calls: list[Any], agent: str, key: str | None) -> Iterator[ToolCall]:
        for index, call in enumerate(calls):
            yield self._call(call["name"], call["args"], agent, call_id_of(key, index))

    def _call(self, name: str, args: dict[str, Any], agent: str, call_id: str) -> ToolCall:
        return ToolCall(
            thread_id=self.thread_id, agent=agent, tool=name, args=args, call_id=call_id, title=self.title_of(name)
        )

    def _token(self, message: _Open, text: str) -> Token:
        offset, message.text = utf16_length(message.text), message.text + text
        return Token(
            thread_id=self.thread_id,
            agent=message.agent,
            content=text,
            message_id=message.message_id,
            offset=offset,
        )


def _request_of(asked: Any, thread_id: str) -> InterruptRequest:
    """Read what an interrupt asks; a graph that is not ours may ask with any dictionary."""
    value = asked.value if isinstance(asked.value, dict) else {"action": str(asked.value)}
    if "interrupt_id" in value:
        return InterruptRequest.model_validate(value)
    args = {key: item for key, item in value.items() if key != "action"}
    return InterruptRequest(
        thread_id=thread_id,
        interrupt_id=str(asked.id),
        action=str(value.get("action", "")),
        args=args,
        expires_at=datetime.now(UTC),
    )
