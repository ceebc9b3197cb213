"""Reasoning filter. Drops `<think>…</think>` from the beginning of a streamed answer, without its end too."""

from __future__ import annotations

from enum import Enum
from typing import Final

OPENING: Final = "<think>"
CLOSING: Final = "</think>"


class _Place(Enum):
    BEFORE = "before"
    THINKING = "thinking"
    AFTER = "after"
    ANSWERING = "answering"


class ReasoningFilter:
    """Streaming filter for one answer; a text without reasoning is passed on at once."""

    def __init__(self) -> None:
        """Begin before the first piece."""
        self._held = ""
        self._place = _Place.BEFORE

    def feed(self, piece: str) -> str:
        """Return what of this piece, and of those held back before it, belongs to the answer."""
        if self._place is _Place.ANSWERING:
            return piece
        self._held += piece
        if self._place is _Place.BEFORE:
            self._begin()
        if self._place is _Place.THINKING:
            self._think()
        if self._place is _Place.AFTER:
            self._held = self._held.lstrip()
        return self.flush() if self._answers() else ""

    def flush(self) -> str:
        """Return what was held back although no thought came of it; a thought without end is no answer."""
        held, self._held = self._held, ""
        if self._place is _Place.THINKING:
            return ""
        self._place = _Place.ANSWERING
        return held

    def _answers(self) -> bool:
        """Say whether the answer has begun: there was no thought, or something follows it."""
        return self._place is _Place.ANSWERING or (self._place is _Place.AFTER and bool(self._held))

    def _begin(self) -> None:
        begun = self._held.lstrip()
        if begun.startswith(OPENING):
            self._place, self._held = _Place.THINKING, begun[len(OPENING) :]
        elif not OPENING.startswith(begun):
            self._place = _Place.ANSWERING

    def _think(self) -> None:
        _, closed, answer = self._held.partition(CLOSING)
        if closed:
            self._place, self._held = _Place.AFTER, answer
        else:
            self._held = self._held[-len(CLOSING) :]  # only its end can still become the closing mark
