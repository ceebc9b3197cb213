"""Finds conversations by their words and by filters, newest first, in time that does not grow with their number.

Three ways, cheapest first, each of which knows when it is not enough:

1. look through the newest few: finds at once what is common;
2. ask the index of words and marks for all that match: finds at once what is rare, however old it is;
3. where too many match to put in order, and none of them among the newest: month by month, newest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.db import conversation_text
from app.db.conversation_text import COST_STEPS, Place, Span
from app.replay.words import query_of, quoted

if TYPE_CHECKING:
    from app.db.pool import Connection

NEWEST: Final = 2_000  # looked through one by one: some milliseconds
DENSE: Final = 10  # where they hold a tenth of what is wanted, so many times more of the newest hold all of it
MOST_TO_ORDER: Final = 3_000  # matches that are put in order at once: some milliseconds more
EVERY: Final = 2**31 - 1  # as many as there are
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which conversations. Several values of one filter mean any of them; several filters mean all of them."""

    text: str = ""
    status: str | None = None
    outcomes: tuple[str, ...] = ()
    agent: str | None = None
    tool: str | None = None
    approval: bool | None = None
    error: bool | None = None
    action: bool | None = None
    rated: bool | None = None
    ratings: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    cost_min: float | None = None
    cost_max: float | None = None

    @property
    def query(self) -> str | None:
        """Write words and filters as one tsquery; None where everything is wanted."""
        return " & ".join(self._terms()) or None

    @property
    def finds_nothing(self) -> bool:
        """Say whether the text has no word in it that could be found, such as a lone comma."""
        return bool(self.text.strip()) and query_of(self.text) is None

    def _terms(self) -> Iterator[str]:
        if words := query_of(self.text):
            yield words
        for name, value in (("status", self.status), ("agent", self.agent), ("tool", self.tool)):
            if value is not None:
                yield _mark(name, value)
        for name, values in (("outcome", self.outcomes), ("rating", self.ratings)):
            if values:
                yield "(" + " | ".join(_mark(name, value) for value in values) + ")"
        flags = {"approval": self.approval, "error": self.error, "action": self.action, "rating": self.rated}
        for name, flag in flags.items():
            if flag is not None:
                yield ("" if flag else "!") + quoted(f"={name}")
        below = [step for step in COST_STEPS if self.cost_min is not None and float(step) <= self.cost_min]
        above = [step for step in COST_STEPS if self.cost_max is not None and float(step) > self.cost_max]
        if below:
            yield _mark("cost", below[-1])
        if above:
            yield "!" + _mark("cost", above[0])


def _mark(name: str, value: object) -> str:
    return quoted(f"={name}:{value}")


async def find(
    connection: Connection,
    wanted: Wanted,
    *,
    after: Place | None = None,
    limit: int,
    newest: int = NEWEST,
    most: int = MOST_TO_ORDER,
) -> list[Place]:
    """Find the newest `limit` conversations that are wanted, after a place of the list.

    `newest` and `most` decide which way is taken, never what is found.
    """
    if wanted.finds_nothing:
        return []
    span = _span(wanted, after)
    query = wanted.query
    scan = newest if query else limit
    found = await conversation_text.among_newest(connection, query=query, span=span, limit=limit, scan=scan)
    if query is not None and len(found) * DENSE >= limit > len(found):
        found += await conversation_text.among_newest(
            connection, query=query, span=_after(span, found[-1]), limit=limit - len(found), scan=newest * DENSE
        )
    if query is None or len(found) == limit:
        return found
    if not await conversation_text.are_more_than(connection, span=span, count=scan):
        return found
    indexed = await conversation_text.by_index(connection, query=query, span=span, limit=limit, most=most)
    return indexed if indexed is not None else await _by_month(connection, query, span, limit=limit, most=most)


async def _by_month(connection: Connection, query: str, span: Span, *, limit: int, most: int) -> list[Place]:
    """Find the newest in the newest months that have any."""
    oldest, newest = await conversation_text.bounds(connection) or (END, BEGINNING)
    if newest < span.before:
        span = replace(span, before=newest + timedelta(microseconds=1), before_id="")
    span = replace(span, since=max(span.since, oldest))
    found: list[Place] = []
    for month in _months(span):
        left = limit - len(found)
        name = f"{month.since.astimezone(UTC):%Y-%m}"
        of_month = await conversation_text.by_index(
            connection, query=f"{query} & {_mark('month', name)}", span=month, limit=left, most=most
        )
        if of_month is None:  # dense here, so the newest are soon found
            of_month = await conversation_text.among_newest(connection, query=query, span=month, limit=left, scan=EVERY)
        found.extend(of_month)
        if len(found) == limit:
            break
    return found


def _months(span: Span) -> Iterator[Span]:
    """Cut a span into months of UTC, newest first."""
    before, before_id = span.before.astimezone(UTC), span.before_id
    while (before, before_id) > (span.since, ""):
        first = (before - timedelta(microseconds=0 if before_id else 1)).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        yield replace(span, before=before, before_id=before_id, since=max(first, span.since))
        before, before_id = first, ""


def _after(span: Span, place: Place) -> Span:
    return replace(span, before=place.started_at, before_id=place.thread_id)


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
