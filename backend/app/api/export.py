"""Routes of the exports: a conversation as one JSON document, or one page, written while it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from aiohttp import ClientConnectionResetError, web
from pydantic import TypeAdapter

from app.access.rights import Right
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import read_thread_id
from app.db import conversation_list
from app.db.conversation_list import ConversationRow
from app.errors import ConversationUnknown
from app.replay.html_export import POLICY, page
from app.replay.json_export import document

HTML: Final = "text/html"
JSON: Final = "application/json"
_CONVERSATION: Final = TypeAdapter(ConversationRow)


async def export_json(request: web.Request) -> web.StreamResponse:
    """Send the conversation as a JSON document, to be saved as a file."""
    row = await _find(request)
    pieces = document(request.app[SERVICES].pool, _facts(row), thread_id=row.thread_id, last=row.last)
    return await _send(request, pieces, media=JSON, name=f"conversation-{row.thread_id}.json")


async def export_html(request: web.Request) -> web.StreamResponse:
    """Send the conversation as a page that needs nothing else, to be saved as a file."""
    row = await _find(request)
    pieces = page(request.app[SERVICES].pool, _facts(row), thread_id=row.thread_id, last=row.last)
    return await _send(request, pieces, media=HTML, name=f"conversation-{row.thread_id}.html")


async def _find(request: web.Request) -> ConversationRow:
    thread_id = read_thread_id(request, unknown=ConversationUnknown)
    async with request.app[SERVICES].pool.acquire() as connection:
        row = await conversation_list.get(connection, thread_id=thread_id)
    if row is None:
        raise ConversationUnknown
    return row


def _facts(row: ConversationRow) -> dict[str, object]:
    facts: dict[str, object] = _CONVERSATION.dump_python(row, mode="json")
    return facts


async def _send(request: web.Request, pieces: AsyncIterator[bytes], *, media: str, name: str) -> web.StreamResponse:
    """Send a file piece by piece; a reader that leaves ends it quietly."""
    response = web.StreamResponse(
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',  # a thread id holds nothing to be quoted
            "Content-Security-Policy": f"{POLICY}; sandbox",
        }
    )
    response.content_type, response.charset = media, "utf-8"
    await response.prepare(request)
    with suppress(ClientConnectionResetError):
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
    return response


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/replay/{thread_id}/export.json",
        handler=export_json,
        right=Right.REPLAY,
        summary="A conversation with all its steps as one JSON document, as docs/replay.md describes it.",
        area="replay",
        errors=(ConversationUnknown,),
    ),
    Route(
        method="GET",
        path="/api/v1/replay/{thread_id}/export.html",
        handler=export_html,
        right=Right.REPLAY,
        summary="A conversation with all its steps as one page that needs nothing else.",
        area="replay",
        media=HTML,
        errors=(ConversationUnknown,),
    ),
)
