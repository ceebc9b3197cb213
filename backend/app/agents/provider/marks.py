"""Remover of literal marks from a streamed text, however the marks are torn between its pieces."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

# How chat templates divide messages. A server that does not know its model's template lets them through.
SPECIAL_TOKENS: Final = (
    "<|start|>assistant",
    "<|channel|>final",
    "<|channel|>commentary",
    "<|message|>",
    "<|return|>",
    "<|end|>",
    "<|call|>",
    "<|im_start|>assistant",
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<|begin_of_text|>",
    "<｜end▁of▁sentence｜>",
    "<|END_OF_TURN_TOKEN|>",
    "<end_of_turn>",
    "</s>",
)


class MarkRemover:
    """Passes a text on without the marks; what may be the beginning of one waits for the next piece."""

    def __init__(self, marks: Collection[str]) -> None:
        """Remove these; `found` says whether any has been."""
        self.found = False
        self._marks = tuple(marks)
        self._pattern = re.compile("|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)))
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what of the text so far is certain."""
        if not self._held and "<" not in piece:
            return piece
        text, count = self._pattern.subn("", self._held + piece)
        self.found = self.found or bool(count)
        held = open_end(text, self._marks)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def flush(self) -> str:
        """Return what was held back, since no mark came of it."""
        held, self._held = self._held, ""
        return held


def open_end(text: str, marks: Collection[str]) -> int:
    """Return how many characters at the end of a text may be the beginning of a mark."""
    firsts = {mark[0] for mark in marks}
    for start in range(max(len(text) - max(map(len, marks)) + 1, 0), len(text)):
        if text[start] in firsts and any(mark.startswith(text[start:]) for mark in marks):
            return len(text) - start
    return 0
