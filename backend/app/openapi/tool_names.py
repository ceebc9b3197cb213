"""Names that every provider of models takes: legal, unique in their API, and the same when it is imported again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.openapi.document import Operation

MAX_NAME_CHARS: Final = 64  # what every provider of models accepts

_DIGEST_CHARS: Final = 6  # tells apart the few names of one document that would be the same
_LEGAL: Final = re.compile(rf"[a-zA-Z_][a-zA-Z0-9_-]{{0,{MAX_NAME_CHARS - 1}}}")


def name_operations(operations: Sequence[Operation], kept: Mapping[str, str] | None = None) -> list[str]:
    """Give each operation a legal name, unique in the document: its operationId, or else its method and path.

    A name depends on nothing but its own operation and those of the same name before it, so that it stays when the
    document grows. `kept` holds names from an earlier import, by the operation's place: they are given again, whatever
    has come or gone since.
    """
    earlier = {place: name for place, name in (kept or {}).items() if _LEGAL.fullmatch(name)}
    places = {operation.place for operation in operations}
    taken = {name for place, name in earlier.items() if place in places}
    return [earlier.get(operation.place) or _new(operation, taken) for operation in operations]


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
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", words)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
