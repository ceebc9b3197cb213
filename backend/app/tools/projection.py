"""Projection of a large response to what fits: the noise goes first, then details of long lists, then their ends."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from app.openapi.plain_text import cut

MAX_CUTS_NAMED: Final = 3  # of the lists that were cut: the model has to know that there is more, not all of where

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Step(NamedTuple):
    """How much is kept: entries of a list, fields of an object, characters of a text, depth.

    `plain` leaves out what is empty; `rows` keeps of each object in a list only its single values, so that a list
    of two hundred orders still shows every order's number and state.
    """

    entries: int
    fields: int
    chars: int
    depth: int
    plain: bool = False
    rows: bool = False


# For the record: details stay, long lists and texts lose their ends.
FOR_REPLAY: Final = (
    Step(100_000, 10_000, 1_000_000, 50),
    Step(1_000, 1_000, 250_000, 50),
    Step(300, 1_000, 50_000, 30),
    Step(100, 300, 10_000, 30),
    Step(30, 100, 2_000, 12),
    Step(10, 30, 500, 8),
    Step(3, 10, 100, 5),
)
# For the model: what is empty goes first, then the details of lists, then the ends.
FOR_THE_MODEL: Final = (
    Step(1_000, 1_000, 8_000, 30),
    Step(1_000, 1_000, 2_000, 12, plain=True),
    Step(200, 100, 200, 8, plain=True, rows=True),
    Step(100, 30, 100, 8, plain=True, rows=True),
    Step(50, 50, 500, 8, plain=True),
    Step(20, 20, 200, 6, plain=True),
    Step(10, 20, 100, 5, plain=True),
    Step(5, 10, 60, 4, plain=True),
    Step(3, 5, 40, 3, plain=True),
)


@dataclass
class Projection:
    """What was kept of a value, whether that is all of it, and which lists were cut, in words."""

    kept: Any = None
    complete: bool = True
    cuts: list[str] = field(default_factory=list)


def project(value: Any, max_chars: int, ladder: tuple[Step, ...] = FOR_THE_MODEL) -> Projection:
    """Return the value within so many characters of JSON, and only with what can be stored."""
    made = Projection()
    for step in ladder:
        made = Projection()
        made.kept = _kept(value, step, step.depth, "", made)
        text = json.dumps(made.kept, ensure_ascii=False)
        if len(text) <= max_chars:
            return made
    return Projection(kept=cut(text, max_chars // 2), complete=False, cuts=made.cuts)


def storable(text: str) -> str:
    """Return the text without what neither a database nor JSON can hold."""
    return _UNSTORABLE.sub("", text)


def _kept(value: Any, step: Step, depth: int, name: str, made: Projection) -> Any:
    if isinstance(value, str):
        clean = storable(value)
        if len(clean) > step.chars:
            made.complete, clean = False, clean[: step.chars - 1] + "…"
        return clean
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        made.complete = False
        return "…"
    return (
        _kept_list(value, step, depth, name, made)
        if isinstance(value, list)
        else _kept_object(value, step, depth, made)
    )


def _kept_list(value: list[Any], step: Step, depth: int, name: str, made: Projection) -> list[Any]:
    if len(value) > step.entries:
        made.complete = False
        if len(made.cuts) < MAX_CUTS_NAMED:
            made.cuts.append(f"{step.entries} of {len(value)}{f' in {name[:40]}' if name else ''}")
    entries = value[: step.entries]
    if step.rows:
        entries = [_row(entry, made) for entry in entries]
    return [_kept(entry, step, depth - 1, name, made) for entry in entries]


def _row(entry: Any, made: Projection) -> Any:
    if not isinstance(entry, dict):
        return entry
    single = {key: part for key, part in entry.items() if not isinstance(part, dict | list)}
    if not single:  # wrapped once more, as in {"node": {...}}
        return entry
    made.complete = made.complete and len(single) == len(entry)
    return single


def _kept_object(value: dict[Any, Any], step: Step, depth: int, made: Projection) -> dict[Any, Any]:
    fields = list(value.items())
    if step.plain:
        fields = [(key, part) for key, part in fields if part is not None and part not in ("", [], {})]
    if len(fields) > step.fields or len(fields) < len(value):
        made.complete = False
    return {
        _kept(key, step, 1, "", made): _kept(part, step, depth - 1, str(key), made)
        for key, part in fields[: step.fields]
    }
