"""Command `serve`: starts everything in order, says where it is, and waits for a signal.

Stopped, or where a step of the start fails, what has been started is stopped in reverse order.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import AsyncExitStack
from typing import Final

from aiohttp import web

from app.api.services import SERVICES
from app.commands.command import CannotListen, Command, run_async
from app.commands.database import open_database
from app.commands.demo_apis import demo_apis
from app.commands.sign_in_link import server_address, sign_in_address
from app.settings import Settings
from app.staff.links import make_sign_in_link

DRAIN_SECONDS: Final = 5.0  # open requests get this long; turns are durable, so nothing is lost after it
GC_THRESHOLDS: Final = (10_000, 20, 20)  # Python looks through the young after 700: a tenth of what a turn costs
MODEL_AWAY: Final = (
    "The model does not answer, so chats will fail until it does; nothing has to be restarted then. "
    "`python -m app.cli doctor` says why."
)
BACKLOG: Final = 512  # connections that wait while a burst is accepted


async def _serve(settings: Settings) -> None:
    """Start everything, announce it, and wait to be cancelled."""
    from app.main import create_app  # noqa: PLC0415 - the other commands do without the agents and their libraries

    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_listen(settings.host, settings.port))
        database_url = await stack.enter_async_context(open_database(settings))
        demo_url = settings.demo_apis_url
        if demo_url is None and settings.demo_apis:
            demo_url = await stack.enter_async_context(demo_apis(data_dir=settings.data_dir))
        app = await create_app(settings, database_url=database_url, demo_url=demo_url)
        settle_memory()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_SECONDS)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
        await _announce(settings, app)
        await asyncio.Event().wait()


def settle_memory() -> None:
    """Keep what the start has made out of garbage collection: looking through it holds everybody up for 0.2 s.

    From then on garbage in circles is looked for less often than Python does by itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before anything is started for it. Raises `CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, dualstack_ipv6=host == "::", backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(
            f"{host} port {port} cannot be listened on: {error.strerror}. Stop what uses it, or set another PORT."
        ) from error


async def _announce(settings: Settings, app: web.Application) -> None:
    """Print where it is, once it is there."""
    services = app[SERVICES]
    link = None
    if settings.listens_on_loopback:  # before it is announced: from then on, a database that goes away ends nothing
        link = sign_in_address(settings, await make_sign_in_link(services.pool, now=services.now()))
    print(f"Smart Support is at {server_address(settings)}", flush=True)
    if link is not None:
        print(f"Staff sign in, once, with {link}", flush=True)
    for note in services.start_notes:
        print(note, flush=True)
    if not await services.models.ready():
        print(MODEL_AWAY, flush=True)


COMMAND: Final = Command(name="serve", help="serve until Ctrl-C or SIGTERM", run=lambda _: run_async(_serve))
