"""Operations have names that every provider takes, and keep them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi.document import Operation
from app.openapi.tool_names import MAX_NAME_CHARS, legal_name, name_operations


def operation(method: str = "GET", path: str = "/x", operation_id: str = "") -> Operation:
    return Operation(method=method, path=path, operation_id=operation_id)


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


def test_a_name_begins_with_a_letter() -> None:
    """Some providers want it so."""
    assert name_operations([operation("GET", "/a", "2faLogin")]) == ["op_2fa_login"]
