"""JSON as PostgreSQL takes it, whatever a model, a document or a target has put into it."""

from __future__ import annotations

import json
import math
from typing import Any


def to_jsonb(value: Any) -> str:
    """Write a value as JSON that PostgreSQL takes, whatever a model or a target has put into it."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()
    except ValueError:  # a number that is none, or half of a character
        return json.dumps(_storable(value))
    return json.dumps(_storable(value)) if "\\u0000" in written else written


def _storable(value: Any) -> Any:
    """Replace what `jsonb` cannot hold: NUL and lone surrogates by the sign for that, NaN and infinity by null."""
    if isinstance(value, str):
        whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.replace("\x00", "\ufffd")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {_storable(str(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
