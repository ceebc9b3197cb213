"""Parser of tool calls that a small model writes as text instead of making them.

Only a text that consists of nothing but calls of known tools becomes calls; anything else stays the text it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from langchain_core.messages import AIMessageChunk
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk

OPENINGS: Final = ("<tool_call", "<function_call", "<|tool_call", "[TOOL_CALLS]", "```", "{", "[{")
MAX_HELD_CHARS: Final = 20_000  # of a text that might be a call; beyond it, it is text
_WRAPPING: Final = re.compile(
    r"<\|?/?(?:tool_calls?|function_call)\|?>|\[/?TOOL_CALLS\]|```(?:json|tool_call|tool_code)?", re.IGNORECASE
)
_NAME_KEYS: Final = ("name", "tool", "tool_name", "function")
_ARGS_KEYS: Final = ("arguments", "parameters", "args", "input", "tool_input")


class TextToolCalls:
    """Holds a text back while it may be a call, and lets it go as soon as it can't be; prose is never delayed."""

    def __init__(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """Look for calls of these tools; without any, nothing is held back."""
        self._names = {str(tool.get("function", tool).get("name")) for tool in tools}
        self._held: list[ChatGenerationChunk] = []
        self._text = ""
        self._open = bool(self._names)

    def feed(self, chunk: ChatGenerationChunk) -> Iterator[ChatGenerationChunk]:
        """Yield what can be passed on, now that this chunk has come."""
        if not self._open:
            yield chunk
            return
        self._text += chunk.text
        self._held.append(chunk)
        if not _may_be_call(self._text):
            self._open = False
            held, self._held = self._held, []
            yield from held

    def flush(self, *, may_be_call: bool = True) -> Iterator[ChatGenerationChunk]:
        """Yield what was held back to the end: as calls where it is such, else as the text that it is."""
        held, self._held = self._held, []
        calls = calls_in(self._text, self._names) if held and may_be_call else []
        if not calls:
            yield from held
            return
        for chunk in held:
            chunk.message = chunk.message.model_copy(update={"content": ""})
        held[0].message = AIMessageChunk(content="", id=held[0].message.id, tool_call_chunks=calls)
        yield from (ChatGenerationChunk(message=chunk.message, generation_info=chunk.generation_info) for chunk in held)


def _may_be_call(text: str) -> bool:
    begun = text.lstrip()
    if len(text) > MAX_HELD_CHARS:
        return False
    return any(begun.startswith(opening) or opening.startswith(begun) for opening in OPENINGS)


def calls_in(text: str, names: set[str]) -> list[ToolCallChunk]:
    """Return the calls that a text consists of; none where it is anything but calls of these tools."""
    bare = _WRAPPING.sub(" ", text).strip()
    decoder = json.JSONDecoder()
    found: list[ToolCallChunk] = []
    while bare:
        try:
            value, end = decoder.raw_decode(bare)
        except (ValueError, RecursionError):
            return []
        bare = bare[end:].lstrip(" \n\r\t,;")
        for one in value if isinstance(value, list) else [value]:
            call = _call(one, names)
            if call is None:
                return []
            name, args = call
            found.append(tool_call_chunk(name=name, args=json.dumps(args), id=None, index=len(found)))
    return found


def _call(value: Any, names: set[str]) -> tuple[str, dict[str, Any]] | None:
    """Read one call in one of the forms in which models write it."""
    if not isinstance(value, Mapping):
        return None
    inner = value.get("function")
    if isinstance(inner, Mapping):
        value = inner
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    args: Any = next((value[key] for key in _ARGS_KEYS if key in value), {})
    if isinstance(args, str):
        try:
            args = json.loads(args)
        except ValueError:
            return None
    return (name, dict(args)) if name in names and isinstance(args, Mapping) else None
