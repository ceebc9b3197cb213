"""Findings about everything that the server needs: settings, agents, model, database and the addresses of APIs.

Nothing is changed. What fails is a finding with its next step, and the rest is looked at all the same.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.agents.config import load_agents
from app.agents.model_check import Finding, Provider, check_address, check_model
from app.agents.prompts import check_prompts
from app.agents.refusals import ModelRefusals
from app.commands.demo_apis import remembered_address
from app.db import apis, model_alerts
from app.db.embedded.server import has_cluster, reachable_postgres
from app.db.migrations import head, is_newer, newer_sentence, revision
from app.db.pool import open_pool
from app.db.reach import explain, place_of
from app.errors import AppError, ConfigMistake
from app.main import DEMO_APIS_VARIABLE
from app.openapi.api import read_api
from app.openapi.fetch import read_document
from app.outgoing.client import OutgoingClient
from app.outgoing.message import OutgoingRequest
from app.settings import Settings

if TYPE_CHECKING:
    from app.agents.config import AgentConfig, ApiSpec
    from app.db.pool import Pool

CLAIM_CHECK_OFF: Final = "off"
MODEL_SECONDS: Final = 60.0  # the longest that one check waits for a model
API_SECONDS: Final = 10.0  # an address that has not answered by then keeps customers waiting too

Findings = AsyncIterator[Finding]


def _broken(what: str, sentence: str) -> Finding:
    return Finding(what=what, verdict="broken", sentence=sentence)


def _ok(what: str, sentence: str) -> Finding:
    return Finding(what=what, verdict="ok", sentence=sentence)


def _note(what: str, sentence: str) -> Finding:
    return Finding(what=what, verdict="note", sentence=sentence)


async def examine(settings: Settings) -> Findings:
    """Yield what is found, as it is found."""
    yield _ok("settings", "The environment and .env can be used.")
    demo_url = settings.demo_apis_url or (remembered_address(settings.data_dir) if settings.demo_apis else None)
    config: AgentConfig | None = None
    try:
        check_prompts()
        config = load_agents(settings.agents_file, variables={DEMO_APIS_VARIABLE: demo_url} if demo_url else {})
        yield _ok("agents", f"{len(config.agents)} agents, {len(config.apis)} APIs: {settings.agents_file}.")
    except ConfigMistake as mistake:
        if settings.demo_apis and demo_url is None:
            yield _note("agents", "Their demo services have not run yet; the first start checks them.")
        else:
            yield _broken("agents", mistake.message)
    async for finding in _model(settings, config):
        yield finding
    addresses = _addresses(settings, config)
    async for finding in _stored(settings, addresses):
        yield finding
    async for finding in _outgoing(settings, addresses, demo_url):
        yield finding


# --- the model -------------------------------------------------------------------------------------------------


def _provider(settings: Settings) -> Provider | None:
    """Return where models are asked; None for the demo model."""
    if not settings.openai_api_key and not settings.openai_base_url:
        return None
    return Provider(
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        timeout_seconds=min(settings.llm_timeout_seconds, MODEL_SECONDS),
        headers={name: value.get_secret_value() for name, value in settings.openai_headers.items()},
    )


async def _model(settings: Settings, config: AgentConfig | None) -> Findings:
    provider = _provider(settings)
    if provider is None:
        yield _ok("model", "The built-in demo model answers. Set OPENAI_API_KEY or OPENAI_BASE_URL for a real one.")
        return
    address, names = await check_address(provider)
    yield address
    if address.verdict == "broken":
        return
    own = [settings.claim_check_model, *(agent.model for agent in config.agents)] if config else []
    for name in dict.fromkeys([settings.llm_model, *(one for one in own if one and one != CLAIM_CHECK_OFF)]):
        async for finding in check_model(provider, name, names):
            yield finding


# --- the database, and what it knows ---------------------------------------------------------------------------


async def _stored(settings: Settings, live: dict[str, str]) -> Findings:
    """What is found of the database and in it; the addresses of live APIs are put into `live`."""
    if settings.database_url is None and not has_cluster(settings.data_dir):
        yield _note("database", f"There is none yet in {settings.data_dir}; the first start makes it.")
        return
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    current = False
    try:
        async with _opened(settings) as (pool, url):
            async for finding in _database(pool, url):
                current = current or (finding.what == "migrations" and finding.verdict == "ok")
                yield finding
            if current:
                live |= await _live_addresses(pool)
            if current and (provider := _provider(settings)) is not None:
                async for finding in _remembered(pool, provider):
                    yield finding
    except AppError as error:
        yield _broken("database", error.message)
    except Exception as error:  # noqa: BLE001 - drivers have many words; each is a sentence here
        yield _broken("database", explain(error, url))


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Pool, str]]:
    """Open the database as it is: nothing is brought up to date."""
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        async with await open_pool(url, max_size=2) as pool:
            yield pool, url
        return
    async with reachable_postgres(settings.data_dir) as url, await open_pool(url, max_size=2) as pool:
        yield pool, url


async def _database(pool: Pool, url: str) -> Findings:
    async with pool.acquire() as connection:
        version = str(await connection.fetchval("SHOW server_version")).partition(" ")[0]
        if await connection.fetchval("SELECT pg_is_in_recovery()"):
            yield _broken("database", f"{place_of(url)} can only be read. Name the primary in DATABASE_URL.")
            return
        yield _ok("database", f"PostgreSQL {version} on {place_of(url)} answers.")
        step = await revision(connection)
    if step == head():
        yield _ok("migrations", f"All are made, up to {step}.")
    elif step is not None and is_newer(step):
        yield _broken("migrations", newer_sentence(step))
    else:
        yield _note("migrations", f"The database is at {step or 'nothing'}; the next start brings it to {head()}.")


async def _remembered(pool: Pool, provider: Provider) -> Findings:
    """What servers have met: alerts that stand, and what the provider refused."""
    async with pool.acquire() as connection:
        for alert in await model_alerts.list_raised(connection):
            yield _broken(f"{alert.model}: alert", f"{alert.advice} Since {alert.first_at:%Y-%m-%d %H:%M} UTC.")
    refusals = ModelRefusals(pool=pool, address=provider.address)
    for one in await refusals.list_known():
        sentence = f"Refused since {one.learned_at:%Y-%m-%d}. {refusals.explanation(one.feature)}"
        yield _note(f"{one.model}: {one.feature}", f"{sentence} The page Model forgets it.")


# --- addresses that tools call ---------------------------------------------------------------------------------


async def _outgoing(settings: Settings, addresses: Mapping[str, str], demo_url: str | None) -> Findings:
    demo = [urlsplit(demo_url).netloc] if demo_url else []
    named = f", and {', '.join(settings.outgoing_allow)}" if settings.outgoing_allow else ""
    yield _ok("outgoing rules", f"Tools may call public addresses{named}.")
    async with OutgoingClient(allow=[*settings.outgoing_allow, *demo]) as http:
        if settings.webhook_url:
            yield _webhook(http, settings.webhook_url)
        for name, address in addresses.items():
            yield await _answers(http, name, address, demo=bool(demo_url) and address.startswith(demo_url or ""))


def _webhook(http: OutgoingClient, url: str) -> Finding:
    try:
        http.allows(url)
    except AppError as error:
        return _broken("webhook", error.message)
    return _ok("webhook", f"Escalations go to {urlsplit(url).hostname}.")


def _addresses(settings: Settings, config: AgentConfig | None) -> dict[str, str]:
    """Where the APIs of agents.yaml are, by name."""
    found = {api.name: _address_of(api, settings) for api in (config.apis if config else ())}
    return {name: address for name, address in found.items() if address}


def _address_of(api: ApiSpec, settings: Settings) -> str:
    if api.base_url or api.document.startswith(("http://", "https://")):
        return api.base_url or api.document
    try:
        return next(iter(read_api(read_document(settings.agents_file.parent / api.document)).servers), "")
    except AppError:
        return ""  # the start names it with its file


async def _live_addresses(pool: Pool) -> dict[str, str]:
    async with pool.acquire() as connection:
        return {row.name: row.base_url for row in await apis.list_all(connection) if row.live_job is not None}


async def _answers(http: OutgoingClient, name: str, address: str, *, demo: bool) -> Finding:
    """Ask for the API's address; whatever it answers, it is there."""
    what = f"API {name}"
    try:
        answer = await http.send(OutgoingRequest(method="GET", url=address), timeout_seconds=API_SECONDS)
    except AppError as error:
        if demo:
            return _note(what, "The demo services run only while the server does.")
        return _broken(what, f"{address}: {error.message}")
    return _ok(what, f"{address} answers ({answer.status}).")
