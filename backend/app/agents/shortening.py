"""Shortening of a conversation that a model finds too long: the oldest turns go first, then the length of results.

A call is never parted from its result, and the customer's last message stays with all that followed from it. Where
nothing is left to shorten, the refusal stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage, ToolMessage

RESULT_CHARS: Final = (4_000, 1_000, 300)  # of a result of a tool: some pages, one, and what it is at all
CUT: Final = " … (cut: it was too long)"


def shortened(messages: Sequence[BaseMessage]) -> list[BaseMessage] | None:
    """Return the messages in a shorter form; None where nothing can go. Instructions stay as they are."""
    start = next((place for place, one in enumerate(messages) if not isinstance(one, SystemMessage)), len(messages))
    turns = [place for place, one in enumerate(messages) if isinstance(one, HumanMessage)]
    if len(turns) > 1 or (turns and turns[0] > start):
        kept = turns[(len(turns) + 1) // 2] if len(turns) > 1 else turns[0]
        return [*messages[:start], *messages[kept:]]
    for limit in RESULT_CHARS:
        cut = [_cut(one, limit) for one in messages]
        if cut != list(messages):
            return cut
    return None


def chars_of(messages: Sequence[BaseMessage]) -> int:
    """Return how long messages are, in characters of text."""
    return sum(len(message.text) for message in messages)


def _cut(message: BaseMessage, limit: int) -> BaseMessage:
    if not isinstance(message, ToolMessage) or len(message.text) <= limit + len(CUT):
        return message
    return message.model_copy(update={"content": message.text[:limit] + CUT})
