"""Routing benchmark: `python -m benchmarks.routing URL MODEL`. Who gets each message, and after how many model calls.

The model is asked at temperature 0; `perfect` for URL is a scripted one that is always right. `before` asks the router
for every message; `after` plays it on the agents' graph, whose agents hand over. No tool is sent anywhere: reads answer
that something was found, and a write ends the play. The messages, and which agents they are for, are in
requests/routing.yaml.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import uuid4

import structlog
import yaml
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from app.agents.config import AgentConfig, load_agents
from app.agents.models import Models, ModelSource
from app.agents.routing.by_model import ModelRouter
from app.agents.state import History, RunContext, begin
from app.agents.supervisor import Supervisor
from app.callbacks import ModelCall, TokenUsageCallbackHandler
from app.catalog.yaml_apis import yaml_api
from app.errors import AppError
from app.outgoing.client import OutgoingClient
from app.records import Routed
from app.tools.base import OutcomeStatus, Tool, ToolOutcome, ToolSpec
from app.tools.builtin import builtin_tools
from app.tools.registry import ToolRegistry
from benchmarks.perfect_model import PerfectModel

BACKEND: Final = Path(__file__).parents[1]
SERVICES: Final = {"e-commerce": "shop", "saas": "saas", "fintech": "bank"}
PERFECT: Final = "perfect"
WAYS: Final = ("before", "after")
LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
FOUND: Final = ToolOutcome(status=OutcomeStatus.SUCCEEDED, summary="Found.", data={"found": True})
MAX_TOKENS: Final = 120  # of an answer: a small model that begins to ramble has decided long before
SECONDS: Final = 240.0  # for an answer of a small model on two cores


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a customer writes, what was said before, and which agents it is for, in order."""

    template: str
    active: str
    kind: str
    part: str
    language: str
    before: tuple[str, ...]
    text: str
    wants: tuple[frozenset[str], ...]

    @property
    def history(self) -> list[BaseMessage]:
        """What was said before."""
        if not self.before:
            return []
        asked, answered = self.before
        return [HumanMessage(asked), AIMessage(answered, name=self.active)]


@dataclass(kw_only=True)
class Played:
    """Who got a message, and what it took."""

    message: Message
    agents: list[str]
    calls_before: int
    tokens_before: int
    seconds: float
    fault: str = ""
    ways: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Say whether the agents that it is for got it, in order."""
        found = [one for place, one in enumerate(self.agents) if not place or self.agents[place - 1] != one]
        wants = self.message.wants
        return len(found) == len(wants) and all(one in want for one, want in zip(found, wants, strict=True))


def messages() -> Iterator[Message]:
    """Yield every message in every language."""
    read = yaml.safe_load((Path(__file__).parent / "requests/routing.yaml").read_text(encoding="utf-8"))
    for row in read["messages"]:
        context = read["contexts"].get(row["of"], {"template": row["of"], "active": ""})
        for language in LANGUAGES:
            yield Message(
                template=context["template"],
                active=context["active"],
                kind=row["kind"],
                part=row["part"],
                language=language,
                before=tuple(context.get(language, ())),
                text=row[language],
                wants=tuple(frozenset(str(want).split("|")) for want in row["wants"]),
            )


# --- what is measured --------------------------------------------------------------------------------------------


class Brief:
    """The provider's models, at temperature 0 and with short answers."""

    def __init__(self, models: Models) -> None:
        """Take these models."""
        self._models = models
        self._made: dict[str | None, BaseChatModel] = {}

    def get(self, name: str | None) -> BaseChatModel:
        """Return the model of that name, or the default one."""
        if name not in self._made:
            limits = {"temperature": 0.0, "max_tokens": MAX_TOKENS}
            self._made[name] = self._models.get(name).model_copy(update=limits)
        return self._made[name]


class Enough(Exception):
    """What was to be seen has been seen."""


class Stub:
    """A tool that is described as it is, and sent nowhere."""

    def __init__(self, spec: ToolSpec, called: Callable[[], None]) -> None:
        """Tell `called` of each call."""
        self.spec = spec
        self._called = called

    def preview(self, args: Mapping[str, Any]) -> None:
        """Send nothing."""

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        """Find something."""
        del args, idempotency_key
        self._called()
        return FOUND


class NoLedger:
    """A ledger at which every play ends: who would change something is known by then."""

    async def check_not_paused(self, *_: object) -> None:
        """Let every look-up through."""

    async def propose(self, *_: Any) -> Any:
        """End the play."""
        raise Enough


class Desk:
    """The agents of a template, with the demo's own documents as their tools."""

    def __init__(self, template: str, models: ModelSource) -> None:
        """Make the graph."""
        path = BACKEND / f"config/templates/{template}.yaml"
        self.config: AgentConfig = load_agents(path, variables={"DEMO_APIS_URL": "http://127.0.0.1:9"})
        document = json.loads((BACKEND / f"demo_apis/{SERVICES[template]}/openapi.json").read_text())
        tools: list[Tool] = [*yaml_api(self.config.apis[0], document, http=OutgoingClient()).tools, *builtin_tools()]
        registry = ToolRegistry()
        registry.replace("all", [Stub(tool.spec, self._called) for tool in tools])
        self.router = ModelRouter(models)
        self.reads_left = 0
        self.graph = Supervisor(
            self.config,
            models=models,
            router=self.router,
            tools=registry,
            ledger=cast("Any", NoLedger()),
            checkpointer=InMemorySaver(),
        )

    def _called(self) -> None:
        """Let a message with several wishes go on after its reads; one with a single wish is decided by now."""
        self.reads_left -= 1
        if self.reads_left < 0:
            raise Enough

    async def before(self, message: Message, counted: TokenUsageCallbackHandler) -> tuple[list[str], list[str]]:
        """Ask the router, as for every message before there was anything else."""
        config: Any = {"callbacks": [counted], "metadata": {"langgraph_node": "router"}}
        routing = await self.router.route(
            text=message.text, history=message.history, config=self.config, tools_of={}, run_config=config
        )
        return [intent.agent for intent in routing.intents], [routing.by]

    async def after(self, message: Message, counted: TokenUsageCallbackHandler) -> tuple[list[str], list[str]]:
        """Play the message, and return whose wishes there are at the end."""
        self.reads_left = len(message.wants) - 1
        run = uuid4()
        config = {"configurable": {"thread_id": str(run)}, "callbacks": [counted]}
        state = begin(message.text, History(messages=message.history, active=message.active))
        ways: list[str] = []
        try:
            stream = self.graph.astream(state, config=config, context=RunContext(thread_id="t", run_id=run))
            async for item, _ in stream:
                if isinstance(item, Routed):
                    ways.append(item.by)
        except Enough:
            pass
        reached = (await self.graph.aget_state(config)).values
        return [intent["agent"] for intent in reached["intents"]], ways


async def play(way: str, desk: Desk, message: Message) -> Played:
    """Play one message; what a model's failure makes of it is no agent at all."""
    calls: list[ModelCall] = []
    counted = TokenUsageCallbackHandler(
        on_call=lambda call: calls.append(call) if isinstance(call, ModelCall) else None
    )
    began, fault = time.monotonic(), ""
    try:
        agents, ways = await (desk.before if way == "before" else desk.after)(message, counted)
    except AppError as error:
        agents, ways, fault = [], [], error.code
    # The calls before that of the agent who answers first: routers, and agents that handed over.
    first = agents[0] if agents else ""
    place = next((place for place, call in enumerate(calls) if call.agent == first), len(calls))
    return Played(
        message=message,
        agents=agents,
        calls_before=place,
        tokens_before=sum(call.prompt_tokens + call.completion_tokens for call in calls[:place]),
        seconds=time.monotonic() - began,
        fault=fault,
        ways=ways,
    )


# --- the figures -------------------------------------------------------------------------------------------------


def report(way: str, played: Sequence[Played]) -> None:
    """Print who was right, by kind, language, template and part."""
    print(f"\n{way}: {_right(played)}, {_mean(one.calls_before for one in played):.2f} calls before the agent's own")
    for name in ("part", "kind", "language", "template"):
        groups: dict[str, list[Played]] = defaultdict(list)
        for one in played:
            groups[getattr(one.message, name)].append(one)
        for value, group in groups.items():
            calls = _mean(one.calls_before for one in group)
            tokens = _mean(one.tokens_before for one in group)
            print(f"  {name:<9} {value:<15} {_right(group):<20} {calls:.2f} calls, {tokens:.0f} tokens before")


def _right(played: Sequence[Played]) -> str:
    right = sum(one.is_right for one in played)
    return f"{right} of {len(played)} ({right / len(played):.0%})"


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def line(way: str, one: Played) -> str:
    """Write one message as a line: what was wanted, who got it, and what it took."""
    wants = "+".join("|".join(sorted(want)) for want in one.message.wants)
    got = "+".join(one.agents) or one.fault or "asked back"
    mark = "right" if one.is_right else "WRONG"
    told = one.message
    facts = [way, mark, told.part, told.kind, told.language, wants, got, ",".join(one.ways), str(one.calls_before)]
    return "\t".join([*facts, f"{one.seconds:.1f}", told.text])


async def measure(options: argparse.Namespace) -> None:
    """Play what was asked for, the messages of one agent after another, so that servers can keep its prompt."""
    wanted = [
        one
        for one in sorted(messages(), key=lambda one: (one.template, one.active))
        if (not options.part or one.part == options.part)
        and (not options.language or one.language in options.language)
        and (not options.kind or one.kind in options.kind)
    ]
    models = Models(api_key=options.key, base_url=options.url, default_model=options.model, timeout_seconds=SECONDS)
    perfect = PerfectModel() if options.url == PERFECT else None
    source: ModelSource = cast("ModelSource", SimpleNamespace(get=lambda _: perfect)) if perfect else Brief(models)
    desks = {template: Desk(template, source) for template in SERVICES}
    for way in options.way or WAYS:
        played = []
        for message in wanted[:: options.every]:
            if perfect is not None:
                perfect.ask_for([sorted(want) for want in message.wants])
            played.append(await play(way, desks[message.template], message))
            print(line(way, played[-1]), file=sys.stderr, flush=True)
        report(way, played)
    await models.aclose()


def main(arguments: Sequence[str] | None = None) -> None:
    """Print each message to the standard error, and the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing", description=__doc__)
    parser.add_argument("url", help=f"where the model is served, such as http://127.0.0.1:8091/v1, or {PERFECT}")
    parser.add_argument("model", nargs="?", default=PERFECT, help="its name there")
    parser.add_argument("--key", help="the provider's key, where it takes one")
    parser.add_argument("--way", action="append", choices=WAYS)
    parser.add_argument("--part", choices=("tuning", "hold-out"))
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--kind", action="append")
    parser.add_argument("--every", type=int, default=1, help="play each nth message only")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    asyncio.run(measure(options))


if __name__ == "__main__":
    main()
