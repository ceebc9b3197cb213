"""A document's schemas become valid JSON Schema, whatever the document holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.openapi.document import Document
from app.openapi.json_schema import MAX_NESTING, Schemas
from app.openapi.operation import Note
from app.openapi.schema_keywords import MAX_PATTERN_CHARS
from app.openapi.schema_merge import merged


def schemas(**components: Any) -> Schemas:
    return Schemas(Document({"openapi": "3.1.0", "components": {"schemas": components}}))


def translated(schema: Any, **components: Any) -> Any:
    return schemas(**components).translate(schema, "here")


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    "schema",
    [
        True,
        False,
        {},
        {"type": "integer", "minimum": 1, "maximum": 9, "default": 2},
        {"type": ["string", "null"], "format": "date", "pattern": "^a+$", "minLength": 1, "maxLength": 5},
        {
            "type": "object",
            "properties": {"a": {"enum": ["x", None]}},
            "required": ["a"],
            "additionalProperties": False,
        },
        {"type": "array", "items": {"const": 1}, "uniqueItems": True, "minItems": 1},
        {"anyOf": [{"type": "string"}, {"not": {"type": "integer"}}], "description": "either"},
        {"if": {"type": "string"}, "then": {"minLength": 1}, "else": False},
        {"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "propertyNames": {"maxLength": 9}},
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"required": ["c"]}}},
    ],
)
def test_what_is_json_schema_already_stays(schema: Any) -> None:
    """Every keyword that checks something is taken over as it is."""
    assert translated(schema) == schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strin"},
        {"type": []},
        {"type": 7},
        {"required": True},
        {"required": "a"},
        {"enum": []},
        {"enum": "a"},
        {"minLength": -1},
        {"maxLength": "9"},
        {"minimum": "1"},
        {"multipleOf": 0},
        {"minimum": True},
        {"pattern": "("},
        {"pattern": "a" * (MAX_PATTERN_CHARS + 1)},
        {"allOf": []},
        {"anyOf": {}},
        {"properties": []},
        {"dependentRequired": {"a": 1}},
        {
            "example": 1,
            "xml": {},
            "deprecated": True,
            "discriminator": {},
            "x-anything": 1,
            "$id": "http://a",
            "$schema": "x",
        },
    ],
)
def test_what_is_malformed_or_says_nothing_is_left_out(schema: dict[str, Any]) -> None:
    """The rest of the schema still checks what it can."""
    assert translated({"description": "kept", **schema}) == {"description": "kept"}


@pytest.mark.parametrize("pattern", ["^(?!foo)", "(?=.*[0-9]).{8,}", r"(a)\1", "(?<=x)y", "x{1,9999}{1,9999}", "[a"])
def test_a_pattern_that_looks_around_is_left_out(pattern: str) -> None:
    """No document can make a check hang."""
    assert translated({"pattern": pattern}) == {}


@pytest.mark.parametrize("pattern", ["^[A-Z0-9-]{4,30}$", "^(EUR|USD)$", r"^\d{3}-\d+$", "^[A-Za-z0-9 -]{3,10}$"])
def test_ordinary_patterns_stay(pattern: str) -> None:
    """What real documents write is checked."""
    assert translated({"pattern": pattern}) == {"pattern": pattern}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"nullable": True}, {}),
        ({"minimum": 0, "exclusiveMinimum": True}, {"exclusiveMinimum": 0}),
        ({"maximum": 9, "exclusiveMaximum": True}, {"exclusiveMaximum": 9}),
        ({"maximum": 9, "exclusiveMaximum": False}, {"maximum": 9}),
        (
            {"allOf": [{"type": "string"}], "nullable": True, "description": "d"},
            {"description": "d", "anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]},
        ),
    ],
)
def test_the_spellings_of_openapi_3_0_are_translated(older: dict[str, Any], newer: dict[str, Any]) -> None:
    """`nullable` and boolean limits mean the same afterwards."""
    assert translated(older) == newer


def test_data_that_looks_like_a_schema_is_left_alone() -> None:
    """What stands in an enumeration, a default or as a property's name is not interpreted."""
    schema = {
        "enum": [{"$ref": "#/nowhere"}],
        "default": {"nullable": True},
        "properties": {"$ref": {"type": "string"}, "nullable": {"type": "boolean"}},
    }
    assert translated(schema) == schema


def test_what_only_the_target_sets_is_not_asked_for() -> None:
    """`readOnly` properties, also behind a reference, are neither there nor required."""
    schema = {
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "created": ref("Stamp"),
            "name": {"type": "string"},
        },
        "required": ["id", "created", "name"],
    }
    assert translated(schema, Stamp={"type": "string", "readOnly": True}) == {
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
    }


def test_references_become_definitions() -> None:
    """Each is translated once, under a name of its own, and only what is needed is handed out."""
    made = schemas(Order={"properties": {"to": ref("Address")}}, Address={"type": "object"}, Other={})
    schema = made.translate({"items": ref("Order"), "description": "d"}, "here")
    assert schema == {"items": {"$ref": "#/$defs/order"}, "description": "d"}
    assert made.reachable(schema) == {
        "address": {"type": "object"},
        "order": {"properties": {"to": {"$ref": "#/$defs/address"}}},
    }
    assert made.reachable({}) == {}


def test_definitions_of_the_same_name_are_told_apart() -> None:
    """Names that differ only in their spelling do not fall together."""
    made = schemas(Order={"type": "string"}, order={"type": "integer"}, 删={"type": "null"})
    for name in ("Order", "order", "删"):
        made.translate(ref(name), "here")
    assert made.definitions == {"order": {"type": "string"}, "order_2": {"type": "integer"}, "schema": {"type": "null"}}


def test_circular_schemas_are_kept() -> None:
    """A tree of nodes is a schema that checks."""
    made = schemas(Node={"type": "object", "properties": {"next": ref("Node")}, "additionalProperties": False})
    schema = made.translate(ref("Node"), "here")
    check = Draft202012Validator({**schema, "$defs": made.reachable(schema)})
    assert check.is_valid({"next": {"next": {}}})
    assert not check.is_valid({"next": {"other": 1}})


def test_a_long_chain_of_references_is_no_trouble() -> None:
    """Definitions are worked off in a row, not inside each other."""
    chain = {f"s{n}": {"items": ref(f"s{n + 1}")} for n in range(1_000)}
    made = schemas(**chain, s1000={"type": "string"})
    assert len(made.reachable(made.translate(ref("s0"), "here"))) == 1_001


def test_a_circle_of_nothing_but_references_is_a_mistake() -> None:
    """It describes nothing, so nothing is checked there, and the reviewer is told."""
    notes: list[Note] = []
    assert schemas(A=ref("B"), B=ref("A")).translate(ref("A"), "here", notes) == {}
    assert "circle" in notes[0].message


def test_a_broken_reference_checks_nothing_and_is_told() -> None:
    """One misspelt name in a large document does not lose the operations that come by it."""
    made = schemas(A={"items": ref("Gone"), "type": "array"})
    notes: list[Note] = []
    schema = made.translate({"allOf": [ref("A"), ref("Missing")]}, "here", notes)
    assert made.reachable(schema) == {"a": {"items": {}, "type": "array"}}
    assert notes == [
        Note(
            place="here",
            message="there is nothing at #/components/schemas/Missing. What should be there is not checked.",
        )
    ]
    assert [note.place for note in made.document.notes] == ["#/components/schemas/A"]


def test_a_schema_that_is_nested_without_end_is_cut() -> None:
    """Depth is bounded; what is deeper is not checked, and the reviewer is told."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(MAX_NESTING + 10):
        schema = {"items": schema}
    notes: list[Note] = []
    made = schemas().translate(schema, "here", notes)
    assert json.dumps(made).count("items") == MAX_NESTING + 1
    assert "deep" in notes[0].message


keywords = st.sampled_from(
    ["type", "properties", "items", "allOf", "anyOf", "required", "enum", "minimum", "maxLength", "pattern", "nullable",
     "exclusiveMinimum", "additionalProperties", "not", "default", "readOnly", "patternProperties", "format",
     "multipleOf"]
)  # fmt: skip
values = st.none() | st.booleans() | st.integers() | st.sampled_from(["string", "object", "^a$", "(", "date"])
wild = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keywords, inner, max_size=4), max_leaves=20
)


@given(wild)
@example({"required": ["string", "string"]})
def test_what_comes_out_is_always_a_valid_schema(schema: Any) -> None:
    """Whatever stands in the document, arguments can be checked against the result."""
    made = translated(schema)
    Draft202012Validator.check_schema(made)
    json.dumps(made)


def test_all_of_is_merged_into_one() -> None:
    """Properties and required names are united, references followed, what stands outside wins."""
    definitions = {
        "base": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "description": "x"}
    }
    schema = {
        "allOf": [{"$ref": "#/$defs/base"}, {"properties": {"b": {"type": "integer"}}, "required": ["b", "a"]}],
        "description": "outer",
    }
    assert merged(schema, definitions) == {
        "type": "object",
        "description": "outer",
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
        "required": ["b", "a"],
    }


def test_a_property_that_is_described_twice_must_fit_both() -> None:
    """Neither description is lost."""
    schema = {"allOf": [{"properties": {"a": {"minLength": 1}}}, {"properties": {"a": {"maxLength": 5}}}]}
    both = merged(schema, {})["properties"]["a"]["allOf"]
    assert sorted(json.dumps(part) for part in both) == ['{"maxLength": 5}', '{"minLength": 1}']


def test_merging_a_circle_ends() -> None:
    """A schema that contains itself is merged once."""
    definitions = {"a": {"allOf": [{"$ref": "#/$defs/a"}, {"type": "object"}]}}
    assert merged({"$ref": "#/$defs/a"}, definitions) == {"type": "object"}


@pytest.mark.parametrize("schema", [True, None, 7, {}])
def test_what_is_no_object_merges_to_nothing(schema: Any) -> None:
    """There is nothing to unite."""
    assert merged(schema, {}) == {}
