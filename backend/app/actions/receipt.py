"""Receipt of a run: what the ledger says was done, declined, waits, failed or is unknown. Data, never prose.

It is made of the actions' rows alone, so it needs no model and no language and is right whatever a model has said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.db import actions, events
from app.protocol import Receipt, ReceiptLine
from app.tools.base import Access

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from app.db.actions import Action
    from app.db.pool import Connection
    from app.protocol import Changed, ReceiptState

MAX_VALUES: Final = 4  # of a call: what it is about, read at a glance; the card shows all of them
MAX_VALUE_CHARS: Final = 80  # of each: a name or an address, not a letter

_STATES: Final[Mapping[str, ReceiptState]] = {
    "pending": "waiting",
    "approved": "waiting",  # its turn ended before it was sent; it is sent when the turn is tried again
    "executing": "unknown",  # sent by a turn that has ended without an answer
    "rejected": "rejected",
    "expired": "expired",
    "succeeded": "succeeded",
    "failed": "failed",
    "unknown": "unknown",
}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A call that would have changed something and was refused before it became an action."""

    call_id: str
    tool: str
    title: str
    args: Mapping[str, Any] = field(default_factory=dict)


def receipt_of(
    acted: Sequence[Action],
    *,
    thread_id: str,
    run_id: UUID,
    attempts: Iterable[Attempt] = (),
    before: Receipt | None = None,
    language: str = "",
) -> Receipt:
    """Write the receipt of a run.

    `before` is its last one: refused calls and the language stay as they were. A refused call is left out where it
    was mended: the same tool was called again about the same thing.
    """
    lines = [_line(action) for action in acted]
    refused = [*_refused(before, acted), *map(_attempt, attempts)]
    return Receipt(
        thread_id=thread_id,
        run_id=str(run_id),
        lines=[*lines, *_unmended(refused, lines)],
        changed=_changed({_STATES[action.status] for action in acted if action.access != Access.READ.value}),
        language=language or (before.language if before else ""),
    )


async def newest_receipt(connection: Connection, *, thread_id: str, run_id: UUID) -> Receipt | None:
    """Read a run's last receipt; None where it has none."""
    frame = await events.newest_with(connection, thread_id=thread_id, kind="receipt", field="run_id", value=str(run_id))
    return Receipt.model_validate(frame) if frame else None


async def renewed_receipt(connection: Connection, *, thread_id: str, run_id: UUID) -> Receipt | None:
    """Write a run's receipt anew after its turn is over: something was settled late. None where it has none."""
    before = await newest_receipt(connection, thread_id=thread_id, run_id=run_id)
    if before is None:
        return None
    return receipt_of(
        await actions.of_run(connection, run_id=run_id), thread_id=thread_id, run_id=run_id, before=before
    )


def _changed(states: set[ReceiptState]) -> Changed:
    """Say whether anything was changed; where that is not known of a part, a success beside it still counts."""
    if "succeeded" in states:
        return "yes"
    if "unknown" in states:
        return "unknown"
    return "not_yet" if "waiting" in states else "no"


def _line(action: Action) -> ReceiptLine:
    return ReceiptLine(
        call_id=action.call_id,
        tool=action.tool,
        title=action.title,
        args=dict(_short(action.args)),
        state=_STATES[action.status],
    )


def _attempt(one: Attempt) -> ReceiptLine:
    return ReceiptLine(call_id=one.call_id, tool=one.tool, title=one.title, args=dict(_short(one.args)), state="failed")


def _refused(before: Receipt | None, acted: Sequence[Action]) -> list[ReceiptLine]:
    """List the lines of the receipt before that no action stands for."""
    known = {action.call_id for action in acted}
    return [line for line in before.lines if line.call_id not in known] if before else []


def _unmended(refused: Iterable[ReceiptLine], lines: Sequence[ReceiptLine]) -> Iterator[ReceiptLine]:
    """Yield the refused calls that no other call of the same tool has taken the place of; the newest of each."""
    others = list(lines)
    newest = {(line.tool, _values(line)): line for line in refused}
    for line in reversed(newest.values()):
        same = [other for other in others if other.tool == line.tool]
        if not any(_values(line) <= _values(other) or _values(line) & _values(other) for other in same):
            others.append(line)
            yield line


def _values(line: ReceiptLine) -> frozenset[str]:
    return frozenset(str(value) for value in line.args.values())


def _short(args: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the first few values that fit on a line; an action's own arguments come before what is nested in them."""
    left = MAX_VALUES
    for name, value in args.items():
        if left and _fits(value):
            left -= 1
            yield name, value
    for value in args.values():
        if left and isinstance(value, dict):
            for name, inner in value.items():
                if left and _fits(inner) and name not in args:
                    left -= 1
                    yield name, inner


def _fits(value: Any) -> bool:
    return isinstance(value, bool | int | float) or (isinstance(value, str) and 0 < len(value) <= MAX_VALUE_CHARS)
