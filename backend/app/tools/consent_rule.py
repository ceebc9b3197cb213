"""Consent rules. The one enumeration of who can be asked before a tool is called, as a person reviews it.

Whatever lists rules derives from here: the policy (`actions.policy`), the checks of YAML and REST bodies, the order
of strictness, and the frontend's `policy.gen.ts`. The database's own check is compared with it by a test. A new rule
is one member, its line in `_KINDS`, and a migration of that check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from app.protocol import Audience


class ConsentRule(StrEnum):
    """Who must consent to a call of a tool, from the rule that asks least to the one that asks most."""

    NOBODY = "nobody"
    CUSTOMER = "customer"
    OPERATOR = "operator"
    BOTH = "both"

    @property
    def asks(self) -> tuple[Audience, ...]:
        """The roles that must consent, in the order in which they are asked; empty where nobody is."""
        return _KINDS[self].asks

    @property
    def kind(self) -> RuleKind:
        """How the rule is named and explained to people."""
        return _KINDS[self]

    @property
    def strictness(self) -> int:
        """The rule's place in the order of rules: a higher one asks more."""
        return list(ConsentRule).index(self)


@dataclass(frozen=True, kw_only=True)
class RuleKind:
    """What a rule asks, and how people read it.

    `word` stands in a list of choices, `whom` after "asks", `means` explains it, `fact` says it in a history
    ("customer consents"), and `count` after a number of writes ("2 by the customer").
    """

    asks: tuple[Audience, ...]
    word: str
    whom: str
    means: str
    fact: str
    count: str


_KINDS: Final[Mapping[ConsentRule, RuleKind]] = {
    ConsentRule.NOBODY: RuleKind(
        asks=(),
        word="Nobody",
        whom="nobody",
        means="It runs without asking.",
        fact="nobody is asked",
        count="without asking",
    ),
    ConsentRule.CUSTOMER: RuleKind(
        asks=("customer",),
        word="Customer",
        whom="the customer",
        means="The customer approves it in the chat.",
        fact="customer consents",
        count="by the customer",
    ),
    ConsentRule.OPERATOR: RuleKind(
        asks=("operator",),
        word="Operator",
        whom="an operator",
        means="The support team approves it.",
        fact="support team consents",
        count="by an operator",
    ),
    ConsentRule.BOTH: RuleKind(
        asks=("customer", "operator"),
        word="Both",
        whom="the customer, then an operator",
        means="First the customer, then the support team.",
        fact="customer and support team consent",
        count="by both",
    ),
}


def consent_rules() -> list[dict[str, Any]]:
    """List the rules as data, the least strict first: what the frontend's `policy.gen.ts` is made from."""
    return [{"rule": rule.value, **asdict(rule.kind)} for rule in ConsentRule]
