"""Second opinion on labels, from a language model. It may make a label safer alone, and riskier never.

What a model reads here was written by whoever made the document, so a poisoned text may speak through it. Hence the
one rule: what asks for more consent is taken over, what asks for less is shown to the reviewer as evidence. Where the
model fails, wholly or for some operations, the rules' labels stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

import structlog

from app.db.operations import DOUBT
from app.errors import AppError
from app.openapi.operation import OperationDefinition
from app.openapi.plain_text import cut, visible_text
from app.openapi_import.classify.labels import RISK, Classification, Evidence, PointsTo, is_riskier, safer
from app.tools.base import Access, ConsentRule

BATCH: Final = 25  # operations a request: few enough to be judged each, many enough that an API takes minutes
AT_ONCE: Final = 4  # requests, so that an import leaves the provider's rate to conversations
BATCH_SECONDS: Final = 90.0  # a batch that takes longer has failed
MAX_TEXT_CHARS: Final = 400  # of what a model reads of each description
MAX_REASON_CHARS: Final = 200  # of what it says; shown to people in a line
MAX_ARGUMENTS: Final = 20  # named to it of each operation
AGREED: Final = 0.5  # of the doubt that is left goes where the model agrees with the rules
DISAGREED: Final = DOUBT - 0.05  # a label that the model finds too careful is looked at first

REPORT_SECONDS: Final = 0.5  # between two reports of progress: a model takes seconds for each batch
_COLUMNS: Final = ("access", "consent", "agent", "twin", "confidence", "customer_params", "bound")  # beside the label

Ask = Callable[[Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]
"""Asks a model about operations as data, each with an `id`; answers rows with `id`, `access` and `reason`."""

Report = Callable[[int, int], Awaitable[None]]
Refine = Callable[[Sequence[dict[str, Any]], Report], Awaitable[None]]
"""Changes the labels of an import's rows in place, and tells how many are done, of how many."""

log = structlog.get_logger(__name__)


def question_of(definition: OperationDefinition) -> dict[str, Any]:
    """Return what a model reads of an operation: visible text, and cut."""
    return {
        "method": definition.method,
        "path": cut(visible_text(definition.path), MAX_TEXT_CHARS),
        "name": cut(visible_text(definition.operation_id), MAX_TEXT_CHARS),
        "description": cut(visible_text(definition.description), MAX_TEXT_CHARS),
        "arguments": [visible_text(one.wire_name) for one in definition.arguments[:MAX_ARGUMENTS]],
    }


def refiner(ask: Ask) -> Refine:
    """Return what gets a second opinion on the rows of an import from this model."""

    async def refine_rows(rows: Sequence[dict[str, Any]], report: Report) -> None:
        labels = [Classification.from_json(row["classification"]) for row in rows]
        done = 0

        def count(through: int) -> None:
            nonlocal done
            done = through

        asking = asyncio.create_task(refine([row["question"] for row in rows], labels, ask, progress=count))
        try:
            while not (await asyncio.wait({asking}, timeout=REPORT_SECONDS))[0]:
                await report(done, len(rows))
            for row, label in zip(rows, await asking, strict=True):
                stored = label.to_json()
                row["classification"] = stored
                row.update({name: stored[name] for name in _COLUMNS})
        finally:
            asking.cancel()

    return refine_rows


async def refine(
    questions: Sequence[Mapping[str, Any]],
    labels: Sequence[Classification],
    ask: Ask,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Classification]:
    """Return the labels of operations with the model's opinion in them; `questions` say what it reads of each.

    `progress` is told how many are through.
    """
    refined = list(labels)
    turns = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def batch(places: Sequence[int]) -> None:
        nonlocal done
        async with turns:
            shown = [{"id": place, **questions[place], "rules_say": refined[place].access.value} for place in places]
            answers = await _ask(ask, shown)
        for place, answer in _by_place(answers, places).items():
            refined[place] = merge(refined[place], answer)
        done += len(places)
        progress(done)

    everything = range(len(refined))
    async with asyncio.TaskGroup() as group:
        for start in range(0, len(refined), BATCH):
            group.create_task(batch(everything[start : start + BATCH]))
    return refined


async def _ask(ask: Ask, shown: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    try:
        async with asyncio.timeout(BATCH_SECONDS):
            return await ask(shown)
    except (AppError, TimeoutError) as error:
        log.warning("refining_failed", operations=len(shown), reason=str(error) or type(error).__name__)
        return ()


def _by_place(answers: Sequence[Mapping[str, Any]], places: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return the usable rows by the operation they are about; of two about one, the safer."""
    found: dict[int, Mapping[str, Any]] = {}
    for row in answers:
        place, access = row.get("id"), _access(row)
        if not isinstance(place, int) or isinstance(place, bool) or place not in places or access is None:
            continue
        earlier = _access(found[place]) if place in found else None
        if earlier is None or is_riskier(earlier, access):
            found[place] = row
    return found


def _access(row: Mapping[str, Any]) -> Access | None:
    try:
        access = Access(str(row.get("access", "")).strip().lower())
    except ValueError:
        return None
    return None if access is Access.UNKNOWN else access


def merge(label: Classification, answer: Mapping[str, Any]) -> Classification:
    """Return the label with a model's answer in it: taken over where it is safer, else told to the reviewer."""
    access = _access(answer)
    if access is None:
        return label
    reason = cut(visible_text(str(answer.get("reason") or "")), MAX_REASON_CHARS)
    if RISK[access] == RISK[label.access]:
        return replace(label, confidence=_surer(label.confidence))
    said = f"The model calls it {_WORDS[access]}{f': {reason}' if reason else ''}"
    if is_riskier(access, label.access):
        shown = Evidence(
            kind="model", text=f"{said.rstrip('.')}. Only a person may follow it.", points_to=_points(access)
        )
        return replace(label, confidence=min(label.confidence, DISAGREED), evidence=(*label.evidence, shown))
    return replace(
        label,
        access=access,
        consent=safer(label.consent, ConsentRule.OPERATOR),
        confidence=min(label.confidence, DISAGREED),
        evidence=(*label.evidence, Evidence(kind="model", text=f"{said.rstrip('.')}.", points_to=_points(access))),
    )


_WORDS: Final = {Access.READ: "a read", Access.WRITE: "a write", Access.DESTRUCTIVE: "destructive"}


def _surer(confidence: float) -> float:
    """Raise the confidence of a label that the model agrees with; a doubtful one stays so for a person."""
    return confidence if confidence < DOUBT else round(confidence + (1 - confidence) * AGREED, 3)


def _points(access: Access) -> PointsTo:
    return cast("PointsTo", access.value)
