"""The subscription: its plan and seats, pausing, resuming and cancelling it."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict
from demo_apis.store import row, rows

# A year costs as much as ten months.
_YEAR_IN_MONTHS = 10


def get_subscription(db: sqlite3.Connection) -> dict[str, Any]:
    """Return the workspace's subscription as it is now."""
    return row(
        db,
        """
        SELECT workspace, billing_email, plan, status, billing_period, seats, seats_used,
               seats * seat_cents * iif(billing_period = 'yearly', ?, 1) / 100.0 AS price, 'EUR' AS currency,
               iif(status = 'active', period_ends_on, NULL) AS renews_on, paused_until, ends_on
        FROM subscription JOIN plans USING (plan)
        """,
        _YEAR_IN_MONTHS,
    )


def list_plans(db: sqlite3.Connection) -> dict[str, Any]:
    """Return the plans, cheapest first."""
    found = rows(
        db,
        """
        SELECT plan, seat_cents / 100.0 AS monthly_price_per_seat, seat_cents * ? / 100.0 AS yearly_price_per_seat,
               'EUR' AS currency, max_seats, storage_gb
        FROM plans ORDER BY rank
        """,
        _YEAR_IN_MONTHS,
    )
    return {"plans": found}


def change_plan(db: sqlite3.Connection, *, plan: str, billing_period: str | None = None) -> dict[str, Any]:
    """Change an active subscription's plan, billing period or both."""
    now = _require(db, "active")
    period = billing_period or now["billing_period"]
    if (plan, period) == (now["plan"], now["billing_period"]):
        raise conflict("same_plan", f"The workspace is on the {plan} plan already, billed {period}.")
    _require_room(db, plan=plan, seats=now["seats"])
    db.execute("UPDATE subscription SET plan = ?, billing_period = ?", (plan, period))
    return get_subscription(db)


def change_seats(db: sqlite3.Connection, *, seats: int) -> dict[str, Any]:
    """Pay for so many seats: at least those in use, at most what the plan allows."""
    now = _require(db, "active")
    if seats < now["seats_used"]:
        message = f"{now['seats_used']} seats are in use. Please remove people from the workspace first."
        raise conflict("seats_in_use", message)
    _require_room(db, plan=now["plan"], seats=seats)
    db.execute("UPDATE subscription SET seats = ?", (seats,))
    return get_subscription(db)


def pause_subscription(db: sqlite3.Connection, *, months: int) -> dict[str, Any]:
    """Stop billing an active subscription for some months."""
    _require(db, "active")
    until = f"+{months} months"
    db.execute("UPDATE subscription SET status = 'paused', paused_until = date(today(), ?)", (until,))
    return get_subscription(db)


def resume_subscription(db: sqlite3.Connection) -> dict[str, Any]:
    """End a pause, or take back a cancellation that hasn't come into effect."""
    _require(db, "paused", "ending")
    db.execute("UPDATE subscription SET status = 'active', paused_until = NULL, ends_on = NULL, cancel_reason = NULL")
    return get_subscription(db)


def cancel_subscription(db: sqlite3.Connection, *, when: str, reason: str | None = None) -> dict[str, Any]:
    """Cancel at the end of the paid period, or at once."""
    _require(db, "active", "paused", *(["ending"] if when == "now" else []))
    db.execute(
        """
        UPDATE subscription SET paused_until = NULL, cancel_reason = ?1,
            status = iif(?2 = 'now', 'cancelled', 'ending'), ends_on = iif(?2 = 'now', today(), period_ends_on)
        """,
        (reason, when),
    )
    return get_subscription(db)


def _require(db: sqlite3.Connection, *statuses: str) -> dict[str, Any]:
    """Return the subscription, which is in one of these states."""
    now = get_subscription(db)
    if now["status"] not in statuses:
        said = {
            "active": "The subscription is active.",
            "paused": f"The subscription is paused until {now['paused_until']}. It can be resumed at any time.",
            "ending": f"The subscription is cancelled and ends on {now['ends_on']}. It can be resumed until then.",
            "cancelled": "The subscription is cancelled.",
        }[now["status"]]
        raise conflict(f"subscription_{now['status']}", f"{said} Nothing was changed.")
    return now


def _require_room(db: sqlite3.Connection, *, plan: str, seats: int) -> None:
    most = row(db, "SELECT max_seats FROM plans WHERE plan = ?", plan)["max_seats"]
    if seats > most:
        raise conflict("too_many_seats", f"The {plan} plan has room for {most} seats, not for {seats}.")
