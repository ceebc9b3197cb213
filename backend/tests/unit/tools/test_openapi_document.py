"""Reading OpenAPI documents: operations, references, names, addresses; one mistake does not lose the rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConfigMistake
from app.tools.openapi_document import (
    MAX_NAME_CHARS,
    Document,
    DocumentMistake,
    Operation,
    legal_name,
    name_operations,
    read_document,
)


def document(paths: dict[str, Any], **more: Any) -> Document:
    return Document({"openapi": "3.1.0", "info": {"title": "Shop"}, "paths": paths, **more})


def operation(method: str = "GET", path: str = "/x", operation_id: str = "") -> Operation:
    return Operation(
        method=method,
        path=path,
        operation_id=operation_id,
        summary="",
        description="",
        access="",
        parameters=(),
        body=None,
    )


def good(made: Document) -> list[Operation]:
    return [found for found in made.operations() if isinstance(found, Operation)]


def mistakes(made: Document) -> list[str]:
    return [found.message for found in made.operations() if isinstance(found, DocumentMistake)]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.1", "3.2.0"])
def test_every_openapi_3_is_taken(version: str) -> None:
    """All three minor versions."""
    assert good(Document({"openapi": version, "paths": {"/a": {"get": {}}}}))[0].place == "GET /a"


@pytest.mark.parametrize(
    "content", [{}, {"swagger": "2.0"}, {"openapi": 3}, {"openapi": "4.0"}, {"openapi": "3.1.0", "paths": []}]
)
def test_what_is_not_openapi_3_is_a_mistake(content: dict[str, Any]) -> None:
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
        "/b": {"post": {}, "get": {}, "options": {}, "summary": "x"},
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
    assert mistakes(made)[0].startswith("GET /bad: ")
    assert says in mistakes(made)[0]


@pytest.mark.parametrize("item", [{"$ref": "#/nowhere"}, {"get": []}, {"get": {"parameters": [{"in": "query"}]}}])
def test_a_broken_path_loses_itself_only(item: dict[str, Any]) -> None:
    """Whatever stands there instead of an operation."""
    made = document({"/bad": item, "/good": {"get": {}}})
    assert [found.place for found in good(made)] == ["GET /good"]
    assert len(mistakes(made)) == 1


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ([{"url": "/shop"}], "http://docs.example:81/shop"),
        ([{"url": "v1"}], "http://docs.example:81/shop/v1"),
        ([{"url": "https://api.example/v2/"}, {"url": "https://other.example"}], "https://api.example/v2/"),
        ([{"url": "https://{env}.example", "variables": {"env": {"default": "live"}}}], "https://live.example"),
        ([], "http://docs.example:81/"),
        (None, "http://docs.example:81/"),
        ("nonsense", "http://docs.example:81/"),
    ],
)
def test_the_api_is_where_its_first_server_is(servers: Any, expected: str) -> None:
    """Relative to where the document came from."""
    assert document({}, servers=servers).base_url("http://docs.example:81/shop/openapi.json") == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("getOrder", "get_order"),
        ("get_order", "get_order"),
        ("GetHTTPStatus", "get_http_status"),
        ("orders.list", "orders_list"),
        ("Orders/List All", "orders_list_all"),
        ("v2-users__by--id", "v2_users_by_id"),
        ("größe", "gr_e"),
        ("删除", ""),
        ("", ""),
    ],
)
def test_names_are_written_in_snake_case(text: str, name: str) -> None:
    """ASCII letters, digits and underscores only."""
    assert legal_name(text) == name


def test_an_operation_without_an_id_is_named_by_what_it_is() -> None:
    """Method and path, also where its id has no letter that a name may have."""
    named = name_operations([operation("DELETE", "/orders/{order_id}/items"), operation("GET", "/a", "删除")])
    assert named == ["delete_orders_order_id_items", "get_a"]


def test_the_same_id_twice_makes_two_names() -> None:
    """The first keeps it; the second's depends on its own place only, so it stays when others come."""
    first, second, third = operation("GET", "/a", "get"), operation("GET", "/b", "get"), operation("GET", "/c", "Get")
    three = name_operations([first, second, third])
    assert three[0] == "get"
    assert len(set(three)) == 3
    assert name_operations([first, third])[1] == three[2]


def test_a_name_that_imitates_another_is_told_apart() -> None:
    """Not even a made-up clash makes two tools of one name."""
    second = name_operations([operation("GET", "/a", "get"), operation("GET", "/b", "get")])[1]
    named = name_operations(
        [operation("GET", "/x", second), operation("GET", "/a", "get"), operation("GET", "/b", "get")]
    )
    assert len(set(named)) == 3


@given(
    st.lists(
        st.tuples(st.sampled_from(["GET", "POST"]), st.text(max_size=90), st.text(max_size=90)),
        max_size=12,
        unique_by=lambda t: t[:2],
    )
)
def test_names_are_always_legal_and_unique(entries: list[tuple[str, str, str]]) -> None:
    """Whatever ids and paths a document has."""
    named = name_operations([operation(method, f"/{path}", text) for method, path, text in entries])
    assert len(set(named)) == len(named)
    assert all(re.fullmatch(rf"[a-z0-9_]{{1,{MAX_NAME_CHARS}}}", name) for name in named)


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


class TestReadingAFile:
    """A document may lie beside the agents' file."""

    def test_gives_its_content(self, tmp_path: Path) -> None:
        """A JSON object is read as it is."""
        file = tmp_path / "shop.json"
        file.write_text('{"openapi": "3.1.0"}', encoding="utf-8")
        assert read_document(file) == {"openapi": "3.1.0"}

    def test_that_is_missing_names_it(self, tmp_path: Path) -> None:
        """What cannot be read is named, with what to write instead."""
        with pytest.raises(DocumentMistake, match=r"shop\.json cannot be read.*address or a file"):
            read_document(tmp_path / "shop.json")

    @pytest.mark.parametrize("text", ["[]", "not json", ""])
    def test_that_is_no_document_says_so(self, tmp_path: Path, text: str) -> None:
        """Anything but a JSON object is refused."""
        file = tmp_path / "shop.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DocumentMistake, match="is not a JSON document"):
            read_document(file)
