"""Review of an import over REST: its operations, edits and tries, and the agents that it proposes."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from app.access.rights import Right
from app.api.cursor import CursorCodec, number
from app.api.imports import staff
from app.api.review_views import (
    BulkEdited,
    BulkEditForm,
    EditForm,
    JobAgentForm,
    JobAgents,
    Operation,
    Operations,
    OperationsQuery,
    RefusedEdit,
    Tried,
    TryForm,
    job_agent_view,
    operation_view,
)
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import answer, answer_aside, read_body, read_id, read_query
from app.db import operations
from app.db.operations import ImportAgent
from app.errors import (
    AgentUnknown,
    CredentialsUnreadable,
    EditedMeanwhile,
    EditRefused,
    ImportUnknown,
    NameTaken,
    NotInReview,
    OnlyReadsCanBeTried,
    OperationUnknown,
)

MAX_INDEX: Final = 999_999_999  # far beyond the operations of any document, and within PostgreSQL's integer
OPERATIONS: Final = CursorCodec(number(MAX_INDEX))


async def list_operations(request: web.Request) -> web.Response:
    """List the operations of an import, in the order of its document."""
    query = read_query(request, OperationsQuery)
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    await request.app[SERVICES].imports.get(job_id)
    (after,) = OPERATIONS.read(query.cursor) or (operations.BEFORE_THE_FIRST,)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await operations.page(connection, import_id=job_id, after=after, limit=query.limit + 1)
    shown = rows[: query.limit]
    more = OPERATIONS.write(shown[-1].idx) if len(rows) > query.limit else None
    return await answer_aside(lambda: Operations(items=[operation_view(row) for row in shown], next=more))


async def edit(request: web.Request) -> web.Response:
    """Edit one operation, as its editor last saw it."""
    form = await read_body(request, EditForm)
    job_id, idx = read_id(request, "job_id", unknown=ImportUnknown), _idx(request)
    changed, refused = await request.app[SERVICES].review.edit(
        job_id, {idx: form.revision}, form.given(), by=staff(request)
    )
    if refused:
        error, current = refused[0].error, refused[0].current
        if isinstance(error, EditedMeanwhile) and current is not None:
            raise EditedMeanwhile(current=operation_view(current).model_dump(mode="json"))
        raise error
    return answer(operation_view(changed[0]))


async def edit_many(request: web.Request) -> web.Response:
    """Edit many operations alike; those that cannot have the edit are refused, each with its reason."""
    form = await read_body(request, BulkEditForm)
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    seen = {item.idx: item.revision for item in form.items}
    changed, refused = await request.app[SERVICES].review.edit(job_id, seen, form.set.given(), by=staff(request))
    return await answer_aside(
        lambda: BulkEdited(
            changed=[operation_view(row) for row in changed],
            refused=[RefusedEdit(idx=one.idx, code=one.error.code, message=one.error.message) for one in refused],
        )
    )


async def try_out(request: web.Request) -> web.Response:
    """Run one read, to see what it sends and what comes back; anything but a read is refused."""
    form = await read_body(request, TryForm)
    job_id, idx = read_id(request, "job_id", unknown=ImportUnknown), _idx(request)
    outcome = await request.app[SERVICES].operation_tester.run(job_id, idx, form.args, by=staff(request))
    return answer(
        Tried(
            request=dict(outcome.request) if outcome.request else None,
            status=outcome.http_status,
            response=outcome.full if outcome.full is not None else outcome.data,
            summary=outcome.summary,
            error=outcome.error,
            duration_ms=outcome.duration_ms,
        )
    )


async def list_agents(request: web.Request) -> web.Response:
    """List the agents that an import proposes."""
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    await request.app[SERVICES].imports.get(job_id)
    async with request.app[SERVICES].pool.acquire() as connection:
        found = await operations.agents(connection, import_id=job_id)
    return answer(_agents(request, found))


async def edit_agent(request: web.Request) -> web.Response:
    """Edit a proposed agent, its name too."""
    form = await read_body(request, JobAgentForm)
    job_id = read_id(request, "job_id", unknown=ImportUnknown)
    wanted = {name: text for name, text in form.model_dump(exclude_unset=True).items() if text is not None}
    found = await request.app[SERVICES].review.edit_agent(job_id, request.match_info["name"], wanted, by=staff(request))
    return answer(_agents(request, found))


def _agents(request: web.Request, found: list[ImportAgent]) -> JobAgents:
    live = {agent.name: agent for agent in request.app[SERVICES].live_config.config.agents}
    return JobAgents(items=[job_agent_view(agent, live=live.get(agent.name)) for agent in found])


def _idx(request: web.Request) -> int:
    text = request.match_info["idx"]
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_INDEX)):
        raise OperationUnknown
    return int(text)


_JOB: Final = "/api/v1/openapi/jobs/{job_id}"
ROUTES: Final = (
    Route(
        method="GET",
        path=_JOB + "/classifications",
        handler=list_operations,
        right=Right.SEE_APIS,
        summary="The operations of an import with their labels and why, in the order of the document.",
        area="imports",
        query=OperationsQuery,
        gives=Operations,
        errors=(ImportUnknown,),
    ),
    Route(
        method="PUT",
        path=_JOB + "/classifications/{idx}",
        handler=edit,
        right=Right.EDIT_APIS,
        summary="Edit one operation, unless somebody else has changed it since `revision`.",
        area="imports",
        body=EditForm,
        gives=Operation,
        errors=(ImportUnknown, OperationUnknown, EditedMeanwhile, EditRefused, NotInReview),
    ),
    Route(
        method="POST",
        path=_JOB + "/classifications/edit",
        handler=edit_many,
        right=Right.EDIT_APIS,
        summary="Edit many operations alike; what cannot have the edit is named with its reason.",
        area="imports",
        body=BulkEditForm,
        gives=BulkEdited,
        errors=(ImportUnknown, NotInReview),
    ),
    Route(
        method="POST",
        path=_JOB + "/classifications/{idx}/try",
        handler=try_out,
        right=Right.EDIT_APIS,
        summary="Carry out one read with these arguments; nothing else is ever sent.",
        area="imports",
        body=TryForm,
        gives=Tried,
        errors=(ImportUnknown, OperationUnknown, OnlyReadsCanBeTried, CredentialsUnreadable),
    ),
    Route(
        method="GET",
        path=_JOB + "/agents",
        handler=list_agents,
        right=Right.SEE_APIS,
        summary="The agents that an import proposes.",
        area="imports",
        gives=JobAgents,
        errors=(ImportUnknown,),
    ),
    Route(
        method="PUT",
        path=_JOB + "/agents/{name}",
        handler=edit_agent,
        right=Right.EDIT_APIS,
        summary="Edit a proposed agent; a new name takes its operations along.",
        area="imports",
        body=JobAgentForm,
        gives=JobAgents,
        errors=(ImportUnknown, AgentUnknown, NameTaken, EditRefused, NotInReview),
    ),
)
