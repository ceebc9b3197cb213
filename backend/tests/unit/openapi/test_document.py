"""Reading OpenAPI documents: operations, references, names, addresses; one mistake does not lose the rest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConfigMistake
from app.openapi.document import Document, DocumentMistake, Operation


def document(paths: dict[str, Any], **more: Any) -> Document:
    return Document({"openapi": "3.1.0", "info": {"title": "Shop"}, "paths": paths, **more})


def good(made: Document) -> list[Operation]:
    return [found for found in made.operations() if isinstance(found, Operation)]


def mistakes(made: Document) -> list[str]:
    return [found.message for found in made.operations() if isinstance(found, DocumentMistake)]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.1", "3.2.0"])
def test_every_openapi_3_is_taken(version: str) -> None:
    """All three minor versions."""
    assert good(Document({"openapi": version, "paths": {"/a": {"get": {}}}}))[0].place == "GET /a"


@pytest.mark.parametrize(
    "content",
    [{}, {"swaggerVersion": "1.2"}, {"openapi": 3}, {"openapi": "4.0"}, {"openapi": "3.1.0", "paths": [1]}, {"a": 1}],
)
def test_what_is_no_openapi_document_is_a_mistake(content: dict[str, Any]) -> None:
    """The message says what the document should look like."""
    with pytest.raises(ConfigMistake, match=r"OpenAPI 3|paths"):
        Document(content)


def test_a_document_has_a_title() -> None:
    """The API's own name, or simply API."""
    assert document({}).title == "Shop"
    assert Document({"openapi": "3.1.0", "info": []}).title == "API"


def test_operations_come_in_the_documents_order() -> None:
    """Method and path, those of acting methods and look-ups, without what is no operation."""
    made = document({
        "/b": {"post": {}, "get": {}, "summary": "x"},
        "/a": {"delete": {}, "parameters": []},
        "x-extra": {"get": {}},
    })  # fmt: skip
    assert [found.place for found in made.operations() if isinstance(found, Operation)] == [
        "GET /b",
        "POST /b",
        "DELETE /a",
    ]


def test_an_operation_says_what_it_is() -> None:
    """Its words come in one line each."""
    made = document(
        {"/a": {"get": {"operationId": "a", "summary": "An\n a", "description": "x  y", "x-access": "Write"}}}
    )
    found = good(made)[0]
    assert (found.operation_id, found.summary, found.description, found.access) == ("a", "An a", "x y", "write")


def test_an_operations_own_parameter_replaces_the_paths() -> None:
    """Name and place together say which is meant."""
    made = document({
        "/a": {
            "parameters": [{"name": "id", "in": "query", "description": "path's"}, {"name": "id", "in": "header"}],
            "get": {"parameters": [{"name": "id", "in": "query", "description": "own"}]},
        }
    })  # fmt: skip
    parameters = good(made)[0].parameters
    assert [(p["in"], p.get("description")) for p in parameters] == [("query", "own"), ("header", None)]


def test_references_are_followed() -> None:
    """To parameters, bodies and whole paths, through several steps and with escaped names."""
    body = {"$ref": "#/x~1y"}
    made = document(
        {"/a": {"$ref": "#/components/pathItems/A"}},
        components={
            "pathItems": {"A": {"post": {"parameters": [{"$ref": "#/components/parameters/P"}], "requestBody": body}}},
            "parameters": {"P": {"$ref": "#/components/parameters/Q%20Q"}, "Q Q": {"name": "q", "in": "query"}},
        },
        **{"x/y": {"required": True}},
    )  # fmt: skip
    found = good(made)[0]
    assert found.parameters == ({"name": "q", "in": "query"},)
    assert found.body == {"required": True}


def test_an_operation_may_be_a_reference_itself() -> None:
    """What is behind it is read, and a reference to nothing is told with its place."""
    made = document(
        {"/a": {"post": {"$ref": "#/components/x-operations/create"}}, "/b": {"get": {"$ref": "#/nowhere"}}},
        components={"x-operations": {"create": {"operationId": "create_a", "requestBody": {"required": True}}}},
    )
    assert [(found.operation_id, found.body) for found in good(made)] == [("create_a", {"required": True})]
    assert [found.message for found in made.operations() if isinstance(found, DocumentMistake)] == [
        "GET /b: there is nothing at #/nowhere."
    ]


def test_a_reference_may_lead_into_a_list() -> None:
    """JSON pointers count entries from 0."""
    made = document({"/a": {"get": {"parameters": [{"$ref": "#/x/1"}]}}}, x=[{}, {"name": "second", "in": "query"}])
    assert good(made)[0].parameters[0]["name"] == "second"


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("#/components/parameters/None", "nothing at"),
        ("#/paths/0", "nothing at"),
        ("#/x/9", "nothing at"),
        ("#/circle", "circle"),
        ("other.json#/a", "another file"),
        ("https://evil.example/x", "another file"),
        ("file:///etc/passwd", "another file"),
    ],
)
def test_a_broken_reference_loses_one_operation_only(reference: str, says: str) -> None:
    """The others are there, and the mistake says where and why. Nothing is ever fetched."""
    made = document(
        {"/bad": {"get": {"parameters": [{"$ref": reference}]}}, "/good": {"get": {}}},
        circle={"$ref": "#/circle"},
        x=[1],
    )
    assert [found.place for found in good(made)] == ["GET /good"]
    assert len(mistakes(made)) == 1
    assert mistakes(made)[0].startswith("GET /bad, parameters: ")
    assert says in mistakes(made)[0]


@pytest.mark.parametrize("item", [{"$ref": "#/nowhere"}, {"get": []}, ["get"], {"trace": {}}])
def test_a_broken_path_loses_itself_only(item: dict[str, Any]) -> None:
    """Whatever stands there instead of an operation."""
    made = document({"/bad": item, "/good": {"get": {}}})
    assert [found.place for found in good(made)] == ["GET /good"]
    assert len(mistakes(made)) == 1


KEYS = st.sampled_from(["get", "post", "parameters", "$ref", "requestBody", "name", "in", "/a"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(anything)
def test_reading_never_crashes(item: Any) -> None:
    """Whatever stands under a path is an operation, a mistake, or nothing."""
    for found in document({"/a": item}).operations():
        assert isinstance(found, Operation | DocumentMistake)
