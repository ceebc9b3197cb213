"""A call's arguments become exactly one request, and no value leaves its place in it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ToolInvalidInput
from app.openapi.request import Argument, Place, RequestPlan, placeholders, written
from app.outgoing.message import OutgoingRequest

BASE = "https://api.example/v1/"


def argument(
    name: str, place: Place, style: str = "", *, explode: bool | None = None, as_json: bool = False
) -> Argument:
    style = style or ("form" if place in {Place.QUERY, Place.COOKIE} else "simple")
    exploded = style == "form" if explode is None else explode
    return Argument(name=name, wire_name=name, place=place, style=style, explode=exploded, as_json=as_json)


def build(path: str, *arguments: Argument, method: str = "GET", **args: Any) -> OutgoingRequest:
    return RequestPlan(method=method, base_url=BASE, path=path, arguments=arguments).build(args)


def in_path(value: Any, style: str = "simple", *, explode: bool = False) -> str:
    url = build("/x/{p}", argument("p", Place.PATH, style, explode=explode), p=value).url
    return url.removeprefix("https://api.example/v1/x/")


def in_query(value: Any, style: str = "form", *, explode: bool = True) -> str:
    return build("/x", argument("q", Place.QUERY, style, explode=explode), q=value).url.removeprefix(f"{BASE}x")


def test_a_request_has_its_parts_in_their_places() -> None:
    """Path, query, header and body, under the names that the target knows."""
    plan = RequestPlan(
        method="POST",
        base_url="https://api.example/v1",
        path="/orders/{order_id}/refunds",
        arguments=(
            argument("order_id", Place.PATH),
            argument("dry_run", Place.QUERY),
            argument("X-Reason", Place.HEADER),
            argument("amount", Place.FIELD),
            Argument(name="body_order_id", wire_name="order_id", place=Place.FIELD),
        ),
    )
    request = plan.build({"order_id": 1042, "dry_run": False, "X-Reason": "late", "amount": 5, "body_order_id": "x"})
    assert request == OutgoingRequest(
        method="POST",
        url="https://api.example/v1/orders/1042/refunds?dry_run=false",
        headers={"X-Reason": "late"},
        body={"amount": 5, "order_id": "x"},
    )


def test_what_is_not_given_is_not_sent() -> None:
    """Optional arguments leave no trace."""
    request = build("/x", argument("q", Place.QUERY), argument("X-A", Place.HEADER), argument("f", Place.FIELD))
    assert request.shown() == {"method": "GET", "url": f"{BASE}x"}


def test_a_required_body_is_sent_even_if_empty() -> None:
    """The target expects an object."""
    assert RequestPlan(method="POST", base_url=BASE, path="/x", body_required=True).build({}).body == {}


def test_a_whole_body_is_sent_as_it_is() -> None:
    """A list, a text, a number: whatever the schema allows."""
    assert build("/x", argument("body", Place.BODY), method="POST", body=[1, {"a": None}]).body == [1, {"a": None}]


def test_another_media_type_is_said() -> None:
    """Ordinary JSON goes without saying."""
    plan = RequestPlan(
        method="PATCH",
        base_url=BASE,
        path="/x",
        arguments=(argument("a", Place.FIELD),),
        media_type="application/merge-patch+json",
    )
    assert plan.build({"a": None}).headers == {"Content-Type": "application/merge-patch+json"}
    assert plan.build({}).headers == {}


def test_the_idempotency_key_goes_where_the_target_takes_it() -> None:
    """Only under the header that the document names, and only if there is a key."""
    takes = RequestPlan(method="POST", base_url=BASE, path="/x", key_header="Idempotency-Key")
    assert takes.build({}, idempotency_key="k-1").headers == {"Idempotency-Key": "k-1"}
    assert takes.build({}).headers == {}
    assert RequestPlan(method="POST", base_url=BASE, path="/x").build({}, idempotency_key="k-1").headers == {}


@pytest.mark.parametrize(
    ("value", "style", "explode", "expected"),
    [
        (1042, "simple", False, "1042"),
        (1042.0, "simple", False, "1042"),
        (True, "simple", False, "true"),
        ("a b&c?d#e", "simple", False, "a%20b%26c%3Fd%23e"),
        ("ü", "simple", False, "%C3%BC"),
        ([3, 4, 5], "simple", False, "3,4,5"),
        ([3, 4, 5], "simple", True, "3,4,5"),
        ({"role": "admin", "first": "Al"}, "simple", False, "role,admin,first,Al"),
        ({"role": "admin", "first": "Al"}, "simple", True, "role=admin,first=Al"),
        (5, "label", False, ".5"),
        ([3, 4], "label", False, ".3,4"),
        ([3, 4], "label", True, ".3.4"),
        ({"a": "x", "b": 1}, "label", True, ".a=x.b=1"),
        (5, "matrix", False, ";p=5"),
        ([3, 4], "matrix", False, ";p=3,4"),
        ([3, 4], "matrix", True, ";p=3;p=4"),
        ({"a": "x", "b": 1}, "matrix", False, ";p=a,x,b,1"),
        ({"a": "x", "b": 1}, "matrix", True, ";a=x;b=1"),
    ],
)
def test_path_styles_are_those_of_the_standard(value: Any, style: str, explode: bool, expected: str) -> None:
    """The examples of the OpenAPI specification, and percent-encoding of everything else."""
    assert in_path(value, style, explode=explode) == expected


@pytest.mark.parametrize(
    ("value", "style", "explode", "expected"),
    [
        ("a b", "form", True, "?q=a%20b"),
        ("", "form", True, "?q="),
        (None, "form", True, ""),
        (1.5, "form", True, "?q=1.5"),
        ([3, 4], "form", True, "?q=3&q=4"),
        ([3, 4], "form", False, "?q=3,4"),
        ([], "form", True, ""),
        ([], "form", False, ""),
        (["a,b", "c"], "form", False, "?q=a%2Cb,c"),
        ({"a": "x", "b": 1}, "form", True, "?a=x&b=1"),
        ({"a": "x", "b": 1}, "form", False, "?q=a,x,b,1"),
        ([3, 4], "spaceDelimited", False, "?q=3%204"),
        ([3, 4], "pipeDelimited", False, "?q=3%7C4"),
        ({"a": "x", "b": {"c": [1, 2]}}, "deepObject", True, "?q%5Ba%5D=x&q%5Bb%5D%5Bc%5D=1&q%5Bb%5D%5Bc%5D=2"),
    ],
)
def test_query_styles_are_those_of_the_standard(value: Any, style: str, explode: bool, expected: str) -> None:
    """Lists and objects in every style that a query has."""
    assert in_query(value, style, explode=explode) == expected


def test_a_parameter_with_json_content_is_json() -> None:
    """In the path, the query and a header."""
    where: Any = {"a": [1, "ü"]}
    asked = build("/x", argument("q", Place.QUERY, as_json=True), q=where)
    assert json.loads(dict(parse_qsl(urlsplit(asked.url).query))["q"]) == where
    assert build("/x", argument("X-Q", Place.HEADER, as_json=True), **{"X-Q": where}).headers == {
        "X-Q": '{"a": [1, "\\u00fc"]}'
    }
    assert unquote(build("/{p}", argument("p", Place.PATH, as_json=True), p=["a"]).url).endswith('/["a"]')


def test_cookies_go_into_one_header() -> None:
    """Encoded, so that no value can add another."""
    request = build("/x", argument("a", Place.COOKIE), argument("b", Place.COOKIE), a="1; c=2", b=[1, 2])
    assert request.headers == {"Cookie": "a=1%3B%20c%3D2; b=1&b=2"}


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "../admin", "a/b", "a\\b", "..\\x", "%2e%2e", "%2E%2e%2Fadmin", "%252e%252e", "a%2fb", "a%5cb",
     "a\nb", "a\r\nX: y", "a\x00", "%00", "%0d%0a", "%" + "25" * 9 + "2e",
     None, [], ["a", ".."], ["a/b"], {"a": "/"}, {"..": "a"}],
)  # fmt: skip
def test_a_value_that_could_lead_elsewhere_is_refused(value: Any) -> None:
    """No traversal, however often it is decoded on its way, no empty segment, no control characters."""
    with pytest.raises(ToolInvalidInput, match="p: this value cannot stand in an address"):
        in_path(value)


def test_parts_that_only_together_lead_elsewhere_are_refused() -> None:
    """What counts is the finished segment."""
    dots = (argument("a", Place.PATH), argument("b", Place.PATH))
    with pytest.raises(ToolInvalidInput):
        build("/x/.{a}", argument("a", Place.PATH), a=".")
    with pytest.raises(ToolInvalidInput):
        build("/x/{missing}", *dots)
    assert build("/x/{a}.{b}", *dots, a="report", b="csv").url == f"{BASE}x/report.csv"


def test_what_the_documents_path_says_itself_stays() -> None:
    """A trailing slash, a colon; what a path cannot hold is encoded."""
    assert build("/a/{p}:cancel/", argument("p", Place.PATH), p=1).url == f"{BASE}a/1:cancel/"
    assert build("/a b").url == f"{BASE}a%20b"
    assert build("/a?action=list#d").url == f"{BASE}a?action=list"
    assert build("/a?b=c", argument("q", Place.QUERY), q=1).url == f"{BASE}a?b=c&q=1"
    assert placeholders("/a/{b}/{c}.{d}") == ["b", "c", "d"]


@pytest.mark.parametrize("value", ["a\r\nX-Admin: 1", "a\nb", "a\x00b", "ü", "\x7f", ["a\n"]])
def test_a_header_cannot_be_left(value: Any) -> None:
    """No value can add a header."""
    with pytest.raises(ToolInvalidInput, match="X-A"):
        build("/x", argument("X-A", Place.HEADER), **{"X-A": value})


@pytest.mark.parametrize("place", [Place.PATH, Place.QUERY])
def test_text_that_is_no_text_is_refused(place: Place) -> None:
    """A lone surrogate cannot be sent."""
    with pytest.raises(ToolInvalidInput):
        build("/{p}" if place is Place.PATH else "/x", argument("p", place), p="a\ud800")


segments = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1).filter(
    lambda text: text not in {".", ".."} and "%" not in text
)
texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text("abcdefghijklmnop_[]-", min_size=1, max_size=8)


@given(segments, segments)
def test_path_values_decode_back(first: str, second: str) -> None:
    """Each value is exactly one segment, and what the target decodes is what was given."""
    both = (argument("a", Place.PATH), argument("b", Place.PATH))
    url = build("/x/{a}/y/{b}", *both, a=first, b=second).url
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "api.example", "", "")
    assert [unquote(part) for part in parts.path.split("/")] == ["", "v1", "x", first, "y", second]


@given(
    st.dictionaries(names, texts | st.lists(texts, min_size=1, max_size=3) | st.integers() | st.booleans(), max_size=4)
)
def test_query_values_decode_back(values: dict[str, Any]) -> None:
    """What the target reads from the query is what was given, and nothing else."""
    plan = tuple(argument(name, Place.QUERY) for name in values)
    url = RequestPlan(method="GET", base_url=BASE, path="/x", arguments=plan).build(values).url
    expected = [(name, written(item)) for name, v in values.items() for item in (v if isinstance(v, list) else [v])]
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == expected
    assert url.isascii()


@given(st.text())
def test_no_path_value_ever_leaves_its_segment(value: str) -> None:
    """Whatever a model writes: refused, or one segment that no decoding turns into another place."""
    try:
        path = urlsplit(build("/x/{p}", argument("p", Place.PATH), p=value).url).path
    except ToolInvalidInput:
        return
    for _ in range(3):
        assert path.count("/") == 3
        assert not {"", ".", ".."} & set(path.split("/")[1:])
        path = unquote(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)


@given(json_values)
def test_a_request_is_built_or_refused_whatever_the_values(value: Any) -> None:
    """Never another error, in any style."""
    for style in ("simple", "label", "matrix"):
        with suppress(ToolInvalidInput):
            assert in_path(value, style, explode=True).isascii()
    for style in ("form", "deepObject", "pipeDelimited"):
        assert in_query(value, style).isascii()


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_are_written_so_that_they_read_the_same(value: float) -> None:
    """Without a fraction where there is none."""
    assert float(written(value)) == float(value)
