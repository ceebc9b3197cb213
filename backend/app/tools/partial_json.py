"""Partial JSON parser: what had come of a text that was cut off, as a value."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_CLOSES: Final = {"[": "]", "{": "}"}


def beginning(text: str) -> Any:
    """Return the beginning of a JSON text up to its last whole entry; ValueError where it is not JSON at all.

    A list keeps the entries that came, an object its fields; what was in the middle of coming is left out.
    """
    to_close: list[str] = []
    end, closing = 0, ""
    for token in _TOKEN.finditer(text):
        mark = token[0][0]
        if mark in _CLOSES:
            to_close.append(_CLOSES[mark])
            end, closing = (end, closing) if end else (token.end(), to_close[0])
        elif mark == ",":
            end, closing = token.start(), "".join(reversed(to_close))
        elif mark != '"' and (not to_close or to_close.pop() != mark):
            raise ValueError("it closes what was never opened")
    return json.loads(text[:end] + closing)
