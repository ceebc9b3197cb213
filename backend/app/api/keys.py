"""Every key under which the application and a request keep something, each with its type."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiohttp import web

from app.access.client_address import Source
from app.access.identity_tokens import Identity, IdentityTokens
from app.access.rate_limit import MessageRate, SocketCount
from app.access.rights import Access, Caller, Cookie, SignInCodes
from app.events.broadcast import Broadcast
from app.settings import Settings
from app.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from app.actions.ledger import Ledger
    from app.agents.models import Models
    from app.agents.supervisor import Supervisor
    from app.callbacks import TokenUsageCallbackHandler
    from app.catalog.keyring import Keyring
    from app.catalog.live_tools import LiveTools
    from app.catalog.publish import Approval
    from app.db.pool import Pool
    from app.events.subscriptions import Subscriptions
    from app.events.tracker import ConversationTracker
    from app.interrupt_manager import InterruptManager
    from app.openapi_import.jobs import Imports
    from app.openapi_import.review.review import Review
    from app.openapi_import.review.try_operation import Trial
    from app.protocol import Audience, InterruptResponse
    from app.replay.erasure import Erasure
    from app.session_manager import SessionManager
    from app.tools.registry import ToolRegistry
    from app.turns.service import TurnService

Check = Callable[[], Awaitable[bool]]


class Approvals(Protocol):
    """Who takes answers to requests for consent."""

    async def answer(self, response: InterruptResponse, *, by: Audience, name: str | None = None) -> object:
        """Take the first answer in time; raise the fact that prevents it. `name` is a staff member's."""


# --- of the application, set by main.py ------------------------------------------------------------------------

SETTINGS: Final = web.AppKey("settings", Settings)
NOW: Final[web.AppKey[Callable[[], datetime]]] = web.AppKey("now")
"""The clock, in UTC."""
ACCESS: Final = web.AppKey("access", Access)
METRICS: Final = web.AppKey("metrics", Metrics)
SIGN_IN_CODES: Final = web.AppKey("sign_in_codes", SignInCodes)
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
AGENTS: Final[web.AppKey[LiveTools]] = web.AppKey("agents")
"""The agents and tools as they are live: its `config` changes while the server runs."""
MODELS: Final[web.AppKey[Models]] = web.AppKey("models")
TRACKER: Final[web.AppKey[ConversationTracker]] = web.AppKey("tracker")
APPROVALS: Final[web.AppKey[Approvals]] = web.AppKey("approvals")
APPROVALS_CHANGED: Final = web.AppKey("approvals_changed", Broadcast)
"""Notified when what waits for consent has changed."""
IDENTITY_TOKENS: Final = web.AppKey("identity_tokens", IdentityTokens)
IDENTITY_OF: Final[web.AppKey[Callable[[str], Awaitable[Identity | None]]]] = web.AppKey("identity_of")
"""Names the customer whose session a visitor's is now."""
TOOLS: Final[web.AppKey[ToolRegistry]] = web.AppKey("tools")
LEDGER: Final[web.AppKey[Ledger]] = web.AppKey("ledger")
WAKE_OUTBOX: Final[web.AppKey[Callable[[], None]]] = web.AppKey("wake_outbox")
"""Tells the escalations' outbox that something is due."""
IMPORTS: Final[web.AppKey[Imports]] = web.AppKey("imports")
IMPORTS_CHANGED: Final = web.AppKey("imports_changed", Broadcast)
"""Notified, by the import's id, when an import has moved on."""
REVIEW: Final[web.AppKey[Review]] = web.AppKey("review")
APPROVAL: Final[web.AppKey[Approval]] = web.AppKey("approval")
TRIAL: Final[web.AppKey[Trial]] = web.AppKey("trial")
KEYRING: Final[web.AppKey[Keyring]] = web.AppKey("keyring")
API_DOCUMENT: Final[web.AppKey[dict[str, Any]]] = web.AppKey("api_document")
STOPPING: Final = web.AppKey("stopping", asyncio.Event)
"""Set when the server stops: answers that go on for hours end then."""
READINESS: Final[web.AppKey[Mapping[str, Check]]] = web.AppKey("readiness")
"""What has to be true before the server takes work, by name: database, migrations, model."""

# --- of the socket ----------------------------------------------------------------------------------------------

ERASURE: Final[web.AppKey[Erasure]] = web.AppKey("erasure")
SUBSCRIPTIONS: Final[web.AppKey[Subscriptions]] = web.AppKey("subscriptions")
TURNS: Final[web.AppKey[TurnService]] = web.AppKey("turns")
GRAPH: Final[web.AppKey[Supervisor]] = web.AppKey("graph")
SESSIONS: Final[web.AppKey[SessionManager]] = web.AppKey("sessions")
INTERRUPTS: Final[web.AppKey[InterruptManager]] = web.AppKey("interrupts")
CALLBACKS: Final[web.AppKey[TokenUsageCallbackHandler]] = web.AppKey("callbacks")
MESSAGE_RATE: Final = web.AppKey("message_rate", MessageRate)
SOCKETS: Final = web.AppKey("sockets", SocketCount)
OPEN_SOCKETS: Final[web.AppKey[set[web.WebSocketResponse]]] = web.AppKey("open_sockets")

# --- of one request, set by the middlewares --------------------------------------------------------------------

REQUEST_ID: Final = web.RequestKey("request_id", str)
SOURCE: Final = web.RequestKey("source", Source)
CALLER: Final = web.RequestKey("caller", Caller)
COOKIES: Final[web.RequestKey[list[Cookie]]] = web.RequestKey("cookies")
"""Cookies to set with the answer, whatever it is: a page, an error, an upgrade to a WebSocket."""
