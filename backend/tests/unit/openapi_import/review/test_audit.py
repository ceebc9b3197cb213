from __future__ import annotations

import pytest

from app.openapi_import.review.audit import changes, plain_address


def test_only_what_differs_is_a_change() -> None:
    """A field that is set to what it was is none; one that was not set was nothing."""
    was = {"tone": "dry", "title": "Clerk", "other": 1}
    assert changes(was, {"tone": "dry", "title": "Orders", "twin": "get_order"}) == [
        {"field": "title", "was": "Clerk", "now": "Orders"},
        {"field": "twin", "was": None, "now": "get_order"},
    ]


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://api.example/v1", "https://api.example/v1"),
        ("https://api.example/doc.json?key=secret", "https://api.example/doc.json?…"),
        ("https://me:secret@api.example/doc#secret", "https://api.example/doc"),
        ("https://me:sec@ret@api.example", "https://api.example"),
        ("https://api.example/@me", "https://api.example/@me"),
        ("", ""),
    ],
)
def test_an_address_is_kept_without_what_may_be_a_key(url: str, plain: str) -> None:
    """Logins and queries often are keys, and the log is kept for ever."""
    assert plain_address(url) == plain
