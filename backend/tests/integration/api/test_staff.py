"""Signing in and out as staff, one's own account, the team, and what is closed to everybody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.access.rights import ALL_STAFF, RIGHTS, Role, Who
from app.api.route import Route
from app.api.routes import ROUTES
from app.staff.links import make_sign_in_link
from app.staff.sign_in import ACCOUNT_FAILURES, FAILED_SIGN_INS, SESSION_IDLES, SESSION_LIVES
from tests.api_client import ADMIN_KEY, ApiClient, MakeClient, Parts, opened, unknown_id

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

STAFF_ROUTES = [route for route in ROUTES if RIGHTS[route.right] <= ALL_STAFF]
NOW = datetime(2027, 5, 3, 9, 0, tzinfo=UTC)
PASSWORD = "violet kettle under snow"
SIGN_IN = "/api/v1/staff/sign-in"


@pytest.fixture
def parts() -> Parts:
    """A server whose clock stands."""
    return Parts(now=NOW)


@pytest.fixture
async def other(parts: Parts, pool: Pool, aiohttp_client: MakeClient) -> ApiClient:
    """Another browser at the same server."""
    parts.pool = pool
    return ApiClient(client=await aiohttp_client(parts.application()), parts=parts)


async def is_staff(browser: ApiClient) -> bool:
    return bool((await browser.get("/api/v1/session"))["staff"])


async def join(admin: ApiClient, browser: ApiClient, *, name: str, role: Role) -> None:
    """Let somebody join by an admin's invitation."""
    link = await admin.post("/api/v1/team/invitations", {"role": role.value})
    token = link["path"].partition("token=")[2]
    await browser.post("/api/v1/staff/join", {"token": token, "name": name, "password": PASSWORD})


async def account_of(admin: ApiClient, name: str) -> Any:
    return next(one for one in (await admin.get("/api/v1/team"))["items"] if one["name"] == name)


class TestSignIn:
    async def test_with_a_link(self, api: ApiClient, pool: Pool) -> None:
        """The one-time link that the server printed opens an admin's session, once."""
        code = await make_sign_in_link(pool, now=NOW)
        assert await api.post(SIGN_IN, {"code": code}) == {"staff": True}
        assert (await api.get("/api/v1/staff/me"))["role"] == "admin"
        error = await api.post(SIGN_IN, {"code": code}, status=401)
        assert error["code"] == "sign_in_failed"

    async def test_a_link_is_good_for_a_quarter_of_an_hour(self, api: ApiClient, parts: Parts, pool: Pool) -> None:
        """After that it signs nobody in, and the refusal says how to get another."""
        code = await make_sign_in_link(pool, now=NOW)
        parts.now = NOW + timedelta(minutes=15)
        assert "sign-in-link" in (await api.post(SIGN_IN, {"code": code}, status=401))["message"]

    async def test_with_the_key(self, api: ApiClient) -> None:
        """The admin key opens an admin's session, again and again, under the name that comes with it."""
        await api.post(SIGN_IN, {"key": ADMIN_KEY})
        assert (await api.get("/api/v1/staff/me"))["name"] == "admin"
        await api.post(SIGN_IN, {"key": ADMIN_KEY, "name": " Ana  Öz "})
        assert (await api.get("/api/v1/staff/me"))["name"] == "Ana Öz"

    async def test_the_key_does_not_sign_in_as_a_colleague(self, api: ApiClient, other: ApiClient) -> None:
        """A name that has a password belongs to whoever knows it, however it is written."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.OPERATOR)
        error = await api.post(SIGN_IN, {"key": ADMIN_KEY, "name": "\u0410na"}, status=401)
        assert "belongs to a colleague" in error["message"]

    async def test_with_a_password(self, api: ApiClient, other: ApiClient) -> None:
        """Whoever has joined signs in with name and password, in another browser too; case does not matter."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.OPERATOR)
        await other.post("/api/v1/staff/sign-out")
        await other.post(SIGN_IN, {"name": "ana", "password": "not her password"}, status=401)
        await other.post(SIGN_IN, {"name": "ana", "password": PASSWORD})
        me = await other.get("/api/v1/staff/me")
        assert (me["name"], me["role"], me["has_password"]) == ("Ana", "operator", True)

    async def test_the_cookie(self, api: ApiClient) -> None:
        """Scripts cannot read the session's cookie, other sites cannot use it, and it ends with the shift."""
        response = await api.client.post(SIGN_IN, json={"key": ADMIN_KEY})
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("ss_staff")
        assert "; HttpOnly; Max-Age=43200; Path=/; SameSite=Strict" in cookie

    async def test_nobody_is_staff_at_first(self, bare: ApiClient) -> None:
        """A visitor is not staff."""
        assert await is_staff(bare) is False

    async def test_a_forged_cookie_is_nobody_s(self, api: ApiClient) -> None:
        """A token that the server has not made opens nothing."""
        cookies = {api.parts.staff_sign_in().cookie: "x" * 32}
        response = await api.client.get("/api/v1/staff/me", cookies=cookies)
        assert (await opened(response, 401))["code"] == "sign_in_required"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"code": "a", "key": "b"},
            {"code": ""},
            {"code": 5},
            {"key": "x" * 513},
            {"password": "x"},
            {"name": "Ana"},
            {"key": "k", "password": "p", "name": "Ana"},
            {"key": "k", "name": " "},
            {"key": "k", "name": "x" * 41},
        ],
    )
    async def test_a_wrong_form(self, bare: ApiClient, body: dict[str, object]) -> None:
        """Exactly one of code, key and password is sent, as text, and a password with its name."""
        error = await bare.post(SIGN_IN, body, status=422)
        assert error["code"] == "invalid_request"

    async def test_guessing_is_stopped(self, api: ApiClient, parts: Parts) -> None:
        """After a few failures even the right key has to wait, and the answer says how long."""
        for _ in range(FAILED_SIGN_INS):
            await api.post(SIGN_IN, {"key": "a guess"}, status=401)
        response = await api.client.post(SIGN_IN, json={"key": ADMIN_KEY})
        assert (await opened(response, 429))["code"] == "rate_limited"
        assert int(response.headers["Retry-After"]) == 900
        parts.now = NOW + timedelta(minutes=15)
        await api.sign_in()

    async def test_a_guessed_account_is_locked_and_its_owner_has_another_way(
        self, api: ApiClient, other: ApiClient, parts: Parts, pool: Pool
    ) -> None:
        """Wrong passwords lock the name for a while; by a link of an admin its owner still gets in."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.OPERATOR)
        for tried in range(ACCOUNT_FAILURES):
            if tried % FAILED_SIGN_INS == 0:
                parts.now = NOW + timedelta(minutes=20 * tried)  # the address is forgiven, the name is not
            await api.post(SIGN_IN, {"name": "Ana", "password": "a guess of it"}, status=401)
        parts.now = (parts.now or NOW) + timedelta(minutes=14)
        fresh = ApiClient(client=other.client, parts=parts)
        assert (await fresh.post(SIGN_IN, {"name": "Ana", "password": PASSWORD}, status=429))["code"] == "rate_limited"
        await api.post(SIGN_IN, {"code": await make_sign_in_link(pool, now=parts.now)}, status=429)
        await other.post(SIGN_IN, {"key": ADMIN_KEY})
        account = await account_of(other, "Ana")
        link = await other.post(f"/api/v1/team/{account['id']}/password-link")
        token = re.sub(r".*token=(.*)&renews", r"\1", link["path"])
        await other.post("/api/v1/staff/join", {"token": token, "password": f"{PASSWORD} again"})
        assert (await other.get("/api/v1/staff/me"))["name"] == "Ana"

    async def test_the_key_is_not_repeated(self, api: ApiClient) -> None:
        """A refused key is not in the answer."""
        response = await api.client.post(SIGN_IN, json={"key": "my real key, mistyped"})
        assert "mistyped" not in await response.text()


class TestSessions:
    async def test_signing_out_ends_it_for_a_copied_cookie_too(self, api: ApiClient) -> None:
        """Whoever has copied the cookie is signed out with its owner."""
        await api.sign_in()
        copied = {cookie.key: cookie.value for cookie in api.client.session.cookie_jar}
        assert await api.post("/api/v1/staff/sign-out") == {"staff": False}
        assert await is_staff(api) is False
        response = await api.client.get("/api/v1/staff/me", cookies=copied)
        assert (await opened(response, 401))["code"] == "sign_in_required"

    async def test_it_ends_by_its_age_and_by_idling(self, api: ApiClient, parts: Parts) -> None:
        """Twelve hours after signing in it is over, and after two in which nothing was asked."""
        await api.sign_in()
        parts.now = NOW + SESSION_IDLES - timedelta(seconds=1)
        assert await is_staff(api)
        parts.now += SESSION_IDLES
        assert not await is_staff(api)
        await api.sign_in()
        began = parts.now
        while parts.now < began + SESSION_LIVES - timedelta(hours=1):
            parts.now += timedelta(hours=1)
            assert await is_staff(api)
        parts.now = began + SESSION_LIVES
        assert not await is_staff(api)

    async def test_another_admin_key_ends_those_that_the_old_one_opened(self, api: ApiClient, pool: Pool) -> None:
        """Whoever changes the key signs everybody out who came in by it."""
        await api.sign_in()
        cookies = {cookie.key: cookie.value for cookie in api.client.session.cookie_jar}
        parts = api.parts
        assert await parts.staff_sign_in().recognise(cookies, NOW) is not None
        assert await parts.staff_sign_in(admin_key="another admin key").recognise(cookies, NOW) is None

    async def test_they_are_listed_and_ended(self, api: ApiClient, other: ApiClient) -> None:
        """One sees the browsers in which one is signed in, and signs another one out."""
        await api.sign_in()
        await other.sign_in()
        items = (await api.get("/api/v1/staff/me/sessions"))["items"]
        assert sorted(item["here"] for item in items) == [False, True]
        there = next(item["id"] for item in items if not item["here"])
        left = await opened(await api.client.delete(f"/api/v1/staff/me/sessions/{there}"))
        assert [item["here"] for item in left["items"]] == [True]
        assert not await is_staff(other)
        assert await opened(await api.client.delete(f"/api/v1/staff/me/sessions/{there}"), 404)

    async def test_nobody_ends_a_colleague_s(self, api: ApiClient, other: ApiClient) -> None:
        """Another account's session is not found."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.ADMIN)
        mine = (await api.get("/api/v1/staff/me/sessions"))["items"][0]["id"]
        await opened(await other.client.delete(f"/api/v1/staff/me/sessions/{mine}"), 404)
        assert await is_staff(api)

    async def test_a_new_password_ends_the_others(self, api: ApiClient, other: ApiClient) -> None:
        """Changing the password takes the present one, and signs all other browsers out."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.OPERATOR)
        await api.post(SIGN_IN, {"name": "Ana", "password": PASSWORD})
        path, fresh = "/api/v1/staff/me/password", "a fresh one, quite long"
        await opened(await api.client.put(path, json={"password": fresh}), 401)
        await opened(await api.client.put(path, json={"current": PASSWORD, "password": fresh}))
        assert await is_staff(api)
        assert not await is_staff(other)

    async def test_a_visitor_stays_one(self, api: ApiClient) -> None:
        """Signing out as staff keeps the visitor's own conversations; signing out twice is harmless."""
        visitor = await api.visitor()
        await api.sign_in()
        await api.post("/api/v1/staff/sign-out")
        await api.post("/api/v1/staff/sign-out")
        assert await api.visitor() == visitor


class TestTeam:
    async def test_somebody_joins_by_an_invitation(self, api: ApiClient, other: ApiClient) -> None:
        """The link makes an account of the role that the admin chose, and works once."""
        await api.sign_in()
        link = await api.post("/api/v1/team/invitations", {"role": "viewer"})
        form = {"token": link["path"].partition("token=")[2], "name": "Ben", "password": PASSWORD}
        await other.post("/api/v1/staff/join", form)
        assert (await account_of(api, "Ben"))["created_by"] == "admin"
        assert (await other.get("/api/v1/staff/me"))["role"] == "viewer"
        assert (await other.post("/api/v1/staff/join", form | {"name": "Eva"}, status=410))["code"] == "link_used"

    async def test_a_refused_form_does_not_use_the_link_up(self, api: ApiClient, other: ApiClient) -> None:
        """A password that would be guessed and a colleague's name are refused, and the link still works."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.VIEWER)
        link = await api.post("/api/v1/team/invitations", {"role": "viewer"})
        form = {"token": link["path"].partition("token=")[2], "name": "Ben", "password": PASSWORD}
        weak = await other.post("/api/v1/staff/join", form | {"password": "password1234"}, status=422)
        assert weak["code"] == "password_refused"
        taken = await other.post("/api/v1/staff/join", form | {"name": "\u0410n\u0430"}, status=409)
        assert taken["code"] == "staff_name_taken"
        await other.post("/api/v1/staff/join", form)

    async def test_an_invitation_is_no_link_to_sign_in(self, api: ApiClient, other: ApiClient, pool: Pool) -> None:
        """Nobody becomes an admin by an invitation, nor joins by the server's own link."""
        await api.sign_in()
        token = (await api.post("/api/v1/team/invitations", {"role": "viewer"}))["path"].partition("token=")[2]
        await other.post(SIGN_IN, {"code": token}, status=401)
        code = await make_sign_in_link(pool, now=NOW)
        await other.post("/api/v1/staff/join", {"token": code, "name": "Eva", "password": PASSWORD}, status=410)
        await other.post("/api/v1/staff/join", {"token": token, "name": "Eva", "password": PASSWORD})

    async def test_a_role_changes_with_the_next_request(self, api: ApiClient, other: ApiClient) -> None:
        """What a role lost is refused at once, by its own code."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.ADMIN)
        await other.get("/api/v1/team")
        account = await account_of(api, "Ana")
        await opened(await api.client.put(f"/api/v1/team/{account['id']}", json={"role": "operator"}))
        refused = await other.get("/api/v1/team", status=403)
        assert (refused["code"], refused["details"]) == ("right_missing", {"role": "operator"})

    async def test_who_is_kept_out_is_out_at_once(self, api: ApiClient, other: ApiClient) -> None:
        """A disabled account's sessions end, it cannot sign in, and it can be let in again."""
        await api.sign_in()
        await join(api, other, name="Ana", role=Role.OPERATOR)
        path = f"/api/v1/team/{(await account_of(api, 'Ana'))['id']}"
        await opened(await api.client.put(path, json={"disabled": True}))
        assert not await is_staff(other)
        await other.post(SIGN_IN, {"name": "Ana", "password": PASSWORD}, status=401)
        await opened(await api.client.put(path, json={"disabled": False}))
        await other.post(SIGN_IN, {"name": "Ana", "password": PASSWORD})

    async def test_one_admin_is_left(self, api: ApiClient) -> None:
        """The only admin can neither give the role away nor be kept out."""
        await api.sign_in()
        path = f"/api/v1/team/{(await account_of(api, 'admin'))['id']}"
        for change in ({"role": "viewer"}, {"disabled": True}):
            assert (await opened(await api.client.put(path, json=change), 409))["code"] == "last_admin"

    async def test_an_unknown_account_is_not_found(self, api: ApiClient) -> None:
        """Changing nobody says so."""
        await api.sign_in()
        await opened(await api.client.put(f"/api/v1/team/{unknown_id()}", json={"role": "viewer"}), 404)
        await api.post(f"/api/v1/team/{unknown_id()}/password-link", status=404)


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

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
    async def test_closed_to_other_roles(self, api: ApiClient, other: ApiClient, role: Role) -> None:
        """Every route whose right a role lacks refuses it by one code, before it looks at anything else."""
        await api.sign_in()
        await join(api, other, name="Ana", role=role)
        closed = [route for route in STAFF_ROUTES if Who(role) not in RIGHTS[route.right]]
        assert closed
        for route in closed:
            path = re.sub(r"{\w+}", str(unknown_id()), route.path)
            response = await other.client.request(route.method, path)
            assert (await opened(response, 403))["code"] == "right_missing", route.name
