"""Schema merger: one schema from the parts that must all be true, as `allOf` and references put them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.openapi.schema_keywords import definition_name

MAX_MERGES: Final = 3_000  # for one look at a schema; a page of parts needs a hundred
MAX_CHAIN: Final = 50  # references to references to …


class TooLarge(Exception):
    """A schema that grows beyond every bound when it is put together."""


class Merger:
    """Puts schemas together that share definitions; each definition is put together once."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        """Take the definitions that references lead to."""
        self._definitions = definitions
        self._known: dict[str, Mapping[str, Any]] = {}
        self._left = MAX_MERGES

    def again(self) -> None:
        """Begin another look, with all its merges still to come."""
        self._left = MAX_MERGES

    def __call__(self, schema: Any, seen: frozenset[str] = frozenset()) -> Mapping[str, Any]:
        """Return the schema with its reference and its `allOf` merged in; what stands outside wins.

        Properties and required names are united; a property that is described twice must fit both descriptions.
        TooLarge where that would never end.
        """
        if not isinstance(schema, dict):
            return {}
        name = definition_name(schema)
        if name is None and "allOf" not in schema:
            return schema
        self._left -= 1
        if self._left < 0 or len(seen) > MAX_CHAIN:
            raise TooLarge
        whole = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
        if name and name not in seen:
            whole = _united(whole, self._definition(name, seen))
        for part in schema.get("allOf", ()):
            whole = _united(whole, self(part, seen | {name} if name else seen))
        return whole

    def _definition(self, name: str, seen: frozenset[str]) -> Mapping[str, Any]:
        if name not in self._known:
            self._known[name] = self(self._definitions.get(name), seen | {name})
        return self._known[name]


def merged(schema: Any, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema with its reference and its `allOf` merged in, as `Merger` does."""
    return Merger(definitions)(schema)


def _united(whole: dict[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    united = {**part, **whole}
    first, second = part.get("properties"), whole.get("properties")
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        both = {
            name: {"allOf": [first[name], second[name]]}
            for name in first
            if name in second and first[name] is not second[name] and first[name] != second[name]
        }
        united["properties"] = {**first, **second, **both}
    if "required" in whole and "required" in part:
        united["required"] = list(dict.fromkeys([*part["required"], *whole["required"]]))
    return united
