"""Loader of the demo's conversations: by COPY, in small transactions, by as many processes as there are cores to spare.

Each conversation is written with its events, its facts and its part of the rollups at once, by the rollup worker's own
fold; a running server only ever sees conversations that are complete and counted.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from app.agents.prices import Prices
from app.analytics.conversation_fold import micros
from app.analytics.rollup_worker import RollupWorker
from app.db import bulk_load, metric_rollups
from app.db.event_cursor import Claimed, LoggedEvent
from app.db.pool import open_pool
from app.replay import search_document
from demo_data.event_writer import KnownPrices
from demo_data.scenario import invent, name_of
from demo_data.traffic import shares

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

    from app.db.bulk_load import NewConversation
    from app.db.pool import Connection

CONVERSATIONS_AT_ONCE: Final = 500  # a transaction of a fifth of a second, so that others hardly wait
MAX_PROCESSES: Final = 4  # beyond it the database is what they wait for
FEW: Final = 2_000  # so few are written sooner than a second process has started
DOLLAR: Final = 100_000_000
FIRST_DAY: Final = date(1970, 1, 1)  # the first of the figures' first week


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to load: about so many conversations over the last `days`, up to `now`."""

    conversations: int
    days: int
    seed: int
    now: datetime
    session_ttl_seconds: float

    def numbered(self) -> list[tuple[date, int]]:
        """List day and number of each conversation, the oldest day first."""
        today = self.now.astimezone(UTC).date()
        days = [today - timedelta(days=back) for back in reversed(range(self.days))]
        return [(day, number) for day, many in shares(days, self.conversations).items() for number in range(many)]


async def load(dsn: str, plan: Plan, *, processes: int | None = None) -> int:
    """Write what is not there yet of a plan, and return how many conversations that was.

    What would still go on at `now` is left out: loaded again later, it is added.
    """
    wanted = plan.numbered()
    count = processes or (1 if len(wanted) <= FEW else min(MAX_PROCESSES, os.cpu_count() or 1))
    if count == 1:
        return await _load(dsn, plan, wanted)
    parts = _split_by_week(wanted, count)
    loop, context = asyncio.get_running_loop(), get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(count, mp_context=context, initializer=_keep_stop_sign, initargs=(stop,)) as pool:
        try:
            work = [loop.run_in_executor(pool, _load_alone, dsn, plan, part) for part in parts]
            return sum(await asyncio.gather(*work))
        finally:
            stop.set()  # when we are stopped, the others end with the transaction that they are in


def _split_by_week(wanted: Sequence[tuple[date, int]], count: int) -> list[list[tuple[date, int]]]:
    """Deal the weeks out in turn: all have as much to do, also where the newer ones are there already.

    A week's rollup is one row, which two processes would wait for each other to change: so a week is one's alone.
    """
    parts: list[list[tuple[date, int]]] = [[] for _ in range(count)]
    for day, number in wanted:
        parts[(day - FIRST_DAY) // metric_rollups.WEEK % count].append((day, number))
    return parts


_stopping: list[Event] = []


def _keep_stop_sign(stop: Event) -> None:
    """Keep, in a process of its own, the sign to stop."""
    _stopping.append(stop)


def _load_alone(dsn: str, plan: Plan, wanted: Sequence[tuple[date, int]]) -> int:
    """Plant a part of a plan, in a process of its own."""
    return asyncio.run(_load(dsn, plan, wanted))


async def _load(dsn: str, plan: Plan, wanted: Sequence[tuple[date, int]]) -> int:
    prices, loaded = KnownPrices(Prices.load()), 0
    async with await open_pool(dsn, max_size=2) as pool:
        worker = RollupWorker(
            pool=pool,
            session_ttl_seconds=plan.session_ttl_seconds,
            clock=plan.now.timestamp,
            folds=(search_document.fold,),
        )
        for part in _parts(wanted):
            if any(stop.is_set() for stop in _stopping):
                break
            async with pool.acquire() as connection, connection.transaction():
                missing = await _missing(connection, part, seed=plan.seed)
                invented = [invent(day, number, seed=plan.seed, prices=prices) for day, number in missing]
                loaded += await _write(connection, worker, [one for one in invented if one.events[-1][0] < plan.now])
    return loaded


def _parts(wanted: Sequence[tuple[date, int]]) -> Iterator[Sequence[tuple[date, int]]]:
    rest = iter(wanted)
    while part := list(islice(rest, CONVERSATIONS_AT_ONCE)):
        yield part


async def _missing(connection: Connection, part: Sequence[tuple[date, int]], *, seed: int) -> list[tuple[date, int]]:
    """Leave out what is there already."""
    names = {name_of(day, number, seed=seed): (day, number) for day, number in part}
    there = await bulk_load.exist(connection, thread_ids=list(names))
    return [place for name, place in names.items() if name not in there]


async def _write(connection: Connection, worker: RollupWorker, new: Sequence[NewConversation]) -> int:
    if not new:
        return 0
    await bulk_load.copy(connection, conversations=new, counted=True)
    claimed = [
        Claimed(
            thread_id=one.thread_id,
            visitor_id=one.visitor_id,
            customer=None,
            demo=one.demo,
            counted_seq=0,
            last_seq=len(one.events),
        )
        for one in new
    ]
    await worker.fold(connection, claimed, [event for one in new for event in logged_events(one)])
    await metric_rollups.changed(connection)
    return len(new)


def logged_events(one: NewConversation) -> Iterator[LoggedEvent]:
    """Read a conversation as the log will hold it, without asking the log."""
    for seq, (at, event) in enumerate(one.events, start=1):
        yield LoggedEvent(
            thread_id=one.thread_id,
            seq=seq,
            type=event.type,
            at=micros(at),
            agent=event.agent,
            duration_ms=event.duration_ms,
            prompt_tokens=event.prompt_tokens,
            completion_tokens=event.completion_tokens,
            cost_e8=None if event.cost_usd is None else round(event.cost_usd * DOLLAR),
            frame=event.frame,
        )
