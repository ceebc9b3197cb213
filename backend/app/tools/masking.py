"""Secret masking: nothing of ours is left in what a target answered, whatever it echoes."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable
from typing import Any, Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "[hidden]"
MIN_INNER_CHARS: Final = 4  # a shorter secret is hidden only where it is the whole value: inside it would be any word

MAX_DEPTH: Final = 100  # of lists and objects in each other; an answer that is deeper hides rather than tells


class Mask:
    """Replaces secrets in texts, keys and numbers, plain or in the spellings in which they travel."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the secrets as they were entered; empty ones mean nothing."""
        plain = {secret for secret in secrets if secret}
        self._whole = frozenset(plain)
        inner = {spelled for secret in plain if len(secret) >= MIN_INNER_CHARS for spelled in _spellings(secret)}
        longest_first = sorted(inner, key=len, reverse=True)  # one secret may hold another
        self._inner = re.compile("|".join(map(re.escape, longest_first))) if inner else None

    def __call__(self, value: Any, *, depth: int = MAX_DEPTH) -> Any:
        """Return the value without secrets; everything else in it is as it was, down to a depth that nobody reads."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | dict) and depth == 0:
            return "…"
        if isinstance(value, list):
            return [self(item, depth=depth - 1) for item in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self(item, depth=depth - 1) for key, item in value.items()}
        if isinstance(value, int | float) and not isinstance(value, bool):
            return HIDDEN if str(value) in self._whole else value
        return value

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if text in self._whole:
            return HIDDEN
        return self._inner.sub(HIDDEN, text) if self._inner else text


def _spellings(secret: str) -> Collection[str]:
    """Return the secret as JSON, addresses and basic authentication write it."""
    coded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), quote_plus(secret), coded, coded.rstrip("=")}
