"""Documents that are made to exhaust whoever reads them: each is read within bounds, and its tools stay usable."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import ToolInvalidInput
from app.openapi.api import read_api
from app.openapi.json_schema import MAX_SCHEMA_CHARS
from app.openapi.operation import OperationDefinition
from app.openapi.slim_schema import MAX_CHARS, compact
from app.tools.arguments import ArgumentCheck


def ref(name: object) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def read(schema: Any, **schemas: Any) -> OperationDefinition:
    raw = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"content": {"application/json": {"schema": schema}}}},
    }
    (made,) = read_api(
        {"openapi": "3.1.0", "paths": {"/x": {"post": raw}}, "components": {"schemas": schemas}}
    ).operations
    assert len(compact(made.parameters)) <= MAX_CHARS
    assert len(compact(made.to_json())) <= MAX_CHARS + 2 * MAX_SCHEMA_CHARS
    return made


@pytest.mark.parametrize("key", ["allOf", "anyOf", "oneOf"])
def test_parts_that_double_at_every_level(key: str) -> None:
    """Forty levels are a million million parts once they are written out."""
    schemas = {f"S{n}": {key: [ref(f"S{n + 1}"), ref(f"S{n + 1}")], "properties": {f"p{n}": {}}} for n in range(40)}
    read(ref("S0"), **schemas, S40={"type": "object"})


def test_parts_that_double_and_differ() -> None:
    """The same property described twice at every level, never quite the same."""
    schemas = {
        f"S{n}": {"allOf": [
            {"properties": {"p": {"allOf": [ref(f"S{n + 1}")], "description": "a"}}},
            {"properties": {"p": {"allOf": [ref(f"S{n + 1}")], "description": "b"}}},
        ]}
        for n in range(40)
    }  # fmt: skip
    read(ref("S0"), **schemas, S40={"type": "object"})


def test_a_mesh_of_schemas() -> None:
    """Every one refers to every other."""
    schemas = {f"S{n}": {"type": "object", "properties": {f"p{m}": ref(f"S{m}") for m in range(60)}} for n in range(60)}
    read(ref("S0"), **schemas)


def test_a_schema_that_is_only_itself() -> None:
    """By every way that leads back."""
    for key in ("allOf", "anyOf", "oneOf"):
        read(ref("A"), A={key: [ref("A"), ref("B")]}, B={key: [ref("A")]})
    read({"not": ref("A"), "items": ref("A")}, A={"not": ref("A"), "items": ref("A")})


def test_a_long_chain_of_references() -> None:
    """Ten thousand steps are no recursion."""
    read(ref("S0"), **{f"S{n}": ref(f"S{n + 1}") for n in range(10_000)}, S10000={"type": "string"})
    read(ref("S0"), **{f"S{n}": {"allOf": [ref(f"S{n + 1}")]} for n in range(10_000)}, S10000={"type": "string"})


def test_a_huge_enumeration() -> None:
    """It is neither shown nor stored."""
    read({"type": "string", "enum": [f"value {n}" for n in range(200_000)]})


def test_thousands_of_arguments() -> None:
    """An operation that nobody can fill in is skipped, and says why."""
    properties = {f"p{n}": {"type": "string"} for n in range(20_000)}
    content = {"application/json": {"schema": {"properties": properties}}}
    made = read_api({"openapi": "3.1.0", "paths": {"/x": {"post": {"requestBody": {"content": content}}}}})
    assert "more than 1000 arguments" in made.skipped[0].message


def test_deep_nesting() -> None:
    """Lists in lists in lists."""
    schema: dict[str, Any] = {}
    for _ in range(900):
        schema = {"type": "array", "items": schema}
    read(schema)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*b",
        "(.*)*x",
        "a*a*a*a*a*b",
        r"(\w+\s?)*b$",
        "((a+)?)+b",
        "^(?:a?){27}a{27}b$",
        r"\d+\d+$",
        ".*.*=.*",
    ],
)
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    """It is checked, in time that grows with the text alone; Python's own engine would not come back."""
    made = read({"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}})
    for text in ("a" * 5_000 + "!", "1" * 5_000 + "!"):
        with pytest.raises(ToolInvalidInput, match="does not have the required form"):
            ArgumentCheck(made.schema)({"a": text})


def test_text_that_is_all_markup() -> None:
    """Removing it takes no longer than reading it."""
    for text in ("<" * 100_000, "[" * 100_000, "[a](" * 30_000, "```" * 30_000, "![" * 50_000, "<a " * 30_000):
        read({"description": text, "properties": {"a": {"description": text}}})


def test_checking_arguments_against_variants_that_double_ends() -> None:
    """A call that would be compared a million million times is refused instead."""
    schemas = {f"S{n}": {"anyOf": [ref(f"S{n + 1}"), ref(f"S{n + 1}")]} for n in range(40)}
    made = read(ref("S0"), **schemas, S40={"type": "string"})
    with pytest.raises(ToolInvalidInput, match="too large to be checked"):
        ArgumentCheck(made.schema)({"body": 7})


def test_checking_a_tree_whose_every_node_doubles_ends() -> None:
    """Also where each step goes one level into the arguments."""
    node = {"anyOf": [{"properties": {"next": ref("N"), "a": {"type": "string"}}}, {"properties": {"next": ref("N")}}]}
    made = read({"type": "object", "properties": {"n": ref("N")}}, N={**node, "additionalProperties": False})
    tree: Any = {}
    for _ in range(40):
        tree = {"next": tree, "a": 1}
    with pytest.raises(ToolInvalidInput):
        ArgumentCheck(made.schema)({"n": tree})


def test_names_that_are_taken_on_purpose_stay_apart() -> None:
    """Hundreds of operations of one id."""
    paths = {f"/{n}": {"get": {"operationId": "x" * 70}} for n in range(500)}
    names = [operation.name for operation in read_api({"openapi": "3.1.0", "paths": paths}).operations]
    assert len(set(names)) == 500
