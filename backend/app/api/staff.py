"""Staff session over REST: signing in and out, joining by an admin's link, and one's own account."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from aiohttp import web
from pydantic import StringConstraints, model_validator

from app.access.passwords import MAX_PASSWORD_CHARS
from app.access.rights import Right, Role, Staff, rights_of
from app.access.staff_names import MAX_NAME_CHARS
from app.api.middleware import secure_cookies
from app.api.request_keys import CALLER, COOKIES, SOURCE
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body, read_id
from app.errors import LinkUsed, NotFound, PasswordRefused, RateLimited, SignInFailed, SignInRequired, StaffNameTaken
from app.staff.sign_in import Visit

if TYPE_CHECKING:
    from app.db import staff as table

Secret = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PASSWORD_CHARS)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_CHARS)]


class SignIn(Form):
    """What staff sign in with: a name and its password, a one-time link's code, or the admin key."""

    code: Secret | None = None
    key: Secret | None = None
    password: Password | None = None
    name: Name | None = None
    """Whose password it is; with the key, what the others know them by."""

    @model_validator(mode="after")
    def _one(self) -> SignIn:
        if sum(proof is not None for proof in (self.code, self.key, self.password)) != 1:
            raise ValueError("send one of code, key and password")
        if self.password is not None and self.name is None:
            raise ValueError("send the name whose password it is")
        return self


class Join(Form):
    """What somebody sends who was given a link: the account's name, where it is a new one, and a password."""

    token: Secret
    name: Name | None = None
    password: Password


class NewPassword(Form):
    """A password, and the present one where there is one."""

    current: Password | None = None
    password: Password


class StaffSession(View):
    """Whether the caller is signed in now."""

    staff: bool


class Member(View):
    """Who is signed in, and what they may do."""

    id: UUID
    name: str
    role: Role
    has_password: bool
    """Whether the account has one; without, it is entered by links or the admin key alone."""
    rights: list[Right]


class StaffSessionView(View):
    """A browser that is signed in."""

    id: UUID
    here: bool
    """Whether it is the one that asks."""
    signed_by: str
    address: str
    browser: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


class StaffSessions(View):
    """Every browser in which the account is signed in."""

    items: list[StaffSessionView]


async def sign_in(request: web.Request) -> web.Response:
    """Open a staff session for a password, a link or the key."""
    form = await read_body(request, SignIn)
    door, visit = request.app[SERVICES].staff_sign_in, visit_of(request)
    if form.password is not None:
        cookie = await door.by_password(form.name or "", form.password, visit)
    elif form.key is not None:
        cookie = await door.by_key(form.key, form.name, visit)
    else:
        cookie = await door.by_link(form.code or "", visit)
    request[COOKIES].append(cookie)
    return answer(StaffSession(staff=True))


async def join(request: web.Request) -> web.Response:
    """Use a link that an admin made, and sign in."""
    form = await read_body(request, Join)
    cookie = await request.app[SERVICES].staff_sign_in.join(form.token, form.name, form.password, visit_of(request))
    request[COOKIES].append(cookie)
    return answer(StaffSession(staff=True))


async def sign_out(request: web.Request) -> web.Response:
    """End the staff session, in this browser and for whoever has copied its cookie."""
    door = request.app[SERVICES].staff_sign_in
    request[COOKIES].append(await door.sign_out(request[CALLER].staff, secure=secure_cookies(request)))
    return answer(StaffSession(staff=False))


async def show_member(request: web.Request) -> web.Response:
    """Say who is signed in."""
    member = member_of(request)
    return answer(
        Member(
            id=member.account_id,
            name=member.name,
            role=member.role,
            has_password=await request.app[SERVICES].team.has_password(member),
            rights=rights_of(member.role),
        )
    )


async def list_sessions(request: web.Request) -> web.Response:
    """List the browsers in which the caller's account is signed in."""
    member, services = member_of(request), request.app[SERVICES]
    rows = await services.team.sessions(member.account_id, now=services.now())
    return answer(StaffSessions(items=[_session_view(row, member) for row in rows]))


async def end_session(request: web.Request) -> web.Response:
    """Sign another browser out."""
    await request.app[SERVICES].team.end_session(
        read_id(request, "session_id", unknown=NotFound), member=member_of(request)
    )
    return await list_sessions(request)


async def end_other_sessions(request: web.Request) -> web.Response:
    """Sign all other browsers out."""
    await request.app[SERVICES].team.end_other_sessions(member_of(request))
    return await list_sessions(request)


async def set_password(request: web.Request) -> web.Response:
    """Set or change the caller's own password; all other browsers are signed out."""
    form = await read_body(request, NewPassword)
    await request.app[SERVICES].team.change_password(form.current, form.password, member=member_of(request))
    return await show_member(request)


def member_of(request: web.Request) -> Staff:
    """Return who is signed in. Raises `SignInRequired`."""
    member = request[CALLER].staff
    if member is None:
        raise SignInRequired
    return member


def visit_of(request: web.Request) -> Visit:
    """Return from where, and when, somebody signs in."""
    return Visit(
        address=request[SOURCE].client,
        shown_address=request[SOURCE].address,
        browser=request.headers.get("User-Agent", ""),
        now=request.app[SERVICES].now(),
        secure=secure_cookies(request),
    )


def _session_view(row: table.Session, member: Staff) -> StaffSessionView:
    return StaffSessionView(here=row.id == member.session_id, **asdict(row))


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/staff/sign-in",
        handler=sign_in,
        right=Right.SIGN_IN,
        summary="Sign in as staff with a name and password, a one-time code, or the admin key.",
        area="staff",
        body=SignIn,
        gives=StaffSession,
        errors=(SignInFailed, RateLimited),
    ),
    Route(
        method="POST",
        path="/api/v1/staff/join",
        handler=join,
        right=Right.SIGN_IN,
        summary="Use an admin's link: make the account that it invites, or set its new password, and sign in.",
        area="staff",
        body=Join,
        gives=StaffSession,
        errors=(LinkUsed, StaffNameTaken, PasswordRefused, RateLimited),
    ),
    Route(
        method="POST",
        path="/api/v1/staff/sign-out",
        handler=sign_out,
        right=Right.SIGN_OUT,
        summary="Sign out; the session ends for whoever has copied its cookie too.",
        area="staff",
        gives=StaffSession,
    ),
    Route(
        method="GET",
        path="/api/v1/staff/me",
        handler=show_member,
        right=Right.USE_OWN_ACCOUNT,
        summary="Who is signed in, and what they may do.",
        area="staff",
        gives=Member,
    ),
    Route(
        method="PUT",
        path="/api/v1/staff/me/password",
        handler=set_password,
        right=Right.USE_OWN_ACCOUNT,
        summary="Set or change one's own password; all other browsers are signed out.",
        area="staff",
        body=NewPassword,
        gives=Member,
        errors=(SignInFailed, PasswordRefused),
    ),
    Route(
        method="GET",
        path="/api/v1/staff/me/sessions",
        handler=list_sessions,
        right=Right.USE_OWN_ACCOUNT,
        summary="The browsers in which one is signed in.",
        area="staff",
        gives=StaffSessions,
    ),
    Route(
        method="DELETE",
        path="/api/v1/staff/me/sessions/{session_id}",
        handler=end_session,
        right=Right.USE_OWN_ACCOUNT,
        summary="Sign another browser out.",
        area="staff",
        gives=StaffSessions,
        errors=(NotFound,),
    ),
    Route(
        method="DELETE",
        path="/api/v1/staff/me/sessions",
        handler=end_other_sessions,
        right=Right.USE_OWN_ACCOUNT,
        summary="Sign all other browsers out.",
        area="staff",
        gives=StaffSessions,
    ),
)
