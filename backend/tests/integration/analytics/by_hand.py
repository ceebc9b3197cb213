"""Every figure by hand: how it is computed from its exported rows, and which of these it is about."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Row = Mapping[str, Any]
Rows = Sequence[Row]
RAN: Final = {"succeeded", "failed", "unknown"}
STEPS: Final = ("proposed", "approved", "edited", "rejected", "expired", "succeeded", "failed", "unknown")


def number(text: str) -> float:
    return float(text or 0)


def total(rows: Iterable[Row], *columns: str) -> float:
    return math.fsum(number(row[column]) for row in rows for column in columns)


def share(rows: Rows, *outcomes: str) -> float:
    return 100 * sum(row["outcome"] in outcomes for row in rows) / len(rows)


def resolved(rows: Rows) -> Rows:
    return [row for row in rows if is_resolved(row)]


def rank(values: Sequence[float], part: float) -> float:
    """The value that so many do not exceed."""
    return sorted(values)[max(1, math.ceil(part * len(values))) - 1]


def by_action(rows: Rows) -> list[Row]:
    """Put the steps of each action into one row: `came_to` is its last one, and what it passed for good."""
    passed: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        passed.setdefault((row["thread_id"], row["action_id"]), []).append(row["status"])
    return [
        {"thread_id": thread_id, "came_to": {steps[-1]} | ({"proposed", "approved", "edited"} & set(steps))}
        for (thread_id, _), steps in passed.items()
    ]


def anything(_: Row) -> bool:
    return True


def ends(*outcomes: str) -> Callable[[Row], bool]:
    return lambda row: row["outcome"] in outcomes


def has(column: str) -> Callable[[Row], bool]:
    return lambda row: row[column] != ""


is_resolved = ends("resolved_confirmed", "resolved_assumed")


@dataclass(frozen=True)
class ByHand:
    """How a figure is computed from its rows, and which of them are behind it."""

    compute: Callable[[Rows], float]
    behind: Callable[[Row], bool] = anything


def summed(*columns: str) -> ByHand:
    return ByHand(lambda rows: total(rows, *columns))


def per_conversation(*columns: str) -> ByHand:
    return ByHand(lambda rows: total(rows, *columns) / len(rows))


def per_resolution(*columns: str) -> ByHand:
    return ByHand(lambda rows: total(rows, *columns) / len(resolved(rows)))


def ended(*outcomes: str) -> ByHand:
    return ByHand(lambda rows: sum(row["outcome"] in outcomes for row in rows), ends(*outcomes))


def shared(*outcomes: str) -> ByHand:
    return ByHand(lambda rows: share(rows, *outcomes), ends(*outcomes))


def ranked(column: str, part: float, behind: Callable[[Row], bool]) -> ByHand:
    return ByHand(lambda rows: rank([number(row[column]) for row in rows if behind(row)], part), behind)


def came_to(step: str) -> ByHand:
    return ByHand(
        lambda rows: Counter(name for row in by_action(rows) for name in row["came_to"])[step],
        lambda row: step in row["came_to"],
    )


BY_HAND: Final[Mapping[str, ByHand]] = {
    "conversations": ByHand(len),
    "turns": summed("turns"),
    "messages": summed("messages"),
    "turns_per_conversation": ByHand(lambda rows: statistics.fmean(number(row["turns"]) for row in rows)),
    "resolved": ended("resolved_confirmed", "resolved_assumed"),
    "resolved_confirmed": ended("resolved_confirmed"),
    "resolved_assumed": ended("resolved_assumed"),
    "resolution_rate": shared("resolved_confirmed", "resolved_assumed"),
    "automation_rate": ByHand(
        lambda rows: 100 * sum(row["staff"] == "false" for row in resolved(rows)) / len(rows),
        lambda row: is_resolved(row) and row["staff"] == "false",
    ),
    "escalation_rate": shared("escalated"),
    "failed_turns": ByHand(lambda rows: total(rows, "errors"), lambda row: row["errors"] != "0"),
    "abandonment_rate": shared("abandoned"),
    "decision_p50": ranked("ms", 0.5, has("ms")),
    "decision_p95": ranked("ms", 0.95, has("ms")),
    "tool_success_rate": ByHand(
        lambda rows: 100 * sum(map(ends("succeeded"), rows)) / sum(map(ends(*RAN), rows)), ends(*RAN)
    ),
    "tool_p50": ranked("duration_ms", 0.5, ends(*RAN)),
    "tool_p95": ranked("duration_ms", 0.95, ends(*RAN)),
    "first_token_p50": ranked("first_token_ms", 0.5, has("first_token_ms")),
    "first_token_p95": ranked("first_token_ms", 0.95, has("first_token_ms")),
    "tokens": summed("prompt_tokens", "completion_tokens"),
    "tokens_per_conversation": per_conversation("tokens_in", "tokens_out"),
    "tokens_per_resolution": per_resolution("tokens_in", "tokens_out"),
    "cost": summed("cost_usd"),
    "cost_per_conversation": per_conversation("cost_usd"),
    "cost_per_resolution": per_resolution("cost_usd"),
    "satisfaction": ByHand(
        lambda rows: statistics.fmean(number(row["rating"]) for row in rows if row["rating"]), has("rating")
    ),
} | {f"actions_{step}": came_to(step) for step in STEPS}
"""A figure that is not here is one that nobody has recomputed, and whose link nobody has thought of."""
