"""Schema keywords that are taken over from a document, and what each must look like."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.language.linear_pattern import can_be_matched

MAX_PATTERN_CHARS: Final = 500  # a longer pattern is a program
TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})

# What people write instead of the seven types.
_MEANT: Final = {
    "any": None, "bool": "boolean", "date": "string", "date-time": "string", "datetime": "string", "decimal": "number",
    "dict": "object", "double": "number", "file": "string", "float": "number", "int": "integer", "int32": "integer",
    "int64": "integer", "list": "array", "long": "integer", "map": "object", "none": "null", "nil": "null",
    "str": "string", "text": "string", "timestamp": "string", "uri": "string", "url": "string", "uuid": "string",
}  # fmt: skip

# The names of properties are matched by the library of schemas itself, so only what begins plainly is taken over.
_PLAIN_NAMES: Final = re.compile(r"\^[\w./-]*(?:\[[^\]\[\\^]+\][*+]?)?\$?")
_DELIMITED: Final = re.compile(r"/(\^.*\$)/[gimsuy]*", re.DOTALL)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def as_type(value: Any) -> tuple[str | list[str] | None, bool]:
    """Return the type or types that are meant, and whether that is how they are written."""
    if isinstance(value, str):
        if value in TYPES:
            return value, True
        meant = value.strip().lower()
        return (meant if meant in TYPES else _MEANT.get(meant)), False
    if not isinstance(value, list) or not value or not _is_names(value):
        return None, False
    found = [as_type(name) for name in value]
    kinds = [kind for kind, _ in found if isinstance(kind, str)]
    if len(kinds) < len(found):
        return None, False
    return list(dict.fromkeys(kinds)), all(usual for _, usual in found)


def as_pattern(value: Any) -> str | None:
    """Return the pattern as it can be checked; None where it is none, or one that needs to look around."""
    if not isinstance(value, str) or len(value) > MAX_PATTERN_CHARS:
        return None
    delimited = _DELIMITED.fullmatch(value)
    pattern = str(delimited[1]) if delimited else value
    return pattern if can_be_matched(pattern) else None


def is_plain_name_pattern(pattern: str) -> bool:
    """Say whether a pattern of `patternProperties` can be matched by any engine without holding it up."""
    return _PLAIN_NAMES.fullmatch(pattern) is not None


PLAIN: Final[Mapping[str, Callable[[Any], bool]]] = {
    "default": lambda _: True,
    "const": lambda _: True,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "format": lambda value: isinstance(value, str),
    "minLength": _is_count,
    "maxLength": _is_count,
    "minItems": _is_count,
    "maxItems": _is_count,
    "minProperties": _is_count,
    "maxProperties": _is_count,
    "minContains": _is_count,
    "maxContains": _is_count,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_number,
    "exclusiveMaximum": _is_number,
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "uniqueItems": lambda value: isinstance(value, bool),
    "contentEncoding": lambda value: isinstance(value, str),
    "contentMediaType": lambda value: isinstance(value, str),
    "dependentRequired": lambda value: isinstance(value, Mapping) and all(map(_is_names, value.values())),
}
MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
SINGLE: Final = frozenset({
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties",
})  # fmt: skip
NESTED: Final = SINGLE | LISTS | MAPS


def definition_name(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the definition that a translated schema refers to."""
    reference = schema.get("$ref")
    return reference.removeprefix("#/$defs/") if isinstance(reference, str) else None
