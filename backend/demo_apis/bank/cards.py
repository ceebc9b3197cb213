"""Cards, known by their last four digits."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict, not_found
from demo_apis.store import row_or_none, rows

_CARDS = "SELECT card, kind, account_id, status, frozen_because, expires FROM cards "


def list_cards(db: sqlite3.Connection) -> dict[str, Any]:
    """Return every card."""
    return {"cards": rows(db, _CARDS + "ORDER BY card")}


def freeze_card(db: sqlite3.Connection, *, card: str, reason: str | None = None) -> dict[str, Any]:
    """Freeze an active card."""
    return _set_status(db, card, before="active", after="frozen", reason=reason)


def unfreeze_card(db: sqlite3.Connection, *, card: str) -> dict[str, Any]:
    """Make a frozen card usable again."""
    return _set_status(db, card, before="frozen", after="active", reason=None)


def _set_status(db: sqlite3.Connection, card: str, *, before: str, after: str, reason: str | None) -> dict[str, Any]:
    now = _get_card(db, card)
    if now["status"] == "blocked":
        message = f"Card {card} is blocked for ever, because it was replaced. Nothing was changed."
        raise conflict("card_blocked", message)
    if now["status"] != before:
        raise conflict(f"card_{now['status']}", f"Card {card} is {now['status']} already. Nothing was changed.")
    db.execute("UPDATE cards SET status = ?, frozen_because = ? WHERE card = ?", (after, reason, card))
    return _get_card(db, card)


def _get_card(db: sqlite3.Connection, card: str) -> dict[str, Any]:
    found = row_or_none(db, _CARDS + "WHERE card = ?", card)
    if found is None:
        raise not_found(f"There is no card ending in {card}. Please check the digits.")
    return found
