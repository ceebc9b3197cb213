"""The agents' graph: a router, one node per agent, and one node that runs tool calls.

    router ──▶ agent ⇄ tools
      ▲          │ ▲
      └──────────┤ │
                 ▼ │
             supervisor   while there is another intent

A node is named as its agent, so the stream's `langgraph_node` is the agent. Each says itself what follows it: a step of
the graph costs as much as reading a hundred tokens. A router that costs a model's call is asked only where it is needed
(`active`), or where an agent that hands over leaves it to the router.
"""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send

from app.agents.claim_check import Brief
from app.agents.config import HIGHEST_MAX_STEPS
from app.agents.models import explain_model_error
from app.agents.routing.active import without_asking
from app.agents.routing.router import MAX_INTENTS
from app.agents.specialist import Specialist
from app.agents.state import ROUTER, TOOLS, RunContext, RunState
from app.agents.tool_node import ToolNode
from app.errors import AppError, ToolUnknown
from app.protocol import SUPERVISOR, Clarification
from app.records import Candidate, Routed
from app.tools.base import Access
from app.tools.builtin import TRANSFER

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.runtime import Runtime

    from app.actions.ledger import Ledger
    from app.agents.config import AgentConfig
    from app.agents.models import ModelSource
    from app.agents.routing.router import Intent, Router, Routing
    from app.agents.state import IntentState
    from app.tools.registry import ToolRegistry

RECURSION_LIMIT: Final = (
    2 * HIGHEST_MAX_STEPS * MAX_INTENTS + 50
)  # two steps of the graph per model's call, and routing
MAX_CALLS: Final = 20  # of one message of a model: more than any wish needs; a loop of hundreds is a mistake
HOLDS_BACK: Final = frozenset({"rejected", "expired", "unknown"})  # after these, the rest of a message is not done


class Supervisor:
    """The agents as one graph, compiled anew when they change; waiting runs go on with the new one."""

    def __init__(
        self,
        config: AgentConfig,
        *,
        models: ModelSource,
        router: Router,
        tools: ToolRegistry,
        ledger: Ledger,
        checkpointer: BaseCheckpointSaver[Any],
    ) -> None:
        """Compile the graph of these agents."""
        self._models = models
        self._router = router
        self._tools = tools
        self._ledger = ledger
        self._checkpointer = checkpointer
        self.reload(config)

    def reload(self, config: AgentConfig) -> None:
        """Swap in the graph of other agents; node names stay, so waiting interrupts resume on it."""
        graph = self._compile(config)
        self._config, self._graph = config, graph

    async def astream(self, payload: Any, /, **options: Any) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
        """Run, and yield pairs of a message chunk, or a frame that a node wrote, and its metadata."""
        config = {**options.pop("config"), "recursion_limit": RECURSION_LIMIT}
        options["stream_mode"] = ["messages", "custom"]
        stream = self._graph.astream(payload, config=cast("RunnableConfig", config), **options)
        async with aclosing(cast("AsyncGenerator[Any, None]", stream)):
            async for mode, item in stream:
                yield item if mode == "messages" else (item, {})

    async def aget_state(self, config: Any, /) -> Any:
        """Return where a run stands."""
        return await self._graph.aget_state(config)

    def title_of(self, tool: str) -> str:
        """Return a tool's title; its name where the tool is gone."""
        try:
            return self._tools.get(tool).spec.title
        except ToolUnknown:
            return tool

    def access_of(self, tool: str) -> Access | None:
        """Say what a tool may do; None where it is gone, or never was."""
        if tool == TRANSFER:
            return Access.READ
        try:
            return self._tools.get(tool).spec.access
        except ToolUnknown:
            return None

    def brief_of(self, agent: str) -> Brief:
        """Say what an agent could have changed, and what it knows; nothing where it is gone."""
        spec = next((one for one in self._config.agents if one.name == agent), None)
        if spec is None:
            return Brief()
        tools = self._tools.select(spec.tools) if spec.permission == "write" else []
        writes = tuple(tool.spec.title for tool in tools if tool.spec.access is not Access.READ)
        return Brief(writes=writes, knowledge=spec.knowledge, instructions=spec.instructions)

    async def forget(self, run_id: str, *, stored: bool) -> None:
        """Drop the checkpoints of a run that is over, if any were stored."""
        if stored:
            await self._checkpointer.adelete_thread(run_id)

    def _compile(self, config: AgentConfig) -> CompiledStateGraph[RunState, RunContext, Any, Any]:
        agents = {agent.name: agent for agent in config.agents}
        builder = StateGraph(RunState, context_schema=RunContext)
        builder.add_node(ROUTER, cast("Any", self._route))  # LangGraph's types lack config and runtime together
        builder.add_node(SUPERVISOR, self._supervise)
        tool_node = ToolNode(tools=self._tools, ledger=self._ledger, agents=agents)
        builder.add_node(TOOLS, cast("Any", tool_node.run))
        builder.add_edge(START, ROUTER)
        builder.add_conditional_edges(TOOLS, self._after_tools, [*agents, SUPERVISOR, END])
        hands_over = self._router.asks_model and config.routing == "when_needed"
        for agent in agents.values():
            specialist = Specialist(
                agent,
                config=config,
                models=self._models,
                tools=self._tools,
                hands_over=hands_over,
                looks_first=self._router.asks_model,
            )
            builder.add_node(agent.name, cast("Any", _with_request(specialist)))
        return builder.compile(checkpointer=self._checkpointer)

    async def _route(self, state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> Command[str]:
        """Decide who answers, in which order, and begin with the first; or ask what is meant."""
        began = time.monotonic()
        again = state.get("passing") == ROUTER  # the present intent is to be settled, before its agent has begun
        at, intents = (state["at"] - 1, state["intents"]) if again else (0, [])
        text = intents[at]["request"] if len(intents) > 1 else state["text"]
        routing = None
        if self._router.asks_model and not again:
            routing = without_asking(text, active=state["active"], config=self._config)
        if routing is None:
            routing = await self._ask_router(text, state["messages"], config)
        thread_id = runtime.context.thread_id
        runtime.stream_writer(
            Routed(
                thread_id=thread_id,
                intents=_candidates(routing.intents),
                candidates=_candidates(routing.candidates),
                by=routing.by,
                duration_ms=round((time.monotonic() - began) * 1000),
            )
        )
        if routing.question:
            runtime.stream_writer(
                Clarification(thread_id=thread_id, message=routing.question, options=list(routing.options))
            )
        chosen: list[IntentState] = [{"agent": intent.agent, "request": intent.request} for intent in routing.intents]
        after = intents[at + 1 :] if chosen else []  # behind a question nothing is begun
        decided = {"intents": [*intents[:at], *chosen, *after], "at": at, "passing": "", "routed_again": again}
        return _to_agent({**decided, **self._next_intent(cast("RunState", {**state, **decided}))})

    async def _ask_router(self, text: str, history: Sequence[BaseMessage], config: RunnableConfig) -> Routing:
        """Ask the router; raises the model's failure as the product names it."""
        specs = {agent.name: [tool.spec for tool in self._tools.select(agent.tools)] for agent in self._config.agents}
        try:
            return await self._router.route(
                text=text, history=history, config=self._config, tools_of=specs, run_config=config
            )
        except AppError:
            raise
        except Exception as error:
            raise explain_model_error(error) from error

    async def _after_tools(self, state: RunState) -> str:
        """Go on as `_after_tools` says; an agent that was taken away meanwhile says nothing more."""
        there = {agent.name for agent in self._config.agents}
        after = _after_tools(state)
        return after if after in {*there, END} else SUPERVISOR

    async def _supervise(self, state: RunState) -> Command[str]:
        return _to_agent(self._next_intent(state))

    def _next_intent(self, state: RunState) -> dict[str, Any]:
        """Begin the next intent, unless the one before it was declined: then say what is left undone."""
        at, intents = state["at"], state["intents"]
        held_back = [item for item in state["outcomes"] if item["intent"] == at and item["outcome"] in HOLDS_BACK]
        if held_back and at < len(intents):
            undone = "; ".join(f"“{intent['request']}”" for intent in intents[at:])
            left = f"Because of that, I have not gone on with the rest: {undone}. Ask again if you want it."
            return {"messages": [AIMessage(left, name=SUPERVISOR)], "at": len(intents), "active": ""}
        if at >= len(intents):
            return {"active": ""}
        # One thing asked: the agent reads it as the customer wrote it.
        request = state["text"] if len(intents) == 1 else intents[at]["request"]
        wanted = intents[at]["agent"]
        there = any(agent.name == wanted for agent in self._config.agents)  # it may have been taken away meanwhile
        active = wanted if there else self._config.fallback
        return {"request": request, "at": at + 1, "active": active, "steps": 0, "passing": ""}


def _with_request(specialist: Specialist) -> Callable[..., Awaitable[Command[str]]]:
    """Return the agent's node: what is asked becomes a message with the first step, unless that hands it over."""

    async def step(state: RunState, config: RunnableConfig, runtime: Runtime[RunContext]) -> Command[str]:
        request = state.get("request", "")
        asked: list[BaseMessage] = [HumanMessage(request)] if request and not state["steps"] else []
        changes = await specialist.step(
            cast("RunState", {**state, "messages": [*state["messages"], *asked]}), config, runtime
        )
        if "messages" in changes:
            changes["messages"] = [*asked, *changes["messages"]]
        after = {**state, **changes, "messages": [*state["messages"], *changes.get("messages", ())]}
        return Command(update=changes, goto=_after_agent(cast("RunState", after)))

    return step


def _to_agent(changes: dict[str, Any]) -> Command[str]:
    return Command(update=changes, goto=changes["active"] or END)


def _after_agent(state: RunState) -> str | list[Send]:
    """Carry out the calls of the agent's newest message, let it mend unreadable ones, hand over, or go on."""
    if passing := state.get("passing"):
        return ROUTER if passing == ROUTER else SUPERVISOR
    then = SUPERVISOR if state["at"] < len(state["intents"]) else END
    newest = _newest_of_agent(state["messages"])
    if newest is None:
        return then
    if calls := [call for call in newest.tool_calls if call["name"] != TRANSFER]:
        order = {"agent": state["active"], "intent": state["at"]}
        unsaid = state.get("unsaid", {})
        return [
            Send(TOOLS, {**order, "call": call, "unsaid": unsaid.get(call["id"] or "", []), "over": at >= MAX_CALLS})
            for at, call in enumerate(calls)
        ]
    return state["active"] if newest.tool_calls or newest.invalid_tool_calls else then


def _after_tools(state: RunState) -> str:
    """Let the agent answer with the results; where every approval has expired, nobody waits for an answer."""
    if state["handed_over"]:
        return END
    count = 0
    for message in reversed(state["messages"]):
        if not isinstance(message, ToolMessage):
            break
        count += message.name != TRANSFER
    if count and all(item["outcome"] == "expired" for item in state["outcomes"][-count:]):
        return SUPERVISOR
    return state["active"]


def _newest_of_agent(messages: Sequence[BaseMessage]) -> AIMessage | None:
    return next((message for message in reversed(messages) if isinstance(message, AIMessage)), None)


def _candidates(intents: Sequence[Intent]) -> list[Candidate]:
    return [
        Candidate(agent=item.agent, confidence=item.confidence, request=item.request, reason=item.reason)
        for item in intents
    ]
