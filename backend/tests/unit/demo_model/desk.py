"""A whole support desk of a template, with the demo's own documents as tools, and the demo model behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from app.agents.config import AgentConfig, load_agents
from app.agents.prompts import specialist_prompt
from app.agents.routing.router import Routing
from app.catalog.yaml_apis import yaml_api
from app.demo_model.model import DemoModel
from app.demo_model.router import DemoRouter
from app.outgoing.client import OutgoingClient
from app.tools.base import Access, ToolSpec
from app.tools.builtin import builtin_tools
from app.tools.registry import ToolRegistry

BACKEND = Path(__file__).parents[3]
SERVICES = {"e-commerce": "shop", "saas": "saas", "fintech": "bank"}
ADDRESS = "http://127.0.0.1:9"
FOUND = {"outcome": "succeeded", "data": {"found": True}}


@dataclass(frozen=True)
class Turned:
    """What one agent did with its part of a message."""

    agent: str
    request: str
    text: str
    calls: list[tuple[str, dict[str, Any]]]
    looks: list[tuple[str, dict[str, Any]]]
    """The look-ups before a change, which were found."""


@dataclass(kw_only=True)
class Desk:
    """A conversation with the desk: the customer says something, the agents act."""

    config: AgentConfig
    tools: dict[str, list[ToolSpec]]
    history: list[BaseMessage] = field(default_factory=list)
    routing: Routing = field(default_factory=Routing)
    found: dict[str, Any] = field(default_factory=lambda: FOUND)
    """What a look-up before a change brings."""

    async def say(self, text: str, *results: dict[str, Any]) -> list[Turned]:
        """Say something; the calls that it leads to are answered with `results`, where there are any."""
        self.routing = await DemoRouter().route(
            text=text, history=self.history, config=self.config, tools_of=self.tools
        )
        if self.routing.question:
            self.history += [HumanMessage(text), AIMessage(self.routing.question, name="supervisor")]
            return []
        intents = self.routing.intents
        answers = list(results)
        said: list[Turned] = []
        history = [*self.history]
        for intent in intents:
            request = text if len(intents) == 1 else intent.request
            turned, spoken = await self._act(intent.agent, request, [*history, HumanMessage(request)], answers)
            said.append(turned)
            history += [HumanMessage(request), *spoken]
        self.history += [HumanMessage(text)]
        self.history += [AIMessage(one.text, name=one.agent) for one in said if one.text]
        return said

    def _reads(self, agent: str, name: str) -> bool:
        return any(tool.name == name and tool.access is Access.READ for tool in self.tools[agent])

    def _only_looks(self, agent: str, names: set[str]) -> bool:
        """Say whether an agent that may change things looks something up; it is told that it is there."""
        may_change = self.config.agent(agent).permission == "write"
        return bool(names) and may_change and all(self._reads(agent, name) for name in names)

    async def _act(
        self, agent: str, request: str, messages: list[BaseMessage], answers: list[dict[str, Any]]
    ) -> tuple[Turned, list[BaseMessage]]:
        described = [_described(tool) for tool in self.tools[agent]]
        model = DemoModel().bind_tools(described)
        prompt = SystemMessage(specialist_prompt(self.config.agent(agent), self.config))
        calls: list[tuple[str, dict[str, Any]]] = []
        spoken: list[BaseMessage] = []
        while True:
            answer = await model.ainvoke([prompt, *messages, *spoken])
            spoken.append(answer)
            calls += [(call["name"], call["args"]) for call in answer.tool_calls]
            looking = self._only_looks(agent, {call["name"] for call in answer.tool_calls})
            if not answer.tool_calls or (not looking and len(answers) < len(answer.tool_calls)):
                changes = any(not self._reads(agent, name) for name, _ in calls)
                looks = [call for call in calls if changes and self._reads(agent, call[0])]
                return Turned(agent, request, answer.text, [one for one in calls if one not in looks], looks), spoken
            for call in answer.tool_calls:
                content = json.dumps(self.found if looking else answers.pop(0))
                spoken.append(ToolMessage(content, tool_call_id=call["id"] or "", name=call["name"]))


def desk(template: str = "e-commerce") -> Desk:
    """Open the desk of a template."""
    config = load_agents(BACKEND / f"config/templates/{template}.yaml", variables={"DEMO_APIS_URL": ADDRESS})
    service = SERVICES[template]
    document = json.loads((BACKEND / f"demo_apis/{service}/openapi.json").read_text())
    made = yaml_api(config.apis[0], document, http=OutgoingClient())
    registry = ToolRegistry()
    registry.replace(service, made.tools)
    registry.replace("builtin", builtin_tools())
    return Desk(
        config=config,
        tools={agent.name: [tool.spec for tool in registry.select(agent.tools)] for agent in config.agents},
    )


def _described(tool: ToolSpec) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
