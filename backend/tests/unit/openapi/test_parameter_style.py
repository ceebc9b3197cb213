"""Every style of the standard, value by value: what is written is what RFC 6570 and OpenAPI say."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ToolInvalidInput
from app.openapi.api import read_api
from app.openapi.parameter_style import encoded, in_path, in_query, written

LIST = ["red", "green", "blue"]
OBJECT = {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("style", "explode", "text", "items", "parts"),
    [
        ("matrix", False, ";c=red", ";c=red,green,blue", ";c=R,100,G,200,B,150"),
        ("matrix", True, ";c=red", ";c=red;c=green;c=blue", ";R=100;G=200;B=150"),
        ("label", False, ".red", ".red,green,blue", ".R,100,G,200,B,150"),
        ("label", True, ".red", ".red.green.blue", ".R=100.G=200.B=150"),
        ("simple", False, "red", "red,green,blue", "R,100,G,200,B,150"),
        ("simple", True, "red", "red,green,blue", "R=100,G=200,B=150"),
    ],
)
def test_path_styles(style: str, explode: bool, text: str, items: str, parts: str) -> None:
    """A value, a list and an object in each."""
    assert [in_path("c", value, style=style, explode=explode) for value in ("red", LIST, OBJECT)] == [
        text,
        items,
        parts,
    ]


@pytest.mark.parametrize(
    ("style", "explode", "items", "parts"),
    [
        ("form", False, "c=red,green,blue", "c=R,100,G,200,B,150"),
        ("form", True, "c=red&c=green&c=blue", "R=100&G=200&B=150"),
        ("spaceDelimited", False, "c=red%20green%20blue", "c=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, "c=red%7Cgreen%7Cblue", "c=R%7C100%7CG%7C200%7CB%7C150"),
        ("spaceDelimited", True, "c=red&c=green&c=blue", "R=100&G=200&B=150"),
        ("deepObject", True, "c=red&c=green&c=blue", "c%5BR%5D=100&c%5BG%5D=200&c%5BB%5D=150"),
        ("deepObject", False, "c=red&c=green&c=blue", "c%5BR%5D=100&c%5BG%5D=200&c%5BB%5D=150"),
    ],
)
def test_query_styles(style: str, explode: bool, items: str, parts: str) -> None:
    """A list and an object in each."""
    assert ["&".join(in_query("c", value, style=style, explode=explode)) for value in (LIST, OBJECT)] == [items, parts]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ["c="]),
        (None, []),
        ([], []),
        ({}, []),
        ([None], ["c="]),
        (True, ["c=true"]),
        (1.0, ["c=1"]),
        (0.1, ["c=0.1"]),
        ("a&b=c#d e+f%/ü", ["c=a%26b%3Dc%23d%20e%2Bf%25%2F%C3%BC"]),
        (["a,b", "c"], ["c=a%2Cb", "c=c"]),
    ],
)
def test_values_in_a_query(value: Any, expected: list[str]) -> None:
    """What is empty, what is nothing, and what must be encoded."""
    assert in_query("c", value, style="form", explode=True) == expected


def test_reserved_characters_stay_where_that_is_allowed() -> None:
    """All but those that would end or part the query."""
    assert encoded("https://a.b/c?d=e&f#g[h]+i", reserved=True) == "https://a.b/c?d=e%26f%23g%5Bh%5D%2Bi"


def asked(parameter: dict[str, Any], value: Any, *, version: str = "3.2.0") -> Any:
    """Return the request that an API's only operation makes of a parameter's value."""
    paths = {"/x": {"get": {"parameters": [{"name": "c", **parameter}]}}}
    (operation,) = read_api({"openapi": version, "paths": paths}).operations
    return operation.plan.build({"c": value})


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ({"in": "header"}, LIST, {"c": "red,green,blue"}),
        ({"in": "header"}, OBJECT, {"c": "R,100,G,200,B,150"}),
        ({"in": "header", "explode": True}, OBJECT, {"c": "R=100,G=200,B=150"}),
        ({"in": "header"}, "a b/c", {"c": "a b/c"}),
        ({"in": "cookie"}, "a b", {"Cookie": "c=a%20b"}),
        ({"in": "cookie", "explode": False}, LIST, {"Cookie": "c=red,green,blue"}),
        ({"in": "cookie"}, LIST, {"Cookie": "c=red&c=green&c=blue"}),
        ({"in": "cookie", "style": "cookie"}, LIST, {"Cookie": "c=red; c=green; c=blue"}),
        ({"in": "cookie", "style": "cookie"}, OBJECT, {"Cookie": "R=100; G=200; B=150"}),
        ({"in": "cookie", "style": "cookie", "explode": False}, LIST, {"Cookie": "c=red,green,blue"}),
        ({"in": "cookie", "style": "cookie"}, "a%20b", {"Cookie": "c=a%20b"}),
        ({"in": "cookie"}, [], {}),
        ({"in": "cookie", "content": {"application/json": {}}}, [1], {"Cookie": "c=%5B1%5D"}),
        ({"in": "header", "content": {"text/plain": {}}}, "x", {"c": "x"}),
    ],
)
def test_headers_and_cookies(parameter: dict[str, Any], value: Any, expected: dict[str, str]) -> None:
    """Headers are written plainly; cookies encoded, or as they are in the style of that name."""
    assert asked(parameter, value).headers == expected


@pytest.mark.parametrize("value", ["a;b", "a b", 'a"b', "a\r\nb", "ü", {"a;b": "c;"}])
def test_a_cookie_cannot_be_left(value: Any) -> None:
    """No value can add another cookie."""
    with pytest.raises(ToolInvalidInput, match="cookie"):
        asked({"in": "cookie", "style": "cookie"}, value)


@pytest.mark.parametrize(
    ("content", "value", "query"),
    [
        ({"application/x-www-form-urlencoded": {}}, {"a": "x y", "b": [1, 2]}, "?a=x%20y&b=1&b=2"),
        ({"application/json": {}}, {"a": [1]}, "?%7B%22a%22%3A%5B1%5D%7D"),
        ({"text/plain": {}}, "a&b", "?a%26b"),
    ],
)
def test_a_parameter_may_be_the_whole_query(content: dict[str, Any], value: Any, query: str) -> None:
    """As OpenAPI 3.2 has it."""
    assert asked({"in": "querystring", "content": content}, value).url.endswith(f"x{query}")


def test_a_query_parameter_may_hold_json() -> None:
    """Encoded whole."""
    assert asked({"in": "query", "content": {"application/json": {}}}, {"a": 1}).url.endswith("?c=%7B%22a%22%3A1%7D")


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
scalars = texts | st.integers() | st.booleans()


@given(
    st.lists(scalars, min_size=1, max_size=4),
    st.sampled_from([("form", ","), ("spaceDelimited", "%20"), ("pipeDelimited", "%7C")]),
)
def test_a_list_in_one_value_decodes_back(items: list[Any], style: tuple[str, str]) -> None:
    """Its separator never stands in an entry, because entries are encoded."""
    (part,) = in_query("c", items, style=style[0], explode=False)
    inner = part.removeprefix("c=")
    if style[0] == "form":
        assert [unquote(piece) for piece in inner.split(",")] == [written(item) for item in items]
    else:
        assert unquote(inner) == unquote(style[1]).join(written(item) for item in items)


@given(st.dictionaries(texts, scalars, min_size=1, max_size=4))
def test_an_exploded_object_decodes_back(value: dict[str, Any]) -> None:
    """Each property is a parameter of its own."""
    parts = in_query("c", value, style="form", explode=True)
    assert parse_qsl("&".join(parts), keep_blank_values=True) == [(key, written(item)) for key, item in value.items()]


@given(st.dictionaries(texts.filter(lambda key: "]" not in key), scalars, min_size=1, max_size=4))
def test_a_deep_object_decodes_back(value: dict[str, Any]) -> None:
    """Each property is named in brackets."""
    parts = in_query("c", value, style="deepObject", explode=True)
    assert parse_qsl("&".join(parts), keep_blank_values=True) == [
        (f"c[{key}]", written(item)) for key, item in value.items()
    ]
