"""Label of one operation: what is believed about it, and why, for a person to review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from app.tools.base import Access, ConsentRule

PointsTo = Literal["read", "write", "destructive", ""]

# How much an access lets happen, from what is safe to run at once to what is not.
RISK: Final[Mapping[Access, int]] = {
    Access.READ: 0,
    Access.WRITE: 1,
    Access.UNKNOWN: 1,
    Access.DESTRUCTIVE: 2,
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One reason, in words for the reviewer; `kind` says where it was found.

    `points_to` is empty where it says nothing about the access.
    """

    kind: str
    text: str
    points_to: PointsTo = ""


@dataclass(frozen=True, kw_only=True)
class Classification:
    """The label of one operation.

    `agent` is the proposed group. `customer_params` are the arguments that the customer is asked for, `bound` those
    that the server fills from the verified customer, each with its claim. `twin` names the read that shows what this
    write would change. `confidence` is how often labels like this one proved right, from 0 to 1.
    """

    access: Access
    consent: ConsentRule
    agent: str
    customer_params: tuple[str, ...] = ()
    bound: Mapping[str, str] = field(default_factory=dict)
    idempotency: bool = False
    twin: str | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data that JSON can hold."""
        return {
            "access": self.access.value,
            "consent": self.consent.value,
            "agent": self.agent,
            "customer_params": list(self.customer_params),
            "bound": dict(self.bound),
            "idempotency": self.idempotency,
            "twin": self.twin,
            "confidence": self.confidence,
            "evidence": [{"kind": one.kind, "text": one.text, "points_to": one.points_to} for one in self.evidence],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Classification:
        """Make it again from what `to_json` returned."""
        return cls(
            access=Access(data["access"]),
            consent=ConsentRule(data["consent"]),
            agent=data["agent"],
            customer_params=tuple(data["customer_params"]),
            bound=dict(data["bound"]),
            idempotency=data["idempotency"],
            twin=data["twin"],
            confidence=data["confidence"],
            evidence=tuple(
                Evidence(kind=one["kind"], text=one["text"], points_to=cast("PointsTo", one["points_to"]))
                for one in data["evidence"]
            ),
        )


def is_riskier(new: Access, old: Access) -> bool:
    """Say whether the new label lets more happen without consent than the old one."""
    return RISK[new] < RISK[old]


def safer(one: ConsentRule, other: ConsentRule) -> ConsentRule:
    """Return the rule that asks everybody whom either asks."""
    asked = {*one.asks, *other.asks}
    return next(rule for rule in ConsentRule if set(rule.asks) == asked)


def asks_less(new: ConsentRule, old: ConsentRule) -> bool:
    """Say whether the new rule leaves out somebody whom the old one asks."""
    return not set(old.asks) <= set(new.asks)
