"""Settling: how long a known outcome is kept for a database that is away."""

from __future__ import annotations

from app.actions.settling import GIVE_UP_SECONDS, PAUSE, pauses


def test_it_is_tried_for_a_quarter_of_an_hour() -> None:
    """Often at first, then every few seconds, and not for ever."""
    waited = list(pauses())
    assert waited[0] < 1
    assert max(waited) == PAUSE
    assert GIVE_UP_SECONDS - PAUSE <= sum(waited) <= GIVE_UP_SECONDS
