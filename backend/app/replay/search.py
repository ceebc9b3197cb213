"""Search for conversations by words and filters, newest first, in time that does not grow with their number.

Two ways, the cheaper one first:

1. look through the newest few, one by one: finds at once what is common;
2. ask the index of words and marks for one week after the other: what is rare has few in all weeks together, and what
   is common in one of them is found there at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.db import conversation_text
from app.db.conversation_text import COST_STEPS, Place, Span, weeks
from app.replay.tokenizer import asked_of, quoted

if TYPE_CHECKING:
    from app.db.pool import Connection

NEWEST: Final = 1_000  # looked through one by one: some milliseconds
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which conversations. Several values of one filter mean any of them; several filters mean all of them.

    Together with a tool, `calls` are that tool's; together with a model, the first token is that model's.
    """

    text: str = ""
    status: str | None = None
    outcomes: tuple[str, ...] = ()
    agent: str | None = None
    tool: str | None = None
    calls: tuple[str, ...] = ()
    model: str | None = None
    any_model: bool | None = None
    first_token: bool | None = None
    approval: bool | None = None
    decision: bool | None = None
    staff: bool | None = None
    error: bool | None = None
    cause: str | None = None
    action: bool | None = None
    actions: tuple[str, ...] = ()
    rated: bool | None = None
    ratings: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    cost_min: float | None = None
    cost_max: float | None = None

    @property
    def anything(self) -> bool:
        """Say whether nothing narrows it but time."""
        return not any(True for _ in self._terms("")) and self.cost_min is None and self.cost_max is None

    @property
    def finds_nothing(self) -> bool:
        """Say whether the text has no word in it that could be found, such as a lone comma."""
        return bool(self.text.strip()) and not asked_of(self.text)

    def query(self, week: str) -> str:
        """Write words and filters as a tsquery for the conversations that began in a week."""
        return " & ".join((quoted(week), *self._terms(week)))

    def _terms(self, week: str) -> Iterator[str]:
        for word, beginning in asked_of(self.text).items():
            yield quoted(week + word) + (":*" if beginning else "")
        names = {
            "status": self.status,
            "agent": self.agent,
            "tool": self.tool,
            "model": self.model,
            "error": self.cause,
        }
        for name, value in names.items():
            if value is not None:
                yield _mark(week, name, value)
        of_tool = f":{self.tool}" if self.tool else ""
        calls = tuple(ended + of_tool for ended in self.calls)
        several = {"outcome": self.outcomes, "rating": self.ratings, "action": self.actions, "call": calls}
        for name, values in several.items():
            if values:
                yield "(" + " | ".join(_mark(week, name, value) for value in values) + ")"
        for name, flag in self._flags().items():
            if flag is not None:
                yield ("" if flag else "!") + _mark(week, name)
        below = [step for step in COST_STEPS if self.cost_min is not None and float(step) <= self.cost_min]
        above = [step for step in COST_STEPS if self.cost_max is not None and float(step) > self.cost_max]
        if below:
            yield _mark(week, "cost", below[-1])
        if above:
            yield "!" + _mark(week, "cost", above[0])

    def _flags(self) -> dict[str, bool | None]:
        """Say which marks have to stand there, and which must not."""
        return {
            "approval": self.approval,
            "decision": self.decision,
            "staff": self.staff,
            "error": self.error,
            "action": self.action,
            "rating": self.rated,
            "model": self.any_model,
            f"first_token:{self.model}" if self.model else "first_token": self.first_token,
        }


def _mark(week: str, name: str, value: object = None) -> str:
    return quoted(f"{week}={name}" if value is None else f"{week}={name}:{value}")


async def find(
    connection: Connection, wanted: Wanted, *, after: Place | None = None, limit: int, newest: int = NEWEST
) -> list[Place]:
    """Find the newest `limit` conversations that are wanted, after a place of the list.

    `newest` decides which way is taken, never what is found.
    """
    if wanted.finds_nothing:
        return []
    span = _span(wanted, after)
    if wanted.anything:
        return await conversation_text.newest(connection, span=span, limit=limit)
    queries = {week: wanted.query(week) for week in await _weeks(connection, span)}
    found = await conversation_text.among_newest(connection, queries=queries, span=span, limit=limit, scan=newest)
    if len(found) == limit:
        return found
    return await conversation_text.week_by_week(connection, queries=queries, span=span, limit=limit)


async def _weeks(connection: Connection, span: Span) -> list[str]:
    """Name the weeks of a span in which conversations began, newest first."""
    bounds = await conversation_text.bounds(connection)
    return [] if bounds is None else weeks(max(span.since, bounds[0]), min(span.before, bounds[1]))


def _span(wanted: Wanted, after: Place | None) -> Span:
    before, before_id = wanted.until or END, ""
    if after is not None and after.started_at <= before:
        before, before_id = after.started_at, after.thread_id
    return Span(
        before=before,
        before_id=before_id,
        since=wanted.since or BEGINNING,
        cost_min=wanted.cost_min,
        cost_max=wanted.cost_max,
    )
