from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ServerDisconnectedError
from aiohttp.test_utils import TestClient, TestServer

from demo_apis.app import create_app
from tests.demo_apis.document_client import DocumentClient


async def control(api: DocumentClient, method: str = "GET", path: str = "", **switches: Any) -> Any:
    """Talk to the shop's switches."""
    async with api.client.request(method, f"/shop/_control{path}", json=switches or None) as response:
        return json.loads(await response.read()) | {"answered": response.status}


async def last(api: DocumentClient) -> Any:
    """The request that arrived last."""
    return (await control(api, path="/requests"))["requests"][-1]


async def is_cancelled(api: DocumentClient, order_id: int = 1042) -> bool:
    async with api.client.get(f"/shop/orders/{order_id}") as response:
        return bool(json.loads(await response.read())["status"] == "cancelled")


def cancel(api: DocumentClient, **headers: str) -> Any:
    return api.client.post("/shop/orders/1042/cancel", headers=headers)


async def test_what_arrives_is_listed(api: DocumentClient) -> None:
    """The list has method, path, key and body of every request, and whether it changed something."""
    await api.ask("get_order", order_id=1042)
    await api.ask("cancel_order", key="a", order_id=1042, reason="Late")
    await api.ask("cancel_order", key="a", order_id=1042, reason="Late")
    await api.ask("cancel_order", order_id=1042)
    read, first, repeated, refused = (await control(api, path="/requests"))["requests"]
    assert (read["method"], read["path"], read["applied"]) == ("GET", "/shop/orders/1042", False)
    assert first == {
        "number": 2,
        "method": "POST",
        "path": "/shop/orders/1042/cancel",
        "operation": "cancel_order",
        "idempotency_key": "a",
        "body": '{"reason": "Late"}',
        "applied": True,
        "replayed": False,
        "status": 200,
    }
    assert (repeated["applied"], repeated["replayed"], repeated["status"]) == (False, True, 200)
    assert (refused["applied"], refused["status"]) == (False, 409)
    assert (await control(api))["applied"] == 1


async def test_what_never_reached_an_operation_is_listed_too(api: DocumentClient) -> None:
    """Unknown paths and bodies that are not JSON arrive as well."""
    await api.ask("create_coupon", raw=b"\xff")
    async with api.client.get("/shop/nothing") as response:
        assert response.status == 404
    garbage, unknown = (await control(api, path="/requests"))["requests"]
    assert (garbage["body"], garbage["status"]) == ("\N{REPLACEMENT CHARACTER}", 400)
    assert (unknown["operation"], unknown["status"]) == (None, 404)


@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
async def test_failing(api: DocumentClient, when: str, applied: bool) -> None:
    """So many requests fail, before or after their effect, and the next one works again."""
    await control(api, "PUT", fail_next=1, fail_status=503, fail_when=when)
    async with cancel(api) as response:
        assert response.status == 503
        assert json.loads(await response.read())["error"]["code"] == "failed_on_purpose"
    assert ((await last(api))["applied"], (await last(api))["status"]) == (applied, 503)
    assert await is_cancelled(api) == applied


async def test_a_failure_after_the_effect_is_healed_by_the_key(api: DocumentClient) -> None:
    """Sent again with its key, the request gets the answer it should have had, and nothing is done twice."""
    await control(api, "PUT", fail_next=1, fail_when="after")
    async with cancel(api, **{"Idempotency-Key": "a"}) as response:
        assert response.status == 500
    async with cancel(api, **{"Idempotency-Key": "a"}) as response:
        assert (response.status, response.headers["Idempotency-Replayed"]) == (200, "true")
    assert (await control(api))["applied"] == 1


async def test_a_service_can_forget_keys(api: DocumentClient) -> None:
    """Without idempotency, the same key acts twice."""
    await control(api, "PUT", idempotency=False)
    first = await api.ask("create_coupon", key="a", percent=10)
    assert (await api.ask("create_coupon", key="a", percent=10)).body["code"] != first.body["code"]


@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
async def test_hanging_up(api: DocumentClient, when: str, applied: bool) -> None:
    """The connection closes without an answer, before or after the effect."""
    await control(api, "PUT", drop_connection=when)
    with pytest.raises(ServerDisconnectedError):
        await cancel(api)
    await control(api, "PUT", drop_connection=None)
    entry = await last(api)
    assert (entry["applied"], entry["status"]) == (applied, None)
    assert await is_cancelled(api) == applied


@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
async def test_holding(api: DocumentClient, when: str, applied: bool) -> None:
    """A held request waits, before or after its effect, until it is let go; then it is answered."""
    await control(api, "PUT", hold=True, hold_when=when)
    async with asyncio.TaskGroup() as tasks:
        request = tasks.create_task(cancel(api).__aenter__())
        assert (await control(api, path="?holding=1"))["holding"] == 1
        assert ((await last(api))["applied"], (await last(api))["status"]) == (applied, None)
        assert not request.done()
        await control(api, "PUT", hold=False)
    assert request.result().status == 200
    assert await is_cancelled(api)
    assert (await control(api))["holding"] == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_delaying(api: DocumentClient, when: str) -> None:
    """A delayed answer takes at least as long as was asked for."""
    await control(api, "PUT", delay_ms=30, delay_when=when)
    began = asyncio.get_running_loop().time()
    await api.ask("get_order", order_id=1042)
    assert asyncio.get_running_loop().time() - began >= 0.03


async def test_only_some_operations_are_disturbed(api: DocumentClient) -> None:
    """Reads go on while a write fails."""
    await control(api, "PUT", fail_next=1, only=["cancel_order"])
    assert (await api.ask("get_order", order_id=1042)).status == 200
    async with cancel(api) as response:
        assert response.status == 500


async def test_other_services_are_not_disturbed(api: DocumentClient) -> None:
    """The shop's switches don't touch the bank, nor the documents."""
    await control(api, "PUT", fail_next=5)
    assert (await api.ask("list_cards")).status == 200
    async with api.client.get("/shop/openapi.json") as response:
        assert response.status == 200
    assert (await control(api))["fail_next"] == 5


async def test_switches_stay_as_they_are_unless_named(api: DocumentClient) -> None:
    """Two changes of different switches add up."""
    await control(api, "PUT", delay_ms=1)
    state = await control(api, "PUT", fail_next=2)
    assert (state["delay_ms"], state["fail_next"]) == (1, 2)


async def test_a_mistake_changes_no_switch(api: DocumentClient) -> None:
    """An unknown switch or value is refused with its name."""
    before = await control(api)
    for mistake in ({"hold_back": True}, {"fail_status": 200}, {"hold_when": "later"}):
        refused = await control(api, "PUT", **mistake)
        assert refused["answered"] == 422
        assert next(iter(mistake)) in refused["error"]["message"]
    assert (await control(api, path="?holding=some"))["answered"] == 400
    assert await control(api) == before


async def test_a_test_can_wait_for_arrivals(api: DocumentClient) -> None:
    """The list can be asked for once so many requests have arrived."""
    async with asyncio.TaskGroup() as tasks:
        listed = tasks.create_task(control(api, path="/requests?at_least=2"))
        await api.ask("list_orders")
        await api.ask("list_orders")
    assert len(listed.result()["requests"]) == 2


async def test_a_reset_brings_the_first_day_back(api: DocumentClient) -> None:
    """Switches, list, keys and data are as they were at first."""
    await api.ask("cancel_order", key="a", order_id=1042)
    await control(api, "PUT", fail_next=3)
    state = await control(api, "POST", "/reset")
    assert (state["fail_next"], state["arrived"], state["applied"]) == (0, 0, 0)
    assert not (await api.ask("cancel_order", key="a", order_id=1042)).replayed


async def test_a_reset_lets_go_of_what_is_held(api: DocumentClient) -> None:
    """Nobody waits for ever after a test that broke off."""
    await control(api, "PUT", hold=True)
    async with asyncio.TaskGroup() as tasks:
        request = tasks.create_task(cancel(api).__aenter__())
        await control(api, path="?holding=1")
        await control(api, "POST", "/reset")
    assert request.result().status == 200


async def test_without_the_flag_there_are_no_switches(tmp_path: Path) -> None:
    """A demo that wasn't started for tests can't be meddled with."""
    async with TestClient(TestServer(create_app(data=tmp_path))) as client:
        for service in ("shop", "saas", "bank"):
            async with client.put(f"/{service}/_control", json={"fail_next": 1}) as response:
                assert response.status == 404
