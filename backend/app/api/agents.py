"""Agents over REST: those that answer now, their versions, and changes of how they speak."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, StringConstraints

from app.access.rights import Right
from app.agents.config import HIGHEST_MAX_STEPS, AgentSpec
from app.api.imports import staff
from app.api.review_views import MAX_DESCRIPTION_CHARS, MAX_INSTRUCTIONS_CHARS
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body
from app.db import agents, live_set, review_log
from app.errors import AgentNeeded, AgentUnknown
from app.openapi_import.review.audit import changes

MAX_VERSIONS: Final = 100  # of an agent, shown: the newest

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_DESCRIPTION_CHARS)]


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
    instructions: str
    """What the support team tells the agent beside its rules."""
    max_steps: int | None
    """How many calls of its model it has for one thing asked; None: the usual number."""
    examples: list[str]
    fallback: bool
    """Whether it answers what no other agent is for."""
    off: bool
    """Whether it was switched off: it answers nothing until it is switched on."""
    source: Literal["file", "review"]
    """Where it comes from: agents.yaml, or an API that was reviewed."""
    version: int
    """How often people changed it here; 0: never."""


class Agents(View):
    """All agents, in the order in which they are asked."""

    items: list[AgentView]


class AgentForm(Form):
    """What to change of an agent; what is left out stays.

    An empty text, and no `max_steps` at all (null), go back to what it was.
    """

    description: Sentence | None = None
    tone: Sentence | None = None
    greeting: Sentence | None = None
    escalation_message: Sentence | None = None
    instructions: Annotated[str, StringConstraints(max_length=MAX_INSTRUCTIONS_CHARS)] | None = None
    max_steps: Annotated[int, Field(ge=1, le=HIGHEST_MAX_STEPS)] | None = None
    off: bool | None = None
    """Whether it answers nothing; the agent that answers what no other is for cannot be switched off."""


class VersionView(View):
    """An agent as it was set at one time."""

    version: int
    spec: dict[str, Any]
    import_id: UUID | None
    """The import with whose approval it came, if it was one."""
    created_at: datetime
    created_by: str


class Versions(View):
    """The versions of an agent, newest first."""

    items: list[VersionView]


async def list_agents(request: web.Request) -> web.Response:
    """List the agents that answer now, then those that are switched off."""
    return answer(Agents(items=[_view(request, agent) for agent in _all(request)]))


async def change(request: web.Request) -> web.Response:
    """Change how an agent speaks and what it is told; from the next message on, and as a new version."""
    form = await read_body(request, AgentForm)
    name, live_tools = request.match_info["name"], request.app[SERVICES].live_config
    _named(request, name)
    if form.off and name == live_tools.config.fallback:
        raise AgentNeeded
    given = form.model_dump(exclude_unset=True)
    wanted = {field: value for field, value in given.items() if value is not None or field == "max_steps"}
    async with request.app[SERVICES].pool.acquire() as connection, connection.transaction():
        await live_set.begin_change(connection)
        newest = (await agents.newest(connection)).get(name)
        before = dict(newest.spec) if newest else {}
        spec = {field: value for field, value in {**before, **wanted}.items() if value not in {"", None, False}}
        if spec != before:
            by = staff(request)
            version = await agents.add(connection, name=name, spec=spec, import_id=None, by=by)
            made = changes(before, {field: spec.get(field) for field in wanted})
            details = {"agent": name, "version": version, "changes": made}
            await review_log.record(connection, by=by, what="agent_changed", details=details)
            await live_set.changed(connection)
    await live_tools.refresh()
    return answer(_view(request, _named(request, name)))


async def list_versions(request: web.Request) -> web.Response:
    """List the versions of an agent, newest first."""
    name = request.match_info["name"]
    async with request.app[SERVICES].pool.acquire() as connection:
        found = await agents.versions(connection, name=name, limit=MAX_VERSIONS)
    if not found:
        _named(request, name)
    return answer(
        Versions(
            items=[
                VersionView(
                    version=one.version,
                    spec=one.spec,
                    import_id=one.import_id,
                    created_at=one.created_at,
                    created_by=one.created_by,
                )
                for one in found
            ]
        )
    )


def _all(request: web.Request) -> tuple[AgentSpec, ...]:
    live_tools = request.app[SERVICES].live_config
    return (*live_tools.config.agents, *live_tools.off)


def _named(request: web.Request, name: str) -> AgentSpec:
    for agent in _all(request):
        if agent.name == name:
            return agent
    raise AgentUnknown


def _view(request: web.Request, agent: AgentSpec) -> AgentView:
    live_tools = request.app[SERVICES].live_config
    return AgentView(
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
        instructions=agent.instructions,
        max_steps=agent.max_steps,
        examples=list(agent.examples),
        fallback=agent.name == live_tools.config.fallback,
        off=agent in live_tools.off,
        source="file" if agent.name in live_tools.file_agents else "review",
        version=live_tools.versions.get(agent.name, 0),
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/agents",
        handler=list_agents,
        right=Right.SEE_AGENTS,
        summary="The agents, what they are for and what they may do.",
        area="agents",
        gives=Agents,
    ),
    Route(
        method="PUT",
        path="/api/v1/agents/{name}",
        handler=change,
        right=Right.EDIT_AGENTS,
        summary="Change how an agent speaks and what it is told, from the next message on; kept as a new version.",
        area="agents",
        body=AgentForm,
        gives=AgentView,
        errors=(AgentUnknown, AgentNeeded),
    ),
    Route(
        method="GET",
        path="/api/v1/agents/{name}/versions",
        handler=list_versions,
        right=Right.SEE_AGENTS,
        summary="What people set of an agent, when; newest first.",
        area="agents",
        gives=Versions,
        errors=(AgentUnknown,),
    ),
)
