"""API documentation: the OpenAPI document of this server, and a page to browse it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from aiohttp import web

from app.api.services import SERVICES

_FOLDER: Final = Path(__file__).parent / "docs_page"


async def document(request: web.Request) -> web.Response:
    """Serve the OpenAPI document."""
    return web.json_response(request.app[SERVICES].api_document, dumps=_to_json)


async def page(_request: web.Request) -> web.FileResponse:
    """Serve the page."""
    return web.FileResponse(_FOLDER / "index.html")


async def script(_request: web.Request) -> web.FileResponse:
    """Serve the page's script."""
    return web.FileResponse(_FOLDER / "docs.js")


async def style(_request: web.Request) -> web.FileResponse:
    """Serve the page's style."""
    return web.FileResponse(_FOLDER / "docs.css")


def _to_json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)
