"""Decoder of server-sent events, as model servers really send them.

It takes bytes however they were torn. Comments, names of events and empty events say nothing; `data:` may stand with
or without a space; lines end in LF, CR LF or CR. The last event needs no blank line after it, and neither does one that
is a whole chunk on a line of its own.
"""

from __future__ import annotations

from typing import Final

from app.errors import ModelUnavailable

MAX_EVENT_BYTES: Final = 4_000_000  # a whole answer in one event; a server that never ends one must not fill memory
_DATA: Final = b"data:"
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
        lines = whole.splitlines()  # at LF, CR LF and CR, and nothing else
        self._rest = (lines.pop() if lines and not whole.endswith((b"\n", b"\r")) else b"") + held
        events: list[bytes] = []
        for line in lines:
            self._read(line, events)
        if len(self._rest) + sum(map(len, self._data)) > MAX_EVENT_BYTES:
            raise ModelUnavailable(reason="an event of the stream has no end")
        return events

    def flush(self) -> list[bytes]:
        """Return the data of an event that ended with the stream."""
        events: list[bytes] = []
        for line in (self._rest.rstrip(b"\r"), b""):
            self._read(line, events)
        self._rest = b""
        return events

    def _read(self, line: bytes, events: list[bytes]) -> None:
        """Take a line, and add the event that it ends."""
        if line.startswith(_DATA):
            data = line[len(_DATA) :].removeprefix(b" ")
            if self._data and _is_whole(self._data) and data.startswith(_BEGINNINGS):
                self._end(events)
            self._data.append(data)
        elif not line and self._data:
            self._end(events)

    def _end(self, events: list[bytes]) -> None:
        data, self._data = self._data, []
        if event := b"\n".join(data):
            events.append(event)


def _is_whole(data: list[bytes]) -> bool:
    """Say whether a line is a chunk of its own: servers that forget the blank line send one chunk per line."""
    return len(data) == 1 and data[0].startswith(b"{") and data[0].endswith(b"}")
