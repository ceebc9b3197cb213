"""Fakes of two tools of a shop: one cancels an order, one looks it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.errors import ToolInvalidInput
from app.tools.base import Access, OutcomeStatus, OutgoingRequest, ToolOutcome, ToolSpec

if TYPE_CHECKING:
    from collections.abc import Mapping


pytestmark = pytest.mark.integration


class FakeCancelOrder:
    """Cancels one order, and knows which orders there are."""

    spec = ToolSpec(
        name="cancel_order",
        title="Cancel",
        description="Cancels an order.",
        access=Access.WRITE,
        parameters={"type": "object"},
        schema={"type": "object"},
        source="shop",
        target="shop",
        version="1",
        twin="get_order",
    )

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        if not isinstance(args.get("order_id"), int):
            raise ToolInvalidInput("order_id: a number is needed.", field="order_id")
        return OutgoingRequest(method="POST", url=f"https://shop.example/orders/{args['order_id']}/cancel")

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        raise AssertionError("an answer to an approval runs no tool by itself")


class FakeGetOrder:
    """Looks an order up, and remembers for which values."""

    spec = ToolSpec(
        name="get_order",
        title="Look up an order",
        description="Shows an order.",
        access=Access.READ,
        parameters={"type": "object"},
        schema={"type": "object", "properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
        source="shop",
        target="shop",
        version="1",
    )

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.outcome = ToolOutcome(
            status=OutcomeStatus.SUCCEEDED, summary="Order 1042 is open.", data={"status": "open"}
        )

    def preview(self, args: Mapping[str, Any]) -> OutgoingRequest | None:
        return None

    async def run(self, args: Mapping[str, Any], *, idempotency_key: str | None = None) -> ToolOutcome:
        self.asked.append(dict(args))
        return self.outcome
