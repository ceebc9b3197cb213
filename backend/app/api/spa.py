"""Single-page application: the built pages, served by the backend itself where no nginx stands in front of it.

A path that is no file is the page; one that looks like a file, or is for programs, is a 404.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Vite names assets by their content, so a name never changes what it means; the page that names them does.
IMMUTABLE: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
NOT_BUILT: Final = "The pages have not been built yet. Run `make run`, which builds and serves them.\n"


def add_pages(app: web.Application, folder: Path) -> None:
    """Serve the pages in `folder` at every path that is not for programs."""
    # What is under /api, /ws and /metrics is never a page, so a wrong address there stays an error in JSON.
    app.router.add_get("/{path:(?!(?:api|ws|metrics)(?:/|$)).*}", _pages(folder.resolve()), name="pages")


def _pages(folder: Path) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        file = _file(folder, path)
        if file is not None:
            caching = IMMUTABLE if path.startswith("assets/") else ASK_AGAIN
            return web.FileResponse(file, headers={"Cache-Control": caching})
        if path.startswith("assets/") or Path(path).suffix:
            raise web.HTTPNotFound  # a page in place of a missing script would only confuse the browser
        index = _file(folder, "index.html")
        if index is None:
            return web.Response(text=NOT_BUILT, status=web.HTTPNotFound.status_code)
        return web.FileResponse(index, headers={"Cache-Control": ASK_AGAIN})

    return serve


def _file(folder: Path, path: str) -> Path | None:
    """Find a file inside the folder; None where there is none, or where the path leads out of it."""
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):  # a name that no file system takes
        return None
