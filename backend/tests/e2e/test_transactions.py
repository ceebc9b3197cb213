"""What a turn asks of the database: transactions and statements, as docs/performance.md lists them."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest

from tests.e2e.postgres_proxy import PostgresProxy
from tests.e2e.provider import routes, speaking
from tests.openai_server import call, calls, text

if TYPE_CHECKING:
    from tests.e2e.conftest import Deployment
    from tests.openai_server import OpenAIServer

pytestmark = pytest.mark.integration

MOST_TRANSACTIONS = 8
MOST_STATEMENTS = 36  # with the BEGIN and COMMIT of each transaction
WARM, COUNTED = 6, 11  # turns: statements are prepared once per connection


def usual(counts: list[int]) -> float:
    """The lower quartile: timers that run beside the turns only add to some."""
    return statistics.quantiles(counts, n=4)[0]


async def test_a_turn_with_a_route_a_call_and_an_answer(empty_deployment: Deployment, model: OpenAIServer) -> None:
    """Each is a conversation's first message: the router, one tool over HTTP, 200 tokens."""
    turns: list[list[int]] = []
    async with PostgresProxy(empty_deployment.database.url).listening() as proxy:
        await empty_deployment.add_backend(DATABASE_URL=proxy.url, **speaking(model))
        for _ in range(WARM + COUNTED):
            visitor = await empty_deployment.visitor()
            model.script(routes("order_lookup"), calls(call("get_order", order_id=1042)), text("word " * 200))
            async with visitor.chat() as chat:
                before = len(proxy.transactions)
                await chat.say("Where is order 1042?", message_id="one")
                await chat.until("message_complete")
                await empty_deployment.database.at_rest()
                turns.append(proxy.transactions[before:])
        await empty_deployment.backend.kill()
    for turn in turns[WARM:]:
        print(len(turn), "transactions,", sum(turn), "statements:", *turn)  # noqa: T201 - the figures of docs/performance.md
    assert usual([len(turn) for turn in turns[WARM:]]) <= MOST_TRANSACTIONS
    assert usual([sum(turn) for turn in turns[WARM:]]) <= MOST_STATEMENTS
