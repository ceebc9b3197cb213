"""The commands: serve, migrate, seed, analytics, schema, keys.

Exit codes: 0 stopped as asked, 1 something needed did not start, 2 a setting or argument is wrong, 3 the address
can't be listened on.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import structlog
from aiohttp import web

from app.access.identity_tokens import identity_tokens
from app.analytics.rollup_worker import RollupWorker
from app.api.openapi import describe
from app.api.routes import ROUTES
from app.api.services import SERVICES
from app.commands.demo_apis import demo_apis
from app.commands.import_document import add_command, import_api
from app.commands.protocol_schema import protocol_page, protocol_schema
from app.db.embedded.server import embedded_postgres, reachable_postgres
from app.db.pool import migrate, open_pool
from app.errors import AppError, CannotStart, ConfigMistake
from app.replay import search_document
from app.settings import SECRET_BYTES, Settings, load_settings
from app.telemetry.log import configure_logging
from app.tools.consent_rule import consent_rules
from demo_data.load import Plan, load

EXIT_STOPPED: Final = 0
EXIT_NOT_STARTED: Final = 1
EXIT_MISTAKE: Final = 2  # what argparse uses too
EXIT_NO_ADDRESS: Final = 3
SEED_CONVERSATIONS: Final = 6_000  # enough for every chart and table to have something to show, written in seconds
SEED_DAYS: Final = 90
DRAIN_SECONDS: Final = 5.0  # open requests get this long; turns are durable, so nothing is lost after it
BACKLOG: Final = 512  # connections that wait while a burst is accepted

log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code; what went wrong is said in a sentence on stderr."""
    options = _parser().parse_args(arguments)
    if options.command == "keys" and not options.identity:
        print(_keys())
        return EXIT_STOPPED
    if options.command == "schema":
        print(_schema(options.of).rstrip())
        return EXIT_STOPPED
    try:
        settings = load_settings()
        if options.command == "keys":
            print(_identity_token(settings, options.identity))
            return EXIT_STOPPED
        configure_logging(form=settings.log_format, level=settings.log_level, hide=settings.secrets())
        return asyncio.run(_interruptible(_work(settings, options)))
    except AppError as error:
        print(f"Smart Support could not start. {error.message}", file=sys.stderr)
        return _exit_code(error)


class CannotListen(CannotStart):
    """The address is taken or not ours."""

    code = "cannot_listen"


def _exit_code(error: AppError) -> int:
    if isinstance(error, CannotListen):
        return EXIT_NO_ADDRESS
    return EXIT_MISTAKE if isinstance(error, ConfigMistake) else EXIT_NOT_STARTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.cli", description="Smart Support.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve until Ctrl-C or SIGTERM")
    commands.add_parser("migrate", help="bring the database up to date, then stop")
    seed = commands.add_parser("seed", help="write a quarter of a shop's support to look around in, or remove it")
    seed.add_argument("--conversations", type=_positive, default=SEED_CONVERSATIONS, metavar="N")
    seed.add_argument("--days", type=_positive, default=SEED_DAYS, metavar="N", help="how far back it goes")
    seed.add_argument("--seed", type=int, default=1, metavar="N", help="the same number gives the same data")
    seed.add_argument("--remove", action="store_true", help="remove all of it, and nothing else")
    analytics = commands.add_parser("analytics", help="look after the dashboard's figures")
    analytics.add_argument("what", choices=("rebuild",), help="make the figures anew from the log")
    made = commands.add_parser("keys", help="make values for ADMIN_KEY and SECRET_KEY, or a customer's token")
    made.add_argument(
        "--identity",
        action="append",
        metavar="CLAIM=VALUE",
        help="print a token that says who the customer is, such as sub=1042; may be given several times",
    )
    add_command(commands)
    schema = commands.add_parser("schema", help="print what the product says about itself")
    schema.add_argument("of", choices=("protocol", "openapi", "policy", "page"))
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _keys() -> str:
    """Two fresh lines for .env."""
    return "\n".join(f"{name}={secrets.token_urlsafe(SECRET_BYTES)}" for name in ("ADMIN_KEY", "SECRET_KEY"))


def _identity_token(settings: Settings, pairs: Sequence[str]) -> str:
    """Sign a token with these claims, as the customers' page would."""
    claims = dict(pair.partition("=")[::2] for pair in pairs)
    if not claims.get("sub"):
        raise ConfigMistake("A token has to name the customer: write --identity sub=1042.")
    return identity_tokens(settings).sign(claims, now=time.time(), seconds=settings.identity_max_age_seconds)


def _schema(of: str) -> str:
    if of == "page":
        return protocol_page()
    documents: dict[str, Callable[[], Any]] = {
        "protocol": protocol_schema,
        "openapi": partial(describe, ROUTES),
        "policy": consent_rules,
    }
    return json.dumps(documents[of](), indent=2, sort_keys=True)


def _work(settings: Settings, options: argparse.Namespace) -> Coroutine[Any, Any, int | None]:
    match options.command:
        case "import":
            return _import(settings, options)
        case "serve":
            return _serve(settings)
        case "seed" if options.remove:
            return _remove_demo(settings)
        case "seed":
            return _seed(settings, conversations=options.conversations, days=options.days, seed=options.seed)
        case "analytics":
            return _rebuild(settings)
        case _:
            return _migrate(settings)


async def _interruptible(command: Coroutine[Any, Any, int | None]) -> int:
    """Run the command until it ends or is asked to stop; asked a second time, the process ends at once.

    The exit code is the command's own, if it has one.
    """
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(command)

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        return await work or EXIT_STOPPED
    return EXIT_STOPPED


async def _migrate(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        await _database(settings, stack)
    log.info("database_up_to_date")


async def _seed(settings: Settings, *, conversations: int, days: int, seed: int) -> None:
    plan = Plan(
        conversations=conversations,
        days=days,
        seed=seed,
        now=datetime.now(UTC),
        session_ttl_seconds=settings.session_ttl_seconds,
    )
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        loaded = await load(await _database(settings, stack, beside=True), plan)
    print(f"{loaded:,} conversations of the demo written in {time.monotonic() - began:.1f} s.")


async def _remove_demo(settings: Settings) -> None:
    async with _rollup_worker(settings) as rollup_worker:
        removed = await rollup_worker.remove_demo()
    print(f"{removed:,} conversations of the demo removed.")


async def _rebuild(settings: Settings) -> None:
    async with _rollup_worker(settings) as rollup_worker:
        counted = await rollup_worker.rebuild()
    print(f"The figures are made anew from {counted:,} events.")


@asynccontextmanager
async def _rollup_worker(settings: Settings) -> AsyncIterator[RollupWorker]:
    """A rollup worker on the database, beside whatever server uses it."""
    async with AsyncExitStack() as stack:
        url = await _database(settings, stack, beside=True)
        pool = await stack.enter_async_context(await open_pool(url, max_size=2))
        yield RollupWorker(pool=pool, session_ttl_seconds=settings.session_ttl_seconds, folds=(search_document.fold,))


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    """Import an API into the database, beside whatever server uses it."""
    async with AsyncExitStack() as stack:
        url = await _database(settings, stack, beside=True)
        return await import_api(settings, options, database_url=url, say=lambda line: print(line, flush=True))


async def _serve(settings: Settings) -> None:
    """Start everything in order, say where it is, and wait to be cancelled; then stop everything in reverse order."""
    from app.main import create_app  # noqa: PLC0415 - the other commands do without the agents and their libraries

    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_listen(settings.host, settings.port))
        database_url = await _database(settings, stack)
        demo_url = settings.demo_apis_url
        if demo_url is None and settings.demo_apis:
            demo_url = await stack.enter_async_context(demo_apis(data_dir=settings.data_dir))
        app = await create_app(settings, database_url=database_url, demo_url=demo_url)
        settle_memory()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_SECONDS)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
        _announce(settings, app)
        await asyncio.Event().wait()


def settle_memory() -> None:
    """Keep what the start has made out of garbage collection: looking through it holds everybody up for 0.2 s."""
    gc.collect()
    gc.freeze()


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before anything is started for it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, dualstack_ipv6=host == "::", backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(
            f"{host} port {port} cannot be listened on: {error.strerror}. Stop what uses it, or set another PORT."
        ) from error


async def _database(settings: Settings, stack: AsyncExitStack, *, beside: bool = False) -> str:
    """The address of a database that is up to date; with `beside`, a running server's too."""
    if settings.database_url is None:
        open_database = reachable_postgres if beside else embedded_postgres
        url = await stack.enter_async_context(open_database(settings.data_dir))
    else:
        url = settings.database_url.get_secret_value()
    try:
        await migrate(url)
    except Exception as error:
        log.debug("migration_failed", exc_info=True)
        reason = str(error).splitlines()[0].replace(url, "DATABASE_URL")
        raise CannotStart(f"The database cannot be used: {reason}. Check DATABASE_URL and that it runs.") from error
    return url


def _announce(settings: Settings, app: web.Application) -> None:
    """Say on stdout where it is, once it is there."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    print(f"Smart Support is at {address}", flush=True)
    if settings.listens_on_loopback:
        code = app[SERVICES].sign_in_codes.issue(time.time())
        print(f"Staff sign in, once, with {address}/sign-in#code={code}", flush=True)
    for note in app[SERVICES].start_notes:
        print(note, flush=True)


if __name__ == "__main__":
    sys.exit(main())
