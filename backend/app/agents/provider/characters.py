"""Joiner of characters that a server has torn: half of one, as UTF-16 writes it, waits for the other half."""

from __future__ import annotations


class WholeCharacters:
    """Passes a text on with whole characters alone; a half that stays alone becomes the mark of a broken one."""

    def __init__(self) -> None:
        """Begin before the first piece."""
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what of the text so far is certain."""
        text, self._held = self._held + piece, ""
        try:
            text.encode()
        except UnicodeEncodeError:
            if "\ud800" <= text[-1] <= "\udbff":
                text, self._held = text[:-1], text[-1]
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text
