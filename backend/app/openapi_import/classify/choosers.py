"""Choosers: arguments whose value is the verb, so that what an operation does is in what is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from app.openapi.operation import OperationDefinition
from app.openapi_import.classify import vocabulary as words
from app.openapi_import.classify.tokens import words_of

_NAMES: Final = frozenset(
    {"action", "cmd", "cmnd", "command", "do", "op", "_method", "verb", "transition", "operation", "fn", "function"}
)
_SWITCHES: Final = ({"on", "off"}, {"open", "close"}, {"open", "closed"}, {"up", "down"}, {"enabled", "disabled"})
_SWITCHED: Final = frozenset({"turn", "power", "switch", "state", "relay", "output"})


def chosen_actions(operation: OperationDefinition, things: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield each argument that chooses what is done, with its choices that act: ?action=delete, /pods/{id}/{action}.

    `things` are what the path is about: /actions/{action} only names one.
    """
    for argument in operation.arguments:
        name = argument.wire_name.lower()
        if argument.place == "path" and name in things:
            continue
        choices = _choices(operation, argument.name)
        acting = [one for one in choices if set(words_of(one)) & words.ACTS]
        chooses = name in _NAMES or (argument.place == "path" and len(acting) > len(choices) // 2)
        switches = (argument.place == "path" or name in _SWITCHED) and any(pair <= set(choices) for pair in _SWITCHES)
        if switches or (chooses and (acting or not choices)):
            yield argument.wire_name, acting or choices


def ending_choice(operation: OperationDefinition) -> tuple[str, str] | None:
    """Return an argument of a write that may choose to end or destroy something, with that choice; None without one."""
    for argument in operation.arguments:
        if argument.wire_name.lower() in _NAMES | {"type"} and argument.place != "path":
            for one in _choices(operation, argument.name):
                if set(words_of(one)) & words.DESTROYS_IN_TEXT:
                    return argument.wire_name, one
    return None


def _choices(operation: OperationDefinition, name: str) -> list[str]:
    schema: Any = operation.schema.get("properties", {}).get(name)
    listed = schema.get("enum", []) if isinstance(schema, dict) else []
    return [one.lower() for one in listed if isinstance(one, str)]
