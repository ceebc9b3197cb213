"""Cross-origin access: pages of the listed origins may use the customer's part of REST, with its cookie.

Staff's part never: a request of another origin's page counts as nobody of staff, and the browser is told nothing that
would let that page read an answer. Without ALLOWED_ORIGINS no header of this kind is ever sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aiohttp_cors

from app.access.client_address import canonical_origin
from app.access.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

CUSTOMER_RIGHTS: Final = frozenset({Right.OPEN_SESSION, Right.BIND_IDENTITY, Right.READ_OWN_CONVERSATION})
PREFLIGHT_SECONDS: Final = 600  # how long a browser may remember the answer; Chrome keeps none for more than 7,200
SENT_HEADERS: Final = ("Content-Type",)
READ_HEADERS: Final = ("X-Request-ID", "Retry-After")


def allow_origins(app: web.Application, routes: Iterable[web.AbstractRoute], origins: Iterable[str]) -> None:
    """Let pages of these origins use the routes, credentials and preflight included."""
    options = {
        "allow_credentials": True,
        "allow_headers": SENT_HEADERS,
        "expose_headers": READ_HEADERS,
        "max_age": PREFLIGHT_SECONDS,
    }
    listed = {origin: options for text in origins if (origin := canonical_origin(text)) is not None}
    if not listed:
        return
    cors = aiohttp_cors.setup(app, defaults=listed)
    for route in routes:
        cors.add(route)
