"""Cells of a CSV file: read back by programs, and never carried out by a table program."""

from __future__ import annotations

from typing import Any

import pytest

from app.api.analytics import cells


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('=HYPERLINK("https://evil.example")', '\'=HYPERLINK("https://evil.example")'),
        ("+1", "'+1"),
        ("@sum", "'@sum"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        (["=a", "b"], "'=a b"),
        (-2, "-2"),
        (-2.5, "-2.5"),
        (None, ""),
        (True, "true"),
        ("cancel_order", "cancel_order"),
    ],
)
def test_a_text_is_no_formula(value: Any, cell: str) -> None:
    """What a stranger may have named begins with an apostrophe where a table program would calculate it."""
    assert cells([value]) == [cell]
