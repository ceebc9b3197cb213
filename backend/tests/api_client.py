"""Client of the REST API: a real application, with fakes where the model and the outside would be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher
from pydantic import SecretStr

from app.access.identity_tokens import Identity, IdentityTokens
from app.access.passwords import Passwords
from app.access.visitors import Visitors
from app.actions.consent import ConsentService
from app.actions.ledger import Ledger
from app.actions.pauses import KillSwitch
from app.agents.config import AgentConfig, AgentSpec
from app.agents.refusals import ModelRefusals
from app.analytics.rollup_worker import RollupWorker
from app.api.middleware import MAX_BODY_BYTES, install
from app.api.openapi import describe
from app.api.routes import ROUTES, add_routes
from app.api.services import SERVICES, Check, Services
from app.api.spa import add_pages
from app.db import actions, approvals, conversations, identities
from app.db.actions import Action, Status
from app.db.listener import ReplicaConnection
from app.errors import ToolUnknown
from app.escalation.model_alerts import ModelAlerts
from app.events.broadcast import Broadcast
from app.events.subscriptions import Subscriptions
from app.events.tracker import ConversationTracker
from app.protocol import Audience, InterruptRequest
from app.replay import search_document
from app.replay.erasure import Erasure
from app.settings import Settings
from app.staff.sign_in import StaffSignIn
from app.staff.team import Team
from app.telemetry.metrics import Metrics
from app.tools.base import Tool

if TYPE_CHECKING:
    from app.db.pool import Pool

ADMIN_KEY = "an admin key that is long enough"
SECRET = b"0123456789abcdef0123456789abcdef"
AnyClient = TestClient[web.Request, web.Application]
MakeClient = Callable[[web.Application], Awaitable[AnyClient]]

AGENTS = AgentConfig(
    name="Acme Support",
    greeting="Hello from Acme!",
    fallback="help",
    apis=(),
    agents=(
        AgentSpec(
            name="orders",
            description="Looks orders up and cancels them.",
            permission="write",
            tools=("get_order", "cancel_*"),
            examples=("Where is order 1042?", "Cancel order 1042"),
        ),
        AgentSpec(
            name="help",
            description="Answers everything else.",
            permission="read",
            tools=("hand_over",),
            model="a-small-model",
            examples=("What is your refund policy?",),
        ),
    ),
)


@dataclass
class FakeLive:
    """What is live, as far as the routes ask."""

    config: AgentConfig = AGENTS
    file_agents: frozenset[str] = frozenset({"orders", "help"})
    versions: Mapping[str, int] = field(default_factory=dict)
    off: tuple[AgentSpec, ...] = ()
    reloads: int = 0

    async def refresh(self) -> None:
        """Count it."""
        self.reloads += 1


class FakeModels:
    """Says which model answers, as the real one does."""

    label = "demo model"
    is_demo = True


async def holds() -> bool:
    """A check that holds."""
    return True


@dataclass
class FakeOutbox:
    """Counts how often it is woken."""

    woken: int = 0

    def wake(self) -> None:
        """Count it."""
        self.woken += 1


class Absent:
    """Stands for a service that a test has not handed in."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AssertionError(f"This application has no {self._name}, but its {attribute} is used.")


@dataclass
class FakeRegistry:
    """Tools by name, as the registry has them."""

    tools: dict[str, Tool]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.tools)

    def get(self, name: str) -> Tool:
        if name not in self.tools:
            raise ToolUnknown
        return self.tools[name]


@dataclass
class Parts:
    """What an application under test is made of, for the test to look into and to change."""

    settings: Settings = field(default_factory=lambda: Settings(_env_file=None))
    readiness: dict[str, Check] = field(default_factory=lambda: {"database": holds, "model": holds})
    passwords: Passwords = field(
        default_factory=lambda: Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    )
    pool: Pool | None = None
    pages: Path | None = None
    tools: dict[str, Tool] = field(default_factory=dict)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    approvals_changed: Broadcast = field(default_factory=Broadcast)
    identity_tokens: IdentityTokens = field(
        default_factory=lambda: IdentityTokens(secret=SECRET, max_age_seconds=3_600)
    )
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    now: datetime | None = None
    """The moment at which the clock stands; None lets it run."""

    def clock(self) -> datetime:
        """Say what time it is."""
        return self.now or datetime.now(UTC)

    def application(self, **instead: Any) -> web.Application:
        """Wire the application as main.py does; services can be handed in by name."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app[SERVICES] = self.services(**instead)
        install(app)
        add_routes(app)
        add_pages(app, self.pages or Path("/nowhere"))
        return app

    def services(self, **instead: Any) -> Services:
        """Make the services that stand behind most routes; a test hands in others by name.

        A service that nobody handed in says so when it is used.
        """
        made: dict[str, Any] = {name.name: Absent(name.name) for name in fields(Services)}
        made |= {
            "settings": self.settings,
            "metrics": Metrics(),
            "now": self.clock,
            "readiness": self.readiness,
            "api_document": describe(ROUTES),
            "stopping": asyncio.Event(),
            "visitors": Visitors(secret=SECRET),
            "staff_sign_in": self.staff_sign_in(),
            "identity_tokens": self.identity_tokens,
            "identity_of": self._identity_of,
            "outbox": self.outbox,
            "approvals_changed": self.approvals_changed,
            "live_config": FakeLive(),
            "models": FakeModels(),
            "open_sockets": set(),
        }
        if self.pool is not None:
            made |= self._stored(self.pool)
        return Services(**made | instead)

    def _stored(self, pool: Pool) -> dict[str, Any]:
        """Make what needs a database."""
        tools = FakeRegistry(self.tools)
        tracker = ConversationTracker(pool=pool, subscriptions=self.subscriptions, replica=ReplicaConnection())
        return {
            "pool": pool,
            "team": Team(pool=pool, passwords=self.passwords),
            "kill_switch": KillSwitch(pool=pool),
            "model_alerts": ModelAlerts(pool=pool),
            "model_refusals": ModelRefusals(pool=pool, address="https://models.example/v1"),
            "subscriptions": self.subscriptions,
            "tracker": tracker,
            "erasure": Erasure(tracker=tracker, confirms=lambda said: said == "Thanks"),
            "tools": tools,
            "ledger": Ledger(pool=pool, tracker=tracker, approval_ttl_seconds=60),
            "consent": ConsentService(pool=pool, tracker=tracker, find_tool=tools.get, approval_ttl_seconds=60),
        }

    def staff_sign_in(self, *, admin_key: str = ADMIN_KEY) -> StaffSignIn:
        """Make the sign-in of staff; without a database nobody can sign in, and whoever has no cookie is nobody."""
        pool: Any = self.pool or Absent("pool")
        return StaffSignIn(pool=pool, secret=SECRET, passwords=self.passwords, admin_key=SecretStr(admin_key))

    def rollup_worker(self) -> RollupWorker:
        """The rollup worker of the figures and of what can be searched, on the application's database."""
        assert self.pool is not None
        return RollupWorker(
            pool=self.pool,
            session_ttl_seconds=self.settings.session_ttl_seconds,
            clock=lambda: self.clock().timestamp(),
            folds=[search_document.fold],
        )

    async def _identity_of(self, visitor_id: str) -> Identity | None:
        if self.pool is None:
            return None
        async with self.pool.acquire() as connection:
            return await identities.current(connection, visitor_id=visitor_id)


@dataclass
class ApiClient:
    """A browser at the API: it keeps its cookies, and speaks JSON."""

    client: AnyClient
    parts: Parts

    async def get(self, path: str, *, status: int = 200, **headers: str) -> Any:
        """Get `path`; the answer's data, or its error where a failure is expected."""
        return await opened(await self.client.get(path, headers=headers), status)

    async def post(self, path: str, body: Mapping[str, Any] | None = None, *, status: int = 200) -> Any:
        """Post JSON to `path`; the answer's data, or its error where a failure is expected."""
        return await opened(await self.client.post(path, json=body), status)

    async def visitor(self) -> str:
        """Become a visitor, and say which."""
        await self.get("/api/v1/session")
        visitors = self.client.app[SERVICES].visitors if self.client.app else None
        assert visitors is not None
        cookies = {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}
        visitor_id = visitors.recognise(cookies, self.parts.clock().timestamp())
        assert visitor_id is not None
        return visitor_id

    async def sign_in(self) -> None:
        """Become staff."""
        await self.post("/api/v1/staff/sign-in", {"key": ADMIN_KEY})


async def opened(response: ClientResponse, status: int = 200) -> Any:
    """Take an answer out of its envelope, after checking that it has one."""
    text = await response.text()
    assert response.status == status, text
    envelope = await response.json()
    assert set(envelope) == {"success", "data", "error"}
    assert envelope["success"] == (status < 400)
    if status < 400:
        assert envelope["error"] is None
        return envelope["data"]
    assert envelope["data"] is None
    assert set(envelope["error"]) == {"code", "message", "details"}
    return envelope["error"]


def unknown_id() -> UUID:
    """An id that belongs to nothing."""
    return UUID("00000000-0000-4000-8000-000000000000")


async def seed_conversation(pool: Pool, *, thread_id: str = "t1", visitor_id: str = "somebody") -> str:
    """Begin a conversation of this visitor."""
    async with pool.acquire() as connection:
        await conversations.start(connection, thread_id=thread_id, visitor_id=visitor_id)
    return thread_id


async def seed_action(
    pool: Pool, *, thread_id: str = "t1", status: Status = "pending", title: str = "Cancel"
) -> Action:
    """Write an action of this status down, as if agents had proposed it."""
    action = Action(
        id=uuid4(),
        thread_id=thread_id,
        run_id=uuid4(),
        call_id="call-1",
        agent="orders",
        tool="cancel_order",
        title=title,
        target="shop",
        tool_version="1",
        args={"order_id": 1042},
        request={"method": "POST", "url": "https://shop.example/orders/1042/cancel"},
        digest="digest",
        status=status,
    )
    async with pool.acquire() as connection:
        proposed, _ = await actions.propose(connection, action=action)
    return proposed


async def seed_approval(
    pool: Pool, *, action: Action, audience: Audience = "operator", expires_in: timedelta = timedelta(minutes=5)
) -> UUID:
    """Ask for consent to an action."""
    interrupt_id, expires_at = uuid4(), datetime.now(UTC) + expires_in
    frame = InterruptRequest(
        thread_id=action.thread_id,
        interrupt_id=str(interrupt_id),
        action=action.tool,
        args=action.args,
        title=action.title,
        target=action.target,
        request=action.request,
        audience=audience,
        expires_at=expires_at,
    )
    async with pool.acquire() as connection:
        await approvals.add(
            connection,
            approval_id=interrupt_id,
            action_id=action.id,
            thread_id=action.thread_id,
            audience=audience,
            digest=action.digest,
            frame=frame.model_dump(mode="json", exclude={"seq", "at"}),
            expires_at=expires_at,
        )
    return interrupt_id
