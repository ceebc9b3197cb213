"""HTTP server that speaks OpenAI's streaming protocol, scripted answer by answer.

    async with OpenAIServer() as server:
        server.script(calls(call("get_order", order_id=1042)), text("It is on its way."))
        models = Models(api_key="key", base_url=server.base_url, ...)

Every request's body is kept in `server.requests`, its head in `server.heads`. An answer that nobody scripted is a 400,
so that a test notices it.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

MODEL = "test-model"
Ids = Literal["own", "missing", "same"]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer: what is streamed, and everything that goes wrong with it."""

    pieces: tuple[dict[str, Any], ...] = ()
    finish: str | None = "stop"
    usage: Mapping[str, int] | None = field(
        default_factory=lambda: {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    )
    status: int = 200
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    hold_after: int | None = None
    cut_after: int | None = None
    abort: bool = False
    garbage_after: int | None = None
    refuses: tuple[str, ...] = ()
    raw: bytes | None = None
    raw_piece: int = 7
    content_type: str = "text/event-stream"


@dataclass(frozen=True, kw_only=True)
class ScriptedCall:
    """One call of a tool; `arguments` is sent as it stands, JSON or not."""

    name: str
    arguments: str


def call(name: str, /, **args: Any) -> ScriptedCall:
    """Call a tool with these arguments."""
    return ScriptedCall(name=name, arguments=json.dumps(args))


def unreadable_call(name: str, arguments: str = '{"order_id": 10') -> ScriptedCall:
    """Call a tool with arguments that are not JSON."""
    return ScriptedCall(name=name, arguments=arguments)


def text(content: str, *, words: bool = True, **changes: Any) -> Reply:
    """Answer with a text, word by word."""
    parts = content.split(" ") if words else [content]
    pieces = tuple({"content": part if not place else f" {part}"} for place, part in enumerate(parts))
    return replace(Reply(pieces=pieces), **changes)


def calls(
    *called: ScriptedCall, fragment_chars: int = 5, ids: Ids = "own", index: bool = True, **changes: Any
) -> Reply:
    """Answer with calls of tools, their arguments in fragments; a whole call at a time where `fragment_chars` is 0."""
    pieces: list[dict[str, Any]] = []
    for place, one in enumerate(called):
        size = fragment_chars or max(len(one.arguments), 1)
        fragments = [one.arguments[start : start + size] for start in range(0, len(one.arguments), size)] or [""]
        given = {"own": f"call_{place}", "missing": None, "same": "call_same"}[ids]
        for number, fragment in enumerate(fragments):
            function: dict[str, Any] = {"arguments": fragment}
            piece: dict[str, Any] = {"function": function, "type": "function"}
            if index:
                piece["index"] = place
            if not number:
                function["name"] = one.name
                if given is not None:
                    piece["id"] = given
            pieces.append({"tool_calls": [piece]})
    return replace(Reply(pieces=tuple(pieces), finish="tool_calls"), **changes)


def failure(
    status: int, message: str = "refused", *, code: str | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """Answer with an HTTP error in the provider's form."""
    error = {"message": message, "type": "error", "code": code, "param": None}
    return Reply(status=status, error=error, headers=headers or {})


def raw(body: str | bytes, *, content_type: str = "text/event-stream", **changes: Any) -> Reply:
    """Answer with exactly these bytes, a few at a time."""
    made = Reply(raw=body if isinstance(body, bytes) else body.encode(), content_type=content_type)
    return replace(made, **changes)


def held(reply: Reply, gate: asyncio.Event) -> Reply:
    """Send nothing of this answer before the gate opens."""
    return replace(reply, gate=gate)


def paused(reply: Reply, gate: asyncio.Event, after: int) -> Reply:
    """Send so many pieces of this answer, and the others when the gate opens."""
    return replace(reply, gate=gate, hold_after=after)


def cut(reply: Reply, after: int, *, abort: bool = True) -> Reply:
    """Break the stream off after so many pieces: by closing the connection hard, or as if it had ended."""
    return replace(reply, cut_after=after, abort=abort)


def garbage(reply: Reply, after: int = 1) -> Reply:
    """Send something that is not JSON after so many pieces."""
    return replace(reply, garbage_after=after)


class OpenAIServer:
    """The server; an async context manager."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.heads: list[web.BaseRequest] = []
        self.keys: list[str] = []
        self.models_status = 200
        self.written = 0  # bytes of raw answers
        self._script: deque[Reply] = deque()
        self._otherwise: Callable[[dict[str, Any]], Reply] | None = None
        self._runner: web.AppRunner | None = None
        self._arrived = asyncio.Condition()
        self.base_url = ""

    def script(self, *replies: Reply) -> None:
        """Answer the next requests with these, in order."""
        self._script.extend(replies)

    def otherwise(self, answer: Callable[[dict[str, Any]], Reply]) -> None:
        """Answer what is not scripted by looking at the request."""
        self._otherwise = answer

    async def arrived(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.requests) >= count)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization", ""))
        return web.json_response({"object": "list", "data": [{"id": MODEL}]}, status=self.models_status)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.heads.append(request)
        self.keys.append(request.headers.get("Authorization", ""))
        async with self._arrived:
            self.requests.append(body)
            self._arrived.notify_all()
        reply = self._next(body)
        for key in reply.refuses:
            if key in body:
                return _error(failure(400, f"Unrecognized request argument supplied: {key}"))
        if reply.gate is not None and reply.hold_after is None:
            await reply.gate.wait()
        if reply.error is not None:
            return _error(reply)
        if reply.raw is not None:
            return await self._write(request, reply, reply.raw)
        return await _stream(request, reply, body)

    async def _write(self, request: web.Request, reply: Reply, body: bytes) -> web.StreamResponse:
        headers = {"Content-Type": reply.content_type, **reply.headers}
        response = web.StreamResponse(headers=headers, status=reply.status)
        await response.prepare(request)
        for start in range(0, len(body), reply.raw_piece):
            await response.write(body[start : start + reply.raw_piece])
            self.written += reply.raw_piece
        await response.write_eof()
        return response

    def _next(self, body: dict[str, Any]) -> Reply:
        if self._script:
            # An answer that refuses a parameter stays for the request that comes without it.
            refused = any(key in body for key in self._script[0].refuses)
            return self._script[0] if refused else self._script.popleft()
        return self._otherwise(body) if self._otherwise else failure(400, "nothing is scripted for this request")


def _error(reply: Reply) -> web.Response:
    return web.json_response({"error": reply.error}, status=reply.status, headers=reply.headers)


async def _stream(request: web.Request, reply: Reply, body: dict[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": reply.content_type, **reply.headers})
    await response.prepare(request)
    for place, piece in enumerate(reply.pieces):
        if place == reply.hold_after and reply.gate is not None:
            await reply.gate.wait()
        if place == reply.garbage_after:
            await response.write(b"data: <html>bad gateway</html>\n\n")
        if place == reply.cut_after:
            return _broken(request, response, reply)
        await response.write(_chunk({"role": "assistant", **piece}))
    if reply.finish is not None:
        await response.write(_chunk({}, finish=reply.finish))
    if reply.usage is not None and (body.get("stream_options") or {}).get("include_usage"):
        await response.write(_chunk(None, usage=reply.usage))
    await response.write(b"data: [DONE]\n\n")
    await response.write_eof()
    return response


def _broken(request: web.Request, response: web.StreamResponse, reply: Reply) -> web.StreamResponse:
    if reply.abort and request.transport is not None:
        request.transport.abort()
    return response


def _chunk(delta: dict[str, Any] | None, *, finish: str | None = None, usage: Mapping[str, int] | None = None) -> bytes:
    value: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL,
        "choices": [],
    }
    if delta is not None:
        value["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
    if usage is not None:
        value["usage"] = dict(usage)
    return f"data: {json.dumps(value)}\n\n".encode()
