"""The agents' graph: who is asked for a message, and in which order agents work on it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langgraph.checkpoint.memory import InMemorySaver

from app.agents.config import AgentConfig, AgentSpec
from app.agents.grounding import CALL_FIRST
from app.agents.routing.router import Intent, Routing
from app.agents.state import History, RunContext, begin
from app.agents.supervisor import Supervisor
from app.protocol import ToolResult
from app.records import Routed
from app.tools.base import Access
from app.tools.builtin import TRANSFER
from app.tools.registry import ToolRegistry
from tests.fakes import FakeTool, succeeded, tool_spec

ORDERS = AgentSpec(name="orders", description="Looks up orders.", permission="read", tools=("get_order",))
COUPONS = AgentSpec(name="coupons", description="Gives coupons.", permission="read", tools=("get_order",))
GENERAL = AgentSpec(name="general", description="Answers.", permission="read", tools=("get_order",))
ALL = AgentConfig(agents=(ORDERS, COUPONS, GENERAL), apis=(), fallback="general")
LOOK_UP = AIMessage("", tool_calls=[tool_call(name="get_order", args={"order_id": "1042"}, id="1")])


def passing(*agents: str, beside: AIMessage | None = None, text: str = "") -> AIMessage:
    """An answer that hands over to each of these agents, beside the calls of another answer."""
    calls = [tool_call(name=TRANSFER, args={"agent": name, "request": f"For {name}"}, id=name) for name in agents]
    return AIMessage(text, tool_calls=[*(beside.tool_calls if beside else []), *calls])


@dataclass
class FakeModel:
    """A model that gives scripted answers, and keeps who asked with which messages and tools."""

    answers: list[AIMessage]
    asked: list[tuple[str, list[BaseMessage]]] = field(default_factory=list)
    offered: list[list[str]] = field(default_factory=list)

    def bind_tools(self, tools: list[dict[str, Any]], **_: Any) -> FakeModel:
        self.offered.append([tool["function"]["name"] for tool in tools])
        return self

    async def ainvoke(self, messages: list[BaseMessage], config: Any) -> AIMessage:
        self.asked.append((config["metadata"]["langgraph_node"], messages))
        return self.answers.pop(0).model_copy(update={"id": f"m{len(self.asked)}"})


@dataclass
class FakeRouter:
    """A router that names scripted agents, and keeps what it was asked."""

    routings: list[list[tuple[str, str]] | str]
    asks_model: bool = True
    asked: list[tuple[str, list[str]]] = field(default_factory=list)

    async def route(self, *, text: str, history: Any, **_: Any) -> Routing:
        self.asked.append((text, [message.text for message in history]))
        routing = self.routings.pop(0)
        if isinstance(routing, str):
            return Routing(question=routing)
        chosen = tuple(Intent(agent=a, request=request, confidence=0.9, reason="scripted") for a, request in routing)
        return Routing(intents=chosen)


@dataclass
class Played:
    """What became of one message."""

    model: FakeModel
    router: FakeRouter
    frames: list[Any]
    state: dict[str, Any]
    steps: int = 0  # that the graph took

    @property
    def agents(self) -> list[str]:
        """Who was asked, call by call."""
        return [agent for agent, _ in self.model.asked]

    @property
    def routed(self) -> list[tuple[str, list[str]]]:
        """How it was decided, and for whom."""
        found = [frame for frame in self.frames if isinstance(frame, Routed)]
        return [(frame.by, [intent.agent for intent in frame.intents]) for frame in found]

    def saw(self, place: int) -> list[str]:
        """The customer's and the agents' words that the model was given with one call, without its instructions."""
        asked = self.model.asked[place][1][1:]
        return [message.text for message in asked if message.text and message is not CALL_FIRST]


async def _let_through(*_: Any) -> None:
    """Let every look-up through."""


async def play(
    text: str,
    *answers: AIMessage,
    routings: list[list[tuple[str, str]] | str] | None = None,
    active: str = "",
    config: AgentConfig = ALL,
    asks_model: bool = True,
) -> Played:
    """Send one message to agents whose model answers so."""
    model, router = FakeModel(list(answers)), FakeRouter(list(routings or []), asks_model=asks_model)
    tools, saver = ToolRegistry(), InMemorySaver()
    spec = tool_spec("get_order", access=Access.READ)
    tools.replace("shop", [FakeTool(spec=spec, outcomes=[succeeded("It is being packed.")] * 3)])
    graph = Supervisor(
        config,
        models=cast("Any", SimpleNamespace(get=lambda _: model)),
        router=cast("Any", router),
        tools=tools,
        ledger=cast("Any", SimpleNamespace(check_not_paused=_let_through)),
        checkpointer=saver,
    )
    run = {"configurable": {"thread_id": "run"}}
    history = History(messages=[HumanMessage("Hi"), AIMessage("Hello!", name=active or "general")], active=active)
    context = RunContext(thread_id="t1", run_id=uuid4())
    stream = graph.astream(begin(text, history if active else History()), config=run, context=context)
    frames = [item async for item, _ in stream]
    assert not model.answers, "an answer was left over"
    taken = sum(one.metadata["source"] == "loop" for one in saver.list({"configurable": {"thread_id": "run"}}))
    return Played(model, router, frames, (await graph.aget_state(run)).values, taken - 1)  # its input is one


class TestSteps:
    async def test_each_is_a_decision_or_a_call(self) -> None:
        """A message that is looked up and answered takes four: route, call, look up, answer."""
        played = await play("Where is 1042?", LOOK_UP, AIMessage("There."), routings=[[("orders", "Where is 1042?")]])
        assert played.steps == 4

    async def test_the_supervisor_takes_one_where_more_is_to_be_done(self) -> None:
        """Between two intents it decides whether the second one is begun."""
        routing: list[list[tuple[str, str]] | str] = [[("orders", "Where is it?"), ("coupons", "A coupon")]]
        played = await play("Both", AIMessage("There."), AIMessage("Here."), routings=routing)
        assert (played.agents, played.steps) == (["orders", "coupons"], 4)


class TestWhoIsAsked:
    async def test_a_first_message_is_for_the_router(self) -> None:
        """Nobody has the conversation yet: the router is asked, then the agent that it names."""
        played = await play("Where is it?", AIMessage("There."), routings=[[("orders", "Where is it?")]])
        assert (len(played.router.asked), played.agents) == (1, ["orders"])
        assert played.routed == [("model", ["orders"])]

    async def test_a_follow_up_costs_one_call(self) -> None:
        """The agent that has the conversation is asked at once, with the message as it was written."""
        played = await play("And the other one?", AIMessage("There, too."), active="orders")
        assert (played.router.asked, played.agents) == ([], ["orders"])
        assert played.saw(0) == ["Hi", "Hello!", "And the other one?"]
        assert played.routed == [("active", ["orders"])]

    async def test_one_agent_needs_no_routing(self) -> None:
        """With one agent its own call is the only one, and it has nobody to hand over to."""
        alone = AgentConfig(agents=(GENERAL,), apis=(), fallback="general")
        played = await play("Hello. Where is my order 1042?", AIMessage("There."), config=alone)
        assert (played.router.asked, played.agents) == ([], ["general"])
        assert TRANSFER not in played.model.offered[0]
        assert played.routed == [("single", ["general"])]

    async def test_a_follow_up_that_may_be_for_others_is_for_the_router(self) -> None:
        """Another agent's word in a message asks the router: as many calls as a hand-over, and in the right order."""
        played = await play("A coupon", AIMessage("Here."), active="orders", routings=[[("coupons", "A coupon")]])
        assert (len(played.router.asked), played.agents) == (1, ["coupons"])

    async def test_where_agents_yaml_says_so_every_message_is(self) -> None:
        """With a model that does not hand over, the router can be asked each time, and no agent has the tool."""
        always = replace(ALL, routing="every_message")
        played = await play("And?", AIMessage("Yes."), active="orders", config=always, routings=[[("orders", "And?")]])
        assert (len(played.router.asked), played.agents) == (1, ["orders"])
        assert TRANSFER not in played.model.offered[0]

    async def test_a_router_that_costs_nothing_is_always_asked(self) -> None:
        """A router without a model decides each message, and agents have nothing to hand over with."""
        routing: list[list[tuple[str, str]] | str] = [[("coupons", "Give me one")]]
        played = await play("Give me one", AIMessage("Here."), routings=routing, active="orders", asks_model=False)
        assert (len(played.router.asked), played.agents) == (1, ["coupons"])
        assert TRANSFER not in played.model.offered[0]

    async def test_a_question_of_the_router_is_not_answered_by_an_agent(self) -> None:
        """Where the router asks what is meant, no agent is called."""
        played = await play("The thing", routings=["What do you mean?"])
        assert (played.agents, played.routed) == ([], [("model", [])])


class TestHandingOver:
    async def test_to_a_colleague_at_once(self) -> None:
        """What is not its job goes to the colleague, who reads what the customer wrote, once; no router is asked."""
        played = await play("I want a voucher", passing("coupons"), AIMessage("Here you are."), active="orders")
        assert (played.router.asked, played.agents) == ([], ["orders", "coupons"])
        assert played.saw(1) == ["Hi", "Hello!", "I want a voucher"]
        assert played.routed == [("active", ["orders"]), ("agent", ["coupons"])]
        assert not [frame for frame in played.frames if isinstance(frame, ToolResult)]

    async def test_its_own_part_first(self) -> None:
        """An agent does its own part, hears that the rest is looked after, and then its colleague begins."""
        both = passing("coupons", beside=LOOK_UP)
        played = await play(
            "Where is it, and a voucher", both, AIMessage("There."), AIMessage("Here."), active="orders"
        )
        assert played.agents == ["orders", "orders", "coupons"]
        assert "coupons takes this over" in played.saw(1)[3]
        assert played.saw(2)[-2:] == ["There.", "For coupons"]

    async def test_in_the_order_in_which_it_was_asked(self) -> None:
        """Where a colleague's part comes first, the router puts the message in order, and nothing is called before."""
        backwards = AIMessage("", tool_calls=[*passing("coupons").tool_calls, *LOOK_UP.tool_calls])
        played = await play(
            "A voucher, and where is it",
            backwards,
            AIMessage("Here."),
            AIMessage("There."),
            active="orders",
            routings=[[("coupons", "Give me a coupon"), ("orders", "Where is it?")]],
        )
        assert played.agents == ["orders", "coupons", "orders"]
        assert played.router.asked == [("A voucher, and where is it", ["Hi", "Hello!"])]
        assert [played.saw(place)[-1] for place in (1, 2)] == ["Give me a coupon", "Where is it?"]
        assert not [frame for frame in played.frames if isinstance(frame, ToolResult)]

    async def test_two_colleagues_one_after_the_other(self) -> None:
        """Two things for two colleagues are done in order without a router."""
        two = passing("coupons", "general")
        played = await play("Both", two, AIMessage("One."), AIMessage("Two."), active="orders")
        assert played.agents == ["orders", "coupons", "general"]
        assert [played.saw(place)[-1] for place in (1, 2)] == ["For coupons", "For general"]

    async def test_what_was_said_beside_it_is_its_answer(self) -> None:
        """An agent that has told the customer what it found, and hands the rest over, is not asked again."""
        told = passing("coupons", text="It is there.")
        played = await play("Where is it, and a voucher", LOOK_UP, told, AIMessage("Here."), active="orders")
        assert played.agents == ["orders", "orders", "coupons"]

    async def test_never_back_and_forth(self) -> None:
        """A colleague that hands it straight back is told to answer, and does."""
        back = passing("orders")
        played = await play("Hm", passing("coupons"), back, AIMessage("I cannot help."), active="orders")
        assert played.agents == ["orders", "coupons", "coupons"]
        assert "just passed this on to you" in played.saw(2)[-1]
        assert [TRANSFER in offered for offered in played.model.offered] == [True, True, False]

    async def test_to_nobody_that_there_is(self) -> None:
        """An invented colleague is looked up by the router."""
        played = await play(
            "A voucher", passing("nobody"), AIMessage("Here."), active="orders", routings=[[("coupons", "A voucher")]]
        )
        assert (played.agents, len(played.router.asked)) == (["orders", "coupons"], 1)
        assert played.routed == [("active", ["orders"]), ("model", ["coupons"])]

    async def test_a_question_ends_it(self) -> None:
        """Where the router is not sure either, the customer is asked, and nothing else is begun."""
        played = await play("Hm", passing("nobody"), active="orders", routings=["What do you mean?"])
        assert (played.agents, played.state["intents"]) == (["orders"], [])

    async def test_after_the_routers_choice_too(self) -> None:
        """An agent that the router chose wrongly hands over; the wish that waits behind it is kept."""
        routing: list[list[tuple[str, str]] | str] = [[("orders", "A coupon"), ("general", "Are you open?")]]
        answers = (passing("coupons"), AIMessage("Here."), AIMessage("Yes."))
        played = await play("A coupon, and are you open?", *answers, routings=routing)
        assert played.agents == ["orders", "coupons", "general"]
        assert [played.saw(place)[-1] for place in (1, 2)] == ["A coupon", "Are you open?"]

    async def test_unreadable_calls_are_mended_unseen(self) -> None:
        """Arguments of a hand-over that are not JSON are sent back to the agent; the customer sees nothing of it."""
        unreadable = invalid_tool_call(name=TRANSFER, args="{", id="x", error=None)
        broken = AIMessage("", invalid_tool_calls=[unreadable])
        played = await play("A voucher", broken, passing("coupons"), AIMessage("Here."), active="orders")
        assert played.agents == ["orders", "orders", "coupons"]
        assert not [frame for frame in played.frames if isinstance(frame, ToolResult)]
        [answer] = [message for message in played.model.asked[1][1] if message.type == "tool"]
        assert json.loads(str(answer.content))["outcome"] == "failed"
