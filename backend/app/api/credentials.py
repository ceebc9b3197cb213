"""Credentials of connected APIs over REST: entered, signed in for at a provider, and never shown again."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, StringConstraints

from app.access.rights import Right
from app.api.apis import Api, show_api
from app.api.imports import staff
from app.api.request_keys import SOURCE
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, WebAddress, answer, read_body, read_id
from app.db import imports
from app.errors import (
    ApiUnknown,
    BaseUrlMissing,
    CredentialsElsewhere,
    InvalidRequest,
    SchemeTaken,
    SchemeUnknown,
    SignInEnded,
    SignInRefused,
)
from app.openapi.operation import SecurityScheme

MAX_VALUE_CHARS: Final = 8_000  # a long signed token has half of it
MAX_NAME_CHARS: Final = 100
RETURN_PATH: Final = "/apis/signed-in"  # the page that a provider sends the browser back to

Value = Annotated[str, StringConstraints(max_length=MAX_VALUE_CHARS)]
ParameterName = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME_CHARS, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]*$")
]


class CredentialsForm(Form):
    """What is entered for a security scheme, by its kind: it is sealed and never shown again.

    apiKey: value. basic: username and password. bearer: token. oauth2: a ready token; or client_id and client_secret,
    and token_url and scopes where the document does not say them.
    """

    value: Value | None = None
    username: Value | None = None
    password: Value | None = None
    token: Value | None = None
    client_id: Value | None = None
    client_secret: Value | None = None
    token_url: Value | None = None
    scopes: Value | None = None


class SchemeForm(Form):
    """A way to sign in that the API's document does not declare."""

    kind: Literal["apiKey", "basic", "bearer", "oauth2"]
    place: Literal["header", "query", "cookie"] = "header"
    """Where a key goes."""
    parameter: ParameterName = ""
    """The name of the header, query parameter or cookie that a key goes to."""


class SignInForm(Form):
    """The client that a person signs in with at an OAuth 2 provider; the addresses where the document lacks them."""

    client_id: Value
    client_secret: Value | None = None
    authorization_url: WebAddress | None = None
    token_url: WebAddress | None = None
    scopes: Value | None = None


class SignInBegun(View):
    """Where the browser goes to sign in."""

    address: str


class SignInCode(Form):
    """What the provider sent the browser back with."""

    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=MAX_VALUE_CHARS)]


class SignedInView(View):
    """What was signed in for, and the import whose page shows it."""

    api_id: UUID
    scheme: str
    job_id: UUID | None = Field(default=None)


async def set_credentials(request: web.Request) -> web.Response:
    """Seal and store what is entered for a security scheme."""
    form = await read_body(request, CredentialsForm)
    api_id, scheme = read_id(request, "api_id", unknown=ApiUnknown), request.match_info["scheme"]
    entered = {name: text for name, text in form.model_dump().items() if text is not None}
    await request.app[SERVICES].keyring.keep(api_id, scheme, entered, by=staff(request))
    return await _changed(request, api_id)


async def remove_credentials(request: web.Request) -> web.Response:
    """Forget what was entered for a security scheme."""
    api_id, scheme = read_id(request, "api_id", unknown=ApiUnknown), request.match_info["scheme"]
    await request.app[SERVICES].keyring.forget(api_id, scheme, by=staff(request))
    return await _changed(request, api_id)


async def add_scheme(request: web.Request) -> web.Response:
    """Add a way to sign in; its credentials are sent with every request of the API."""
    form = await read_body(request, SchemeForm)
    api_id = read_id(request, "api_id", unknown=ApiUnknown)
    await request.app[SERVICES].keyring.add_scheme(api_id, _scheme(form), by=staff(request))
    return await _changed(request, api_id)


async def remove_scheme(request: web.Request) -> web.Response:
    """Remove a way to sign in that a person added, with its credentials."""
    api_id, scheme = read_id(request, "api_id", unknown=ApiUnknown), request.match_info["scheme"]
    await request.app[SERVICES].keyring.remove_scheme(api_id, scheme, by=staff(request))
    return await _changed(request, api_id)


async def begin_sign_in(request: web.Request) -> web.Response:
    """Begin a sign-in: the browser goes to the address, and comes back to this server's page with a code."""
    form = await read_body(request, SignInForm)
    api_id, scheme = read_id(request, "api_id", unknown=ApiUnknown), request.match_info["scheme"]
    source = request[SOURCE]
    address = await request.app[SERVICES].keyring.begin_sign_in(
        api_id,
        scheme,
        {name: text for name, text in form.model_dump().items() if text is not None},
        redirect_uri=f"{source.scheme}://{source.host}{RETURN_PATH}",
        by=staff(request),
    )
    return answer(SignInBegun(address=address))


async def finish_sign_in(request: web.Request) -> web.Response:
    """Exchange the code that the browser came back with; what comes for it is sealed like what is entered."""
    form = await read_body(request, SignInCode)
    services = request.app[SERVICES]
    row = await services.keyring.finish_sign_in(form.state, form.code, by=staff(request))
    await services.live_config.refresh()
    async with services.pool.acquire() as connection:
        newest = await imports.page(connection, limit=1, api_id=row.api_id)
    return answer(SignedInView(api_id=row.api_id, scheme=row.scheme, job_id=newest[0].id if newest else None))


def _scheme(form: SchemeForm) -> SecurityScheme:
    """Read a scheme that a person describes; it is named after where it goes, for nobody else named it."""
    if form.kind == "apiKey":
        if not form.parameter:
            raise InvalidRequest("parameter: say the name of the header, query parameter or cookie.", field="parameter")
        name, place, parameter = form.parameter, form.place, form.parameter
    else:
        names = {"basic": "Basic sign-in", "bearer": "Bearer token", "oauth2": "OAuth 2"}
        name, place, parameter = names[form.kind], "header", "Authorization"
    return SecurityScheme(name=name, kind=form.kind, place=place, parameter=parameter, description="")


async def _changed(request: web.Request, api_id: UUID) -> web.Response:
    await request.app[SERVICES].live_config.refresh()
    return answer(await show_api(request, api_id))


_API: Final = "/api/v1/apis/{api_id}"
_MISTAKES: Final = (ApiUnknown, SchemeUnknown, BaseUrlMissing)
ROUTES: Final = (
    Route(
        method="PUT",
        path=_API + "/credentials/{scheme}",
        handler=set_credentials,
        right=Right.EDIT_APIS,
        summary="Enter the credentials of one security scheme; they are sealed and never shown again.",
        area="apis",
        body=CredentialsForm,
        gives=Api,
        errors=_MISTAKES,
    ),
    Route(
        method="DELETE",
        path=_API + "/credentials/{scheme}",
        handler=remove_credentials,
        right=Right.EDIT_APIS,
        summary="Forget the credentials of one security scheme.",
        area="apis",
        gives=Api,
        errors=(ApiUnknown,),
    ),
    Route(
        method="POST",
        path=_API + "/schemes",
        handler=add_scheme,
        right=Right.EDIT_APIS,
        summary="Add a way to sign in that the document does not declare.",
        area="apis",
        body=SchemeForm,
        gives=Api,
        errors=(ApiUnknown, SchemeTaken),
    ),
    Route(
        method="DELETE",
        path=_API + "/schemes/{scheme}",
        handler=remove_scheme,
        right=Right.EDIT_APIS,
        summary="Remove a way to sign in that a person added, with its credentials.",
        area="apis",
        gives=Api,
        errors=(ApiUnknown, SchemeUnknown),
    ),
    Route(
        method="POST",
        path=_API + "/credentials/{scheme}/sign-in",
        handler=begin_sign_in,
        right=Right.EDIT_APIS,
        summary="Begin a sign-in at an OAuth 2 provider (authorization code with PKCE).",
        area="apis",
        body=SignInForm,
        gives=SignInBegun,
        errors=_MISTAKES,
    ),
    Route(
        method="POST",
        path="/api/v1/sign-ins",
        handler=finish_sign_in,
        right=Right.EDIT_APIS,
        summary="Finish a sign-in with the code that the provider sent the browser back with.",
        area="apis",
        body=SignInCode,
        gives=SignedInView,
        errors=(ApiUnknown, SchemeUnknown, SignInEnded, SignInRefused, CredentialsElsewhere),
    ),
)
