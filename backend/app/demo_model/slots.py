"""Slots: the values that a tool takes, read from its JSON schema. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.demo_model.script import script
from app.language import linear_pattern
from app.language.tokens import name_words

MAX_DEPTH: Final = 4  # of nested objects; deeper ones are asked for as a whole
THINGS: Final = frozenset({"card", "account", "order", "customer", "user", "email"})  # ids by themselves


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One value that a tool takes."""

    name: str
    schema: Mapping[str, Any]
    required: bool
    nouns: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """Return the words of its name."""
        return frozenset(name_words(self.name))

    @property
    def type(self) -> str:
        """Return its JSON type; the first that is not null where there are several."""
        found = self.schema.get("type", "object" if "properties" in self.schema else "string")
        return str(next((one for one in found if one != "null"), "string") if isinstance(found, list) else found)

    @property
    def described(self) -> str:
        """Return its description in small letters."""
        return str(self.schema.get("description", "")).lower()

    @property
    def identifies(self) -> bool:
        """Say whether the value names one thing among many."""
        return self.holds("id") or self.name in THINGS

    def holds(self, *kinds: str) -> bool:
        """Say whether its name says that it holds a value of one of these kinds."""
        return any(self.words & script().kinds[kind].names for kind in kinds)


def slots_of(parameters: Mapping[str, Any], nouns: Sequence[str] = ()) -> list[Slot]:
    """Return the values that a tool takes, the required first."""
    required = set(parameters.get("required", ()))
    slots = []
    for name, written in dict(parameters.get("properties", {})).items():
        schema = resolve(written, parameters)
        slots.append(Slot(name=name, schema=schema, required=name in required, nouns=_nouns_of(name, nouns, schema)))
    return sorted(slots, key=lambda slot: not slot.required)


def resolve(schema: Any, root: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """Follow a local reference and take the first real one of several alternatives."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return {}
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target: Any = root
        for part in reference[2:].split("/"):
            target = target.get(part, {}) if isinstance(target, Mapping) else {}
        return resolve(target, root, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(key, ()):
            found = resolve(one, root, depth + 1)
            if found and found.get("type") != "null":
                return {**found, **{name: value for name, value in schema.items() if name != key}}
    return schema


def _nouns_of(name: str, nouns: Sequence[str], schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the words beside which the value stands: order_id stands beside order, id beside what the tool is for."""
    telling = script().kinds["id"].names - {"code", "key", "sku", "reference"}
    own = [word for word in name_words(name) if word not in telling]
    described = re.match(r"The (\w+)'s ", str(schema.get("description", "")))
    return frozenset([*own, *(nouns if own in ([], ["code"]) else ()), *([described[1].lower()] if described else ())])


def fits(text: str, schema: Mapping[str, Any]) -> bool:
    """Say whether a text has the form that the schema wants; a pattern that can't be read decides nothing."""
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return False
    pattern = schema.get("pattern")
    return not isinstance(pattern, str) or linear_pattern.fits(pattern, text)
