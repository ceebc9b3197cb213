"""The language model over REST: which one answers, what keeps it from answering, and what its provider refuses."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Final

import structlog
from aiohttp import web
from pydantic import Field

from app.access.rights import Right
from app.api.request_keys import CALLER
from app.api.route import Route
from app.api.services import SERVICES
from app.api.validation import Form, View, answer, read_body
from app.db import model_alerts
from app.db.model_alerts import ModelAlert
from app.errors import NotFound

log = structlog.get_logger(__name__)


class AlertView(View):
    """Why a model does not answer."""

    model: str
    code: str
    """What went wrong: one of the error codes."""
    advice: str
    """What staff can do about it."""
    http_status: int | None
    """What the provider answered last, where it did."""
    failures: int
    """How often in a row, since the model last answered."""
    first_at: datetime
    last_at: datetime


class RefusalView(View):
    """What a model's provider has refused once; requests go without it."""

    model: str
    feature: str
    """What was refused, such as tools."""
    explanation: str
    """What that means, and what staff can do about it."""
    learned_at: datetime


class ModelStatus(View):
    """The model that answers, its alerts, and what was refused."""

    label: str
    demo: bool
    """Whether it is the demo model, which needs no key."""
    alerts: list[AlertView]
    """Empty while every model answers."""
    refusals: list[RefusalView]


class DismissForm(Form):
    """Which alert."""

    model: Annotated[str, Field(min_length=1, max_length=500)]
    code: Annotated[str, Field(min_length=1, max_length=64)]


class ForgetForm(Form):
    """Which refusal."""

    model: Annotated[str, Field(min_length=1, max_length=500)]
    feature: Annotated[str, Field(min_length=1, max_length=64)]


async def show(request: web.Request) -> web.Response:
    """Say which model answers, and what keeps any from answering."""
    services = request.app[SERVICES]
    async with services.pool.acquire() as connection:
        raised = await model_alerts.list_raised(connection)
    models, known = services.models, services.model_refusals
    refusals = [
        RefusalView(**asdict(one), explanation=known.explanation(one.feature)) for one in await known.list_known()
    ]
    alerts = [_view(alert) for alert in raised]
    return answer(ModelStatus(label=models.label, demo=models.is_demo, alerts=alerts, refusals=refusals))


async def dismiss(request: web.Request) -> web.Response:
    """End an alert, such as one of a model that is no longer used; the next failure begins it anew."""
    form = await read_body(request, DismissForm)
    if not await request.app[SERVICES].model_alerts.dismiss(form.model, form.code):
        raise NotFound("There is no such alert. The model may have answered meanwhile.")
    log.info("model_alert_dismissed", model=form.model, code=form.code, staff=request[CALLER].staff_name)
    return await show(request)


async def forget_refusal(request: web.Request) -> web.Response:
    """Forget a refusal, such as after the model's server was started anew; the next request asks for it again."""
    form = await read_body(request, ForgetForm)
    if not await request.app[SERVICES].model_refusals.forget(form.model, form.feature):
        raise NotFound("That is not remembered as refused. Somebody may have had it forgotten meanwhile.")
    log.info("model_refusal_forgotten", model=form.model, feature=form.feature, staff=request[CALLER].staff)
    return await show(request)


def _view(alert: ModelAlert) -> AlertView:
    shown = asdict(alert)
    return AlertView.model_validate({name: shown[name] for name in AlertView.model_fields})


ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/model",
        handler=show,
        right=Right.SEE_MODEL,
        summary="The model that answers, and why it does not, where it does not.",
        area="model",
        gives=ModelStatus,
    ),
    Route(
        method="POST",
        path="/api/v1/model/alerts/dismiss",
        handler=dismiss,
        right=Right.DISMISS_ALERTS,
        summary="End an alert of a model; the next failure begins it anew.",
        area="model",
        body=DismissForm,
        gives=ModelStatus,
        errors=(NotFound,),
    ),
    Route(
        method="POST",
        path="/api/v1/model/refusals/forget",
        handler=forget_refusal,
        right=Right.FORGET_REFUSALS,
        summary="Forget what a model has refused; the next request asks for it again.",
        area="model",
        body=ForgetForm,
        gives=ModelStatus,
        errors=(NotFound,),
    ),
)
