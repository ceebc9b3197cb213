"""The benchmark of a turn: its model answers each kind of request, and its table compares medians."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.turns.__main__ import Measured, table
from benchmarks.turns.model_server import TOKENS, application
from tests.api_client import MakeClient

ASKED = {"role": "user", "content": "Where is order 1042?"}
TOOLS = [{"type": "function", "function": {"name": name}} for name in ("cancel_order", "get_order")]


async def answer(make_client: MakeClient, **body: Any) -> list[dict[str, Any]]:
    """The chunks of one answer."""
    client = await make_client(application())
    response = await client.post("/v1/chat/completions", json={"model": "burst", "messages": [ASKED], **body})
    lines = (await response.text()).split("\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line not in {"", "data: [DONE]"}]


def said(chunks: list[dict[str, Any]]) -> list[str]:
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    return [delta["content"] for delta in deltas if delta.get("content")]


async def test_it_looks_the_order_up_and_then_says_200_tokens(aiohttp_client: MakeClient) -> None:
    """With tools and without a result it calls the one that is about orders; with a result it answers."""
    chunks = await answer(aiohttp_client, tools=TOOLS)
    calls = [one for chunk in chunks for choice in chunk["choices"] for one in choice["delta"].get("tool_calls", ())]
    assert calls[0]["function"]["name"] == "get_order"
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {"order_id": 1042}
    found = {"role": "tool", "content": "{}", "tool_call_id": "call-1"}
    assert len(said(await answer(aiohttp_client, tools=TOOLS, messages=[ASKED, found]))) == TOKENS


async def test_it_routes_where_a_route_is_asked_for(aiohttp_client: MakeClient) -> None:
    """The router's form is filled in."""
    form = {"type": "json_schema", "json_schema": {"name": "route"}}
    routed = json.loads("".join(said(await answer(aiohttp_client, response_format=form))))
    assert routed["intents"][0]["agent"] == "order_lookup"


def test_the_table_compares_medians_with_the_first() -> None:
    """Of each figure the median, from the least to the most, and its share of the first one's."""
    one = Measured(cpu=[10, 20, 30], database_cpu=[4], rate=[5], first=[1], transactions=[10])
    other = Measured(cpu=[4, 5, 6], database_cpu=[8], rate=[20], first=[1], transactions=[8])
    rows = table({"one": one, "other": other}).splitlines()
    assert rows[2].endswith("| 20.0 (10.0-30.0) | 5.0 (4.0-6.0), 0.25\u00d7 |")
    assert rows[4].endswith("| 5.0 | 20.0, 4.00\u00d7 |")
