"""An operation is stored as JSON and read back as it was."""

from __future__ import annotations

import json

from app.openapi.operation import ArgumentInfo, Note, OperationDefinition, SecurityNeed, without
from app.openapi.request import Argument, Place, RequestPlan


def definition() -> OperationDefinition:
    return OperationDefinition(
        key="GET /orders/{id}",
        method="GET",
        path="/orders/{id}",
        operation_id="getOrder",
        name="get_order",
        title="Get an order",
        summary="Get an order",
        description="Get an order by its number.",
        plan=RequestPlan(
            method="GET",
            base_url="https://api.example",
            path="/orders/{id}",
            arguments=(
                Argument(name="id", wire_name="id", place=Place.PATH),
                Argument(name="fields", wire_name="fields", place=Place.QUERY, style="form", explode=True),
            ),
            key_header="Idempotency-Key",
        ),
        schema={"type": "object", "properties": {"id": {}, "fields": {}}, "required": ["id"]},
        parameters={"type": "object", "properties": {"id": {}, "fields": {}}, "required": ["id"]},
        tokens=40,
        tags=("orders",),
        deprecated=True,
        security=((SecurityNeed(scheme="oauth", scopes=("read", "write")),), ()),
        extensions={"x-risk": "low"},
        response={"type": "object"},
        arguments=(
            ArgumentInfo(name="id", wire_name="id", place="path", required=True, type="string", description="Its id."),
        ),
        warnings=(Note(place="GET /orders/{id}", message="It has no summary."),),
    )


def test_a_definition_is_read_back_as_it_was() -> None:
    """Through JSON, with all that belongs to it."""
    stored = json.loads(json.dumps(definition().to_json()))
    assert OperationDefinition.from_json(stored) == definition()


def test_a_plan_leaves_out_what_is_as_usual() -> None:
    """A stored plan is as small as the operation is plain."""
    assert RequestPlan(method="GET", base_url="https://api.example", path="/x").to_json() == {
        "method": "GET",
        "base_url": "https://api.example",
        "path": "/x",
        "arguments": [],
    }


def test_bound_arguments_are_not_shown_to_the_model() -> None:
    """Neither as a property nor as something that is required."""
    assert without(definition(), {"id"}) == {"type": "object", "properties": {"fields": {}}, "required": []}
