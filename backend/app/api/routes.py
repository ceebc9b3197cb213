"""Table of contents of the REST API: every route, who may use it, and what it takes and gives.

What aiohttp serves and what `/api/v1/openapi.json` says are both made from `ROUTES`.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from app.access.rights import Right, require
from app.api import (
    actions,
    agents,
    analytics,
    apis,
    approvals,
    conversations,
    credentials,
    docs,
    escalations,
    export,
    health,
    identity,
    imports,
    model,
    pauses,
    redaction,
    replay,
    review_log,
    reviews,
    session,
    staff,
    team,
)
from app.api.cors import CUSTOMER_RIGHTS, allow_origins
from app.api.request_keys import CALLER, FROM_OTHER_ORIGIN, SAFE_METHODS
from app.api.route import Handler, Route
from app.api.services import SERVICES
from app.api.validation import PageQuery
from app.errors import (
    ActionSettled,
    ConversationUnknown,
    NotFound,
    NotReady,
    OriginRefused,
)

ROUTES: Final = (
    Route(
        method="GET",
        path="/api/health",
        handler=health.live,
        right=Right.SEE_HEALTH,
        summary="Whether the server lives, and its version.",
        area="health",
        gives=health.Health,
    ),
    Route(
        method="GET",
        path="/api/health/ready",
        handler=health.ready,
        right=Right.SEE_HEALTH,
        summary="Whether the server can work: database, migrations, model.",
        area="health",
        gives=health.Readiness,
        errors=(NotReady,),
    ),
    Route(
        method="GET",
        path="/metrics",
        handler=health.figures,
        right=Right.SEE_HEALTH,  # the handler asks for more: staff, or a program on this machine
        summary="Figures for Prometheus; for staff, and for programs on the same machine.",
        area="health",
        media="text/plain",
    ),
    Route(
        method="GET",
        path="/api/v1/openapi.json",
        handler=docs.document,
        right=Right.SEE_API_DESCRIPTION,
        summary="This description.",
        area="docs",
    ),
    Route(
        method="GET",
        path="/api/docs",
        handler=docs.page,
        right=Right.SEE_API_DESCRIPTION,
        summary="This description as a page to browse.",
        area="docs",
        media="text/html",
    ),
    Route(
        method="GET",
        path="/api/docs/docs.js",
        handler=docs.script,
        right=Right.SEE_API_DESCRIPTION,
        summary="The page's script.",
        area="docs",
        media="text/javascript",
        described=False,
    ),
    Route(
        method="GET",
        path="/api/docs/docs.css",
        handler=docs.style,
        right=Right.SEE_API_DESCRIPTION,
        summary="The page's style.",
        area="docs",
        media="text/css",
        described=False,
    ),
    Route(
        method="GET",
        path="/api/v1/session",
        handler=session.show,
        right=Right.OPEN_SESSION,
        summary="Who speaks here and who is asking; a stranger becomes a visitor by a cookie.",
        area="session",
        gives=session.Session,
    ),
    *staff.ROUTES,
    *team.ROUTES,
    *approvals.ROUTES,
    Route(
        method="GET",
        path="/api/v1/actions",
        handler=actions.list_actions,
        right=Right.SEE_ACTIONS,
        summary="Actions of one status, oldest first.",
        area="actions",
        query=actions.ActionsQuery,
        gives=actions.Actions,
    ),
    Route(
        method="POST",
        path="/api/v1/actions/{action_id}/settle",
        handler=actions.settle,
        right=Right.SETTLE_ACTIONS,
        summary="Record what a person found out about an action whose outcome was unknown; once.",
        area="actions",
        body=actions.SettleForm,
        gives=actions.ActionView,
        errors=(NotFound, ActionSettled),
    ),
    Route(
        method="GET",
        path="/api/v1/escalations",
        handler=escalations.list_escalations,
        right=Right.SEE_ESCALATIONS,
        summary="Conversations handed to a person, their webhooks, and the dead letters.",
        area="escalations",
        query=PageQuery,
        gives=escalations.Escalations,
    ),
    Route(
        method="POST",
        path="/api/v1/escalations/deliveries/{delivery_id}/retry",
        handler=escalations.retry,
        right=Right.RETRY_DELIVERIES,
        summary="Send a dead letter again.",
        area="escalations",
        gives=escalations.Retried,
        errors=(NotFound,),
    ),
    Route(
        method="GET",
        path="/api/v1/conversations/{thread_id}/events",
        handler=conversations.list_events,
        right=Right.READ_OWN_CONVERSATION,
        summary="What happened in a conversation, in order, for the visitor whose it is and for staff.",
        area="conversations",
        query=conversations.EventsQuery,
        gives=conversations.Events,
        errors=(ConversationUnknown,),
    ),
    *analytics.ROUTES,
    *model.ROUTES,
    *pauses.ROUTES,
    *identity.ROUTES,
    *agents.ROUTES,
    *imports.ROUTES,
    *reviews.ROUTES,
    *apis.ROUTES,
    *credentials.ROUTES,
    *review_log.ROUTES,
    *conversations.ROUTES,
    *replay.ROUTES,
    *export.ROUTES,
    *redaction.ROUTES,
)


def add_routes(app: web.Application) -> None:
    """Serve every route of the table, each behind its right; the customer's also to pages of the listed origins."""
    resources = {path: app.router.add_resource(path) for path in dict.fromkeys(route.path for route in ROUTES)}
    for_customers: list[web.AbstractRoute] = []
    for route in ROUTES:
        methods = ("GET", "HEAD") if route.method == "GET" else (route.method,)
        added = [resources[route.path].add_route(method, _guarded(route)) for method in methods]
        if route.right in CUSTOMER_RIGHTS:
            for_customers += added
    allow_origins(app, for_customers, app[SERVICES].settings.allowed_origins)


def _guarded(route: Route) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request[FROM_OTHER_ORIGIN] and request.method not in SAFE_METHODS and route.right not in CUSTOMER_RIGHTS:
            raise OriginRefused
        require(request[CALLER], route.right)
        return await route.handler(request)

    return handle
