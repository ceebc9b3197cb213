"""Kill switch over REST: what is paused, and pausing and letting go on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import structlog
from aiohttp import web
from pydantic import Field, StringConstraints

from app.access.rights import Right
from app.actions.pauses import BUILTIN
from app.api.request_keys import CALLER
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body
from app.db.pauses import PauseKind
from app.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.api.services import Services

MAX_WHY_CHARS: Final = 500  # a sentence for colleagues

log = structlog.get_logger(__name__)


class PauseView(View):
    """What may not be sent at present."""

    kind: PauseKind
    name: str
    """Of the API, tool or agent; empty for all actions."""
    by: str
    why: str
    at: datetime


class Pausable(View):
    """What can be paused: all actions, or something live by its name."""

    kind: PauseKind
    name: str


class Pauses(View):
    """Everything that is paused, and what can be."""

    items: list[PauseView]
    can: list[Pausable]
    """All actions first, then each API, agent and tool that is live."""
    under_way: int = 0
    """Right after a pause: actions that were claimed before it and have no outcome yet."""


class PauseForm(Form):
    """What to pause or to let go on, and why."""

    kind: PauseKind
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    why: Annotated[str, Field(max_length=MAX_WHY_CHARS), StringConstraints(strip_whitespace=True)] = ""


async def show(request: web.Request) -> web.Response:
    """List what is paused."""
    return answer(await _view(request.app[SERVICES]))


async def pause(request: web.Request) -> web.Response:
    """Send nothing of it from now on, on any replica."""
    form, services = await read_body(request, PauseForm), request.app[SERVICES]
    if Pausable(kind=form.kind, name=form.name) not in _pausable(services):  # a slip of the pen is no pause
        raise NotFound(f"There is no live {form.kind} named {form.name!r}. Its name is on the page of APIs.")
    by = request[CALLER].staff_name
    under_way = await services.kill_switch.pause(form.kind, form.name, by=by, why=form.why)
    log.warning("paused", kind=form.kind, name=form.name, by=by)
    return answer(await _view(services, under_way=under_way))


async def resume(request: web.Request) -> web.Response:
    """Let it go on."""
    form, services = await read_body(request, PauseForm), request.app[SERVICES]
    by = request[CALLER].staff_name
    await services.kill_switch.resume(form.kind, form.name, by=by, why=form.why)
    log.warning("resumed", kind=form.kind, name=form.name, by=by)
    return answer(await _view(services))


async def _view(services: Services, *, under_way: int = 0) -> Pauses:
    listed = await services.kill_switch.list_all()
    items = [PauseView(kind=one.kind, name=one.name, by=one.by, why=one.why, at=one.at) for one in listed]
    return Pauses(items=items, can=_pausable(services), under_way=under_way)


def _pausable(services: Services) -> list[Pausable]:
    """List what can be paused; the built-in tools send nothing."""
    specs = [services.tools.get(name).spec for name in services.tools.names]
    tools = [spec for spec in specs if spec.source != BUILTIN]
    names: list[tuple[PauseKind, Iterable[str]]] = [
        ("actions", [""]),
        ("api", {spec.source for spec in tools}),
        ("agent", [agent.name for agent in services.live_config.config.agents]),
        ("tool", [spec.name for spec in tools]),
    ]
    return [Pausable(kind=kind, name=name) for kind, known in names for name in sorted(known)]


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/pauses",
        handler=show,
        right=Right.SEE_APPROVALS,
        summary="What is paused: all actions, or single APIs, tools and agents.",
        area="pauses",
        gives=Pauses,
    ),
    Route(
        method="POST",
        path="/api/v1/pauses",
        handler=pause,
        right=Right.PAUSE,
        summary="Pause all actions, an API, a tool or an agent, on every replica at once.",
        area="pauses",
        body=PauseForm,
        gives=Pauses,
        errors=(NotFound,),
    ),
    Route(
        method="POST",
        path="/api/v1/pauses/end",
        handler=resume,
        right=Right.PAUSE,
        summary="Let go on what was paused; what waited is asked anew.",
        area="pauses",
        body=PauseForm,
        gives=Pauses,
        errors=(NotFound,),
    ),
)
