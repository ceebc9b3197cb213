"""What a model is shown of a schema: enough to fill it in, small enough to be paid for with every message.

Arguments are checked against the full schema all the same; a slim one only leaves things out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from app.tools.openapi_schema import definition_name, merged

MAX_CHARS: Final = 6_000  # of one tool's parameters as JSON: about 1,500 tokens
MAX_DEPTH: Final = 5  # of objects and lists in each other; deeper ones are rarely filled in from a chat
MAX_DESCRIPTION_CHARS: Final = 300  # of one parameter; the first sentences say what it is
MAX_CHOICES: Final = 50  # of an enumeration
MAX_VARIANTS: Final = 4  # of an anyOf or oneOf

# Where it is still too large, it is tried again with less: depth, characters of a description, and whether
# optional parts of nested objects are shown.
_LADDER: Final = (
    (MAX_DEPTH, MAX_DESCRIPTION_CHARS, True),
    (3, 150, True),
    (3, 80, False),
    (2, 40, False),
    (1, 0, False),
)

_KEPT: Final = (
    "const", "format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "default",
)  # fmt: skip


def slim(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a self-contained schema of an object's properties within the limits; required ones are always there."""
    definitions = schema.get("$defs", {})
    made: dict[str, Any] = {}
    for depth, description_chars, optional in _LADDER:
        slimmer = _Slimmer(definitions, description_chars, nested_optional=optional)
        made = slimmer.object(schema, depth, frozenset(), outermost=True)
        if len(json.dumps(made)) <= MAX_CHARS:
            return made
    required = [name for name in made["required"] if name in made["properties"]]
    return {**made, "properties": {name: {} for name in required}, "required": required}


class _Slimmer:
    def __init__(self, definitions: Mapping[str, Any], description_chars: int, *, nested_optional: bool) -> None:
        self._definitions = definitions
        self._description_chars = description_chars
        self._nested_optional = nested_optional

    def object(
        self, whole: Mapping[str, Any], depth: int, path: frozenset[str], *, outermost: bool = False
    ) -> dict[str, Any]:
        properties = whole.get("properties", {})
        required = [name for name in whole.get("required", []) if name in properties]
        shown = properties if outermost or self._nested_optional else {name: properties[name] for name in required}
        made: dict[str, Any] = {"type": "object"}
        if shown or outermost:
            made["properties"] = {name: self.any(part, depth - 1, path) for name, part in shown.items()}
        if required or outermost:
            made["required"] = required
        if whole.get("additionalProperties") is False:
            made["additionalProperties"] = False
        return made

    def any(self, schema: Any, depth: int, path: frozenset[str]) -> dict[str, Any]:
        if not isinstance(schema, Mapping):
            return {}
        name = definition_name(schema)
        whole = merged(schema, self._definitions)
        made = self._plain(whole)
        if name in path or depth < 0:  # a circle, or too deep: its kind is said, not its parts
            return made
        path = path | {name} if name else path
        made.update(self._variants(whole, depth, path))
        if "properties" in whole:
            made.update(self.object(whole, depth, path) | {key: made[key] for key in ("type",) if key in made})
        if "items" in whole:
            made["items"] = self.any(whole["items"], depth - 1, path)
        return made

    def _plain(self, whole: Mapping[str, Any]) -> dict[str, Any]:
        made = {key: whole[key] for key in ("type", *_KEPT) if key in whole}
        description = whole.get("description", "")
        if description and self._description_chars:
            made["description"] = cut(description, self._description_chars)
        if "enum" in whole:
            made["enum"] = whole["enum"][:MAX_CHOICES]
            if len(whole["enum"]) > MAX_CHOICES:  # the model may know the others; the full schema decides
                del made["enum"]
                examples = ", ".join(str(value) for value in whole["enum"][:5])
                made["description"] = f"{made.get('description', '')} One of {len(whole['enum'])}: {examples} …".strip()
        return made

    def _variants(self, whole: Mapping[str, Any], depth: int, path: frozenset[str]) -> dict[str, Any]:
        for key in ("anyOf", "oneOf"):
            variants = [part for part in whole.get(key, []) if isinstance(part, Mapping)]
            shown = [self.any(part, depth, path) for part in variants[:MAX_VARIANTS]]
            if len(shown) == 1:
                return shown[0]
            if shown:
                return {"anyOf": shown}
        return {}


def cut(text: str, limit: int) -> str:
    """Return the text in one line, shortened at a word where it is longer than the limit."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rpartition(" ")[0].rstrip(",;:.") + "…" if " " in line[:limit] else line[: limit - 1] + "…"
