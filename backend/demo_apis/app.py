"""The three services as one web application."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from demo_apis.bank import BANK
from demo_apis.control import Control
from demo_apis.errors import errors_as_json
from demo_apis.saas import SAAS
from demo_apis.service import BODY_LIMIT, Service
from demo_apis.shop import SHOP
from demo_apis.store import Clock

BLUEPRINTS = (SHOP, SAAS, BANK)


def utc_now() -> datetime:
    """Return the time of day where all the demo's people live."""
    return datetime.now(UTC)


def create_app(*, data: Path, control: bool = False, clock: Clock = utc_now) -> web.Application:
    """Open the services' files in the folder `data` and serve each service under its name."""
    app = web.Application(middlewares=[errors_as_json], client_max_size=BODY_LIMIT)
    app.router.add_get("/healthz", _healthy)
    for blueprint in BLUEPRINTS:
        _add_service(app, Service(blueprint, data=data, clock=clock), control=control)
    return app


def _add_service(app: web.Application, service: Service, *, control: bool) -> None:
    routes = web.Application(middlewares=[errors_as_json])
    if control:
        switches = Control(service)
        # Outside of errors_as_json, so that it sees every answer as the client will.
        routes.middlewares.insert(0, switches.middleware)
        app.add_subapp(f"/{service.name}/_control", switches.app())
    service.add_routes(routes)
    app.add_subapp(f"/{service.name}", routes)

    async def close(_app: web.Application) -> None:
        service.store.close()

    app.on_cleanup.append(close)


async def _healthy(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})
