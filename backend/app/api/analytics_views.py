"""Views of the dashboard: figures, what agents, tools and models did, and points over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.analytics.dashboard import Compared, Dashboard, Part, Point
from app.analytics.definitions import COST_UNIT, FEW, FUNNEL, Definition, Unit
from app.analytics.ranges import Name, Range
from app.api.validation import View


class Outgoing(View):
    """What is sent, with names that Python keeps for itself."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, serialize_by_alias=True)


class PeriodView(Outgoing):
    """A stretch of time, from `from` up to and without `to`."""

    start: Annotated[datetime, Field(serialization_alias="from")]
    end: Annotated[datetime, Field(serialization_alias="to")]


class RangeView(PeriodView):
    """The range that was asked for, as it was understood."""

    name: Name
    tz: str


class FigureView(View):
    """One figure."""

    key: str
    label: str
    unit: Unit
    value: float | None
    """None where there is nothing to compute it from. Percent is 0 to 100."""
    numerator: float | None
    denominator: float | None
    """Of how many conversations, calls or ratings it tells."""
    previous: float | None
    """Its value in the period before; None where nothing happened then."""
    change: float | None
    """Since the period before: percent in points, anything else as a share (0.1: a tenth more)."""
    formula: str
    few: bool
    """Whether it is made of so few that it says little: show that beside it."""
    filter: str
    """The query of the list of conversations that leads to those behind it."""
    better: Literal["up", "down", ""]
    """Which way is good."""


class PartView(View):
    """What an agent did. Every agent of a conversation is counted with its outcome."""

    name: str
    conversations: int
    resolved: int
    escalated: int
    abandoned: int
    tokens: int
    cost_usd: float
    satisfaction: float | None
    ratings: int
    """Of how many ratings `satisfaction` is the mean: it may be of few where the conversations are many."""
    few: bool


class ToolView(View):
    """How the calls of one tool went."""

    name: str
    conversations: int
    calls: int
    failed: int
    unknown: int
    success_rate: float | None
    """Percent, 0 to 100."""
    p50_ms: float | None
    p95_ms: float | None
    few: bool


class ModelView(View):
    """What one model did. `unpriced` calls have no known price and count as free in `cost_usd`."""

    name: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    unpriced: int
    first_token_p50_ms: float | None
    first_token_p95_ms: float | None


class CauseView(View):
    """Why turns failed: one code of error."""

    code: str
    failed_turns: int
    conversations: int


class FunnelView(View):
    """What became of the writes that agents proposed."""

    proposed: int
    approved: int
    edited: int
    rejected: int
    expired: int
    failed: int
    unknown: int
    succeeded: int


class Analytics(Outgoing):
    """All figures of a range."""

    range: RangeView
    previous: PeriodView
    figures: list[FigureView]
    agents: list[PartView]
    tools: list[ToolView]
    models: list[ModelView]
    causes: list[CauseView]
    """The failed turns by cause, the most frequent first."""
    funnel: FunnelView
    updated_at: datetime
    """When the figures last changed."""
    first_at: datetime | None
    """When the first conversation of all began; None: there is none yet."""
    demo: bool
    """Whether there are conversations of the demo among them."""


class PointView(View):
    """A figure's value in one day or hour."""

    at: datetime
    value: float | None
    count: int
    """Of how many it tells: conversations, or whatever else it is divided by or was measured."""
    few: bool
    """Whether these are so few that it says little."""


class Series(View):
    """A figure over time; every day or hour of the range is there."""

    figure: str
    points: list[PointView]


def view_of(over: Range, found: Dashboard) -> Analytics:
    """Write what was read in the form in which it is sent."""
    whole = found.whole
    return Analytics(
        range=RangeView(start=over.start, end=over.end, name=over.name, tz=over.zone),
        previous=PeriodView(start=over.previous_start, end=over.previous_end),
        figures=[_figure_view(one) for one in found.figures],
        agents=[_agent_view(part) for part in found.agents],
        tools=[_tool_view(part) for part in found.tools],
        models=[_model_view(part) for part in found.models],
        causes=[
            CauseView(code=part.name, failed_turns=part.rollup.errors, conversations=part.rollup.conversations)
            for part in found.causes
        ],
        funnel=FunnelView(**{name: getattr(whole, name) for name in FUNNEL}),
        updated_at=found.updated_at,
        first_at=found.first_at,
        demo=found.demo,
    )


def series_view(figure: Definition, points: Sequence[Point]) -> Series:
    """Write a figure over time in the form in which it is sent."""
    return Series(figure=figure.key, points=[PointView.model_validate(asdict(point)) for point in points])


def _figure_view(one: Compared) -> FigureView:
    figure, now = one.figure, one.now
    return FigureView(
        key=figure.key,
        label=figure.label,
        unit=figure.unit,
        value=now.value,
        numerator=now.numerator,
        denominator=now.denominator,
        previous=one.previous,
        change=one.change,
        formula=figure.formula,
        few=now.few,
        filter=figure.filter,
        better=figure.better,
    )


def _agent_view(part: Part) -> PartView:
    rollup = part.rollup
    return PartView(
        name=part.name,
        conversations=rollup.conversations,
        resolved=rollup.resolved_confirmed + rollup.resolved_assumed,
        escalated=rollup.escalated,
        abandoned=rollup.abandoned,
        tokens=rollup.tokens_in + rollup.tokens_out,
        cost_usd=rollup.cost_e8 / COST_UNIT,
        satisfaction=rollup.rating_sum / rollup.ratings if rollup.ratings else None,
        ratings=rollup.ratings,
        few=rollup.conversations < FEW,
    )


def _tool_view(part: Part) -> ToolView:
    rollup = part.rollup
    return ToolView(
        name=part.name,
        conversations=rollup.conversations,
        calls=rollup.calls,
        failed=rollup.calls_failed,
        unknown=rollup.calls_unknown,
        success_rate=rollup.calls_succeeded / rollup.calls * 100 if rollup.calls else None,
        p50_ms=part.percentile(0.5),
        p95_ms=part.percentile(0.95),
        few=rollup.calls < FEW,
    )


def _model_view(part: Part) -> ModelView:
    rollup = part.rollup
    return ModelView(
        name=part.name,
        calls=rollup.model_calls,
        tokens_in=rollup.tokens_in,
        tokens_out=rollup.tokens_out,
        cost_usd=rollup.cost_e8 / COST_UNIT,
        unpriced=rollup.unpriced,
        first_token_p50_ms=part.percentile(0.5),
        first_token_p95_ms=part.percentile(0.95),
    )
