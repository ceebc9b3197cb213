"""Table of rights: the kinds of caller, the roles of staff among them, and what each may do.

Every route names one `Right`; a right that the table does not hold is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.errors import RightMissing, SignInRequired


class Who(StrEnum):
    """The kinds of caller that a right can be given to; the last three are the roles of staff."""

    ANYBODY = "anybody"
    VISITOR = "visitor"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


class Role(StrEnum):
    """What a member of staff is here for: to look, to decide, or to set things up as well."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


ALL_STAFF: Final = frozenset({Who.VIEWER, Who.OPERATOR, Who.ADMIN})
DECIDING: Final = frozenset({Who.OPERATOR, Who.ADMIN})
ADMINS: Final = frozenset({Who.ADMIN})


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
    PAUSE = "pause"
    FORGET_REFUSALS = "forget_refusals"
    USE_OWN_ACCOUNT = "use_own_account"
    SEE_STAFF = "see_staff"
    MANAGE_STAFF = "manage_staff"


RIGHTS: Final[Mapping[Right, frozenset[Who]]] = {
    Right.SEE_HEALTH: frozenset({Who.ANYBODY}),
    Right.SEE_API_DESCRIPTION: frozenset({Who.ANYBODY}),
    Right.OPEN_SESSION: frozenset({Who.ANYBODY}),
    Right.SIGN_IN: frozenset({Who.ANYBODY}),
    Right.SIGN_OUT: frozenset({Who.ANYBODY}),
    Right.CHAT: frozenset({Who.VISITOR}),
    Right.BIND_IDENTITY: frozenset({Who.VISITOR}),
    Right.READ_OWN_CONVERSATION: ALL_STAFF | {Who.VISITOR},
    Right.READ_ANY_CONVERSATION: ALL_STAFF,
    Right.SEE_METRICS: ALL_STAFF,
    Right.SEE_AGENTS: ALL_STAFF,
    Right.SEE_APPROVALS: ALL_STAFF,
    Right.DECIDE_APPROVALS: DECIDING,
    Right.SEE_ACTIONS: ALL_STAFF,
    Right.SETTLE_ACTIONS: DECIDING,
    Right.SEE_ESCALATIONS: ALL_STAFF,
    Right.RETRY_DELIVERIES: DECIDING,
    Right.SEE_FIGURES: ALL_STAFF,
    Right.SEE_APIS: ALL_STAFF,
    Right.EDIT_APIS: ADMINS,
    Right.APPROVE_APIS: ADMINS,
    Right.EDIT_AGENTS: ADMINS,
    Right.REPLAY: ALL_STAFF,
    Right.FORGET: ADMINS,
    Right.SEE_MODEL: ALL_STAFF,
    Right.DISMISS_ALERTS: DECIDING,
    Right.PAUSE: DECIDING,
    Right.FORGET_REFUSALS: DECIDING,
    Right.USE_OWN_ACCOUNT: ALL_STAFF,
    Right.SEE_STAFF: ADMINS,
    Right.MANAGE_STAFF: ADMINS,
}
"""The one table of rights: who may do what. A right that is missing here is nobody's."""


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A member of staff who is signed in: an account, by one of its sessions."""

    account_id: UUID
    name: str
    role: Role
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is calling: a visitor by their cookie, and staff by their session."""

    visitor_id: str | None = None
    staff: Staff | None = None

    @property
    def kinds(self) -> frozenset[Who]:
        """Every kind of caller that this one is."""
        visitor = {Who.VISITOR} if self.visitor_id is not None else set()
        role = {Who(self.staff.role)} if self.staff else set()
        return frozenset({Who.ANYBODY} | visitor | role)

    @property
    def staff_name(self) -> str:
        """The name of who is signed in; empty where nobody is."""
        return self.staff.name if self.staff else ""


NOBODY: Final = Caller()


def allows(caller: Caller, right: Right) -> bool:
    """Say whether the table gives the right to this caller."""
    return not RIGHTS.get(right, frozenset()).isdisjoint(caller.kinds)


def rights_of(role: Role) -> list[Right]:
    """Return what a role may do, by name."""
    return sorted(right for right, who in RIGHTS.items() if Who(role) in who)


def require(caller: Caller, right: Right) -> None:
    """Return when the caller has the right; raise `SignInRequired` or, for staff of another role, `RightMissing`."""
    if allows(caller, right):
        return
    if Who.VISITOR in RIGHTS.get(right, frozenset()):
        raise SignInRequired("You are not known here yet. Open the chat page first, or sign in as staff.")
    if caller.staff is None:
        raise SignInRequired
    raise RightMissing(role=caller.staff.role.value)
