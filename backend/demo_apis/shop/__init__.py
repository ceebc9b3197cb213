"""The shop: orders, parcels, returns, refunds, coupons and products."""

from __future__ import annotations

from pathlib import Path

from demo_apis.service import Blueprint
from demo_apis.shop.orders import cancel_order, change_address, get_order, list_orders, track_parcel
from demo_apis.shop.refunds import create_return, refund_order
from demo_apis.shop.sales import create_coupon, get_coupon, search_products

SHOP = Blueprint(
    name="shop",
    folder=Path(__file__).parent,
    work=(
        list_orders,
        get_order,
        track_parcel,
        cancel_order,
        change_address,
        create_return,
        refund_order,
        create_coupon,
        get_coupon,
        search_products,
    ),
)
