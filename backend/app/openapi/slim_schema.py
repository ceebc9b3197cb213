"""Slim schema: what a model is shown of a schema, enough to fill it in, small enough to be paid for with every message.

Arguments are checked against the full schema all the same; a slim one only leaves things out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.openapi.plain_text import cut
from app.openapi.schema_keywords import definition_name
from app.openapi.schema_merge import Merger, TooLarge

__all__ = ["MAX_CHARS", "compact", "cut", "slim"]

MAX_CHARS: Final = 4_000  # of one tool's parameters as JSON: about 1,000 tokens
MAX_DEPTH: Final = 5  # of objects and lists in each other; deeper ones are rarely filled in from a chat
MAX_DESCRIPTION_CHARS: Final = 300  # of one parameter; the first sentences say what it is
MAX_CHOICES: Final = 50  # of an enumeration
MAX_VARIANTS: Final = 4  # of an anyOf or oneOf

_NODE_CHARS: Final = 6  # no part of a schema takes less than `"a":{}`
_KEYWORD_CHARS: Final = 8  # nor a keyword with its value

_KEPT: Final = frozenset({
    "type", "const", "format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "default", "contentEncoding",
})  # fmt: skip


@dataclass(frozen=True)
class _Rung:
    """How much is shown: how deep, how deep what is optional inside an object, and how much of each description."""

    depth: int
    optional: int
    description_chars: int


# Where it is still too large, it is tried again with less. What is required goes last.
_LADDER: Final = (
    _Rung(MAX_DEPTH, MAX_DEPTH, MAX_DESCRIPTION_CHARS),
    _Rung(MAX_DEPTH, 3, 150),
    _Rung(MAX_DEPTH, 2, 80),
    _Rung(MAX_DEPTH, 1, 60),
    _Rung(3, 0, 60),
    _Rung(2, 0, 40),
    _Rung(1, 0, 0),
)


def slim(schema: Mapping[str, Any], merger: Merger | None = None, *, limit: int = MAX_CHARS) -> dict[str, Any]:
    """Return a self-contained schema of an object's properties within the limits; required ones are always there.

    `merger` knows where its references lead; without one they lead into its own definitions.
    """
    merger = merger or Merger(schema.get("$defs", {}))
    for rung in _LADDER:
        try:
            made = _Slimmer(merger, limit, rung).outermost(schema)
        except TooLarge:
            continue
        if len(compact(made)) <= limit:
            return made
    properties = schema.get("properties", {})
    required = [name for name in schema.get("required", []) if name in properties]
    made = {"type": "object", "properties": {name: {} for name in required}, "required": required}
    return {**made, "additionalProperties": False} if schema.get("additionalProperties") is False else made


def _with_items(made: dict[str, Any]) -> dict[str, Any]:
    """Say of a list's entries at least that they are anything: a provider refuses the whole request otherwise."""
    kind = made.get("type")
    is_list = kind == "array" or (isinstance(kind, list) and "array" in kind)
    return {**made, "items": {}} if is_list and "items" not in made else made


def compact(value: Any) -> str:
    """Write a value as JSON without spaces, as it is sent to a model."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Slimmer:
    """Makes one slim schema on one rung; TooLarge as soon as it is surely over the limit."""

    def __init__(self, merger: Merger, limit: int, rung: _Rung) -> None:
        merger.again()
        self._merger = merger
        self._left = limit
        self._rung = rung

    def outermost(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        depth, optional = self._rung.depth, self._rung.optional
        made: dict[str, Any] = {
            "type": "object",
            "properties": {
                name: self._any(part, depth - 1, optional, frozenset(), name) for name, part in properties.items()
            },
            "required": [name for name in schema.get("required", []) if name in properties],
        }
        if schema.get("additionalProperties") is False:
            made["additionalProperties"] = False
        return made

    def _object(self, whole: Mapping[str, Any], depth: int, optional: int, path: frozenset[str]) -> dict[str, Any]:
        properties = whole.get("properties", {})
        required = [name for name in whole.get("required", []) if name in properties]
        shown = properties if optional > 0 else {name: properties[name] for name in required}
        made: dict[str, Any] = {"type": "object"}
        if shown:
            made["properties"] = {
                name: self._any(part, depth - 1, optional if name in required else optional - 1, path, name)
                for name, part in shown.items()
            }
        if required:
            made["required"] = required
        if whole.get("additionalProperties") is False:
            made["additionalProperties"] = False
        return made

    def _any(self, schema: Any, depth: int, optional: int, path: frozenset[str], name: str = "") -> dict[str, Any]:
        self._spend(_NODE_CHARS + len(name))
        if not isinstance(schema, dict):
            return {}
        whole = self._merger(schema)
        made = self._plain(whole)
        definition = definition_name(schema)
        if definition in path or depth < 0:  # a circle, or too deep: its kind is said, not its parts
            return _with_items(made)
        path = path | {definition} if definition else path
        for key in ("anyOf", "oneOf"):
            if whole.get(key):
                made.update(self._variants(whole[key], depth, optional, path))
                break
        if "properties" in whole:
            made = self._object(whole, depth, optional, path) | made
        if "items" in whole:
            made["items"] = self._any(whole["items"], depth - 1, optional, path)
        return _with_items(made)

    def _plain(self, whole: Mapping[str, Any]) -> dict[str, Any]:
        made = {key: value for key, value in whole.items() if key in _KEPT}
        description = whole.get("description", "")
        limit = self._rung.description_chars
        if description and limit:
            made["description"] = description if len(description) <= limit else cut(description, limit)
        choices = whole.get("enum")
        if choices and len(choices) <= MAX_CHOICES:
            made["enum"] = choices
        elif choices:  # the model may know the others; the full schema decides
            examples = ", ".join(str(value) for value in choices[:5])
            made["description"] = f"{made.get('description', '')} One of {len(choices)}: {examples} …".strip()
        self._spend(_KEYWORD_CHARS * len(made) + len(made.get("description", "")))
        return made

    def _variants(self, parts: list[Any], depth: int, optional: int, path: frozenset[str]) -> dict[str, Any]:
        variants = [part for part in parts if isinstance(part, dict)]
        shown = [self._any(part, depth, optional, path) for part in variants[:MAX_VARIANTS]]
        if len(shown) == 1:
            return shown[0]
        return {"anyOf": shown} if shown else {}

    def _spend(self, chars: int) -> None:
        self._left -= chars
        if self._left < 0:
            raise TooLarge
