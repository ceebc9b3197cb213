"""Composition root: opens what the server needs, makes every service of it, and wires them into one application.

Three tables, read from top to bottom: `open_resources` (what has to be opened, and is closed in reverse order),
`init_services` (one line per service, made by `init_x` where that takes more than its constructor) and
`start_background` (what runs beside the requests). A new service is a field of `api/services.py` and a line here.
Where anything cannot be opened, what stands already is closed again and the error is raised.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import web

from app.access.identity_tokens import identity_tokens
from app.access.passwords import Passwords
from app.access.rate_limit import MessageRate, SocketCount
from app.access.secret_box import SecretBox
from app.access.visitors import Visitors
from app.actions.consent import ConsentService
from app.actions.ledger import Ledger
from app.actions.pauses import KillSwitch
from app.agents.checkpointer import Saver
from app.agents.claim_check import make_claim_check
from app.agents.config import AgentConfig, check_tools, load_agents
from app.agents.labeler import make_asker
from app.agents.models import OPENAI_URL, Models
from app.agents.prices import Prices
from app.agents.prompts import check_prompts
from app.agents.refusals import ModelRefusals
from app.agents.routing.by_model import ModelRouter
from app.agents.supervisor import Supervisor
from app.analytics.rollup_worker import RollupWorker
from app.api import middleware
from app.api.health import readiness_checks
from app.api.identity import identity_of
from app.api.openapi import describe
from app.api.routes import ROUTES, add_routes
from app.api.services import SERVICES, Services
from app.api.spa import add_pages
from app.callbacks import TokenUsageCallbackHandler
from app.catalog.keyring import Keyring
from app.catalog.live_tools import LiveTools
from app.catalog.make_tools import tool_maker
from app.catalog.publish import Publisher
from app.catalog.yaml_apis import YamlApi, load_yaml_apis
from app.db.approvals import APPROVALS_CHANNEL
from app.db.identities import IDENTITY_CHANNEL
from app.db.imports import IMPORTS_CHANNEL
from app.db.listener import ReplicaConnection
from app.db.live_set import LIVE_CHANNEL
from app.db.model_refusals import REFUSALS_CHANNEL
from app.db.pauses import PAUSES_CHANNEL
from app.db.pool import open_pool
from app.demo_model.model import DemoModel
from app.demo_model.router import DemoRouter
from app.escalation.model_alerts import ModelAlerts
from app.escalation.outbox import EscalationOutbox, EscalationSender
from app.events.broadcast import Broadcast
from app.events.relay import EventRelay
from app.events.subscriptions import Subscriptions
from app.events.tracker import ConversationTracker
from app.jobs.poll_loop import keep_running
from app.language.confirmation import confirms
from app.openapi_import.classify.second_opinion import refiner
from app.openapi_import.read.worker import ImportWorker
from app.openapi_import.review.review import Review
from app.openapi_import.review.try_operation import OperationTester
from app.openapi_import.service import ImportService
from app.outgoing.client import OutgoingClient
from app.replay import search_document
from app.replay.erasure import Erasure
from app.replay.retention import Retention
from app.session_manager import SessionManager
from app.settings import secret_key
from app.staff.sign_in import StaffSignIn
from app.staff.team import Team
from app.telemetry.metrics import Metrics
from app.tools.builtin import builtin_tools
from app.tools.registry import ToolRegistry
from app.turns.executor import TurnExecutor
from app.turns.service import TurnService
from app.turns.worker import TurnWorker
from app.ws.socket import close_sockets, open_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from app.db.pool import Pool
    from app.settings import Settings

DEMO_APIS_VARIABLE: Final = "DEMO_APIS_URL"  # what agents.yaml writes as ${DEMO_APIS_URL}
MAX_IMPORT_WATCHERS: Final = 200  # open progress streams per replica; a page has one


async def create_app(settings: Settings, *, database_url: str, demo_url: str | None) -> web.Application:
    """Build the application on a migrated database; what it opens is closed by its cleanup.

    Raises `ConfigMistake` for a mistake in the agents or their APIs, before anything is served.
    """
    stack = AsyncExitStack()
    try:
        resources = await open_resources(stack, settings, database_url=database_url, demo_url=demo_url)
        services = await init_services(resources)
        start_background(stack, resources, services)
    except BaseException:
        await stack.aclose()
        raise

    async def closing(_: web.Application) -> AsyncIterator[None]:
        yield
        await stack.aclose()

    app = web.Application(client_max_size=middleware.MAX_BODY_BYTES)
    app[SERVICES] = services
    middleware.install(app)
    add_routes(app)
    app.router.add_get(middleware.SOCKET_PATH, open_socket)
    add_pages(app, settings.static_dir)
    app.cleanup_ctx.append(closing)
    app.on_shutdown.append(close_sockets)
    return app


# --- what is opened --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What the services are made of: connections, files read at the start, and what they share."""

    settings: Settings
    dsn: str
    secret: bytes
    metrics: Metrics
    prices: Prices
    pool: Pool
    http: OutgoingClient
    config: AgentConfig
    yaml_apis: list[YamlApi]
    tools: ToolRegistry
    refusals: ModelRefusals
    models: Models
    replica: ReplicaConnection
    subscriptions: Subscriptions


async def open_resources(
    stack: AsyncExitStack, settings: Settings, *, database_url: str, demo_url: str | None
) -> Resources:
    """Open every resource, in order; the stack closes them in reverse."""
    pool = await stack.enter_async_context(await open_pool(database_url, lease_seconds=settings.turn_lease_seconds))
    http = await stack.enter_async_context(init_outgoing_client(settings, demo_url))
    check_prompts()
    config = load_agents(settings.agents_file, variables={DEMO_APIS_VARIABLE: demo_url} if demo_url else {})
    yaml_apis = await load_yaml_apis(config, http=http, folder=settings.agents_file.parent)
    refusals = ModelRefusals(pool=pool, address=settings.openai_base_url or OPENAI_URL)
    await refusals.begin(settings.llm_model, settings.claim_check_model, *(one.model for one in config.agents))
    models = init_models(settings, refusals)
    stack.push_async_callback(models.aclose)
    return Resources(
        settings=settings,
        dsn=database_url,
        secret=secret_key(settings).get_secret_value().encode(),
        metrics=Metrics(),
        prices=Prices.load(),
        pool=pool,
        http=http,
        config=config,
        yaml_apis=yaml_apis,
        tools=init_tools(config, yaml_apis),
        refusals=refusals,
        models=models,
        replica=ReplicaConnection(),
        subscriptions=Subscriptions(),
    )


def init_outgoing_client(settings: Settings, demo_url: str | None) -> OutgoingClient:
    """Make the one way out; the demo services are allowed by name."""
    return OutgoingClient(allow=[*settings.outgoing_allow, *([urlsplit(demo_url).netloc] if demo_url else [])])


def init_tools(config: AgentConfig, apis: Iterable[YamlApi]) -> ToolRegistry:
    """Register the built-in tools and those of every API that the agents' file names. Raises `ConfigMistake`."""
    tools = ToolRegistry()
    tools.replace("builtin", builtin_tools())
    for api in apis:
        tools.replace(api.name, api.tools)
    check_tools(config, [tools.get(name).spec for name in tools.names])
    return tools


def init_models(settings: Settings, refusals: ModelRefusals) -> Models:
    """Make the models of the settings' provider; without a key, the demo model."""
    return Models(
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        default_model=settings.llm_model,
        timeout_seconds=settings.llm_timeout_seconds,
        headers={name: value.get_secret_value() for name, value in settings.openai_headers.items()},
        demo=DemoModel(delay_ms=settings.demo_model_delay_ms),
        refused=refusals.of,
    )


# --- services --------------------------------------------------------------------------------------------------


async def init_services(res: Resources) -> Services:
    """Make every service, each after those that it is handed."""
    settings, pool = res.settings, res.pool
    outbox = init_outbox(res)
    tracker = init_tracker(res, outbox)
    ledger = Ledger(pool=pool, tracker=tracker, approval_ttl_seconds=settings.interrupt_ttl_seconds)
    consent = ConsentService(
        pool=pool, tracker=tracker, find_tool=res.tools.get, approval_ttl_seconds=settings.interrupt_ttl_seconds
    )
    graph = init_graph(res, ledger)
    keyring = Keyring(pool=pool, secret_box=SecretBox(res.secret), http=res.http)
    live_config = await init_live_config(res, keyring, graph)
    sessions = SessionManager(session_ttl_seconds=settings.session_ttl_seconds)
    passwords = Passwords()
    return Services(
        settings=settings,
        start_notes=[note for api in res.yaml_apis if (note := api.warning())],
        metrics=res.metrics,
        pool=pool,
        now=lambda: datetime.now(UTC),
        readiness=readiness_checks(pool, res.models, res.replica),
        api_document=describe(ROUTES),
        visitors=Visitors(secret=res.secret),
        staff_sign_in=StaffSignIn(pool=pool, secret=res.secret, passwords=passwords, admin_key=settings.admin_key),
        team=Team(pool=pool, passwords=passwords),
        identity_tokens=identity_tokens(settings),
        identity_of=identity_of(pool),
        tracker=tracker,
        subscriptions=res.subscriptions,
        erasure=Erasure(tracker=tracker, confirms=confirms),
        outbox=outbox,
        ledger=ledger,
        consent=consent,
        kill_switch=KillSwitch(pool=pool),
        approvals_changed=Broadcast(),
        live_config=live_config,
        models=res.models,
        model_alerts=ModelAlerts(pool=pool, delivery_waiting=outbox.wake if outbox else None),
        model_refusals=res.refusals,
        tools=res.tools,
        imports=init_imports(res),
        imports_changed=Broadcast(MAX_IMPORT_WATCHERS),
        review=Review(pool=pool, live=live_config),
        publish=Publisher(pool=pool, live=live_config),
        operation_tester=OperationTester(pool=pool, make_tool=tool_maker(http=res.http, keyring=keyring)),
        keyring=keyring,
        turns=TurnService(
            pool=pool, tracker=tracker, subscriptions=res.subscriptions, sessions=sessions, consent=consent
        ),
        sessions=sessions,
        message_rate=MessageRate(),
        socket_count=SocketCount(),
        graph=graph,
    )


def init_graph(res: Resources, ledger: Ledger) -> Supervisor:
    """Make the graph of the agents."""
    return Supervisor(
        res.config,
        models=res.models,
        router=DemoRouter() if res.models.is_demo else ModelRouter(res.models),
        tools=res.tools,
        ledger=ledger,
        checkpointer=Saver(res.pool),
    )


def init_outbox(res: Resources) -> EscalationOutbox | None:
    """Make what sends escalations; None where no webhook is set."""
    url, secret = res.settings.webhook_url, res.settings.webhook_secret
    if not url or not secret:
        return None
    sender = EscalationSender(http=res.http, url=url, secret=secret.get_secret_value())
    return EscalationOutbox(pool=res.pool, sender=sender)


def init_tracker(res: Resources, outbox: EscalationOutbox | None) -> ConversationTracker:
    """Make what writes the event log and tells subscribers, replicas and the outbox."""
    return ConversationTracker(
        pool=res.pool,
        subscriptions=res.subscriptions,
        replica=res.replica,
        webhook=outbox is not None,
        delivery_waiting=outbox.wake if outbox else lambda: None,
    )


async def init_live_config(res: Resources, keyring: Keyring, graph: Supervisor) -> LiveTools:
    """Load the APIs and agents that were approved into the registry and the graph."""
    live_config = LiveTools(
        pool=res.pool, http=res.http, keyring=keyring, tools=res.tools, base=res.config, swap=graph.reload
    )
    await live_config.reload()
    return live_config


def init_imports(res: Resources) -> ImportService:
    """Make what takes imports in; the names of tools' sources that stand in the file are taken."""
    sources = ["builtin", *(api.name for api in res.config.apis)]
    return ImportService(pool=res.pool, max_bytes=res.settings.import_max_bytes, taken=sources)


# --- what runs beside the requests ----


def start_background(stack: AsyncExitStack, res: Resources, services: Services) -> None:
    """Start everything that works beside the requests; the stack stops it, the turns' worker last."""
    import_worker = init_import_worker(res, services)
    turn_worker = init_turn_worker(res, services, import_worker)
    stack.push_async_callback(turn_worker.stop)
    background = {
        "figures": RollupWorker(
            pool=res.pool,
            session_ttl_seconds=res.settings.session_ttl_seconds,
            folds=(search_document.fold,),
            metrics=res.metrics,
        ).work,
        "retention": Retention(pool=res.pool, days=res.settings.retention_days).work,
        "turns": turn_worker.work,
        "imports": import_worker.work,
        "live_tools": services.live_config.work,
        "model_refusals": res.refusals.work,
        **({"deliveries": services.outbox.work} if services.outbox else {}),
    }
    for name, work in background.items():
        keep_running(stack, work(), name=name)


def init_import_worker(res: Resources, services: Services) -> ImportWorker:
    """Make what reads and classifies documents; with the demo model, the rules' labels stand."""
    ask = make_asker(res.models)
    return ImportWorker(
        pool=res.pool,
        replica=res.replica,
        http=res.http,
        refine=refiner(ask) if ask else None,
        expire=services.consent.expire_of_tools,
        max_bytes=res.settings.import_max_bytes,
        lease_seconds=res.settings.turn_lease_seconds,
        live=services.live_config,
    )


def init_turn_executor(res: Resources, services: Services) -> TurnExecutor:
    """Make what runs one turn on the graph and records it."""
    return TurnExecutor(
        pool=res.pool,
        replica=res.replica,
        graph=services.graph,
        tracker=services.tracker,
        subscriptions=res.subscriptions,
        ledger=services.ledger,
        consent=services.consent,
        callbacks=lambda on_call: TokenUsageCallbackHandler(prices=res.prices, on_call=on_call),
        model_label=res.models.label,
        metrics=res.metrics,
        claim_check=make_claim_check(res.models, res.settings.claim_check_model, res.settings.claim_check_seconds),
        alerts=services.model_alerts,
    )


def init_turn_worker(res: Resources, services: Services, import_worker: ImportWorker) -> TurnWorker:
    """Make what runs turns; it also listens for what other replicas have written."""

    def import_changed(job_id: str) -> None:
        import_worker.on_notify()
        services.imports_changed.notify(job_id or None)

    return TurnWorker(
        pool=res.pool,
        dsn=res.dsn,
        replica=res.replica,
        executor=init_turn_executor(res, services),
        relay=EventRelay(pool=res.pool, replica=res.replica, subscriptions=res.subscriptions),
        ledger=services.ledger,
        consent=services.consent,
        lease_seconds=res.settings.turn_lease_seconds,
        channels={
            IDENTITY_CHANNEL: services.turns.identity_changed,
            PAUSES_CHANNEL: lambda _: services.approvals_changed.notify(),
            APPROVALS_CHANNEL: lambda _: services.approvals_changed.notify(),
            IMPORTS_CHANNEL: import_changed,
            LIVE_CHANNEL: services.live_config.on_notify,
            REFUSALS_CHANNEL: res.refusals.on_notify,
        },
    )
