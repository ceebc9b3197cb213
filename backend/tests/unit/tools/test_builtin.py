"""Built-in tools ask something of the conversation and do nothing outside."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from app.errors import ToolInvalidInput
from app.tools.base import Access, Effect, OutcomeStatus, Tool
from app.tools.builtin import MAX_REASON_CHARS, builtin_tools
from app.tools.registry import ToolRegistry

ALL: list[Tool] = list(builtin_tools())
HAND_OVER, END = ALL


def test_there_are_two_and_the_registry_takes_them() -> None:
    """They have legal, unique names."""
    registry = ToolRegistry()
    registry.replace("builtin", ALL)
    assert registry.names == ("hand_over", "end_conversation")


@pytest.mark.parametrize(("tool", "effect"), [(HAND_OVER, Effect.HAND_OVER), (END, Effect.END)])
async def test_each_says_what_it_asks_for(tool: Tool, effect: Effect) -> None:
    """The effect is in the description; running it succeeds and needs no consent."""
    outcome = await tool.run({"reason": "The customer asks for a person."})
    assert tool.spec.effect is effect
    assert tool.spec.access is Access.READ
    assert outcome.ok
    assert outcome.request is None
    assert outcome.data["reason"] == "The customer asks for a person."


@pytest.mark.parametrize("tool", ALL)
def test_nothing_is_sent(tool: Tool) -> None:
    """There is no request to show."""
    assert tool.preview({"reason": "x"}) is None


async def test_a_conversation_can_end_without_a_reason() -> None:
    """Ending needs no words."""
    assert (await END.run({})).ok


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        (HAND_OVER, {}),
        (HAND_OVER, {"reason": ""}),
        (HAND_OVER, {"reason": 7}),
        (HAND_OVER, {"reason": None}),
        (HAND_OVER, {"reason": "x" * (MAX_REASON_CHARS + 1)}),
        (HAND_OVER, {"reason": "x", "to": "boss"}),
        (END, {"why": "x"}),
        (END, {"reason": []}),
    ],
)
async def test_arguments_that_do_not_fit_are_refused(tool: Tool, args: dict[str, Any]) -> None:
    """The preview raises, the run fails, and both name the argument."""
    with pytest.raises(ToolInvalidInput) as caught:
        tool.preview(args)
    outcome = await tool.run(args)
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.error == "tool_invalid_input"
    assert outcome.summary == caught.value.message
    assert caught.value.message.startswith(caught.value.details["field"])


@pytest.mark.parametrize("tool", ALL)
def test_the_schema_is_a_schema(tool: Tool) -> None:
    """What models see is valid JSON Schema that allows nothing extra."""
    jsonschema.Draft202012Validator.check_schema(tool.spec.schema)
    assert tool.spec.parameters["additionalProperties"] is False
