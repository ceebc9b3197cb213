"""Decoder of server-sent events, as model servers really send them.

It takes bytes however they were torn. Comments, names of events and empty events say nothing; `data:` may stand with or
without a space; lines end in LF, CR LF or CR; the last event needs no blank line after it.
"""

from __future__ import annotations

import re
from typing import Final

from app.errors import ModelUnavailable

MAX_EVENT_BYTES: Final = 4_000_000  # a whole answer in one event; a server that never ends one must not fill memory
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_DATA: Final = b"data"


class EventDecoder:
    """Turns pieces of a stream into the data of its events."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the data of the events that this piece completes; raises `ModelUnavailable` for one without end."""
        text = self._rest + piece
        # A CR at the end may be half of a line's end: it waits for what follows.
        whole, held = (text[:-1], text[-1:]) if text.endswith(b"\r") else (text, b"")
        *lines, rest = _LINE_END.split(whole)
        self._rest = rest + held
        self._size += len(piece)
        events = [event for line in lines if (event := self._line(line)) is not None]
        if events:
            self._size = len(self._rest)
        if self._size > MAX_EVENT_BYTES:
            raise ModelUnavailable(reason="an event of the stream has no end")
        return events

    def flush(self) -> list[bytes]:
        """Return the data of an event that ended with the stream."""
        ends = [self._line(self._rest.rstrip(b"\r")), self._line(b"")]
        self._rest = b""
        return [event for event in ends if event is not None]

    def _line(self, line: bytes) -> bytes | None:
        if not line:
            data, self._data = self._data, []
            return b"\n".join(data) or None
        name, _, value = line.partition(b":")
        if name == _DATA:
            self._data.append(value.removeprefix(b" "))
        return None
