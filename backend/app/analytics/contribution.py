"""What one conversation adds to the figures: a pure function of its tally, so that it can be taken back exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from app.analytics.tally import moment
from app.db.figures import LEVELS, QUARTER, SUMS, floor

if TYPE_CHECKING:
    from app.analytics.tally import AgentTally, ModelTally, Tally
    from app.db.figures import Dimension, DurationKey, Measure, SumKey

_AT: Final = {name: number for number, name in enumerate(SUMS)}
_OUTCOMES: Final = frozenset(("resolved_confirmed", "resolved_assumed", "escalated", "abandoned", "unresolved"))
_OF_TALLY: Final = tuple(
    (name, _AT[name])
    for name in (
        "turns",
        "messages",
        "errors",
        "proposed",
        "approved",
        "edited",
        "rejected",
        "expired",
        "succeeded",
        "failed",
        "unknown",
    )
)
_OF_MODEL: Final = tuple(
    (name, _AT[name]) for name in ("model_calls", "tokens_in", "tokens_out", "cost_e8", "unpriced")
)
_CALLS, _CALLS_SUCCEEDED, _CALLS_FAILED, _CALLS_UNKNOWN, _CALLS_MS = (
    _AT[name] for name in ("calls", "calls_succeeded", "calls_failed", "calls_unknown", "calls_ms")
)
_Columns = dict[int, int]  # by the number of the column in SUMS


class Sheet:
    """Changes to the figures, added up before they are written.

    They are entered by the quarter of an hour; the wider levels are added up from these in the end.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._sums: dict[SumKey, list[int]] = {}
        self._durations: dict[DurationKey, int] = {}

    def enter(self, tally: Tally, *, outcome: str, ended: bool, sign: int = 1) -> None:
        """Add what a conversation comes to, or take it back with `sign` -1."""
        at = floor(moment(tally.started_at), QUARTER)
        for dimension, name, values in _rows(tally, outcome=outcome, ended=ended):
            row = self._sums.setdefault((0, dimension, at, name), [0] * len(SUMS))
            for column, value in values.items():
                row[column] += sign * value
        durations = self._durations
        for measure, name, bins in _durations(tally):
            for number, times in bins.items():
                place = (0, measure, at, name, number)
                durations[place] = durations.get(place, 0) + sign * times

    def changes(self) -> tuple[dict[SumKey, list[int]], dict[DurationKey, int]]:
        """Return what is not zero in the end, at every level."""
        sums = {key: row for key, row in self._sums.items() if any(row)}
        durations = {key: times for key, times in self._durations.items() if times}
        wide_sums: dict[SumKey, list[int]] = {}
        wide_durations: dict[DurationKey, int] = {}
        for level, width in list(enumerate(LEVELS))[1:]:
            for (_, dimension, at, name), row in sums.items():
                key = (level, dimension, floor(at, width), name)
                before = wide_sums.get(key)
                wide_sums[key] = row if before is None else [a + b for a, b in zip(before, row, strict=True)]
            for (_, measure, at, name, number), times in durations.items():
                place = (level, measure, floor(at, width), name, number)
                wide_durations[place] = wide_durations.get(place, 0) + times
        return sums | wide_sums, durations | wide_durations


def _rows(tally: Tally, *, outcome: str, ended: bool) -> Iterable[tuple[Dimension, str, _Columns]]:
    """Yield what it adds in each dimension; an agent shares a conversation's end with every other that took part."""
    end = {_AT["conversations"]: 1, _AT["ended"]: int(ended)}
    if outcome in _OUTCOMES:
        end[_AT[outcome]] = 1
    if outcome.startswith("resolved") and not tally.staff:
        end[_AT["automated"]] = 1
    if tally.rating is not None:
        end |= {_AT["ratings"]: 1, _AT["rating_sum"]: tally.rating}
    whole = {column: value for name, column in _OF_TALLY if (value := getattr(tally, name))}
    for name, model in tally.models.items():
        work = _model_work(model)
        _add(whole, work)
        yield "model", name, {_AT["conversations"]: 1, **work}
    for name, tool in tally.tools.items():
        work = {
            _CALLS: tool.succeeded + tool.failed + tool.unknown,
            _CALLS_SUCCEEDED: tool.succeeded,
            _CALLS_FAILED: tool.failed,
            _CALLS_UNKNOWN: tool.unknown,
            _CALLS_MS: tool.ms,
        }
        _add(whole, work)
        yield "tool", name, {_AT["conversations"]: 1, **work}
    for name, agent in tally.agents.items():
        yield (
            "agent",
            name,
            {**end, **_model_work(agent), _AT["messages"]: agent.messages, _CALLS: agent.calls},
        )
    yield "all", "", {**end, **whole}


def _add(whole: _Columns, part: Mapping[int, int]) -> None:
    for column, value in part.items():
        whole[column] = whole.get(column, 0) + value


def _model_work(part: AgentTally | ModelTally) -> _Columns:
    return {column: value for name, column in _OF_MODEL if (value := getattr(part, name))}


def _durations(tally: Tally) -> Iterable[tuple[Measure, str, dict[int, int]]]:
    """Yield the bins of each measure, by name and over all names, which is ''."""
    if tally.decisions:
        yield "decision", "", tally.decisions
    for name, tool in tally.tools.items():
        if tool.times:
            yield "tool", name, tool.times
            yield "tool", "", tool.times
    for name, model in tally.models.items():
        if model.first_token:
            yield "first_token", name, model.first_token
            yield "first_token", "", model.first_token
