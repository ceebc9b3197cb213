"""A frame of each type with something in every field, for tests that walk the unions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from app.protocol import ReceiptLine, Usage
from app.records import Candidate, FailedAttempt

WORD = "Erdbeere"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BY_NAME: dict[str, Any] = {
    "intents": [Candidate(agent="orders", confidence=0.5, request=WORD, reason=WORD)],
    "candidates": [Candidate(agent="orders", confidence=0.5, request=WORD, reason=WORD)],
    "usage": Usage(prompt_tokens=3),
    "failed_attempts": [FailedAttempt(http_status=503, error="tool_transient", duration_ms=7)],
    "given": ["customer"],
    "run_id": "7f6c",
    "language": "de",
    "lines": [ReceiptLine(call_id="c1", tool="cancel_order", args={"name": WORD}, state="failed")],
}
BY_TYPE: list[tuple[str, Any]] = [
    ("datetime", NOW),
    ("bool", True),
    ("int", 1),
    ("float", 0.5),
    ("dict", {"who": WORD, "deep": [{WORD: WORD}]}),
    ("list", [WORD]),
]


def value_of(name: str, annotation: Any) -> Any:
    """What a field of this kind holds, with the customer's word wherever any text can stand."""
    text = str(annotation)
    if name in BY_NAME:
        return BY_NAME[name]
    if literal := re.search(r"Literal\['(\w+)'", text):
        return literal.group(1)
    return next((value for part, value in BY_TYPE if part in text), WORD)


def filled(kind: Any) -> dict[str, Any]:
    """A frame of this kind with the customer's word in it."""
    values = {name: value_of(name, field.annotation) for name, field in kind.model_fields.items()}
    dumped: dict[str, Any] = kind(**values).model_dump(mode="json")
    return dumped
