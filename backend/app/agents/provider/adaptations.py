"""Request adaptations: a feature that a server has refused is left out from then on, and the request is sent again.

Servers call themselves compatible and differ in what they take beside messages. Each adaptation knows the words by
which a refusal names its cause; a refusal that none of them knows is raised. What is learned holds for one model, and
is kept in a `Refused` that may outlive the process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.agents.provider.provider_error import ProviderError

REFUSAL_STATUSES: Final = frozenset({400, 404, 422, 500, 501})  # small servers say 500 to what they cannot read
TOOLS: Final = "tools"
STRUCTURED_OUTPUT: Final = "structured_output"
NOTED: Final = (TOOLS, STRUCTURED_OUTPUT)
"""Refusals that are remembered, and left out nowhere: nothing works without tools, a form is asked for otherwise."""
PLAIN_KEYWORDS: Final = frozenset({"type", "properties", "required", "enum", "items", "description"})
"""The keywords of a schema that every server takes; arguments are checked against the full schema here in any case."""

_NO_TOOLS: Final = (
    "does not support tools",
    "does not support function",
    "tools are not supported",
    "tools is not supported",
    "tool use is not supported",
    "tool calling is not supported",
    "function calling is not",
    "support tool use",
    "enable-auto-tool-choice",
    "tools param requires",
)
_FORM_WORDS: Final = ("response_format", "json_schema", "structured output", "structured_output")
_SCHEMA_WORDS: Final = (
    "schema", "additionalproperties", "unknown name", "pattern", "keyword", "function_declarations", "anyof", "grammar",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Adaptation:
    """One thing to leave out: the words that name it in a refusal, and the payload without it."""

    name: str
    words: Collection[str]
    without: Callable[[Mapping[str, Any]], dict[str, Any]]


class Refused:
    """What one model has refused, by the names of the adaptations and `NOTED`; kept as long as the process runs."""

    def __init__(self) -> None:
        """Know of no refusal."""
        self.features: Collection[str] = frozenset()

    async def add(self, feature: str) -> None:
        """Learn that this is refused."""
        self.features = frozenset({*self.features, feature})

    async def discard(self, feature: str) -> None:
        """Learn that this is taken after all."""
        self.features = frozenset(self.features) - {feature}


def takes_no_tools(said: str) -> bool:
    """Say whether a refusal, in small letters, says that no tools are taken at all."""
    return any(words in said for words in _NO_TOOLS)


def adapted(payload: dict[str, Any], learned: Collection[str]) -> dict[str, Any]:
    """Return the payload without what was refused before."""
    for one in ADAPTATIONS:
        if one.name in learned:
            payload = one.without(payload)
    return payload


def adaptation_to(error: ProviderError, payload: Mapping[str, Any]) -> str | None:
    """Return the name of what to leave out after this refusal; None where nothing in the payload is to blame."""
    said = str(error).lower()
    if error.status not in REFUSAL_STATUSES or takes_no_tools(said):
        return None
    return next((one.name for one in _blamed(said) if one.without(payload) != payload), None)


def noted_refusal(error: ProviderError, payload: Mapping[str, Any]) -> str | None:
    """Return which of `NOTED` a refusal is about; None for any other."""
    said = str(error).lower()
    if "tools" in payload and takes_no_tools(said):
        return TOOLS
    if "response_format" in payload and error.status in REFUSAL_STATUSES - {500}:
        return STRUCTURED_OUTPUT if any(words in said for words in _FORM_WORDS) else None
    return None


def _blamed(said: str) -> Iterator[Adaptation]:
    return (one for one in ADAPTATIONS if any(words in said for words in one.words))


def _dropping(*names: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda payload: {name: value for name, value in payload.items() if name not in names}


def _with_plain_schemas(payload: Mapping[str, Any]) -> dict[str, Any]:
    tools = [_plain_tool(tool) for tool in payload.get("tools") or ()]
    return {**payload, "tools": tools} if tools else dict(payload)


def _plain_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = tool.get("function") or {}
    return {**tool, "function": {**function, "parameters": _plain(function.get("parameters") or {})}}


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of plain keywords alone; of alternatives, the first that is not null."""
    options = schema.get("anyOf") or schema.get("oneOf") or ()
    first = next((one for one in options if isinstance(one, Mapping) and one.get("type") != "null"), {})
    made = {name: value for name, value in {**first, **schema}.items() if name in PLAIN_KEYWORDS}
    kind = made.get("type")
    if isinstance(kind, list):
        made["type"] = next((one for one in kind if one != "null"), "string")
    if isinstance(made.get("properties"), Mapping):
        made["properties"] = {name: _plain(one) for name, one in made["properties"].items() if isinstance(one, Mapping)}
    if isinstance(made.get("items"), Mapping):
        made["items"] = _plain(made["items"])
    return made


def _without_system(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Put the instructions at the head of the customer's first message."""
    messages = list(payload.get("messages") or ())
    told = "\n\n".join(str(one.get("content") or "") for one in messages if one.get("role") == "system")
    others = [dict(one) for one in messages if one.get("role") != "system"]
    if not told:
        return dict(payload)
    if others and others[0].get("role") == "user" and isinstance(others[0].get("content"), str):
        others[0]["content"] = f"{told}\n\n{others[0]['content']}"
    else:
        others.insert(0, {"role": "user", "content": told})
    return {**payload, "messages": others}


ADAPTATIONS: Final = (
    Adaptation(name="usage", words=("stream_options",), without=_dropping("stream_options")),
    Adaptation(name="tool_choice", words=("tool_choice", "tool choice"), without=_dropping("tool_choice")),
    Adaptation(name="parallel_calls", words=("parallel_tool_calls",), without=_dropping("parallel_tool_calls")),
    Adaptation(
        name="system_messages",
        words=("system role", "role system", "system message", "'system'", '"system"', "developer instruction"),
        without=_without_system,
    ),
    Adaptation(name="schema_keywords", words=_SCHEMA_WORDS, without=_with_plain_schemas),
)
