"""The workspace's API keys and features."""

from __future__ import annotations

import sqlite3
from typing import Any

from demo_apis.errors import conflict
from demo_apis.store import row, rows


def list_api_keys(db: sqlite3.Connection) -> dict[str, Any]:
    """Return every key's status; there are no secrets here."""
    found = rows(
        db,
        "SELECT key_id, name, status, created_on, last_used_on, expires_on FROM api_keys ORDER BY name",
    )
    return {"api_keys": found}


def list_features(db: sqlite3.Connection) -> dict[str, Any]:
    """Return every optional feature, on or off."""
    found = rows(db, "SELECT feature, description, enabled, from_plan FROM features ORDER BY feature")
    return {"features": [_shown(feature) for feature in found]}


def set_feature(db: sqlite3.Connection, *, feature: str, enabled: bool) -> dict[str, Any]:
    """Switch a feature that the plan includes on or off."""
    included = row(
        db,
        """
        SELECT needed.rank <= own.rank AS included, from_plan
        FROM features JOIN plans AS needed ON needed.plan = from_plan,
             subscription JOIN plans AS own ON own.plan = subscription.plan
        WHERE feature = ?
        """,
        feature,
    )
    if enabled and not included["included"]:
        message = f"{feature} comes with the {included['from_plan']} plan. Please change the plan first."
        raise conflict("not_in_plan", message)
    changed = row(
        db,
        "UPDATE features SET enabled = ? WHERE feature = ? RETURNING feature, description, enabled, from_plan",
        enabled,
        feature,
    )
    return _shown(changed)


def _shown(feature: dict[str, Any]) -> dict[str, Any]:
    return feature | {"enabled": bool(feature["enabled"])}
