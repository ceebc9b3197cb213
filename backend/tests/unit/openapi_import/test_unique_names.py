from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi_import.unique_names import MAX_API_NAME, free, name_of_source, slug, tool_names

NAMES = st.text("abc_", min_size=1, max_size=64)


class TestSlug:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("Heron Bank API", "heron_bank"),
            ("The API of Acme", "acme"),
            ("Petstore - OpenAPI 3.1", "petstore"),
            ("API", "api"),
            ("", "api"),
            ("日本語", "api"),
            ("A title that is far too long to be a name of anything", "a_title_that_is_far_too"),
        ],
    )
    def test_of_titles(self, text: str, name: str) -> None:
        """A name is made of the words that tell an API from others."""
        assert slug(text) == name

    @given(st.text(max_size=80))
    def test_is_always_a_legal_name(self, text: str) -> None:
        """Whatever a title holds, the name is one that agents.yaml could have too."""
        name = slug(text)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert len(name) <= MAX_API_NAME

    @pytest.mark.parametrize(
        ("kind", "source", "name"),
        [
            ("url", "https://api.acme-shop.com/v1/openapi.json", "acme_shop"),
            ("url", "http://127.0.0.1:8000/bank/openapi.json", "bank"),
            ("url", "http://localhost:8000/openapi.json", "api"),
            ("url", "http://[::1]:80/desk/openapi.json", "desk"),
            ("file", "billing.openapi.yaml", "billing"),
            ("text", "pasted text", "api"),
        ],
    )
    def test_of_sources(self, kind: str, source: str, name: str) -> None:
        """Before its title is known, an API is named for where it comes from."""
        assert name_of_source(kind, source) == name


class TestFree:
    def test_a_free_name_stays(self) -> None:
        """A name that nobody has is taken as it is."""
        assert free("bank", {"shop"}) == "bank"

    def test_a_taken_name_gets_a_number(self) -> None:
        """A name that is taken gets the first number that is free, and never grows beyond the limit."""
        assert free("bank", {"bank", "bank_2"}) == "bank_3"
        assert free("b" * 24, {"b" * 24}) == "b" * 22 + "_2"


class TestToolNames:
    def test_a_name_stays_over_imports(self) -> None:
        """An operation keeps its tool's name, whatever the new document would call it."""
        names = tool_names([("GET /a", "fetch_a")], before={"GET /a": "get_a"}, taken=set(), api="shop")
        assert names == {"GET /a": "get_a"}

    def test_a_name_of_another_api_is_prefixed(self) -> None:
        """Where another API has the name, the tool is told apart by its own API's name."""
        names = tool_names([("GET /orders", "list_orders")], before={}, taken={"list_orders"}, api="acme")
        assert names == {"GET /orders": "acme_list_orders"}

    def test_a_new_operation_never_takes_an_old_name(self) -> None:
        """The name of an operation that went is not given to another one in the same import."""
        names = tool_names([("GET /b", "get_a")], before={"GET /a": "get_a"}, taken=set(), api="shop")
        assert names == {"GET /b": "get_a_2"}

    @given(st.dictionaries(st.integers(), NAMES, max_size=8), st.dictionaries(st.integers(0, 4), NAMES), st.sets(NAMES))
    def test_are_legal_and_unique(self, wanted: dict[int, str], before: dict[int, str], taken: set[str]) -> None:
        """Names are unique, at most 64 characters long, and no name of another API is given anew."""
        old = {str(key): name for key, name in zip(before, dict.fromkeys(before.values()), strict=False)}
        names = tool_names([(str(key), name) for key, name in wanted.items()], before=old, taken=taken, api="shop")
        assert set(names) == {str(key) for key in wanted}
        assert len(set(names.values())) == len(names)
        assert all(1 <= len(name) <= 64 for name in names.values())
        assert all(name not in taken for key, name in names.items() if key not in old)
