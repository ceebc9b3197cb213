"""Reasoning filter. Drops what a model thinks aloud from the beginning of a streamed answer, without its end too.

Some templates open the thought in the prompt, so that only its end is in the answer. What stood before such an end has
been passed on already; `ended_unopened` says so, and the next answer of that model begins inside a thought.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from app.agents.provider.marks import MarkRemover

PAIRS: Final = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
    ("<|start|>assistant<|channel|>analysis<|message|>", "<|end|>"),
)
UNOPENED_ENDS: Final = ("</think>", "</thinking>")


class _Place(Enum):
    BEFORE = "before"
    THINKING = "thinking"
    ANSWERING = "answering"


class ReasoningFilter:
    """Streaming filter for one answer; a text without reasoning is passed on at once."""

    def __init__(self, *, starts_inside: bool = False) -> None:
        """Begin before the first piece, or inside a thought that the prompt has opened."""
        self._held = ""
        self._place = _Place.THINKING if starts_inside else _Place.BEFORE
        self._closing = UNOPENED_ENDS[0]
        self._opened = False  # a thought that was really opened is no answer, even if it never ends
        self._thought = False
        self._ends = MarkRemover(UNOPENED_ENDS)

    @property
    def ended_unopened(self) -> bool:
        """Say whether a thought has ended that never began."""
        return self._ends.found

    def feed(self, piece: str) -> str:
        """Return what of this piece, and of those held back before it, belongs to the answer."""
        if self._answers():
            return self._ends.feed(piece)
        self._held += piece
        while not self._answers():
            if not (self._begin() if self._place is _Place.BEFORE else self._think()):
                return ""
        held, self._held = self._held, ""
        return self._ends.feed(held)

    def flush(self) -> str:
        """Return what was held back although no thought came of it; a thought without end is no answer."""
        held, self._held = self._held, ""
        if self._place is _Place.ANSWERING:
            return self._ends.flush()
        if self._place is _Place.THINKING and self._opened:
            return ""
        self._place = _Place.ANSWERING
        return held

    def _answers(self) -> bool:
        return self._place is _Place.ANSWERING

    def _begin(self) -> bool:
        """Decide whether a thought begins; False while that cannot be told."""
        begun = self._held.lstrip()
        if self._thought:
            self._held = begun
        for opening, closing in PAIRS:
            if begun.startswith(opening):
                self._place, self._closing, self._held = _Place.THINKING, closing, begun[len(opening) :]
                self._opened = True
                return True
        if any(opening.startswith(begun) for opening, _ in PAIRS):
            return False
        self._place = _Place.ANSWERING
        return True

    def _think(self) -> bool:
        """Look for the end of the thought; False while it has not come."""
        _, closed, answer = self._held.partition(self._closing)
        if closed:
            self._place, self._held = _Place.BEFORE, answer
            self._opened, self._thought = False, True
            return True
        if self._opened:
            self._held = self._held[-len(self._closing) :]  # only its end can still become the closing mark
        return False
