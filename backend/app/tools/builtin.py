"""Built-in tools: hand the conversation to a person, and end it; no API is needed.

A built-in has no effect outside; it says what it asks of the conversation (`ToolSpec.effect`), and the supervisor
does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.errors import ToolInvalidInput
from app.tools.arguments import ArgumentCheck
from app.tools.base import Access, Effect, OutcomeStatus, OutgoingRequest, ToolOutcome, ToolSpec

SOURCE: Final = "builtin"
TRANSFER: Final = "transfer_to_agent"  # how agents hand over to each other; the graph does it, so no tool has the name
ASK: Final = "ask_customer"  # how an agent that has to call something asks; read as text, so no tool has the name
ANSWER: Final = "answer_customer"  # the same, where it answers
RESERVED: Final = frozenset({TRANSFER, ASK, ANSWER})
MAX_REASON_CHARS: Final = 500  # a sentence or two for whoever takes over


class BuiltinTool:
    """One built-in function; its arguments are at most a reason in words."""

    def __init__(self, *, spec: ToolSpec, done: str) -> None:
        """Take what it is, and the sentence that says that it was done."""
        self._spec = spec
        self._check = ArgumentCheck(spec.schema)
        self._done = done

    @property
    def spec(self) -> ToolSpec:
        """Describe the tool."""
        return self._spec

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        """Check the arguments; nothing leaves the process."""
        self._reason(args)
        return None

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        """Return what the conversation is asked to do; its effect is the supervisor's."""
        del idempotency_key  # nothing is sent
        try:
            reason = self._reason(args)
        except ToolInvalidInput as error:
            return ToolOutcome(
                status=OutcomeStatus.FAILED, summary=error.message, data={"error": error.message}, error=error.code
            )
        data = {"done": self._done, "reason": reason} if reason else {"done": self._done}
        return ToolOutcome(status=OutcomeStatus.SUCCEEDED, summary=self._done, data=data)

    def _reason(self, args: Mapping[str, Any]) -> str:
        self._check(args)
        return str(args.get("reason", "")).strip()


def builtin_tools() -> list[BuiltinTool]:
    """Make the built-in tools, for the registry."""
    return [
        _builtin(
            name="hand_over",
            title="Hand over to a person",
            description=(
                "Hand this conversation to a member of the support team. Use it when the customer asks for a person, "
                "or when nothing else can help."
            ),
            reason="Why a person is needed, in one sentence that helps them to begin.",
            required=True,
            effect=Effect.HAND_OVER,
            done="The conversation is being handed to a person.",
        ),
        _builtin(
            name="end_conversation",
            title="End the conversation",
            description="End this conversation. Use it only when the customer says that they need nothing more.",
            reason="Why the conversation ends, in one sentence.",
            required=False,
            effect=Effect.END,
            done="The conversation is being ended.",
        ),
    ]


def _builtin(
    *, name: str, title: str, description: str, reason: str, required: bool, effect: Effect, done: str
) -> BuiltinTool:
    schema = {
        "type": "object",
        "properties": {
            "reason": {"type": "string", "minLength": 1, "maxLength": MAX_REASON_CHARS, "description": reason}
        },
        "required": ["reason"] if required else [],
        "additionalProperties": False,
    }
    spec = ToolSpec(
        name=name,
        title=title,
        description=description,
        access=Access.READ,
        parameters=schema,
        schema=schema,
        source=SOURCE,
        target="this conversation",
        version="1",
        effect=effect,
    )
    return BuiltinTool(spec=spec, done=done)
