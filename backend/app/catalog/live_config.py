"""What imports have to respect: the tools and agents that no import brought; and how a change is seen here."""

from __future__ import annotations

from typing import Protocol


class Live(Protocol):
    """What is live, as far as those who change it have to know."""

    @property
    def fixed_names(self) -> frozenset[str]:
        """The names of the tools that no import may take: the built-ins and those of agents.yaml."""

    @property
    def file_agents(self) -> frozenset[str]:
        """The names of the agents of agents.yaml."""

    async def refresh(self) -> None:
        """Load what was changed just now."""
