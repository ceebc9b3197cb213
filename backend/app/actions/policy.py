"""Who must consent to an action. Richer policies (amounts, roles, four eyes) have their place here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.tools.base import Access

if TYPE_CHECKING:
    from app.protocol import Audience
    from app.tools.base import ToolSpec


def consents_for(spec: ToolSpec) -> tuple[Audience, ...]:
    """Name those who must consent, in the order in which they are asked; nobody for a read.

    A write in the chat needs the customer. What is not known to be either is a write that an operator decides.
    """
    match spec.access:
        case Access.READ:
            return ()
        case Access.WRITE:
            return ("customer",)
        case Access.UNKNOWN:
            return ("operator",)
