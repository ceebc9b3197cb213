"""Graph runner: the one place where the graph's stream becomes frames of the protocol.

Messages are cut into tokens and ended properly also where the stream breaks; what it breaks with is raised. A call that
hands over to another agent is no frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langgraph.types import Command

from app.agents.call_ids import UNNAMED, call_id_of, message_id_of, message_key
from app.agents.checkpointer import RESTART
from app.protocol import InterruptRequest, Token, ToolCall, utf16_length
from app.tools.builtin import TRANSFER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from app.agents.state import RunContext
    from app.protocol import ServerFrame
    from app.records import Record


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
    """An agent has ended the conversation; the turn still sends its last message."""


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
    restart: bool = False,
) -> AsyncGenerator[ServerFrame | Record | MessageEnded | ConversationEnding, None]:
    """Run until the graph waits or ends; yield every frame as it happens, the open requests for consent last.

    A message that is open when the stream breaks is still ended properly before the error is raised. `restart` begins
    a step that was cut off anew, with all of its parts.
    """
    frames = _FrameStream(thread_id=thread_id, title_of=title_of)
    stream = graph.astream(
        payload, config=_begun(config, restart=restart), context=context, stream_mode="messages", durability="sync"
    )
    try:
        async for chunk, metadata in stream:
            place = message_key(context.run_id, context.attempt, metadata) if context else None
            for happening in frames.read(chunk, str(metadata.get("langgraph_node", "")), place):
                yield happening
    except Exception:
        for happening in frames.end(broken=True):
            yield happening
        raise
    finally:
        if isinstance(stream, AsyncGenerator):  # a run that is stopped ends now, not when memory is tidied
            await stream.aclose()
    for happening in frames.end():
        yield happening
    state = await graph.aget_state(config)
    for task in state.tasks:
        for asked in task.interrupts:
            yield _request_of(asked, thread_id)


async def where(graph: Graph, config: dict[str, Any], *, restart: bool = False) -> str:
    """Return where a run stands: `new`, `open` (something is left to do, or to begin anew with `restart`) or `over`."""
    state = await graph.aget_state(_begun(config, restart=restart))
    if not state.values:
        return "new"
    return "open" if state.next else "over"


def _begun(config: dict[str, Any], *, restart: bool) -> dict[str, Any]:
    return {**config, "configurable": {**config["configurable"], RESTART: True}} if restart else config


@dataclass(kw_only=True)
class _Open:
    """A message that has begun and not ended."""

    agent: str
    message_id: str
    call_key: str
    text: str = ""
    calls: AIMessageChunk | None = None


@dataclass(kw_only=True)
class _FrameStream:
    """Turns the graph's chunks into frames; providers stream a call's arguments in fragments."""

    thread_id: str
    title_of: Callable[[str], str]
    _open: dict[str, _Open] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def read(self, chunk: Any, node: str, place: str | None = None) -> Iterator[Any]:
        """Yield the frames of one chunk; `place` names where in the run it comes from."""
        if isinstance(chunk, AIMessageChunk):
            yield from self._read_fragment(chunk, node, place)
            return
        yield from self.end()
        if isinstance(chunk, BaseMessage) and not isinstance(chunk, AIMessage):
            return
        if hasattr(chunk, "content") and hasattr(chunk, "tool_calls"):
            yield from self._read_whole(chunk, node, place)
            return
        yield chunk

    def end(self, *, broken: bool = False) -> Iterator[Any]:
        """End every open message; a broken one's calls are incomplete and are left out."""
        ended, self._open = self._open, {}
        for message in ended.values():
            if message.text:
                yield MessageEnded(agent=message.agent, message_id=message.message_id, content=message.text)
            if message.calls is not None and not broken:
                yield from self._calls(message.calls.tool_calls, message.agent, message.call_key)
                unreadable = message.calls.invalid_tool_calls
                first = len(message.calls.tool_calls)
                for index, call in enumerate(unreadable, start=first):
                    if call["name"] == TRANSFER:
                        continue
                    name = call["name"] or UNNAMED
                    yield self._call(name, {}, message.agent, call_id_of(message.call_key, index, name))

    def _read_fragment(self, chunk: AIMessageChunk, node: str, place: str | None) -> Iterator[Any]:
        key = chunk.id or ""
        if self._open and key not in self._open:
            yield from self.end()
        if key not in self._open:
            self._open[key] = self._begin(node, place, key)
        message = self._open[key]
        if text := chunk.text:
            yield self._token(message, text)
        if chunk.tool_call_chunks:
            message.calls = chunk if message.calls is None else message.calls + chunk
        if chunk.chunk_position == "last":
            yield from self.end()

    def _begin(self, node: str, place: str | None, key: str) -> _Open:
        """Begin a message; one that comes again from the same place gets the same ids as before."""
        if place is None:
            return _Open(agent=node, message_id=uuid4().hex, call_key=key)
        self._counts[place] += 1
        return _Open(agent=node, message_id=message_id_of(place, self._counts[place]), call_key=place)

    def _read_whole(self, chunk: Any, node: str, place: str | None) -> Iterator[Any]:
        """Yield the frames of a message that comes in one piece: from a graph's double, or from a node of ours."""
        key = (chunk.id if isinstance(chunk, AIMessage) else None) or uuid4().hex
        message = self._begin(node, place, key)
        if chunk.content:
            yield self._token(message, chunk.text if isinstance(chunk, AIMessage) else chunk.content)
            yield MessageEnded(agent=node, message_id=message.message_id, content=message.text)
        yield from self._calls(chunk.tool_calls, node, message.call_key)

    def _calls(self, calls: list[Any], agent: str, key: str) -> Iterator[ToolCall]:
        for index, call in enumerate(calls):
            if call["name"] != TRANSFER:
                call_id = call_id_of(key, index, call["name"])
                yield self._call(call["name"], call["args"], agent, call_id)

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
    """Read what LangGraph's interrupt asks; a graph that is not ours may ask with any dictionary."""
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
