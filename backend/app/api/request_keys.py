"""Keys of a request: what the middlewares find out about it before its handler runs."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from app.access.client_address import Source
from app.access.rights import Caller
from app.access.signed_cookies import Cookie

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})  # they change nothing

REQUEST_ID: Final = web.RequestKey("request_id", str)
SOURCE: Final = web.RequestKey("source", Source)
CALLER: Final = web.RequestKey("caller", Caller)
FROM_OTHER_ORIGIN: Final = web.RequestKey("from_other_origin", bool)
"""Whether a page of another origin asks: it is never staff, and may use the customer's part if its origin is listed."""
COOKIES: Final[web.RequestKey[list[Cookie]]] = web.RequestKey("cookies")
"""Cookies to set with the response, whatever it is: a page, an error, an upgrade to a WebSocket."""
