"""Assembler of streamed tool calls, from the fragments in which providers send them.

Arguments that are no JSON object are marked as unreadable, so that nothing is guessed from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk

# LangChain mends broken JSON by guessing: {"order_id": 10 becomes order 10 though 1042 was meant. With this before
# them such arguments stay unreadable.
UNREADABLE: Final = "unreadable: "


@dataclass(kw_only=True)
class _Call:
    """One call as far as it has come."""

    index: int | None
    id: str | None
    name: str = ""
    args: str = ""


class ToolCallAssembler:
    """Collects an answer's fragments, whatever their provider leaves out or repeats; at its end the calls are whole."""

    def __init__(self) -> None:
        """Begin without any."""
        self._calls: list[_Call] = []

    def feed(self, chunk: ChatGenerationChunk) -> ChatGenerationChunk:
        """Keep a chunk's fragments and return what is left of it."""
        message = chunk.message
        if not isinstance(message, AIMessageChunk) or not message.tool_call_chunks:
            return chunk
        for fragment in message.tool_call_chunks:
            self._add(fragment)
        left = AIMessageChunk(
            content=message.content,
            id=message.id,
            response_metadata=message.response_metadata,
            usage_metadata=message.usage_metadata,
        )
        return ChatGenerationChunk(message=left, generation_info=chunk.generation_info)

    def whole(self) -> Iterable[ToolCallChunk]:
        """Return the calls, each in one piece; arguments that are no JSON object cannot be mistaken for one."""
        for place, call in enumerate(self._calls):
            readable = call.args.strip() or "{}"
            yield tool_call_chunk(
                name=call.name,
                args=readable if _is_object(readable) else f"{UNREADABLE}{call.args}",
                id=call.id,
                index=place,
            )

    def _add(self, fragment: ToolCallChunk) -> None:
        call = self._continued(fragment)
        if call is None:
            call = _Call(index=fragment["index"], id=fragment["id"])
            self._calls.append(call)
        call.id = call.id or fragment["id"]
        call.name += fragment["name"] or ""
        call.args += fragment["args"] or ""

    def _continued(self, fragment: ToolCallChunk) -> _Call | None:
        """Return the call that a fragment goes on with: same place and no other id, or the last without a place."""
        index, given = fragment["index"], fragment["id"]
        if index is None:
            return None if fragment["name"] or not self._calls else self._calls[-1]
        for call in reversed(self._calls):
            if call.index == index and (not given or not call.id or call.id == given):
                repeats = bool(fragment["name"]) and bool(call.args) and _is_object(call.args)
                return None if repeats else call
        return None


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
