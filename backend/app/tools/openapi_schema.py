"""From a document's schemas to JSON Schema 2020-12 that arguments are checked against, and to what a model is shown.

Only keywords that are known and well-formed are taken over, so what comes out is a valid schema whatever the
document holds. OpenAPI 3.0's own spellings (`nullable`, boolean `exclusiveMinimum`) are translated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.tools.openapi_document import Document, DocumentMistake, content_of, legal_name

MAX_NESTING: Final = 60  # deeper than any schema that a person wrote
MAX_PATTERN_CHARS: Final = 500  # a longer pattern is a program

TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

# A group that repeats or chooses inside and is itself repeated: such a pattern can take for ever on a short text.
_EXPLOSIVE: Final = re.compile(r"[+*}|][^()]*\)[?]?[+*{]|\)[+*}]?[^()]*\)[+*{]")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_type(value: Any) -> bool:
    return value in TYPES if isinstance(value, str) else _is_names(value) and bool(value) and set(value) <= TYPES


def _is_pattern(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > MAX_PATTERN_CHARS or _EXPLOSIVE.search(value):
        return False
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


_PLAIN: Final[Mapping[str, Callable[[Any], bool]]] = {
    "type": _is_type,
    "description": lambda value: isinstance(value, str),
    "default": lambda _: True,
    "const": lambda _: True,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "format": lambda value: isinstance(value, str),
    "pattern": _is_pattern,
    "minLength": _is_count,
    "maxLength": _is_count,
    "minItems": _is_count,
    "maxItems": _is_count,
    "minProperties": _is_count,
    "maxProperties": _is_count,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_number,
    "exclusiveMaximum": _is_number,
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "uniqueItems": lambda value: isinstance(value, bool),
    "required": _is_names,
    "dependentRequired": lambda value: isinstance(value, Mapping) and all(map(_is_names, value.values())),
}
_MAPS: Final = ("patternProperties", "dependentSchemas")
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE: Final = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip


class Schemas:
    """Translates the schemas of one document; what they refer to is translated once and kept as definitions."""

    def __init__(self, document: Document) -> None:
        """Take the document that references lead into."""
        self._document = document
        self._names: dict[str, str] = {}
        self._pending: list[tuple[str, str]] = []
        self._broken: dict[str, DocumentMistake] = {}
        self.definitions: dict[str, Any] = {}

    def translate(self, schema: Any, place: str) -> Any:
        """Return the schema in JSON Schema 2020-12; its references lead into `definitions`, under `#/$defs/`."""
        made = self._translated(schema, place, 0)
        while self._pending:
            name, reference = self._pending.pop()
            try:
                self.definitions[name] = self._translated(self._document.at(reference, place), place, 0)
            except DocumentMistake as mistake:
                self._broken[name] = mistake
        return made

    def _translated(self, schema: Any, place: str, nesting: int) -> Any:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            return {}
        if nesting > MAX_NESTING:
            raise DocumentMistake(f"{place}: a schema is nested more than {MAX_NESTING} deep.")
        made = {key: schema[key] for key, fits in _PLAIN.items() if key in schema and fits(schema[key])}
        if isinstance(schema.get("$ref"), str):
            made["$ref"] = f"#/$defs/{self._define(schema['$ref'], place)}"
        self._take_parts(made, schema, place, nesting + 1)
        self._take_properties(made, schema, place, nesting + 1)
        return _with_older_spellings(made, schema)

    def _take_parts(self, made: dict[str, Any], schema: Mapping[str, Any], place: str, nesting: int) -> None:
        for key in _SINGLE:
            if key in schema:
                made[key] = self._translated(schema[key], place, nesting)
        for key in _LISTS:
            parts = schema.get(key)
            if isinstance(parts, list) and parts:
                made[key] = [self._translated(part, place, nesting) for part in parts]
        for key in _MAPS:
            made_parts = {
                str(name): self._translated(part, place, nesting)
                for name, part in content_of(schema, key).items()
                if key != "patternProperties" or _is_pattern(name)
            }
            if made_parts:
                made[key] = made_parts

    def _take_properties(self, made: dict[str, Any], schema: Mapping[str, Any], place: str, nesting: int) -> None:
        """Take over the properties that a request may hold: what the target alone sets (`readOnly`) is left out."""
        properties = schema.get("properties")
        if not isinstance(properties, Mapping):
            return
        set_by_target = {name for name, part in properties.items() if self._is_read_only(part, place)}
        made["properties"] = {
            str(name): self._translated(part, place, nesting)
            for name, part in properties.items()
            if name not in set_by_target
        }
        if "required" in made:
            made["required"] = [name for name in made["required"] if name not in set_by_target]

    def _is_read_only(self, schema: Any, place: str) -> bool:
        if not isinstance(schema, Mapping):
            return False
        followed = self._document.follow(schema, place)
        return schema.get("readOnly") is True or (isinstance(followed, Mapping) and followed.get("readOnly") is True)

    def _define(self, reference: str, place: str) -> str:
        if reference in self._names:
            return self._names[reference]
        self._document.follow({"$ref": reference}, place)  # a circle of nothing but references is a mistake
        name = base = legal_name(reference.rpartition("/")[2]) or "schema"
        number = 2
        while name in self.definitions:
            name, number = f"{base}_{number}", number + 1
        self._names[reference] = name
        self.definitions[name] = {}
        self._pending.append((name, reference))
        return name

    def reachable(self, *schemas: Any) -> dict[str, Any]:
        """Return the definitions that these schemas need, by name; DocumentMistake where one is broken."""
        needed: dict[str, Any] = {}
        pending: list[Any] = list(schemas)
        while pending:
            node = pending.pop()
            if isinstance(node, Mapping):
                name = definition_name(node)
                if name in self._broken:
                    raise self._broken[name]
                if name and name not in needed:
                    needed[name] = self.definitions[name]
                    pending.append(needed[name])
                pending.extend(value for key, value in node.items() if key not in {"enum", "const", "default"})
            elif isinstance(node, list):
                pending.extend(node)
        return dict(sorted(needed.items()))


def definition_name(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the definition that a translated schema refers to."""
    reference = schema.get("$ref")
    return reference.removeprefix("#/$defs/") if isinstance(reference, str) else None


def _with_older_spellings(made: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Translate what OpenAPI 3.0 spells in its own way."""
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and limit in made:
            made[exclusive] = made.pop(limit)
    if schema.get("nullable") is not True:
        return made
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    if isinstance(made.get("type"), str):
        return {**made, "type": [made["type"], "null"]}
    if "type" in made or not made.keys() - {"description", "default"}:
        return made
    outer: dict[str, Any] = {key: made.pop(key) for key in ("description", "default") if key in made}
    return {**outer, "anyOf": [made, {"type": "null"}]}


def merged(schema: Any, definitions: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the schema with its reference and its `allOf` merged in; what stands outside wins.

    Properties and required names are united; a property that is described twice must fit both descriptions.
    """
    if not isinstance(schema, Mapping):
        return {}
    whole = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    parts: list[Any] = list(schema.get("allOf", []))
    name = definition_name(schema)
    if name and name not in seen:
        seen |= {name}
        parts.insert(0, definitions.get(name))
    for part in parts:
        whole = _united(whole, merged(part, definitions, seen))
    return whole


def _united(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    united = {**part, **whole}
    if "properties" in whole and "properties" in part:
        first, second = part["properties"], whole["properties"]
        both = {name: {"allOf": [first[name], second[name]]} for name in first if name in second}
        united["properties"] = {**first, **second, **both}
    if "required" in whole and "required" in part:
        united["required"] = list(dict.fromkeys([*part["required"], *whole["required"]]))
    return united
