"""Consent policy. Says who must consent to an action before it may be sent. Pure.

`requirements` is a function of the action, its arguments, its tool and the customer's identity; nobody else
interprets a rule. What it names is kept with the action, asked for one after another (`next_to_ask`), and counted
once more by the ledger when it claims the action: a policy that has become stricter meanwhile refuses it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from app.tools.base import Access
from app.tools.consent_rule import ConsentRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from app.protocol import Audience
    from app.tools.base import ToolSpec

USUAL_RULE: Final[Mapping[Access, ConsentRule]] = {
    Access.READ: ConsentRule.NOBODY,
    Access.WRITE: ConsentRule.CUSTOMER,
    Access.DESTRUCTIVE: ConsentRule.CUSTOMER,
    Access.UNKNOWN: ConsentRule.OPERATOR,
}
"""The rule of a tool that nobody has reviewed: a read needs nobody, a write the customer, the unknown an operator."""

_APART: Final = "/"  # in a kept requirement, between the role and the places that it looks at


class Attempt(Protocol):
    """A call of a tool on its way: before it is an action, or as the action on record."""

    @property
    def thread_id(self) -> str:
        """The conversation."""

    @property
    def agent(self) -> str:
        """The agent that calls."""

    @property
    def args(self) -> Mapping[str, Any]:
        """The arguments as the model gave them, or as a person has edited them."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One person's consent that an action needs before it may be sent.

    `role` says who may give it. `not_by` holds places in the action's list of requirements: consent may not come from
    a person who has given it there. `Requirement(role="operator")` and then
    `Requirement(role="operator", not_by=frozenset({0}))` ask two different operators.
    """

    role: Audience
    not_by: frozenset[int] = frozenset()

    def kept(self) -> str:
        """Return the requirement as it is kept with the action: `operator`, or `operator/0`."""
        return _APART.join([self.role, ",".join(map(str, sorted(self.not_by)))]) if self.not_by else self.role

    @classmethod
    def read(cls, kept: str) -> Requirement:
        """Read a kept requirement back."""
        role, _, places = kept.partition(_APART)
        return cls(role=cast("Audience", role), not_by=frozenset(int(place) for place in places.split(",") if place))


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One person's consent to exactly what was shown. `by` names a member of staff; None where no name is known."""

    role: Audience
    by: str | None = None


def requirements(
    action: Attempt,  # noqa: ARG001  # the rules of today look at the tool alone
    arguments: Mapping[str, Any],  # noqa: ARG001
    spec: ToolSpec,
    identity: Mapping[str, Any],  # noqa: ARG001
) -> list[Requirement]:
    """Name the consents that an action needs, in the order in which they are asked for; empty where it needs none.

    `arguments` are those that would be sent, `identity` the verified claims of the customer (empty for a stranger).
    The reviewed rule decides; where nobody has reviewed the tool, the usual rule of its access.
    """
    return [Requirement(role=role) for role in (spec.consent or USUAL_RULE[spec.access]).asks]


def next_to_ask(
    needed: Sequence[Requirement], given: Iterable[Consent], *, edited_by: Audience | None = None
) -> Audience | None:
    """Name the role that is asked next; None where nothing is missing.

    Whoever has just edited an action is shown first what it would do now.
    """
    met = _met(needed, given)
    missing = [one.role for place, one in enumerate(needed) if place not in met]
    if edited_by in missing:
        return edited_by
    return missing[0] if missing else None


def consented(needed: Sequence[Requirement], given: Iterable[Consent]) -> list[Audience]:
    """List the roles of the requirements that are met, in their order."""
    met = _met(needed, given)
    return [one.role for place, one in enumerate(needed) if place in met]


def _met(needed: Sequence[Requirement], given: Iterable[Consent]) -> dict[int, Consent]:
    """Give each requirement, by its place, a consent of its own that fits; a place without one is not met."""
    left, met = list(given), dict[int, Consent]()
    for place, one in enumerate(needed):
        others = [met[earlier].by for earlier in one.not_by if earlier in met]
        fitting = next((consent for consent in left if consent.role == one.role and _differs(consent, others)), None)
        if fitting is not None:
            left.remove(fitting)
            met[place] = fitting
    return met


def _differs(consent: Consent, others: Collection[str | None]) -> bool:
    """Say whether a consent surely comes from somebody else; without names nothing is sure."""
    return not others or (consent.by is not None and None not in others and consent.by not in others)


def risk_of(access: str | None) -> int:
    """Weigh an action for the queue: 3 cannot be taken back, 2 is not known, 1 is a write, 0 a read."""
    return {Access.DESTRUCTIVE.value: 3, Access.UNKNOWN.value: 2, Access.READ.value: 0}.get(access or "", 1)
