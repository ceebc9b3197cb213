"""Identity comes from a signed token alone: through real processes, across a crash, on one browser."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from pydantic import SecretStr

from app.access.identity_tokens import identity_tokens
from app.settings import Settings
from tests.e2e.client import Visitor, results
from tests.e2e.conftest import Deployment

pytestmark = pytest.mark.integration

SECRET_KEY = "a secret key that all of the replicas share"
AGENTS = """\
fallback: accounts
apis:
  - name: bank
    document: ${DEMO_APIS_URL}/bank/openapi.json
    base_url: ${DEMO_APIS_URL}/bank
    bind: {account_id: account}
agents:
  - name: accounts
    description: Looks up the account and its balance, and changes its daily transfer limit.
    permission: write
    tools: [get_account, set_transfer_limit, hand_over]
    examples: [What is the balance of my account?, Change my daily transfer limit to 900 euros]
"""


@pytest.fixture
async def bank(empty_deployment: Deployment) -> Deployment:
    """A deployment whose tools act for the account that a token names."""
    path = empty_deployment.folder / "agents.yaml"
    await asyncio.to_thread(path.write_text, AGENTS)
    empty_deployment.environment["AGENTS_FILE"] = str(path)
    await empty_deployment.add_backend()
    return empty_deployment


async def identify(visitor: Visitor, customer: str, **claims: Any) -> None:
    tokens = identity_tokens(Settings(_env_file=None, secret_key=SecretStr(SECRET_KEY)))
    token = tokens.sign({"sub": customer, **claims}, now=time.time(), seconds=600)
    await visitor.post("/api/v1/session/identity", {"token": token})


async def test_a_stranger_is_asked_to_sign_in(bank: Deployment) -> None:
    """Without a token nothing is looked up, and the customer is told what to do."""
    visitor = await bank.visitor()
    async with visitor.chat() as chat:
        await chat.ask("What is the balance of my account?")
        [result] = chat.of("tool_result")
        assert result["outcome"] == "failed"
        assert "sign in" in result["summary"]


@pytest.mark.parametrize("words", ["What is the balance of my account?", "What is the balance of account checking?"])
async def test_the_token_says_whose_account_it_is(bank: Deployment, words: str) -> None:
    """Whatever the message names: what is looked up is the account of the token."""
    visitor = await bank.visitor()
    await identify(visitor, "c-7", account="savings")
    assert (await visitor.get("/api/v1/session"))["identified"] is True
    async with visitor.chat() as chat:
        await chat.ask(words)
        assert results(chat.frames) == ["succeeded"]
        [call] = chat.of("tool_call")
        assert "account_id" not in call["args"]
    sent = await bank.database.value("SELECT frame->'request'->>'url' FROM events WHERE type = 'tool_ran'")
    assert sent.endswith("/bank/accounts/savings")


async def test_an_action_stays_the_customers_across_a_crash(bank: Deployment) -> None:
    """Killed while the card is open: what is sent afterwards is for the customer who asked, and for nobody else."""
    visitor = await bank.visitor()
    await identify(visitor, "c-7", account="savings")
    async with visitor.chat() as chat:
        card = await chat.card("Change my daily transfer limit to 900 euros")
        assert "account_id" not in card["args"]
        assert "account_id" not in str(card["args_schema"])
        assert card["request"]["url"].endswith("/bank/accounts/savings/transfer-limit")
        await bank.backend.restart()
        await chat.closed()
    async with visitor.chat(chat.thread_id) as again:
        await again.answer(card, approved=True)
        await again.until("tool_result")
        assert results(again.frames) == ["succeeded"]
    [write] = await bank.demo.writes("bank")
    assert write["path"].endswith("/accounts/savings/transfer-limit")


async def test_another_customer_on_the_same_browser(bank: Deployment) -> None:
    """A page that is open stops hearing of the former's conversation, and cannot go on with it."""
    visitor = await bank.visitor()
    await identify(visitor, "c-7", account="savings")
    async with visitor.chat() as chat:
        await chat.ask("What is the balance of my account?")
        await identify(visitor, "c-8", account="checking")
        await chat.say("What is the balance of my account?")
        refused = await chat.until("error")
        assert refused["code"] == "conversation_unknown"
    async with visitor.chat() as new:
        await new.ask("What is the balance of my account?")
        assert results(new.frames) == ["succeeded"]
    await visitor.get(f"/api/v1/conversations/{chat.thread_id}/events", status=404)
