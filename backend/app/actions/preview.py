"""Preview of an action: the read that shows what a write would change, run for the person who decides.

Where no read fits, or a value that it requires is missing, there is no evidence; a read that fails is shown as failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.actions.policy import requirements
from app.errors import ToolError, ToolUnknown
from app.tools.base import Access, ToolSpec
from app.tools.identity import as_customer, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions.policy import Attempt
    from app.db.actions import Action
    from app.tools.base import Tool, ToolOutcome


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The read that was run, with which values, and what it answered; without `tool` there is none that fits."""

    tool: str | None = None
    title: str = ""
    args: Mapping[str, Any] | None = None
    outcome: ToolOutcome | None = None


async def evidence_of(
    action: Action, *, find_tool: Callable[[str], Tool], names: Iterable[str], claims: Mapping[str, Any]
) -> Evidence:
    """Run the read that shows what the action would change, as the customer whose action it is.

    Only a read that needs nobody's consent is ever run, and only with the action's own values.
    """
    try:
        spec = find_tool(action.tool).spec
        known = [find_tool(name).spec for name in names]
    except ToolUnknown:
        return Evidence()
    read = preview_read(action, spec, known, claims)
    if read is None:
        return Evidence()
    args = _arguments(read, action.args)
    outcome = await as_customer(find_tool(read.name), claims).run(args)
    return Evidence(tool=read.name, title=read.title, args=args, outcome=outcome)


def preview_read(
    action: Attempt, spec: ToolSpec, known: Iterable[ToolSpec], claims: Mapping[str, Any]
) -> ToolSpec | None:
    """Find the read that was reviewed as showing what this write would change.

    None where there is none, where it would need consent, or where the action lacks a value that it requires.
    """
    named = (one for one in known if one.name == spec.twin and one.source == spec.source)
    return next((one for one in named if _runs_unasked(one, action, claims) and _fits(one, action.args, claims)), None)


def _runs_unasked(spec: ToolSpec, action: Attempt, claims: Mapping[str, Any]) -> bool:
    """Say whether a tool is a read that needs nobody's consent."""
    if spec.access is not Access.READ or spec.effect is not None:
        return False
    return not requirements(action, _arguments(spec, action.args), spec, claims)


def _required(spec: ToolSpec) -> set[str]:
    return set(spec.schema.get("required", ()))


def _arguments(spec: ToolSpec, args: Mapping[str, Any]) -> dict[str, Any]:
    """Take those of the action's values that the read requires; others would only narrow what is shown."""
    return {name: args[name] for name in _required(spec) if name in args and name not in spec.bound}


def _fits(spec: ToolSpec, args: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    try:
        return _required(spec) <= set(fill(spec, _arguments(spec, args), claims))
    except ToolError:
        return False
