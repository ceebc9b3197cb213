from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk

from app.agents.provider.tool_call_chunks import ToolCallAssembler


def together(*fragments: dict[str, Any]) -> list[tuple[str | None, str | None, str | None]]:
    """Put fragments together and return name, arguments and id of the calls."""
    calls = ToolCallAssembler()
    for fragment in fragments:
        whole = {"name": None, "args": None, "id": None, "index": 0, **fragment}
        calls.add([tool_call_chunk(**whole)])
    return [(one["name"], one["args"], one["id"]) for one in calls.whole()]


class TestFragments:
    @pytest.mark.parametrize(
        ("fragments", "calls"),
        [
            pytest.param(
                [{"name": "a", "id": "1"}, {"args": '{"x"'}, {"args": ": 1}"}], [("a", '{"x": 1}', "1")], id="fragments"
            ),
            pytest.param(
                [{"name": "a", "id": "1", "args": "{}"}, {"name": "b", "id": "2", "args": "{}", "index": 1}],
                [("a", "{}", "1"), ("b", "{}", "2")],
                id="two places",
            ),
            pytest.param(
                [
                    {"name": "a", "index": 0},
                    {"name": "b", "index": 1},
                    {"args": "{}", "index": 0},
                    {"args": "{}", "index": 1},
                ],
                [("a", "{}", None), ("b", "{}", None)],
                id="interleaved",
            ),
            pytest.param(
                [{"name": "a", "args": '{"x": 1}', "index": None}, {"name": "a", "args": '{"x": 2}', "index": None}],
                [("a", '{"x": 1}', None), ("a", '{"x": 2}', None)],
                id="whole calls without a place",
            ),
            pytest.param(
                [{"name": "a", "index": None}, {"args": '{"x": 1}', "index": None}],
                [("a", '{"x": 1}', None)],
                id="no place",
            ),
            pytest.param(
                [{"name": "a", "args": "{}", "id": "1"}, {"name": "b", "args": "{}", "id": "2"}],
                [("a", "{}", "1"), ("b", "{}", "2")],
                id="the same place with other ids",
            ),
            pytest.param(
                [{"name": "a", "args": "{}"}, {"name": "b", "args": "{}"}],
                [("a", "{}", None), ("b", "{}", None)],
                id="the same place without ids",
            ),
            pytest.param([{"name": "a"}], [("a", "{}", None)], id="no arguments"),
            pytest.param([{"name": "a", "args": " "}], [("a", "{}", None)], id="blank arguments"),
            pytest.param(
                [{"name": "get_", "id": "1"}, {"name": "order", "id": "1"}], [("get_order", "{}", "1")], id="torn name"
            ),
            pytest.param(
                [
                    {"name": "a", "id": "1"},
                    {"args": '{"x"'},
                    {"args": ": 1}"},
                    {"name": "a", "id": "1", "args": '{"x": 1}'},
                ],
                [("a", '{"x": 1}', "1")],
                id="the whole call once more at the end",
            ),
            pytest.param(
                [{"name": "a", "args": '{"x": 1}'}, {"name": "a", "args": '{"x":1}'}],
                [("a", '{"x": 1}', None)],
                id="the whole call once more, without an id",
            ),
            pytest.param(
                [{"name": "a", "args": '{"x": 1}', "index": None}, {"name": "a", "args": '{"x": 1}', "index": None}],
                [("a", '{"x": 1}', None)],
                id="the whole call once more, without a place",
            ),
            pytest.param(
                [{"name": "a", "id": "1"}, {"name": "a", "args": '{"x"'}, {"name": "a", "args": ": 1}"}],
                [("a", '{"x": 1}', "1")],
                id="the name in every fragment",
            ),
            pytest.param(
                [{"name": "a", "id": "1"}, {"args": '{"x'}, {"args": '{"x": '}, {"args": '{"x": 1}'}],
                [("a", '{"x": 1}', "1")],
                id="arguments from the beginning each time",
            ),
            pytest.param(
                [{"name": "a", "id": "1"}, {"args": '{"x": '}, {"args": '{"x": 1}}'}],
                [("a", '{"x": {"x": 1}}', "1")],
                id="a value that looks like its beginning",
            ),
            pytest.param([], [], id="nothing"),
        ],
    )
    def test_calls_come_together(self, fragments: list[dict[str, Any]], calls: list[Any]) -> None:
        """Fragments become whole calls, whatever their provider leaves out or repeats."""
        assert together(*fragments) == calls

    @pytest.mark.parametrize("args", ['{"order_id": 10', "[1]", '"text"', "nonsense", "{'order_id': 1042}"])
    def test_broken_arguments_are_never_mended(self, args: str) -> None:
        """Arguments that are no JSON object stay unreadable: a number cut in two is not another number."""
        calls = ToolCallAssembler()
        fragment = tool_call_chunk(name="cancel_order", args=args, id="1", index=0)
        calls.add([fragment])
        message = AIMessageChunk(content="", tool_call_chunks=list(calls.whole()))
        assert message.tool_calls == []
        assert [one["name"] for one in message.invalid_tool_calls] == ["cancel_order"]
