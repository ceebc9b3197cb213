"""Live agents: those of agents.yaml, with what people changed and approved on top. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from app.tools.base import Access

if TYPE_CHECKING:
    from app.agents.config import AgentConfig, AgentSpec
    from app.tools.base import ToolSpec

PERSONAL: Final = ("tone", "greeting", "escalation_message")
HAND_OVER: Final = "hand_over"  # every agent can find a person
EDITABLE: Final = ("title", "description", *PERSONAL, "instructions", "max_steps")


@dataclass(frozen=True, kw_only=True)
class AgentOverride:
    """What people set of an agent, by field, and the number of that version."""

    spec: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0


def merged(
    base: AgentConfig,
    *,
    tools: Mapping[str, Iterable[ToolSpec]],
    overrides: Mapping[str, AgentOverride],
    new: type[AgentSpec],
) -> AgentConfig:
    """Return the agents of the file with the approved `tools` added, by agent, and new agents for the rest.

    An agent of the file that is given a write may write from then on: a person has approved it.
    """
    there = {agent.name: agent for agent in base.agents}
    for name, specs in tools.items():
        added = list(specs)
        if not added:
            continue
        if name not in there:
            there[name] = new(name=name, description=_described(name), permission="read", tools=(HAND_OVER,))
        there[name] = _with_tools(there[name], added)
    agents = [
        with_override(agent, overrides[agent.name]) if agent.name in overrides else agent for agent in there.values()
    ]
    return replace(base, agents=tuple(agents))


def is_off(override: AgentOverride | None) -> bool:
    """Say whether people switched an agent off."""
    return override is not None and override.spec.get("off") is True


def with_override(agent: AgentSpec, override: AgentOverride) -> AgentSpec:
    """Return an agent as people set it; what they left out stays."""
    given = {name: value for name, value in override.spec.items() if name in EDITABLE and value not in {"", None}}
    voice = {name: value for name, value in given.items() if name in PERSONAL}
    rest = {name: value for name, value in given.items() if name not in PERSONAL and name != "title"}
    return replace(agent, personality=replace(agent.personality, **voice), **rest)


def _with_tools(agent: AgentSpec, added: list[ToolSpec]) -> AgentSpec:
    writes = any(spec.access is not Access.READ for spec in added)
    there = frozenset(agent.tools)
    names = [spec.name for spec in added if spec.name not in there]
    return replace(agent, tools=(*agent.tools, *names), permission="write" if writes else agent.permission)


def _described(name: str) -> str:
    return f"Handles {name.replace('_', ' ')}."
