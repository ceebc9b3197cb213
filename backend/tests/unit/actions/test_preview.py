"""The read that shows what a write would change."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from app.actions.ledger import Call
from app.actions.preview import preview_read
from app.tools.base import Access, ConsentRule, Effect, ToolSpec
from tests.fakes import tool_spec


def read(name: str, *required: str, **changes: Any) -> ToolSpec:
    schema = {"type": "object", "properties": {name: {} for name in required}, "required": list(required)}
    return tool_spec(name, **{"access": Access.READ, "schema": schema, "parameters": schema, **changes})


CANCEL = tool_spec("cancel_order", twin="get_order")
ARGS = {"order_id": "1042", "reason": "late"}
CALL = Call(thread_id="t1", run_id=uuid4(), call_id="c1", agent="orders", args=ARGS)


def test_is_the_reviewed_one() -> None:
    """It is the read that the label names, not one whose name only sounds like it."""
    known = [read("get_order", "order_id"), read("order_history", "order_id")]
    twin = preview_read(CALL, tool_spec(twin="order_history"), known, {})
    assert twin is not None
    assert twin.name == "order_history"
    assert preview_read(CALL, tool_spec(twin="gone"), known, {}) is None


def test_is_none_where_the_review_named_none() -> None:
    """A reviewer who took the read away does not get it back by a guess."""
    assert preview_read(CALL, tool_spec("cancel_order"), [read("get_order", "order_id")], {}) is None


@pytest.mark.parametrize(
    "other",
    [
        read("show_order", "order_id"),
        read("get_order", "number"),
        read("get_order", "order_id", access=Access.WRITE),
        read("get_order", "order_id", access=Access.UNKNOWN),
        read("get_order", "order_id", source="another"),
        read("get_order", "order_id", consent=ConsentRule.CUSTOMER),
        read("get_order", "order_id", effect=Effect.END),
        read("get_order", "order_id", "customer_id", bound={"customer_id": "sub"}),
    ],
)
def test_is_none_that_only_looks_like_it(other: ToolSpec) -> None:
    """What writes, needs consent, needs other values, or belongs to another API is never run."""
    assert preview_read(CALL, CANCEL, [other], {}) is None


def test_runs_as_the_customer() -> None:
    """What the read needs of the customer comes from their claims."""
    mine = read("get_order", "order_id", "customer_id", bound={"customer_id": "sub"})
    assert preview_read(CALL, CANCEL, [mine], {"sub": "c-7"}) is mine
