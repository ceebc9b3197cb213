from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from app.agents.config import AgentConfig, AgentSpec
from app.agents.routing.router import MAX_INTENTS, THRESHOLD, Guess, Intent, merged, options_for, turns_of
from app.demo_model.router import DemoRouter, guess_by_words, without_reason
from app.demo_model.scene import ASKS
from app.tools.base import Access, Effect, ToolSpec

ID = {"type": "object", "properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]}


def tool(name: str, title: str, access: Access = Access.READ, **changes: Any) -> ToolSpec:
    fields: dict[str, Any] = {"parameters": ID, "schema": ID, "source": "shop", "target": "", "version": "1", **changes}
    return ToolSpec(name=name, title=title, description=title, access=access, **fields)


def agent(name: str, description: str, **changes: Any) -> AgentSpec:
    fields: dict[str, Any] = {"permission": "read", "tools": ("*",), **changes}
    return AgentSpec(name=name, description=description, **fields)


CONFIG = AgentConfig(
    agents=(
        agent("order_actions", "Changes orders.", permission="write", examples=("Cancel order 1042",)),
        agent("order_lookup", "Looks up orders.", examples=("Where is order 1042?",)),
        agent("gardening", "Waters plants, prunes roses."),
        agent("general", "Answers questions.", knowledge="Returns are free.", examples=("Are returns free?",)),
    ),
    apis=(),
    fallback="general",
)
GET = tool("get_order", "Look up an order")
CANCEL = tool("cancel_order", "Cancel an order", Access.WRITE)
HAND = tool("hand_over", "Hand over to a person", effect=Effect.HAND_OVER)
TOOLS = {"order_actions": [GET, CANCEL], "order_lookup": [GET], "general": [HAND]}


def guessed(text: str, *history: Any) -> list[tuple[str, str]]:
    return [(one.agent, one.request) for one in guess_by_words(text, turns_of(history), CONFIG, TOOLS)]


class TestGuessing:
    @pytest.mark.parametrize(
        ("text", "agent_"),
        [
            ("where is order 1042", "order_lookup"),
            ("cancel order 1042", "order_actions"),
            ("can I cancel order 1042?", "order_actions"),
            ("is returning free?", "general"),
            ("prune my roses", "gardening"),
            ("hello", "general"),
            ("thanks", "general"),
            ("I want to talk to a person", "general"),
            ("what can you do?", "general"),
            ("yes", "general"),
            ("what is the meaning of life?", "general"),
            ("1042", "order_lookup"),
        ],
    )
    def test_each_goes_to_whom_it_is_for(self, text: str, agent_: str) -> None:
        """Tools, knowledge and descriptions decide who is meant; the fallback takes what is for nobody else."""
        assert [name for name, _ in guessed(text)] == [agent_]

    def test_a_read_goes_to_who_only_reads(self) -> None:
        """Of two agents that can look it up, the one that changes nothing does."""
        assert guessed("where is order 1042")[0][0] == "order_lookup"

    def test_courtesies_beside_a_request_are_no_intents(self) -> None:
        """A thank-you beside a request asks for nothing."""
        assert guessed("Thanks! Now cancel order 1042.") == [("order_actions", "Now cancel order 1042.")]

    def test_a_statement_belongs_to_what_was_asked(self) -> None:
        """A sentence that asks for nothing stays with the request before it."""
        assert guessed("Cancel order 1042. It is raining.") == [("order_actions", "Cancel order 1042. It is raining.")]

    def test_what_leads_up_to_a_request_belongs_to_it(self) -> None:
        """A sentence before the request that asks for nothing is part of it, not a riddle."""
        text = "I ordered the wrong lamp. Please cancel order 1042"
        assert guessed(text) == [("order_actions", text)]
        assert guessed("It is raining.") == [("general", "It is raining.")]

    def test_reasons_are_not_requests(self) -> None:
        """Why something is wanted does not decide who does it."""
        assert without_reason("cancel order 1042 because I returned it") == "cancel order 1042 "
        assert without_reason("because of rain") == "because of rain"

    def test_nothing_is_nothing(self) -> None:
        """An empty text has no intents."""
        assert guessed("") == []

    def test_a_description_that_fits_two_decides_nothing(self) -> None:
        """Where two descriptions fit alike, neither is chosen."""
        twins = AgentConfig(
            agents=(agent("one", "Waters plants."), agent("two", "Waters plants."), CONFIG.agents[3]),
            apis=(),
            fallback="general",
        )
        (guess,) = guess_by_words("water my plants", [], twins, {})
        assert guess.confidence < THRESHOLD


class TestContinuing:
    ASKED = (HumanMessage("cancel my order"), AIMessage(f"{ASKS} the number.", name="order_actions"))

    @pytest.mark.parametrize("text", ["1042", "it is order 1042", "the blue one", "yes", "no"])
    def test_a_reply_goes_to_who_asked(self, text: str) -> None:
        """An answer goes to the agent that asked for it."""
        assert [name for name, _ in guessed(text, *self.ASKED)] == ["order_actions"]

    def test_a_new_request_does_not(self) -> None:
        """A new request goes to whom it is for."""
        assert guessed("where is order 1044?", *self.ASKED)[0][0] == "order_lookup"

    def test_a_question_of_the_house_is_not_an_agents(self) -> None:
        """After a question by nobody in particular the words decide anew."""
        asked = (HumanMessage("do it"), AIMessage("What do you mean?", name="supervisor"))
        assert guessed("cancel order 1042", *asked)[0][0] == "order_actions"

    def test_an_agent_that_is_gone_is_not_asked(self) -> None:
        """An agent that is no more gets no replies."""
        asked = (HumanMessage("do it"), AIMessage(f"{ASKS} the number.", name="gone"))
        assert guessed("1042", *asked)[0][0] == "order_lookup"

    def test_only_what_was_said_counts(self) -> None:
        """Instructions, results and empty messages are not part of what was said."""
        turns = turns_of(
            [
                SystemMessage("x"),
                HumanMessage("Hi"),
                AIMessage(""),
                ToolMessage("y", tool_call_id="1"),
                AIMessage("Yes", name="a"),
            ]
        )
        assert [(turn.text, turn.agent) for turn in turns] == [("Hi", ""), ("Yes", "a")]


class TestRouting:
    async def test_a_clear_message_is_routed_with_reasons(self) -> None:
        """Every intent has its confidence and its reason, and those that came close are told."""
        routing = await DemoRouter().route(text="where is order 1042", history=[], config=CONFIG, tools_of=TOOLS)
        (intent,) = routing.intents
        assert intent.agent == "order_lookup"
        assert THRESHOLD <= intent.confidence <= 1
        assert "get_order" in intent.reason
        assert [one.agent for one in routing.candidates] == ["order_lookup", "order_actions"]
        assert (routing.by, routing.question) == ("words", None)

    async def test_an_empty_message_is_asked_back(self) -> None:
        """Where nothing was asked, it asks."""
        routing = await DemoRouter().route(text="...", history=[], config=CONFIG, tools_of=TOOLS)
        assert routing.question is not None

    def test_neighbours_for_one_agent_are_one(self) -> None:
        """What follows each other for one agent is one intent, as sure as the less sure part."""
        guesses = [
            Guess(agent="a", request="Cancel 1.", confidence=0.9, reason="x"),
            Guess(agent="a", request="Cancel 2", confidence=0.7, reason="y"),
            Guess(agent="b", request="Show 3", confidence=0.8, reason="x"),
            Guess(agent="a", request="Cancel 4", confidence=0.6, reason="x"),
        ]
        assert [(one.agent, one.request, one.confidence, one.reason) for one in merged(guesses)] == [
            ("a", "Cancel 1 and cancel 2", 0.7, "x; y"),
            ("b", "Show 3", 0.8, "x"),
            ("a", "Cancel 4", 0.6, "x"),
        ]

    async def test_not_more_intents_than_one_can_follow(self) -> None:
        """A very long list is cut."""
        text = ". ".join(f"cancel order {n}. where is order {n}" for n in range(1001, 1012))
        routing = await DemoRouter().route(text=text, history=[], config=CONFIG, tools_of=TOOLS)
        assert len(routing.intents) == MAX_INTENTS

    def test_options_begin_with_the_likeliest(self) -> None:
        """What is offered to choose from begins with the agents that may have been meant."""
        likely = Intent(agent="general", request="", confidence=0.4, reason="")
        assert options_for([likely], CONFIG) == ("Are returns free?", "Cancel order 1042", "Where is order 1042?")

    def test_without_examples_descriptions_are_offered(self) -> None:
        """Agents without examples are offered by what they are for."""
        bare = AgentConfig(agents=(agent("general", "Answers questions."),), apis=(), fallback="general")
        assert options_for([], bare) == ("Answers questions.",)


@given(st.text(max_size=120))
def test_any_text_is_guessed(text: str) -> None:
    """Whatever is said, only agents that there are are named, with a confidence between 0 and 1."""
    for guess in guess_by_words(text, [], CONFIG, TOOLS):
        assert guess.agent in {one.name for one in CONFIG.agents}
        assert 0 <= guess.confidence <= 1
