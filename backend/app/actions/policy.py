"""Who must consent to an action. Richer policies (amounts, roles, four eyes) have their place here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.tools.base import Access, ConsentRule

if TYPE_CHECKING:
    from collections.abc import Mapping

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
