"""Cursor codec of the paged lists: the row after which a list goes on, as one opaque word in an address.

A cursor is the base64url of a JSON list of the parts that name the row. One that this API never wrote for that list is
refused by name; it is never taken for a place.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from app.errors import InvalidRequest


class CursorCodec:
    """Cursors of lists whose rows are named by parts of these kinds."""

    def __init__(self, *kinds: Callable[[str], Any]) -> None:
        """Each kind reads a part back from its text; it raises `ValueError` for a text that it never was."""
        self._kinds = kinds

    def write(self, *parts: object) -> str:
        """Return the cursor that continues a list after the row that these parts name."""
        texts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in parts]
        return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")

    def read(self, cursor: str | None) -> tuple[Any, ...] | None:
        """Return a cursor's parts, None where there is no cursor.

        Raises `InvalidRequest` for one that was never written here.
        """
        if cursor is None:
            return None
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            return tuple(kind(text) for kind, text in zip(self._kinds, texts, strict=True))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            fault = "cursor: it is not one of this API's. Start again without it."
            raise InvalidRequest(fault, field="cursor") from None


def moment(text: str) -> datetime:
    """Read a moment back; one without a zone is none of ours."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read.astimezone(UTC)


def number(at_most: int) -> Callable[[str], int]:
    """Return what reads a number from 0 to this one back."""

    def read(text: str) -> int:
        value = int(text)
        if not 0 <= value <= at_most:
            raise ValueError(text)
        return value

    return read


def key(text: str) -> str:
    """Read a row's own text back; what the database cannot hold was never one."""
    if "\x00" in text or text.encode() == b"":
        raise ValueError(text)
    return text


BY_MOMENT: Final = CursorCodec(moment)
