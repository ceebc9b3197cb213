"""Stream of one completion's chunks, read from the bytes of its response.

Waits longer for the first chunk than between chunks; both raise `ModelTimeout`. A server that answers a request for a
stream with one JSON document is understood: it is the only chunk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType
from typing import Any, Final, Self

from app.agents.provider.completion_chunk import CompletionChunk, read_chunk
from app.agents.provider.sse import MAX_EVENT_BYTES, EventDecoder
from app.errors import ModelRefused, ModelTimeout, ModelUnavailable

_DOCUMENT: Final = (b"{", b"[", b"<")  # an event of a stream begins with a letter or a colon


class ChunkStream:
    """The chunks of one request; an async context manager that sends it and lets go of its connection."""

    def __init__(
        self, request: AbstractAsyncContextManager[Any], *, first_seconds: float, gap_seconds: float | None
    ) -> None:
        """`first_seconds` hold for everything up to the first chunk, retries included."""
        self.ended = False
        self.done = False
        self._request = request
        self._first_seconds = first_seconds
        self._gap_seconds = gap_seconds
        self._events = EventDecoder()
        self._is_stream = False
        self._document: bytes | None = None
        self._began = False
        self._reading: asyncio.Task[bytes | None] | None = None
        self._deadline = 0.0

    async def __aenter__(self) -> Self:
        """Send the request; raises what the client library raises for a refusal."""
        self._deadline = _now() + self._first_seconds
        try:
            async with asyncio.timeout_at(self._deadline):
                response = await self._request.__aenter__()
        except TimeoutError:
            raise ModelTimeout from None
        self._bytes: AsyncIterator[bytes] = response.iter_bytes()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading and close the connection."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._reading
        await self._request.__aexit__(kind, error, trace)

    async def read(self, *, until: float | None = None) -> list[CompletionChunk]:
        """Return the next chunks, or none where the loop's clock reaches `until` first or the stream has ended."""
        if self._reading is None:
            self._reading = asyncio.create_task(anext(self._bytes, None))
        limit = self._deadline if until is None else min(until, self._deadline)
        done, _ = await asyncio.wait((self._reading,), timeout=max(limit - _now(), 0))
        if not done:
            if _now() >= self._deadline:
                raise ModelTimeout
            return []
        piece = self._reading.result()
        self._reading = None
        chunks = self._chunks_of(piece)
        if piece is None:
            self.ended = True
        if chunks:
            self._began = True
        if self._began:
            self._deadline = _now() + (self._gap_seconds or self._first_seconds)
        return chunks

    def _chunks_of(self, piece: bytes | None) -> list[CompletionChunk]:
        """Read what a piece completes; None is the end of the stream."""
        if not self._is_stream:
            start = (piece or b"").lstrip()
            if self._document is not None or start.startswith(_DOCUMENT):
                return self._document_of(piece)
            self._is_stream = bool(start)
        datas = self._events.flush() if piece is None else self._events.feed(piece)
        chunks = []
        for data in datas:
            chunk = read_chunk(data)
            if chunk is None:
                self.ended = self.done = True
                break
            chunks.append(chunk)
        return chunks

    def _document_of(self, piece: bytes | None) -> list[CompletionChunk]:
        self._document = (self._document or b"") + (piece or b"")
        if len(self._document) > MAX_EVENT_BYTES:
            raise ModelUnavailable(reason="the answer is too large for a completion")
        if piece is not None:
            return []
        if self._document.lstrip().startswith(b"<"):
            raise ModelRefused(reason="the model's address answers with a web page: check OPENAI_BASE_URL")
        self.done = True
        chunk = read_chunk(self._document)
        return [chunk] if chunk is not None else []


def _now() -> float:
    return asyncio.get_running_loop().time()
