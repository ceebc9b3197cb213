"""Staff session: signing in with a code or the admin key, and signing out."""

from __future__ import annotations

from typing import Annotated, Final

import structlog
from aiohttp import web
from pydantic import StringConstraints, model_validator

from app.api.middleware import secure_cookies
from app.api.request_keys import COOKIES, SOURCE
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body

MAX_NAME_CHARS: Final = 40  # a first and a last name; it has to fit into the cookie in any script
Secret = Annotated[str, StringConstraints(min_length=1, max_length=512)]

log = structlog.get_logger(__name__)


class SignIn(Form):
    """What staff sign in with: the one-time code that the server printed, or the admin key."""

    code: Secret | None = None
    key: Secret | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_CHARS)] | None = (
        None
    )
    """What the others know them by: it stands beside what they decide."""

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
    source = request[SOURCE]
    cookie = request.app[SERVICES].accounts.sign_in(
        code=form.code,
        key=form.key,
        name=form.name,
        address=source.client,
        now=request.app[SERVICES].now().timestamp(),
        secure=secure_cookies(request),
    )
    request[COOKIES].append(cookie)
    log.info("staff_signed_in", client=source.address, by="code" if form.code else "key")
    return answer(StaffSession(staff=True))


async def sign_out(request: web.Request) -> web.Response:
    """Take the staff session back from this browser."""
    request[COOKIES].append(request.app[SERVICES].accounts.sign_out(secure=secure_cookies(request)))
    return answer(StaffSession(staff=False))
