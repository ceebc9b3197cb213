"""Accounts: balances, limits, and transfers between them."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict
from demo_apis.money import euros, to_cents
from demo_apis.store import row, rows

_ACCOUNTS = """
SELECT account_id, name, balance_cents / 100.0 AS balance, available_cents / 100.0 AS available, 'EUR' AS currency,
       daily_limit_cents / 100.0 AS daily_limit, transferred_cents / 100.0 AS transferred_today
FROM accounts JOIN account_amounts USING (account_id)
"""


def list_accounts(db: sqlite3.Connection) -> dict[str, Any]:
    """Return every account."""
    return {"accounts": rows(db, _ACCOUNTS + "ORDER BY account_id")}


def get_account(db: sqlite3.Connection, *, account_id: str) -> dict[str, Any]:
    """Return one account; the document lists those that there are."""
    return row(db, _ACCOUNTS + "WHERE account_id = ?", account_id)


def set_transfer_limit(db: sqlite3.Connection, *, account_id: str, daily_limit: int) -> dict[str, Any]:
    """Set how many euros can be transferred from the account a day."""
    db.execute("UPDATE accounts SET daily_limit_cents = ? WHERE account_id = ?", (daily_limit * 100, account_id))
    return get_account(db, account_id=account_id)


def transfer_money(db: sqlite3.Connection, *, from_account: str, to_account: str, amount: float) -> dict[str, Any]:
    """Move money between the customer's accounts, within the balance and the daily limit."""
    cents = to_cents(amount)
    if from_account == to_account:
        raise conflict("same_account", "Please choose two different accounts.")
    _require_funds(db, account_id=from_account, cents=cents)
    sent = _book(db, account_id=from_account, party=f"Transfer to {to_account}", cents=-cents)
    _book(db, account_id=to_account, party=f"Transfer from {from_account}", cents=cents)
    return {
        "transaction_id": sent,
        "from_account": from_account,
        "to_account": to_account,
        "amount": cents / 100,
        "currency": "EUR",
        "from_balance": get_account(db, account_id=from_account)["balance"],
        "to_balance": get_account(db, account_id=to_account)["balance"],
    }


def _require_funds(db: sqlite3.Connection, *, account_id: str, cents: int) -> None:
    funds = row(
        db,
        """
        SELECT available_cents, daily_limit_cents - transferred_cents AS left_today_cents
        FROM accounts JOIN account_amounts USING (account_id) WHERE account_id = ?
        """,
        account_id,
    )
    if cents > funds["available_cents"]:
        message = f"Only {euros(funds['available_cents'])} are available on the {account_id} account."
        raise conflict("insufficient_funds", message)
    if cents > funds["left_today_cents"]:
        left = euros(max(funds["left_today_cents"], 0))
        message = f"The daily limit of the {account_id} account leaves {left} for today."
        raise conflict("limit_exceeded", message)


def _book(db: sqlite3.Connection, *, account_id: str, party: str, cents: int) -> str:
    booked = row(
        db,
        """
        INSERT INTO transactions (account_id, booked_on, party, amount_cents, status, is_transfer)
        VALUES (?, today(), ?, ?, 'booked', 1) RETURNING 'TX-' || number AS transaction_id
        """,
        account_id,
        party,
        cents,
    )
    return str(booked["transaction_id"])
