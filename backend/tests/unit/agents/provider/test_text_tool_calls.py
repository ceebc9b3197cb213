from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.provider.call_markup import calls_in
from app.agents.provider.text_tool_calls import MAX_HELD_CHARS, NAMELESS, TextToolCalls
from app.agents.provider.tool_call_chunks import UNREADABLE

TOOLS: list[dict[str, Any]] = [{"type": "function", "function": {"name": "get_order"}}, {"name": "list_orders"}]
SCHEMAS: dict[str, dict[str, Any]] = {
    "get_order": {"properties": {"order_id": {"type": "integer"}, "note": {"type": "string"}}},
    "list_orders": {},
}


def passed(
    pieces: list[str], *, may_be_call: bool = True
) -> tuple[list[str], str, list[tuple[str | None, str | None]]]:
    """Pass pieces on; return what came at once, what came at the end, and the calls found."""
    calls = TextToolCalls(TOOLS)
    at_once = [text for piece in pieces if (text := calls.feed(piece))]
    rest, found = calls.flush(may_be_call=may_be_call)
    return at_once, rest, [(one["name"], one["args"]) for one in found]


class TestStreaming:
    def test_prose_is_never_delayed(self) -> None:
        """Text that can't be a call is passed on piece by piece."""
        assert passed(["It", " is", " {not} a call"]) == (["It", " is", " {not} a call"], "", [])

    def test_a_call_is_held_and_made(self) -> None:
        """A call in the text becomes one, and nothing of the text is seen."""
        pieces = ["{", '"name": "get_order", ', '"arguments": {"order_id": 1}}']
        assert passed(pieces) == ([], "", [("get_order", '{"order_id":1}')])

    def test_a_call_after_a_sentence_is_made(self) -> None:
        """What is said before a call is said at once, and the call is made, however its mark is torn."""
        pieces = ["Let me look.", "<tool", '_call>{"name": "get_order", "arguments": {"order_id": 1}}</tool_call>']
        assert passed(pieces) == (["Let me look."], "", [("get_order", '{"order_id":1}')])

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ('<tool_call>{"name": "get_order", "arguments": {"order_id": ', "get_order"),
            ('{"name": "drop_tables", "arguments": {}}', "drop_tables"),
            ("Well. <tool_call>hm", NAMELESS),
        ],
    )
    def test_what_is_plainly_a_call_is_not_said(self, text: str, name: str) -> None:
        """A call that cannot be made is no text for a customer: it is unreadable, and the model is asked to mend it."""
        at_once, rest, found = passed([text])
        assert "".join(at_once) + rest in {"", "Well. "}
        assert [one for one, _ in found] == [name]
        assert (found[0][1] or "").startswith(UNREADABLE)

    def test_json_that_is_no_call_is_text(self) -> None:
        """What only looked like a call is passed on whole."""
        assert passed(['{"status":', ' "ok"}']) == ([], '{"status": "ok"}', [])

    def test_a_beginning_that_goes_on_as_prose(self) -> None:
        """What is held back is let go as soon as it can't be a call."""
        assert passed(["<", "b>bold</b>", " text"]) == (["<b>bold</b>", " text"], "", [])

    def test_beside_a_real_call_text_is_text(self) -> None:
        """Where the provider made a call of its own, JSON in the text is just text."""
        at_once, rest, found = passed(['{"name": "get_order", "arguments": {}}'], may_be_call=False)
        assert (at_once, rest, found) == ([], '{"name": "get_order", "arguments": {}}', [])

    def test_without_tools_nothing_is_held(self) -> None:
        """A model without tools may say JSON as it likes."""
        calls = TextToolCalls([])
        assert calls.feed('{"name": "get_order"}') == '{"name": "get_order"}'
        assert calls.flush() == ("", [])

    def test_what_is_too_long_is_text(self) -> None:
        """A text is not held back for ever."""
        at_once, rest, found = passed(["{" + "x" * MAX_HELD_CHARS])
        assert (len(at_once), rest, found) == (1, "", [])

    @given(st.lists(st.text(alphabet='{}[]"<tool_call>`a b', max_size=12), max_size=8))
    def test_no_text_is_ever_lost(self, pieces: list[str]) -> None:
        """What is no call comes out as it went in."""
        at_once, rest, found = passed(pieces)
        assert found or "".join(at_once) + rest == "".join(pieces)


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
            '[TOOL_CALLS]get_order[ARGS]{"order_id": 1}',
            '<|python_tag|>{"name": "get_order", "parameters": {"order_id": 1}}',
            '<function=get_order>{"order_id": 1}</function>',
            "<tool_call>\n<function=get_order>\n<parameter=order_id>\n1\n</parameter>\n</function>\n</tool_call>",
            "<tool_call>get_order\n<arg_key>order_id</arg_key>\n<arg_value>1</arg_value>\n</tool_call>",
            (
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.get_order:0<|tool_call_argument_begin|>"
                '{"order_id": 1}<|tool_call_end|><|tool_calls_section_end|>'
            ),
            (
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_order\n```json\n"
                '{"order_id": 1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>'
            ),
            '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_order<｜tool▁sep｜>{"order_id": 1}<｜tool▁call▁end｜>',
            '<|channel|>commentary to=functions.get_order <|constrain|>json<|message|>{"order_id": 1}<|call|>',
        ],
    )
    def test_forms_in_which_models_write_calls(self, text: str) -> None:
        """A call is read in every form in which models write it."""
        assert calls_in(text, SCHEMAS) == [("get_order", {"order_id": 1})]

    def test_a_text_stays_a_text(self) -> None:
        """A value that the schema calls a text is one, whatever it looks like."""
        text = "<function=get_order><parameter=note>1042</parameter><parameter=order_id>7</parameter></function>"
        assert calls_in(text, SCHEMAS) == [("get_order", {"note": "1042", "order_id": 7})]

    def test_several_calls(self) -> None:
        """Calls one after the other are all made."""
        text = '{"name": "get_order", "arguments": {"order_id": 1}}\n{"name": "list_orders", "arguments": {}}'
        assert calls_in(text, SCHEMAS) == [("get_order", {"order_id": 1}), ("list_orders", {})]

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
        assert calls_in(text, SCHEMAS) == []
