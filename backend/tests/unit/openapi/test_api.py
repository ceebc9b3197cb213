"""A whole API is read from its document: what bends the standard is noted, what is broken loses itself only."""

from __future__ import annotations

import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.openapi.api import MAX_NOTES, ApiDescription, DocumentMistake, SecurityNeed, read_api
from app.openapi.operation import OperationDefinition


def api(paths: dict[str, Any], *, version: Any = "3.1.0", source: str = "", **more: Any) -> ApiDescription:
    return read_api(
        {"openapi": version, "info": {"title": "Shop", "version": "7"}, "paths": paths, **more}, source=source
    )


def one(raw: dict[str, Any], *, path: str = "/x", method: str = "get", **more: Any) -> OperationDefinition:
    (operation,) = api({path: {method: raw}}, **more).operations
    return operation


def test_an_api_says_what_it_is() -> None:
    """Title, version and description, in plain words."""
    made = read_api({
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": 2.5, "description": "# The *shop*\n<b>Now</b> see [here](https://a.example)."},
        "paths": {},
    })  # fmt: skip
    assert (made.title, made.version, made.dialect) == ("Shop", "2.5", "3.1")
    assert made.description == "The *shop* Now see here."
    assert made.warnings[-1].message == "The document describes no operation."


def test_an_operation_is_described_for_reviewer_and_model() -> None:
    """Everything that is said about it, each where it belongs."""
    made = one(
        {
            "operationId": "listOrders",
            "summary": "List orders",
            "description": "List orders of a **customer**.",
            "tags": ["orders"],
            "deprecated": True,
            "x-risk": "low",
            "x-code": "long " * 200,
            "x-samples": [{"lang": "c", "source": "long " * 200}],
            "parameters": [{"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer"}}],
            "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}}},
        }
    )
    assert (made.key, made.name, made.title) == ("GET /x", "list_orders", "List orders")
    assert made.description == "List orders of a customer."
    assert (made.tags, made.deprecated) == (("orders",), True)
    assert made.extensions["x-risk"] == "low"
    assert "x-samples" not in made.extensions
    assert made.response == {"type": "array", "items": {}}
    (argument,) = made.arguments
    assert (argument.name, argument.place, argument.type, argument.required, argument.description) == (
        "limit", "query", "integer", False, "How many.",
    )  # fmt: skip
    assert made.tokens == pytest.approx(len(made.name + made.description + json.dumps(made.parameters)) / 4 + 8, abs=6)


def stored(made: ApiDescription) -> tuple[OperationDefinition, ...]:
    return tuple(OperationDefinition.from_json(json.loads(json.dumps(one.to_json()))) for one in made.operations)


def test_operations_are_stored_and_a_description_is_sent_to_another_process() -> None:
    """As JSON and pickled, and are the same afterwards."""
    made = api(
        {"/x/{id}": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {"properties": {
            "a": {"type": "string", "format": "binary"}}}}}}, "security": [{"k": ["s"]}]}, "get": 7}},
        components={"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "K"}}},
    )  # fmt: skip
    assert stored(made) == made.operations
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # our own
    assert made.skipped[0].place == "GET /x/{id}"


@pytest.mark.parametrize(
    ("version", "dialect"),
    [("3.0.3", "3.0"), ("3.1", "3.1"), (3.0, "3.0"), (3.1, "3.1"), ("3.2.0", "3.2"), ("v3.1.0-rc1", "3.1")],
)
def test_every_dialect_is_read(version: Any, dialect: str) -> None:
    """However its version is written."""
    assert api({"/a": {"get": {}}}, version=version).dialect == dialect


@pytest.mark.parametrize("content", [{}, {"swagger": "1.2"}, {"openapi": "4.0.0"}, {"openapi": "3.1.0", "paths": "x"}])
def test_what_is_none_is_refused(content: dict[str, Any]) -> None:
    """In plain words."""
    with pytest.raises(DocumentMistake, match=r"OpenAPI|paths"):
        read_api(content)


def test_openapi_3_2_has_more_methods() -> None:
    """QUERY, and any other under its own name; not those that are about the connection."""
    made = api(
        {"/a": {"query": {}, "additionalOperations": {"COPY": {}, "TRACE": {}, "b a d": {}}, "trace": {}}},
        version="3.2.0",
    )
    assert [operation.key for operation in made.operations] == ["QUERY /a", "COPY /a"]
    assert [note.place for note in made.skipped] == ["TRACE /a", "TRACE /a", "b a d /a"]


def test_openapi_3_2_has_tags_with_parents() -> None:
    """A tag brings what it belongs to, even in a circle."""
    tags = [{"name": "a", "parent": "b"}, {"name": "b", "parent": "c"}, {"name": "c", "parent": "a"}]
    assert one({"tags": ["a"]}, tags=tags).tags == ("a", "b", "c")


def test_webhooks_and_callbacks_are_not_tools() -> None:
    """The API makes these calls; the reviewer is told."""
    made = api({"/a": {"post": {"callbacks": {"c": {"{$url}": {"post": {}}}}}}}, webhooks={"paid": {"post": {}}})
    assert [operation.key for operation in made.operations] == ["POST /a"]
    assert made.skipped[0].place == "webhook paid (POST)"


def test_path_items_may_stand_among_the_components() -> None:
    """And what stands beside their reference is added."""
    made = api(
        {"/a": {"$ref": "#/components/pathItems/A", "parameters": [{"name": "q", "in": "query"}]}},
        components={"pathItems": {"A": {"get": {}, "delete": {}}}},
    )
    assert [operation.key for operation in made.operations] == ["GET /a", "DELETE /a"]
    assert [argument.name for argument in made.operations[0].arguments] == ["q"]


@pytest.mark.parametrize(
    ("servers", "source", "expected"),
    [
        ([{"url": "/shop"}], "http://docs.example:81/shop/openapi.json", "http://docs.example:81/shop"),
        ([{"url": "v1"}], "http://docs.example:81/shop/openapi.json", "http://docs.example:81/shop/v1"),
        ([{"url": "https://api.example/v2/"}], "http://docs.example", "https://api.example/v2/"),
        ([{"url": "https://{e}.a", "variables": {"e": {"default": "live"}}}], "", "https://live.a"),
        ([{"url": "https://{e}.a", "variables": {"e": {"enum": ["x", "y"]}}}], "", "https://x.a"),
        ([{"url": "api.example.com/v1"}], "", "https://api.example.com/v1"),
        ([{"url": "//api.example.com"}], "", "https://api.example.com"),
        ([{"url": "//api.example.com"}], "http://a.example/o", "http://api.example.com"),
        ([{"url": "wss://a.example"}, {"url": "https://b.example"}], "", "https://b.example"),
        (["https://a.example"], "", "https://a.example"),
        ([], "http://docs.example:81/shop/openapi.json", "http://docs.example:81/"),
        (None, "https://docs.example/x", "https://docs.example/"),
        ("https://a.example", "", "https://a.example"),
        ([{"url": "/v1"}], "openapi.yaml", "/v1"),
        ([{"url": "https://[broken"}, {"url": "/v1"}], "", "/v1"),
        ([7, {"url": 7}, {"url": "/v1"}], "", "/v1"),
    ],
)
def test_the_api_is_where_its_first_server_is(servers: Any, source: str, expected: str) -> None:
    """Relative to where the document came from, variables filled in."""
    assert api({}, servers=servers, source=source).servers[0] == expected


@pytest.mark.parametrize("url", ["wss://a.example", "https://{x}.example", "a.example.com"])
def test_a_server_that_is_odd_is_noted(url: str) -> None:
    """A reviewer sees why the address is what it is."""
    assert any(
        note.place == "#/servers" and url[:6] in note.message for note in api({}, servers=[{"url": url}]).warnings
    )


def test_an_operation_may_have_a_server_of_its_own() -> None:
    """It stays there when the API is somewhere else; a relative one moves along."""
    made = api(
        {
            "/a": {"get": {"servers": [{"url": "https://files.example"}]}},
            "/b": {"servers": [{"url": "v9"}], "get": {}},
            "/c": {"get": {}},
        },
        servers=[{"url": "https://a.example/v1"}],
    )
    moved = [operation.plan.at("https://test.example/v2").build({}).url for operation in made.operations]
    assert moved == ["https://files.example/a", "https://test.example/v2/v9/b", "https://test.example/v2/c"]


SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key", "description": "Ask\n us"},
    "basic": {"type": "http", "scheme": "Basic"},
    "token": {"type": "http", "scheme": "bearer"},
    "odd": {"type": "bearer"},
    "oauth": {"type": "oauth2", "flows": {
        "implicit": {"scopes": {"a": ""}}, "clientCredentials": {"tokenUrl": "/token", "scopes": {"b": ""}}}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example"},
    "tls": {"type": "mutualTLS"},
    "digest": {"type": "http", "scheme": "digest"},
    "broken": {"$ref": "#/nowhere"},
    "again": {"$ref": "#/components/securitySchemes/key"},
}  # fmt: skip


def test_security_schemes_are_read() -> None:
    """Those that can be met, and those that cannot; addresses are absolute."""
    made = api({}, components={"securitySchemes": SCHEMES}, source="https://a.example/docs/o.json")
    schemes = made.security_schemes
    assert {name: scheme.kind for name, scheme in schemes.items()} == {
        "key": "apiKey", "basic": "basic", "token": "bearer", "odd": "bearer", "oauth": "oauth2", "oidc": "bearer",
        "tls": "unsupported", "digest": "unsupported", "again": "apiKey",
    }  # fmt: skip
    assert (schemes["key"].place, schemes["key"].parameter, schemes["key"].description) == ("header", "X-Key", "Ask us")
    assert (schemes["oauth"].token_url, schemes["oauth"].scopes) == ("https://a.example/token", ("b", "a"))
    assert len(made.warnings) == 5  # odd, tls, digest, broken, no operation


@pytest.mark.parametrize(
    ("own", "of_all", "expected"),
    [
        (None, [{"key": []}], ((SecurityNeed(scheme="key"),),)),
        ([], [{"key": []}], ()),
        ([{}], None, ((),)),
        (
            [{"oauth": ["b", 7]}, {"key": [], "basic": []}],
            None,
            (
                (SecurityNeed(scheme="oauth", scopes=("b",)),),
                (SecurityNeed(scheme="key"), SecurityNeed(scheme="basic")),
            ),
        ),
        ({"key": []}, None, ((SecurityNeed(scheme="key"),),)),
        ("nonsense", None, ()),
    ],
)
def test_what_an_operation_needs(own: Any, of_all: Any, expected: Any) -> None:
    """Alternatives of combinations; its own, or the document's; an empty list means nothing."""
    raw = {} if own is None else {"security": own}
    assert one(raw, security=of_all, components={"securitySchemes": SCHEMES}).security == expected


def test_a_scheme_that_is_not_defined_is_noted() -> None:
    """With its name."""
    assert "'gone', which is not defined" in one({"security": [{"gone": []}]}).warnings[0].message


@pytest.mark.parametrize(
    ("path", "raw", "url"),
    [
        ("/a/{id:[0-9]{1,3}}", {}, "/a/v"),
        ("/a/{+id}", {}, "/a/v"),
        ("/a/{id*}", {}, "/a/v"),
        ("a/{id}", {}, "/a/v"),
        ("/a?do={id}", {}, "/a?do=v"),
        ("/a/{id}#Action=List", {}, "/a/v"),
    ],
)
def test_paths_are_understood_as_they_are_written(path: str, raw: dict[str, Any], url: str) -> None:
    """Ornate placeholders, queries and fragments; the key stays as the document has it."""
    made = one(raw, path=path)
    assert made.key == f"GET {path}"
    assert made.plan.at("https://a.example").build({"id": "v"}).url == f"https://a.example{url}"


def test_references_by_name_are_followed() -> None:
    """`$anchor`, `$id`, and a bare name, which is noted."""
    schemas = {"A": {"$anchor": "here", "type": "integer"}, "B": {"$id": "https://a.example/b", "type": "boolean"}}
    parameters = [
        {"name": name, "in": "query", "schema": {"$ref": ref}}
        for name, ref in (("a", "#here"), ("b", "https://a.example/b"), ("c", "A"))
    ]
    made = api({"/x": {"get": {"parameters": parameters}}}, components={"schemas": schemas})
    shown = made.operations[0].parameters["properties"]
    assert [schema["type"] for schema in shown.values()] == ["integer", "boolean", "integer"]
    assert "should say #/components/schemas/A" in made.warnings[0].message


def test_a_discriminator_says_which_variant_is_meant() -> None:
    """Each variant gets the value that chooses it."""
    schemas = {
        "Pet": {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"}},
        },
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
        "Dog": {"type": "object", "properties": {"kind": {"type": "string"}}},
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}
    made = one({"requestBody": {"content": content}}, method="post", components={"schemas": schemas})
    check = Draft202012Validator(made.schema)
    assert check.is_valid({"body": {"kind": "cat", "lives": 7}})
    assert not check.is_valid({"body": {"kind": "bird"}})
    assert json.dumps(made.parameters).count('"enum"') == 2


def test_arguments_that_are_too_large_are_checked_as_far_as_they_go() -> None:
    """The stored schema is bounded; the reviewer is told what is left to the target."""

    def node(n: int) -> dict[str, Any]:
        refs = ({"$ref": f"#/components/schemas/S{(n * 7 + m) % 400}"} for m in range(20))
        return {"type": "object", "properties": {f"p{m}_{'x' * 50}": ref for m, ref in enumerate(refs)}}

    schemas = {f"S{n}": node(n) for n in range(400)}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}
    made = one({"requestBody": {"content": content}}, method="post", components={"schemas": schemas})
    assert len(json.dumps(made.schema)) < 120_000
    assert any("too large to be checked whole" in note.message for note in made.warnings)
    Draft202012Validator.check_schema(made.schema)


def test_notes_are_bounded() -> None:
    """Nobody reads a thousand."""
    schemas = {f"S{n}": {"type": "nonsense"} for n in range(2 * MAX_NOTES)}
    parameters = [
        {"name": f"p{n}", "in": "query", "schema": {"$ref": f"#/components/schemas/S{n}"}} for n in range(900)
    ]
    made = api({"/x": {"get": {"parameters": parameters}}}, components={"schemas": schemas})
    assert len(made.warnings) == MAX_NOTES


WORDS = st.sampled_from([
    "get", "post", "parameters", "$ref", "requestBody", "name", "in", "/a", "/{b}", "content", "application/json",
    "schema", "multipart/form-data", "properties", "items", "allOf", "oneOf", "type", "security", "servers", "url",
    "variables", "tags", "responses", "200", "encoding", "discriminator", "mapping", "propertyName", "required",
    "enum", "pattern", "style", "$anchor", "operationId", "summary", "x-y", "additionalOperations", "format",
    "nullable", "flows", "default",
])  # fmt: skip
TEXTS = st.sampled_from([
    "query", "path", "object", "string", "array", "binary", "#/paths/~1a", "#/components/schemas/A", "other.yaml",
    "a", "deepObject", "{b}", "https://a.example/{x}", "oauth2", "(a+)+",
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | TEXTS
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=40
)
FIELDS = ["operationId", "parameters", "requestBody", "responses", "security", "servers", "tags", "x-a", "summary"]
OPERATION: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANYTHING))
METHODS = st.sampled_from(["get", "post", "put", "parameters", "x"])
DOCUMENT: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "openapi": st.sampled_from(["3.0.0", "3.1.0", "3.2.0"]),
        "paths": st.dictionaries(
            st.text(max_size=8).map(lambda text: f"/{text}") | WORDS,
            st.dictionaries(METHODS, OPERATION | ANYTHING, max_size=3) | ANYTHING,
            max_size=4,
        ),
    },
    optional={
        "components": st.dictionaries(st.sampled_from(["schemas", "securitySchemes"]), ANYTHING, max_size=2),
        **dict.fromkeys(("info", "servers", "security", "webhooks", "tags"), ANYTHING),
    },
)


@settings(max_examples=300)
@given(DOCUMENT, st.booleans())
def test_reading_never_crashes(content: dict[str, Any], as_swagger: bool) -> None:
    """Whatever stands in a document: it is read or refused, and what is read is sound."""
    if as_swagger:
        content = {"swagger": "2.0", **{key: value for key, value in content.items() if key != "openapi"}}
    try:
        made = read_api(content)
    except DocumentMistake:
        return
    names = [operation.name for operation in made.operations]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z_][a-z0-9_]{0,63}", name) for name in names)
    assert stored(made) == made.operations
    for operation in made.operations:
        Draft202012Validator.check_schema(operation.schema)
        Draft202012Validator.check_schema(operation.parameters)


def test_an_api_without_an_address_is_noted() -> None:
    """Its requests cannot be sent until a person says where it is."""
    assert any("Enter its address" in note.message for note in api({"/a": {"get": {}}}).warnings)
    known = api({"/a": {"get": {}}}, servers=[{"url": "https://a.example"}])
    assert known.warnings == ()
