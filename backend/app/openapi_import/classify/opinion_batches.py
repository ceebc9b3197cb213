"""Has a model look at what the rules believe of operations, between reading a document and comparing it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from app.db.stored_json import to_jsonb
from app.openapi.api import ApiDescription, Note, SecurityScheme
from app.openapi.operation import OperationDefinition
from app.openapi_import.classify.labels import Classification
from app.openapi_import.classify.second_opinion import Ask, refine

Tell = Callable[[int, int], Awaitable[None]]
Refine = Callable[[Mapping[str, Any], list[dict[str, Any]], Tell], Awaitable[None]]
"""Takes the API's facts and its rows, and changes the labels of the rows in place."""

TELL_SECONDS: Final = 0.5  # between two words of progress: a model takes seconds for each batch
LABELS: Final = ("access", "consent", "agent", "twin", "confidence")


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


def refiner(ask: Ask) -> Refine:
    """Return what asks a model for a second opinion on labels; it may make them safer, and riskier never."""

    async def look(facts: Mapping[str, Any], rows: list[dict[str, Any]], tell: Tell) -> None:
        api, labels = await read_back(facts, rows)
        done = 0

        def count(through: int) -> None:
            nonlocal done
            done = through

        asking = asyncio.create_task(refine(api, labels, ask, progress=count))
        try:
            while not (await asyncio.wait({asking}, timeout=TELL_SECONDS))[0]:
                await tell(done, len(rows))
            relabel(rows, await asking)
        finally:
            asking.cancel()

    return look


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
