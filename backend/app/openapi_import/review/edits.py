"""Edits of an operation: what a person may change of it, and whether that fits. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from app.actions.policy import USUAL_RULE
from app.agents.config import AGENT_NAME, RESERVED_NAMES
from app.db.operations import EDITABLE, OperationRow
from app.errors import EditRefused
from app.tools.base import Access

CLAIM: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")  # a claim's name, or a path within it


def edited(row: OperationRow, wanted: Mapping[str, Any], *, by: str, at: str, reads: Collection[str]) -> OperationRow:
    """Return the operation as edited, with who changed what, when, and from what; raises `EditRefused`.

    A person may make an operation safer and less safe than it was proposed; both are written down. `reads` are the
    names of the reads of the same import.
    """
    if row.change == "removed":
        raise EditRefused("This operation is no longer in the document, so there is nothing to edit.")
    new = _complete(row, wanted)
    _check_arguments(row, new)
    _check_agent(new["agent"])
    if "twin" in wanted and new["twin"] is not None and (new["twin"] not in reads or new["twin"] == row.name):
        raise EditRefused(f"{new['twin']} is no read of this import, so it cannot show what this would change.")
    moved = [name for name in EDITABLE if new[name] != getattr(row, name)]
    if not moved:
        return row
    marks = dict(row.edited)
    for name in moved:
        first = marks.get(name, {}).get("from", getattr(row, name))
        marks[name] = {"by": by, "at": at, "from": first}
    return replace(row, **new, edited=marks, edited_by=by, revision=row.revision + 1)


def _complete(row: OperationRow, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return all editable fields; another access brings its usual consent along where none was chosen."""
    new = {name: wanted.get(name, getattr(row, name)) for name in EDITABLE}
    if "twin" in wanted:
        new["twin"] = wanted["twin"]
    moved = new["access"] != row.access
    if moved and "consent" not in wanted and "consent" not in row.edited:
        new["consent"] = USUAL_RULE[Access(new["access"])].value
    if "bound" in wanted and "customer_params" not in wanted:
        new["customer_params"] = [name for name in new["customer_params"] if name not in new["bound"]]
    return new


def _check_arguments(row: OperationRow, new: Mapping[str, Any]) -> None:
    there = {one["name"] for one in row.shown["arguments"]}
    for name in (*new["customer_params"], *new["bound"]):
        if name not in there:
            known = ", ".join(sorted(there)) or "none"
            raise EditRefused(f"The operation has no argument {name}; it has: {known}.", argument=name)
    for name, claim in new["bound"].items():
        if not CLAIM.fullmatch(claim):
            raise EditRefused(f"{claim!r} cannot be the name of a claim. Use letters, digits and _.", argument=name)
        if name in new["customer_params"]:
            raise EditRefused(f"{name} is filled from the verified customer, so the customer is not asked for it.")


def _check_agent(name: str) -> None:
    if AGENT_NAME.fullmatch(name) is None or name in RESERVED_NAMES:
        raise EditRefused(f"{name!r} cannot be the name of an agent. Use small letters, digits and _.")
