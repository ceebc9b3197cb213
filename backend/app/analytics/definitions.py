"""Definitions of the dashboard's figures, as data: what each is called, what it counts, and over what.

All figures of a range are about the conversations that *began* in it, with everything that has happened in them since.
So a figure and the rows behind it are the same conversations, and nothing is counted in two ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.analytics.durations import percentile

if TYPE_CHECKING:
    from app.db.metric_rollups import Measure, Rollup

Unit = Literal["count", "percent", "ms", "usd", "tokens", "rating"]
Rows = Literal["conversations", "tool_calls", "model_calls", "decisions", "actions"]
Better = Literal["up", "down", ""]

FEW: Final = 10  # below it one conversation more or less moves a share by over ten points: shown, and said to be few
FEW_FOR_P95: Final = 20  # below it the 95th percentile is nothing but the longest one
COST_UNIT: Final = 1e8  # costs are summed in hundred-millionths of a dollar
PERCENT: Final = 100.0


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One figure.

    A sum of columns (`over` is empty); a share or a mean: `of` divided by `over`, times `scale`; or the `share`th
    percentile of a `measure`. `rows` names the rows that it can be computed from by hand, `better` which way is good.

    `filter` is the query of `/conversations` that leads to exactly the conversations behind it: those that it counts,
    where it counts conversations or is a share of them; otherwise those in which something is that it is made of.
    """

    key: str
    label: str
    unit: Unit
    formula: str
    rows: Rows = "conversations"
    of: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    scale: float = 1.0
    measure: Measure | None = None
    share: float = 0.0
    filter: str = ""
    better: Better = ""


@dataclass(frozen=True, kw_only=True)
class Value:
    """A figure's value with what it was made of; None where there is nothing to divide by, or nothing took time."""

    value: float | None
    numerator: float | None
    denominator: float | None
    few: bool


def evaluate(figure: Definition, rollup: Rollup, bins: Mapping[str, Mapping[int, int]] | None = None) -> Value:
    """Compute a figure from a rollup, or from bins of durations by measure."""
    if figure.measure is not None:
        counted = (bins or {}).get(figure.measure, {})
        number = sum(counted.values())
        few = 0 < number < (FEW_FOR_P95 if figure.share > 0.5 else FEW)  # noqa: PLR2004  # the median
        return Value(value=percentile(counted, figure.share), numerator=None, denominator=number, few=few)
    numerator = _added(rollup, figure.of)
    if not figure.over:
        return Value(value=numerator * figure.scale, numerator=None, denominator=None, few=False)
    denominator = _added(rollup, figure.over)
    value = numerator / denominator * figure.scale if denominator else None
    few = 0 < denominator < FEW
    shown = numerator / COST_UNIT if figure.unit == "usd" else numerator
    return Value(value=value, numerator=shown, denominator=denominator, few=few)


def change(now: float | None, before: float | None, unit: Unit) -> float | None:
    """Return how a figure has changed: percent in points, anything else as a share of what it was.

    None where there is nothing to compare with.
    """
    if now is None or before is None:
        return None
    if unit == "percent":
        return now - before
    return (now - before) / before if before else None


def _added(rollup: Rollup, columns: Sequence[str]) -> float:
    added: float = sum(getattr(rollup, column) for column in columns)
    return added


_RESOLVED: Final = ("resolved_confirmed", "resolved_assumed")
_ALL: Final = ("conversations",)
_ACTIONS: Final[Sequence[tuple[str, str, Better]]] = (
    ("proposed", "Writes that agents proposed.", ""),
    ("approved", "Proposed writes that somebody approved.", ""),
    ("edited", "Proposed writes whose arguments somebody edited.", ""),
    ("rejected", "Proposed writes that somebody rejected.", ""),
    ("expired", "Proposed writes that nobody answered in time.", "down"),
    ("succeeded", "Writes that were carried out and succeeded.", "up"),
    ("failed", "Writes that failed, or were not sent because what was approved had changed.", "down"),
    ("unknown", "Writes that were sent and never answered, and that nobody has settled since.", "down"),
)
_TOKENS: Final = ("tokens_in", "tokens_out")

FIGURES: Final = (
    Definition(
        key="conversations",
        label="Conversations",
        unit="count",
        formula="Conversations that began in the range.",
        of=_ALL,
    ),
    Definition(
        key="turns",
        label="Turns",
        unit="count",
        formula="Messages of customers, and approvals answered with yes or no, in these conversations.",
        of=("turns",),
    ),
    Definition(
        key="messages",
        label="Messages",
        unit="count",
        formula="Messages of customers, and whole messages and questions of agents.",
        of=("messages",),
    ),
    Definition(
        key="turns_per_conversation",
        label="Turns per conversation",
        unit="count",
        formula="Turns ÷ conversations.",
        of=("turns",),
        over=_ALL,
    ),
    Definition(
        key="resolved",
        label="Resolved",
        unit="count",
        formula=(
            "Conversations that are over, were not escalated, left nothing pending, and in which a tool call succeeded "
            "or the customer confirmed. A conversation that goes on takes its resolution back."
        ),
        of=_RESOLVED,
        filter="outcome=resolved",
        better="up",
    ),
    Definition(
        key="resolved_confirmed",
        label="Resolved, confirmed",
        unit="count",
        formula=(
            "Resolved, and the customer said so: a rating of 4 or 5, or a last message that thanks or says it is done."
        ),
        of=("resolved_confirmed",),
        filter="outcome=resolved_confirmed",
        better="up",
    ),
    Definition(
        key="resolved_assumed",
        label="Resolved, assumed",
        unit="count",
        formula="Resolved, and nothing more came from the customer.",
        of=("resolved_assumed",),
        filter="outcome=resolved_assumed",
    ),
    Definition(
        key="resolution_rate",
        label="Resolution rate",
        unit="percent",
        formula="Resolved ÷ conversations.",
        of=_RESOLVED,
        over=_ALL,
        scale=PERCENT,
        filter="outcome=resolved",
        better="up",
    ),
    Definition(
        key="automation_rate",
        label="Automation rate",
        unit="percent",
        formula="Resolved without any person on our side deciding an approval or taking over ÷ conversations.",
        of=("automated",),
        over=_ALL,
        scale=PERCENT,
        filter="outcome=resolved&staff=0",
        better="up",
    ),
    Definition(
        key="escalation_rate",
        label="Escalation rate",
        unit="percent",
        formula="Conversations handed to a person, also after they were resolved ÷ conversations.",
        of=("escalated",),
        over=_ALL,
        scale=PERCENT,
        filter="outcome=escalated",
        better="down",
    ),
    Definition(
        key="abandonment_rate",
        label="Abandonment rate",
        unit="percent",
        formula=(
            "Conversations that the customer left while an approval of theirs or a question to them was open "
            "÷ conversations."
        ),
        of=("abandoned",),
        over=_ALL,
        scale=PERCENT,
        filter="outcome=abandoned",
        better="down",
    ),
    Definition(
        key="failed_turns",
        label="Failed turns",
        unit="count",
        formula="Turns that ended with an error; one that was tried again and failed again counts twice.",
        of=("errors",),
        filter="error=1",
        better="down",
    ),
    *(
        Definition(
            key=f"actions_{name}",
            label=f"Actions {name}",
            unit="count",
            formula=formula,
            rows="actions",
            of=(name,),
            filter=f"action={name}",
            better=better,
        )
        for name, formula, better in _ACTIONS
    ),
    *(
        Definition(
            key=f"decision_{name}",
            label=f"Time to decision, {name}",
            unit="ms",
            formula=f"From the moment an approval is asked for until it is answered: {words}, to within 5 %.",
            rows="decisions",
            measure="decision",
            share=share,
            filter="decision=1",
            better="down",
        )
        for name, words, share in (("p50", "the median", 0.5), ("p95", "19 of 20 take no longer", 0.95))
    ),
    Definition(
        key="tool_success_rate",
        label="Tool success rate",
        unit="percent",
        formula=(
            "Tool calls that succeeded ÷ tool calls that were carried out (succeeded, failed or unknown). Handing over "
            "and ending the conversation are no tool calls."
        ),
        rows="tool_calls",
        of=("calls_succeeded",),
        over=("calls",),
        scale=PERCENT,
        filter="call=any",
        better="up",
    ),
    *(
        Definition(
            key=f"tool_{name}",
            label=f"Tool time, {name}",
            unit="ms",
            formula=f"How long tool calls that were carried out took: {words}, to within 5 %.",
            rows="tool_calls",
            measure="tool",
            share=share,
            filter="call=any",
            better="down",
        )
        for name, words, share in (("p50", "the median", 0.5), ("p95", "19 of 20 take no longer", 0.95))
    ),
    *(
        Definition(
            key=f"first_token_{name}",
            label=f"Time to first token, {name}",
            unit="ms",
            formula=f"From the call of a model to the first piece of its answer: {words}, to within 5 %.",
            rows="model_calls",
            measure="first_token",
            share=share,
            filter="first_token=1",
            better="down",
        )
        for name, words, share in (("p50", "the median", 0.5), ("p95", "19 of 20 wait no longer", 0.95))
    ),
    Definition(
        key="tokens",
        label="Tokens",
        unit="tokens",
        formula="Tokens that models read and wrote.",
        rows="model_calls",
        of=_TOKENS,
        filter="model=any",
    ),
    Definition(
        key="tokens_per_conversation",
        label="Tokens per conversation",
        unit="tokens",
        formula="Tokens ÷ conversations.",
        of=_TOKENS,
        over=_ALL,
        better="down",
    ),
    Definition(
        key="tokens_per_resolution",
        label="Tokens per resolution",
        unit="tokens",
        formula="Tokens of all conversations ÷ resolved conversations.",
        of=_TOKENS,
        over=_RESOLVED,
        better="down",
    ),
    Definition(
        key="cost",
        label="Cost",
        unit="usd",
        formula="What the models cost, by the price list; calls of a model without a known price count as nothing.",
        rows="model_calls",
        of=("cost_e8",),
        scale=1 / COST_UNIT,
        filter="model=any",
        better="down",
    ),
    Definition(
        key="cost_per_conversation",
        label="Cost per conversation",
        unit="usd",
        formula="Cost ÷ conversations.",
        of=("cost_e8",),
        over=_ALL,
        scale=1 / COST_UNIT,
        better="down",
    ),
    Definition(
        key="cost_per_resolution",
        label="Cost per resolution",
        unit="usd",
        formula="Cost of all conversations ÷ resolved conversations: what is spent to get one resolved.",
        of=("cost_e8",),
        over=_RESOLVED,
        scale=1 / COST_UNIT,
        better="down",
    ),
    Definition(
        key="satisfaction",
        label="Satisfaction",
        unit="rating",
        formula="The mean of the ratings, 1 to 5; of a conversation rated twice the last one counts.",
        of=("rating_sum",),
        over=("ratings",),
        filter="rating=any",
        better="up",
    ),
)
BY_KEY: Final[Mapping[str, Definition]] = {figure.key: figure for figure in FIGURES}
FUNNEL: Final = ("proposed", "approved", "edited", "rejected", "expired", "failed", "unknown", "succeeded")
