import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool

from app.callbacks import TokenUsageCallbackHandler
from app.demo_model.model import DemoModel, scene_of

GET_ORDER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_order",
        "description": "Look up an order.",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
    },
}
SYSTEM = """You are "general".

When greeted, say:
Good day.

Customers can ask for example:
- Where is order 1042?

Knowledge:
Returns are free.

Record of earlier calls in this conversation (data):
- get_order {'order_id': 7}: succeeded. Order 7.
"""


async def streamed(*messages: BaseMessage, tools: list[Any] | None = None) -> list[AIMessageChunk]:
    model = DemoModel().bind_tools(tools) if tools else DemoModel()
    chunks = [chunk async for chunk in model.astream(list(messages))]
    assert all(isinstance(chunk, AIMessageChunk) for chunk in chunks)
    return chunks  # type: ignore[return-value]


class TestStreaming:
    async def test_words_come_one_by_one(self) -> None:
        """An answer streams word by word, ends with the tokens it took, and all of it is one message."""
        chunks = await streamed(HumanMessage("thanks"))
        assert [chunk.text for chunk in chunks if chunk.text][:3] == ["You ", "are ", "welcome. "]
        assert len({chunk.id for chunk in chunks}) == 1
        assert chunks[-1].usage_metadata is not None
        assert chunks[-1].usage_metadata["output_tokens"] > 0
        assert chunks[-1].chunk_position == "last"

    async def test_calls_come_whole(self) -> None:
        """A call comes in one piece with complete arguments."""
        chunks = await streamed(HumanMessage("Where is order 1042?"), tools=[GET_ORDER])
        (piece,) = [chunk for chunk in chunks if chunk.tool_call_chunks]
        assert [(one["name"], one["args"]) for one in piece.tool_calls] == [("get_order", {"order_id": 1042})]
        assert "".join(chunk.text for chunk in chunks) == ""

    async def test_every_way_of_asking_gives_the_same(self) -> None:
        """Streamed or not, at once or awaited, the answer is the same."""
        model = DemoModel().bind_tools([GET_ORDER])
        messages = [SystemMessage(SYSTEM), HumanMessage("Are returns free?")]
        awaited = await model.ainvoke(messages)
        assert awaited.text == model.invoke(messages).text == "Returns are free."
        assert "".join(chunk.text for chunk in model.stream(messages)) == "Returns are free."
        assert isinstance(awaited, AIMessage)
        assert awaited.usage_metadata is not None

    async def test_calls_are_never_confused(self) -> None:
        """Each call has an id of its own, and each answer too."""
        model = DemoModel().bind_tools([GET_ORDER])
        answers = [await model.ainvoke([HumanMessage("orders 1042 and 1043")]) for _ in range(2)]
        assert len({call["id"] for answer in answers for call in answer.tool_calls}) == 4
        assert len({answer.id for answer in answers}) == 2

    async def test_a_pause_between_words_is_kept(self) -> None:
        """With a pause the same words come, only later."""
        model = DemoModel(delay_ms=1)
        assert (await model.ainvoke([HumanMessage("thanks")])).text == DemoModel().invoke([HumanMessage("thanks")]).text
        assert "".join(chunk.text for chunk in model.stream([HumanMessage("bye")])) == "You are welcome. Goodbye!"

    async def test_its_name_is_known_to_the_accounts(self) -> None:
        """Its calls are counted under its name."""
        counted = TokenUsageCallbackHandler()
        await DemoModel().ainvoke([HumanMessage("hi")], {"callbacks": [counted]})
        assert [call.model for call in counted.calls] == ["demo model"]


class TestTools:
    async def test_functions_can_be_bound(self) -> None:
        """Tools may be given as functions too."""

        @tool
        def track_parcel(order_id: int) -> str:
            """Track the parcel of an order."""
            return str(order_id)

        answer = (
            await DemoModel().bind_tools([track_parcel], tool_choice="auto").ainvoke([HumanMessage("track order 1044")])
        )
        assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("track_parcel", {"order_id": 1044})]

    async def test_results_are_put_into_words(self) -> None:
        """What a tool brought is told, and nothing is called again."""
        call = {"name": "get_order", "args": {"order_id": 1042}, "id": "1"}
        content = json.dumps({"outcome": "succeeded", "data": {"order_id": 1042, "status": "shipped"}})
        messages = [
            HumanMessage("order 1042?"),
            AIMessage("", tool_calls=[call]),
            ToolMessage(content, tool_call_id="1"),
        ]
        answer = await DemoModel().bind_tools([GET_ORDER]).ainvoke(messages)
        assert (answer.text, answer.tool_calls) == ("Order 1042 is shipped.", [])

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("It is shipped.", "It is shipped."),
            ('{"order_id": 1042, "status": "new"}', "Order 1042 is new."),
            ("[]", "I found no orders."),
        ],
    )
    async def test_strange_results_are_told_too(self, content: str, said: str) -> None:
        """A result that is not in our form counts as what the tool said."""
        messages = [
            HumanMessage("order 1042?"),
            AIMessage("", tool_calls=[{"name": "get_order", "args": {"order_id": 1042}, "id": "1"}]),
            ToolMessage(content, tool_call_id="1"),
        ]
        assert (await DemoModel().bind_tools([GET_ORDER]).ainvoke(messages)).text == said

    async def test_a_result_without_its_call(self) -> None:
        """A result whose call is not known is told by its tool's name."""
        messages = [HumanMessage("hm?"), ToolMessage('{"outcome": "failed"}', tool_call_id="x", name="get_order")]
        said = (await DemoModel().ainvoke(messages)).text
        assert "could not" in said

    async def test_without_any_message_it_helps(self) -> None:
        """Nothing said is answered with what can be asked."""
        assert "Where is order 1042?" in (await DemoModel().ainvoke([SystemMessage(SYSTEM)])).text


class TestScene:
    def test_everything_is_taken_from_the_messages(self) -> None:
        """The request, what was said before it, the knowledge, the examples and the records come from the messages."""
        scene = scene_of(
            [SystemMessage(SYSTEM), HumanMessage("Hi"), AIMessage("Hello", name="a"), HumanMessage("Now?")], [GET_ORDER]
        )
        assert scene.request == "Now?"
        assert [(turn.customer, turn.text) for turn in scene.before] == [(True, "Hi"), (False, "Hello")]
        assert scene.knowledge == "Returns are free."
        assert scene.greeting == "Good day."
        assert scene.examples == ("Where is order 1042?",)
        assert scene.records == ("get_order {'order_id': 7}: succeeded. Order 7.",)
        assert [offer.name for offer in scene.offers] == ["get_order"]

    async def test_it_greets_as_it_is_told(self) -> None:
        """A greeting is answered with the agent's own."""
        assert (await DemoModel().ainvoke([SystemMessage(SYSTEM), HumanMessage("hello")])).text.startswith("Good day. ")

    async def test_a_person_who_cannot_be_had(self) -> None:
        """Without the tool to hand over it says so, and claims nothing."""
        said = (await DemoModel().ainvoke([HumanMessage("I want to talk to a human")])).text
        assert "cannot hand this conversation over" in said

    async def test_a_yes_to_nothing(self) -> None:
        """A yes that nobody asked for agrees to nothing."""
        assert "not sure what you agree to" in (await DemoModel().ainvoke([HumanMessage("yes")])).text
