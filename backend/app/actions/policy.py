"""Who must consent to an action. Richer policies (amounts, roles, four eyes) have their place here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.tools.base import Access, ConsentRule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.protocol import Audience
    from app.tools.base import ToolSpec

_DEFAULT: Final[Mapping[Access, ConsentRule]] = {
    Access.READ: ConsentRule.NOBODY,
    Access.WRITE: ConsentRule.CUSTOMER,
    Access.DESTRUCTIVE: ConsentRule.CUSTOMER,
    Access.UNKNOWN: ConsentRule.OPERATOR,
}
_ASKED: Final[Mapping[ConsentRule, tuple[Audience, ...]]] = {
    ConsentRule.NOBODY: (),
    ConsentRule.CUSTOMER: ("customer",),
    ConsentRule.OPERATOR: ("operator",),
    ConsentRule.BOTH: ("customer", "operator"),
}


def consents_for(spec: ToolSpec) -> tuple[Audience, ...]:
    """Name those who must consent, in the order in which they are asked.

    The reviewed rule decides; without one a read needs nobody, a write the customer, and what is not known to be
    either is a write that an operator decides.
    """
    return _ASKED[spec.consent or _DEFAULT[spec.access]]


def next_to_ask(
    needed: Sequence[Audience], given: Collection[str], *, edited_by: Audience | None = None
) -> Audience | None:
    """Name who is asked next; None where all have consented.

    Whoever has just edited an action is shown first what it would do now.
    """
    missing = [audience for audience in needed if audience not in given]
    if edited_by in missing:
        return edited_by
    return missing[0] if missing else None


def risk_of(access: str | None) -> int:
    """Weigh an action for the queue: 3 cannot be taken back, 2 is not known, 1 is a write, 0 a read."""
    return {Access.DESTRUCTIVE.value: 3, Access.UNKNOWN.value: 2, Access.READ.value: 0}.get(access or "", 1)
