"""Customer identity over REST: a signed token binds a visitor's session to a customer until it expires."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import structlog
from aiohttp import web
from pydantic import StringConstraints

from app.access.identity_tokens import MAX_TOKEN_CHARS
from app.access.rights import Right
from app.access.visitors import new_visitor_id
from app.api.middleware import secure_cookies
from app.api.request_keys import CALLER, COOKIES
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body
from app.db import identities
from app.errors import IdentityRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.access.identity_tokens import Identity
    from app.db.pool import Pool

log = structlog.get_logger(__name__)


class IdentityForm(Form):
    """A token (JWT) that says who the customer is."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TOKEN_CHARS)]


class IdentityView(View):
    """Whether it is known who the customer is, and until when."""

    identified: bool
    expires_at: datetime | None = None


def identity_of(pool: Pool) -> Callable[[str], Awaitable[Identity | None]]:
    """Make the look-up of the customer whose session a visitor's is now; it returns None for a stranger."""

    async def look_up(visitor_id: str) -> Identity | None:
        async with pool.acquire() as connection:
            return await identities.current(connection, visitor_id=visitor_id)

    return look_up


async def bind(request: web.Request) -> web.Response:
    """Let the visitor's session be the customer's whom the token names, until the token expires.

    The visitor gets a new cookie: whoever had planted or seen the old one cannot read what the customer writes.
    """
    form = await read_body(request, IdentityForm)
    now = request.app[SERVICES].now().timestamp()
    identity = request.app[SERVICES].identity_tokens.verify(form.token, now=now)
    visitor_id = _visitor(request)
    async with request.app[SERVICES].pool.acquire() as connection, connection.transaction():
        await identities.forget_expired(connection)
        before = await identities.current(connection, visitor_id=visitor_id)
        rotated = before is None or before.customer != identity.customer  # else a token was renewed
        if rotated:
            old, visitor_id = visitor_id, new_visitor_id()
            await identities.rotate(connection, visitor_id=old, new_id=visitor_id)
        await identities.bind(connection, visitor_id=visitor_id, identity=identity)
    if rotated:
        request[COOKIES].append(
            request.app[SERVICES].visitors.cookie_of(
                visitor_id,
                now,
                secure=secure_cookies(request),
                cross_site=bool(request.app[SERVICES].settings.allowed_origins),
            )
        )
    log.info("customer_identified", expires_at=identity.expires_at.isoformat())
    return answer(IdentityView(identified=True, expires_at=identity.expires_at))


async def release(request: web.Request) -> web.Response:
    """Let the visitor be a stranger again; what was written as a customer stays the customer's."""
    async with request.app[SERVICES].pool.acquire() as connection:
        await identities.release(connection, visitor_id=_visitor(request))
    return answer(IdentityView(identified=False))


def _visitor(request: web.Request) -> str:
    return request[CALLER].visitor_id or ""  # the right has been checked: it is a visitor


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/session/identity",
        handler=bind,
        right=Right.BIND_IDENTITY,
        summary="Say who the customer is, by a signed token; the session is theirs until the token expires.",
        area="session",
        body=IdentityForm,
        gives=IdentityView,
        errors=(IdentityRefused,),
    ),
    Route(
        method="DELETE",
        path="/api/v1/session/identity",
        handler=release,
        right=Right.BIND_IDENTITY,
        summary="Sign the customer out of the chat.",
        area="session",
        gives=IdentityView,
    ),
)
