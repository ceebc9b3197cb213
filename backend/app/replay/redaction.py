"""Redaction of an event: its shape and its figures stay, nothing that anybody said does.

The frame table names what each type keeps. What is not named is gone, so a field that is added later is forgotten
unless somebody decides that it may stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.events.frame_table import FRAMES

_ALWAYS: Final = ("type", "thread_id", "seq", "at")


def redact(frame: Mapping[str, Any], *, confirms: Callable[[str], bool]) -> dict[str, Any]:
    """Return the frame without anything that was said, shown, sent or answered in it; again, it changes nothing.

    `confirms` says whether a customer's message confirms that all is done. Of a type that is not in the table only the
    envelope is left.
    """
    row = FRAMES.get(frame["type"])
    kept = _ALWAYS if row is None else (*_ALWAYS, *row.kept)
    left = {name: frame[name] for name in kept if name in frame}
    if row is not None:
        left |= row.replaced
        rewritten = {name: rewrite(frame.get(name), confirms) for name, rewrite in row.rewritten.items()}
        left |= {name: value for name, value in rewritten.items() if value is not None}
    return left
