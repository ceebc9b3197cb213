from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import pytest

from app.agents.config import AGENT_NAME, RESERVED_NAMES
from app.openapi_import.classify.agent_groups import MAX_AGENTS, OTHER, propose_agents
from app.openapi_import.classify.rules import classify
from tests.unit.openapi_import.documents import A_LIST, api, operation

GET: dict[str, Any] = {"get": operation(answer=A_LIST)}


def agents(*paths: str, tags: Sequence[str] = ()) -> dict[str, str]:
    """Return the agent of each path's GET; `tags` are those of the first paths."""
    item = {}
    for path, tag in zip_longest(paths, tags):
        tagged: dict[str, Any] = {"tags": [tag]} if tag else {}
        item[path] = {"get": operation(answer=A_LIST, **tagged)}
    read = api(item)
    return {one.path: label.agent for one, label in zip(read.operations, classify(read), strict=True)}


@pytest.mark.parametrize(
    ("path", "agent"),
    [
        ("/orders/{id}", "orders"),
        ("/v1/carts", "orders"),
        ("/order-edits/{id}", "orders"),
        ("/refunds", "payments"),
        ("/payment-collections", "payments"),
        ("/return-reasons", "returns"),
        ("/customers/{id}/addresses", "customers"),
        ("/products/{id}/variants", "catalog"),
        ("/price-lists", "promotions"),
        ("/stock-locations", "inventory"),
        ("/shipping-options", "shipping"),
        ("/tax-rates", "settings"),
        ("/auth/session", "access"),
        ("/tickets/{id}/comments", "tickets"),
        ("/pets/{id}", "pets"),
        ("/", "other"),
        ("/{id}", "other"),
    ],
)
def test_what_support_speaks_of_has_a_family(path: str, agent: str) -> None:
    """Everyday things have names that teams would give; others are named for where they are."""
    assert agents(path)[path] == agent


def test_a_common_beginning_is_no_subject() -> None:
    """/shopfront/… before everything says nothing."""
    assert agents("/shopfront/pets", "/shopfront/owners", "/shopfront/vets") == {
        "/shopfront/pets": "pets",
        "/shopfront/owners": "owners",
        "/shopfront/vets": "vets",
    }


def test_tags_sort_where_nearly_everything_has_one() -> None:
    """A tag is what the makers of an API group by."""
    found = agents("/a/{id}", "/b/{id}", tags=["Pull Requests", "Orders of customers"])
    assert found == {"/a/{id}": "pull_requests", "/b/{id}": "orders"}


def test_one_tag_for_all_sorts_nothing() -> None:
    """Then the paths do."""
    assert agents("/pets", "/owners", tags=["api", "api"]) == {"/pets": "pets", "/owners": "owners"}


def test_a_large_api_gets_few_agents() -> None:
    """The largest groups stay, the rest is one agent's."""
    paths = [f"/{thing}s/{part}" for thing in "abcdefghijklmnopqrst" for part in ("x", "y", thing * 3)]
    names = [f"/thing{word}s/{part}" for word in "abcdefghijklmnopqrst" for part in ("one", "two")]
    found = agents(*paths, *names)
    assert len(set(found.values())) <= MAX_AGENTS
    assert OTHER in found.values()


def test_groups_are_the_same_at_every_import() -> None:
    """The order of the operations does not matter, nor does one more of them."""
    paths = ["/orders", "/pets", "/refunds", "/owners", "/customers"]
    assert agents(*paths) == agents(*reversed(paths))
    more = agents(*paths, "/orders/{id}/notes")
    assert {path: more[path] for path in paths} == agents(*paths)


@pytest.mark.parametrize(
    "tag", ["Router", "tools", "SUPERVISOR", "General", "other", "Größe", "1234", "日本語", "a" * 200, "--"]
)
def test_a_name_is_always_legal(tag: str) -> None:
    """Whatever a tag is, the agent's name can be one."""
    for name in agents("/a", "/b", tags=[tag, "zebras"]).values():
        assert AGENT_NAME.fullmatch(name)
        assert name not in RESERVED_NAMES
        assert len(name) <= 45


def test_an_agent_may_write_where_it_holds_a_write() -> None:
    """One that only looks things up cannot do more."""
    read = api({"/orders": GET, "/pets": {**GET, "post": operation()}, "/pets/{id}": GET})
    proposed = propose_agents(read, classify(read))
    assert [(one.name, one.title, one.permission) for one in proposed] == [
        ("pets", "Pets", "write"),
        ("orders", "Orders", "read"),
    ]


def test_an_agent_is_described_by_what_it_holds() -> None:
    """The router can tell agents apart by the things that they look after."""
    read = api({"/orders/{id}/line-items": GET, "/orders/{id}/changes": GET, "/orders": GET})
    (agent,) = propose_agents(read, classify(read))
    assert agent.description == "Looks after orders, carts and what is in them: changes, items."


def test_no_operations_need_no_agents() -> None:
    """Nothing to look after."""
    assert propose_agents(api({}), []) == []


def test_a_small_api_gets_very_few_agents() -> None:
    """Fifteen operations of a shop are asked for by one person in one breath: three agents at most."""
    things = ("orders", "returns", "payments", "shipments", "customers", "subscriptions", "products", "coupons")
    found = agents(*(f"/{thing}" for thing in things), *(f"/{thing}/{{id}}" for thing in things[:7]))
    assert set(found.values()) == {"orders", "customers", "catalog"}
    assert found["/returns/{id}"] == "orders"
