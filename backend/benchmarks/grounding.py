"""Grounding benchmark: share of first steps that look up what was asked: `python -m benchmarks.grounding URL MODEL`.

The model answers at temperature 0: `before` as it likes, `after` it has to begin with a call. No API is asked anything.
The messages, and what may come of each, are in requests/grounding.yaml.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import uuid4

import yaml
from langchain_core.messages import AIMessage, HumanMessage

from app.agents.config import AgentConfig, load_agents
from app.agents.models import Models
from app.agents.specialist import Specialist
from app.agents.state import History, RunContext, begin
from app.catalog.yaml_apis import yaml_api
from app.outgoing.client import OutgoingClient
from app.tools.builtin import builtin_tools
from app.tools.registry import ToolRegistry

BACKEND: Final = Path(__file__).parents[1]
MAX_TOKENS: Final = 200  # of an answer: a small model that begins to ramble has decided long before
SECONDS: Final = 240.0  # for an answer of a small model on two cores


def _agents() -> tuple[AgentConfig, ToolRegistry]:
    config = load_agents(
        BACKEND / "config/templates/e-commerce.yaml", variables={"DEMO_APIS_URL": "http://127.0.0.1:9"}
    )
    document = json.loads((BACKEND / "demo_apis/shop/openapi.json").read_text())
    tools = ToolRegistry()
    tools.replace("all", [*yaml_api(config.apis[0], document, http=OutgoingClient()).tools, *builtin_tools()])
    return config, tools


async def _first_step(row: dict[str, Any], models: Any, *, looks_first: bool) -> tuple[AIMessage, float]:
    config, tools = _agents()
    agent = Specialist(
        config.agent(row["agent"]), config=config, models=models, tools=tools, hands_over=True, looks_first=looks_first
    )
    agent._passed_on = lambda *_: None  # type: ignore[method-assign]  # noqa: SLF001 - a hand-over is seen as the call it is
    runtime = cast(
        "Any", SimpleNamespace(context=RunContext(thread_id="t", run_id=uuid4()), stream_writer=lambda _: None)
    )
    state = cast("Any", begin(row["text"], History()) | {"messages": [HumanMessage(row["text"])], "at": 1})
    began = time.monotonic()
    changes = await agent.step(state, {}, runtime)
    return changes["messages"][0], time.monotonic() - began


def _is_right(row: dict[str, Any], message: AIMessage) -> bool:
    """Say whether what came is wanted; words that end in a question mark count as a question."""
    wants = row["wants"].split("|")
    if message.tool_calls:
        return all(call["name"] in wants for call in message.tool_calls) and not message.text.strip()
    return ("ask" if message.text.rstrip().endswith(("?", "？")) else "say") in wants  # noqa: RUF001 - Japanese


async def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=["before", "after"], action="append")
    parser.add_argument("url", help="where the models are, as OPENAI_BASE_URL")
    parser.add_argument("model")
    parser.add_argument("--key", default="none")
    given = parser.parse_args()
    ways = given.way or ["before", "after"]
    source = Models(api_key=given.key, base_url=given.url, default_model=given.model, timeout_seconds=SECONDS)
    model = source.get(None).model_copy(update={"temperature": 0.0, "max_tokens": MAX_TOKENS})
    rows = yaml.safe_load((BACKEND / "benchmarks/requests/grounding.yaml").read_text(encoding="utf-8"))
    rows.sort(key=lambda row: row["agent"])  # a local server keeps the beginning of the prompt that it has just read
    for way in ways:
        right: dict[str, list[bool]] = {}
        for row in rows:
            message, seconds = await _first_step(row, SimpleNamespace(get=lambda _: model), looks_first=way == "after")
            is_right = _is_right(row, message)
            for group in ("all", row["language"], "tuned" if row["tuned"] else "not tuned", _kind(row)):
                right.setdefault(group, []).append(is_right)
            calls = ", ".join(f"{call['name']} {call['args']}" for call in message.tool_calls)
            print(
                f"{way} {'+' if is_right else '-'} {seconds:5.1f}s {row['text']} → {calls} {message.text[:80]!r}",
                flush=True,
            )
        print(way, {group: f"{sum(marks)}/{len(marks)}" for group, marks in right.items()}, flush=True)


def _kind(row: dict[str, Any]) -> str:
    return "small talk" if row["wants"].startswith("say") else "look-up"


if __name__ == "__main__":
    asyncio.run(_main())
