"""Orders: look them up, follow their parcels, cancel them, send them elsewhere."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict, not_found
from demo_apis.store import row_or_none, rows

_ORDER = """
SELECT order_id, status, placed_on, estimated_delivery, delivered_on, cancelled_on, carrier, tracking_number,
       shipping_cents / 100.0 AS shipping_cost, total_cents / 100.0 AS total, refunded_cents / 100.0 AS refunded,
       'EUR' AS currency
FROM orders JOIN order_amounts USING (order_id)
"""
_ITEMS = """
SELECT sku, name, quantity, unit_price_cents / 100.0 AS unit_price
FROM items JOIN products USING (sku) WHERE order_id = ? ORDER BY name
"""
_ADDRESS = "SELECT name, street, city, postal_code, country FROM orders WHERE order_id = ?"

# Why an order that isn't being processed any more can't be changed, and what can be done instead.
_TOO_LATE = {
    "shipped": "has already been shipped. It can be sent back once it has arrived.",
    "delivered": "has already been delivered. It can be sent back within 30 days.",
    "cancelled": "is already cancelled.",
}


def list_orders(db: sqlite3.Connection, *, limit: int, status: str | None = None) -> dict[str, Any]:
    """Return the newest orders."""
    found = rows(
        db,
        """
        SELECT order_id, status, placed_on, estimated_delivery, total_cents / 100.0 AS total, 'EUR' AS currency
        FROM orders JOIN order_amounts USING (order_id)
        WHERE ? IN (status, '') ORDER BY placed_on DESC, order_id DESC LIMIT ?
        """,
        status or "",
        limit,
    )
    return {"orders": found}


def get_order(db: sqlite3.Connection, *, order_id: int) -> dict[str, Any]:
    """Return everything about one order."""
    order = row_or_none(db, f"{_ORDER} WHERE order_id = ?", order_id)
    if order is None:
        raise not_found(f"There is no order {order_id}. Please check the number.")
    (ship_to,) = rows(db, _ADDRESS, order_id)
    return order | {"items": rows(db, _ITEMS, order_id), "ship_to": ship_to}


def track_parcel(db: sqlite3.Connection, *, order_id: int) -> dict[str, Any]:
    """Return where the order's parcel is."""
    order = get_order(db, order_id=order_id)
    shown = ("order_id", "status", "carrier", "tracking_number", "estimated_delivery")
    scans = rows(db, 'SELECT "on", place, what FROM scans WHERE order_id = ? ORDER BY "on" DESC, rowid DESC', order_id)
    return {name: order[name] for name in shown} | {"scans": scans}


def cancel_order(db: sqlite3.Connection, *, order_id: int, reason: str | None = None) -> dict[str, Any]:
    """Cancel an order that hasn't been shipped, and refund what was paid and not yet refunded."""
    _require_processing(db, order_id)
    db.execute(
        """
        INSERT INTO refunds (order_id, amount_cents, reason, arrives_by)
        SELECT order_id, total_cents - refunded_cents, 'Order cancelled', date(today(), '+5 days')
        FROM order_amounts WHERE order_id = ? AND total_cents > refunded_cents
        """,
        (order_id,),
    )
    db.execute(
        """
        UPDATE orders SET status = 'cancelled', cancelled_on = today(), estimated_delivery = NULL, cancel_reason = ?
        WHERE order_id = ?
        """,
        (reason, order_id),
    )
    return get_order(db, order_id=order_id)


def change_address(db: sqlite3.Connection, *, order_id: int, **address: str) -> dict[str, Any]:
    """Send an order that hasn't been shipped to another address."""
    _require_processing(db, order_id)
    db.execute(
        """
        UPDATE orders SET name = :name, street = :street, city = :city, postal_code = :postal_code, country = :country
        WHERE order_id = :order_id
        """,
        address | {"order_id": order_id},
    )
    return get_order(db, order_id=order_id)


def _require_processing(db: sqlite3.Connection, order_id: int) -> None:
    status = get_order(db, order_id=order_id)["status"]
    if status in _TOO_LATE:
        raise conflict(f"order_{status}", f"Order {order_id} {_TOO_LATE[status]} Nothing was changed.")
