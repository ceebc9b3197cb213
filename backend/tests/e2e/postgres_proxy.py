"""Proxy in front of PostgreSQL: counts the transactions and statements that come through it, and can cut the line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

# The server's messages: a type, a length that counts itself, a body.
# https://www.postgresql.org/docs/current/protocol-message-formats.html
HEADER = 5
READY_FOR_QUERY = b"Z"
STATEMENT_ENDED = (b"C", b"s")  # complete, or suspended: the client wanted so many rows and has them
OUTSIDE_A_TRANSACTION = b"I"
CHUNK = 65_536


class PostgresProxy:
    """Takes connections on this machine and passes them on to the server's socket."""

    def __init__(self, url: str) -> None:
        """Stand in front of the server that listens on a socket in the file system."""
        self._parts = urlsplit(url)
        self._socket = parse_qs(self._parts.query)["host"][0] + "/.s.PGSQL.5432"
        self._port = 0
        self.transactions: list[int] = []
        """The statements of each, with BEGIN and COMMIT, in the order in which they ended."""
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The address of the same database by way of the proxy."""
        login, _, _ = self._parts.netloc.rpartition("@")
        return f"postgresql://{login}@127.0.0.1:{self._port}{self._parts.path}?sslmode=disable"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[PostgresProxy]:
        """Listen inside the block."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def cut(self) -> None:
        """Break every connection, and let none through until `restore`."""
        self._is_cut = True
        for writer in tuple(self._open):
            writer.transport.abort()

    def restore(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        from_server, to_server = await asyncio.open_unix_connection(self._socket)
        self._open |= {writer, to_server}
        with suppress(OSError, asyncio.IncompleteReadError):
            await asyncio.gather(_pass_on(reader, to_server), self._count(from_server, writer))
        self._open -= {writer, to_server}
        writer.close()
        to_server.close()

    async def _count(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        statements = 0  # what the server is ready for at first, or after preparing one, is no transaction
        while True:
            header = await reader.readexactly(HEADER)
            body = await reader.readexactly(int.from_bytes(header[1:]) - 4)
            writer.write(header + body)
            await writer.drain()
            statements += header[:1] in STATEMENT_ENDED
            if statements and header[:1] == READY_FOR_QUERY and body == OUTSIDE_A_TRANSACTION:
                self.transactions.append(statements)
                statements = 0


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
