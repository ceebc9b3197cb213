"""Team over REST: the accounts of staff, their roles, and the links by which people join."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web
from pydantic import model_validator

from app.access.rights import Right, Role
from app.api.route import Route
from app.api.services import SERVICES
from app.api.staff import member_of
from app.api.validation import Form, View, answer, read_body, read_id
from app.errors import LastAdmin, NotFound


class AccountView(View):
    """A person of the company."""

    id: UUID
    name: str
    role: Role
    has_password: bool
    disabled: bool
    created_by: str
    """Who invited them; `key` or `link` where they came in by the admin key or the server's own link."""
    created_at: datetime
    seen_at: datetime | None
    """When they were last here, while they are signed in anywhere."""


class TeamView(View):
    """Everybody who has an account."""

    items: list[AccountView]


class Invitation(Form):
    """Who is invited, by what they will be here for."""

    role: Role


class AccountChange(Form):
    """What changes: the role, or whether the account may sign in."""

    role: Role | None = None
    disabled: bool | None = None

    @model_validator(mode="after")
    def _one(self) -> AccountChange:
        if (self.role is None) == (self.disabled is None):
            raise ValueError("send either role or disabled")
        return self


class OneTimeLink(View):
    """A link that works once. It is shown this one time; only its hash is kept."""

    path: str
    """The address's path; the part after `#` never reaches a server's log."""
    ends_at: datetime


async def list_accounts(request: web.Request) -> web.Response:
    """List everybody who has an account."""
    rows = await request.app[SERVICES].team.accounts()
    return answer(
        TeamView(
            items=[
                AccountView(
                    id=row.id,
                    name=row.name,
                    role=row.role,
                    has_password=row.password_hash is not None,
                    disabled=row.disabled_at is not None,
                    created_by=row.created_by,
                    created_at=row.created_at,
                    seen_at=row.seen_at,
                )
                for row in rows
            ]
        )
    )


async def invite(request: web.Request) -> web.Response:
    """Make a link by which somebody joins."""
    form, services = await read_body(request, Invitation), request.app[SERVICES]
    token, ends_at = await services.team.invite(form.role, by=member_of(request), now=services.now())
    return answer(OneTimeLink(path=f"/join#token={token}", ends_at=ends_at))


async def renew_password(request: web.Request) -> web.Response:
    """Make a link by which a colleague sets a new password."""
    services = request.app[SERVICES]
    token, ends_at = await services.team.new_password_link(
        read_id(request, "account_id", unknown=NotFound), by=member_of(request), now=services.now()
    )
    return answer(OneTimeLink(path=f"/join#token={token}&renews", ends_at=ends_at))


async def change_account(request: web.Request) -> web.Response:
    """Change a colleague's role, keep them out, or let them in again."""
    form, services = await read_body(request, AccountChange), request.app[SERVICES]
    account_id, by = read_id(request, "account_id", unknown=NotFound), member_of(request)
    if form.role is not None:
        await services.team.set_role(account_id, form.role, by=by)
    else:
        await services.team.set_disabled(account_id, bool(form.disabled), by=by, now=services.now())
    return await list_accounts(request)


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/team",
        handler=list_accounts,
        right=Right.SEE_STAFF,
        summary="The accounts of staff, by name.",
        area="staff",
        gives=TeamView,
    ),
    Route(
        method="POST",
        path="/api/v1/team/invitations",
        handler=invite,
        right=Right.MANAGE_STAFF,
        summary="Make a one-time link by which somebody joins, good for a week.",
        area="staff",
        body=Invitation,
        gives=OneTimeLink,
    ),
    Route(
        method="PUT",
        path="/api/v1/team/{account_id}",
        handler=change_account,
        right=Right.MANAGE_STAFF,
        summary="Change a colleague's role, keep them out, or let them in again.",
        area="staff",
        body=AccountChange,
        gives=TeamView,
        errors=(NotFound, LastAdmin),
    ),
    Route(
        method="POST",
        path="/api/v1/team/{account_id}/password-link",
        handler=renew_password,
        right=Right.MANAGE_STAFF,
        summary="Make a one-time link by which a colleague sets a new password.",
        area="staff",
        gives=OneTimeLink,
        errors=(NotFound,),
    ),
)
