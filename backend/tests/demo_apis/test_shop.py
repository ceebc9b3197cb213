from __future__ import annotations

from tests.demo_apis.document_client import DocumentClient
from tests.demo_apis.exchanges import ADDRESS


async def test_an_order_that_is_processed_has_a_delivery_date(api: DocumentClient) -> None:
    """Where is order 1042? Being processed, here in three days."""
    order = (await api.ask("get_order", order_id=1042)).body
    assert (order["status"], order["estimated_delivery"]) == ("processing", "2026-03-13")
    assert order["total"] == order["shipping_cost"] + sum(
        item["quantity"] * item["unit_price"] for item in order["items"]
    )


async def test_orders_are_listed_newest_first(api: DocumentClient) -> None:
    """The list starts with the newest order, and has as many as were asked for."""
    orders = (await api.ask("list_orders", limit=3)).body["orders"]
    assert [order["order_id"] for order in orders] == [1050, 1047, 1043]


async def test_orders_are_listed_by_status(api: DocumentClient) -> None:
    """Only orders with the status asked for are listed."""
    orders = (await api.ask("list_orders", status="shipped")).body["orders"]
    assert {order["order_id"] for order in orders} == {1044, 1048}


async def test_a_shipped_parcel_can_be_followed(api: DocumentClient) -> None:
    """The newest scan comes first."""
    parcel = (await api.ask("track_parcel", order_id=1044)).body
    assert parcel["carrier"] == "DHL"
    assert [scan["on"] for scan in parcel["scans"]] == ["2026-03-09", "2026-03-08", "2026-03-07"]


async def test_what_was_not_shipped_has_no_scans(api: DocumentClient) -> None:
    """An order that is processed has a parcel without carrier or scans."""
    parcel = (await api.ask("track_parcel", order_id=1042)).body
    assert (parcel["carrier"], parcel["scans"]) == (None, [])


async def test_cancelling_refunds_everything(api: DocumentClient) -> None:
    """A cancelled order won't come, and all of the money is paid back."""
    order = (await api.ask("cancel_order", order_id=1042, reason="Changed my mind")).body
    assert (order["status"], order["cancelled_on"], order["estimated_delivery"]) == ("cancelled", "2026-03-10", None)
    assert order["refunded"] == order["total"]


async def test_cancelling_refunds_only_what_is_left(api: DocumentClient) -> None:
    """What was refunded before is not refunded again."""
    await api.ask("refund_order", order_id=1042, amount=13.70, reason="Late")
    order = (await api.ask("cancel_order", order_id=1042)).body
    assert order["refunded"] == order["total"]
    assert (await api.ask("refund_order", order_id=1042, reason="Again")).error == "already_refunded"


async def test_a_shipped_order_is_not_cancelled(api: DocumentClient) -> None:
    """The refusal says why and what can be done, and nothing changes."""
    before = await api.ask("get_order", order_id=1044)
    refused = await api.ask("cancel_order", order_id=1044)
    assert refused.error == "order_shipped"
    assert "already been shipped" in refused.body["error"]["message"]
    assert await api.ask("get_order", order_id=1044) == before


async def test_an_order_is_cancelled_once(api: DocumentClient) -> None:
    """Cancelling a cancelled order is refused in plain words."""
    refused = await api.ask("cancel_order", order_id=1046)
    assert refused.body["error"]["message"] == "Order 1046 is already cancelled. Nothing was changed."


async def test_an_order_goes_to_its_new_address(api: DocumentClient) -> None:
    """The whole address is replaced, other orders keep theirs."""
    other = await api.ask("get_order", order_id=1050)
    assert (await api.ask("change_address", order_id=1042, **ADDRESS)).body["ship_to"] == ADDRESS
    assert await api.ask("get_order", order_id=1050) == other


async def test_a_delivered_order_can_be_sent_back_once(api: DocumentClient) -> None:
    """There is one return for an order, with a label and a last day."""
    returned = (await api.ask("create_return", order_id=1045, reason="damaged", comment="Broken")).body
    assert (returned["return_id"], returned["send_by"]) == ("RT-3001", "2026-03-24")
    assert (await api.ask("create_return", order_id=1045, reason="damaged")).error == "return_exists"
    assert (await api.ask("create_return", order_id=1041, reason="other")).body["return_id"] == "RT-3002"


async def test_after_thirty_days_nothing_is_taken_back(api: DocumentClient) -> None:
    """An order delivered 75 days ago can't be returned."""
    assert (await api.ask("create_return", order_id=1049, reason="changed_mind")).error == "return_too_late"


async def test_refunds_never_exceed_what_was_paid(api: DocumentClient) -> None:
    """Partial refunds add up to at most the total."""
    first = (await api.ask("refund_order", order_id=1045, amount=60.00, reason="Chipped")).body
    assert (first["amount"], first["still_refundable"]) == (60.0, 5.3)
    refused = await api.ask("refund_order", order_id=1045, amount=5.31, reason="Chipped")
    assert refused.body["error"]["message"] == "Of order 1045 only 5.30 EUR can still be refunded."
    rest = (await api.ask("refund_order", order_id=1045, reason="Chipped")).body
    assert (rest["amount"], rest["still_refundable"]) == (5.3, 0)


async def test_a_coupon_can_be_looked_up(api: DocumentClient) -> None:
    """A new coupon has a code of its own and is valid for 90 days."""
    coupon = (await api.ask("create_coupon", percent=10, order_id=1043, reason="Sorry")).body
    assert coupon["code"].startswith("THANKS10-")
    assert (coupon["usable"], coupon["valid_until"]) == (True, "2026-06-08")
    assert (await api.ask("get_coupon", code=coupon["code"])).body == coupon
    assert (await api.ask("create_coupon", percent=10)).body["code"] != coupon["code"]


async def test_an_old_coupon_is_not_usable(api: DocumentClient) -> None:
    """A coupon past its last day is shown as such."""
    assert (await api.ask("get_coupon", code="SUMMER20")).body["usable"] is False


async def test_products_are_found_by_words(api: DocumentClient) -> None:
    """Every word must occur, in any case, plural or not; without words everything is found."""
    found = (await api.ask("search_products", query="MUGS blue")).body["products"]
    assert [product["sku"] for product in found] == ["MUG-BLUE"]
    assert len((await api.ask("search_products")).body["products"]) == 9
