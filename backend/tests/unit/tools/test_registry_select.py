from __future__ import annotations

from app.tools.registry import ToolRegistry
from tests.fakes import FakeTool, tool_spec


def names(registry: ToolRegistry, *patterns: str) -> list[str]:
    return [tool.spec.name for tool in registry.select(patterns)]


def test_names_and_patterns_can_stand_side_by_side() -> None:
    """A tool is found by its name, by its source and name, or by a pattern of either, once."""
    registry = ToolRegistry()
    tools = [FakeTool(spec=tool_spec(name=name)) for name in ("get_order", "cancel_order", "get_bill")]
    registry.replace("shop", tools)
    assert names(registry, "get_order") == ["get_order"]
    assert names(registry, "shop.cancel_order") == ["cancel_order"]
    assert names(registry, "get_*", "get_order", "shop.get_?rder") == ["get_order", "get_bill"]
    assert names(registry, "shop.[gc]*_order") == ["get_order", "cancel_order"]
    assert names(registry, "order", "bank.get_order") == []
