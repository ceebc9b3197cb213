"""What one conversation adds to the figures: a pure function of its tally, so that it can be taken back exactly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from app.analytics.tally import moment
from app.db.figures import LEVELS, SUMS, floor

if TYPE_CHECKING:
    from app.analytics.tally import AgentTally, ModelTally, Tally
    from app.db.figures import Dimension, DurationKey, Measure, SumKey

_AT: Final = {name: number for number, name in enumerate(SUMS)}
_OUTCOMES: Final = ("resolved_confirmed", "resolved_assumed", "escalated", "abandoned", "unresolved")


class Sheet:
    """Changes to the figures, added up before they are written."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.sums: dict[SumKey, list[int]] = {}
        self.durations: dict[DurationKey, int] = {}

    def enter(self, tally: Tally, *, outcome: str, ended: bool, sign: int = 1) -> None:
        """Add what a conversation comes to, or take it back with `sign` -1."""
        began = moment(tally.started_at)
        spans = [(level, floor(began, width)) for level, width in enumerate(LEVELS)]
        for dimension, name, values in _rows(tally, outcome=outcome, ended=ended):
            for level, at in spans:
                key = (level, dimension, at, name)
                row = self.sums.get(key)
                if row is None:
                    row = self.sums[key] = [0] * len(SUMS)
                for column, value in values.items():
                    row[_AT[column]] += sign * value
        for measure, name, bins in _durations(tally):
            for level, at in spans:
                for number, times in bins.items():
                    place = (level, measure, at, name, number)
                    self.durations[place] = self.durations.get(place, 0) + sign * times

    def changes(self) -> tuple[dict[SumKey, list[int]], dict[DurationKey, int]]:
        """Return what is not zero in the end."""
        sums = {key: row for key, row in self.sums.items() if any(row)}
        return sums, {key: times for key, times in self.durations.items() if times}


def _rows(tally: Tally, *, outcome: str, ended: bool) -> Iterable[tuple[Dimension, str, dict[str, int]]]:
    """Yield what it adds in each dimension; an agent shares a conversation's end with every other that took part."""
    end = {"conversations": 1}
    if ended:
        end["ended"] = 1
    if outcome in _OUTCOMES:
        end[outcome] = 1
    if outcome.startswith("resolved") and not tally.staff:
        end["automated"] = 1
    if tally.rating is not None:
        end |= {"ratings": 1, "rating_sum": tally.rating}
    yield "all", "", end | _whole(tally)
    for name, agent in tally.agents.items():
        yield "agent", name, end | _model_work(agent) | {"messages": agent.messages, "calls": agent.calls}
    for name, model in tally.models.items():
        yield "model", name, {"conversations": 1} | _model_work(model)
    for name, tool in tally.tools.items():
        yield (
            "tool",
            name,
            {
                "conversations": 1,
                "calls": tool.succeeded + tool.failed + tool.unknown,
                "calls_succeeded": tool.succeeded,
                "calls_failed": tool.failed,
                "calls_unknown": tool.unknown,
                "calls_ms": tool.ms,
            },
        )


def _model_work(part: AgentTally | ModelTally) -> dict[str, int]:
    return {
        "model_calls": part.model_calls,
        "tokens_in": part.tokens_in,
        "tokens_out": part.tokens_out,
        "cost_e8": part.cost_e8,
        "unpriced": part.unpriced,
    }


def _whole(tally: Tally) -> dict[str, int]:
    tools, models = tally.tools.values(), tally.models.values()
    succeeded, failed, unknown = (
        sum(tool.succeeded for tool in tools),
        sum(tool.failed for tool in tools),
        sum(tool.unknown for tool in tools),
    )
    return {
        "turns": tally.turns,
        "messages": tally.messages,
        "errors": tally.errors,
        "proposed": tally.proposed,
        "approved": tally.approved,
        "edited": tally.edited,
        "rejected": tally.rejected,
        "expired": tally.expired,
        "succeeded": tally.succeeded,
        "failed": tally.failed,
        "unknown": tally.unknown,
        "calls": succeeded + failed + unknown,
        "calls_succeeded": succeeded,
        "calls_failed": failed,
        "calls_unknown": unknown,
        "calls_ms": sum(tool.ms for tool in tools),
        "model_calls": sum(model.model_calls for model in models),
        "tokens_in": sum(model.tokens_in for model in models),
        "tokens_out": sum(model.tokens_out for model in models),
        "cost_e8": sum(model.cost_e8 for model in models),
        "unpriced": sum(model.unpriced for model in models),
    }


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
