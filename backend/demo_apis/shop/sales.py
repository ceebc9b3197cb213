"""Coupons and products."""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

from demo_apis.errors import not_found
from demo_apis.shop.orders import get_order
from demo_apis.store import row_or_none, rows

# Without what is easily misread (0 O, 1 I L).
_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def create_coupon(
    db: sqlite3.Connection, *, percent: int, order_id: int | None = None, reason: str | None = None
) -> dict[str, Any]:
    """Create a coupon with a new code that can't be guessed."""
    if order_id is not None:
        get_order(db, order_id=order_id)
    code = f"THANKS{percent}-" + "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
    db.execute("INSERT INTO coupons VALUES (?, ?, date(today(), '+90 days'), ?, ?)", (code, percent, order_id, reason))
    return get_coupon(db, code=code)


def get_coupon(db: sqlite3.Connection, *, code: str) -> dict[str, Any]:
    """Return what a coupon is worth, and whether it can still be used."""
    coupon = row_or_none(
        db,
        """
        SELECT code, percent, valid_until, order_id, reason, valid_until >= today() AS usable
        FROM coupons WHERE code = ?
        """,
        code,
    )
    if coupon is None:
        raise not_found(f"There is no coupon {code}. Please check the code.")
    return coupon | {"usable": bool(coupon["usable"])}


def search_products(db: sqlite3.Connection, *, limit: int, query: str = "") -> dict[str, Any]:
    """Return the products whose name holds every word of the query."""
    # Without the plural's s, so that "mugs" finds the mug.
    words = [word.lower().rstrip("s") for word in query.split()]
    found = rows(
        db,
        f"""
        SELECT sku, name, price_cents / 100.0 AS price, 'EUR' AS currency, in_stock FROM products
        WHERE true {"AND instr(lower(name), ?) " * len(words)} ORDER BY name LIMIT ?
        """,  # noqa: S608 - only the number of question marks depends on the query
        *words,
        limit,
    )
    return {"products": found}
