"""Every key under which the application and a request keep something, each with its type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from aiohttp import web

from app.auth import Access, Caller, Cookie, Source
from app.metrics import Metrics
from app.settings import Settings

if TYPE_CHECKING:
    from app.actions.ledger import Ledger
    from app.agents.models import Models
    from app.agents.registry import AgentConfig
    from app.db.pool import Pool

Check = Callable[[], Awaitable[bool]]

# --- of the application, set by main.py ------------------------------------------------------------------------

SETTINGS: Final = web.AppKey("settings", Settings)
ACCESS: Final = web.AppKey("access", Access)
METRICS: Final = web.AppKey("metrics", Metrics)
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
AGENTS: Final[web.AppKey[AgentConfig]] = web.AppKey("agents")
MODELS: Final[web.AppKey[Models]] = web.AppKey("models")
LEDGER: Final[web.AppKey[Ledger]] = web.AppKey("ledger")
READINESS: Final[web.AppKey[Mapping[str, Check]]] = web.AppKey("readiness")
"""What has to be true before the server takes work, by name: database, migrations, model."""

# --- of one request, set by the middlewares --------------------------------------------------------------------

REQUEST_ID: Final = web.RequestKey("request_id", str)
SOURCE: Final = web.RequestKey("source", Source)
CALLER: Final = web.RequestKey("caller", Caller)
COOKIES: Final[web.RequestKey[list[Cookie]]] = web.RequestKey("cookies")
"""Cookies to set with the answer, whatever it is: a page, an error, an upgrade to a WebSocket."""
