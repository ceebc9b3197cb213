"""The one place that knows everyone: opens what the server needs, in order, and wires it together."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from aiohttp import WSCloseCode, web

from app.access.identity_tokens import Identity, identity_tokens
from app.access.rate_limit import MessageRate, SocketCount
from app.access.rights import Access, SignInCodes
from app.access.secret_box import SecretBox
from app.actions.consent import ConsentService
from app.actions.ledger import Ledger
from app.agents.checkpointer import open_checkpointer
from app.agents.config import AgentConfig, check_tools, load_agents
from app.agents.labeler import make_asker
from app.agents.models import Models
from app.agents.prices import Prices
from app.agents.supervisor import Supervisor
from app.agents.yaml_overrides import review_tools
from app.analytics.rollup_worker import RollupWorker
from app.api import keys, middleware
from app.api.routes import add_routes
from app.api.spa import add_pages
from app.callbacks import ModelCall, ModelFailure, TokenUsageCallbackHandler
from app.catalog.keyring import Keyring
from app.catalog.live_tools import LiveTools
from app.catalog.publish import Approval
from app.db import identities
from app.db.approvals import APPROVALS_CHANNEL
from app.db.identities import IDENTITY_CHANNEL
from app.db.imports import IMPORTS_CHANNEL
from app.db.listener import ReplicaConnection
from app.db.live_set import LIVE_CHANNEL
from app.db.pool import is_current, open_pool
from app.escalation.outbox import EscalationOutbox, EscalationSender
from app.events.broadcast import Broadcast
from app.events.subscriptions import Subscriptions
from app.events.tracker import ConversationTracker
from app.interrupt_manager import InterruptManager
from app.language.confirmation import confirms
from app.openapi.fetch import fetch_document, read_document
from app.openapi_import.classify.opinion_batches import Refine, refiner
from app.openapi_import.jobs import Imports
from app.openapi_import.read.worker import ImportWorker
from app.openapi_import.review.review import Review
from app.openapi_import.review.try_operation import Trial
from app.outgoing.client import OutgoingClient
from app.replay import search_document
from app.replay.erasure import Erasure
from app.replay.retention import Retention
from app.session_manager import SessionManager
from app.settings import secret_key
from app.telemetry.metrics import Metrics
from app.tools.builtin import builtin_tools
from app.tools.openapi_tool import tools_from_document
from app.tools.registry import ToolRegistry
from app.turns.service import TurnService
from app.turns.worker import TurnWorker
from app.ws_handler import open_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from app.db.pool import Pool
    from app.settings import Settings

MAX_IMPORT_WATCHERS: Final = 200  # open progress streams per replica; a page has one
DEMO_APIS_VARIABLE = "DEMO_APIS_URL"  # what agents.yaml writes as ${DEMO_APIS_URL}

log = structlog.get_logger(__name__)


async def create_app(settings: Settings, *, database_url: str, demo_url: str | None) -> web.Application:
    """Build the application on a migrated database; what it opens is closed by its cleanup.

    Raises `ConfigMistake` for a mistake in the agents or their APIs, before anything is served.
    """
    app = web.Application(client_max_size=middleware.MAX_BODY_BYTES)
    stack = AsyncExitStack()
    try:
        await _open(app, stack, settings, database_url=database_url, demo_url=demo_url)
    except BaseException:
        await stack.aclose()
        raise
    codes = SignInCodes()
    admin_key = settings.admin_key.get_secret_value() if settings.admin_key else None
    app[keys.SETTINGS] = settings
    app[keys.NOW] = _now
    secret = secret_key(settings).get_secret_value().encode()
    app[keys.ACCESS] = Access(secret=secret, codes=codes, admin_key=admin_key)
    app[keys.SIGN_IN_CODES] = codes
    app[keys.IDENTITY_TOKENS] = identity_tokens(settings)
    app[keys.MESSAGE_RATE] = MessageRate()
    app[keys.SOCKETS] = SocketCount()
    app[keys.OPEN_SOCKETS] = set()
    middleware.install(app)
    add_routes(app)
    app.router.add_get(middleware.SOCKET_PATH, open_socket)
    add_pages(app, settings.static_dir)

    async def closing(_: web.Application) -> AsyncIterator[None]:
        yield
        await stack.aclose()

    app.cleanup_ctx.append(closing)
    app.on_shutdown.append(_close_sockets)
    return app


def _now() -> datetime:
    return datetime.now(UTC)


async def _open(
    app: web.Application, stack: AsyncExitStack, settings: Settings, *, database_url: str, demo_url: str | None
) -> None:
    """Open every resource and make every service of it."""
    metrics = Metrics()
    pool = await stack.enter_async_context(await open_pool(database_url))
    checkpointer = await stack.enter_async_context(open_checkpointer(database_url))
    http, config, tools, models = await _open_agents(stack, settings, demo_url)
    prices = Prices.load()
    replica, subscriptions = ReplicaConnection(), Subscriptions()
    outbox = _outbox(settings, pool, http)
    tracker = ConversationTracker(
        pool=pool,
        subscriptions=subscriptions,
        replica=replica,
        webhook=outbox is not None,
        delivery_waiting=outbox.wake if outbox else lambda: None,
    )
    ledger = Ledger(pool=pool, tracker=tracker, approval_ttl_seconds=settings.interrupt_ttl_seconds)
    consent = ConsentService(
        pool=pool, tracker=tracker, find_tool=tools.get, approval_ttl_seconds=settings.interrupt_ttl_seconds
    )
    graph = Supervisor(config, models=models, tools=tools, ledger=ledger, checkpointer=checkpointer)
    sessions = SessionManager(session_ttl_seconds=settings.session_ttl_seconds)
    live = await _open_imports(app, settings, pool=pool, http=http, tools=tools, config=config, graph=graph)
    imports = ImportWorker(
        pool=pool,
        replica=replica,
        http=http,
        refine=_refiner(models),
        expire=consent.expire_of_tools,
        max_bytes=settings.import_max_bytes,
        lease_seconds=settings.turn_lease_seconds,
        live_tools=live,
    )
    turns = TurnService(pool=pool, tracker=tracker, subscriptions=subscriptions, sessions=sessions, consent=consent)
    approvals_changed = Broadcast()

    def callbacks(on_call: Callable[[ModelCall | ModelFailure], None]) -> TokenUsageCallbackHandler:
        return TokenUsageCallbackHandler(prices=prices, on_call=on_call)

    worker = TurnWorker(
        pool=pool,
        dsn=database_url,
        replica=replica,
        graph=graph,
        tracker=tracker,
        subscriptions=subscriptions,
        ledger=ledger,
        consent=consent,
        callbacks=callbacks,
        model_label=models.label,
        lease_seconds=settings.turn_lease_seconds,
        metrics=metrics,
        channels={
            IDENTITY_CHANNEL: turns.identity_changed,
            APPROVALS_CHANNEL: lambda _: approvals_changed.notify(),
            IMPORTS_CHANNEL: lambda job_id: _import_changed(imports, app[keys.IMPORTS_CHANGED], job_id),
            LIVE_CHANNEL: live.on_notify,
        },
    )
    rollup_worker = RollupWorker(
        pool=pool, session_ttl_seconds=settings.session_ttl_seconds, folds=(search_document.fold,), metrics=metrics
    )
    retention = Retention(pool=pool, days=settings.retention_days)
    stack.push_async_callback(worker.stop)
    background = {
        "figures": rollup_worker.work,
        "retention": retention.work,
        "turns": worker.work,
        "imports": imports.work,
        "live_tools": live.work,
        **({"deliveries": outbox.work} if outbox else {}),
    }
    for name, work in background.items():
        await _keep_running(stack, work(), name=name)
    app[keys.METRICS], app[keys.POOL], app[keys.SUBSCRIPTIONS] = metrics, pool, subscriptions
    app[keys.AGENTS], app[keys.MODELS], app[keys.TOOLS], app[keys.GRAPH] = live, models, tools, graph
    app[keys.LEDGER], app[keys.APPROVALS], app[keys.APPROVALS_CHANGED] = ledger, consent, approvals_changed
    app[keys.TRACKER] = tracker
    app[keys.TURNS], app[keys.SESSIONS] = turns, sessions
    app[keys.INTERRUPTS] = InterruptManager(ttl_seconds=settings.interrupt_ttl_seconds)
    app[keys.CALLBACKS] = callbacks(lambda _: None)
    app[keys.WAKE_OUTBOX] = outbox.wake if outbox else lambda: None
    app[keys.IDENTITY_OF] = lambda visitor_id: _identity_of(pool, visitor_id)
    app[keys.ERASURE] = Erasure(tracker=tracker, confirms=confirms)
    app[keys.READINESS] = _readiness(pool, models)


async def _open_imports(
    app: web.Application,
    settings: Settings,
    *,
    pool: Pool,
    http: OutgoingClient,
    tools: ToolRegistry,
    config: AgentConfig,
    graph: Supervisor,
) -> LiveTools:
    """Make what imports, reviews and approves APIs, and load what was approved."""
    keyring = Keyring(pool=pool, secret_box=SecretBox(secret_key(settings).get_secret_value().encode()))
    live = LiveTools(pool=pool, http=http, keyring=keyring, tools=tools, base=config, swap=graph.reload)
    await live.reload()
    sources = ["builtin", *(api.name for api in config.apis)]
    app[keys.IMPORTS] = Imports(pool=pool, max_bytes=settings.import_max_bytes, taken=sources)
    app[keys.IMPORTS_CHANGED] = Broadcast(MAX_IMPORT_WATCHERS)
    app[keys.KEYRING] = keyring
    app[keys.REVIEW] = Review(pool=pool, live_tools=live)
    app[keys.APPROVAL] = Approval(pool=pool, live_tools=live)
    app[keys.TRIAL] = Trial(pool=pool, http=http, keyring=keyring)
    return live


def _refiner(models: Models) -> Refine | None:
    """Return what asks the model about labels; with the demo model, the rules' labels stand."""
    ask = make_asker(models)
    return refiner(ask) if ask else None


def _import_changed(imports: ImportWorker, changed: Broadcast, job_id: str) -> None:
    imports.on_notify()
    changed.notify(job_id or None)


async def _open_agents(
    stack: AsyncExitStack, settings: Settings, demo_url: str | None
) -> tuple[OutgoingClient, AgentConfig, ToolRegistry, Models]:
    """Open what the agents need: the way out, their description, their tools and their models."""
    allowed = [*settings.outgoing_allow, *([urlsplit(demo_url).netloc] if demo_url else [])]
    http = await stack.enter_async_context(OutgoingClient(allow=allowed))
    variables = {DEMO_APIS_VARIABLE: demo_url} if demo_url else {}
    config = load_agents(settings.agents_file, variables=variables)
    tools = await _open_tools(config, http, folder=settings.agents_file.parent)
    check_tools(config, [tools.get(name).spec for name in tools.names])
    models = _models(settings)
    stack.push_async_callback(models.aclose)
    return http, config, tools, models


async def _open_tools(config: AgentConfig, http: OutgoingClient, *, folder: Path) -> ToolRegistry:
    """Make the tools of the built-ins and of every API that the agents name; files are looked for in `folder`."""
    tools = ToolRegistry()
    tools.replace("builtin", builtin_tools())
    for api in config.apis:
        fetched = api.document.startswith(("http://", "https://"))
        document = await fetch_document(api.document, http=http) if fetched else read_document(folder / api.document)
        source = api.document if fetched else ""
        made = tools_from_document(document, api=api.name, base_url=api.base_url, http=http, source=source)
        tools.replace(api.name, review_tools(api, made))
    return tools


def _models(settings: Settings) -> Models:
    return Models(
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        default_model=settings.llm_model,
        timeout_seconds=settings.llm_timeout_seconds,
        demo_delay_ms=settings.demo_model_delay_ms,
    )


def _outbox(settings: Settings, pool: Pool, http: OutgoingClient) -> EscalationOutbox | None:
    if not settings.webhook_url or not settings.webhook_secret:
        return None
    sender = EscalationSender(http=http, url=settings.webhook_url, secret=settings.webhook_secret.get_secret_value())
    return EscalationOutbox(pool=pool, sender=sender)


async def _keep_running(stack: AsyncExitStack, work: Coroutine[Any, Any, None], *, name: str) -> None:
    """Run something beside the requests until the application closes; should it break, that is logged in full."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_end)

    async def stop() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(stop)


def _log_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("background_task_broke", task=task.get_name(), exc_info=error)


async def _identity_of(pool: Pool, visitor_id: str) -> Identity | None:
    async with pool.acquire() as connection:
        return await identities.current(connection, visitor_id=visitor_id)


def _readiness(pool: Pool, models: Models) -> dict[str, keys.Check]:
    """Name what has to be true before the server takes work."""
    return {
        "database": lambda: _database_answers(pool),
        "migrations": lambda: _migrations_current(pool),
        "model": models.ready,
    }


async def _database_answers(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT true"))


async def _migrations_current(pool: Pool) -> bool:
    async with pool.acquire() as connection:
        return await is_current(connection)


async def _close_sockets(app: web.Application) -> None:
    """Say goodbye to every socket; the pages connect again and go on where they were."""
    sockets = app[keys.OPEN_SOCKETS]
    goodbyes = [ws.close(code=WSCloseCode.GOING_AWAY, message=b"server_stopping") for ws in sockets]
    await asyncio.gather(*goodbyes, return_exceptions=True)
