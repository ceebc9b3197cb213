"""Bodies in every media type: forms, parts, lines, text and binary."""

from __future__ import annotations

import base64
import email
import email.policy
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ToolInvalidInput
from app.openapi.api import read_api
from app.openapi.body import Encoding, kind_of, write_body
from app.openapi.operation import OperationDefinition

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


def operation(content: dict[str, Any], *, required: bool = True, version: str = "3.1.0") -> OperationDefinition:
    raw = {"requestBody": {"required": required, "content": content}}
    (made,) = read_api({"openapi": version, "paths": {"/x": {"post": raw}}}).operations
    return made


def fields_of(body: bytes, content_type: str) -> list[tuple[str, str, bytes]]:
    """Return name, content type and content of each part, as an independent reader finds them."""
    message = email.message_from_bytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_content_type(),
            bytes(part.get_payload(decode=True)),
        )
        for part in message.iter_parts()
    ]


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("application/json", "json"),
        ("application/json; charset=utf-8", "json"),
        ("application/problem+json", "json"),
        ("*/*", "json"),
        (FORM, "form"),
        (PARTS, "parts"),
        ("multipart/mixed", "parts"),
        ("application/x-ndjson", "lines"),
        ("text/csv", "text"),
        ("application/xml", "text"),
        ("application/atom+xml", "text"),
        ("application/octet-stream", "binary"),
        ("image/png", "binary"),
    ],
)
def test_a_media_type_says_how_a_body_is_written(media_type: str, kind: str) -> None:
    """Everything has some way."""
    assert kind_of(media_type) == kind


@pytest.mark.parametrize(
    ("encoding", "value", "expected"),
    [
        ({}, "a b&c", b"f=a+b%26c"),
        ({}, 5, b"f=5"),
        ({}, True, b"f=true"),
        ({}, [1, 2], b"f=1&f=2"),
        ({}, {"a": [1]}, b"f=%7B%22a%22%3A%5B1%5D%7D"),
        ({}, None, b""),
        ({"style": "form"}, [1, 2], b"f=1&f=2"),
        ({"explode": False}, [1, 2], b"f=1,2"),
        ({"style": "spaceDelimited", "explode": False}, [1, 2], b"f=1%202"),
        ({"style": "pipeDelimited", "explode": False}, [1, 2], b"f=1%7C2"),
        ({"style": "deepObject"}, {"a": 1, "b": {"c": "x"}}, b"f%5Ba%5D=1&f%5Bb%5D%5Bc%5D=x"),
        ({"style": "deepObject"}, {"a": [{"b": 1}]}, b"f%5Ba%5D%5B0%5D%5Bb%5D=1"),
        ({"style": "form"}, {"a": 1, "b": 2}, b"a=1&b=2"),
        ({"style": "nonsense"}, 1, b"f=1"),
        ({"allowReserved": True}, "a/b?c", b"f=a/b?c"),
        ({"contentType": "application/json"}, {"a": 1}, b"f=%7B%22a%22%3A1%7D"),
    ],
)
def test_a_form_is_written_as_its_encoding_says(encoding: dict[str, Any], value: Any, expected: bytes) -> None:
    """Text and lists plainly, objects as JSON, and every style of a query where one is named."""
    content = {FORM: {"schema": {"properties": {"f": {}, "g": {}}}, "encoding": {"f": encoding} if encoding else {}}}
    request = operation(content).plan.build({"f": value})
    assert request.body == expected
    assert request.headers == {"Content-Type": FORM}


def test_parts_have_the_types_of_their_values() -> None:
    """Text, JSON for objects, bytes for files; a list is a part an entry."""
    properties = {
        "name": {"type": "string"},
        "meta": {"type": "object"},
        "file": {"type": "string", "format": "binary"},
        "more": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "image": {"type": "string", "contentMediaType": "image/png"},
        "xml": {"type": "string"},
    }
    encoding = {
        "xml": {"contentType": "application/xml; charset=utf-8"},
        "file": {"contentType": "image/png, image/gif"},
    }
    made = operation({PARTS: {"schema": {"type": "object", "properties": properties}, "encoding": encoding}})
    data = base64.b64encode(b"\x00\xff\r\n--").decode()
    args = {"name": "ü", "meta": {"a": 1}, "file": data, "more": [data, data], "image": data, "xml": "<a/>"}
    request = made.plan.build(args)
    assert fields_of(request.body, request.headers["Content-Type"]) == [
        ("name", "text/plain", "ü".encode()),
        ("meta", "application/json", b'{"a":1}'),
        ("file", "image/png", b"\x00\xff\r\n--"),
        ("more", "application/octet-stream", b"\x00\xff\r\n--"),
        ("more", "application/octet-stream", b"\x00\xff\r\n--"),
        ("image", "application/octet-stream", b"\x00\xff\r\n--"),
        ("xml", "application/xml", b"<a/>"),
    ]
    shown = made.parameters["properties"]
    assert shown["file"] == {
        "type": "string",
        "contentEncoding": "base64",
        "description": "The file's content, in base64.",
    }
    assert shown["more"]["items"]["contentEncoding"] == "base64"


def test_what_was_shown_is_what_is_sent() -> None:
    """The boundary is taken from the content, so that building twice gives the same bytes."""
    made = operation({PARTS: {"schema": {"properties": {"a": {"type": "string"}}}}}).plan
    assert made.build({"a": "x"}) == made.build({"a": "x"})
    assert made.build({"a": "x"}).headers != made.build({"a": "y"}).headers


def test_a_parts_name_cannot_end_its_header() -> None:
    """Quotes and line ends are encoded as browsers do it."""
    body, _ = write_body({'a"\r\nX: y': "v"}, PARTS, {'a"\r\nX: y': Encoding(content_type="text/plain\r\nEvil: 1")})
    assert b'name="a%22%0D%0AX: y"' in body
    assert b"\r\nEvil" not in body


@pytest.mark.parametrize("value", ["not base64!", "a", "ü", 7, None, ["aGk="]])
def test_what_is_not_base64_is_refused(value: Any) -> None:
    """With the argument's name, so that it is written again."""
    made = operation({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}})
    if value is None:
        assert made.plan.build({"body": None}).body is None
        return
    with pytest.raises(ToolInvalidInput, match="base64"):
        made.plan.build({"body": value})


def test_binary_and_text_are_sent_as_they_are() -> None:
    """Under the media type that the document names."""
    binary = operation({"image/*": {}}).plan.build({"body": "aGk="})
    assert (binary.body, binary.headers) == (b"hi", {"Content-Type": "application/octet-stream"})
    text = operation({"text/csv": {"schema": {"type": "string"}}}).plan.build({"body": "a,b\nü"})
    assert (text.body, text.headers) == ("a,b\nü".encode(), {"Content-Type": "text/csv"})
    number = operation({"text/plain": {"schema": {"type": "integer"}}})
    assert number.plan.build({"body": 5}).body == b"5"
    xml = operation({"application/xml": {"schema": {"type": "object", "properties": {"a": {}}}}})
    assert xml.parameters["properties"]["body"]["type"] == "string"


def test_lines_of_json_are_a_list() -> None:
    """As OpenAPI 3.2 describes them by their items."""
    made = operation({"application/jsonl": {"itemSchema": {"type": "object"}}}, version="3.2.0")
    assert made.parameters["properties"]["body"] == {"type": "array", "items": {"type": "object"}}
    assert made.plan.build({"body": [{"a": 1}, {"b": 2}]}).body == b'{"a":1}\n{"b":2}\n'
    assert write_body([1], "application/json-seq", {})[0] == b"\x1e1\n"


def test_of_several_kinds_the_simplest_is_taken() -> None:
    """JSON before a form, a form before parts, whatever stands first."""
    schema: dict[str, Any] = {"schema": {"properties": {"a": {}}}}
    assert (
        operation(
            {"image/png": {}, PARTS: schema, FORM: schema, "a/b+json": schema, "application/json": schema}
        ).plan.media_type
        == "application/json"
    )
    assert operation({PARTS: schema, FORM: schema}).plan.media_type == FORM
    assert operation({"text/plain": {}, PARTS: schema}).plan.media_type == PARTS


def test_a_form_that_cannot_be_taken_apart_is_one_object() -> None:
    """Its fields are written all the same."""
    schema: dict[str, Any] = {"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    made = operation({FORM: {"schema": schema}}).plan
    assert made.build({"body": {"a": "x", "b": [1, 2]}}).body == b"a=x&b=1&b=2"
    with pytest.raises(ToolInvalidInput, match="object"):
        made.build({"body": "a=x"})


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)


@given(st.dictionaries(texts.filter(bool), texts | st.integers() | st.lists(texts, min_size=1, max_size=3), max_size=4))
def test_a_form_decodes_back(fields: dict[str, Any]) -> None:
    """To the same names and values in the same order."""
    body, _ = write_body(fields, FORM, {})
    expected = [
        (name, str(v)) for name, value in fields.items() for v in (value if isinstance(value, list) else [value])
    ]
    assert parse_qsl(body.decode(), keep_blank_values=True) == expected


@given(
    st.dictionaries(
        st.text("abc[]-", min_size=1, max_size=5), texts | st.integers() | st.dictionaries(texts, texts), max_size=4
    )
)
def test_parts_decode_back(fields: dict[str, Any]) -> None:
    """An independent reader finds the same names and values."""
    body, content_type = write_body(fields, PARTS, {})
    found = [(name, data.decode()) for name, _, data in fields_of(body, content_type)]
    assert [name for name, _ in found] == list(fields)
    for (_, text), value in zip(found, fields.values(), strict=True):
        assert (json.loads(text) if isinstance(value, dict) else text) == (
            value if isinstance(value, dict) else str(value)
        )
