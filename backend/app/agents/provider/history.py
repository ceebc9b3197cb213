"""History of a conversation, in the form that every provider takes.

Chat templates differ in what they refuse: a name on the assistant's messages, null as content, two neighbours of one
role, a beginning with the assistant, arguments that are no JSON. What comes out has none of these. What only the
provider understands (signatures, reasoning) is given back as it came.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, ToolMessage

from app.agents.provider.answer import CALL_FIELDS, PROVIDER_FIELDS
from app.agents.provider.tool_call_chunks import is_object

_MERGED_ROLES: Final = frozenset({"user", "assistant"})
BEGINNING: Final = "(The conversation so far.)"  # stands for what was said before the part that is still known


def as_provider_takes(messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    """Return the messages of a request."""
    taken: list[dict[str, Any]] = []
    for source in messages:
        message = _written(source)
        before = taken[-1] if taken else None
        if before is not None and before["role"] == message["role"] and _can_merge(before, message):
            taken[-1] = _merged(before, message)
        else:
            if message["role"] == "assistant" and all(one["role"] == "system" for one in taken):
                taken.append({"role": "user", "content": BEGINNING})
            taken.append(message)
    return taken


def _written(source: BaseMessage) -> dict[str, Any]:
    match source:
        case AIMessage():
            return _assistant(source)
        case ToolMessage():
            return {"role": "tool", "content": str(source.text), "tool_call_id": source.tool_call_id}
        case SystemMessage():
            return {"role": "system", "content": str(source.text)}
        case _:
            return {"role": "user", "content": str(source.text)}


def _assistant(source: AIMessage) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": str(source.text)}
    message.update(source.additional_kwargs.get(PROVIDER_FIELDS) or {})
    made = [(call["id"], call["name"], json.dumps(call["args"], ensure_ascii=False)) for call in source.tool_calls]
    # A server that cannot read a call's arguments fails, and nothing can be mended.
    unreadable = [(call["id"], call["name"], _readable(call["args"])) for call in source.invalid_tool_calls]
    if calls := [*made, *unreadable]:
        fields = source.additional_kwargs.get(CALL_FIELDS) or []
        kept = [*fields, *({} for _ in range(len(calls) - len(fields)))]
        message["tool_calls"] = [
            {"type": "function", "id": given, **own, "function": {"name": name, "arguments": arguments}}
            for (given, name, arguments), own in zip(calls, kept, strict=False)
        ]
    return message


def _readable(arguments: str | None) -> str:
    return arguments if arguments and is_object(arguments) else "{}"


def _can_merge(before: dict[str, Any], message: dict[str, Any]) -> bool:
    """Say whether two neighbours can be one message: results belong to their calls, so calls end a message."""
    return message["role"] in _MERGED_ROLES and "tool_calls" not in before


def _merged(before: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    content = "\n\n".join(text for text in (before["content"], message["content"]) if text)
    return {**before, **message, "content": content}
