"""Agent configuration, as `config/agents.yaml` writes it: read once, checked whole, frozen afterwards.

What is wrong raises `ConfigMistake` with file and line, before anything is served.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.agents.yaml_file import Loc, YamlFile, did_you_mean, read_yaml
from app.errors import ConfigMistake
from app.tools.api_client import CONCURRENCY, MAX_CONCURRENCY, MAX_PER_SECOND, PER_SECOND, ApiLimits
from app.tools.base import Access, ConsentRule, ToolSpec

MAX_STEPS: Final = 30  # model calls for one wish, where nothing is set: twice what the longest ordinary ones take
HIGHEST_MAX_STEPS: Final = 100  # that can be set: more is a job for a program, and each step costs a model's call
MAX_AGENTS: Final = 50  # a router cannot tell more apart, and a person could not either
RESERVED_NAMES: Final = frozenset({"router", "tools", "supervisor"})  # nodes of the graph that are no agents
AGENT_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

Permission = Literal["read", "write"]
RoutingRule = Literal["when_needed", "every_message"]


@dataclass(frozen=True, kw_only=True)
class Personality:
    """How an agent speaks."""

    tone: str = "friendly, brief and clear"
    greeting: str = ""
    escalation_message: str = "I am handing you over to a person, who will take it from here."


@dataclass(frozen=True, kw_only=True)
class AgentSpec:
    """One specialist: what it is for, what it may do, and how it speaks.

    `tools` holds names and patterns such as `get_*` or `shop.*`. `instructions` is what staff tell it on the page,
    `max_steps` how many calls of its model it has for one intent (None: `MAX_STEPS`). `where` and `tools_at` name
    file and line.
    """

    name: str
    description: str
    permission: Permission
    tools: tuple[str, ...]
    personality: Personality = Personality()
    model: str | None = None
    knowledge: str = ""
    examples: tuple[str, ...] = ()
    instructions: str = ""
    max_steps: int | None = None
    where: str = field(default="", compare=False)
    tools_at: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class ApiSpec:
    """One API whose operations become tools: its OpenAPI document (path or URL) and where it is served.

    `consent` says who must consent, by name or pattern of operations; `bind` names the claim that fills an argument,
    None that none does. What they leave out is as the rules propose it.
    """

    name: str
    document: str
    base_url: str | None = None
    consent: Mapping[str, ConsentRule] = field(default_factory=dict)
    bind: Mapping[str, str | None] = field(default_factory=dict)
    limits: ApiLimits = field(default_factory=ApiLimits)
    where: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class AgentConfig:
    """Everything that `agents.yaml` says.

    `routing` says when a router that costs a model's call is asked: where it is needed, or for every message.
    """

    agents: tuple[AgentSpec, ...]
    apis: tuple[ApiSpec, ...]
    fallback: str
    name: str = "Smart Support"
    greeting: str = "Hello! How can I help you?"
    routing: RoutingRule = "when_needed"

    def agent(self, name: str) -> AgentSpec:
        """Return the agent of that name; raises `KeyError` where there is none."""
        for agent in self.agents:
            if agent.name == name:
                return agent
        raise KeyError(name)


# --- what the file may hold ------------------------------------------------------------------------------------

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _PersonalityForm(_Form):
    tone: Text = Personality.tone
    greeting: Text | None = None
    escalation_message: Text = Personality.escalation_message


class _AgentForm(_Form):
    name: Text
    description: Text
    permission: Permission
    tools: list[Text] = Field(min_length=1)
    personality: _PersonalityForm = Field(default_factory=_PersonalityForm)
    model: Text | None = None
    knowledge: str = ""
    examples: list[Text] = Field(default_factory=list)
    max_steps: Annotated[int, Field(ge=1, le=HIGHEST_MAX_STEPS)] | None = None


class _LimitsForm(_Form):
    concurrency: Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] = CONCURRENCY
    per_second: Annotated[float, Field(gt=0, le=MAX_PER_SECOND, strict=False)] = PER_SECOND


class _ApiForm(_Form):
    name: Text
    document: Text
    base_url: Text | None = None
    consent: dict[Text, Annotated[ConsentRule, Field(strict=False)]] = Field(default_factory=dict)
    bind: dict[Text, Text | None] = Field(default_factory=dict)
    limits: _LimitsForm = Field(default_factory=_LimitsForm)


class _FileForm(_Form):
    template: Text | None = None
    extends: Text | None = None
    name: Text | None = None
    greeting: Text | None = None
    fallback: Text | None = None
    routing: RoutingRule | None = None
    apis: list[_ApiForm] = Field(default_factory=list)
    agents: list[_AgentForm] = Field(default_factory=list)


# --- reading ---------------------------------------------------------------------------------------------------


def load_agents(path: Path, *, variables: Mapping[str, str]) -> AgentConfig:
    """Read the agents' file and the template that it extends; raises `ConfigMistake` with file and line.

    `${NAME}` in an API's document and base_url is replaced from `variables`.
    """
    file = read_yaml(path)
    form = file.parse(_FileForm)
    template = _template_of(file, form)
    base = _read(template[0], template[1], variables) if template else _EMPTY
    own = _read(file, form, variables)
    agents = {agent.name: agent for agent in (*base.agents, *own.agents)}
    apis = {api.name: api for api in (*base.apis, *own.apis)}
    fallback = own.fallback or base.fallback
    if not agents:
        raise file.mistake((), 'there are no agents; add "agents:" with one, or "template: e-commerce"')
    if len(agents) > MAX_AGENTS:
        raise file.mistake(("agents",), f"there are {len(agents)} agents; write at most {MAX_AGENTS}")
    if not fallback:
        raise file.mistake((), f'there is no fallback; add "fallback: {next(reversed(agents))}"')
    if fallback not in agents:
        close = did_you_mean(fallback, agents)
        advice = f'did you mean "{close}"?' if close else f"write one of: {', '.join(agents)}"
        raise file.mistake(("fallback",), f'fallback is "{fallback}", which is no agent; {advice}')
    return AgentConfig(
        agents=tuple(agents.values()),
        apis=tuple(apis.values()),
        fallback=fallback,
        name=own.name or base.name or AgentConfig.name,
        greeting=own.greeting or base.greeting or AgentConfig.greeting,
        routing=own.routing or base.routing or AgentConfig.routing,
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one file says, before it is laid over another."""

    agents: tuple[AgentSpec, ...] = ()
    apis: tuple[ApiSpec, ...] = ()
    fallback: str | None = None
    name: str | None = None
    greeting: str | None = None
    routing: RoutingRule | None = None


_EMPTY: Final = _Part()


def _template_of(file: YamlFile, form: _FileForm) -> tuple[YamlFile, _FileForm] | None:
    """Read the template that the file names, if it names one."""
    key = "template" if form.template is not None else "extends"
    named = form.template if form.template is not None else form.extends
    if named is None:
        return None
    folder = file.path.parent / "templates"
    known = sorted(found.stem for found in folder.glob("*.yaml"))
    name = named.removeprefix("templates/").removesuffix(".yaml")
    if name not in known:
        close = did_you_mean(name, known)
        advice = f'did you mean "{close}"?' if close else f"write one of: {', '.join(known) or '(there are none)'}"
        raise file.mistake((key,), f'{key} is "{named}", which is no template; {advice}')
    template = read_yaml(folder / f"{name}.yaml")
    parsed = template.parse(_FileForm)
    if parsed.template or parsed.extends:
        raise template.mistake(("template",), "a template cannot extend another one; write its agents out here")
    return template, parsed


def _read(file: YamlFile, form: _FileForm, variables: Mapping[str, str]) -> _Part:
    _check_names(file, "agents", [agent.name for agent in form.agents])
    _check_names(file, "apis", [api.name for api in form.apis])
    return _Part(
        agents=tuple(_agent(file, index, agent) for index, agent in enumerate(form.agents)),
        apis=tuple(_api(file, index, api, variables) for index, api in enumerate(form.apis)),
        fallback=form.fallback,
        name=form.name,
        greeting=form.greeting,
        routing=form.routing,
    )


def _check_names(file: YamlFile, key: str, names: Sequence[str]) -> None:
    for index, name in enumerate(names):
        loc: Loc = (key, index, "name")
        if AGENT_NAME.fullmatch(name) is None:
            raise file.mistake(loc, f'name is "{name}"; write small letters, digits and _, a letter first')
        if name in RESERVED_NAMES:
            raise file.mistake(loc, f'name is "{name}", which is reserved; write another one')
        if name in names[:index]:
            first = file.at((key, names.index(name), "name"))
            raise file.mistake(loc, f'name is "{name}", as on {first}; write another one')


def _agent(file: YamlFile, index: int, form: _AgentForm) -> AgentSpec:
    loc: Loc = ("agents", index)
    personality = form.personality
    return AgentSpec(
        name=form.name,
        description=form.description,
        permission=form.permission,
        tools=tuple(form.tools),
        personality=Personality(
            tone=personality.tone,
            greeting=personality.greeting or "",
            escalation_message=personality.escalation_message,
        ),
        model=form.model,
        max_steps=form.max_steps,
        knowledge=form.knowledge.strip(),
        examples=tuple(form.examples),
        where=file.at(loc),
        tools_at=tuple(file.at((*loc, "tools", place)) for place in range(len(form.tools))),
    )


def _api(file: YamlFile, index: int, form: _ApiForm, variables: Mapping[str, str]) -> ApiSpec:
    def fill(key: str, text: str) -> str:
        for name in PLACEHOLDER.findall(text):
            if name not in variables:
                known = f"; known: {', '.join(sorted(variables))}" if variables else ""
                raise file.mistake(
                    ("apis", index, key),
                    f"{key} uses ${{{name}}}, which is not set here; write the address itself"
                    f" or switch on what provides it{known}",
                )
        return PLACEHOLDER.sub(lambda match: variables[match[1]], text)

    base_url = None if form.base_url is None else fill("base_url", form.base_url)
    return ApiSpec(
        name=form.name,
        document=fill("document", form.document),
        base_url=base_url,
        consent=form.consent,
        bind=dict(form.bind),
        limits=ApiLimits(concurrency=form.limits.concurrency, per_second=form.limits.per_second),
        where=file.at(("apis", index)),
    )


# --- against the live tools ------------------------------------------------------------------------------------


def check_tools(config: AgentConfig, tools: Iterable[ToolSpec]) -> None:
    """Check the agents' tools against those that there are; raises `ConfigMistake` with file and line."""
    known = {tool.name: tool for tool in tools}
    for agent in config.agents:
        for place, pattern in enumerate(agent.tools):
            where = agent.tools_at[place] if place < len(agent.tools_at) else agent.where or agent.name
            matching = [tool.name for tool in known.values() if _matches(pattern, tool)]
            if not matching:
                close = did_you_mean(pattern, known)
                advice = f'did you mean "{close}"?' if close else f"write one of: {', '.join(sorted(known))}"
                raise ConfigMistake(f'{where}: "{pattern}" of agent {agent.name} is no tool; {advice}', where=where)
            writes = [name for name in matching if not _only_reads(known[name])]
            if agent.permission == "read" and writes:
                raise ConfigMistake(
                    f"{where}: {writes[0]} changes something, but agent {agent.name} may only read; take it off"
                    ' the list or write "permission: write"',
                    where=where,
                )


def _matches(pattern: str, tool: ToolSpec) -> bool:
    """Say whether a pattern names a tool: by its name, or by its source and name (`shop.get_*`)."""
    return fnmatch.fnmatchcase(tool.name, pattern) or fnmatch.fnmatchcase(f"{tool.source}.{tool.name}", pattern)


def _only_reads(tool: ToolSpec) -> bool:
    return tool.access is Access.READ or tool.effect is not None
