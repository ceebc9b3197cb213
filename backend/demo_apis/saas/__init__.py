"""The SaaS account: the subscription, its plan and seats, invoices, API keys and features of one workspace."""

from __future__ import annotations

from pathlib import Path

from demo_apis.saas.invoices import list_invoices, send_invoice
from demo_apis.saas.subscription import (
    cancel_subscription,
    change_plan,
    change_seats,
    get_subscription,
    list_plans,
    pause_subscription,
    resume_subscription,
)
from demo_apis.saas.workspace import list_api_keys, list_features, set_feature
from demo_apis.service import Blueprint

SAAS = Blueprint(
    name="saas",
    folder=Path(__file__).parent,
    work=(
        get_subscription,
        list_plans,
        change_plan,
        change_seats,
        pause_subscription,
        resume_subscription,
        cancel_subscription,
        list_invoices,
        send_invoice,
        list_api_keys,
        list_features,
        set_feature,
    ),
)
