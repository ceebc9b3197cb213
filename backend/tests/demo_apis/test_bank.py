from __future__ import annotations

from typing import Any

import pytest

from tests.demo_apis.document_client import DocumentClient


async def balance(api: DocumentClient, account_id: str) -> Any:
    return (await api.ask("get_account", account_id=account_id)).body["balance"]


async def test_every_account_is_listed(api: DocumentClient) -> None:
    """What is pending is on the account, but not available."""
    checking, savings = (await api.ask("list_accounts")).body["accounts"]
    assert (checking["balance"], checking["available"]) == (2387.78, 2353.58)
    assert (savings["account_id"], savings["balance"]) == ("savings", 8411.3)


async def test_transactions_are_listed_newest_first(api: DocumentClient) -> None:
    """Of both accounts, unless one is named."""
    everything = (await api.ask("list_transactions", limit=50)).body["transactions"]
    assert {each["account_id"] for each in everything} == {"checking", "savings"}
    assert [each["booked_on"] for each in everything] == sorted(
        (each["booked_on"] for each in everything), reverse=True
    )
    (interest,) = (await api.ask("list_transactions", account_id="savings")).body["transactions"]
    assert interest["party"] == "Interest"


async def test_transactions_are_found_by_the_other_party(api: DocumentClient) -> None:
    """Streamhive has charged twice on one day."""
    found = (await api.ask("list_transactions", search="streamHIVE")).body["transactions"]
    assert [each["transaction_id"] for each in found] == ["TX-9003", "TX-9002"]


async def test_a_dispute_shows_on_its_transaction(api: DocumentClient) -> None:
    """A disputed payment is claimed back once."""
    dispute = (await api.ask("dispute_transaction", transaction_id="TX-9003", reason="charged_twice")).body
    assert (dispute["dispute_id"], dispute["amount"], dispute["decided_by"]) == ("DP-7002", 12.99, "2026-04-09")
    assert (await api.ask("get_dispute", dispute_id="DP-7002")).body == dispute
    assert (await api.ask("get_transaction", transaction_id="TX-9003")).body["dispute_id"] == "DP-7002"
    again = await api.ask("dispute_transaction", transaction_id="TX-9003", reason="charged_twice")
    assert again.error == "already_disputed"


@pytest.mark.parametrize(
    ("transaction_id", "code"),
    [
        ("TX-8999", "not_a_card_payment"),
        ("TX-9006", "still_pending"),
        ("TX-8990", "already_disputed"),
        ("TX-8991", "dispute_too_late"),
    ],
)
async def test_not_everything_can_be_disputed(api: DocumentClient, transaction_id: str, code: str) -> None:
    """Only booked card payments of the last 60 days that nobody has disputed."""
    refused = await api.ask("dispute_transaction", transaction_id=transaction_id, reason="not_recognised")
    assert refused.error == code


async def test_a_frozen_card_can_be_unfrozen(api: DocumentClient) -> None:
    """Freezing says why; unfreezing forgets it."""
    frozen = (await api.ask("freeze_card", card="4821", reason="lost")).body
    assert (frozen["status"], frozen["frozen_because"]) == ("frozen", "lost")
    assert (await api.ask("freeze_card", card="4821")).error == "card_frozen"
    unfrozen = (await api.ask("unfreeze_card", card="4821")).body
    assert (unfrozen["status"], unfrozen["frozen_because"]) == ("active", None)
    assert (await api.ask("unfreeze_card", card="4821")).error == "card_active"


async def test_a_blocked_card_stays_blocked(api: DocumentClient) -> None:
    """A replaced card can't be unfrozen."""
    assert (await api.ask("unfreeze_card", card="2216")).error == "card_blocked"
    cards = (await api.ask("list_cards")).body["cards"]
    assert {each["card"]: each["status"] for each in cards}["2216"] == "blocked"


async def test_a_transfer_moves_money_and_makes_none(api: DocumentClient) -> None:
    """What one account loses, the other gains, and both book it."""
    moved = (await api.ask("transfer_money", from_account="savings", to_account="checking", amount=100.01)).body
    assert (moved["from_balance"], moved["to_balance"]) == (8311.29, 2487.79)
    assert (await balance(api, "savings"), await balance(api, "checking")) == (8311.29, 2487.79)
    booked = (await api.ask("get_transaction", transaction_id=moved["transaction_id"])).body
    assert (booked["party"], booked["amount"]) == ("Transfer to checking", -100.01)


@pytest.mark.parametrize(
    ("source", "target", "amount", "code"),
    [
        ("checking", "savings", 2353.59, "insufficient_funds"),
        ("checking", "savings", 1000.01, "limit_exceeded"),
        ("checking", "checking", 1, "same_account"),
    ],
)
async def test_a_refused_transfer_moves_nothing(
    api: DocumentClient, source: str, target: str, amount: float, code: str
) -> None:
    """Balance, limit and two different accounts are required."""
    refused = await api.ask("transfer_money", from_account=source, to_account=target, amount=amount)
    assert refused.error == code
    assert await balance(api, "checking") == 2387.78


async def test_the_limit_counts_all_transfers_of_a_day(api: DocumentClient) -> None:
    """After 600 euros, a limit of 1000 leaves 400; a raised limit leaves more."""
    transfer: dict[str, Any] = {"from_account": "checking", "to_account": "savings"}
    await api.ask("transfer_money", **transfer, amount=600)
    refused = await api.ask("transfer_money", **transfer, amount=400.01)
    assert "leaves 400.00 EUR for today" in refused.body["error"]["message"]
    raised = (await api.ask("set_transfer_limit", account_id="checking", daily_limit=2000)).body
    assert (raised["daily_limit"], raised["transferred_today"]) == (2000, 600)
    assert (await api.ask("transfer_money", **transfer, amount=400.01)).status == 201
