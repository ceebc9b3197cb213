"""JSON Schema 2020-12, made of a document's schemas: what arguments are checked against, and what a model is shown.

Only keywords that are known and well-formed are taken over, so what comes out is a valid schema whatever the
document holds. What OpenAPI 3.0 spells in its own way (`nullable`, boolean `exclusiveMinimum`) is translated, what is
misspelt is noted. A reference becomes a definition, which is translated when it is first needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from app.openapi.document import Document, DocumentMistake, content_of
from app.openapi.operation import Note
from app.openapi.plain_text import cut, plain
from app.openapi.schema_keywords import (
    LISTS,
    MAPS,
    NESTED,
    PLAIN,
    SINGLE,
    as_pattern,
    as_type,
    definition_name,
    is_plain_name_pattern,
)
from app.openapi.schema_merge import Merger
from app.openapi.tool_names import legal_name

MAX_NESTING: Final = 60  # deeper than any schema that a person wrote
MAX_DESCRIPTION_CHARS: Final = 300  # of a schema, in plain words; the first sentences say what it is
MAX_SCHEMA_CHARS: Final = 40_000  # of one operation's definitions; what lies farthest from the arguments goes first
MAX_CHECKED_CHOICES: Final = 5_000  # of an enumeration; a longer one is left to the target

_ANNOTATIONS: Final = frozenset({"description", "default"})  # say something to a reader, nothing to a check
_DATA: Final = frozenset({"enum", "const", "default"})  # what stands there is no schema
_VALUE_CHARS: Final = 12  # what a value of a schema takes as JSON, its key aside, on average


class Schemas:
    """Translates the schemas of one document; what they refer to is translated once and kept as definitions.

    Of requests, or with `answers` of what comes back: what only the target sets (`readOnly`) is not in the former,
    what only a request holds (`writeOnly`) not in the latter.
    """

    def __init__(self, document: Document, *, answers: bool = False) -> None:
        """Take the document that references lead into."""
        self.document = document
        self._left_out = "writeOnly" if answers else "readOnly"
        self._names: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._made: dict[str, Any] = {}
        self._checked: dict[str, tuple[Any, int, list[str]]] = {}
        self._notes: list[Note] | None = None
        self.definitions: Mapping[str, Any] = _Definitions(self)
        self.merger = Merger(self.definitions)

    def translate(self, schema: Any, place: str, notes: list[Note] | None = None) -> Any:
        """Return the schema in JSON Schema 2020-12; its references lead into `definitions`, under `#/$defs/`."""
        self._notes = notes
        made = self._translated(schema, place, 0)
        self._notes = None
        return made

    def definition(self, name: str) -> Any:
        """Return the definition of this name, translated."""
        if name not in self._made:
            reference = self._references[name]
            self._made[name] = {}  # a circle comes by here again
            noted, self._notes = self._notes, None
            self._made[name] = self._translated(self.document.at(reference, reference), reference, 0)
            self._notes = noted
        return self._made[name]

    def names(self) -> Iterable[str]:
        """Return the names of all definitions that were referred to so far."""
        return tuple(self._references)

    def _note(self, place: str, message: str) -> None:
        if self._notes is None:
            self.document.note(place, message)
        else:
            self._notes.append(Note(place=place, message=message))

    def _translated(self, schema: Any, place: str, nesting: int) -> Any:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            return {}
        if nesting > MAX_NESTING:
            self._note(place, f"A schema is nested more than {MAX_NESTING} deep; what is deeper is not checked.")
            return {}
        made: dict[str, Any] = {}
        for key, value in schema.items():
            if key in PLAIN:
                if PLAIN[key](value):
                    made[key] = value
            elif key in NESTED:
                parts = self._nested(key, value, place, nesting + 1)
                if parts is not None:
                    made[key] = parts
        if "description" in schema:
            made["description"] = cut(plain(schema["description"]), MAX_DESCRIPTION_CHARS)
        self._take_what_is_often_wrong(made, schema, place)
        self._take_reference(made, schema, place)
        _take_discriminator(made, schema)
        return _with_older_spellings(made, schema)

    def _nested(self, key: str, value: Any, place: str, nesting: int) -> Any:
        """Return the schemas under a keyword; None where they are not as they should be."""
        if key in SINGLE:
            return self._translated(value, place, nesting)
        if key in LISTS:
            parts = value if isinstance(value, list) else []
            return [self._translated(part, place, nesting) for part in parts] or None
        return self._map(key, value, place, nesting) if isinstance(value, Mapping) else None

    def _map(self, key: str, parts: Mapping[str, Any], place: str, nesting: int) -> dict[str, Any]:
        return {
            str(name): self._translated(part, place, nesting)
            for name, part in parts.items()
            if (key != "properties" or not self._is_left_out(part))
            and (key != "patternProperties" or is_plain_name_pattern(str(name)))
        }

    def _take_what_is_often_wrong(self, made: dict[str, Any], schema: Mapping[str, Any], place: str) -> None:
        required, properties = schema.get("required"), content_of(schema, "properties")
        if isinstance(required, list) and all(isinstance(name, str) for name in required):
            shown = made.get("properties", {})
            needed = [name for name in required if name in shown or name not in properties]
            made["required"] = list(dict.fromkeys(needed))
        if "type" in schema:
            kind, usual = as_type(schema["type"])
            if kind is not None:
                made["type"] = kind
            if not usual:
                self._note(place, f"The type '{str(schema['type'])[:50]}' is not one of JSON Schema.")
        if isinstance(schema.get("pattern"), str):
            pattern = as_pattern(schema["pattern"])
            if pattern is None:
                self._note(place, f"The pattern {schema['pattern'][:60]} is not checked: it looks around, or is none.")
            else:
                made["pattern"] = pattern
        if len(made.get("enum", ())) > MAX_CHECKED_CHOICES:
            self._note(place, f"An enumeration of {len(made.pop('enum'))} values is not checked.")

    def _take_reference(self, made: dict[str, Any], schema: Mapping[str, Any], place: str) -> None:
        reference = schema.get("$ref", schema.get("$dynamicRef"))
        if not isinstance(reference, str):
            return
        name = self._names.get(reference)
        if name is None:
            try:
                self.document.follow({"$ref": reference}, place)  # a circle of nothing but references is a mistake
            except DocumentMistake as mistake:
                self._note(place, f"{mistake.message.removeprefix(f'{place}: ')} What should be there is not checked.")
                return
            name = self._define(reference)
        made["$ref"] = f"#/$defs/{name}"

    def _define(self, reference: str) -> str:
        name = base = legal_name(reference.rpartition("/")[2]) or "schema"
        number = 2
        while name in self._references:
            name, number = f"{base}_{number}", number + 1
        self._names[reference] = name
        self._references[name] = reference
        return name

    def _is_left_out(self, schema: Any) -> bool:
        if not isinstance(schema, dict):
            return False
        if schema.get(self._left_out) is True:
            return True
        if "$ref" not in schema:
            return False
        try:
            followed = self.document.follow(schema, "")
        except DocumentMistake:
            return False
        return isinstance(followed, Mapping) and followed.get(self._left_out) is True

    def reachable(self, *schemas: Any, place: str = "", notes: list[Note] | None = None) -> dict[str, Any]:
        """Return the definitions that these schemas need, by name, without what only a reader needs.

        What lies farthest from them is let through unchecked where all would be more than `MAX_SCHEMA_CHARS`.
        """
        needed: dict[str, Any] = {}
        pending = [name for schema in schemas for name in _needs(schema)]
        chars, left_out = 0, 0
        for name in pending:  # it grows meanwhile: what is nearest comes first
            if name in needed:
                continue
            made, size, needs = self._check_of(name)
            chars += size
            if chars > MAX_SCHEMA_CHARS:
                needed[name] = {}
                left_out += 1
                continue
            needed[name] = made
            pending.extend(needs)
        if left_out and notes is not None:
            notes.append(
                Note(place=place, message=f"Its arguments are too large to be checked whole: {left_out} parts are not.")
            )
        return dict(sorted(needed.items()))

    def _check_of(self, name: str) -> tuple[Any, int, list[str]]:
        if name not in self._checked:
            made = checkable(self.definition(name))
            self._checked[name] = made, _size(made), _needs(made)
        return self._checked[name]


class _Definitions(Mapping[str, Any]):
    """The definitions by name, each translated when it is first looked up."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def __getitem__(self, name: str) -> Any:
        return self._schemas.definition(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas.names())

    def __len__(self) -> int:
        return len(tuple(self._schemas.names()))


def checkable(schema: Any) -> Any:
    """Return a translated schema without what only tells a reader something."""
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key in SINGLE:
            made[key] = checkable(value)
        elif key in LISTS:
            made[key] = [checkable(part) for part in value]
        elif key in MAPS:
            made[key] = {name: checkable(part) for name, part in value.items()}
        elif key not in _ANNOTATIONS:
            made[key] = value
    return made


def _parts(schema: Mapping[str, Any]) -> Iterator[Any]:
    for key, value in schema.items():
        if key in SINGLE:
            yield value
        elif key in LISTS:
            yield from value
        elif key in MAPS:
            yield from value.values()


def _needs(schema: Any) -> list[str]:
    """Return the names of the definitions that a translated schema itself refers to."""
    found = []
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            name = definition_name(node)
            if name is not None:
                found.append(name)
            pending.extend(_parts(node))
    return found[::-1]


def _size(schema: Any) -> int:
    """Estimate how many characters a translated schema takes as JSON."""
    chars = 0
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                chars += len(str(key)) + (_VALUE_CHARS if not isinstance(value, str) else len(value) + 6)
                if isinstance(value, dict | list):
                    pending.append(value)
        elif isinstance(node, list):
            chars += 2
            pending.extend(node)
        else:
            chars += len(node) + 4 if isinstance(node, str) else 8
    return chars


def _take_discriminator(made: dict[str, Any], schema: Mapping[str, Any]) -> None:
    """Say in each variant which value of the discriminator it goes by, where the document says it."""
    discriminator = content_of(schema, "discriminator")
    name, mapping = discriminator.get("propertyName"), content_of(discriminator, "mapping")
    if not isinstance(name, str) or not mapping:
        return
    for key in ("oneOf", "anyOf"):
        values: dict[str, list[str]] = {}
        for value, target in mapping.items():
            if isinstance(target, str):
                values.setdefault(target.rpartition("/")[2], []).append(str(value))
        for index, part in enumerate(schema[key] if isinstance(made.get(key), list) else ()):
            target = str(part.get("$ref", "")).rpartition("/")[2] if isinstance(part, Mapping) else ""
            if target in values:
                fixed = {"properties": {name: {"enum": values[target]}}, "required": [name]}
                made[key][index] = {"allOf": [made[key][index], fixed]}


def _with_older_spellings(made: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Translate what OpenAPI 3.0 spells in its own way."""
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and limit in made:
            made[exclusive] = made.pop(limit)
    if schema.get("nullable") is not True and schema.get("x-nullable") is not True:
        return made
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    if isinstance(made.get("type"), str):
        return {**made, "type": [made["type"], "null"]}
    if "type" in made or not made.keys() - {"description", "default"}:
        return made
    outer: dict[str, Any] = {key: made.pop(key) for key in ("description", "default") if key in made}
    return {**outer, "anyOf": [made, {"type": "null"}]}
