"""The live set of tools: who is in it, who is found, and who hears of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import ConfigMistake, ToolUnknown
from app.tools.base import Access, OutcomeStatus, OutgoingRequest, ToolOutcome, ToolSpec
from app.tools.registry import ToolRegistry


class Named:
    """A tool of which only the name matters."""

    def __init__(self, name: str) -> None:
        self.spec = ToolSpec(
            name=name,
            title=name,
            description="",
            access=Access.READ,
            parameters={},
            schema={},
            source="any",
            target="",
            version="1",
        )

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        return None

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        return ToolOutcome(status=OutcomeStatus.SUCCEEDED, summary="")


def named(*names: str) -> list[Named]:
    return [Named(name) for name in names]


def selected(registry: ToolRegistry, *patterns: str) -> list[str]:
    return [tool.spec.name for tool in registry.select(patterns)]


@pytest.fixture
def registry() -> ToolRegistry:
    made = ToolRegistry()
    made.replace("shop", named("get_order", "cancel_order", "list_orders"))
    made.replace("bank", named("get_account", "cancel_card"))
    return made


def test_an_empty_registry_has_no_tools() -> None:
    """It begins at version 0 with nothing in it."""
    registry = ToolRegistry()
    assert (registry.version, registry.names, registry.select(["*"])) == (0, (), [])


def test_the_name_that_agents_hand_over_with_is_taken(registry: ToolRegistry) -> None:
    """A tool that the graph would never call is refused with its name, and nothing changes."""
    with pytest.raises(ConfigMistake, match="'transfer_to_agent' of crm is a reserved name"):
        registry.replace("crm", named("transfer_to_agent"))
    assert "transfer_to_agent" not in registry.names


def test_a_tool_is_found_by_its_name(registry: ToolRegistry) -> None:
    """The name leads to the tool."""
    assert registry.get("cancel_card").spec.name == "cancel_card"


@pytest.mark.parametrize("name", ["", "refund", "shop.get_order", "GET_ORDER", "get_order "])
def test_an_invented_tool_is_unknown(registry: ToolRegistry, name: str) -> None:
    """A name that is not exactly a tool's is nobody's."""
    with pytest.raises(ToolUnknown) as caught:
        registry.get(name)
    assert caught.value.code == "tool_unknown"


def test_an_endless_invented_name_is_cut_in_the_message(registry: ToolRegistry) -> None:
    """What a model invents does not flood the log."""
    with pytest.raises(ToolUnknown) as caught:
        registry.get("x" * 10_000)
    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["get_order"], ["get_order"]),
        (["shop.*"], ["get_order", "cancel_order", "list_orders"]),
        (["shop.cancel_*"], ["cancel_order"]),
        (["cancel_*"], ["cancel_order", "cancel_card"]),
        (["bank.get_account", "shop.get_order"], ["get_order", "get_account"]),
        (["get_order", "get_*", "*"], ["get_order", "cancel_order", "list_orders", "get_account", "cancel_card"]),
        (["nothing", "SHOP.*"], []),
        ([], []),
    ],
)
def test_patterns_name_tools(registry: ToolRegistry, patterns: list[str], names: list[str]) -> None:
    """Names and globs, with and without their source; each tool once, always in the registry's order."""
    assert selected(registry, *patterns) == names


def test_replacing_a_source_replaces_all_of_it(registry: ToolRegistry) -> None:
    """What a source no longer has is gone, the others stay, and its place in the order stays."""
    registry.replace("shop", named("get_order", "track_parcel"))
    assert registry.names == ("get_order", "track_parcel", "get_account", "cancel_card")
    with pytest.raises(ToolUnknown):
        registry.get("cancel_order")


def test_replacing_a_source_with_nothing_removes_it(registry: ToolRegistry) -> None:
    """A withdrawn API leaves no tool behind."""
    registry.replace("bank", [])
    assert selected(registry, "*") == ["get_order", "cancel_order", "list_orders"]
    assert selected(registry, "bank.*") == []


def test_removing_a_source_that_was_never_there_is_no_mistake() -> None:
    """Withdrawing twice is as good as once."""
    registry = ToolRegistry()
    registry.replace("shop", [])
    assert registry.names == ()


def test_a_name_of_another_source_is_refused_and_changes_nothing(registry: ToolRegistry) -> None:
    """Two tools of one name would be one too many: both sources are named."""
    before = (registry.version, registry.names)
    with pytest.raises(ConfigMistake, match=r"shop.*crm.*'get_order'"):
        registry.replace("crm", named("new", "get_order"))
    assert (registry.version, registry.names) == before


def test_a_name_twice_in_one_source_is_refused() -> None:
    """Also within a source a name is unique."""
    with pytest.raises(ConfigMistake, match="'a'"):
        ToolRegistry().replace("shop", named("a", "a"))


@pytest.mark.parametrize("name", ["", "a b", "a.b", "ä", "a" * 65, "a/b", "a\n"])
def test_a_name_that_models_cannot_call_is_refused(name: str) -> None:
    """Only what every provider accepts is a tool's name."""
    with pytest.raises(ConfigMistake, match="1 to 64"):
        ToolRegistry().replace("shop", named(name))


@pytest.mark.parametrize("name", ["a", "A-b_1", "a" * 64])
def test_a_legal_name_is_taken(name: str) -> None:
    """Letters, digits, underscore and hyphen, up to 64."""
    registry = ToolRegistry()
    registry.replace("shop", named(name))
    assert registry.names == (name,)


def test_a_selection_that_was_made_does_not_change(registry: ToolRegistry) -> None:
    """Whoever holds the old set goes on with it."""
    old = registry.select(["shop.*"])
    registry.replace("shop", [])
    assert len(old) == 3
