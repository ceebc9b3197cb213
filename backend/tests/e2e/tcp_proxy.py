"""TCP proxy in front of the demo services; told to hold, it takes requests and passes none on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress


class TcpProxy:
    """Passes bytes between two ports. While it holds requests, whoever is behind it hears nothing of them."""

    def __init__(self, port: int, *, to: int) -> None:
        self.port = port
        self._to = to
        self._passes = asyncio.Event()
        self._waiting = 0
        self._changed = asyncio.Condition()
        self.release()

    @property
    def url(self) -> str:
        """Where the services seem to be."""
        return f"http://127.0.0.1:{self.port}"

    def release(self) -> None:
        """Let everything through."""
        self._passes.set()

    def hold(self) -> None:
        """Accept connections and what they send, and pass nothing on."""
        self._passes.clear()

    async def waiting(self, count: int = 1) -> None:
        """Wait until so many requests are held."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting >= count)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[TcpProxy]:
        """Listen for the length of the block."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            self.release()
            server.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            request = await reader.read(1 << 16)
            if not request:
                writer.close()
                return
            if not self._passes.is_set():
                await self._hold(reader)
                if reader.at_eof():  # whoever sent it is gone, and so is the request
                    writer.close()
                    return
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            back.write(request)
            await asyncio.gather(_copy(reader, back, self._passes.wait), _copy(there, writer, _at_once))

    async def _hold(self, reader: asyncio.StreamReader) -> None:
        """Wait until requests pass or the caller has gone."""
        self._waiting += 1
        async with self._changed:
            self._changed.notify_all()
        opened = asyncio.create_task(self._passes.wait())
        gone = asyncio.create_task(reader.read(1))
        await asyncio.wait({opened, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (opened, gone):
            task.cancel()
        await asyncio.gather(opened, gone, return_exceptions=True)
        self._waiting -= 1


async def _at_once() -> None:
    """Hold no response back."""


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may: Callable[[], Awaitable[object]]
) -> None:
    with suppress(OSError):
        while piece := await reader.read(1 << 16):
            await may()
            writer.write(piece)
            await writer.drain()
        await may()
    writer.close()
