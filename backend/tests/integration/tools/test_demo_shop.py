"""The demo's own documents become tools that act on the demo's services, at most once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from app.agents.config import ApiSpec
from app.catalog.yaml_apis import yaml_api
from app.openapi.fetch import fetch_document
from app.outgoing.client import OutgoingClient
from app.outgoing.retry import Retry
from app.tools.api_client import ApiLimits
from app.tools.base import Access, OutcomeStatus
from app.tools.openapi_tool import OpenApiTool
from app.tools.registry import ToolRegistry
from demo_apis.app import create_app

pytestmark = pytest.mark.integration

CANCEL = {"order_id": 1042, "reason": "Bought by mistake."}


async def no_sleep(_: float) -> None:
    """Do not wait between attempts."""


class Demo:
    """The demo's services, the tools made from their documents, and what took effect."""

    def __init__(self, client: TestClient[Any, Any], http: OutgoingClient) -> None:
        self.client = client
        self.http = http

    async def document(self, service: str) -> tuple[str, Any]:
        address = str(self.client.make_url(f"/{service}/openapi.json"))
        return address, await fetch_document(address, http=self.http)

    async def tools(self, service: str = "shop") -> dict[str, OpenApiTool]:
        address, document = await self.document(service)
        made = yaml_api(
            ApiSpec(name=service, document=address, limits=ApiLimits(read_seconds=5, write_seconds=5)),
            document,
            http=self.http,
            source=address,
            retry=Retry(sleep=no_sleep),
        )
        return {tool.spec.name: tool for tool in made.tools}

    async def switch(self, **switches: Any) -> None:
        async with self.client.put("/shop/_control", json=switches) as answer:
            assert answer.status == 200

    async def applied(self) -> int:
        """How many requests took effect in the shop."""
        async with self.client.get("/shop/_control") as answer:
            return int((await answer.json())["applied"])


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    app = create_app(data=tmp_path, control=True)
    async with TestClient(TestServer(app)) as client, OutgoingClient(allow=["127.0.0.1"]) as http:
        yield Demo(client, http)


async def test_every_operation_of_the_demo_is_a_tool(demo: Demo) -> None:
    """None is left out, all names are unique, and every write takes an idempotency key."""
    registry = ToolRegistry()
    for service in ("shop", "saas", "bank"):
        tools = await demo.tools(service)
        _, document = await demo.document(service)
        operations = [method for item in document["paths"].values() for method in item if method != "parameters"]
        assert len(tools) == len(operations)
        assert all(tool._plan.key_header for tool in tools.values() if tool.spec.access is not Access.READ)
        registry.replace(service, list(tools.values()))
    assert len(registry.names) > 20


async def test_an_order_is_looked_up(demo: Demo) -> None:
    """With a real request to the shop."""
    outcome = await (await demo.tools())["get_order"].run({"order_id": 1042})
    assert outcome.ok
    assert outcome.data["order_id"] == 1042
    assert "order id 1042" in outcome.summary


async def test_an_order_that_is_not_there_is_said_by_the_shop(demo: Demo) -> None:
    """In its own words."""
    outcome = await (await demo.tools())["get_order"].run({"order_id": 9_999_999})
    assert (outcome.status, outcome.http_status, outcome.error) == (OutcomeStatus.FAILED, 404, "tool_invalid_input")
    assert "9999999" in outcome.summary


async def test_an_order_is_cancelled_once(demo: Demo) -> None:
    """The shop's own state changes; the same key again changes nothing more."""
    tools = await demo.tools()
    first = await tools["cancel_order"].run(CANCEL, idempotency_key="action-1")
    again = await tools["cancel_order"].run(CANCEL, idempotency_key="action-1")
    assert (first.ok, again.ok) == (True, True)
    assert (await tools["get_order"].run({"order_id": 1042})).data["status"] == "cancelled"
    assert await demo.applied() == 1


@pytest.mark.parametrize(
    "switches",
    [
        {"fail_next": 1, "fail_status": 503, "fail_when": "before"},
        {"fail_next": 1, "fail_status": 503, "fail_when": "after"},
        {"fail_next": 1, "fail_status": 502, "fail_when": "after"},
        {"fail_next": 1, "fail_status": 429, "fail_when": "before"},
    ],
)
async def test_with_its_key_a_hiccup_does_not_cancel_twice(demo: Demo, switches: dict[str, Any]) -> None:
    """Whether the shop failed before or after it acted: it acts once, and the outcome is known."""
    cancel = (await demo.tools())["cancel_order"]
    await demo.switch(**switches)
    outcome = await cancel.run(CANCEL, idempotency_key="action-1")
    assert outcome.ok
    assert outcome.retries == 1
    assert await demo.applied() == 1


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
async def test_a_shop_that_hangs_up_leaves_it_unknown(demo: Demo, when: str, effects: int) -> None:
    """From outside nobody can tell whether it acted, so nobody claims to know."""
    cancel = (await demo.tools())["cancel_order"]
    await demo.switch(drop_connection=when)
    outcome = await cancel.run(CANCEL, idempotency_key="action-1")
    assert outcome.status is OutcomeStatus.UNKNOWN
    assert await demo.applied() == effects


async def test_without_a_key_a_shop_that_hangs_up_is_asked_once(demo: Demo) -> None:
    """Trying again could do it twice."""
    cancel = (await demo.tools())["cancel_order"]
    await demo.switch(drop_connection="after", idempotency=False)
    outcome = await cancel.run(CANCEL)
    assert (outcome.status, outcome.retries) == (OutcomeStatus.UNKNOWN, 0)
    assert await demo.applied() == 1
