"""OAuth token server, and an API that takes its tokens, on real sockets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote_plus

from tests.raw_http_server import RawServer, Reader, Writer, answers, ok, raw_server


@dataclass
class TokenServer:
    """Gives `token-1`, `token-2`, … ; `only` says where it takes the client from."""

    secret: str = "s3cret&word"
    only: str = "header"
    lifetime: Any = 3600
    reply: bytes | None = None
    status: str = "200 OK"
    held: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    given: list[str] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    made: RawServer | None = None

    @property
    def url(self) -> str:
        assert self.made is not None
        return f"{self.made.url}/token"

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        assert self.made is not None
        head, _, body = self.made.requests[-1].partition(b"\r\n\r\n")
        form = parse_qs(body.decode())
        self.forms.append(form)
        self.asked.set()
        await self.held.wait()
        if self.reply is not None:
            await answers(self.status, self.reply)(reader, writer)
            return
        in_header = base64.b64encode(f"desk:{quote_plus(self.secret)}".encode()) in head
        in_body = form.get("client_secret") == [self.secret]
        if not (in_header if self.only == "header" else in_body):
            await answers("401 Unauthorized", b'{"error": "invalid_client"}')(reader, writer)
            return
        self.given.append(f"token-{len(self.given) + 1}")
        said = {"access_token": self.given[-1], "token_type": "Bearer"}
        if self.lifetime is not None:
            said["expires_in"] = self.lifetime
        await ok(json.dumps(said).encode())(reader, writer)


@asynccontextmanager
async def token_server(**changes: Any) -> AsyncIterator[TokenServer]:
    server = TokenServer(**changes)
    server.held.set()
    async with raw_server(server) as made:
        server.made = made
        yield server


def bearer_of(request: bytes) -> str:
    """Return the token that a request carries."""
    lines = request.decode().split("\r\n")
    return next((line.partition("Bearer ")[2] for line in lines if line.lower().startswith("authorization")), "")
