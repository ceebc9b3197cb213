"""Audit entries: what people changed, as `review_log` keeps it, from what to what, and never a secret. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from app.db.operations import EDITABLE
from app.tools.api_client import ApiLimits

if TYPE_CHECKING:
    from app.db.apis import ApiRow
    from app.db.operations import OperationRow

_WHERE: Final = "base_url"
_LOGIN: Final = re.compile(r"^(https?://)[^/?#]*@")


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the fields of `now` that were something else, each with what it was and is."""
    return [
        {"field": field, "was": was.get(field), "now": value} for field, value in now.items() if was.get(field) != value
    ]


def edits(pairs: Iterable[tuple[OperationRow, OperationRow]]) -> list[dict[str, Any]]:
    """Group operations, each as it was and is, by what was changed of them: an edit of a thousand is told in a few."""
    groups: dict[str, dict[str, Any]] = {}
    for was, now in pairs:
        made = changes(_editable(was), _editable(now))
        group = groups.setdefault(json.dumps(made, sort_keys=True), {"changes": made, "operations": []})
        group["operations"].append(named(now))
    return list(groups.values())


def of_api(was: ApiRow, now: ApiRow) -> list[dict[str, Any]]:
    """List what was changed of where an API is and how hard it may be used."""
    made = changes(_reached(was), _reached(now))
    return [
        {**one, "was": plain_address(one["was"]), "now": plain_address(one["now"])} if one["field"] == _WHERE else one
        for one in made
    ]


def named(row: OperationRow) -> dict[str, str]:
    """Name an operation: by its method and path, and by the name of its tool."""
    return {"key": row.key, "name": row.name}


def plain_address(url: str) -> str:
    """Return an address without a login and a query, which may hold a key."""
    address, query, _ = _LOGIN.sub(r"\1", url).partition("#")[0].partition("?")
    return f"{address}?…" if query else address


def _reached(api: ApiRow) -> dict[str, Any]:
    return {_WHERE: api.base_url, **asdict(ApiLimits(**api.limits))}


def _editable(row: OperationRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in EDITABLE}
