from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp.test_utils import TestClient

from tests.demo_apis.desk import Desk

COUPON: dict[str, Any] = {"percent": 10}


async def coupons(client: TestClient[Any, Any]) -> int:
    """How many coupons were created, as the request log has it."""
    async with client.get("/shop/_control") as response:
        return int(json.loads(await response.read())["applied"])


async def test_the_same_key_acts_once(desk: Desk) -> None:
    """The second request gets the first one's answer, and is marked as a repetition."""
    first = await desk.ask("create_coupon", key="a", **COUPON)
    second = await desk.ask("create_coupon", key="a", **COUPON)
    assert (first.body, first.status) == (second.body, second.status)
    assert (first.replayed, second.replayed) == (False, True)
    assert await coupons(desk.client) == 1


async def test_without_a_key_every_request_acts(desk: Desk) -> None:
    """Two requests without a key are two coupons."""
    first, second = await desk.ask("create_coupon", **COUPON), await desk.ask("create_coupon", **COUPON)
    assert first.body["code"] != second.body["code"]


async def test_simultaneous_requests_with_one_key_act_once(desk: Desk) -> None:
    """Of twenty requests at once, one acts and nineteen repeat its answer."""
    answers = await asyncio.gather(*(desk.ask("create_coupon", key="a", **COUPON) for _ in range(20)))
    assert len({answer.body["code"] for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == 19


async def test_a_key_belongs_to_its_values(desk: Desk) -> None:
    """The same key with other values is refused, whatever differs, and nothing is done."""
    await desk.ask("cancel_order", key="a", order_id=1042)
    for other in (
        desk.ask("cancel_order", key="a", order_id=1043),
        desk.ask("cancel_order", key="a", order_id=1042, reason="Late"),
        desk.ask("create_coupon", key="a", **COUPON),
    ):
        refused = await other
        assert (refused.status, refused.error) == (422, "idempotency_key_reused")
    assert (await desk.ask("get_order", order_id=1043)).body["status"] == "processing"


async def test_the_same_values_may_be_written_otherwise(desk: Desk) -> None:
    """Blanks and the order of fields make no other request."""
    await desk.ask("create_coupon", key="a", raw=b'{"percent":10,"reason":"Sorry"}')
    assert (await desk.ask("create_coupon", key="a", raw=b'{ "reason": "Sorry", "percent": 10 }')).replayed


async def test_a_refusal_is_repeated_too(desk: Desk) -> None:
    """What could not be done under a key stays undone under it, even when it would be possible by now."""
    assert (await desk.ask("resume_subscription", key="a")).status == 409
    await desk.ask("pause_subscription", months=1)
    repeated = await desk.ask("resume_subscription", key="a")
    assert (repeated.status, repeated.replayed) == (409, True)


async def test_an_invalid_request_leaves_its_key_free(desk: Desk) -> None:
    """A request that was never tried can be corrected under the same key."""
    assert (await desk.ask("create_coupon", key="a", percent=99)).status == 422
    assert (await desk.ask("create_coupon", key="a", percent=50)).status == 201


async def test_services_do_not_share_keys(desk: Desk) -> None:
    """A key used in the shop is free in the bank."""
    await desk.ask("cancel_order", key="a", order_id=1042)
    assert not (await desk.ask("freeze_card", key="a", card="4821")).replayed


async def test_reads_ignore_the_key(desk: Desk) -> None:
    """A read with a key shows what is true now."""
    before = await desk.ask("get_order", key="a", order_id=1042)
    await desk.ask("cancel_order", order_id=1042)
    after = await desk.ask("get_order", key="a", order_id=1042)
    assert (before.body["status"], after.body["status"]) == ("processing", "cancelled")
