"""Has a model look at what the rules believe of operations, between reading a document and comparing it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from app.db.stored_json import to_jsonb
from app.openapi_import.classification import Classification
from app.tools.openapi_api import ApiDescription, Note, SecurityScheme
from app.tools.openapi_definition import OperationDefinition

Tell = Callable[[int, int], Awaitable[None]]
Refine = Callable[[Mapping[str, Any], list[dict[str, Any]], Tell], Awaitable[None]]
"""Takes the API's facts and its rows, and changes the labels of the rows in place."""

LABELS = ("access", "consent", "agent", "twin", "confidence")


def api_of(facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> ApiDescription:
    """Make the API again from what the reader wrote of it."""
    return ApiDescription(
        title=facts["title"],
        version=facts["version"],
        dialect=facts["dialect"],
        description="",
        servers=tuple(facts["servers"]),
        security_schemes={one["name"]: SecurityScheme.from_json(one) for one in facts["schemes"]},
        operations=tuple(OperationDefinition.from_json(json.loads(row["definition"])) for row in rows),
        skipped=tuple(Note(**note) for note in facts["skipped"]),
        warnings=tuple(Note(**note) for note in facts["warnings"]),
    )


def labels_of(rows: Sequence[Mapping[str, Any]]) -> list[Classification]:
    """Read the labels of rows."""
    return [Classification.from_json(json.loads(row["classification"])) for row in rows]


async def read_back(
    facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> tuple[ApiDescription, list[Classification]]:
    """Make API and labels again, off the event loop: the largest take a second."""
    return await asyncio.to_thread(lambda: (api_of(facts, rows), labels_of(rows)))


def relabel(rows: Sequence[dict[str, Any]], labels: Sequence[Classification]) -> None:
    """Write refined labels into their rows."""
    for row, label in zip(rows, labels, strict=True):
        stored = label.to_json()
        row["classification"] = to_jsonb(stored)
        row.update({name: stored[name] for name in (*LABELS, "customer_params", "bound")})
