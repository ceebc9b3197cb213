"""Settling: how long a known outcome is kept for a database that is away."""

from __future__ import annotations

from app.actions.settling import GIVE_UP_SECONDS, WAIT, waits


def test_it_is_tried_for_a_quarter_of_an_hour() -> None:
    """Often at first, then every few seconds, and not for ever."""
    waited = list(waits())
    assert waited[0] < 1
    assert max(waited) == WAIT
    assert GIVE_UP_SECONDS - WAIT <= sum(waited) <= GIVE_UP_SECONDS
