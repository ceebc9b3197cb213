"""Route: the form of a line in the table of `routes.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

from app.access.rights import Right
from app.errors import AppError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One route: who may use it, what it takes and what it gives.

    With `upload` it also takes multipart/form-data: a part named `file` beside fields of the body. Without `gives` it
    answers with something else than the JSON envelope, as `media` says. `errors` are those of its own; what any route
    of its kind can fail with is added to its description.
    """

    method: str
    path: str
    handler: Handler
    right: Right
    summary: str
    area: str
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    upload: bool = False
    gives: type[BaseModel] | None = None
    media: str = "application/json"
    errors: tuple[type[AppError], ...] = ()
    described: bool = True

    @property
    def name(self) -> str:
        """The operation's id, unique: where the handler lives and what it is called."""
        return f"{self.handler.__module__.rpartition('.')[2]}_{self.handler.__name__}"
