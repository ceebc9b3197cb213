"""Speech tools: calls by which a model that has to call something says something; what they say is read as its text.

The argument is read while it streams, so a customer sees its first words as soon as those of a plain answer.
"""

from __future__ import annotations

import re
from typing import Final

import orjson

from app.tools.builtin import ANSWER, ASK

SPEECH: Final = {ASK: "question", ANSWER: "text"}
"""The tools, each with the argument that is said."""

_OPENINGS: Final = {ASK: re.compile(r'"question"\s*+:\s*+"'), ANSWER: re.compile(r'"text"\s*+:\s*+"')}
_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[^u])")
_HIGH_SURROGATE: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\Z")


class SpeechReader:
    """Reads what one call says, from as much of its arguments as has come."""

    def __init__(self, tool: str) -> None:
        """Read the argument that this tool says."""
        self._opening = _OPENINGS[tool]
        self._read = ""  # arguments that have been read
        self._begun = False
        self._ended = False
        self._rest = ""  # an escape that has come in part

    def read(self, args: str) -> str:
        """Return what the arguments say beyond what they said before; they are given from their beginning each time."""
        if self._ended or not args.startswith(self._read):
            return ""
        if not self._begun:
            opening = self._opening.search(args)
            if opening is None:
                return ""
            self._begun, self._read = True, args[: opening.end()]
        new, self._read = args[len(self._read) :], args
        return self._decode(self._rest + new)

    def unnamed(self, args: str) -> str:
        """Return what whole arguments say under another name, where they say nothing under the right one."""
        if self._begun:
            return ""
        try:
            values = orjson.loads(args).values()
        except (orjson.JSONDecodeError, AttributeError):
            return ""
        return next((value for value in values if isinstance(value, str)), "")

    def _decode(self, coded: str) -> str:
        """Decode the part of a JSON string that is whole; an escape that is not stays for the next time."""
        place, whole = 0, 0
        while place < len(coded):
            if coded[place] == '"':
                self._ended = True
                break
            if coded[place] == "\\":
                escape = _ESCAPE.match(coded, place)
                if escape is None:
                    break
                place = escape.end()
            else:
                place += 1
            whole = place
        if (half := _HIGH_SURROGATE.search(coded, 0, whole)) is not None and not self._ended:
            whole = half.start()
        self._rest = "" if self._ended else coded[whole:]
        return _decoded(coded[:whole])


def _decoded(coded: str) -> str:
    # Small models put line ends into strings as they are, which JSON does not allow.
    plain = coded.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    try:
        return str(orjson.loads(f'"{plain}"'))
    except orjson.JSONDecodeError:
        return coded
