"""Decoder of server-sent events, as model servers really send them.

It takes bytes however they were torn. Comments, names of events and empty events say nothing; `data:` may stand with
or without a space; lines end in LF, CR LF or CR. The last event needs no blank line after it, and neither does one that
is a whole chunk on a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.errors import ModelUnavailable

MAX_EVENT_BYTES: Final = 4_000_000  # a whole answer in one event; a server that never ends one must not fill memory
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_DATA: Final = b"data"
_BEGINNINGS: Final = (b"{", b"[DONE]")  # of a chunk, and the mark of the end


class EventDecoder:
    """Turns pieces of a stream into the data of its events."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the data of the events that this piece completes; raises `ModelUnavailable` for one without end."""
        text = self._rest + piece
        # A CR at the end may be half of a line's end: it waits for what follows.
        whole, held = (text[:-1], text[-1:]) if text.endswith(b"\r") else (text, b"")
        *lines, rest = _LINE_END.split(whole)
        self._rest = rest + held
        events = [event for line in lines for event in self._line(line)]
        if len(self._rest) + sum(map(len, self._data)) > MAX_EVENT_BYTES:
            raise ModelUnavailable(reason="an event of the stream has no end")
        return events

    def flush(self) -> list[bytes]:
        """Return the data of an event that ended with the stream."""
        events = [*self._line(self._rest.rstrip(b"\r")), *self._line(b"")]
        self._rest = b""
        return events

    def _line(self, line: bytes) -> Iterator[bytes]:
        """Yield the event that a line ends."""
        name, _, value = line.partition(b":")
        data = value.removeprefix(b" ")
        if not line or (name == _DATA and self._data and _is_whole(self._data) and data.startswith(_BEGINNINGS)):
            event, self._data = b"\n".join(self._data), []
            if event:
                yield event
        if name == _DATA:
            self._data.append(data)


def _is_whole(data: list[bytes]) -> bool:
    """Say whether a line is a chunk of its own: servers that forget the blank line send one chunk per line."""
    return len(data) == 1 and data[0].startswith(b"{") and data[0].endswith(b"}")
