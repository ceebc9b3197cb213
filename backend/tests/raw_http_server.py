"""HTTP server on a raw socket that answers as a test scripts it: well, badly, or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Script = Callable[[Reader, Writer], Awaitable[None]]


@dataclass
class RawServer:
    """A raw TCP server: the script says what it does with each connection after the request was read."""

    script: Script
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    listening: asyncio.Server = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
            )
            self.requests.append(head + await reader.readexactly(length))
            await self.script(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[RawServer]:
    """Serve on a free port of the loopback until the block ends."""
    made = RawServer(script)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.listening = server
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.let_go.set()
        server.close()
        await server.wait_closed()


def answers(head: str, body: bytes = b"", *, length: int | None = None) -> Script:
    """Answer with this head and body, announcing `length` bytes."""

    async def script(_: Reader, writer: Writer) -> None:
        size = len(body) if length is None else length
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {size}\r\n\r\n".encode() + body)
        await writer.drain()

    return script


def ok(body: bytes, headers: str = "Content-Type: application/json") -> Script:
    """Answer 200 with this body."""
    return answers(f"200 OK\r\n{headers}", body)


async def closes(_: Reader, __: Writer) -> None:
    """Take the request, say nothing, close."""


async def resets(_: Reader, writer: Writer) -> None:
    """Take the request, then reset the connection."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
