"""Rollup of one conversation: a pure function of its fold, so that what it added can be taken back exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.analytics.conversation_fold import AgentCounts, ConversationFold, ModelCounts
from app.db.metric_rollups import LEVELS, Rollup, negative, total

if TYPE_CHECKING:
    from app.analytics.conversation_fold import ToolCounts
    from app.db.metric_rollups import Dimension, DurationKey, Measure, RollupKey

Bins = dict[int, int]
"""Counts of durations by bin."""

# The counters of a fold that are columns, too, are carried over by their name.
_OF_CONVERSATION, _OF_AGENT, _OF_MODEL = (
    [one.name for one in fields(kind) if one.type == "int" and one.name in Rollup._fields]
    for kind in (ConversationFold, AgentCounts, ModelCounts)
)
_WIDTHS: Final = tuple(width // timedelta(microseconds=1) for width in LEVELS)


class RollupDelta:
    """Changes to the rollups, gathered before they are added up and written.

    They are gathered by the quarter of an hour; the wider levels are added up from these in the end.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rollups: defaultdict[RollupKey, list[Rollup]] = defaultdict(list)
        self._durations: defaultdict[DurationKey, Bins] = defaultdict(dict)

    def add(self, folded: ConversationFold, *, outcome: str, ended: bool, sign: int = 1) -> None:
        """Add what a conversation comes to, or take it back with `sign` -1."""
        at = folded.started_at - folded.started_at % _WIDTHS[0]
        for dimension, name, row in _rows(folded, outcome=outcome, ended=ended):
            self._rollups[0, dimension, at, name].append(row if sign > 0 else negative(row))
        for measure, name, bins in _durations(folded):
            _put(self._durations[0, measure, at, name], bins, sign)

    def changes(self) -> tuple[dict[RollupKey, Rollup], dict[DurationKey, Bins]]:
        """Return what is not zero in the end, at every level."""
        rollups = all_rollups = _added_up(self._rollups)
        durations = all_durations = _not_zero(self._durations)
        for level in range(1, len(_WIDTHS)):
            rollups, durations = _wider_rollups(rollups, level), _wider_durations(durations, level)
            all_rollups, all_durations = all_rollups | rollups, all_durations | durations
        return all_rollups, all_durations


def _added_up(rows: Mapping[RollupKey, Sequence[Rollup]]) -> dict[RollupKey, Rollup]:
    return {key: row for key, several in rows.items() if any(row := total(several))}


def _wider_rollups(rollups: Mapping[RollupKey, Rollup], level: int) -> dict[RollupKey, Rollup]:
    width = _WIDTHS[level]
    wide: defaultdict[RollupKey, list[Rollup]] = defaultdict(list)
    for (_, dimension, at, name), row in rollups.items():
        wide[level, dimension, at - at % width, name].append(row)
    return _added_up(wide)


def _put(into: Bins, bins: Mapping[int, int], sign: int = 1) -> None:
    for number, times in bins.items():
        into[number] = into.get(number, 0) + sign * times


def _wider_durations(durations: Mapping[DurationKey, Bins], level: int) -> dict[DurationKey, Bins]:
    width = _WIDTHS[level]
    wide: defaultdict[DurationKey, Bins] = defaultdict(dict)
    for (_, measure, at, name), bins in durations.items():
        _put(wide[level, measure, at - at % width, name], bins)
    return _not_zero(wide)


def _not_zero(durations: Mapping[DurationKey, Bins]) -> dict[DurationKey, Bins]:
    left = {key: {number: times for number, times in bins.items() if times} for key, bins in durations.items()}
    return {key: bins for key, bins in left.items() if bins}


def _rows(folded: ConversationFold, *, outcome: str, ended: bool) -> Iterator[tuple[Dimension, str, Rollup]]:
    """Yield what it adds in each dimension; an agent shares a conversation's end with every other that took part."""
    calls = {name: _calls(tool) for name, tool in folded.tools.items()}
    model_calls = {name: _counters(model, _OF_MODEL) for name, model in folded.models.items()}
    shared = _end(folded, outcome=outcome, ended=ended)
    if folded.rating is not None:
        shared |= {"ratings": 1, "rating_sum": folded.rating}
    for name, counters in calls.items():
        yield "tool", name, Rollup(conversations=1, **counters)
    for name, counters in model_calls.items():
        yield "model", name, Rollup(conversations=1, **counters)
    for code, times in folded.causes.items():
        yield "cause", code, Rollup(conversations=1, errors=times)
    for name, agent in folded.agents.items():
        yield "agent", name, Rollup(**shared, **_counters(agent, _OF_AGENT))
    of_parts = _added(calls.values()) | _added(model_calls.values())
    yield "all", "", Rollup(**shared, **of_parts, **_counters(folded, _OF_CONVERSATION), unknown=folded.unknown)


def _end(folded: ConversationFold, *, outcome: str, ended: bool) -> dict[str, int]:
    counters = {"conversations": 1, "ended": int(ended)}
    if outcome != "open":
        counters[outcome] = 1
    if outcome.startswith("resolved") and not folded.staff:
        counters["automated"] = 1
    return counters


def _calls(tool: ToolCounts) -> dict[str, int]:
    return {
        "calls": tool.succeeded + tool.failed + tool.unknown,
        "calls_succeeded": tool.succeeded,
        "calls_failed": tool.failed,
        "calls_unknown": tool.unknown,
        "calls_ms": tool.ms,
    }


def _counters(counted: object, names: Sequence[str]) -> dict[str, int]:
    return {name: getattr(counted, name) for name in names}


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add counters up by name."""
    added: dict[str, int] = {}
    for part in parts:
        for name, number in part.items():
            added[name] = added.get(name, 0) + number
    return added


def _durations(folded: ConversationFold) -> Iterator[tuple[Measure, str, Bins]]:
    """Yield the bins of each measure, by name and over all names, which is ''."""
    if folded.decisions:
        yield "decision", "", folded.decisions
    for name, tool in folded.tools.items():
        if tool.times:
            yield "tool", name, tool.times
            yield "tool", "", tool.times
    for name, model in folded.models.items():
        if model.first_token:
            yield "first_token", name, model.first_token
            yield "first_token", "", model.first_token
