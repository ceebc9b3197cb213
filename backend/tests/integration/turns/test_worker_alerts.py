"""What customers are told of a model that fails, and that staff are told only where it is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from app.callbacks import ModelCall, ModelFailure
from app.db import model_alerts
from app.errors import ModelError, ModelFiltered, ModelKeyRefused, ModelUnavailable
from app.protocol import ErrorFrame
from app.turns.recorder import STAFF_TOLD
from tests.integration.replica import Replica, echo, says
from tests.integration.turns.graph_scripts import ended

if TYPE_CHECKING:
    from app.agents.state import RunContext

pytestmark = pytest.mark.integration


@pytest.fixture
def replica(pool: Any, pg_url: str) -> Replica:
    return Replica(pool, pg_url)


CALL = ModelCall(
    agent="orders",
    model="large",
    prompt_tokens=1,
    completion_tokens=1,
    cost_usd=None,
    estimated=True,
    time_to_first_token_ms=5,
    duration_ms=9,
)


def failing(replica: Replica, fact: ModelError, *, called: bool = True, half: bool = False) -> Any:
    """A script whose model fails so, before it is called, or after half an answer."""

    async def script(text: str, context: RunContext) -> AsyncIterator[Any]:
        if half:
            replica.on_call(CALL)
        if called:
            replica.on_call(ModelFailure(agent="orders", model="large", error=fact, duration_ms=3))
        if text:
            raise fact
        yield

    return script


async def told(replica: Replica, fact: ModelError, **how: bool) -> str:
    """What the customer is told where the model fails so."""
    replica.graph.script = failing(replica, fact, **how)
    turns_of, sink = replica.socket()
    async with replica.working():
        await turns_of.message(says("Hello"))
        error = await sink.next_of(ErrorFrame)
        await replica.at_rest()
    return error.message


async def raised(replica: Replica) -> list[tuple[str, int]]:
    async with replica.pool.acquire() as connection:
        return [(alert.code, alert.failures) for alert in await model_alerts.list_raised(connection)]


async def test_a_refused_key_is_told_to_staff_and_said_so(replica: Replica) -> None:
    assert await told(replica, ModelKeyRefused()) == f"{ModelKeyRefused.sentence} {STAFF_TOLD}"
    assert await raised(replica) == [("model_key_refused", 1)]


async def test_where_nobody_was_told_nobody_says_so(replica: Replica) -> None:
    """A failure that may pass, one of this conversation alone, and one that came before any model was called."""
    assert await told(replica, ModelUnavailable()) == ModelUnavailable.sentence
    assert await told(replica, ModelFiltered()) == ModelFiltered.sentence
    assert await told(replica, ModelKeyRefused(), called=False) == ModelKeyRefused.sentence
    assert await raised(replica) == []


async def test_half_an_answer_ends_no_alert(replica: Replica) -> None:
    """What the model had written is counted, and it failed all the same."""
    for _ in range(2):
        assert STAFF_TOLD not in await told(replica, ModelUnavailable(), half=True)
    assert STAFF_TOLD in await told(replica, ModelUnavailable(), half=True)
    assert await raised(replica) == [("model_unavailable", 3)]


async def test_a_whole_answer_ends_it(replica: Replica) -> None:
    await told(replica, ModelKeyRefused())

    async def script(text: str, context: RunContext) -> AsyncIterator[Any]:
        replica.on_call(CALL)
        async for item in echo(text, context):
            yield item

    replica.graph.script = script
    turns_of, sink = replica.socket()
    async with replica.working():
        await turns_of.message(says("Hello again"))
        await sink.until(ended())
        await replica.at_rest()
    assert await raised(replica) == []
