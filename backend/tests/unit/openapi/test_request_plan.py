"""Which arguments an operation takes, under which names, and where they go."""

from __future__ import annotations

from typing import Any

import pytest

from app.openapi.document import Document, DocumentMistake, Operation
from app.openapi.json_schema import Schemas
from app.openapi.request import Place, RequestPlan
from app.openapi.request_plan import plan_operation
from app.tools.arguments import ArgumentCheck


def planned(
    raw: dict[str, Any], *, method: str = "post", path: str = "/x", schemas: dict[str, Any] | None = None
) -> tuple[RequestPlan, dict[str, Any]]:
    document = Document({"openapi": "3.1.0", "paths": {path: {method: raw}}, "components": {"schemas": schemas or {}}})
    operation = next(document.operations())
    assert isinstance(operation, Operation)
    planned_operation = plan_operation(operation, Schemas(document), base_url="https://api.example")
    return planned_operation.plan, planned_operation.schema


def body(schema: Any, *, required: bool = True, media_type: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"required": required, "content": {media_type: {"schema": schema}}}}


def parameter(name: str, place: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": "string"}, **more}


def places(plan: RequestPlan) -> dict[str, tuple[str, str]]:
    return {argument.name: (argument.place.value, argument.wire_name) for argument in plan.arguments}


def test_parameters_become_arguments() -> None:
    """With their description, their schema, and whether they are required."""
    plan, schema = planned(
        {
            "parameters": [
                parameter("q", required=True, description="Words."),
                parameter("limit", schema={"type": "integer"}),
            ]
        }
    )
    assert places(plan) == {"q": ("query", "q"), "limit": ("query", "limit")}
    assert schema == {
        "type": "object",
        "properties": {"q": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["q"],
        "additionalProperties": False,
    }


def test_path_parameters_are_always_required() -> None:
    """Without them there is no address."""
    assert planned({"parameters": [parameter("id", "path")]}, path="/x/{id}")[1]["required"] == ["id"]


def test_a_path_parameter_that_the_document_forgot_is_there() -> None:
    """Its braces say what is meant."""
    plan, schema = planned({}, path="/x/{id}/{id}")
    assert places(plan) == {"id": ("path", "id")}
    assert schema["properties"]["id"] == {"type": "string", "minLength": 1}


def test_what_the_api_calls_an_argument_is_said_where_its_name_had_to_change() -> None:
    """The model and the reviewer see it; a name that is only spelled otherwise needs no words."""
    text = {"type": "string"}
    names = {"键": {**text, "description": "A key."}, "größe": text, "orderId": text}
    raw = {"parameters": [parameter("filter[a]")], **body({"type": "object", "properties": names})}
    document = Document({"openapi": "3.1.0", "paths": {"/x": {"post": raw}}})
    operation = next(document.operations())
    assert isinstance(operation, Operation)
    described = plan_operation(operation, Schemas(document), base_url="https://api.example").described["properties"]
    assert {name: part.get("description") for name, part in described.items()} == {
        "filter_a": None,
        "field_2": "“键” in the API. A key.",
        "grosse": "“größe” in the API.",
        "orderId": None,
    }


def test_the_fields_of_a_body_are_arguments_of_their_own() -> None:
    """A model fills in a flat list more reliably than an object in an object."""
    address = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "street": {}}}
    plan, schema = planned(body({"$ref": "#/components/schemas/Address"}), schemas={"Address": address})
    assert places(plan) == {"city": ("field", "city"), "street": ("field", "street")}
    assert schema["required"] == ["city"]
    assert plan.body_required


def test_a_body_of_several_parts_is_merged() -> None:
    """`allOf` of objects is one object."""
    part = {"properties": {"b": {"type": "integer"}}, "required": ["b"]}
    plan, schema = planned(
        body({"allOf": [{"$ref": "#/components/schemas/Part"}, {"properties": {"a": {}}}]}), schemas={"Part": part}
    )
    assert set(places(plan)) == {"a", "b"}
    assert schema["required"] == ["b"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "string"}},
        {"type": "string"},
        {"type": "object"},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
        {"properties": {"a": {}, "b": {}}, "minProperties": 1},
        {},
    ],
)
def test_a_body_that_says_something_about_the_whole_stays_one_argument(schema: dict[str, Any]) -> None:
    """Nothing that the document demands is lost by taking it apart."""
    plan, made = planned(body(schema))
    assert places(plan) == {"body": ("body", "body")}
    assert made["properties"] == {"body": schema}
    assert made["required"] == ["body"]


def test_an_optional_body_needs_its_fields_only_once_it_is_sent() -> None:
    """Either nothing, or all that belongs to it."""
    _, schema = planned(body({"properties": {"a": {}, "b": {}, "c": {}}, "required": ["a", "b"]}, required=False))
    check = ArgumentCheck(schema)
    check({})
    check({"a": 1, "b": 2})
    with pytest.raises(Exception, match="b is missing"):
        check({"c": 1, "a": 2})


def test_names_that_clash_say_where_they_go() -> None:
    """Who comes first keeps the bare name: path, query, header, then the body's fields."""
    plan, schema = planned(
        {
            "parameters": [parameter("id", "path"), parameter("id", "query"), parameter("id", "header")],
            **body({"properties": {"id": {"type": "integer"}, "body_id": {}}, "required": ["id"]}),
        },
        path="/x/{id}",
    )
    assert places(plan) == {
        "id": ("path", "id"),
        "query_id": ("query", "id"),
        "header_id": ("header", "id"),
        "body_id": ("field", "id"),
        "body_body_id": ("field", "body_id"),
    }
    assert schema["required"] == ["id", "body_id"]


def test_a_name_that_models_cannot_use_is_rewritten() -> None:
    """The target still gets its own; rewritten names stay apart."""
    plan, _ = planned(
        {"parameters": [parameter("filter[status]"), parameter("filter(status)"), parameter("$top"), parameter("删")]}
    )
    assert places(plan) == {
        "filter_status": ("query", "filter[status]"),
        "query_filter_status": ("query", "filter(status)"),
        "top": ("query", "$top"),
        "field_4": ("query", "删"),
    }


def test_many_names_that_become_the_same_stay_apart() -> None:
    """However many there are."""
    plan, _ = planned({"parameters": [parameter(f"a{'!' * n}b") for n in range(1, 6)]})
    assert len(set(places(plan))) == 5


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "X-Idempotency-Key"])
def test_an_idempotency_key_is_ours_to_give(name: str) -> None:
    """It is recognised and never an argument."""
    plan, schema = planned({"parameters": [parameter(name, "header", required=True)]})
    assert plan.key_header == name
    assert schema["properties"] == {}
    assert schema["required"] == []


def test_without_the_header_there_is_no_key() -> None:
    """A query parameter of that name is something else."""
    assert planned({"parameters": [parameter("Idempotency-Key", "query")]})[0].key_header is None


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "accept", "Host", "Content-Length", "Cookie"])
def test_headers_that_are_not_a_callers_are_left_out(name: str) -> None:
    """Credentials and framing are never filled in by a model."""
    assert planned({"parameters": [parameter(name, "header", required=True)]})[1]["properties"] == {}


def test_styles_have_their_defaults() -> None:
    """As the standard says for each place."""
    plan, _ = planned(
        {"parameters": [parameter("p", "path"), parameter("q"), parameter("h", "header"), parameter("c", "cookie")]},
        path="/{p}",
    )
    assert [(a.style, a.explode) for a in plan.arguments] == [
        ("simple", False),
        ("form", True),
        ("simple", False),
        ("form", True),
    ]
    other, _ = planned({"parameters": [parameter("q", style="pipeDelimited"), parameter("r", explode=False)]})
    assert [(a.style, a.explode) for a in other.arguments] == [("pipeDelimited", False), ("form", False)]


def test_a_parameter_may_hold_json() -> None:
    """`content` instead of `schema`."""
    entry = {"name": "where", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
    plan, schema = planned({"parameters": [entry]})
    assert plan.arguments[0].as_json
    assert schema["properties"]["where"] == {"type": "object"}


@pytest.mark.parametrize("place", ["field", "", "matrix"])
def test_what_is_required_and_has_no_known_place_cannot_be_carried_out(place: str) -> None:
    """The mistake names the operation and the reason."""
    with pytest.raises(DocumentMistake, match="'a' has no place that is known") as caught:
        planned({"parameters": [parameter("a", place, required=True)]})
    assert caught.value.message.startswith("POST /x: ")


@pytest.mark.parametrize(
    ("raw", "names", "says"),
    [
        ({"parameters": [parameter("a", "field")]}, [], "no place that is known"),
        ({"parameters": [parameter("a", "Query")]}, ["a"], "small letters"),
        ({"parameters": [parameter("a", "path")]}, [], "does not ask for it"),
        ({"parameters": [parameter("a b", "header")]}, [], "No header can have this name"),
        ({"parameters": [parameter("a", "header", style="deepObject")]}, ["a"], "style 'deepObject'"),
        ({"parameters": [parameter("a", schema={"$ref": "#/nowhere"})]}, ["a"], "nothing at"),
        ({"parameters": [parameter("a", schema={"type": "strin"})]}, ["a"], "not one of JSON Schema"),
        ({"parameters": [parameter("a", schema={"pattern": "(?=a)b"})]}, ["a"], "is not checked"),
        ({"parameters": [{"name": "a", "in": "body"}]}, ["body"], "as in Swagger 2.0"),
        ({"requestBody": {"required": True}}, [], "not described"),
        ({"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/nowhere"}}}}}, ["body"], "nothing at"),
    ],
)
def test_what_bends_the_standard_is_understood_and_noted(raw: dict[str, Any], names: list[str], says: str) -> None:
    """A reviewer reads what was made of it."""
    document = Document({"openapi": "3.1.0", "paths": {"/x": {"post": raw}}})
    operation = next(document.operations())
    assert isinstance(operation, Operation)
    made = plan_operation(operation, Schemas(document), base_url="")
    assert [argument.name for argument in made.plan.arguments] == names
    notes = [*operation.notes, *made.notes]
    assert len(notes) == 1
    assert notes[0].place.startswith("POST /x")
    assert says in notes[0].message


@pytest.mark.parametrize(
    ("media_type", "sent_as"),
    [
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("*/*", "application/json"),
        ("application/merge-patch+json", "application/merge-patch+json"),
    ],
)
def test_json_has_several_names(media_type: str, sent_as: str) -> None:
    """All of them are sent as JSON."""
    assert planned(body({"properties": {"a": {}}}, media_type=media_type))[0].media_type == sent_as


def test_a_look_up_has_no_body_unless_it_needs_one() -> None:
    """Some search with a body; what is optional is better left out."""
    assert planned(body({"properties": {"a": {}}}, required=False), method="get")[0].arguments == ()
    assert places(planned(body({"properties": {"a": {}}}), method="get")[0]) == {"a": ("field", "a")}
    assert planned(body({"properties": {"a": {}}}), method="head")[0].arguments == ()


def test_the_schema_brings_the_definitions_that_it_needs() -> None:
    """And no others."""
    _, schema = planned(
        body({"properties": {"tree": {"$ref": "#/components/schemas/Node"}}}),
        schemas={"Node": {"properties": {"next": {"$ref": "#/components/schemas/Node"}}}, "Other": {}},
    )
    assert schema["properties"]["tree"] == {"$ref": "#/$defs/node"}
    assert schema["$defs"] == {"node": {"properties": {"next": {"$ref": "#/$defs/node"}}}}
    assert Place.FIELD.value == "field"
