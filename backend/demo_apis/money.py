"""Euros on the wire, whole cents in the database."""

from __future__ import annotations

from decimal import Decimal

from demo_apis.errors import unprocessable


def to_cents(amount: float) -> int:
    """Return the amount in cents; an amount with a fraction of a cent is refused."""
    # By way of text: 64.85 is not exactly 64.85 in binary, its shortest text is.
    cents = Decimal(str(amount)) * 100
    if cents != cents.to_integral_value():
        raise unprocessable(f"amount: {amount} has more than two decimals.")
    return int(cents)


def euros(cents: int) -> str:
    """Return the amount as people read it, such as `64.80 EUR`."""
    return f"{cents / 100:.2f} EUR"
