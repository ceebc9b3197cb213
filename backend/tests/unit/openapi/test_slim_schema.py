"""Slim schemas stay small for the model, and never lack what is required."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.openapi.plain_text import cut
from app.openapi.slim_schema import MAX_CHARS, MAX_CHOICES, MAX_DESCRIPTION_CHARS, MAX_VARIANTS, compact, slim


def of(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [], "additionalProperties": False, **more}


def shown(schema: Any, **definitions: Any) -> Any:
    """Return what a model sees of one argument `x`."""
    return slim(of({"x": schema}, **{"$defs": definitions}))["properties"]["x"]


def test_a_small_schema_is_shown_whole() -> None:
    """What helps to fill an argument in is all there."""
    schema = of(
        {
            "order_id": {"type": "integer", "minimum": 1, "description": "The order's number."},
            "reason": {"type": "string", "enum": ["damaged", "other"]},
            "on": {"type": ["string", "null"], "format": "date", "default": None},
        },
        required=["order_id"],
    )
    assert slim(schema) == schema


@pytest.mark.parametrize("kind", ["array", ["array", "null"]])
def test_a_list_always_says_what_it_holds(kind: Any) -> None:
    """A provider refuses every tool of the request where one list does not: anything will do."""
    assert shown({"type": kind}) == {"type": kind, "items": {}}


def test_a_list_in_a_circle_says_so_too() -> None:
    """Where the parts are cut off, the list is still one."""
    node = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/N"}}}}
    made = compact(shown({"$ref": "#/$defs/N"}, N=node))
    assert made.count('"array"') == made.count('"items"')


def test_references_are_put_in_their_place() -> None:
    """A model sees one schema without definitions."""
    schema = of(
        {"to": {"$ref": "#/$defs/a"}},
        **{"$defs": {"a": {"type": "object", "properties": {"city": {"type": "string"}}}}},
    )
    made = slim(schema)
    assert "$defs" not in made
    assert made["properties"]["to"] == {"type": "object", "properties": {"city": {"type": "string"}}}


def test_all_of_is_shown_as_one_object() -> None:
    """Models need not put parts together."""
    made = shown({"allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {}}, "required": ["b"]}]})
    assert made == {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["b"]}


def test_a_circle_is_shown_once() -> None:
    """Inside itself a schema is only named by its kind."""
    node = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}
    assert shown({"$ref": "#/$defs/node"}, node=node) == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "next": {"type": "object"}},
    }


def test_deep_schemas_end() -> None:
    """Below the deepest level only the kind is said."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(30):
        schema = {"type": "array", "items": schema}
    text = json.dumps(shown(schema))
    assert 1 <= text.count('"items"') < 10


def test_descriptions_are_cut() -> None:
    """The beginning says what it is."""
    made = shown({"type": "string", "description": "What it is. " * 100})["description"]
    assert made.startswith("What it is.")
    assert len(made) <= MAX_DESCRIPTION_CHARS


def test_a_long_enumeration_is_described_instead() -> None:
    """A few examples and how many there are; the full schema still decides."""
    made = shown({"type": "string", "enum": [f"c{n}" for n in range(MAX_CHOICES + 1)]})
    assert made == {"type": "string", "description": "One of 51: c0, c1, c2, c3, c4 …"}


def test_variants_are_shown_up_to_a_few() -> None:
    """`oneOf` and `anyOf` look the same to a model."""
    made = shown({"oneOf": [{"const": n} for n in range(20)]})
    assert made == {"anyOf": [{"const": n} for n in range(MAX_VARIANTS)]}


def test_a_single_variant_is_no_choice() -> None:
    """It stands for itself."""
    assert shown({"anyOf": [{"type": "string"}]}) == {"type": "string"}


def test_lists_say_what_they_hold() -> None:
    """Also lists of objects."""
    assert shown({"type": "array", "items": {"type": "integer"}, "maxItems": 3}) == {
        "type": "array",
        "items": {"type": "integer"},
        "maxItems": 3,
    }


def wide(levels: int) -> dict[str, Any]:
    if levels == 0:
        return {"type": "string", "description": "words " * 40}
    return {
        "type": "object",
        "description": "more words " * 20,
        "properties": {f"p{n}": wide(levels - 1) for n in range(8)},
        "required": ["p0"],
    }


def test_a_schema_that_is_too_large_loses_what_is_optional_first() -> None:
    """However large it is, it stays within the limit and keeps what is required."""
    made = slim(of({"body": wide(4), "order_id": {"type": "integer"}}, required=["body", "order_id"]))
    assert len(compact(made)) <= MAX_CHARS
    assert made["required"] == ["body", "order_id"]
    assert made["properties"]["order_id"] == {"type": "integer"}
    assert "p0" in made["properties"]["body"]["properties"]


def test_a_thousand_arguments_leave_the_required_ones() -> None:
    """When nothing else helps, only those are shown that must be given."""
    made = slim(of({f"argument_{n}": {"type": "string"} for n in range(1_000)}, required=["argument_7"]))
    assert made["properties"] == {"argument_7": {}}
    assert made["required"] == ["argument_7"]


@pytest.mark.parametrize("schema", [True, False, {}])
def test_an_argument_without_a_description_is_shown_by_name(schema: Any) -> None:
    """There is nothing more to say."""
    assert shown(schema) == {}


types = st.sampled_from(["string", "integer", "object", "array"])
random_schema = st.recursive(
    st.fixed_dictionaries({"type": types, "description": st.text(max_size=400)}),
    lambda inner: (
        st.fixed_dictionaries({"properties": st.dictionaries(st.text(max_size=9), inner, max_size=4)})
        | st.fixed_dictionaries({"items": inner})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=6)})
        | st.just({"$ref": "#/$defs/loop"})
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.text(min_size=1, max_size=9), random_schema, max_size=5), random_schema)
def test_a_slim_schema_is_small_valid_and_self_contained(properties: dict[str, Any], loop: Any) -> None:
    """Whatever the full one is."""
    made = slim(of(properties, **{"$defs": {"loop": loop}}))
    Draft202012Validator.check_schema(made)
    assert len(compact(made)) <= MAX_CHARS
    assert "$ref" not in json.dumps(made).replace('\\"', "")
    assert set(made["properties"]) <= set(properties)


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_cut_text_is_one_line_within_the_limit(text: str, limit: int) -> None:
    """Short text stays, long text ends with a sign that it was longer."""
    made = cut(text, limit)
    assert len(made) <= limit
    assert made == " ".join(text.split()) or made.endswith("…")
