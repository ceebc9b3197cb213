"""AgentOS of agno with one agent per model, its sessions on PostgreSQL.

`python agno_server.py DATABASE MODEL_URL SHOP_URL PORT`, in the benchmarks' own environment. It routes nothing.
"""

from __future__ import annotations

import sys

import httpx
import uvicorn
from agno.agent import Agent
from agno.db.postgres import AsyncPostgresDb
from agno.models.openai.like import OpenAILike
from agno.os import AgentOS


def main(database: str, model_url: str, shop_url: str, port: str) -> None:
    """Serve until stopped."""
    shop = httpx.AsyncClient()

    async def get_order(order_id: int) -> str:
        """Look up an order."""
        return str((await shop.get(f"{shop_url}/orders/{order_id}")).text)

    db = AsyncPostgresDb(db_url=database.replace("postgresql://", "postgresql+psycopg_async://"))
    agents = [
        Agent(
            id=name,
            model=OpenAILike(id=name, api_key="key", base_url=model_url),
            tools=[get_order],
            db=db,
            add_history_to_context=True,
            telemetry=False,
        )
        for name in ("burst", "paced")
    ]
    app = AgentOS(id="bench", agents=agents, telemetry=False).get_app()
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:5])
