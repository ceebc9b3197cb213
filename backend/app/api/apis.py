"""Connected APIs over REST: address, limits, which credentials are set, and removal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from app.access.rights import Right
from app.api.import_views import Removed, Source
from app.api.imports import staff
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, WebAddress, answer, read_body, read_id
from app.db import apis, credentials, live_set, review_log
from app.db.apis import ApiRow
from app.db.credentials import CredentialRow
from app.errors import ApiUnknown
from app.openapi_import.review.audit import of_api
from app.tools.api_client import MAX_CONCURRENCY, MAX_PER_SECOND, ApiLimits
from app.tools.credentials import origin_of

MAX_READ_SECONDS: Final = 120.0


class Limits(View):
    """How hard an API may be used."""

    read_seconds: float
    write_seconds: float
    concurrency: int
    per_second: float


class SchemeView(View):
    """One way in which the API knows who asks, and whether something was entered for it; never what."""

    name: str
    kind: str
    place: str
    parameter: str
    description: str
    authorization_url: str
    token_url: str
    scopes: list[str]
    added: bool
    """Whether a person added it, because the document does not declare it."""
    set: bool
    entered_for: str | None
    """The origin that they were entered for, where the API is at another one now: enter them again."""
    set_at: datetime | None
    set_by: str | None


class Api(View):
    """One connected API."""

    id: UUID
    name: str
    title: str
    base_url: str
    servers: list[str]
    source: Source
    limits: Limits
    schemes: list[SchemeView]
    tools: int
    live_job: UUID | None
    fault: str | None
    """Why its tools could not be loaded, or its credentials not opened, the last time that was tried."""
    updated_at: datetime


class Apis(View):
    """Every connected API, by name."""

    items: list[Api]


class LimitsForm(Form):
    """How hard an API may be used; what is left out stays."""

    read_seconds: Annotated[float, Field(gt=0, le=MAX_READ_SECONDS)] | None = None
    write_seconds: Annotated[float, Field(gt=0, le=MAX_READ_SECONDS)] | None = None
    concurrency: Annotated[int, Field(ge=1, le=MAX_CONCURRENCY)] | None = None
    per_second: Annotated[float, Field(gt=0, le=MAX_PER_SECOND)] | None = None


class ApiForm(Form):
    """What to change of an API; what is left out stays."""

    base_url: WebAddress | None = None
    limits: LimitsForm | None = None


async def list_apis(request: web.Request) -> web.Response:
    """List every API."""
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await apis.list_all(connection)
        sealed = await credentials.list_all(connection)
    return answer(Apis(items=[api_view(row, sealed) for row in rows]))


async def show(request: web.Request) -> web.Response:
    """Show an API."""
    return answer(await show_api(request, read_id(request, "api_id", unknown=ApiUnknown)))


async def change(request: web.Request) -> web.Response:
    """Change where an API is, and how hard it may be used; its live tools follow at once."""
    form = await read_body(request, ApiForm)
    api_id = read_id(request, "api_id", unknown=ApiUnknown)
    limits = form.limits.model_dump(exclude_none=True) if form.limits else {}
    async with request.app[SERVICES].pool.acquire() as connection, connection.transaction():
        row = await apis.get(connection, api_id=api_id, lock=True)
        if row is None:
            raise ApiUnknown
        new = replace(row, base_url=form.base_url or row.base_url, limits={**row.limits, **limits})
        await apis.configure(connection, api_id=api_id, base_url=new.base_url, limits=new.limits)
        if new.base_url != row.base_url and row.live_job is not None:
            # Consent was given for another address.
            names = [one.name for one in await live_set.operations(connection, import_id=row.live_job)]
            await live_set.withdraw(connection, names=names)
        if made := of_api(row, new):
            await review_log.record(
                connection,
                by=staff(request),
                what="api_changed",
                api_id=api_id,
                api_name=row.name,
                details={"changes": made},
            )
        await live_set.changed(connection)
    await request.app[SERVICES].live_config.refresh()
    return answer(await show_api(request, api_id))


async def delete(request: web.Request) -> web.Response:
    """Remove an API with its tools, imports and credentials; pending approvals of its tools expire."""
    api_id = read_id(request, "api_id", unknown=ApiUnknown)
    await request.app[SERVICES].publish.delete_api(api_id, by=staff(request))
    return answer(Removed(id=api_id))


async def show_api(request: web.Request, api_id: UUID) -> Api:
    """Show an API as it is now."""
    async with request.app[SERVICES].pool.acquire() as connection:
        row = await apis.get(connection, api_id=api_id)
        sealed = await credentials.list_all(connection, api_id=api_id)
    if row is None:
        raise ApiUnknown
    return api_view(row, sealed)


def api_view(row: ApiRow, sealed: list[CredentialRow]) -> Api:
    """Show an API; of its credentials only that they are set, when and by whom."""
    entered = {one.scheme: one for one in sealed if one.api_id == row.id}
    limits = ApiLimits(**row.limits)
    return Api(
        id=row.id,
        name=row.name,
        title=row.title,
        base_url=row.base_url,
        servers=row.servers,
        source=Source(kind=row.source["kind"], name=row.source["name"]),
        limits=Limits(
            read_seconds=limits.read_seconds,
            write_seconds=limits.write_seconds,
            concurrency=limits.concurrency,
            per_second=limits.per_second,
        ),
        schemes=[
            _scheme_view(scheme, entered.get(scheme["name"]), row, added=added)
            for added, schemes in ((False, row.schemes), (True, row.added_schemes))
            for scheme in schemes
        ],
        tools=row.tools,
        live_job=row.live_job,
        fault=row.fault,
        updated_at=row.updated_at,
    )


def _scheme_view(scheme: dict[str, Any], entered: CredentialRow | None, api: ApiRow, *, added: bool) -> SchemeView:
    there = entered.origin if entered else None
    return SchemeView(
        **{"authorization_url": "", **scheme},
        added=added,
        set=entered is not None,
        entered_for=there if there and there != origin_of(api.base_url) else None,
        set_at=entered.set_at if entered else None,
        set_by=entered.set_by if entered else None,
    )


_API: Final = "/api/v1/apis/{api_id}"
ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/apis",
        handler=list_apis,
        right=Right.SEE_APIS,
        summary="Every connected API, by name.",
        area="apis",
        gives=Apis,
    ),
    Route(
        method="GET",
        path=_API,
        handler=show,
        right=Right.SEE_APIS,
        summary="One API: where it is, its limits, which credentials are set.",
        area="apis",
        gives=Api,
        errors=(ApiUnknown,),
    ),
    Route(
        method="PUT",
        path=_API,
        handler=change,
        right=Right.EDIT_APIS,
        summary="Change where an API is and how hard it may be used; its live tools follow at once.",
        area="apis",
        body=ApiForm,
        gives=Api,
        errors=(ApiUnknown,),
    ),
    Route(
        method="DELETE",
        path=_API,
        handler=delete,
        right=Right.APPROVE_APIS,
        summary="Remove an API with its tools, imports and credentials.",
        area="apis",
        gives=Removed,
        errors=(ApiUnknown,),
    ),
)
