from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from app.agents.provider.text_tool_calls import MAX_HELD_CHARS, TextToolCalls, calls_in

TOOLS: list[dict[str, Any]] = [{"type": "function", "function": {"name": "get_order"}}, {"name": "list_orders"}]
NAMES = {"get_order", "list_orders"}


def chunk(text: str) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content=text))


def passed(
    pieces: list[str], *, may_be_call: bool = True
) -> tuple[list[str], list[str], list[tuple[str | None, str | None]]]:
    """Pass pieces on; return what came at once, what came at the end, and the calls found."""
    calls = TextToolCalls(TOOLS)
    at_once = [kept.text for piece in pieces for kept in calls.feed(chunk(piece))]
    rest = list(calls.flush(may_be_call=may_be_call))
    found = [
        (one["name"], one["args"])
        for kept in rest
        if isinstance(kept.message, AIMessageChunk)
        for one in kept.message.tool_call_chunks
    ]
    return at_once, [kept.text for kept in rest if kept.text], found


class TestStreaming:
    def test_prose_is_never_delayed(self) -> None:
        """Text that can't be a call is passed on piece by piece."""
        assert passed(["It", " is", " {not} a call"]) == (["It", " is", " {not} a call"], [], [])

    def test_a_call_is_held_and_made(self) -> None:
        """A call in the text becomes one, and nothing of the text is seen."""
        pieces = ["{", '"name": "get_order", ', '"arguments": {"order_id": 1}}']
        assert passed(pieces) == ([], [], [("get_order", '{"order_id": 1}')])

    def test_json_that_is_no_call_is_text(self) -> None:
        """What only looked like a call is passed on whole, in its pieces."""
        assert passed(['{"status":', ' "ok"}']) == ([], ['{"status":', ' "ok"}'], [])

    def test_a_beginning_that_goes_on_as_prose(self) -> None:
        """What is held back is let go as soon as it can't be a call."""
        assert passed(["<", "b>bold</b>", " text"]) == (["<", "b>bold</b>", " text"], [], [])

    def test_beside_a_real_call_text_is_text(self) -> None:
        """Where the provider made a call of its own, JSON in the text is just text."""
        at_once, rest, found = passed(['{"name": "get_order", "arguments": {}}'], may_be_call=False)
        assert (at_once, rest, found) == ([], ['{"name": "get_order", "arguments": {}}'], [])

    def test_without_tools_nothing_is_held(self) -> None:
        """A model without tools may say JSON as it likes."""
        calls = TextToolCalls([])
        assert [kept.text for kept in calls.feed(chunk('{"name": "get_order"}'))] == ['{"name": "get_order"}']
        assert list(calls.flush()) == []

    def test_what_is_too_long_is_text(self) -> None:
        """A text is not held back for ever."""
        at_once, rest, found = passed(["{" + "x" * MAX_HELD_CHARS])
        assert (len(at_once), rest, found) == (1, [], [])

    @given(st.lists(st.text(alphabet='{}[]"<tool_call>`a b', max_size=12), max_size=8))
    def test_no_text_is_ever_lost(self, pieces: list[str]) -> None:
        """What is no call comes out as it went in."""
        at_once, rest, found = passed(pieces)
        assert found or "".join(at_once + rest) == "".join(pieces)


class TestForms:
    @pytest.mark.parametrize(
        "text",
        [
            '{"name": "get_order", "arguments": {"order_id": 1}}',
            '{"name": "get_order", "parameters": {"order_id": 1}}',
            '{"tool": "get_order", "args": {"order_id": 1}}',
            '{"function": {"name": "get_order", "arguments": {"order_id": 1}}}',
            '{"type": "function", "function": "get_order", "arguments": {"order_id": 1}}',
            '{"name": "get_order", "arguments": "{\\"order_id\\": 1}"}',
            '<tool_call>\n{"name": "get_order", "arguments": {"order_id": 1}}\n</tool_call>',
            '```json\n{"name": "get_order", "arguments": {"order_id": 1}}\n```',
            '[{"name": "get_order", "arguments": {"order_id": 1}}]',
            '[TOOL_CALLS][{"name": "get_order", "arguments": {"order_id": 1}}]',
        ],
    )
    def test_forms_in_which_models_write_calls(self, text: str) -> None:
        """A call is read in every form in which models write it."""
        assert [(one["name"], one["args"]) for one in calls_in(text, NAMES)] == [("get_order", '{"order_id": 1}')]

    def test_several_calls(self) -> None:
        """Calls one after the other are all made."""
        text = '{"name": "get_order", "arguments": {"order_id": 1}}\n{"name": "list_orders", "arguments": {}}'
        assert [(one["name"], one["index"]) for one in calls_in(text, NAMES)] == [("get_order", 0), ("list_orders", 1)]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "hello",
            "{",
            '{"name": "drop_tables", "arguments": {}}',
            '{"name": "get_order", "arguments": [1]}',
            '{"name": "get_order", "arguments": "{"}',
            '{"name": 5}',
            "[1, 2]",
            "null",
            '"get_order"',
            '{"name": "get_order"} and more words',
            '{"order_id": 1}',
        ],
    )
    def test_what_is_no_call(self, text: str) -> None:
        """What is anything but calls of tools that there are is no call."""
        assert calls_in(text, NAMES) == []
