"""Checks of arguments: a fault is named before anything is sent, at the argument that has it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ToolInvalidInput
from app.tools.arguments import ArgumentCheck


def one(schema: dict[str, Any]) -> ArgumentCheck:
    """Make the check of one argument `x`."""
    return ArgumentCheck({"type": "object", "properties": {"x": schema}, "additionalProperties": False})


def complaint(check: ArgumentCheck, args: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(ToolInvalidInput) as caught:
        check(args)
    return caught.value.details.get("field", ""), caught.value.message


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"type": "integer"}, "1042", "x: it must be an integer."),
        ({"type": "integer"}, True, "x: it must be an integer."),
        ({"type": ["string", "null"]}, 1, "x: it must be a string or null."),
        ({"enum": ["a", "b"]}, "c", "x: it must be one of a, b."),
        ({"const": "EUR"}, "USD", "x: it must be EUR."),
        ({"minimum": 1}, 0, "x: it must be at least 1."),
        ({"maximum": 50}, 51, "x: it must be at most 50."),
        ({"exclusiveMinimum": 0}, 0, "x: it must be more than 0."),
        ({"exclusiveMaximum": 1}, 1, "x: it must be less than 1."),
        ({"multipleOf": 5}, 7, "x: it must be a multiple of 5."),
        ({"minLength": 1}, "", "x: it must not be empty."),
        ({"minLength": 3}, "ab", "x: it needs at least 3 characters."),
        ({"maxLength": 2}, "abc", "x: it may have at most 2 characters."),
        ({"minItems": 1}, [], "x: it needs at least 1 entries."),
        ({"maxItems": 1}, [1, 2], "x: it may have at most 1 entries."),
        ({"uniqueItems": True}, [1, 1], "x: no entry may stand there twice."),
        ({"pattern": "^[A-Z]+$"}, "a", "x: it does not have the required form (^[A-Z]+$)."),
        ({"format": "date"}, "tomorrow", "x: it is not a valid date."),
        ({"not": {}}, 1, "x: it does not have the required form."),
    ],
)
def test_each_rule_has_its_sentence(schema: dict[str, Any], value: object, sentence: str) -> None:
    """The argument is named and what it takes is said."""
    assert complaint(one(schema), {"x": value}) == ("x", sentence)


def test_a_missing_argument_is_named() -> None:
    """What is required and not there is named."""
    check = ArgumentCheck({"type": "object", "required": ["order_id"], "properties": {"order_id": {}}})
    assert complaint(check, {}) == ("order_id", "order_id is missing.")


def test_a_missing_part_is_named_with_its_place() -> None:
    """Inside an object the whole way to the part is said."""
    check = one({"type": "object", "required": ["city"]})
    assert complaint(check, {"x": {}}) == ("x.city", "x.city is missing.")


def test_what_one_argument_needs_beside_it_is_named() -> None:
    """Some arguments only make sense together."""
    check = ArgumentCheck({"type": "object", "dependentRequired": {"street": ["city"]}})
    check({})
    assert complaint(check, {"street": "a"}) == ("city", "city is missing.")


def test_an_unknown_argument_is_refused() -> None:
    """What the schema does not know is not sent along."""
    assert complaint(one({}), {"x": 1, "admin": True}) == ("admin", "admin: there is no such argument. Leave it out.")


def test_a_long_value_does_not_flood_the_message() -> None:
    """Messages stay short whatever the values are."""
    assert len(complaint(one({"enum": [f"choice {n}" for n in range(500)]}), {"x": "no"})[1]) < 200
    assert len(complaint(one({}), {"n" * 5_000: 1})[1]) < 200


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2026-02-28", "2026-02-30"),
        ("date", "2026-02-28", "20260228"),
        ("date-time", "2026-02-28T10:00:00Z", "2026-02-28 10:00"),
        ("date-time", "2026-02-28t10:00:00.5+01:00", "2026-02-28T25:00:00Z"),
        ("email", "a@b.example", "a at b"),
        ("ipv4", "10.0.0.1", "10.0.0.256"),
        ("ipv6", "::1", "10.0.0.1"),
        ("uri", "https://a.example/x", "a.example"),
        ("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810"),
    ],
)
def test_formats_are_checked(name: str, good: str, bad: str) -> None:
    """A format that has one meaning everywhere is held to it; it says nothing of other types."""
    check = one({"format": name})
    check({"x": good})
    check({"x": 7})
    assert complaint(check, {"x": bad}) == ("x", f"x: it is not a valid {name}.")


def test_a_format_that_nobody_knows_is_let_through() -> None:
    """The target decides about formats of its own."""
    one({"format": "order-number"})({"x": "anything"})


def test_references_into_the_definitions_are_followed() -> None:
    """Schemas may refer to their own definitions, also in a circle."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "additionalProperties": False}
    check = ArgumentCheck({"properties": {"x": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}})
    check({"x": {"next": {"next": {}}}})
    assert complaint(check, {"x": {"next": {"nxt": 1}}})[0] == "x.next.nxt"


def test_a_circle_without_an_end_is_an_answer_not_a_crash() -> None:
    """A schema that only refers to itself refuses everything in plain words."""
    loop = {"allOf": [{"$ref": "#/$defs/loop"}]}
    check = ArgumentCheck({"properties": {"x": {"$ref": "#/$defs/loop"}}, "$defs": {"loop": loop}})
    assert "nested too deep" in complaint(check, {"x": 1})[1]


def test_numbers_that_cannot_be_computed_with_are_refused() -> None:
    """A number of a thousand digits is an answer, not a crash."""
    check = one({"type": "number", "multipleOf": 0.01})
    with pytest.raises(ToolInvalidInput):
        check({"x": 10**400 + 1})


@given(
    st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists), max_size=4)
)
def test_no_arguments_are_too_strange_to_be_checked(args: dict[str, Any]) -> None:
    """Whatever a model writes, the check returns or says what is wrong."""
    schema = {"x": {"type": "string", "maxLength": 3}, "y": {"type": "array", "items": {"type": "integer"}}}
    check = ArgumentCheck({"type": "object", "properties": schema, "additionalProperties": False})
    if not set(args) <= {"x", "y"}:
        assert complaint(check, args)[1]
    else:
        with suppress(ToolInvalidInput):
            check(args)
