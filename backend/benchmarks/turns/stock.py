"""LangGraph as it comes: its agent, `ChatOpenAI` and its saver on PostgreSQL, all in one process, with no server.

`python stock.py DATABASE MODEL_URL SHOP_URL`, in the benchmarks' own environment. It reads waves from its input, one
JSON object per line, and writes what each took. It routes nothing and records nothing but checkpoints.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid

import httpx
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

MESSAGE = "Where is order 1042?"


async def main(database: str, model_url: str, shop_url: str) -> None:
    """Run waves until the input ends."""
    shop = httpx.AsyncClient()

    @tool
    async def get_order(order_id: int) -> str:
        """Look up an order."""
        return str((await shop.get(f"{shop_url}/orders/{order_id}")).text)

    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool(database, max_size=20, kwargs=options) as pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        agents = {
            name: create_agent(
                ChatOpenAI(model=name, api_key="key", base_url=model_url, streaming=True, stream_usage=True),
                [get_order],
                checkpointer=saver,
            )
            for name in ("burst", "paced")
        }

        async def chat(model: str, turns: int, first: list[float]) -> None:
            thread = {"configurable": {"thread_id": uuid.uuid4().hex}}
            for turn in range(turns):
                began, waits = time.perf_counter(), True
                asked = {"messages": [("user", MESSAGE)]}
                async for piece, _ in agents[model].astream(asked, thread, stream_mode="messages"):
                    if waits and piece.content and piece.type == "AIMessageChunk":
                        waits = False
                        if turn:
                            first.append(time.perf_counter() - began)

        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            wave = json.loads(line)
            first: list[float] = []
            began, worked = time.perf_counter(), time.process_time()
            await asyncio.gather(*(chat(wave["model"], wave["turns"], first) for _ in range(wave["chats"])))
            took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked, "first": first}
            print(json.dumps(took), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
