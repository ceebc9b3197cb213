"""The API's description of itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aiohttp import hdrs

from app.api.openapi import describe
from app.api.routes import ROUTES
from tests.api_client import ApiClient, opened

pytestmark = pytest.mark.integration


class TestDocument:
    async def test_is_served(self, bare: ApiClient) -> None:
        """Whoever asks gets the document, without an envelope, as OpenAPI tools expect it."""
        response = await bare.client.get("/api/v1/openapi.json")
        assert await response.json() == describe(ROUTES)

    async def test_every_served_route_is_described(self, bare: ApiClient) -> None:
        """What is served under /api/v1 is told, and what is told is served."""
        assert bare.client.app is not None
        served = {
            (route.method, route.resource.canonical)
            for route in bare.client.app.router.routes()
            if route.resource is not None and route.method != hdrs.METH_HEAD
        }
        told = {(method.upper(), path) for path, methods in describe(ROUTES)["paths"].items() for method in methods}
        assert {one for one in served if one[1].startswith("/api/v1")} <= told
        assert told <= served

    @pytest.mark.parametrize("route", [route for route in ROUTES if route.body], ids=lambda route: route.name)
    async def test_declared_bodies_are_checked(self, api: ApiClient, route: Any) -> None:
        """A route that declares a body refuses one that is none."""
        await api.visitor()
        await api.sign_in()
        path = re.sub(r"{\w+}", "00000000-0000-4000-8000-000000000000", route.path)
        response = await api.client.request(route.method, path, json={"no": "such field"})
        error = await opened(response, 422)
        assert error["code"] == "invalid_request"

    @pytest.mark.parametrize("route", [route for route in ROUTES if route.query], ids=lambda route: route.name)
    async def test_declared_queries_are_checked(self, api: ApiClient, route: Any) -> None:
        """A route that declares a query refuses a parameter that it does not have."""
        await api.sign_in()
        path = re.sub(r"{\w+}", "thread", route.path)
        error = await api.get(f"{path}?no_such=parameter", status=422)
        assert error["code"] == "invalid_request"


class TestPage:
    async def test_is_served(self, bare: ApiClient) -> None:
        """A browser gets the page, and its script and style from this very server."""
        response = await bare.client.get("/api/docs")
        text = await response.text()
        assert (response.status, response.content_type) == (200, "text/html")
        linked = re.findall(r'(?:src|href)="(/[^"]+)"', text)
        assert sorted(linked) == ["/api/docs/docs.css", "/api/docs/docs.js", "/api/v1/openapi.json"]
        for address in linked:
            assert (await bare.client.get(address)).status == 200

    async def test_needs_nothing_that_the_policy_forbids(self, bare: ApiClient) -> None:
        """No script and no style stands in the page itself."""
        text = await (await bare.client.get("/api/docs")).text()
        assert not re.search(r"<style|style=|onclick=|<script>", text)

    async def test_types(self, bare: ApiClient) -> None:
        """Script and style are served as what they are, or the browser would refuse them."""
        assert "javascript" in (await bare.client.get("/api/docs/docs.js")).content_type
        assert (await bare.client.get("/api/docs/docs.css")).content_type == "text/css"
