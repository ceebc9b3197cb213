"""Middleware: what happens around every request."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import web
from structlog.testing import LogCapture

from app.api.middleware import CONTENT_SECURITY_POLICY, MAX_BODY_BYTES, SECURITY_HEADERS, Handler, problem
from app.api.request_keys import CALLER, SOURCE
from app.errors import ConversationUnknown, ModelUnavailable, RateLimited
from app.settings import Settings
from tests.api_client import AnyClient, ApiClient, MakeClient, Parts, opened

pytestmark = pytest.mark.integration

OURS = {"Origin": "http://support.example", "Host": "support.example"}


@pytest.fixture
def logged() -> Iterator[LogCapture]:
    """Everything that is logged meanwhile, request's number included."""
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, capture],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    yield capture
    structlog.configure(**before)


@pytest.fixture
async def client(parts: Parts, aiohttp_client: MakeClient) -> AnyClient:
    """The application with a few routes that fail in every way."""
    app = parts.application()
    # In front of the pages, which take every path that nobody else takes.
    for path, handler in {
        "/api/fact": raises(ConversationUnknown(hint="look elsewhere")),
        "/api/unavailable": raises(ModelUnavailable()),
        "/api/slow-down": raises(RateLimited(retry_after_seconds=7)),
        "/api/stranger": raises(ValueError("the database password is hunter2")),
        "/api/refused": raises(web.HTTPUnsupportedMediaType()),
        "/api/moved": raises(web.HTTPFound("/elsewhere")),
        "/api/caller": caller,
        "/api/streams": streams_and_breaks,
    }.items():
        app.router.add_route("*", path, handler)
    app.router.add_get("/ws", socket)
    app.router.add_post("/api/echo", echo)
    return await aiohttp_client(app)


def raises(error: Exception) -> Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        raise error

    return handle


async def caller(request: web.Request) -> web.Response:
    who = request[CALLER]
    source = request[SOURCE]
    return web.json_response(
        {"success": True, "data": {"visitor": who.visitor_id, "address": source.address}, "error": None}
    )


async def socket(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse()
    await ws.prepare(request)
    await ws.send_json({"visitor": request[CALLER].visitor_id})
    await ws.close()
    return ws


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=await request.text())


async def streams_and_breaks(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"begun")
    raise ValueError("too late to say so")


class TestErrors:
    async def test_a_fact_is_told(self, client: AnyClient) -> None:
        """An `AppError` becomes its status, code, sentence and details."""
        error = await opened(await client.get("/api/fact"), 404)
        assert error == {
            "code": "conversation_unknown",
            "message": ConversationUnknown.sentence,
            "details": {"hint": "look elsewhere"},
        }

    async def test_a_stranger_is_logged_and_hidden(self, client: AnyClient, logged: LogCapture) -> None:
        """An unforeseen exception is in the log in full; the answer only names the request."""
        response = await client.get("/api/stranger")
        error = await opened(response, 500)
        assert error["code"] == "internal_error"
        assert error["details"] == {"request_id": response.headers["X-Request-ID"]}
        assert "hunter2" not in await response.text()
        broke = next(entry for entry in logged.entries if entry["event"] == "request_broke")
        assert broke["exc_info"]
        assert broke["request_id"] == response.headers["X-Request-ID"]

    async def test_a_failure_of_ours_is_logged(self, client: AnyClient, logged: LogCapture) -> None:
        """A fact that is our side's failure leaves a line in the log; a client's mistake does not."""
        await opened(await client.get("/api/unavailable"), 503)
        await opened(await client.get("/api/fact"), 404)
        assert [entry["code"] for entry in logged.entries if entry["event"] == "request_failed"] == [
            "model_unavailable"
        ]

    async def test_says_when_to_come_back(self, client: AnyClient) -> None:
        """An error that passes says so in the header that programs read."""
        response = await client.get("/api/slow-down")
        assert response.headers["Retry-After"] == "7"
        assert (await opened(response, 429))["code"] == "rate_limited"

    @pytest.mark.parametrize("path", ["/api/nothing", "/api", "/api/v1/nothing", "/ws/nothing"])
    async def test_a_wrong_address(self, client: AnyClient, path: str) -> None:
        """Nothing at an address for programs is said in JSON, and never answered with a page."""
        assert (await opened(await client.get(path), 404))["code"] == "not_found"

    async def test_a_wrong_method(self, client: AnyClient) -> None:
        """A method that the address does not take is named, with those that it takes."""
        response = await client.delete("/api/health")
        assert (await opened(response, 405))["code"] == "method_not_allowed"
        assert set(response.headers["Allow"].split(",")) == {"GET", "HEAD"}

    async def test_too_much(self, client: AnyClient) -> None:
        """A body over the limit is refused with the limit."""
        response = await client.post("/api/echo", data=b"x" * (MAX_BODY_BYTES + 1))
        error = await opened(response, 413)
        assert (error["code"], error["details"]) == ("request_too_large", {"limit_bytes": MAX_BODY_BYTES})

    async def test_as_much_as_allowed(self, client: AnyClient) -> None:
        """A body of exactly the limit is taken."""
        response = await client.post("/api/echo", data=b"x" * (MAX_BODY_BYTES - 1))
        assert response.status == 200

    async def test_other_refusals_of_the_server(self, client: AnyClient) -> None:
        """What aiohttp refuses for another reason keeps its status and gets the envelope."""
        assert (await opened(await client.get("/api/refused"), 415))["code"] == "invalid_request"

    async def test_redirections_pass(self, client: AnyClient) -> None:
        """A redirection is no error."""
        response = await client.get("/api/moved", allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (302, "/elsewhere")

    async def test_an_answer_that_broke_off(self, client: AnyClient, logged: LogCapture) -> None:
        """What breaks after the answer has begun ends the connection; no second answer is mixed in."""
        response = await client.get("/api/streams")
        with pytest.raises(Exception, match="payload"):
            await response.read()
        assert any(entry["event"] == "request_broke" for entry in logged.entries)

    def test_details_may_hold_anything(self) -> None:
        """Details that JSON does not know are written as text."""
        assert "look" in (problem(ConversationUnknown(where={"look"})).text or "")


class TestLog:
    async def test_one_line_a_request(self, client: AnyClient, logged: LogCapture) -> None:
        """Each request leaves one line: what was asked, how it ended, how long it took, for whom."""
        response = await client.get("/api/fact?token=secret-in-query", headers={"Cookie": "a=secret-in-cookie"})
        [line] = [entry for entry in logged.entries if entry["event"] == "request_answered"]
        assert (line["method"], line["path"], line["status"]) == ("GET", "/api/fact", 404)
        assert line["client"] == "127.0.0.1"
        assert line["ms"] >= 0
        assert line["request_id"] == response.headers["X-Request-ID"]

    async def test_never_the_query_nor_cookies(self, client: AnyClient, logged: LogCapture) -> None:
        """What may be secret is in no line."""
        await client.get("/api/stranger?token=secret-in-query", headers={"Cookie": "a=secret-in-cookie"})
        assert "secret-in" not in repr(logged.entries)

    async def test_probes_are_quiet(self, client: AnyClient, logged: LogCapture) -> None:
        """What is asked every few seconds is logged for debugging alone."""
        await client.get("/api/health")
        [line] = [entry for entry in logged.entries if entry["event"] == "request_answered"]
        assert line["log_level"] == "debug"

    async def test_requests_have_numbers_of_their_own(self, client: AnyClient) -> None:
        """Two requests on one connection have two numbers."""
        first, second = await client.get("/api/health"), await client.get("/api/health")
        assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]

    async def test_a_stranger_cannot_choose_the_number(self, client: AnyClient) -> None:
        """A number that is not from our own proxy is not taken over."""
        response = await client.get("/api/health", headers={"X-Request-ID": "chosen-by-me"})
        assert response.headers["X-Request-ID"] != "chosen-by-me"


class TestProxy:
    @pytest.fixture
    def parts(self) -> Parts:
        """A server that trusts a proxy on this machine."""
        return Parts(settings=Settings(_env_file=None, trusted_proxies="127.0.0.1"))

    async def test_the_client_is_the_proxy_s_client(self, client: AnyClient) -> None:
        """Behind a trusted proxy the client's own address counts."""
        response = await client.get("/api/caller", headers={"X-Forwarded-For": "203.0.113.9"})
        assert (await opened(response))["address"] == "203.0.113.9"

    async def test_its_number_is_kept(self, client: AnyClient) -> None:
        """The proxy's number for the request is ours too, if it looks like one."""
        response = await client.get("/api/health", headers={"X-Request-ID": "from-the-proxy"})
        assert response.headers["X-Request-ID"] == "from-the-proxy"
        response = await client.get("/api/health", headers={"X-Request-ID": "from the proxy; no"})
        assert response.headers["X-Request-ID"] != "from the proxy; no"

    async def test_https_makes_cookies_secure(self, client: AnyClient) -> None:
        """A browser that came over https gets cookies for https only."""
        response = await client.get("/api/v1/session", headers={"X-Forwarded-Proto": "https"})
        assert "; Secure" in response.headers["Set-Cookie"]


class TestOrigin:
    async def test_our_own_page_may(self, client: AnyClient) -> None:
        """A page of this very host may change things."""
        assert (await client.post("/api/echo", data="hello", headers=OURS)).status == 200

    async def test_programs_may(self, client: AnyClient) -> None:
        """A client without an origin is no page."""
        assert (await client.post("/api/echo", data="hello")).status == 200

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
    async def test_other_pages_may_not(self, client: AnyClient, origin: str) -> None:
        """A page of another site may not, and the handler never sees the request."""
        response = await client.post("/api/echo", data="hello", headers={"Origin": origin})
        assert (await opened(response, 403))["code"] == "origin_refused"

    async def test_what_another_site_has_caused_may_not(self, client: AnyClient) -> None:
        """A browser that says that a page of another site sends this is believed, with or without an origin."""
        response = await client.post("/api/echo", data="hello", headers={"Sec-Fetch-Site": "cross-site"})
        assert (await opened(response, 403))["code"] == "origin_refused"

    async def test_another_name_is_refused_where_names_are_listed(
        self, parts: Parts, aiohttp_client: MakeClient
    ) -> None:
        """A request under a name that is not ours, as after DNS rebinding, reaches nothing but the health check."""
        parts.settings = Settings(_env_file=None, allowed_hosts=("support.example",))
        client = await aiohttp_client(parts.application())
        response = await client.get("/api/v1/session", headers={"Host": "evil.example"})
        assert (await opened(response, 421))["code"] == "host_refused"
        for path, host in (("/api/v1/openapi.json", "support.example:8080"), ("/api/health", "10.0.0.7")):
            assert (await client.get(path, headers={"Host": host})).status == 200

    async def test_over_https_browsers_are_told_to_stay_there(self, parts: Parts, aiohttp_client: MakeClient) -> None:
        """Behind a proxy that we believe, https is answered with HSTS; plain http is not."""
        parts.settings = Settings.model_validate({"trusted_proxies": "127.0.0.1"})
        client = await aiohttp_client(parts.application())
        over_https = await client.get("/api/health", headers={"X-Forwarded-Proto": "https"})
        assert over_https.headers["Strict-Transport-Security"].startswith("max-age=")
        assert "Strict-Transport-Security" not in (await client.get("/api/health")).headers

    async def test_other_pages_may_read_what_is_open(self, client: AnyClient) -> None:
        """Reading changes nothing; the browser itself keeps the answer from the other page."""
        response = await client.get("/api/health", headers={"Origin": "https://evil.example"})
        assert response.status == 200
        assert "Access-Control-Allow-Origin" not in response.headers

    async def test_a_socket_is_refused_before_its_upgrade(self, client: AnyClient) -> None:
        """Another site's page cannot open a socket with our visitor's cookie."""
        response = await client.get(
            "/ws",
            headers={
                "Origin": "https://evil.example",
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        )
        assert (await opened(response, 403))["code"] == "origin_refused"
        assert "Set-Cookie" not in response.headers


class TestCaller:
    async def test_a_socket_makes_a_visitor(self, client: AnyClient) -> None:
        """A stranger who opens a socket is a visitor, and the upgrade brings the cookie that proves it."""
        async with client.ws_connect("/ws") as ws:
            visitor = (await ws.receive_json())["visitor"]
        assert visitor
        assert (await opened(await client.get("/api/caller")))["visitor"] == visitor

    async def test_most_addresses_make_nobody_a_visitor(self, client: AnyClient) -> None:
        """Other requests give no cookies away."""
        response = await client.get("/api/caller")
        assert (await opened(response))["visitor"] is None
        assert "Set-Cookie" not in response.headers

    async def test_the_session_makes_a_visitor(self, client: AnyClient) -> None:
        """The page's first request makes a visitor, once."""
        first = await client.get("/api/v1/session")
        cookie = first.headers["Set-Cookie"]
        assert cookie.startswith("ss_visitor")
        assert "; HttpOnly; " in cookie
        assert "; SameSite=Lax" in cookie
        assert "; Path=/" in cookie
        assert "; Max-Age=34560000" in cookie
        assert "Secure" not in cookie
        assert "Set-Cookie" not in (await client.get("/api/v1/session")).headers

    @pytest.mark.parametrize(("setting", "secure"), [(True, True), (False, False)])
    async def test_the_settings_decide_about_secure(
        self, aiohttp_client: MakeClient, setting: bool, secure: bool
    ) -> None:
        """Where the settings say so, cookies are for https only, or not."""
        parts = Parts(settings=Settings(_env_file=None, cookie_secure=setting))
        client = await aiohttp_client(parts.application())
        response = await client.get("/api/v1/session")
        assert ("; Secure" in response.headers["Set-Cookie"]) == secure


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/api/health", "/api/fact", "/api/stranger", "/api/docs", "/nothing.js"])
    async def test_every_answer_is_protected(self, client: AnyClient, path: str) -> None:
        """Pages, data and errors alike carry the security headers."""
        headers = (await client.get(path)).headers
        for name, value in SECURITY_HEADERS.items():
            assert headers.getall(name) == [value]
        assert headers.getall("Server") == ["smart-support"]

    async def test_data_is_not_kept(self, client: AnyClient) -> None:
        """No cache keeps what the API says."""
        assert (await client.get("/api/fact")).headers["Cache-Control"] == "no-store"

    def test_the_policy_runs_no_foreign_script(self) -> None:
        """Scripts come from us alone, none stands in the page, and nobody may frame it."""
        policy = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
        assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
        assert "http" not in CONTENT_SECURITY_POLICY


async def test_the_bare_api_is_a_page_s_server(bare: ApiClient) -> None:
    """Without anything behind it the server still says that it lives."""
    assert (await bare.get("/api/health"))["status"] == "ok"
