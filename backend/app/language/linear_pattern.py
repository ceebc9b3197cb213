"""Linear-time patterns: what a document asks values to look like is matched by RE2, which no pattern can hold up.

Python's own engine goes back and tries again; a pattern of thirty characters makes it stand still on a short text.
RE2 never does. It knows no look-around and no back-references: such a pattern cannot be checked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import re2

MAX_MEMORY: Final = 1 << 20  # bytes for one compiled pattern; {1000}-fold repetitions of classes need more
CACHED: Final = 2_048  # as many different patterns as the tools of some large APIs have


def can_be_matched(pattern: str) -> bool:
    """Say whether a pattern is one that can be checked."""
    return _compiled(pattern) is not None


def fits(pattern: str, text: str) -> bool:
    """Say whether the pattern is found in the text; one that cannot be checked decides nothing."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


@lru_cache(maxsize=CACHED)
def _compiled(pattern: str) -> re2._Regexp | None:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError):
        return None
