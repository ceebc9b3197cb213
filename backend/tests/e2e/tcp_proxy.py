"""A gate on the way to the demo services: it lets nothing through, or no answer back, for as long as a test likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class TcpProxy:
    """Passes bytes between two ports. Whoever is behind a closed gate does not know that anybody called."""

    def __init__(self, port: int, *, to: int) -> None:
        self.port = port
        self._to = to
        self._in = asyncio.Event()
        self._out = asyncio.Event()
        self._waiting = 0
        self._changed = asyncio.Condition()
        self.open()

    @property
    def url(self) -> str:
        """Where the services seem to be."""
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Let everything through."""
        self._in.set()
        self._out.set()

    def close_in(self) -> None:
        """Accept connections and what they send, and pass nothing on."""
        self._in.clear()

    def close_out(self) -> None:
        """Pass requests on, and no answer back."""
        self._out.clear()

    async def waiting(self, count: int = 1) -> None:
        """Wait until so many requests stand before the closed gate."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting >= count)

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[TcpProxy]:
        """Listen for the length of the block."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            self.open()
            server.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            request = await reader.read(1 << 16)
            if not request:
                writer.close()
                return
            if not self._in.is_set():
                await self._stand(reader)
                if reader.at_eof():  # whoever sent it is gone, and so is the request
                    writer.close()
                    return
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            back.write(request)
            await asyncio.gather(_copy(reader, back, self._in), _copy(there, writer, self._out))

    async def _stand(self, reader: asyncio.StreamReader) -> None:
        """Wait until the gate opens or the caller has gone."""
        self._waiting += 1
        async with self._changed:
            self._changed.notify_all()
        opened = asyncio.create_task(self._in.wait())
        gone = asyncio.create_task(reader.read(1))
        await asyncio.wait({opened, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in (opened, gone):
            task.cancel()
        await asyncio.gather(opened, gone, return_exceptions=True)
        self._waiting -= 1


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may: asyncio.Event) -> None:
    with suppress(OSError):
        while piece := await reader.read(1 << 16):
            await may.wait()
            writer.write(piece)
            await writer.drain()
        await may.wait()
    writer.close()
