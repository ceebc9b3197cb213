"""Imports over REST: begun, watched, published, started over, thrown away; a worker does the reading."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from aiohttp import web

from app.access.rights import Right
from app.api.cursor import BY_MOMENT
from app.api.import_views import ApproveForm, ImportForm, Job, Jobs, JobsQuery, Removed, job_view
from app.api.request_keys import CALLER
from app.api.route import Route
from app.api.services import SERVICES
from app.api.stream import STREAM_MEDIA, event_stream
from app.api.uploads import read_import
from app.api.validation import answer, read_body, read_id, read_query
from app.db import imports
from app.errors import (
    ApiUnknown,
    BaseUrlMissing,
    EditedMeanwhile,
    ImportOutdated,
    ImportUnknown,
    NameTaken,
    NotInReview,
    QueueFull,
    TooManyAgents,
    TooManySockets,
    UploadRefused,
    UploadTooLarge,
)


async def begin(request: web.Request) -> web.Response:
    """Begin an import and answer at once; its job reads the document."""
    given = await read_import(request, max_bytes=request.app[SERVICES].settings.import_max_bytes)
    job = await request.app[SERVICES].imports.begin(given, by=staff(request))
    return answer(job_view(job), status=202)


async def list_jobs(request: web.Request) -> web.Response:
    """List imports, newest first."""
    query = read_query(request, JobsQuery)
    (before,) = BY_MOMENT.read(query.cursor) or (None,)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await imports.page(connection, limit=query.limit + 1, before=before, api_id=query.api_id)
    shown = rows[: query.limit]
    return answer(
        Jobs(
            items=[job_view(row) for row in shown],
            next=BY_MOMENT.write(shown[-1].created_at) if len(rows) > query.limit else None,
        )
    )


async def show(request: web.Request) -> web.Response:
    """Show an import."""
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    return answer(job_view(await request.app[SERVICES].imports.get(job_id)))


async def progress(request: web.Request) -> web.StreamResponse:
    """Stream an import as it changes, until it is thrown away, the client leaves or the server stops."""
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    service, shown = request.app[SERVICES].imports, ""
    with request.app[SERVICES].imports_changed.watching(str(job_id)) as changed:
        now = job_view(await service.get(job_id)).model_dump_json()
        async with event_stream(request) as stream:
            with suppress(ImportUnknown):
                while stream.open:
                    if now != shown:
                        await stream.send(now)
                        shown = now
                    await stream.rest(changed)
                    now = job_view(await service.get(job_id)).model_dump_json()
    return stream.response


async def approve(request: web.Request) -> web.Response:
    """Publish the import: its enabled operations are live tools from the next message on."""
    form = await read_body(request, ApproveForm)
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    job = await request.app[SERVICES].publish.approve(job_id, form.revision, by=staff(request))
    return answer(job_view(job))


async def retry(request: web.Request) -> web.Response:
    """Let an import start over."""
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    return answer(job_view(await request.app[SERVICES].imports.retry(job_id, by=staff(request))))


async def throw_away(request: web.Request) -> web.Response:
    """Delete an import that was not approved."""
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    await request.app[SERVICES].imports.throw_away(job_id, by=staff(request))
    return answer(Removed(id=job_id))


def staff(request: web.Request) -> str:
    """Return the name under which the caller is signed in."""
    return request[CALLER].staff_name or "staff"


ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/openapi/import",
        handler=begin,
        right=Right.EDIT_APIS,
        summary="Begin to import an API from a url, a text or, as multipart/form-data, a file.",
        area="imports",
        body=ImportForm,
        upload=True,
        gives=Job,
        errors=(UploadRefused, UploadTooLarge, ApiUnknown, NameTaken, QueueFull),
    ),
    Route(
        method="GET",
        path="/api/v1/openapi/jobs",
        handler=list_jobs,
        right=Right.SEE_APIS,
        summary="Imports, newest first.",
        area="imports",
        query=JobsQuery,
        gives=Jobs,
    ),
    Route(
        method="GET",
        path="/api/v1/openapi/jobs/{job_id}",
        handler=show,
        right=Right.SEE_APIS,
        summary="One import: how far it is, what it found.",
        area="imports",
        gives=Job,
        errors=(ImportUnknown,),
    ),
    Route(
        method="GET",
        path="/api/v1/openapi/jobs/{job_id}/progress",
        handler=progress,
        right=Right.SEE_APIS,
        summary="The same import at every change, as a stream of events.",
        area="imports",
        media=STREAM_MEDIA,
        errors=(ImportUnknown, TooManySockets),
    ),
    Route(
        method="POST",
        path="/api/v1/openapi/jobs/{job_id}/approve",
        handler=approve,
        right=Right.APPROVE_APIS,
        summary="Let the operations be live tools, exactly as they stand at this revision.",
        area="imports",
        body=ApproveForm,
        gives=Job,
        errors=(ImportUnknown, EditedMeanwhile, NotInReview, ImportOutdated, BaseUrlMissing, TooManyAgents),
    ),
    Route(
        method="POST",
        path="/api/v1/openapi/jobs/{job_id}/retry",
        handler=retry,
        right=Right.EDIT_APIS,
        summary="Start an import over that failed, or compare one in review anew with what is live; edits are kept.",
        area="imports",
        gives=Job,
        errors=(ImportUnknown, NotInReview),
    ),
    Route(
        method="DELETE",
        path="/api/v1/openapi/jobs/{job_id}",
        handler=throw_away,
        right=Right.EDIT_APIS,
        summary="Throw an import away that was not approved, also while it runs.",
        area="imports",
        gives=Removed,
        errors=(ImportUnknown, NotInReview),
    ),
)
