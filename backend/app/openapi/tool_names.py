"""Tool names of a document's operations: what every provider of models takes, and unique in the document."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from app.openapi.document import Operation

MAX_NAME_CHARS: Final = 64  # what every provider of models accepts

_DIGEST_CHARS: Final = 6  # tells apart the few names of one document that would be the same


def name_operations(operations: Sequence[Operation]) -> list[str]:
    """Give each operation a legal name, unique in the document: its operationId, or else its method and path.

    A name depends on nothing but its own operation and those of the same name before it, so that it stays when the
    document grows.
    """
    taken: set[str] = set()
    return [_new(operation, taken) for operation in operations]


def _new(operation: Operation, taken: set[str]) -> str:
    wished = legal_name(operation.operation_id) or legal_name(f"{operation.method} {operation.path}")
    if wished[0].isdigit():  # some providers want a letter first
        wished = f"op_{wished}"
    name, digest = wished, operation.place
    while len(name) > MAX_NAME_CHARS or name in taken:
        digest = hashlib.sha256(digest.encode(errors="replace")).hexdigest()
        name = f"{wished[: MAX_NAME_CHARS - _DIGEST_CHARS - 1]}_{digest[:_DIGEST_CHARS]}"
    taken.add(name)
    return name


def legal_name(text: str) -> str:
    """Write the text in snake_case with ASCII letters and digits only; empty where it has none."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    words = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", words)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
