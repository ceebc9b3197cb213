"""The values that a tool takes, read from its JSON schema. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.language.tokens import name_words

MAX_DEPTH: Final = 4  # of nested objects; deeper ones are asked for as a whole
ID_WORDS: Final = frozenset(
    {"id", "ids", "number", "no", "nr", "code", "key", "sku", "uuid", "guid", "reference", "ref", "token"}
)
MONEY_WORDS: Final = frozenset({"amount", "price", "sum", "cost", "fee", "balance", "limit", "value", "total"})
PERCENT_WORDS: Final = frozenset({"percent", "percentage", "pct", "discount", "rate"})
SEARCH_WORDS: Final = frozenset({"query", "search", "q", "keyword", "keywords", "term", "text"})
REASON_WORDS: Final = frozenset(
    {"reason", "comment", "note", "notes", "message", "description", "explanation", "why", "cause", "feedback"}
)
NAME_WORDS: Final = frozenset({"name", "title", "label", "subject", "nickname"})
DATE_WORDS: Final = frozenset({"date", "day", "deadline"})


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One value that a tool takes."""

    name: str
    schema: Mapping[str, Any]
    required: bool
    nouns: frozenset[str] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of its name."""
        return tuple(name_words(self.name))

    @property
    def kind(self) -> str:
        """Return its JSON type; the first that is not null where there are several."""
        found = self.schema.get("type", "object" if "properties" in self.schema else "string")
        if isinstance(found, list):
            found = next((one for one in found if one != "null"), "string")
        return str(found)

    @property
    def identifies(self) -> bool:
        """Say whether the value names one thing among many."""
        return bool(ID_WORDS & set(self.words)) or self.name in {
            "card",
            "account",
            "order",
            "customer",
            "user",
            "email",
        }


def slots_of(parameters: Mapping[str, Any], nouns: Sequence[str] = ()) -> list[Slot]:
    """Return the values that a tool takes, the required first."""
    required = set(parameters.get("required", ()))
    slots = [
        Slot(
            name=name,
            schema=resolve(schema, parameters),
            required=name in required,
            nouns=_nouns_of(name, nouns, resolve(schema, parameters)),
        )
        for name, schema in dict(parameters.get("properties", {})).items()
    ]
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
    own = [word for word in name_words(name) if word not in ID_WORDS - {"code", "key", "sku", "reference"}]
    if not own or own == ["code"]:
        own = [*own, *nouns]
    described = re.match(r"The (\w+)'s ", str(schema.get("description", "")))
    return frozenset(own) | (frozenset({described[1].lower()}) if described else frozenset())
