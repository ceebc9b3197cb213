"""Table of rights: the kinds of caller, and what each may do.

Every route names one `Right`; a right that the table does not hold is nobody's. Roles will be kinds of caller too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.errors import SignInRequired


class Who(StrEnum):
    """The kinds of caller that a right can be given to."""

    ANYBODY = "anybody"
    VISITOR = "visitor"
    STAFF = "staff"


class Right(StrEnum):
    """One thing that a route lets a caller do."""

    SEE_HEALTH = "see_health"
    SEE_API_DESCRIPTION = "see_api_description"
    OPEN_SESSION = "open_session"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    CHAT = "chat"
    BIND_IDENTITY = "bind_identity"
    READ_OWN_CONVERSATION = "read_own_conversation"
    READ_ANY_CONVERSATION = "read_any_conversation"
    SEE_METRICS = "see_metrics"
    SEE_AGENTS = "see_agents"
    SEE_APPROVALS = "see_approvals"
    DECIDE_APPROVALS = "decide_approvals"
    SEE_ACTIONS = "see_actions"
    SETTLE_ACTIONS = "settle_actions"
    SEE_ESCALATIONS = "see_escalations"
    RETRY_DELIVERIES = "retry_deliveries"
    SEE_FIGURES = "see_figures"
    SEE_APIS = "see_apis"
    EDIT_APIS = "edit_apis"
    APPROVE_APIS = "approve_apis"
    EDIT_AGENTS = "edit_agents"
    REPLAY = "replay"
    FORGET = "forget"
    SEE_MODEL = "see_model"
    DISMISS_ALERTS = "dismiss_alerts"
    FORGET_REFUSALS = "forget_refusals"


RIGHTS: Final[Mapping[Right, frozenset[Who]]] = {
    Right.SEE_HEALTH: frozenset({Who.ANYBODY}),
    Right.SEE_API_DESCRIPTION: frozenset({Who.ANYBODY}),
    Right.OPEN_SESSION: frozenset({Who.ANYBODY}),
    Right.SIGN_IN: frozenset({Who.ANYBODY}),
    Right.SIGN_OUT: frozenset({Who.ANYBODY}),
    Right.CHAT: frozenset({Who.VISITOR}),
    Right.BIND_IDENTITY: frozenset({Who.VISITOR}),
    Right.READ_OWN_CONVERSATION: frozenset({Who.VISITOR, Who.STAFF}),
    Right.READ_ANY_CONVERSATION: frozenset({Who.STAFF}),
    Right.SEE_METRICS: frozenset({Who.STAFF}),
    Right.SEE_AGENTS: frozenset({Who.STAFF}),
    Right.SEE_APPROVALS: frozenset({Who.STAFF}),
    Right.DECIDE_APPROVALS: frozenset({Who.STAFF}),
    Right.SEE_ACTIONS: frozenset({Who.STAFF}),
    Right.SETTLE_ACTIONS: frozenset({Who.STAFF}),
    Right.SEE_ESCALATIONS: frozenset({Who.STAFF}),
    Right.RETRY_DELIVERIES: frozenset({Who.STAFF}),
    Right.SEE_FIGURES: frozenset({Who.STAFF}),
    Right.SEE_APIS: frozenset({Who.STAFF}),
    Right.EDIT_APIS: frozenset({Who.STAFF}),
    Right.APPROVE_APIS: frozenset({Who.STAFF}),
    Right.EDIT_AGENTS: frozenset({Who.STAFF}),
    Right.REPLAY: frozenset({Who.STAFF}),
    Right.FORGET: frozenset({Who.STAFF}),
    Right.SEE_MODEL: frozenset({Who.STAFF}),
    Right.DISMISS_ALERTS: frozenset({Who.STAFF}),
    Right.FORGET_REFUSALS: frozenset({Who.STAFF}),
}
"""The one table of rights: who may do what. A right that is missing here is nobody's."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is calling: a visitor by their cookie, and staff by the name they signed in under."""

    visitor_id: str | None = None
    staff: str | None = None

    @property
    def kinds(self) -> frozenset[Who]:
        """Every kind of caller that this one is."""
        known = {Who.VISITOR: self.visitor_id, Who.STAFF: self.staff}
        return frozenset({Who.ANYBODY, *(kind for kind, name in known.items() if name is not None)})


NOBODY: Final = Caller()


def allows(caller: Caller, right: Right) -> bool:
    """Say whether the table gives the right to this caller."""
    return not RIGHTS.get(right, frozenset()).isdisjoint(caller.kinds)


def require(caller: Caller, right: Right) -> None:
    """Return when the caller has the right; raise `SignInRequired` otherwise."""
    if allows(caller, right):
        return
    if Who.VISITOR in RIGHTS.get(right, frozenset()):
        raise SignInRequired("You are not known here yet. Open the chat page first, or sign in as staff.")
    raise SignInRequired
