"""Registry of services: one frozen dataclass under one `AppKey`, made by main.py and read by every handler.

A handler takes `request.app[SERVICES].ledger`. Nothing is looked up by name and nothing is added later, so a service
that is missing is an error of types, not of a request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

if TYPE_CHECKING:
    from app.access.identity_tokens import Identity, IdentityTokens
    from app.access.rate_limit import MessageRate, SocketCount
    from app.access.visitors import Visitors
    from app.actions.consent import ConsentService
    from app.actions.ledger import Ledger
    from app.actions.pauses import KillSwitch
    from app.agents.models import Models
    from app.agents.refusals import ModelRefusals
    from app.agents.supervisor import Supervisor
    from app.catalog.keyring import Keyring
    from app.catalog.live_tools import LiveTools
    from app.catalog.publish import Publisher
    from app.db.pool import Pool
    from app.escalation.model_alerts import ModelAlerts
    from app.escalation.outbox import EscalationOutbox
    from app.events.broadcast import Broadcast
    from app.events.subscriptions import Subscriptions
    from app.events.tracker import ConversationTracker
    from app.openapi_import.review.review import Review
    from app.openapi_import.review.try_operation import OperationTester
    from app.openapi_import.service import ImportService
    from app.replay.erasure import Erasure
    from app.session_manager import SessionManager
    from app.settings import Settings
    from app.staff.sign_in import StaffSignIn
    from app.staff.team import Team
    from app.telemetry.metrics import Metrics
    from app.tools.registry import ToolRegistry
    from app.turns.service import TurnService

Check = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a handler may ask for."""

    # the server itself
    settings: Settings
    start_notes: Sequence[str]
    """What whoever starts the server should know, one sentence each."""
    metrics: Metrics
    pool: Pool
    now: Callable[[], datetime]
    """The clock, in UTC."""
    readiness: Mapping[str, Check]
    """What has to be true before the server takes work, by name: database, migrations, model."""
    api_document: Mapping[str, Any]
    """The OpenAPI document of the REST API."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server stops: streams that go on for hours end then."""

    # who is calling
    visitors: Visitors
    staff_sign_in: StaffSignIn
    team: Team
    identity_tokens: IdentityTokens
    identity_of: Callable[[str], Awaitable[Identity | None]]
    """Finds the customer whose session a visitor's is now; None where the visitor is nobody known."""

    # conversations
    tracker: ConversationTracker
    subscriptions: Subscriptions
    erasure: Erasure
    outbox: EscalationOutbox | None
    """Sends escalations to the webhook; None where no webhook is set."""

    # actions and their approvals
    ledger: Ledger
    consent: ConsentService
    kill_switch: KillSwitch
    """Pauses what is sent, and lets it go on."""
    approvals_changed: Broadcast
    """Notified when what waits for an approval has changed."""

    # agents and tools
    live_config: LiveTools
    """The agents and tools as they are live: its `config` changes while the server runs."""
    models: Models
    model_alerts: ModelAlerts
    """Tells staff of a model that does not answer."""
    model_refusals: ModelRefusals
    """What the model's provider has refused once."""
    tools: ToolRegistry

    # imports of OpenAPI documents
    imports: ImportService
    imports_changed: Broadcast
    """Notified, by the import's id, when an import has moved on."""
    review: Review
    publish: Publisher
    operation_tester: OperationTester
    keyring: Keyring

    # sockets
    turns: TurnService
    sessions: SessionManager
    message_rate: MessageRate
    socket_count: SocketCount
    open_sockets: set[web.WebSocketResponse] = field(default_factory=set)

    # what the acceptance contract's `dispatch_message` takes
    graph: Supervisor


SERVICES: Final[web.AppKey[Services]] = web.AppKey("services")
