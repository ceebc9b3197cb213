"""Preview reads: what shows what a write would change, such as GET /orders/{id} for POST /orders/{id}/cancel. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.openapi.operation import OperationDefinition
from app.openapi_import.classify.tokens import PathWords, read_path
from app.tools.base import Access

_PARAMETER = re.compile(r"\{[^{}]*\}")
_OWN = frozenset({"me", "self", "current", "mine"})


class PreviewReads:
    """The reads of an API by where they are."""

    def __init__(self, operations: Sequence[OperationDefinition], accesses: Sequence[Access]) -> None:
        """Take the operations with what each was judged to do."""
        self._reads: dict[str, OperationDefinition] = {}
        for operation, access in zip(operations, accesses, strict=True):
            if access is Access.READ and operation.method.upper() == "GET":
                self._reads.setdefault(_place(operation.path), operation)

    def of(self, operation: OperationDefinition) -> OperationDefinition | None:
        """Return the read of the same thing, or of the nearest that it is a part of; None where there is none.

        It needs nothing that the write does not have. Creating something new has no twin.
        """
        given = set(_PARAMETER.findall(operation.path))
        for path in _upwards(operation.path):
            read = self._reads.get(_place(path))
            if read is not None and _can_be_asked(read, operation, len(given)):
                return read
        return None


def _upwards(path: str) -> list[str]:
    """Return the paths that may show the thing: as it stands, then shorter, each ending in one thing."""
    parts = path.rstrip("/").split("/")
    found = []
    for length in range(len(parts), 1, -1):
        candidate = "/".join(parts[:length])
        if _names_one_thing(read_path(candidate), is_whole=length == len(parts)):
            found.append(candidate)
        if ":" in parts[length - 1] and "{" in parts[length - 1]:  # /orders/{id}:cancel
            found.append(candidate.rpartition(":")[0])
    return found


def _names_one_thing(path: PathWords, *, is_whole: bool) -> bool:
    if path.ends_in_parameter:
        return True
    tail = path.tail
    if tail is None:
        return False
    has_parameter = any(segment.is_parameter for segment in path.segments)
    return bool(set(tail.words) & _OWN) or (is_whole and (has_parameter or not tail.words[-1].endswith("s")))


def _place(path: str) -> str:
    """Return a path without the names of its parameters, which differ between operations on one thing."""
    return _PARAMETER.sub("{}", path.rstrip("/"))


def _can_be_asked(read: OperationDefinition, write: OperationDefinition, given: int) -> bool:
    needed = [one for one in read.arguments if one.required]
    names: Mapping[str, str] = {one.wire_name: one.place for one in write.arguments}
    in_path = [one for one in needed if one.place == "path"]
    return len(in_path) <= given and all(one.place == "path" or one.wire_name in names for one in needed)
