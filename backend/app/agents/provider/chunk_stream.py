"""Stream of one completion's chunks, read from the bytes of its response.

Waits longer for the first chunk than between chunks; both raise `ModelTimeout`. A server that answers a request for a
stream with one JSON document is understood: it is the only chunk. Once a chunk has given the reason to end, what else
may come (usage, the mark of the end) is waited for only briefly, and a break there loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Final, Self

import aiohttp

from app.agents.provider.completion_chunk import BLANK, CompletionChunk, read_chunk
from app.agents.provider.sse import MAX_EVENT_BYTES, EventDecoder
from app.errors import ModelRefused, ModelTimeout, ModelUnavailable

AFTER_FINISH_SECONDS: Final = 5.0  # between what may come after the reason to end: usage, the mark of the end
CLOSING_SECONDS: Final = 0.05  # for the end of the response after its mark, so that its connection can be used again
_SHOWN_BYTES: Final = 300  # of what is no completion, for the log
_DOCUMENT: Final = (b"{", b"[", b"<")  # an event of a stream begins with a letter or a colon


class ChunkStream:
    """The chunks of one request; an async context manager that sends it and lets go of its connection."""

    def __init__(
        self,
        request: AbstractAsyncContextManager[aiohttp.ClientResponse],
        *,
        deadline: float,
        gap_seconds: float,
    ) -> None:
        """Wait for the first chunk up to `deadline`, by the loop's clock, and for each further one `gap_seconds`."""
        self.ended = False
        self.done = False
        self._request = request
        self._deadline = deadline
        self._gap_seconds = gap_seconds
        self._events = EventDecoder()
        self._is_stream = False
        self._head = b""
        self._document: bytes | None = None
        self._began = False
        self._finished = False

    async def __aenter__(self) -> Self:
        """Send the request; raises `ProviderError` for a refusal."""
        try:
            async with asyncio.timeout_at(self._deadline):
                self._response = await self._request.__aenter__()
        except aiohttp.ClientError:  # a connection that took too long is one, too
            raise
        except TimeoutError:
            raise ModelTimeout from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the connection back where the response is at its end, else close it."""
        if kind is None and self.done:
            await self._read_end()
        await self._request.__aexit__(kind, error, trace)

    async def read(self, *, until: float | None = None) -> Sequence[CompletionChunk]:
        """Return the next chunks, or none where the loop's clock reaches `until` first or the stream has ended."""
        limit = self._deadline if until is None else min(until, self._deadline)
        try:
            async with asyncio.timeout_at(limit):
                piece = await self._response.content.readany()
        except TimeoutError:
            if _now() < self._deadline:
                return ()
            if not self._finished:
                raise ModelTimeout from None
            self.ended = True
            return ()
        except aiohttp.ClientError:
            if not self._finished:
                raise
            self.ended = True
            return ()
        chunks = self._chunks_of(piece)
        if not piece:
            self.ended = True
        self._began = self._began or bool(chunks)
        self._finished = self._finished or any(chunk.finish for chunk in chunks)
        if chunks and self._finished:
            self._deadline = _now() + AFTER_FINISH_SECONDS
        elif self._began and not self._finished:  # a comment, too, says that the server lives
            self._deadline = _now() + self._gap_seconds
        return chunks

    async def _read_end(self) -> None:
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                while await self._response.content.readany():
                    pass
        except (aiohttp.ClientError, TimeoutError):
            self._response.close()

    def _chunks_of(self, piece: bytes) -> Sequence[CompletionChunk]:
        """Read what a piece completes; an empty one is the end of the stream."""
        if not self._is_stream:
            start = piece.lstrip(BLANK)
            if self._document is not None or start.startswith(_DOCUMENT):
                return self._document_of(start)
            self._is_stream, self._head, piece = bool(start), start[:_SHOWN_BYTES], start or piece
        chunks = []
        for data in self._events.feed(piece) if piece else self._events.flush():
            chunk = read_chunk(data)
            if chunk is None:
                self.ended = self.done = True
                break
            chunks.append(chunk)
        if not piece and not chunks and not self._began and self._head:
            raise _no_completion(self._head)
        return chunks

    def _document_of(self, piece: bytes) -> Sequence[CompletionChunk]:
        self._document = (self._document or b"") + piece
        if len(self._document) > MAX_EVENT_BYTES:
            raise ModelUnavailable(reason="the answer is too large for a completion")
        if piece:
            return ()
        if self._document.startswith(b"<"):
            raise ModelRefused(reason="the model's address answers with a web page: check OPENAI_BASE_URL")
        self.done = True
        chunk = read_chunk(self._document)
        if chunk is None or not (chunk.text or chunk.calls or chunk.finish):
            raise _no_completion(self._document)
        return (chunk,)


def _no_completion(shown: bytes) -> ModelUnavailable:
    said = shown[:_SHOWN_BYTES].decode(errors="replace")
    return ModelUnavailable(reason=f"the answer is no completion: {said}")


def _now() -> float:
    return asyncio.get_running_loop().time()
