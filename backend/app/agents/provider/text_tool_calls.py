"""Filter for tool calls that a model writes as text instead of making them.

A text is held back from where a call may begin: at once where it begins like JSON, later only at marks that no sentence
to a customer has. Calls of known tools are made. What is plainly a call and cannot be read becomes an unreadable one,
so that the model is asked to mend it; anything else stays the text it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk

from app.agents.provider.call_markup import MARKS, calls_in, is_like_a_call
from app.agents.provider.marks import open_end
from app.agents.provider.tool_call_chunks import UNREADABLE

OPENINGS: Final = (*MARKS, "```", "{", "[{")
MAX_HELD_CHARS: Final = 20_000  # of a text that might be a call; beyond it, it is text
NAMELESS: Final = "unreadable_call"
_MARK: Final = re.compile("|".join(re.escape(mark) for mark in MARKS))
_NAME: Final = re.compile(r'(?:"name"\s*:\s*"|<function=|functions\.)([\w-]{1,64})')


class TextToolCalls:
    """Holds a text back while it may be a call, and lets it go as soon as it can't be; prose is not delayed."""

    def __init__(self, tools: Sequence[Mapping[str, Any]]) -> None:
        """Look for calls of these tools; without any, nothing is held back."""
        functions = [tool.get("function", tool) for tool in tools]
        self._schemas = {str(one.get("name")): one.get("parameters") or {} for one in functions}
        self._held = ""
        self._begun = False

    def feed(self, piece: str) -> str:
        """Return what of the text so far is certain to be no call."""
        if not self._schemas:
            return piece
        self._held += piece
        if not self._begun and self._may_begin():
            return ""
        self._begun = True
        if len(self._held) > MAX_HELD_CHARS:
            return self._let_go(len(self._held))
        mark = _MARK.search(self._held)
        return self._let_go(mark.start() if mark else len(self._held) - open_end(self._held, MARKS))

    def flush(self, *, may_be_call: bool = True) -> tuple[str, list[ToolCallChunk]]:
        """Return what was held back to the end: the text that it is, or the calls.

        Beside a call that the provider itself made, text is text; markup of a call is dropped then.
        """
        held, self._held = self._held, ""
        calls = calls_in(held, self._schemas) if held and may_be_call else []
        if calls:
            return "", [
                tool_call_chunk(name=name, args=orjson.dumps(args).decode(), id=None, index=place)
                for place, (name, args) in enumerate(calls)
            ]
        if _MARK.search(held) or (may_be_call and is_like_a_call(held)):
            name = match[1] if (match := _NAME.search(held)) else NAMELESS
            broken = tool_call_chunk(name=name, args=f"{UNREADABLE}{held}", id=None, index=0)
            return "", [broken] if may_be_call else []
        return held, []

    def _may_begin(self) -> bool:
        begun = self._held.lstrip()
        if len(self._held) > MAX_HELD_CHARS:
            return False
        return any(begun.startswith(opening) or opening.startswith(begun) for opening in OPENINGS)

    def _let_go(self, length: int) -> str:
        text, self._held = self._held[:length], self._held[length:]
        return text
