"""The agents, as staff see them."""

from __future__ import annotations

from aiohttp import web

from app import keys
from app.api.validation import View, answer


class PersonalityView(View):
    """How an agent speaks."""

    tone: str
    greeting: str
    escalation_message: str


class AgentView(View):
    """One agent: what it is for and what it may do."""

    name: str
    description: str
    permission: str
    tools: list[str]
    """Names, and patterns such as `get_*`."""
    model: str | None
    """The model that this agent uses; None: the usual one."""
    personality: PersonalityView
    examples: list[str]
    fallback: bool
    """Whether it answers what no other agent is for."""


class Agents(View):
    """All agents, in the order of the file."""

    items: list[AgentView]


async def list_agents(request: web.Request) -> web.Response:
    """List the agents of agents.yaml."""
    config = request.app[keys.AGENTS]
    return answer(
        Agents(
            items=[
                AgentView(
                    name=agent.name,
                    description=agent.description,
                    permission=agent.permission,
                    tools=list(agent.tools),
                    model=agent.model,
                    personality=PersonalityView(
                        tone=agent.personality.tone,
                        greeting=agent.personality.greeting,
                        escalation_message=agent.personality.escalation_message,
                    ),
                    examples=list(agent.examples),
                    fallback=agent.name == config.fallback,
                )
                for agent in config.agents
            ]
        )
    )
