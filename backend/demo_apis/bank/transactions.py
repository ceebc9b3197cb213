"""Transactions, and disputes about them."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict, not_found
from demo_apis.store import row, row_or_none, rows

_TRANSACTIONS = """
SELECT 'TX-' || transactions.number AS transaction_id, account_id, booked_on, party, amount_cents / 100.0 AS amount,
       'EUR' AS currency, transactions.status, card, 'DP-' || disputes.number AS dispute_id
FROM transactions LEFT JOIN disputes ON transaction_number = transactions.number
"""
_DISPUTES = """
SELECT 'DP-' || disputes.number AS dispute_id, 'TX-' || transaction_number AS transaction_id,
       -amount_cents / 100.0 AS amount, 'EUR' AS currency, reason, comment, disputes.status, opened_on, decided_by
FROM disputes JOIN transactions ON transactions.number = transaction_number
"""


def list_transactions(
    db: sqlite3.Connection, *, limit: int, account_id: str | None = None, search: str = ""
) -> dict[str, Any]:
    """Return the newest transactions, of one account or of all."""
    found = rows(
        db,
        _TRANSACTIONS
        + """
        WHERE ? IN (account_id, '') AND instr(lower(party), lower(?))
        ORDER BY booked_on DESC, transactions.number DESC LIMIT ?
        """,
        account_id or "",
        search,
        limit,
    )
    return {"transactions": found}


def get_transaction(db: sqlite3.Connection, *, transaction_id: str) -> dict[str, Any]:
    """Return one transaction."""
    found = row_or_none(db, _TRANSACTIONS + "WHERE transactions.number = ?", _number(transaction_id))
    if found is None:
        raise not_found(f"There is no transaction {transaction_id}. Please check the number.")
    return found


def dispute_transaction(
    db: sqlite3.Connection, *, transaction_id: str, reason: str, comment: str | None = None
) -> dict[str, Any]:
    """Open the one dispute that a card payment of the last 60 days can have."""
    disputed = get_transaction(db, transaction_id=transaction_id)
    if disputed["dispute_id"] is not None:
        message = f"{transaction_id} is disputed already, as {disputed['dispute_id']}."
        raise conflict("already_disputed", message)
    if disputed["card"] is None:
        message = f"{transaction_id} was not paid with a card. Only card payments can be disputed."
        raise conflict("not_a_card_payment", message)
    if disputed["status"] == "pending":
        message = f"{transaction_id} is still pending. It can be disputed once it is booked."
        raise conflict("still_pending", message)
    if row(db, "SELECT ? < date(today(), '-60 days') AS late", disputed["booked_on"])["late"]:
        message = f"{transaction_id} was booked on {disputed['booked_on']}, more than 60 days ago."
        raise conflict("dispute_too_late", message)
    opened = row(
        db,
        """
        INSERT INTO disputes (transaction_number, reason, comment, status, opened_on, decided_by)
        VALUES (?, ?, ?, 'open', today(), date(today(), '+30 days')) RETURNING 'DP-' || number AS dispute_id
        """,
        _number(transaction_id),
        reason,
        comment,
    )
    return get_dispute(db, dispute_id=opened["dispute_id"])


def get_dispute(db: sqlite3.Connection, *, dispute_id: str) -> dict[str, Any]:
    """Return one dispute."""
    found = row_or_none(db, _DISPUTES + "WHERE disputes.number = ?", _number(dispute_id))
    if found is None:
        raise not_found(f"There is no dispute {dispute_id}. Please check the number.")
    return found


def _number(name: str) -> int:
    """Return the number in a name such as TX-9004, whose form was checked before."""
    return int(name.partition("-")[2])
