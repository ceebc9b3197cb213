"""Cross-origin access: the customer's part of REST for pages of listed origins, staff's part for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.access.rights import ALL_STAFF, RIGHTS
from app.api.cors import CUSTOMER_RIGHTS
from app.api.route import Route
from app.api.routes import ROUTES
from app.settings import Settings
from tests.api_client import ApiClient, MakeClient, Parts, opened, seed_conversation

if TYPE_CHECKING:
    from app.db.pool import Pool

pytestmark = pytest.mark.integration

SHOP = {"Origin": "https://shop.example"}
OTHER = {"Origin": "https://evil.example"}
CORS = "Access-Control-Allow-Origin"


def filled(route: Route) -> str:
    """A route's path with something for each of its parameters."""
    return route.path.replace("{", "").replace("}", "")


CUSTOMERS = sorted({filled(route) for route in ROUTES if route.right in CUSTOMER_RIGHTS})
STAFFS = sorted({filled(route) for route in ROUTES if RIGHTS[route.right] <= ALL_STAFF})


def asked_for(method: str) -> dict[str, str]:
    """The headers of a browser that asks whether it may."""
    return {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}


@pytest.fixture
def parts() -> Parts:
    """A server whose operator listed one origin, with the slash that people copy along."""
    return Parts(settings=Settings(_env_file=None, allowed_origins=("https://Shop.example/",)))


async def test_a_listed_page_reads_its_customer_s_session(api: ApiClient) -> None:
    """The answer comes with the headers by which the browser hands it to the page, cookies included."""
    response = await api.client.get("/api/v1/session", headers=SHOP)
    assert response.status == 200
    assert response.headers[CORS] == SHOP["Origin"]
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "X-Request-ID" in response.headers["Access-Control-Expose-Headers"]


async def test_its_errors_can_be_read_too(bare: ApiClient) -> None:
    """A page that is refused something learns why."""
    response = await bare.client.post("/api/v1/session/identity", json={}, headers=SHOP)
    assert response.status >= 400
    assert response.headers[CORS] == SHOP["Origin"]


@pytest.mark.parametrize("path", CUSTOMERS)
async def test_the_browser_may_ask_first(bare: ApiClient, path: str) -> None:
    """A preflight is answered for each of a path's methods, and for no other."""
    methods = {route.method for route in ROUTES if filled(route) == path}
    for method in methods:
        response = await bare.client.options(path, headers=SHOP | asked_for(method))
        assert (response.status, response.headers[CORS]) == (200, SHOP["Origin"])
        assert response.headers["Access-Control-Allow-Methods"] == method
    response = await bare.client.options(path, headers=SHOP | asked_for("PATCH"))
    assert CORS not in response.headers


@pytest.mark.parametrize("path", STAFFS)
async def test_staff_s_part_is_for_no_other_page(api: ApiClient, path: str) -> None:
    """Neither a preflight nor a request of a listed page gets anything of staff's, though staff are signed in."""
    await api.sign_in()
    for method in {route.method for route in ROUTES if filled(route) == path}:
        preflight = await api.client.options(path, headers=SHOP | asked_for(method))
        assert CORS not in preflight.headers
        response = await api.client.request(method, path, headers=SHOP)
        assert response.status in {401, 403}
        assert CORS not in response.headers


async def test_a_listed_page_is_no_staff_in_the_customer_s_part(api: ApiClient, pool: Pool) -> None:
    """Staff's cookie lets no other page read a conversation that is not its visitor's."""
    await seed_conversation(pool)
    await api.sign_in()
    path = "/api/v1/conversations/t1/events"
    assert (await api.client.get(path)).status == 200
    assert (await api.client.get(path, headers=SHOP)).status in {401, 404}
    assert not (await opened(await api.client.get("/api/v1/session", headers=SHOP)))["staff"]


@pytest.mark.parametrize("path", ["/api/v1/staff/sign-out", "/api/v1/staff/sign-in"])
async def test_a_listed_page_signs_no_staff_in_or_out(bare: ApiClient, path: str) -> None:
    """Who works here is nothing for the shop's page."""
    response = await bare.client.post(path, json={"key": "a key"}, headers=SHOP)
    assert (await opened(response, 403))["code"] == "origin_refused"


@pytest.mark.parametrize("path", CUSTOMERS)
async def test_other_pages_get_nothing(bare: ApiClient, path: str) -> None:
    """An origin that is not listed is told nothing, asked first or not."""
    for method in {route.method for route in ROUTES if filled(route) == path}:
        preflight = await bare.client.options(path, headers=OTHER | asked_for(method))
        assert preflight.status == 403
        assert CORS not in preflight.headers
        response = await bare.client.request(method, path, headers=OTHER)
        assert CORS not in response.headers


@pytest.mark.parametrize(
    ("listed", "scheme", "samesite"),
    [
        (("https://shop.example",), "https", "None; Secure"),
        (("https://shop.example",), "http", "Lax"),  # browsers refuse None without https
        ((), "https", "Lax; Secure"),
    ],
)
async def test_the_cookie_crosses_sites_only_where_it_has_to(
    aiohttp_client: MakeClient, listed: tuple[str, ...], scheme: str, samesite: str
) -> None:
    """The shop's page may be of another site: then its browser has to send the visitor's cookie from there."""
    settings = Settings(_env_file=None, allowed_origins=listed, trusted_proxies="127.0.0.1")
    client = await aiohttp_client(Parts(settings=settings).application(identity_of=nobody))
    response = await client.get("/api/v1/session", headers={"X-Forwarded-Proto": scheme})
    assert response.headers["Set-Cookie"].endswith(f"SameSite={samesite}")


async def test_without_a_list_there_is_no_such_header(aiohttp_client: MakeClient) -> None:
    """Whoever lists nothing opens nothing."""
    client = await aiohttp_client(Parts().application(identity_of=nobody))
    response = await client.get("/api/v1/session", headers=SHOP)
    assert CORS not in response.headers


async def nobody(_visitor_id: str) -> None:
    """No visitor is a known customer."""
