"""The bank: accounts, transactions, disputes, transfers and cards of one customer."""

from __future__ import annotations

from pathlib import Path

from demo_apis.bank.accounts import get_account, list_accounts, set_transfer_limit, transfer_money
from demo_apis.bank.cards import freeze_card, list_cards, unfreeze_card
from demo_apis.bank.transactions import (
    dispute_transaction,
    get_dispute,
    get_transaction,
    list_transactions,
)
from demo_apis.service import Blueprint

BANK = Blueprint(
    name="bank",
    folder=Path(__file__).parent,
    work=(
        list_accounts,
        get_account,
        list_transactions,
        get_transaction,
        dispute_transaction,
        get_dispute,
        list_cards,
        freeze_card,
        unfreeze_card,
        set_transfer_limit,
        transfer_money,
    ),
)
