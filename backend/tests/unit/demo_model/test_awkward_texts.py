"""Awkward texts: whatever is typed, reading it takes the demo model no longer than an ordinary message does."""

from __future__ import annotations

import time

import pytest

from tests.unit.demo_model.desk import desk

LONG = 10_000  # the longest message that is taken
PIECES = [
    " ",
    "\n",
    "0",
    "a",
    "A",
    "'",
    '"',
    ",",
    ".",
    "(",
    "#",
    "a ",
    "1, ",
    "a@a.",
    "order ",
    "1042 ",
    "and ",
    "no ",
    "é",
    "中",
]


async def seconds_for(text: str) -> float:
    began = time.process_time()
    await desk().say(text)
    return time.process_time() - began


@pytest.mark.parametrize("before", ["", "cancel ", "cancel order 1042 because "])
@pytest.mark.parametrize("piece", PIECES)
async def test_twice_the_text_takes_no_longer(piece: str, before: str) -> None:
    """Only its beginning is read, so ten thousand characters take what five thousand do; blanks count once."""
    half = await seconds_for(before + (piece * LONG)[: LONG // 2] + "x")
    whole = await seconds_for(before + (piece * LONG)[:LONG] + "x")
    assert whole < 3 * half + 0.5
