"""Diff of a new document and what is live, in plain sentences; and what of a person's work is kept. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.openapi.operation import OperationDefinition
from app.openapi_import.classify.labels import RISK
from app.tools.base import Access, ConsentRule

MAX_SENTENCES: Final = 30  # of one operation: who reads more looks at the operation itself
MAX_NAMED: Final = 5  # values or words shown of a list
REVIEWED: Final = ("title", "description", "access", "consent", "agent", "customer_params", "bound", "twin", "enabled")
WORDS: Final[Mapping[str, str]] = {
    "read": "a read",
    "write": "a write",
    "destructive": "a write that cannot be taken back",
}
GONE: Final = "It is no longer in the document. Its tool goes when this import is approved."


@dataclass(frozen=True, kw_only=True)
class Before:
    """One operation as it is live: its definition's mark, what was proposed then, and what people made of it."""

    fingerprint: str
    proposed: str
    reviewed: Mapping[str, Any]
    edited: Mapping[str, Mapping[str, Any]]
    edited_by: str | None


def carried(
    before: Before, row: Mapping[str, Any], *, sentences: Sequence[str], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return the new row of an operation that was there before.

    The same operation stays reviewed as it was. A changed one keeps what a person set, as far as it still fits;
    what is now more dangerous than it seemed before is proposed as that, whatever was set. `names` are the tools of
    this import by the names that they want.
    """
    if before.fingerprint == row["fingerprint"]:
        kept = {name: before.reviewed[name] for name in REVIEWED}
        return {**row, **kept, "edited": dict(before.edited), "edited_by": before.edited_by, "change": "same"}
    edited = {name: mark for name, mark in before.edited.items() if name in REVIEWED}
    merged = {**row, **{name: before.reviewed[name] for name in (*edited, "enabled", "agent")}}
    merged |= _fitting(merged, row)
    lines = list(sentences)
    riskier = RISK[Access(row["access"])] > RISK[Access(before.proposed)]
    if riskier:
        edited.pop("access", None)
        lines.insert(0, _riskier(before, row))
        merged["access"] = _safer(before.reviewed["access"], row["access"])
        merged["consent"] = _stricter(before.reviewed["consent"], row["consent"])
    elif "access" not in edited:
        # What a person has approved as a write does not become a read because the document says so.
        merged["access"] = _safer(before.reviewed["access"], row["access"])
        merged["consent"] = before.reviewed["consent"]
    return {
        **merged,
        "edited": edited,
        "edited_by": before.edited_by if edited else None,
        "change": "riskier" if riskier else "changed",
        "changes": lines[:MAX_SENTENCES] or ["Something in its details has changed."],
        "twin": names.get(merged["twin"] or "", merged["twin"]),
    }


def _fitting(merged: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of customer parameters and bound ones those that the operation still has."""
    there = set(row["argument_names"])
    return {
        "customer_params": [name for name in merged["customer_params"] if name in there],
        "bound": {name: claim for name, claim in merged["bound"].items() if name in there},
    }


def _safer(one: str, other: str) -> str:
    return max(one, other, key=lambda access: RISK[Access(access)])


def _stricter(one: str, other: str) -> str:
    return max(one, other, key=lambda consent: ConsentRule(consent).strictness)


def _riskier(before: Before, row: Mapping[str, Any]) -> str:
    now, then = WORDS[row["access"]], WORDS[before.proposed]
    line = f"It looks like {now} now; before it looked like {then}."
    if "access" in before.edited:
        line += f" {before.edited_by or 'Somebody'} had set it to {before.reviewed['access']}; please decide anew."
    return line


# --- what changed, in sentences --------------------------------------------------------------------------------


def what_changed(old: OperationDefinition, new: OperationDefinition) -> list[str]:
    """Say in plain sentences what the new definition of an operation changes."""
    return list(_sentences(old, new))[:MAX_SENTENCES]


def _sentences(old: OperationDefinition, new: OperationDefinition) -> Iterator[str]:
    if new.deprecated and not old.deprecated:
        yield "It is marked as deprecated now."
    if old.deprecated and not new.deprecated:
        yield "It is no longer marked as deprecated."
    yield from _arguments(old, new)
    if old.security != new.security:
        yield "It asks for other credentials or scopes."
    if old.title != new.title:
        yield f"It is called “{new.title}” now; it was “{old.title}”."
    if old.description != new.description:
        yield "Its description has changed. Read it again: the model does."
    if old.response != new.response:
        yield "What it answers has another form."
    if old.extensions != new.extensions:
        yield "Its vendor extensions (x-...) have changed."
    if old.plan.base_url != new.plan.base_url:
        yield f"It is sent to {new.plan.base_url} now; it was sent to {old.plan.base_url}."
    if replace(old.plan, base_url="") != replace(new.plan, base_url="") and _wire(old) == _wire(new):
        yield "How its request is written has changed."


def _wire(one: OperationDefinition) -> set[tuple[str, str, str]]:
    return {(argument.name, argument.wire_name, str(argument.place)) for argument in one.arguments}


def _arguments(old: OperationDefinition, new: OperationDefinition) -> Iterator[str]:
    before = {one.name: one for one in old.arguments}
    now = {one.name: one for one in new.arguments}
    for name, one in now.items():
        if name not in before:
            yield f"It has a new {'required' if one.required else 'optional'} argument, {name}."
            continue
        was = before[name]
        if one.required != was.required:
            yield f"The argument {name} is {'required' if one.required else 'optional'} now."
        if one.type != was.type:
            yield f"The argument {name} is {one.type or 'of any type'} now; it was {was.type or 'of any type'}."
        if str(one.place) != str(was.place):
            yield f"The argument {name} is sent in the {one.place} now; it was sent in the {was.place}."
        yield from _values(name, _property(old, name), _property(new, name))
        if one.description != was.description:
            yield f"The description of the argument {name} has changed."
    for name in before:
        if name not in now:
            yield f"It no longer has the argument {name}."


def _property(one: OperationDefinition, name: str) -> Mapping[str, Any]:
    found = one.schema.get("properties", {}).get(name, {})
    return found if isinstance(found, Mapping) else {}


def _values(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Say what an argument takes now that it did not take before, and the other way round."""
    if old == new:
        return
    was, now = _enum(old), _enum(new)
    if was != now and (was or now):
        added = [value for value in now if value not in was]
        gone = [value for value in was if value not in now]
        if added and was:
            yield f"The argument {name} also takes {_listed(added)} now."
        elif added:
            yield f"The argument {name} takes only {_listed(now)} now."
        if gone and now:
            yield f"The argument {name} no longer takes {_listed(gone)}."
        elif gone:
            yield f"The argument {name} is no longer limited to a few values."
        return
    yield f"What the argument {name} may be has changed."


def _enum(schema: Mapping[str, Any]) -> list[Any]:
    found = schema.get("enum", [])
    return list(found) if isinstance(found, list) else []


def _listed(values: Sequence[Any]) -> str:
    more = f" and {len(values) - MAX_NAMED} more" if len(values) > MAX_NAMED else ""
    return ", ".join(str(value)[:40] for value in values[:MAX_NAMED]) + more
