"""The demo's conversations are such as the product itself could have stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from app.agents.prices import Price, Prices
from app.analytics.conversation_fold import ConversationFold, fold, micros
from app.analytics.outcome import judge
from app.db.bulk_load import NewConversation
from app.records import LOGGED_FRAMES
from demo_apis.shop import SHOP
from demo_data.event_writer import KnownPrices
from demo_data.load import Plan, logged_events
from demo_data.requests import REQUESTS, arguments
from demo_data.scenario import invent

DAY = date(2026, 3, 11)
TEMPLATE = Path(__file__).parents[3] / "config" / "templates" / "e-commerce.yaml"


@pytest.fixture(scope="module")
def prices() -> KnownPrices:
    return KnownPrices(Prices.load())


@pytest.fixture(scope="module")
def many(prices: KnownPrices) -> list[NewConversation]:
    return [invent(DAY - timedelta(days=number % 50), number, seed=1, prices=prices) for number in range(400)]


def test_the_same_seed_tells_the_same(prices: KnownPrices) -> None:
    """Each conversation by itself, whatever was invented before; another seed tells others."""
    assert invent(DAY, 5, seed=1, prices=prices) == invent(DAY, 5, seed=1, prices=prices)
    assert invent(DAY, 5, seed=1, prices=prices).events != invent(DAY, 5, seed=2, prices=prices).events


def test_every_event_is_one_of_the_protocol_s(many: list[NewConversation]) -> None:
    """Read back as whatever reads the log reads it."""
    for one in many:
        for seq, (at, event) in enumerate(one.events, start=1):
            frame = LOGGED_FRAMES.validate_python({**event.frame, "seq": seq, "at": at})
            assert (frame.type, frame.thread_id) == (event.type, one.thread_id)


def test_time_goes_forward(many: list[NewConversation]) -> None:
    for one in many:
        assert all(before[0] <= after[0] for before, after in pairwise(one.events))


def test_what_may_happen_once_happens_once(many: list[NewConversation]) -> None:
    """The log refuses a key that it has already."""
    for one in many:
        keys = [event.key for _, event in one.events if event.key is not None]
        assert len(keys) == len(set(keys))


def test_turns_end_or_wait(many: list[NewConversation]) -> None:
    """Nobody's last word stays unanswered: it is completed, asked back, handed over, or it failed and said so."""
    closing = {
        "message_complete",
        "interrupt",
        "interrupt_expired",
        "error",
        "tool_result",
        "feedback",
        "action_changed",
    }
    assert {one.events[-1][1].type for one in many} <= closing


def test_actions_and_conversations_agree(many: list[NewConversation]) -> None:
    """Ended and handed over where the events say so; every proposed action but the expired ones was decided."""
    for one in many:
        folded = fold(ConversationFold(), logged_events(one))
        assert (one.ended_at is not None) == (folded.ended_at is not None)
        assert (one.escalated_at is not None) == folded.escalated
        assert folded.proposed == folded.approved + folded.rejected + folded.expired
        assert not folded.waiting


def test_every_outcome_is_told(many: list[NewConversation]) -> None:
    later = micros(many[0].events[-1][0] + timedelta(days=1))
    told = {judge(fold(ConversationFold(), logged_events(one)), now=later, ttl=0).outcome for one in many}
    assert told == {"resolved_confirmed", "resolved_assumed", "escalated", "abandoned", "unresolved"}


def test_agents_and_tools_are_the_demo_shop_s() -> None:
    """Names lead to agents and tools that are really there."""
    agents = {agent["name"] for agent in yaml.safe_load(TEMPLATE.read_text())["agents"]}
    tools = {work.__name__ for work in SHOP.work}
    assert {request.agent for request in REQUESTS} <= agents
    assert {tool for one in REQUESTS for tool in (one.read, one.write) if tool} <= tools


@pytest.mark.parametrize("tool", sorted({tool for one in REQUESTS for tool in (one.read, one.write) if tool}))
def test_calls_have_arguments(tool: str) -> None:
    """And nobody can change what other calls are given."""
    values = {"order": "10421", "amount": "12.00", "code": "THANKS10"}
    given = arguments(tool, values)
    assert given
    given.clear()
    assert arguments(tool, values)


def test_a_model_is_looked_up_once() -> None:
    """And costs what the list says, or nothing that is known."""
    asked: list[str] = []
    prices = Prices.load()

    class Counting(Prices):
        def of(self, model: str) -> Price | None:
            asked.append(model)
            return prices.of(model)

    known = KnownPrices(Counting(prices.known))
    for _ in range(3):
        cost = known.cost("gpt-4.1", prompt_tokens=1_000, completion_tokens=10)
        assert cost == prices.cost("gpt-4.1", prompt_tokens=1_000, completion_tokens=10)
        assert known.cost("ours", prompt_tokens=1, completion_tokens=1) is None
    assert asked == ["gpt-4.1", "ours"]


def test_a_plan_s_conversations_keep_their_names_when_it_grows() -> None:
    """So what was loaded once is found again: more conversations are added to a day, others are not moved."""
    small, large = (
        Plan(
            conversations=wanted, days=5, seed=1, now=datetime(2026, 3, 11, 12, tzinfo=UTC), session_ttl_seconds=60
        ).numbered()
        for wanted in (50, 500)
    )
    assert set(small) < set(large)
    assert len(large) == 500
