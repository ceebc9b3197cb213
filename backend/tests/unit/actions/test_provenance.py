"""Values that nobody has said are marked, and those that were said in another way are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from app.actions.provenance import still_unsaid, unsaid_arguments, unsaid_ids
from app.tools.base import ToolSpec
from tests.fakes import tool_spec

TODAY: Final = date(2026, 12, 1)
READ: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "provenance_cases.yaml").read_text(encoding="utf-8")
)
KINDS: Final[dict[str, dict[str, Any]]] = {
    "list": {"type": "array", "items": {"type": "string"}},
    "date": {"type": "string", "format": "date"},
}


def spec_of(name: str) -> ToolSpec:
    said = dict(READ["tools"][name])
    required, title = said.pop("required"), said.pop("title")
    properties = {key: KINDS.get(kind, {"type": kind}) for key, kind in said.items()}
    schema = {"type": "object", "properties": properties, "required": required}
    return tool_spec(name, title=title, description="", parameters=schema, schema=schema)


@pytest.mark.parametrize("case", READ["cases"], ids=lambda case: f"{case['said'][0]} → {case['args']}")
def test_a_case(case: dict[str, Any]) -> None:
    """The values that nobody has said are marked, and no others; where the rules fall short, the case says so."""
    found = unsaid_arguments(case["args"], spec_of(case["tool"]), case["said"], today=TODAY)
    assert found == case.get("found", case["unsaid"])


def test_lists_and_what_is_in_them() -> None:
    """A path stands once, whatever number of its values nobody has said."""
    form = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}}
    spec = tool_spec(parameters={"type": "object", "properties": {"items": form}})
    args = {"items": [{"id": "4011"}, {"id": "4012"}]}
    assert unsaid_arguments(args, spec, ["Return the lamp"], today=TODAY) == ["items.id"]


def test_what_the_schema_names_is_no_guess() -> None:
    """A choice, a constant or a default is said in other words, or by saying nothing."""
    form = {"type": "string", "enum": ["lost", "stolen"]}
    spec = tool_spec(parameters={"type": "object", "properties": {"why": form, "when": {"default": "now"}}})
    assert unsaid_arguments({"why": "lost", "when": "now"}, spec, ["Freeze my card"], today=TODAY) == []


def test_switches_and_nothing_are_never_marked() -> None:
    """Yes, no and null are said in many ways."""
    spec = tool_spec(parameters={"type": "object", "properties": {}})
    assert unsaid_arguments({"notify": True, "note": None, "text": ""}, spec, [], today=TODAY) == []


def test_the_newest_words_count() -> None:
    """Of a very long conversation the end is compared."""
    spec = tool_spec(parameters={"type": "object", "properties": {"note": {"type": "string"}}})
    assert unsaid_arguments({"note": "lantern"}, spec, ["x " * 200_000, "a lantern"], today=TODAY) == []


@pytest.mark.parametrize(
    ("value", "said", "made_up"),
    [
        (1044, "Is my parcel on its way?", True),
        (1042, "Where is 1042?", False),
        (1042, "Where is order #1042-B?", False),
        (1042, "\uff11\uff10\uff14\uff12はどこ", False),
        (1042, "order 10 42", False),
        ("W2378156", "my order", True),
        ("W2378156", "order #w2378156", False),
        (2000, "zweitausend", False),
        (12, "twelve dozens", False),
        (1044.5, "", False),
        ("2031-05-05", "", False),
        ("Anna Blum", "", False),
    ],
)
def test_numbers_that_name_something(value: Any, said: str, made_up: bool) -> None:
    """Before anything was looked up, a number or a code that nobody has said can only be made up."""
    assert unsaid_ids({"order_id": value}, tool_spec(), [said]) == (["order_id"] if made_up else [])


def test_an_edit_is_said() -> None:
    """What a person changed or took away is no guess any more."""
    before = {"reason": "x", "address": {"city": "A", "zip": "1"}}
    now = {"reason": "y", "address": {"city": "A"}}
    assert still_unsaid(["reason", "address.city", "address.zip"], before, now) == ["address.city"]


def test_how_often_it_is_right() -> None:
    """Of the set that it was not tuned on, nine of eleven inventions are marked, and seven of 67 other values."""
    cases = [case for case in READ["cases"] if case["set"] != "first"]
    made_up = sum(len(case["unsaid"]) for case in cases)
    marked = sum(len(set(case["unsaid"]) & set(case.get("found", case["unsaid"]))) for case in cases)
    wrongly = sum(len(set(case.get("found", ())) - set(case["unsaid"])) for case in cases)
    mended = sum(case["set"] == "mended" for case in cases)
    others = sum(len(case["args"]) for case in cases) - made_up
    assert (marked, made_up, wrongly + mended, others) == (9, 11, 7, 67)
