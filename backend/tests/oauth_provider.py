"""OAuth 2 provider with an API behind it, on a real socket: sign-in with PKCE, refresh tokens good once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web
from aiohttp.test_utils import BaseTestServer, TestServer
from yarl import URL

CLIENT = ("desk", "s3cret")


@dataclass
class Provider:
    """Knows one client; `tokens` are those that its API takes, `refused` the refresh tokens that came twice."""

    slow: asyncio.Event = field(default_factory=asyncio.Event)
    codes: dict[str, str] = field(default_factory=dict)  # with the challenge that each was given for
    refresh: str = ""
    tokens: set[str] = field(default_factory=set)
    refused: int = 0
    given: int = 0
    server: BaseTestServer = field(init=False)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def authorize(self, request: web.Request) -> web.Response:
        query = request.query
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT[0])
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = query["code_challenge"]
        there = URL(query["redirect_uri"]).with_query(code=code, state=query["state"])
        return web.Response(status=302, headers={"Location": str(there)})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        await self.slow.wait()
        pair = base64.b64encode(":".join(CLIENT).encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return web.json_response({"error": "invalid_client"}, status=401)
        if form["grant_type"] == "authorization_code":
            challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
            good = self.codes.pop(str(form["code"]), "") == base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        else:
            good = form["refresh_token"] == self.refresh
            self.refused += not good
        if not good:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.given += 1
        self.refresh = f"refresh-{self.given}"
        self.tokens = {f"access-{self.given}"}
        return web.json_response({
            "access_token": f"access-{self.given}", "token_type": "Bearer", "expires_in": 3600,
            "refresh_token": self.refresh,
        })  # fmt: skip

    async def order(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return web.json_response({"id": "7"}) if token in self.tokens else web.Response(status=401)


@asynccontextmanager
async def oauth_provider() -> AsyncIterator[Provider]:
    """Serve on a free port of the loopback until the block ends."""
    provider = Provider()
    provider.slow.set()
    app = web.Application()
    app.add_routes([
        web.get("/authorize", provider.authorize),
        web.post("/token", provider.token),
        web.get("/orders/{id}", provider.order),
    ])  # fmt: skip
    async with TestServer(app) as server:
        provider.server = server
        yield provider


async def signed_in_at(address: str) -> dict[str, str]:
    """Go where a browser is sent, agree, and return what it comes back with."""
    async with ClientSession() as browser, browser.get(address, allow_redirects=False) as answer:
        return dict(URL(answer.headers["Location"]).query)
