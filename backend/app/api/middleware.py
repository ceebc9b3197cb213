"""Middlewares: a request's number and log line, one map from errors to answers, the caller, the headers.

`install` is all that main.py needs. From the outside in: `observe`, `map_errors`, `identify`, `redirect_moved`.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog
from aiohttp import web

from app.access.client_address import Source, is_allowed_host, is_listed, is_own_origin, source_of
from app.access.rights import Caller
from app.access.signed_cookies import Cookie
from app.api.request_keys import CALLER, COOKIES, FROM_OTHER_ORIGIN, REQUEST_ID, SAFE_METHODS, SOURCE
from app.api.services import SERVICES
from app.db.reach import away
from app.errors import (
    AppError,
    HostRefused,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    OriginRefused,
    RequestTooLarge,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY_BYTES: Final = 256 * 1024  # edited arguments and notes; what is larger has a route with its own limit
EVENT_STREAM: Final = "text/event-stream"
REQUEST_ID_BYTES: Final = 9  # 72 bits: unique among all requests that one log holds
SOCKET_PATH: Final = "/ws"
ADMITTED_PATHS: Final = frozenset({SOCKET_PATH, "/api/v1/session"})  # where a stranger becomes a visitor
FOR_PROGRAMS: Final = ("/api", SOCKET_PATH, "/metrics")  # answered in JSON, errors too; the rest is pages
FOR_STAFF: Final = (
    "/api/v1/",
    "/metrics",
)  # where staff are recognised: pages and probes need no look into the database
CROSS_SITE: Final = "cross-site"  # what a browser says of a request that a page of another site has caused
STRICT_TRANSPORT: Final = "max-age=31536000"  # a year of https only, for this host alone
MOVED: Final = {"/api/v1/interrupts": "/api/v1/approvals"}  # old prefix to new one, answered for one release
HEALTH: Final = "/api/health"  # a load balancer asks by address
QUIET_PATHS: Final = ("/api/health", "/metrics", "/assets/")  # asked every few seconds, or many at a time

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; "
    "script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "  # Mantine writes its variables into style elements
    "img-src 'self' data:; "
    "font-src 'self' data:; "
    "connect-src 'self'; "  # the socket of the same host included
    "object-src 'none'; "
    "base-uri 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Sent with every answer; nginx/nginx.conf sends the same with the pages that it serves."""

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PREPARED: Final = web.RequestKey("prepared", bool)
_to_json: Final = partial(json.dumps, default=str)

log = structlog.get_logger(__name__)


def install(app: web.Application) -> None:
    """Put the middlewares and the headers around every request of the application."""
    app.middlewares.extend((observe, map_errors, identify, redirect_moved))
    app.on_response_prepare.append(complete_headers)
    app.on_shutdown.append(_stop_streams)


async def _stop_streams(app: web.Application) -> None:
    app[SERVICES].stopping.set()


def problem(error: AppError) -> web.Response:
    """Build the answer that tells of an error."""
    body = {"code": error.code, "message": error.message, "details": error.details}
    answer = web.json_response({"success": False, "data": None, "error": body}, status=error.status, dumps=_to_json)
    if "retry_after_seconds" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after_seconds"])
    return answer


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request a number, bind it to everything that is logged meanwhile, and log how it ended.

    Neither cookies nor the query are logged: both may hold what nobody should read.
    """
    settings = request.app[SERVICES].settings
    source = source_of(
        peer=_peer(request),
        headers=request.headers,
        host=request.host,
        scheme=request.scheme,
        trusted=settings.trusted_proxies,
    )
    request[SOURCE] = source
    request[REQUEST_ID] = _request_id(request, source)
    request[COOKIES] = []
    started = time.monotonic()
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        response = await handler(request)
        _measure(request, response, time.monotonic() - started)
        write = log.debug if request.path.startswith(QUIET_PATHS) else log.info
        write(
            "request_answered",
            method=request.method,
            path=request.path,
            status=response.status,
            ms=round((time.monotonic() - started) * 1000),
            client=source.address,
        )
    return response


def _measure(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    """Count the request under the route that took it; sockets and streams are open for as long as their page."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None and request.path.startswith(FOR_PROGRAMS) else "page"
    metrics = request.app[SERVICES].metrics
    metrics.http_requests.labels(method=request.method, route=route, status=str(response.status)).inc()
    if request.path != SOCKET_PATH and response.content_type != EVENT_STREAM:
        metrics.http_seconds.labels(route=route).observe(seconds)


@web.middleware
async def map_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every exception into the answer that tells of it; a stranger is logged in full and shown plainly."""
    try:
        return await handler(request)
    except AppError as error:
        if error.status >= InternalError.status:
            log.warning("request_failed", code=error.code, details=error.details)
        return problem(error)
    except web.HTTPException as raised:
        if not request.path.startswith(FOR_PROGRAMS) or raised.status < web.HTTPBadRequest.status_code:
            raise
        answer = problem(_fact_of(raised))
        answer.set_status(raised.status)
        if raised.status == web.HTTPMethodNotAllowed.status_code:
            answer.headers["Allow"] = raised.headers["Allow"]
        return answer
    except Exception as error:
        if (fact := away(error)) is not None and not request.get(_PREPARED):
            log.warning("request_failed", code=fact.code, reason=str(error))
            return problem(fact)
        log.exception("request_broke", method=request.method, path=request.path)
        if request.get(_PREPARED):
            raise  # an answer is on its way already, so no second one can be sent; aiohttp closes the connection
        return problem(InternalError(request_id=request[REQUEST_ID]))


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse pages of other sites, before a socket's upgrade too, and find out who is calling."""
    services, source = request.app[SERVICES], request[SOURCE]
    now, listed = services.now().timestamp(), services.settings.allowed_origins
    if not is_allowed_host(source.host, services.settings.allowed_hosts) and not request.path.startswith(HEALTH):
        raise HostRefused
    origin = request.headers.get("Origin")
    request[FROM_OTHER_ORIGIN] = not is_own_origin(origin, host=source.host, scheme=source.scheme)
    changes_something = request.method not in SAFE_METHODS or request.path == SOCKET_PATH
    foreign = request[FROM_OTHER_ORIGIN] or request.headers.get("Sec-Fetch-Site") == CROSS_SITE
    if changes_something and foreign and not is_listed(origin, listed):
        log.info("origin_refused", origin=origin, host=source.host)
        raise OriginRefused
    visitor_id: str | None
    if request.path in ADMITTED_PATHS:
        visitor_id, cookie = services.visitors.admit(
            request.cookies, now, secure=secure_cookies(request), cross_site=bool(listed)
        )
        if cookie is not None:
            request[COOKIES].append(cookie)
    else:
        visitor_id = services.visitors.recognise(request.cookies, now, secure=secure_cookies(request))
    may_be_staff = not request[FROM_OTHER_ORIGIN] and request.path.startswith(FOR_STAFF)
    staff = await services.staff_sign_in.recognise(request.cookies, services.now()) if may_be_staff else None
    request[CALLER] = Caller(visitor_id=visitor_id, staff=staff)
    return await handler(request)


async def complete_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the cookies and the headers that every answer carries, just before it is sent."""
    request[_PREPARED] = True
    response.headers["Server"] = "smart-support"  # which versions run here is nobody's business
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if SOURCE in request and request[SOURCE].secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if request.path.startswith(FOR_PROGRAMS):
        response.headers.setdefault("Cache-Control", "no-store")
    if REQUEST_ID in request:
        response.headers["X-Request-ID"] = request[REQUEST_ID]
    for cookie in request.get(COOKIES, ()):
        response.headers.add("Set-Cookie", _written(cookie))


def secure_cookies(request: web.Request) -> bool:
    """Say whether cookies set now are for https only: as the settings say, or as the browser came."""
    wanted = request.app[SERVICES].settings.cookie_secure
    return request[SOURCE].secure if wanted is None else wanted


def _written(cookie: Cookie) -> str:
    """Write a Set-Cookie header; signed values hold nothing that needs quoting."""
    secure = "; Secure" if cookie.secure else ""
    return (
        f"{cookie.name}={cookie.value}; HttpOnly; Max-Age={cookie.max_age}; Path=/; SameSite={cookie.samesite}{secure}"
    )


def _peer(request: web.Request) -> str | None:
    """Return the address at the other end of the connection; None on a Unix socket."""
    name = request.transport.get_extra_info("peername") if request.transport else None
    return str(name[0]) if isinstance(name, tuple) else None


def _request_id(request: web.Request, source: Source) -> str:
    """Keep the number that a proxy in front of us has given, so that both logs can be read together."""
    given = request.headers.get("X-Request-ID", "")
    return given if source.trusted and _REQUEST_ID.fullmatch(given) else secrets.token_urlsafe(REQUEST_ID_BYTES)


def _fact_of(raised: web.HTTPException) -> AppError:
    """Say what aiohttp refused, in our own words."""
    match raised:
        case web.HTTPNotFound():
            return NotFound()
        case web.HTTPMethodNotAllowed():
            return MethodNotAllowed()
        case web.HTTPRequestEntityTooLarge():
            return RequestTooLarge(limit_bytes=MAX_BODY_BYTES)
        case _:
            return InvalidRequest(f"The request was refused: {raised.reason}.")


@web.middleware
async def redirect_moved(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send a request for a path that has moved to the new one, by a 308: method and body stay as they are."""
    for old, new in MOVED.items():
        path = request.rel_url.raw_path
        if path == old or path.startswith(f"{old}/"):
            place = request.rel_url.with_path(new + path.removeprefix(old), encoded=True, keep_query=True)
            return web.Response(status=web.HTTPPermanentRedirect.status_code, headers={"Location": str(place)})
    return await handler(request)
