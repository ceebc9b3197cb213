"""Review log over REST: who did what to which API, and when."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from aiohttp import web

from app.access.rights import Right
from app.api.cursor import CursorCodec, number
from app.api.review_log_views import ReviewLog, entry_view
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import PageQuery, answer_aside, read_query
from app.db import review_log

ENTRIES: Final = CursorCodec(number(2**63 - 1))  # PostgreSQL's bigint


class ReviewLogQuery(PageQuery):
    """Whose history: everything's, one API's, one import's."""

    api_id: UUID | None = None
    """Only what was done to this API, removed ones too."""
    import_id: UUID | None = None
    """Only what was done to this import."""


async def list_entries(request: web.Request) -> web.Response:
    """List what people did, newest first."""
    query = read_query(request, ReviewLogQuery)
    (before,) = ENTRIES.read(query.cursor) or (None,)
    async with request.app[SERVICES].pool.acquire() as connection:
        rows = await review_log.page(
            connection,
            limit=query.limit + 1,
            before=before,
            api_id=query.api_id,
            import_id=query.import_id,
        )
    shown = rows[: query.limit]
    more = ENTRIES.write(shown[-1].id) if len(rows) > query.limit else None
    return await answer_aside(lambda: ReviewLog(items=[entry_view(row) for row in shown], next=more))


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/review-log",
        handler=list_entries,
        right=Right.SEE_APIS,
        summary="What people did to the APIs, newest first: of all, of one API, of one import.",
        area="apis",
        query=ReviewLogQuery,
        gives=ReviewLog,
    ),
)
