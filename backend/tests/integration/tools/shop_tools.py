"""Tools made of a small shop's document, with time limits that a test can wait for and no pause between attempts."""

from __future__ import annotations

from typing import Any

from app.agents.config import ApiSpec
from app.catalog.yaml_apis import yaml_api
from app.outgoing.client import OutgoingClient
from app.outgoing.retry import Retry
from app.tools.api_client import ApiLimits
from app.tools.openapi_tool import OpenApiTool
from tests.raw_http_server import ok

ORDER_ID = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
REASON = {"schema": {"properties": {"reason": {"type": "string"}}, "required": ["reason"]}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop"},
    "servers": [{"url": "/v1"}],
    "paths": {
        "/orders/{order_id}": {
            "parameters": [ORDER_ID],
            "get": {"operationId": "getOrder", "summary": "Look up an order", "description": "Where it is."},
            "delete": {"operationId": "delete_order", "summary": "Delete an order"},
        },
        "/orders/{order_id}/cancel": {
            "parameters": [ORDER_ID, KEY],
            "post": {
                "operationId": "cancel_order",
                "summary": "Cancel an order",
                "requestBody": {"required": True, "content": {"application/json": REASON}},
            },
        },
    },
}
ARGS = {"order_id": 1042, "reason": "too late"}
ORDER = ok(b'{"order_id": 1042, "status": "processing"}')


async def no_sleep(_: float) -> None:
    """Do not wait between attempts."""


def tools(http: OutgoingClient, base_url: str, document: dict[str, Any] = DOCUMENT) -> dict[str, OpenApiTool]:
    made = yaml_api(
        ApiSpec(name="shop", document="", base_url=base_url, limits=ApiLimits(read_seconds=0.3, write_seconds=0.3)),
        document,
        http=http,
        retry=Retry(sleep=no_sleep),
    )
    return {tool.spec.name: tool for tool in made.tools}
