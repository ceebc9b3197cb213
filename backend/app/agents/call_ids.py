"""Ids of tool calls and messages, made by the product: unique and repeatable, whatever the provider sends."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from langchain_core.messages import AIMessage

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
UNNAMED: Final = "unknown"  # stands where a model has named no tool
CALL_ID_CHARS: Final = 9  # some providers' chat templates accept exactly nine letters or digits
MESSAGE_ID_CHARS: Final = 32  # 128 bits: never the same for two messages


def call_id_of(message_id: str | None, index: int, tool: str) -> str:
    """Make the id of the call of `tool` at `index` of a model's message.

    Providers leave ids out or repeat them from message to message; a message's own id never repeats. A model that is
    asked again after a crash may call another tool, and that is another call.
    """
    number = int.from_bytes(hashlib.sha256(f"{message_id}/{index}/{tool}".encode()).digest()[:8])
    letters = []
    for _ in range(CALL_ID_CHARS):
        number, digit = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return "".join(letters)


def message_key(run_id: UUID, attempt: int, metadata: Mapping[str, Any]) -> str | None:
    """Make the key of one place of a run, the same when that place runs again after a crash.

    A run that was not kept begins anew, so a place is a step and who takes it, never the id of a checkpoint. Frames
    that were stored before a crash are then recognised and not stored twice; those of another `attempt`, after a
    failure, are new. None for a graph without places.
    """
    if "langgraph_step" not in metadata:
        return None
    path = "/".join(map(str, metadata["langgraph_path"]))
    return f"{run_id}/{attempt}/{metadata['langgraph_step']}/{path}"


def message_id_of(key: str, index: int) -> str:
    """Make the id of the message at `index` of those sent from one place."""
    return hashlib.sha256(f"{key}/{index}".encode()).hexdigest()[:MESSAGE_ID_CHARS]


def with_own_call_ids(message: AIMessage, key: str | None = None) -> AIMessage:
    """Return the message with our own ids on its calls, the readable ones first, then the unreadable ones."""
    key = key or message.id
    calls: list[Any] = [
        {**call, "id": call_id_of(key, index, call["name"])} for index, call in enumerate(message.tool_calls)
    ]
    invalid: list[Any] = [
        {**call, "id": call_id_of(key, index, call["name"] or UNNAMED)}
        for index, call in enumerate(message.invalid_tool_calls, start=len(calls))
    ]
    extra = {key: value for key, value in message.additional_kwargs.items() if key != "tool_calls"}
    return message.model_copy(update={"tool_calls": calls, "invalid_tool_calls": invalid, "additional_kwargs": extra})
