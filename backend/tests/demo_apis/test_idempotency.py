from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp.test_utils import TestClient

from tests.demo_apis.document_client import DocumentClient

COUPON: dict[str, Any] = {"percent": 10}


async def coupons(client: TestClient[Any, Any]) -> int:
    """How many coupons were created, as the request log has it."""
    async with client.get("/shop/_control") as response:
        return int(json.loads(await response.read())["applied"])


async def test_the_same_key_acts_once(api: DocumentClient) -> None:
    """The second request gets the first one's answer, and is marked as a repetition."""
    first = await api.ask("create_coupon", key="a", **COUPON)
    second = await api.ask("create_coupon", key="a", **COUPON)
    assert (first.body, first.status) == (second.body, second.status)
    assert (first.replayed, second.replayed) == (False, True)
    assert await coupons(api.client) == 1


async def test_without_a_key_every_request_acts(api: DocumentClient) -> None:
    """Two requests without a key are two coupons."""
    first, second = await api.ask("create_coupon", **COUPON), await api.ask("create_coupon", **COUPON)
    assert first.body["code"] != second.body["code"]


async def test_simultaneous_requests_with_one_key_act_once(api: DocumentClient) -> None:
    """Of twenty requests at once, one acts and nineteen repeat its answer."""
    answers = await asyncio.gather(*(api.ask("create_coupon", key="a", **COUPON) for _ in range(20)))
    assert len({answer.body["code"] for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == 19


async def test_a_key_belongs_to_its_values(api: DocumentClient) -> None:
    """The same key with other values is refused, whatever differs, and nothing is done."""
    await api.ask("cancel_order", key="a", order_id=1042)
    for other in (
        api.ask("cancel_order", key="a", order_id=1043),
        api.ask("cancel_order", key="a", order_id=1042, reason="Late"),
        api.ask("create_coupon", key="a", **COUPON),
    ):
        refused = await other
        assert (refused.status, refused.error) == (422, "idempotency_key_reused")
    assert (await api.ask("get_order", order_id=1043)).body["status"] == "processing"


async def test_the_same_values_may_be_written_otherwise(api: DocumentClient) -> None:
    """Blanks and the order of fields make no other request."""
    await api.ask("create_coupon", key="a", raw=b'{"percent":10,"reason":"Sorry"}')
    assert (await api.ask("create_coupon", key="a", raw=b'{ "reason": "Sorry", "percent": 10 }')).replayed


async def test_a_refusal_is_repeated_too(api: DocumentClient) -> None:
    """What could not be done under a key stays undone under it, even when it would be possible by now."""
    assert (await api.ask("resume_subscription", key="a")).status == 409
    await api.ask("pause_subscription", months=1)
    repeated = await api.ask("resume_subscription", key="a")
    assert (repeated.status, repeated.replayed) == (409, True)


async def test_an_invalid_request_leaves_its_key_free(api: DocumentClient) -> None:
    """A request that was never tried can be corrected under the same key."""
    assert (await api.ask("create_coupon", key="a", percent=99)).status == 422
    assert (await api.ask("create_coupon", key="a", percent=50)).status == 201


async def test_services_do_not_share_keys(api: DocumentClient) -> None:
    """A key used in the shop is free in the bank."""
    await api.ask("cancel_order", key="a", order_id=1042)
    assert not (await api.ask("freeze_card", key="a", card="4821")).replayed


async def test_reads_ignore_the_key(api: DocumentClient) -> None:
    """A read with a key shows what is true now."""
    before = await api.ask("get_order", key="a", order_id=1042)
    await api.ask("cancel_order", order_id=1042)
    after = await api.ask("get_order", key="a", order_id=1042)
    assert (before.body["status"], after.body["status"]) == ("processing", "cancelled")
