"""History of a conversation, in the form that every provider takes.

Chat templates differ in what they refuse: a name on the assistant's messages, null as content, two neighbours of one
role, a beginning with the assistant, arguments that are no JSON. What comes out has none of these. What only the
provider understands (signatures, reasoning) is given back as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from langchain_core.messages import AIMessage, BaseMessage

from app.agents.provider.answer import CALL_FIELDS, PROVIDER_FIELDS
from app.agents.provider.tool_call_chunks import is_object

_MERGED_ROLES: Final = frozenset({"user", "assistant"})
BEGINNING: Final = "(The conversation so far.)"  # stands for what was said before the part that is still known


def as_provider_takes(payload: Sequence[dict[str, Any]], messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    """Return the messages of a request; `messages` are those that `payload` was made of, in the same order."""
    taken: list[dict[str, Any]] = []
    for source, made in zip(messages, payload, strict=True):
        message = _assistant(made, source) if isinstance(source, AIMessage) else dict(made)
        before = taken[-1] if taken else None
        if before is not None and before["role"] == message["role"] and _can_merge(before, message):
            taken[-1] = _merged(before, message)
        else:
            if message["role"] == "assistant" and all(one["role"] == "system" for one in taken):
                taken.append({"role": "user", "content": BEGINNING})
            taken.append(message)
    return taken


def _assistant(made: dict[str, Any], source: AIMessage) -> dict[str, Any]:
    message = {name: value for name, value in made.items() if name not in {"name", PROVIDER_FIELDS, CALL_FIELDS}}
    message["content"] = message.get("content") or ""
    message.update(source.additional_kwargs.get(PROVIDER_FIELDS) or {})
    if calls := message.get("tool_calls"):
        fields = source.additional_kwargs.get(CALL_FIELDS) or []
        kept = [*fields, *({} for _ in range(len(calls) - len(fields)))]
        message["tool_calls"] = [_call(call, own) for call, own in zip(calls, kept, strict=False)]
    return message


def _call(call: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return a call with arguments that are JSON: a server that cannot read them fails, and nothing can be mended."""
    function = call["function"]
    arguments = function.get("arguments") or "{}"
    readable = arguments if is_object(arguments) else "{}"
    return {**call, **own, "function": {**function, "arguments": readable}}


def _can_merge(before: dict[str, Any], message: dict[str, Any]) -> bool:
    """Say whether two neighbours can be one message: results belong to their calls, so calls end a message."""
    texts = isinstance(before["content"], str) and isinstance(message["content"], str)
    return texts and message["role"] in _MERGED_ROLES and "tool_calls" not in before


def _merged(before: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    content = "\n\n".join(text for text in (before["content"], message["content"]) if text)
    return {**before, **message, "content": content}
