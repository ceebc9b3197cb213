"""One-time sign-in codes, in memory: the server prints one, whoever reads its terminal is staff.

What is kept is a hash, and only until the code is used or too old; a restart forgets all of them.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

CODE_SECONDS: Final = 15 * 60  # time to find the link in the terminal, too short to be found later
MAX_CODES: Final = 100  # codes are made by people who start servers, a few at a time
CODE_BYTES: Final = 24  # 192 bits: not to be guessed in a code's short life


class SignInCodes:
    """The codes of one server; each is good once, within its time."""

    def __init__(self) -> None:
        """Begin without a code."""
        self._until: dict[bytes, float] = {}

    def issue(self, now: float) -> str:
        """Return a new code, good once within a quarter of an hour; the oldest goes when there are too many."""
        self._until = {code: until for code, until in self._until.items() if until > now}
        while len(self._until) >= MAX_CODES:
            del self._until[next(iter(self._until))]
        code = secrets.token_urlsafe(CODE_BYTES)
        self._until[digest(code)] = now + CODE_SECONDS
        return code

    def redeem(self, code: str, now: float) -> bool:
        """Return whether the code is good, and use it up."""
        until = self._until.pop(digest(code), None)
        return until is not None and now < until


def digest(text: str) -> bytes:
    """Return the hash of a secret: of one length for all, so that two can be compared in constant time."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
