"""Scripted model: routes where a route is asked for, calls the first tool, then says 200 tokens.

`python -m benchmarks.turns.model_server PORT`. The model's name says how fast: `burst`, or `paced` at 50 tokens per
second. It takes no time of its own before the first token, so what a client waits for is the server in between.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Final

import orjson
from aiohttp import web

TOKENS: Final = 200
TOKENS_PER_SECOND: Final = 50
ORDER: Final = '{"order_id": 1042}'


async def complete(request: web.Request) -> web.StreamResponse:
    """Answer one request as a stream, whatever it asks for."""
    body = orjson.loads(await request.read())
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    pause = 1 / TOKENS_PER_SECOND if body["model"] == "paced" else 0.0
    form = (body.get("response_format") or {}).get("json_schema", {})
    if form:
        await _say(response, [_route(form)], 0.0)
    elif body["messages"][-1]["role"] == "tool" or not body.get("tools"):
        await _say(response, [f" word{number % 50}" for number in range(TOKENS)], pause)
    else:
        await _call(response, _order_tool(body["tools"]))
    usage = {"prompt_tokens": 300, "completion_tokens": TOKENS, "total_tokens": 300 + TOKENS}
    await response.write(_event(None, usage=usage) + b"data: [DONE]\n\n")
    await response.write_eof()
    return response


def _route(form: dict[str, Any]) -> str:
    intent = {"agent": "order_lookup", "request": "Where is order 1042?", "confidence": 0.9, "reason": "asks where"}
    return orjson.dumps({"intents": [intent]} if form.get("name") == "route" else {"statements": []}).decode()


def _order_tool(tools: list[dict[str, Any]]) -> str:
    names = [str(tool["function"]["name"]) for tool in tools]
    return next((name for name in names if "get_order" in name), names[0])


async def _say(response: web.StreamResponse, pieces: list[str], pause: float) -> None:
    for piece in pieces:
        await response.write(_event({"role": "assistant", "content": piece}))
        await asyncio.sleep(pause)
    await response.write(_event({}, finish="stop"))


async def _call(response: web.StreamResponse, name: str) -> None:
    begun = {"index": 0, "id": "call-1", "type": "function", "function": {"name": name, "arguments": ""}}
    await response.write(_event({"role": "assistant", "content": None, "tool_calls": [begun]}))
    for piece in (ORDER[:6], ORDER[6:]):
        await response.write(_event({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}))
    await response.write(_event({}, finish="tool_calls"))


def _event(delta: dict[str, Any] | None, *, finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    chunk = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return b"data: " + orjson.dumps({**chunk, "usage": usage}) + b"\n\n"


async def models(_: web.Request) -> web.Response:
    """List no models: being there is enough."""
    return web.json_response({"data": []})


def application() -> web.Application:
    """Make the server."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", complete)
    app.router.add_get("/v1/models", models)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
