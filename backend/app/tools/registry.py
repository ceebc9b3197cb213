"""Tool registry: the live set of tools, whose sources come, change and go while conversations run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final

from app.errors import ConfigMistake, ToolUnknown
from app.tools.base import Tool
from app.tools.builtin import RESERVED

NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what every provider of models accepts as a tool's name

_GLOB: Final = re.compile(r"[*?\[]")


class ToolRegistry:
    """All tools by name. Every change makes a new version, and a reader sees the old set or the new, never half."""

    def __init__(self) -> None:
        """Begin with no tools, at version 0."""
        self._sources: MappingProxyType[str, tuple[Tool, ...]] = MappingProxyType({})
        self._by_name: MappingProxyType[str, Tool] = MappingProxyType({})
        self._version = 0

    @property
    def version(self) -> int:
        """A number that grows with every change."""
        return self._version

    @property
    def names(self) -> tuple[str, ...]:
        """Every tool's name, in the order of `select`."""
        return tuple(self._by_name)

    def replace(self, source: str, tools: Sequence[Tool]) -> None:
        """Let these be the tools of the source, wholly; none removes it.

        Raises `ConfigMistake`, and changes nothing, where a name is not legal or belongs to another source.
        """
        sources = {**self._sources, source: tuple(tools)}
        if not tools:
            del sources[source]
        by_name = _by_name(sources)
        self._sources, self._by_name = MappingProxyType(sources), MappingProxyType(by_name)
        self._version += 1

    def get(self, name: str) -> Tool:
        """Return the tool of this name, or raise `ToolUnknown`."""
        try:
            return self._by_name[name]
        except KeyError:
            raise ToolUnknown(f"There is no tool named '{name[:64]}'.", tool=name[:64]) from None

    def select(self, patterns: Iterable[str]) -> list[Tool]:
        """Return the tools that a pattern names, each once, in the order of their sources.

        A pattern is a name (`cancel_order`), a glob (`cancel_*`), or either within a source (`shop.*`).
        """
        wanted = tuple(patterns)
        # Agents of large APIs name hundreds of tools one by one: those are looked up, not compared.
        exact = frozenset(wanted)
        globs = [pattern for pattern in wanted if _GLOB.search(pattern)]
        return [
            tool
            for source, tools in self._sources.items()
            for tool in tools
            if tool.spec.name in exact
            or f"{source}.{tool.spec.name}" in exact
            or any(_matches(pattern, source, tool.spec.name) for pattern in globs)
        ]


def _matches(pattern: str, source: str, name: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(f"{source}.{name}", pattern)


def _by_name(sources: dict[str, tuple[Tool, ...]]) -> dict[str, Tool]:
    found: dict[str, tuple[str, Tool]] = {}
    for source, tools in sources.items():
        for tool in tools:
            name = tool.spec.name
            if not NAME.fullmatch(name):
                raise ConfigMistake(f"'{name}' of {source} is not a tool's name: use 1 to 64 letters, digits, _ or -.")
            if name in RESERVED:
                raise ConfigMistake(
                    f"'{name}' of {source} is a reserved name: agents hand over, ask or answer with it. Rename it."
                )
            if name in found:
                raise ConfigMistake(
                    f"Both {found[name][0]} and {source} have a tool named '{name}'. Rename one of them."
                )
            found[name] = (source, tool)
    return {name: tool for name, (_, tool) in found.items()}
