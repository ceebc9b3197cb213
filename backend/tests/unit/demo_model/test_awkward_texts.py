"""Awkward texts: whatever is typed, reading it takes the demo model no longer than an ordinary message does."""

from __future__ import annotations

import time

import pytest

from app.demo_model.understand import MAX_READ_CHARS, readable
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


def test_no_number_is_cut_in_half() -> None:
    """Where a message is too long to be read, it ends before a word, and blanks do not count."""
    long = "please " * 400 + "cancel order 1042"
    assert len(readable(long)) <= MAX_READ_CHARS
    assert readable(long).endswith("please")
    assert readable("cancel   order" + " " * 9_000 + "1042") == "cancel order 1042"


@pytest.mark.parametrize("before", ["", "cancel ", "cancel order 1042 because "])
@pytest.mark.parametrize("piece", PIECES)
async def test_twice_the_text_takes_no_longer(piece: str, before: str) -> None:
    """Only its beginning is read, so ten thousand characters take what five thousand do; blanks count once."""
    half = await seconds_for(before + (piece * LONG)[: LONG // 2] + "x")
    whole = await seconds_for(before + (piece * LONG)[:LONG] + "x")
    assert whole < 3 * half + 0.5
