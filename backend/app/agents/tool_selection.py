"""Tool selection: which of its tools an agent offers to its model. Pure.

A model pays for every tool that it is shown, and chooses worse among hundreds. Few tools are all offered; of many,
those that the message may be about, those that were called earlier in the run, and what every agent can do.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from app.tools.search import ToolIndex

if TYPE_CHECKING:
    from app.tools.base import Tool, ToolSpec

TOOL_BUDGET: Final = 30  # beyond some thirty tools models begin to take the wrong one
TOKEN_BUDGET: Final = 6_000  # what tools may cost in each call: leaves room in the context of small local models
CHARS_A_TOKEN: Final = 4  # an estimate that holds for English and JSON


class ToolSelector:
    """An agent's tools, of which the fitting ones are offered to its model."""

    def __init__(
        self, tools: Sequence[Tool], *, tool_budget: int = TOOL_BUDGET, token_budget: int = TOKEN_BUDGET
    ) -> None:
        """Choose among these tools, at most so many and for so many tokens."""
        self._tools = tuple(tools)
        self._tool_budget = tool_budget
        self._token_budget = token_budget
        self._cost = {tool.spec.name: tokens_of(tool.spec) for tool in tools}
        fits = len(self._tools) <= tool_budget and sum(self._cost.values()) <= token_budget
        self._index = None if fits else ToolIndex([tool.spec for tool in self._tools if tool.spec.effect is None])

    def for_message(self, text: str, *, called: Collection[str] = ()) -> list[Tool]:
        """Return the tools to offer for a message, in their own order; `called` names those used in this run."""
        if self._index is None:
            return list(self._tools)
        kept = {tool.spec.name for tool in self._tools if tool.spec.effect is not None or tool.spec.name in called}
        left = self._token_budget - sum(self._cost[name] for name in kept)
        for spec in self._index.best(text, self._tool_budget):
            if spec.name in kept or len(kept) >= self._tool_budget:
                continue
            left -= self._cost[spec.name]
            if left < 0:
                break
            kept.add(spec.name)
        return [tool for tool in self._tools if tool.spec.name in kept]


def tokens_of(spec: ToolSpec) -> int:
    """Estimate what a tool costs in each call of a model."""
    written = json.dumps(dict(spec.parameters), ensure_ascii=False, separators=(",", ":"))
    return (len(spec.name) + len(spec.description) + len(written)) // CHARS_A_TOKEN
