"""Returns and refunds."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict
from demo_apis.money import euros, to_cents
from demo_apis.shop.orders import get_order
from demo_apis.store import row, row_or_none


def create_return(db: sqlite3.Connection, *, order_id: int, reason: str, comment: str | None = None) -> dict[str, Any]:
    """Open the one return that an order delivered at most 30 days ago can have."""
    order = get_order(db, order_id=order_id)
    if order["status"] != "delivered":
        message = f"Order {order_id} is {order['status']}; only a delivered order can be sent back."
        raise conflict("order_not_delivered", message)
    if row(db, "SELECT ? < date(today(), '-30 days') AS late", order["delivered_on"])["late"]:
        message = f"Order {order_id} was delivered on {order['delivered_on']}, more than 30 days ago."
        raise conflict("return_too_late", message)
    if row_or_none(db, "SELECT 1 FROM returns WHERE order_id = ?", order_id):
        raise conflict("return_exists", f"There is already a return for order {order_id}.")
    return row(
        db,
        """
        INSERT INTO returns (number, order_id, status, reason, comment, send_by)
        VALUES ((SELECT coalesce(max(number), 3000) + 1 FROM returns), ?, 'label_sent', ?, ?, date(today(), '+14 days'))
        RETURNING 'RT-' || number AS return_id, order_id, status, reason, comment,
                  'https://returns.example.com/RT-' || number AS label_url, send_by
        """,
        order_id,
        reason,
        comment,
    )


def refund_order(db: sqlite3.Connection, *, order_id: int, reason: str, amount: float | None = None) -> dict[str, Any]:
    """Pay back an amount, or all that is left, but never more than was paid."""
    get_order(db, order_id=order_id)
    left = row(db, "SELECT total_cents - refunded_cents AS cents FROM order_amounts WHERE order_id = ?", order_id)
    cents = left["cents"] if amount is None else to_cents(amount)
    if left["cents"] == 0:
        raise conflict("already_refunded", f"Order {order_id} has already been refunded completely.")
    if cents > left["cents"]:
        message = f"Of order {order_id} only {euros(left['cents'])} can still be refunded."
        raise conflict("refund_too_high", message)
    refund = row(
        db,
        """
        INSERT INTO refunds (order_id, amount_cents, reason, arrives_by) VALUES (?, ?, ?, date(today(), '+5 days'))
        RETURNING 'RF-' || number AS refund_id, order_id, amount_cents / 100.0 AS amount, reason, arrives_by
        """,
        order_id,
        cents,
        reason,
    )
    return refund | {"still_refundable": (left["cents"] - cents) / 100, "currency": "EUR"}
