"""Closing confirmations of customers, and sentences that only sound like one."""

from __future__ import annotations

import pytest

from app.language.confirmation import MAX_CHARS, confirms


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "thank you so much",
        "Perfect, that's all",
        "That\u2019s all, cheers",
        "No, that's all, thanks",
        "It works now",
        "All good",
        "Danke, das war's",
        "Merci beaucoup",
        "Gracias!",
        "That was all.",
    ],
)
def test_done(text: str) -> None:
    assert confirms(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Where is my order?",
        "Thanks, but it is still broken",
        "Thanks. Can you also cancel order 7?",
        "It doesn't work, thanks for nothing",
        "That isn\u2019t great",
        "Great, now my order is wrong",
        "Please thank your colleague",
        "Danke, aber das hilft mir nicht",
        "thanks " + "and another thing " * (MAX_CHARS // 10),
    ],
)
def test_not_done(text: str) -> None:
    assert not confirms(text)
