"""Signing in and out as staff."""

from __future__ import annotations

import time
from typing import Annotated

import structlog
from aiohttp import web
from pydantic import StringConstraints, model_validator

from app import keys
from app.api.validation import Form, View, answer, read_body
from app.middleware import secure_cookies

Secret = Annotated[str, StringConstraints(min_length=1, max_length=512)]

log = structlog.get_logger(__name__)


class SignIn(Form):
    """What staff sign in with: the one-time code that the server printed, or the admin key."""

    code: Secret | None = None
    key: Secret | None = None

    @model_validator(mode="after")
    def _either(self) -> SignIn:
        if (self.code is None) == (self.key is None):
            raise ValueError("send either code or key")
        return self


class StaffSession(View):
    """Whether the caller is signed in now."""

    staff: bool


async def sign_in(request: web.Request) -> web.Response:
    """Open a staff session for a good code or key."""
    form = await read_body(request, SignIn)
    source = request[keys.SOURCE]
    cookie = request.app[keys.ACCESS].sign_in(
        code=form.code, key=form.key, address=source.client, now=time.time(), secure=secure_cookies(request)
    )
    request[keys.COOKIES].append(cookie)
    log.info("staff_signed_in", client=source.address, by="code" if form.code else "key")
    return answer(StaffSession(staff=True))


async def sign_out(request: web.Request) -> web.Response:
    """Take the staff session back from this browser."""
    request[keys.COOKIES].append(request.app[keys.ACCESS].sign_out(secure=secure_cookies(request)))
    return answer(StaffSession(staff=False))
