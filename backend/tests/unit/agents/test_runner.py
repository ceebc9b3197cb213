"""The graph's stream becomes the protocol's: pieces, whole messages, calls in fragments, requests for consent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call, tool_call_chunk
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt

from app.agents import runner
from app.agents.call_ids import call_id_of, with_own_call_ids
from app.agents.runner import ConversationEnding, MessageEnded
from app.protocol import InterruptRequest, Token, ToolCall, utf16_length
from app.records import Routed
from app.tools.builtin import TRANSFER

CONFIG: dict[str, Any] = {"configurable": {"thread_id": "run-1"}}


class Scripted:
    """A graph that streams what it is told to, and breaks where it is told an exception."""

    def __init__(self, *items: Any, asked: Sequence[Any] = ()) -> None:
        self.items = items
        self.asked = asked

    async def astream(self, payload: Any, /, **options: Any) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
        for item in self.items:
            if isinstance(item, BaseException):
                raise item
            yield item, {"langgraph_node": "orders"}

    async def aget_state(self, config: Any, /) -> Any:
        return SimpleNamespace(values={}, next=(), tasks=(SimpleNamespace(interrupts=list(self.asked)),))


async def heard(graph: Any, payload: Any = None, **more: Any) -> list[Any]:
    return [item async for item in runner.run(graph, payload, thread_id="t1", config=CONFIG, **more)]


async def hear_into(items: list[Any], graph: Any) -> None:
    """Keep what comes before a run breaks."""
    async for item in runner.run(graph, None, thread_id="t1", config=CONFIG):
        items.append(item)  # noqa: PERF401  # a comprehension would lose it


def piece(text: str, message_id: str = "m1", **more: Any) -> AIMessageChunk:
    return AIMessageChunk(content=text, id=message_id, **more)


def fragment(args: str | None, index: int = 0, *, name: str | None = None, message_id: str = "m1") -> AIMessageChunk:
    chunk = tool_call_chunk(name=name, args=args, id="call" if name else None, index=index)
    return AIMessageChunk(content="", id=message_id, tool_call_chunks=[chunk])


def of(kind: type[Any], items: list[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, kind)]


class TestHandingOver:
    async def test_is_no_call_for_the_customer(self) -> None:
        """Passing a wish on to a colleague is not shown, whole or in fragments; the calls beside it keep their ids."""
        calls = [tool_call(name=TRANSFER, args={}, id="a"), tool_call(name="get", args={}, id="b")]
        whole = AIMessage("", id="m1", tool_calls=calls)
        streamed = [fragment("{}", 0, name=TRANSFER), fragment("{}", 1, name="get")]
        for items in (await heard(Scripted(whole)), await heard(Scripted(*streamed))):
            assert [(one.tool, one.call_id) for one in of(ToolCall, items)] == [("get", call_id_of("m1", 1, "get"))]

    async def test_is_none_where_it_cannot_be_read_either(self) -> None:
        """Arguments that are not JSON are mended unseen."""
        items = await heard(Scripted(fragment('{"agent": ', 0, name=TRANSFER)))
        assert of(ToolCall, items) == []


class TestText:
    async def test_comes_piece_by_piece_and_ends(self) -> None:
        """Each piece says where it begins; the end has the whole."""
        items = await heard(Scripted(piece("Hel"), piece("lo 😀"), piece("!")))
        assert [(token.content, token.offset) for token in of(Token, items)] == [("Hel", 0), ("lo 😀", 3), ("!", 8)]
        assert utf16_length("Hello 😀") == 8
        assert isinstance(items[-1], MessageEnded)
        assert (items[-1].content, items[-1].agent) == ("Hello 😀!", "orders")
        assert {token.message_id for token in of(Token, items)} == {items[-1].message_id}

    async def test_of_several_messages_is_kept_apart(self) -> None:
        """A new message ends the one before it."""
        items = await heard(Scripted(piece("One", "m1"), piece("Two", "m2")))
        assert [type(item).__name__ for item in items] == ["Token", "MessageEnded", "Token", "MessageEnded"]
        assert [item.content for item in of(MessageEnded, items)] == ["One", "Two"]
        assert len({item.message_id for item in of(MessageEnded, items)}) == 2

    async def test_the_last_chunk_ends_it_at_once(self) -> None:
        """A provider that says that it is done is believed, and what it counts afterwards is no message."""
        items = await heard(Scripted(piece("Hi"), piece("", chunk_position="last"), piece(""), piece("Yo", "m2")))
        assert [item.content for item in of(MessageEnded, items)] == ["Hi", "Yo"]

    async def test_that_is_empty_is_nothing(self) -> None:
        """A message without a word is not told."""
        assert await heard(Scripted(piece(""), piece(""))) == []

    async def test_that_comes_whole_is_told_whole(self) -> None:
        """A message that was not streamed is one piece and its end."""
        items = await heard(Scripted(AIMessage("Hello", id="m1")))
        assert [item.content for item in items] == ["Hello", "Hello"]

    async def test_of_a_double_is_told(self) -> None:
        """A graph's double may yield anything with content and calls."""
        double = SimpleNamespace(content="Hello", tool_calls=[{"name": "get", "args": {"id": 1}}])
        items = await heard(Scripted(double))
        assert [type(item).__name__ for item in items] == ["Token", "MessageEnded", "ToolCall"]

    async def test_of_others_is_not_told(self) -> None:
        """What the customer or a tool said is not an answer."""
        assert await heard(Scripted(HumanMessage("Hello"), ToolMessage("{}", tool_call_id="c"))) == []


class TestCalls:
    async def test_in_fragments_are_told_once_and_complete(self) -> None:
        """However the arguments are cut, the call is told when it is whole."""
        parts = [fragment("", name="cancel"), *(fragment(char) for char in '{"order_id": "1042"}')]
        [call] = await heard(Scripted(*parts))
        assert (call.tool, call.args, call.agent) == ("cancel", {"order_id": "1042"}, "orders")

    async def test_several_at_once_keep_their_order(self) -> None:
        """Calls whose fragments are mixed are put together each by its own."""
        parts = [
            fragment('{"a":', 0, name="one"),
            fragment('{"b":', 1, name="two"),
            fragment("1}", 0),
            fragment("2}", 1),
        ]
        calls = await heard(Scripted(*parts))
        assert [(call.tool, call.args) for call in calls] == [("one", {"a": 1}), ("two", {"b": 2})]
        assert len({call.call_id for call in calls}) == 2

    async def test_come_after_the_text_before_them(self) -> None:
        """What an agent says before it acts is ended before the call is told."""
        items = await heard(Scripted(piece("Let me see."), fragment("{}", name="look")))
        assert [type(item).__name__ for item in items] == ["Token", "MessageEnded", "ToolCall"]

    async def test_that_cannot_be_read_are_told_without_values(self) -> None:
        """A call whose arguments are no JSON is told, so that its failure has something to stand by."""
        [call] = await heard(Scripted(fragment('{"order_id": ', name="cancel"), fragment('"1')))
        assert call.tool == "cancel"

    async def test_have_the_name_that_the_agent_gives_them(self) -> None:
        """The call that is told is the call that is carried out."""
        message = AIMessage("", id="m1", tool_calls=[tool_call(name="one", args={}, id="x")])
        [told] = await heard(Scripted(message))
        assert told.call_id == with_own_call_ids(message).tool_calls[0]["id"]
        [streamed] = await heard(Scripted(fragment("{}", name="one")))
        assert streamed.call_id == told.call_id

    async def test_are_titled_for_people(self) -> None:
        """A call says what the tool does."""
        [call] = await heard(Scripted(fragment("{}", name="cancel")), title_of=lambda name: f"To {name}")
        assert call.title == "To cancel"


class TestFrames:
    async def test_of_a_node_pass_through_in_order(self) -> None:
        """What a node writes comes where it was written, after the text before it."""
        routed = Routed(thread_id="t1", intents=[], by="words")
        items = await heard(Scripted(piece("Hi"), routed, ConversationEnding(), piece("Bye", "m2")))
        names = [type(item).__name__ for item in items]
        assert names == ["Token", "MessageEnded", "Routed", "ConversationEnding", "Token", "MessageEnded"]


class TestBroken:
    async def test_keeps_what_was_said_and_tells_no_half_call(self) -> None:
        """A stream that breaks ends its text; a call that was not complete never was."""
        items: list[Any] = []
        graph = Scripted(piece("Let me "), fragment('{"order', name="cancel"), RuntimeError("cut"))
        with pytest.raises(RuntimeError, match="cut"):
            await hear_into(items, graph)
        assert [item.content for item in of(MessageEnded, items)] == ["Let me "]
        assert of(ToolCall, items) == []

    async def test_stopped_says_no_more(self) -> None:
        """A run that is cancelled yields nothing after that."""
        items: list[Any] = []
        graph = Scripted(piece("Let me "), asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            await hear_into(items, graph)
        assert [type(item).__name__ for item in items] == ["Token"]


class TestInterrupts:
    async def test_come_last(self) -> None:
        """What waits for consent is told after everything that was said."""
        asked = SimpleNamespace(id="i1", value={"action": "cancel_order", "order_id": "1042"})
        items = await heard(Scripted(piece("May I?"), asked=[asked]))
        assert isinstance(items[-1], InterruptRequest)
        assert (items[-1].interrupt_id, items[-1].action, items[-1].args) == (
            "i1",
            "cancel_order",
            {"order_id": "1042"},
        )

    async def test_of_a_foreign_graph_may_be_any_value(self) -> None:
        """A value that is no object is the action's name."""
        [request] = await heard(Scripted(asked=[SimpleNamespace(id="i1", value="cancel everything")]))
        assert (request.action, request.args) == ("cancel everything", {})


def real_graph(*answers: AIMessage) -> Any:
    """A small real LangGraph graph: a model speaks, then consent is asked for."""
    model = GenericFakeChatModel(messages=iter(answers))

    async def speak(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    async def act(state: MessagesState) -> dict[str, Any]:
        answer = interrupt({"action": "cancel_order", "order_id": "1042"})
        return {"messages": [AIMessage(f"approved={answer['approved']}")]}

    builder = StateGraph(MessagesState)
    builder.add_node("orders", speak)
    builder.add_node("act", act)
    builder.add_edge(START, "orders")
    builder.add_edge("orders", "act")
    builder.add_edge("act", END)
    return builder.compile(checkpointer=InMemorySaver())


class TestRealGraph:
    async def test_streams_asks_and_goes_on(self) -> None:
        """On a real graph: pieces, the request, and after the answer the rest, nothing twice."""
        graph = real_graph(AIMessage("Let me cancel that."))
        config: dict[str, Any] = {"configurable": {"thread_id": str(uuid4())}}
        assert await runner.where(graph, config) == "new"
        payload = {"messages": [HumanMessage("Cancel 1042")]}
        first = [item async for item in runner.run(graph, payload, thread_id="t1", config=config)]
        assert "".join(token.content for token in of(Token, first)) == "Let me cancel that."
        assert {token.agent for token in of(Token, first)} == {"orders"}
        [request] = of(InterruptRequest, first)
        assert (request.action, request.args) == ("cancel_order", {"order_id": "1042"})
        assert await runner.where(graph, config) == "open"
        answer = runner.answer_of(approved=True, comment=None)
        second = [item async for item in runner.run(graph, answer, thread_id="t1", config=config)]
        assert [token.content for token in of(Token, second)] == ["approved=True"]
        assert of(InterruptRequest, second) == []
        assert await runner.where(graph, config) == "over"


class TestNames:
    def test_of_calls_are_short_and_plain(self) -> None:
        """Nine letters or digits, as the strictest providers want them."""
        name = call_id_of("m1", 0, "a")
        assert len(name) == 9
        assert name.isalnum()
        assert call_id_of("m1", 0, "a") == name
        others = [("m1", 1, "a"), ("m2", 0, "a"), (None, 0, "a"), ("m1", 0, "b")]
        assert len({name, *(call_id_of(*other) for other in others)}) == 5

    def test_replace_the_providers(self) -> None:
        """Ids that a provider leaves out or repeats are named by us, the readable calls first."""
        message = AIMessage(
            "",
            id="m1",
            tool_calls=[tool_call(name="a", args={}, id=None), tool_call(name="b", args={}, id="same")],
            invalid_tool_calls=[invalid_tool_call(name="c", args="{", id="same", error="x")],
            additional_kwargs={"tool_calls": [{}], "other": 1},
        )
        named = with_own_call_ids(message)
        ids = [call["id"] for call in (*named.tool_calls, *named.invalid_tool_calls)]
        assert ids == [call_id_of("m1", index, tool) for index, tool in enumerate("abc")]
        assert named.additional_kwargs == {"other": 1}
        assert message.tool_calls[1]["id"] == "same"
