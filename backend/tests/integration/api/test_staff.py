"""Signing in and out as staff, and what is closed to everybody else."""

from __future__ import annotations

import re
import time

import pytest

from app.access.accounts import FAILED_SIGN_INS
from app.access.rights import RIGHTS, Who
from app.api.route import Route
from app.api.routes import ROUTES
from tests.api_client import ADMIN_KEY, ApiClient, opened, unknown_id

pytestmark = pytest.mark.integration

STAFF_ROUTES = [route for route in ROUTES if RIGHTS[route.right] == {Who.STAFF}]


class TestSignIn:
    async def test_with_a_code(self, bare: ApiClient) -> None:
        """The code that the server printed opens a staff session, once."""
        code = bare.parts.codes.issue(time.time())
        assert await bare.post("/api/v1/staff/sign-in", {"code": code}) == {"staff": True}
        assert (await bare.get("/api/v1/session"))["staff"] is True
        error = await bare.post("/api/v1/staff/sign-in", {"code": code}, status=401)
        assert error["code"] == "sign_in_failed"

    async def test_with_the_key(self, bare: ApiClient) -> None:
        """The admin key opens a staff session."""
        await bare.post("/api/v1/staff/sign-in", {"key": ADMIN_KEY})
        assert (await bare.get("/api/v1/session"))["staff"] is True

    async def test_the_cookie(self, bare: ApiClient) -> None:
        """Scripts cannot read the session's cookie, other sites cannot use it, and it ends with the shift."""
        response = await bare.client.post("/api/v1/staff/sign-in", json={"key": ADMIN_KEY})
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("ss_staff")
        assert "; HttpOnly; Max-Age=43200; Path=/; SameSite=Strict" in cookie

    async def test_nobody_is_staff_at_first(self, bare: ApiClient) -> None:
        """A visitor is not staff."""
        assert (await bare.get("/api/v1/session"))["staff"] is False

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"code": "a", "key": "b"},
            {"code": ""},
            {"code": 5},
            {"key": "x" * 513},
            {"password": "x"},
            {"key": "k", "name": " "},
            {"key": "k", "name": "x" * 41},
        ],
    )
    async def test_a_wrong_form(self, bare: ApiClient, body: dict[str, object]) -> None:
        """Exactly one of code and key is sent, as text."""
        error = await bare.post("/api/v1/staff/sign-in", body, status=422)
        assert error["code"] == "invalid_request"

    async def test_guessing_is_stopped(self, bare: ApiClient) -> None:
        """After a few failures even the right key has to wait, and the answer says how long."""
        for _ in range(FAILED_SIGN_INS):
            await bare.post("/api/v1/staff/sign-in", {"key": "a guess"}, status=401)
        response = await bare.client.post("/api/v1/staff/sign-in", json={"key": ADMIN_KEY})
        assert (await opened(response, 429))["code"] == "rate_limited"
        assert 0 < int(response.headers["Retry-After"]) <= 900

    async def test_the_key_is_not_repeated(self, bare: ApiClient) -> None:
        """A refused key is not in the answer."""
        response = await bare.client.post("/api/v1/staff/sign-in", json={"key": "my real key, mistyped"})
        assert "mistyped" not in await response.text()


class TestSignOut:
    async def test_ends_the_session(self, bare: ApiClient) -> None:
        """After signing out the browser is nobody's."""
        await bare.sign_in()
        assert await bare.post("/api/v1/staff/sign-out") == {"staff": False}
        assert (await bare.get("/api/v1/session"))["staff"] is False

    async def test_signing_out_twice_is_harmless(self, bare: ApiClient) -> None:
        """Whoever is not signed in can sign out."""
        await bare.post("/api/v1/staff/sign-out")

    async def test_the_visitor_stays(self, bare: ApiClient) -> None:
        """Signing out as staff keeps the visitor's own conversations."""
        visitor = await bare.visitor()
        await bare.sign_in()
        await bare.post("/api/v1/staff/sign-out")
        assert await bare.visitor() == visitor


class TestClosedRoutes:
    def test_there_are_some(self) -> None:
        """Staff have routes of their own, reading and writing."""
        assert {route.method for route in STAFF_ROUTES} == {"GET", "POST", "PUT", "DELETE"}

    @pytest.mark.parametrize("route", STAFF_ROUTES, ids=lambda route: route.name)
    async def test_closed_to_visitors(self, bare: ApiClient, route: Route) -> None:
        """Every staff route refuses visitors before it looks at anything else."""
        await bare.visitor()
        path = re.sub(r"{\w+}", str(unknown_id()), route.path)
        response = await bare.client.request(route.method, path)
        assert (await opened(response, 401))["code"] == "sign_in_required"
