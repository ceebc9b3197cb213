"""Invoices."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import not_found
from demo_apis.saas.subscription import get_subscription
from demo_apis.store import row, row_or_none, rows


def list_invoices(db: sqlite3.Connection, *, limit: int, status: str | None = None) -> dict[str, Any]:
    """Return the newest invoices."""
    found = rows(
        db,
        """
        SELECT invoice_id, issued_on, due_on, amount_cents / 100.0 AS amount, 'EUR' AS currency, status, description
        FROM invoices WHERE ? IN (status, '') ORDER BY issued_on DESC LIMIT ?
        """,
        status or "",
        limit,
    )
    return {"invoices": found}


def send_invoice(db: sqlite3.Connection, *, invoice_id: str, email: str | None = None) -> dict[str, Any]:
    """Send an invoice; in this demo, write down that it was sent."""
    if row_or_none(db, "SELECT 1 FROM invoices WHERE invoice_id = ?", invoice_id) is None:
        raise not_found(f"There is no invoice {invoice_id}. Please check the number.")
    sent_to = email or get_subscription(db)["billing_email"]
    db.execute("INSERT INTO mails VALUES (?, ?, now())", (invoice_id, sent_to))
    times = row(db, "SELECT count(*) AS sent FROM mails WHERE invoice_id = ?", invoice_id)["sent"]
    return {"invoice_id": invoice_id, "sent_to": sent_to, "times_sent": times}
