"""What one conversation adds to the figures: a pure function of its folded, so that it can be taken back exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter, neg
from typing import TYPE_CHECKING, Final

from app.db.metric_rollups import CALLS, COURSE, ENDS, LEVELS, MODEL_CALLS, RATINGS

if TYPE_CHECKING:
    from app.analytics.conversation_fold import ConversationFold, ToolCounts
    from app.db.metric_rollups import Dimension, DurationKey, Measure, SumKey

Row = tuple[int, ...]
"""The columns of SUMS, which are those of ENDS, COURSE, CALLS, MODEL_CALLS and RATINGS, one after another."""
Bins = dict[int, int]
"""How often a duration was in each bin."""

_WIDTHS: Final = tuple(width // timedelta(microseconds=1) for width in LEVELS)
_NO_COURSE, _NO_CALLS, _NO_MODEL_CALLS, _NO_RATINGS = (
    (0,) * len(columns) for columns in (COURSE, CALLS, MODEL_CALLS, RATINGS)
)
_TOOK_PART: Final = (1,) + (0,) * (len(ENDS) - 1)  # in one conversation, of whose end it has no part
_course = attrgetter(*COURSE)
_model_calls = attrgetter(*MODEL_CALLS)


class RollupDelta:
    """Changes to the figures, gathered before they are added up and written.

    They are entered by the quarter of an hour; the wider levels are added up from these in the end.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._sums: defaultdict[SumKey, list[Row]] = defaultdict(list)
        self._durations: defaultdict[DurationKey, Bins] = defaultdict(dict)

    def enter(self, folded: ConversationFold, *, outcome: str, ended: bool, sign: int = 1) -> None:
        """Add what a conversation comes to, or take it back with `sign` -1."""
        at = folded.started_at - folded.started_at % _WIDTHS[0]
        for dimension, name, row in _rows(folded, outcome=outcome, ended=ended):
            self._sums[0, dimension, at, name].append(row if sign > 0 else tuple(map(neg, row)))
        for measure, name, bins in _durations(folded):
            _put(self._durations[0, measure, at, name], bins, sign)

    def changes(self) -> tuple[dict[SumKey, Row], dict[DurationKey, Bins]]:
        """Return what is not zero in the end, at every level."""
        sums = all_rollups = _added_up(self._sums)
        durations = all_durations = _not_zero(self._durations)
        for level in range(1, len(_WIDTHS)):
            sums, durations = _wider_sums(sums, level), _wider_durations(durations, level)
            all_rollups, all_durations = all_rollups | sums, all_durations | durations
        return all_rollups, all_durations


def _added_up(rows: Mapping[SumKey, Sequence[Row]]) -> dict[SumKey, Row]:
    return {key: row for key, several in rows.items() if any(row := _total(several))}


def _total(rows: Sequence[Row]) -> Row:
    """Add rows up, column by column; of none it is empty."""
    return rows[0] if len(rows) == 1 else tuple(map(sum, zip(*rows, strict=True)))


def _wider_sums(sums: Mapping[SumKey, Row], level: int) -> dict[SumKey, Row]:
    width = _WIDTHS[level]
    wide: defaultdict[SumKey, list[Row]] = defaultdict(list)
    for (_, dimension, at, name), row in sums.items():
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


def _rows(folded: ConversationFold, *, outcome: str, ended: bool) -> Iterator[tuple[Dimension, str, Row]]:
    """Yield what it adds in each dimension; an agent shares a conversation's end with every other that took part."""
    ends = _ends(folded, outcome=outcome, ended=ended)
    ratings = _NO_RATINGS if folded.rating is None else (1, folded.rating)
    calls = [(name, _calls(tool)) for name, tool in folded.tools.items()]
    model_calls = [(name, _model_calls(model)) for name, model in folded.models.items()]
    for name, part in calls:
        yield "tool", name, _TOOK_PART + _NO_COURSE + part + _NO_MODEL_CALLS + _NO_RATINGS
    for name, part in model_calls:
        yield "model", name, _TOOK_PART + _NO_COURSE + _NO_CALLS + part + _NO_RATINGS
    for name, agent in folded.agents.items():
        said, called = (0, agent.messages, *_NO_COURSE[2:]), (agent.calls, *_NO_CALLS[1:])
        yield "agent", name, ends + said + called + _model_calls(agent) + ratings
    all_calls = _total([part for _, part in calls]) or _NO_CALLS
    all_model_calls = _total([part for _, part in model_calls]) or _NO_MODEL_CALLS
    yield "all", "", ends + _course(folded) + all_calls + all_model_calls + ratings


def _ends(folded: ConversationFold, *, outcome: str, ended: bool) -> Row:
    return (
        1,
        int(ended),
        int(outcome == "resolved_confirmed"),
        int(outcome == "resolved_assumed"),
        int(outcome.startswith("resolved") and not folded.staff),
        int(outcome == "escalated"),
        int(outcome == "abandoned"),
        int(outcome == "unresolved"),
    )


def _calls(tool: ToolCounts) -> Row:
    carried_out = tool.succeeded + tool.failed + tool.unknown
    return (carried_out, tool.succeeded, tool.failed, tool.unknown, tool.ms)


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
